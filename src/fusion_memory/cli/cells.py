"""A table as values: what is to be shown, whoever shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a table: its text and its role (``strong``, ``dim``, ``good``, ``warn``, ``bad`` or none)."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. Columns in ``right`` are aligned to the right; the last one wraps on a terminal.

    ``details`` has, for each row, the lines that stand below it.
    """

    rows: Sequence[Sequence[Cell]]
    right: frozenset[int] = frozenset()
    details: Sequence[Sequence[str]] = ()

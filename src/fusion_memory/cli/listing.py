"""Things of a memory one below the other, each with its id. It knows no record, only lines.

At a terminal the id stands below the text; elsewhere it is a column, so that a thing stays one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.output import Output

MOST_LISTED = 1_000
"""The largest limit of most lists; beyond it there is no larger one to point to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: the cells before its text, its id, the text, and what stands below it."""

    lead: Sequence[Cell]
    id: str
    text: Cell
    below: Sequence[str] = ()


def listing(out: Output, lines: Sequence[Line], right: frozenset[int] = frozenset()) -> None:
    """Write the lines; columns in ``right``, of those before the text, are aligned to the right."""
    under = out.on_terminal
    rows = [[*line.lead, *([] if under else [Cell(line.id)]), line.text] for line in lines]
    out.table(Table(rows, right, [[*([line.id] if under and line.id else []), *line.below] for line in lines]))

"""One object as a list of named fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.output import Output


def show_fields(out: Output, values: Mapping[str, Any]) -> None:
    """The fields that have a value, one a line."""
    rows = [
        [Cell(out.words(f"field.{name}"), "dim"), Cell(_shown(value))]
        for name, value in values.items()
        if value not in (None, "", {})
    ]
    out.table(Table(rows))


def _shown(value: Any) -> str:  # noqa: ANN401 (any field)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return ", ".join(f"{name}={item}" for name, item in value.items()) if isinstance(value, Mapping) else str(value)

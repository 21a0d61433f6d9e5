"""Hits on a screen: rank, score, date, who, text; with the reasons when they are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.cli.explaining import hit_reasons
from fusion_memory.cli.output import Cell, Output, Table
from fusion_memory.core.records import Hit, brief

SHOWN_CHARS = 400


def hit_table(out: Output, hits: Sequence[Hit], *, explain: bool = False) -> None:
    """The hits, best first."""
    if not explain:
        out.table(
            Table(
                [_row(rank, hit) for rank, hit in enumerate(hits, 1)],
                right=frozenset({0, 1}),
                details=[hit.id for hit in hits],
            )
        )
        return
    for rank, hit in enumerate(hits, 1):
        out.table(Table([_row(rank, hit)], right=frozenset({0, 1}), details=[hit.id]))
        for line in hit_reasons(out.lang, hit):
            out.line(f"    {line}", "dim")


def _row(rank: int, hit: Hit) -> list[Cell]:
    return [
        Cell(str(rank), "dim"),
        Cell(f"{hit.score:.3f}", "dim"),
        Cell(f"{hit.said_at:%Y-%m-%d}"),
        Cell(hit.speaker or hit.role, "strong"),
        Cell(brief(hit.text, SHOWN_CHARS)),
    ]

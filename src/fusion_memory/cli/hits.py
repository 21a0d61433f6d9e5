"""Hits on a screen: rank, score, date, who, text; with the reasons when they are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.explaining import hit_reasons
from fusion_memory.cli.output import Output
from fusion_memory.core.records import Hit, brief

SHOWN_CHARS = 400


def hit_table(out: Output, hits: Sequence[Hit], *, explain: bool = False, ids: bool = True) -> None:
    """The hits, best first.

    ``explain`` adds the reasons below each, ``ids`` shows what ``get`` and ``forget`` take. At a terminal the id
    stands below the text; elsewhere it is a column, so that a hit stays one line.
    """
    ids_below = ids and out.on_terminal
    rows = [_row(rank, hit, with_id=ids and not ids_below) for rank, hit in enumerate(hits, 1)]
    details = [[*(hit_reasons(out.lang, hit) if explain else ()), *([hit.id] if ids_below else ())] for hit in hits]
    out.table(Table(rows, frozenset({0, 1}), details))


def _row(rank: int, hit: Hit, *, with_id: bool) -> list[Cell]:
    return [
        Cell(str(rank), "dim"),
        Cell(f"{hit.score:.3f}", "dim"),
        Cell(f"{hit.said_at:%Y-%m-%d}"),
        Cell(hit.speaker or hit.role, "strong"),
        *([Cell(hit.id)] if with_id else []),
        Cell(brief(hit.text, SHOWN_CHARS)),
    ]

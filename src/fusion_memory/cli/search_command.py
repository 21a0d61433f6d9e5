"""``search``: find the memories that fit a question."""

from __future__ import annotations

from typing import Any

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import dropped, understood
from fusion_memory.cli.hits import hit_table
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.cli.query_options import query_options, search_options
from fusion_memory.core.records import SearchResult


@command("search")
@click.argument("words", nargs=-1, required=True, metavar="QUESTION...")
@query_options
@click.option("--explain", is_flag=True)
@with_call
def search(call: Call, words: tuple[str, ...], explain: bool, **options: Any) -> None:  # noqa: ANN401 (query options)
    """Find memories."""
    scope, wanted = call.scope(), search_options(call, **options)
    with call.memory() as memory:
        result = memory.search(" ".join(words), scope, wanted)
    call.out.show(result, lambda: _show(call, result, explain=explain))


def _show(call: Call, result: SearchResult, *, explain: bool) -> None:
    out = call.out
    if explain:
        for line in understood(out.lang, result):
            out.line(line)
    hit_table(out, result.hits, explain=explain)
    if explain:
        for line in dropped(out.lang, [(drop.span_id, drop.reason, drop.score) for drop in result.drops]):
            out.line(line, "dim")
    if result.hits:
        out.note("search.found", count=len(result.hits), trace=result.trace_id or "-")
    else:
        out.note("search.nothing")
    degraded_notes(out, result.degraded)

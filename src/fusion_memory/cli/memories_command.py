"""``memories``: leaf through what was said, without a question."""

from __future__ import annotations

from typing import Any

import click

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.listing import Line, listing
from fusion_memory.cli.options import command
from fusion_memory.core.listing_api import MemoryPage
from fusion_memory.core.records import Event, brief

SHOWN_CHARS = 400


@command("memories")
@click.option("--since", metavar="TIME")
@click.option("--until", metavar="TIME")
@click.option("--role", metavar="ROLE")
@click.option("--speaker", metavar="NAME")
@click.option("--origin", metavar="ORIGIN")
@click.option("--trust", metavar="TRUST")
@click.option("--as-of", metavar="TIME")
@click.option("--limit", "-k", type=int, default=100, metavar="N")
@click.option("--after", metavar="PLACE")
@with_call
def memories(call: Call, **filters: Any) -> None:  # noqa: ANN401 (the options by the names of the protocol)
    """Leaf through memories."""
    scope = call.scope()
    with call.memory() as memory:
        page = memory.memories(scope, allow_cross_session=call.across_sessions, **filters)
    call.out.show(page, lambda: _show(call, page))


def _show(call: Call, page: MemoryPage) -> None:
    if not page.items:
        call.out.note("memories.nothing")
        return
    listing(call.out, [_line(event) for event in page.items])
    if page.next is not None:
        call.out.note("memories.more", after=page.next)


def _line(event: Event) -> Line:
    lead = [Cell(f"{event.said_at:%Y-%m-%d %H:%M}"), Cell(event.speaker or event.role, "strong")]
    return Line(lead, event.id, Cell(brief(event.content, SHOWN_CHARS)))

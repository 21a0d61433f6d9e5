"""``views``: what is true now, by kind."""

from __future__ import annotations

from collections.abc import Sequence

import click

from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import fact_table, valid
from fusion_memory.cli.options import command
from fusion_memory.core.knowledge import VIEW_TYPES, View


@command("views")
@click.option("--type", "view_type", metavar="NAME")
@click.option("--as-of", metavar="TIME")
@click.option("--refresh", is_flag=True)
@with_call
def views(call: Call, view_type: str | None, as_of: str | None, refresh: bool) -> None:
    """Show what is true now."""
    wanted = None if view_type is None else require_known("views", "type", view_type, VIEW_TYPES, "view")
    scope = call.scope()
    with call.memory() as memory:
        if refresh:
            done = memory.refresh_current_views(scope)
            call.out.note("views.refreshed", memories=done.memories, claims=done.claims, current=done.current)
        found = memory.get_current_views(scope, wanted, call.across_sessions, as_of=as_of)
    call.out.show(found, lambda: _show(call, found))


def _show(call: Call, found: Sequence[View]) -> None:
    if not any(view.facts for view in found):
        call.out.note("views.nothing")
        return
    for place, view in enumerate(found):
        if place:
            call.out.line()
        call.out.line(named(call.out.lang, "view", view.type), "strong")
        fact_table(call.out, view.facts, lambda fact: [valid(fact)])

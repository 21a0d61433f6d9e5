"""``profiles``: what repeated evidence says about somebody or something."""

from __future__ import annotations

from collections.abc import Sequence

import click

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import fact_table, valid
from fusion_memory.cli.options import command
from fusion_memory.core.knowledge import USER, Fact, Profile, fact_type

COMMUNICATION_STYLE = "communication_style"


@command("profiles")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--type", "profile_type", metavar="TYPE")
@click.option("--as-of", metavar="TIME")
@click.option("--refresh", is_flag=True)
@with_call
def profiles(call: Call, name: str | None, profile_type: str | None, as_of: str | None, refresh: bool) -> None:
    """Show profiles."""
    scope = call.scope()
    wanted = USER if name is None else name
    with call.memory() as memory:
        if refresh:
            done = memory.refresh_entity_profiles(scope)
            call.out.note("profiles.refreshed", profiles=done.profiles, facts=done.facts, entities=done.entities)
        found = memory.get_entity_profile(wanted, scope, None, call.across_sessions, as_of=as_of)
        if not found and name == scope.user_id:  # the owner by the name of his scope
            found = memory.get_entity_profile(USER, scope, None, call.across_sessions, as_of=as_of)
    kind = profile_type and _as_named(profile_type)
    chosen = tuple(one for one in found if kind in (None, one.type))
    call.out.show(chosen, lambda: _show(call, chosen))
    if not chosen:
        _say_why(call, wanted, found)


def _as_named(given: str) -> str:
    """A type under its own name, when it was given under another one."""
    if given == COMMUNICATION_STYLE:
        return given
    try:
        return fact_type(given).value
    except ValueError:
        return given


def _show(call: Call, found: Sequence[Profile]) -> None:
    out = call.out
    for place, profile in enumerate(found):
        if place:
            out.line()
        kind = named(out.lang, "type", profile.type)
        out.line(out.words("profiles.title", name=profile.entity, type=kind, count=profile.evidence), "strong")
        fact_table(out, profile.facts, _lead)


def _lead(fact: Fact) -> list[Cell]:
    return [Cell(f"×{fact.times_seen}", "dim"), valid(fact)]


def _say_why(call: Call, name: str, others: Sequence[Profile]) -> None:
    if others:
        call.out.note("profiles.no_type", name=name, types=", ".join(profile.type for profile in others))
    else:
        call.out.note("profiles.nothing", name=name)

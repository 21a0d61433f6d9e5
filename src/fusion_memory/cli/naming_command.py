"""``merge``, ``split`` and ``alias``: what a person says of names, and ``entities --suggest``."""

from __future__ import annotations

import shlex

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.entity_lines import names, show
from fusion_memory.cli.explaining import named
from fusion_memory.cli.options import command


@command("merge")
@click.argument("keep", metavar="KEEP")
@click.argument("other", metavar="OTHER")
@click.option("--reason", default="", metavar="TEXT")
@with_call
def merge(call: Call, keep: str, other: str, reason: str) -> None:
    """Let two names be one."""
    scope = call.reach()
    with call.memory() as memory:
        found = memory.merge_entities(scope, keep, other, reason)
    call.out.show(found, lambda: show(call.out, (found,)))
    call.out.note("merge.done", keep=found.name, other=other)


@command("split")
@click.argument("name", metavar="NAME")
@click.option("--reason", default="", metavar="TEXT")
@with_call
def split(call: Call, name: str, reason: str) -> None:
    """Undo a merge."""
    scope = call.reach()
    with call.memory() as memory:
        found = memory.split_entity(scope, name, reason)
    call.out.show(found, lambda: show(call.out, (found,)))
    call.out.note("split.done", name=found.name)


@command("alias")
@click.argument("name", metavar="NAME")
@click.argument("alias", metavar="ALIAS")
@click.option("--remove", is_flag=True)
@with_call
def alias(call: Call, name: str, alias: str, remove: bool) -> None:
    """Give an entity another name, or take one away."""
    scope = call.reach()
    with call.memory() as memory:
        change = memory.remove_alias if remove else memory.add_alias
        found = change(scope, name, alias)
    call.out.show(found, lambda: show(call.out, (found,)))
    call.out.note("alias.removed" if remove else "alias.done", name=found.name, alias=alias)


def suggest(call: Call, limit: int, as_of: str | None) -> None:
    """Show which entities may be one, and why."""
    scope = call.scope()
    with call.memory() as memory:
        found = memory.merge_suggestions(scope, limit=limit, as_of=as_of, allow_cross_session=call.across_sessions)
    rows = [
        [
            Cell(names(call.out, one.keep), "strong"),
            Cell(names(call.out, one.other), "strong"),
            Cell(named(call.out.lang, "likeness", one.reason)),
        ]
        for one in found
    ]
    call.out.show(found, lambda: call.out.table(Table(rows)))
    if not found:
        call.out.note("entities.no_suggestions")
        return
    first = found[0]
    call.out.note("entities.to_merge", keep=shlex.quote(first.keep.name), other=shlex.quote(first.other.name))

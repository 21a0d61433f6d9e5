"""``entities`` and ``merge``: who and what was spoken of, what connects them, and two names that are one."""

from __future__ import annotations

from collections.abc import Sequence

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import days
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.listing import MOST_LISTED, Line, listing
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.graph import EntityGraph, Neighbour
from fusion_memory.core.knowledge import Entity, EntityKind, Relation

DEFAULT_LIMIT = 100
NEIGHBOURS = 50


@command("entities")
@click.option("--kind", metavar="KIND")
@click.option("--graph", metavar="NAME")
@click.option("--hops", type=int, metavar="N")
@click.option("--limit", "-k", type=int, metavar="N")
@click.option("--as-of", metavar="TIME")
@with_call
def entities(
    call: Call, kind: str | None, graph: str | None, hops: int | None, limit: int | None, as_of: str | None
) -> None:
    """Show who and what was spoken of."""
    if (hops is not None and graph is None) or (kind is not None and graph is not None):
        raise Refusal("entities.graph_or_list", "fusion-memory entities --graph NAME --hops 2")
    if graph is not None:
        _draw(call, graph, 1 if hops is None else hops, NEIGHBOURS if limit is None else limit, as_of)
        return
    wanted = (
        require_known("entities", "kind", kind, (one.value for one in EntityKind)) if kind is not None else None
    )
    scope, most = call.scope(), DEFAULT_LIMIT if limit is None else limit
    with call.memory() as memory:
        found = memory.entities(scope, wanted, limit=most, as_of=as_of, allow_cross_session=call.across_sessions)
    call.out.show(found, lambda: _show(call.out, found))
    if len(found) == most < MOST_LISTED:
        call.out.note("entities.more", count=most)


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
    call.out.show(found, lambda: _show(call.out, (found,)))
    call.out.note("merge.done", keep=found.name, other=other)


def _draw(call: Call, name: str, hops: int, limit: int, as_of: str | None) -> None:
    scope = call.reach()
    with call.memory() as memory:
        found = memory.entity_graph(name, scope, hops=hops, limit=limit, as_of=as_of)
    call.out.show(found, lambda: _show_graph(call.out, found))


def _show(out: Output, found: Sequence[Entity]) -> None:
    if not found:
        out.note("entities.nothing")
    listing(out, [_line(out, entity) for entity in found], frozenset({1}))


def _line(out: Output, entity: Entity) -> Line:
    seen = days(entity.first_seen_at, entity.last_seen_at)
    lead = [Cell(_kind(out, entity), "dim"), Cell(f"×{entity.mentions:,}", "dim"), Cell(seen)]
    return Line(lead, entity.id, Cell(_names(out, entity), "strong"))


def _names(out: Output, entity: Entity) -> str:
    if not entity.aliases:
        return entity.name
    also = out.words("explain.comma").join(entity.aliases)
    return out.words("entities.also", name=entity.name, also=also)


def _kind(out: Output, entity: Entity) -> str:
    return named(out.lang, "kind", entity.kind.value)


def _show_graph(out: Output, found: EntityGraph) -> None:
    listing(out, [_line(out, found.centre)])
    if not found.neighbours:
        out.note("entities.alone", name=found.centre.name)
        return
    out.line()
    listing(out, [_neighbour(out, one) for one in found.neighbours])
    if found.relations:
        out.line()
        out.table(Table([_relation(one) for one in found.relations]))


def _neighbour(out: Output, one: Neighbour) -> Line:
    return Line(
        [
            Cell(out.words("entities.hops_away", count=one.hops), "dim"),
            Cell(_kind(out, one.entity), "dim"),
            Cell(out.words("entities.together", count=one.together)),
            Cell(out.words("entities.relations", count=one.relations)),
        ],
        one.entity.id,
        Cell(_names(out, one.entity), "strong"),
    )


def _relation(one: Relation) -> list[Cell]:
    return [
        Cell(days(one.valid_from, one.valid_to)),
        Cell(one.fact_id, "dim"),
        Cell(f"{one.subject} - {one.predicate.replace('_', ' ')} - {one.object}"),
    ]

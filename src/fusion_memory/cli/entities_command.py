"""``entities``: who and what was spoken of, what connects them, and which of them may be one."""

from __future__ import annotations

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.entity_lines import kind, line, names, show
from fusion_memory.cli.fact_rows import days
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.listing import MOST_LISTED, Line, listing
from fusion_memory.cli.naming_command import suggest
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.graph import EntityGraph, Neighbour
from fusion_memory.core.knowledge import EntityKind, Relation

DEFAULT_LIMIT = 100
NEIGHBOURS = 50


@command("entities")
@click.option("--kind", "wanted", metavar="KIND")
@click.option("--graph", metavar="NAME")
@click.option("--hops", type=int, metavar="N")
@click.option("--suggest", "suggesting", is_flag=True)
@click.option("--limit", "-k", type=int, metavar="N")
@click.option("--as-of", metavar="TIME")
@with_call
def entities(
    call: Call,
    wanted: str | None,
    graph: str | None,
    hops: int | None,
    suggesting: bool,
    limit: int | None,
    as_of: str | None,
) -> None:
    """Show who and what was spoken of."""
    if suggesting:
        if wanted is not None or graph is not None or hops is not None:
            raise Refusal("entities.suggest_alone", "fusion-memory entities --suggest")
        suggest(call, NEIGHBOURS if limit is None else limit, as_of)
        return
    if (hops is not None and graph is None) or (wanted is not None and graph is not None):
        raise Refusal("entities.graph_or_list", "fusion-memory entities --graph NAME --hops 2")
    if graph is not None:
        _draw(call, graph, 1 if hops is None else hops, NEIGHBOURS if limit is None else limit, as_of)
        return
    if wanted is not None:
        wanted = require_known("entities", "kind", wanted, (one.value for one in EntityKind))
    scope, most = call.scope(), DEFAULT_LIMIT if limit is None else limit
    with call.memory() as memory:
        found = memory.entities(scope, wanted, limit=most, as_of=as_of, allow_cross_session=call.across_sessions)
    call.out.show(found, lambda: show(call.out, found))
    if len(found) == most < MOST_LISTED:
        call.out.note("entities.more", count=most)


def _draw(call: Call, name: str, hops: int, limit: int, as_of: str | None) -> None:
    scope = call.reach()
    with call.memory() as memory:
        found = memory.entity_graph(name, scope, hops=hops, limit=limit, as_of=as_of)
    call.out.show(found, lambda: _show_graph(call.out, found))


def _show_graph(out: Output, found: EntityGraph) -> None:
    listing(out, [line(out, found.centre)])
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
            Cell(kind(out, one.entity), "dim"),
            Cell(out.words("entities.together", count=one.together)),
            Cell(out.words("entities.relations", count=one.relations)),
        ],
        one.entity.id,
        Cell(names(out, one.entity), "strong"),
    )


def _relation(one: Relation) -> list[Cell]:
    return [
        Cell(days(one.valid_from, one.valid_to)),
        Cell(one.fact_id, "dim"),
        Cell(f"{one.subject} - {one.predicate.replace('_', ' ')} - {one.object}"),
    ]

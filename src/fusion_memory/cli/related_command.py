"""``related``: the memories beside one memory, with what connects them and how strongly."""

from __future__ import annotations

import click

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.listing import MOST_LISTED, Line, listing
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.graph import EdgeReason, MemoryNode, RelatedMemories, RelatedMemory, Tier
from fusion_memory.core.records import brief

SHOWN_CHARS = 400
DEFAULT_LIMIT = 20


@command("related")
@click.argument("memory_id", metavar="ID")
@click.option("--tier", metavar="TIER")
@click.option("--direct", is_flag=True)
@click.option("--limit", "-k", type=int, default=DEFAULT_LIMIT, metavar="N")
@click.option("--as-of", metavar="TIME")
@with_call
def related(call: Call, memory_id: str, tier: str | None, direct: bool, limit: int, as_of: str | None) -> None:
    """Show what lies beside a memory."""
    wanted = require_known("related", "tier", tier, (one.value for one in Tier)) if tier is not None else None
    scope = call.scope()
    with call.memory() as memory:
        found = memory.related(
            memory_id,
            scope,
            limit=limit,
            tier=wanted,
            derived=not direct,
            as_of=as_of,
            allow_cross_session=call.across_sessions,
        )
    call.out.show(found, lambda: _show(call.out, found))
    if not found.neighbours:
        call.out.note("related.nothing")
    elif len(found.neighbours) == limit < MOST_LISTED:
        call.out.note("related.more", count=limit)


def _show(out: Output, found: RelatedMemories) -> None:
    listing(out, [_line(out, found.centre, Cell("", "dim"))])
    if found.neighbours:
        out.line()
        listing(out, [_neighbour(out, one) for one in found.neighbours])


def _neighbour(out: Output, one: RelatedMemory) -> Line:
    line = _line(out, one.memory, Cell(f"{one.weight:.2f}", "strong"))
    why = out.words("explain.comma").join(_reason(out, reason) for reason in one.reasons)
    return Line(line.lead, line.id, line.text, [why])


def _line(out: Output, node: MemoryNode, weight: Cell) -> Line:
    standing = out.words("related.standing", tier=named(out.lang, "tier", node.tier.value), priority=node.priority)
    lead = [weight, Cell(f"{node.said_at:%Y-%m-%d}"), Cell(standing, "dim"), Cell(node.speaker or node.role)]
    return Line(lead, node.id, Cell(brief(node.text, SHOWN_CHARS)))


def _reason(out: Output, reason: EdgeReason) -> str:
    weight = f"{reason.weight:.2f}"
    return out.words(f"edge.{reason.kind.value}", count=reason.count, name=reason.name or "", weight=weight)

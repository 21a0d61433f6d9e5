"""Entities as lines: kind, how often they were named, from when to when, their id and all their names."""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.cli.cells import Cell
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import days
from fusion_memory.cli.listing import Line, listing
from fusion_memory.cli.output import Output
from fusion_memory.core.knowledge import Entity


def show(out: Output, found: Sequence[Entity]) -> None:
    """Write the entities one below the other."""
    if not found:
        out.note("entities.nothing")
    listing(out, [line(out, entity) for entity in found], frozenset({1}))


def line(out: Output, entity: Entity) -> Line:
    """One entity."""
    seen = days(entity.first_seen_at, entity.last_seen_at) if entity.mentions else ""
    lead = [Cell(kind(out, entity), "dim"), Cell(f"×{entity.mentions:,}", "dim"), Cell(seen)]
    return Line(lead, entity.id, Cell(names(out, entity), "strong"))


def names(out: Output, entity: Entity) -> str:
    """Its name, and the others in brackets."""
    if not entity.aliases:
        return entity.name
    also = out.words("explain.comma").join(entity.aliases)
    return out.words("entities.also", name=entity.name, also=also)


def kind(out: Output, entity: Entity) -> str:
    """What it is, in words."""
    return named(out.lang, "kind", entity.kind.value)

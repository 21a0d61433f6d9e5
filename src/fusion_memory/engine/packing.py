"""What stands beside the evidence of an answer: the recent messages, and what was understood from the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fusion_memory.core.layers import Reach
from fusion_memory.core.records import ContextPack, Event, SearchOptions
from fusion_memory.core.scope import Access
from fusion_memory.engine.calls import reaching
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import events, facts, outbox, views, working
from fusion_memory.memory.facts import FactQuery
from fusion_memory.memory.outbox import EXTRACT


def working_of(parts: Parts, access: Access, options: SearchOptions) -> tuple[Event, ...]:
    """The recent messages of the scope's session, oldest first; none when the scope names no session.

    ``access`` still has its session: what may cross sessions is the search, not the conversation at hand.
    """
    if access.scope.session_id is None and parts.window.reach is Reach.SESSION:
        return ()
    as_of = options.as_of if isinstance(options.as_of, datetime) else None
    with parts.database.read() as tx:
        return working.recent(tx, access, parts.window, as_of or parts.clock.now(), as_of)


def understood(parts: Parts, access: Access, pack: ContextPack, options: SearchOptions) -> ContextPack:
    """The pack with the facts told in its evidence, what contradicts them, and what is true now.

    A question that is filtered (by session, role, time said or metadata) is about a part of the memory, and what is
    true now is not: it is then left out, and contradictions are those within the evidence.
    """
    as_of = options.as_of if isinstance(options.as_of, datetime) else None
    seen = reaching(access, options.allow_cross_session)
    with parts.database.read() as tx:
        now = events.present(tx, seen, parts.clock.now())
        told = FactQuery(event_ids=tuple(dict.fromkeys(item.id for item in pack.items)), as_of=as_of)
        found = tuple(facts.pages(tx, seen, told, now)) if pack.items else ()
        filtered = _filtered(options)
        current = () if filtered else views.views(tx, seen, now, as_of=as_of)
        ids = {fact.id for fact in found}
        enough = 2 if filtered else 1
        clashes = [
            clash
            for clash in views.conflicts(tx, seen, now, as_of=as_of)
            if len(ids & {clash.older.id, clash.newer.id}) >= enough
        ]
        waiting = outbox.count(tx, access, EXTRACT)
    return replace(
        pack,
        degraded=(*pack.degraded, f"facts_pending:{waiting}") if waiting else pack.degraded,
        working=working_of(parts, access, options),
        current_views=tuple(view for view in current if view.facts),
        facts=found,
        conflicts=tuple(clashes),
    )


def _filtered(options: SearchOptions) -> bool:
    return bool(options.roles or options.session_ids or options.metadata or options.since or options.until)

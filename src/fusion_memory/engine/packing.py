"""Make a context pack: the evidence of a search, what was understood from it, and the recent messages beside it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from fusion_memory.core.knowledge import Fact, View
from fusion_memory.core.layers import Reach
from fusion_memory.core.packs import ContextPack
from fusion_memory.core.records import Event, SearchOptions, SearchResult
from fusion_memory.core.scope import Access, reaching
from fusion_memory.core.settings import RetrievalSettings
from fusion_memory.core.telemetry import DEGRADED, PACK_BUDGET, PACK_TOKENS, RECIPE, RECORDS, SEARCH, observing
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import at_hand, core_facts, events, facts, outbox, owners, packs, views, working
from fusion_memory.memory.facts import FactQuery
from fusion_memory.memory.outbox import EXTRACT
from fusion_memory.retrieval import pack as layout
from fusion_memory.retrieval import sections
from fusion_memory.retrieval.pack import Asked
from fusion_memory.retrieval.pipeline import Offer
from fusion_memory.retrieval.relation_words import asks_for
from fusion_memory.retrieval.sections import Understanding
from fusion_memory.storage.interface import SpanFilter, Transaction
from fusion_memory.text.counting import count_tokens

DEEP: Final = "deep"
DEFAULT_KIND: Final = "factual_exact"
PASSAGES_READ: Final = 32
"""Passages that share words with the question, whose facts are looked at."""
CURRENT: Final = "current"
"""The section of what is true now."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack with what it was made of."""

    pack: ContextPack
    offer: Offer
    known: Understanding
    fit: tuple[Fact, ...]


def working_of(parts: Parts, access: Access, options: SearchOptions) -> tuple[Event, ...]:
    """The recent messages of the scope's session, oldest first; none when it names no session, or under a filter.

    ``access`` still has its session: what may cross sessions is the search, not the conversation at hand.
    """
    if _filtered(options) or (access.scope.session_id is None and parts.window.reach is Reach.SESSION):
        return ()
    as_of = options.as_of if isinstance(options.as_of, datetime) else None
    with parts.database.read() as tx:
        return working.recent(tx, access, parts.window, as_of or parts.clock.now(), as_of)


def budget_of(given: int | None, options: SearchOptions, settings: RetrievalSettings) -> int:
    """The budget of a call: its own, else that of its recipe."""
    if given is not None:
        return given
    return settings.deep_budget_tokens if options.recipe == DEEP else settings.budget_tokens


def packed(parts: Parts, access: Access, query: str, options: SearchOptions, budget_tokens: int) -> Packed:
    """Search, understand and lay out; the pack is kept for a while when the options want a trace.

    A question that is filtered (by session, role, time said, metadata, trust, origin or type) is about a part of
    the memory, and neither the conversation at hand nor what is true now is: they are then left out, and facts and
    contradictions are those within the evidence.
    """
    with observing(SEARCH) as observed:
        made = _packed(parts, access, query, options, budget_tokens)
        observed.attributes |= {
            RECORDS: len(made.offer.result.hits),
            RECIPE: made.offer.result.recipe,
            DEGRADED: bool(made.pack.degraded),
            PACK_TOKENS: made.pack.tokens,
            PACK_BUDGET: budget_tokens,
        }
    return made


def _packed(parts: Parts, access: Access, query: str, options: SearchOptions, budget_tokens: int) -> Packed:
    query = parts.redactor.text(query)
    seen = reaching(access, options.allow_cross_session)
    offer = parts.retrieval.offer(access, query, options, budget_tokens)
    recent = working_of(parts, access, options)
    with parts.database.read() as tx:
        known, current = _known(parts, tx, seen, offer, options)
        waiting = outbox.count(tx, access, EXTRACT)
    offered = {portion.passage.event_id for portion in offer.portions}
    known = replace(known, working=[message for message in recent if message.id not in offered])
    plan = offer.result.plan
    kind = str(getattr(plan, "kind", None) or DEFAULT_KIND)
    fit = sections.fitting(plan.phrases, known)
    filtered = _filtered(options)
    given = sections.sections(kind, fit, known, budget_tokens)
    made = layout.pack(
        Asked(query, plan.language, kind, plan.phrases),
        offer.portions,
        budget_tokens,
        [section for section in given if not filtered or section.name != CURRENT],
    )
    shown = {item.id for item in made.items}
    told = tuple(fact for fact in known.facts if any(e.event_id in shown for e in fact.evidence))
    clashing = {fact.id for fact in told}
    enough = 2 if filtered else 1
    result = offer.result
    degraded = (*result.degraded, f"facts_pending:{waiting}") if waiting else result.degraded
    made = replace(
        made,
        degraded=degraded,
        trace_id=result.trace_id,
        working=recent,
        current_views=tuple(view for view in current if view.facts),
        facts=told,
        conflicts=tuple(c for c in known.conflicts if len(clashing & {c.older.id, c.newer.id}) >= enough),
    )
    return Packed(_kept(parts, access, made, options), offer, known, tuple(fit))


def source_tokens(parts: Parts, access: Access, result: SearchResult) -> int:
    """What the whole memories of the hits, and the recent messages, would take of a context window."""
    told = {message.id: message.content for message in result.working}
    with parts.database.read() as tx:
        for hit in result.hits:
            if hit.id not in told:
                found = None if hit.whole else events.get(tx, reaching(access, across_sessions=True), hit.id)
                told[hit.id] = found.content if found else hit.text
    return sum(count_tokens(text) for text in told.values())


def plain_options(options: SearchOptions) -> dict[str, Any]:
    """Search options as JSON values, without those that say nothing and without the talk before the question.

    The talk is usually stored, too, and may be erased one day: it must not live on here.
    """
    told = {field.name: getattr(options, field.name) for field in fields(SearchOptions) if field.name != "context"}
    return {
        name: value.isoformat() if isinstance(value, datetime) else _plain(value)
        for name, value in told.items()
        if value not in (None, (), {}, False) or name == "trace"
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 (the value of any option)
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _kept(parts: Parts, access: Access, made: ContextPack, options: SearchOptions) -> ContextPack:
    if not options.trace:
        return made
    now = parts.clock.now()
    made = replace(made, id=parts.ids.new(packs.KIND, now))
    parts.traces.note(access, packs.as_trace(made, plain_options(options), now))
    return made


def _known(
    parts: Parts, tx: Transaction, access: Access, offer: Offer, options: SearchOptions
) -> tuple[Understanding, tuple[View, ...]]:
    """The facts told in the hits or true now, their other values, what clashes, and what is always at hand."""
    as_of = options.as_of if isinstance(options.as_of, datetime) else None
    now = events.present(tx, access, parts.clock.now())
    ids = tuple(dict.fromkeys(hit.id for hit in offer.result.hits))
    filtered = _filtered(options)
    if at_hand.covers(access) and not filtered and as_of is None:
        return _at_hand(parts, tx, access, offer, now)
    told = list(facts.pages(tx, access, FactQuery(event_ids=ids, as_of=as_of), now)) if ids else []
    current = () if filtered else views.views(tx, access, now, as_of=as_of)
    found = sections.all_facts(current, told)
    clashes = views.conflicts(tx, access, now, as_of=as_of)
    if not filtered:
        found += _other_values(tx, access, Understanding(found), offer, now, as_of)
    else:
        found = [_as_told_in(fact, frozenset(ids)) for fact in found]
        within = {fact.id for fact in found}
        clashes = tuple(clash for clash in clashes if {clash.older.id, clash.newer.id} <= within)
    ranks = {hit.id: rank for rank, hit in reversed(list(enumerate(offer.result.hits)))}
    core = () if filtered or as_of else tuple(item.fact for item in core_facts.listed(tx, access, now))
    return Understanding(found, clashes, (), core, ranks), current


def _at_hand(
    parts: Parts, tx: Transaction, access: Access, offer: Offer, now: datetime
) -> tuple[Understanding, tuple[View, ...]]:
    """The same for the present of a whole owner, found by index instead of read whole."""
    result = offer.result
    phrases = result.plan.phrases
    where = SpanFilter(owners.find(tx, access))
    near = parts.database.keyword.search(tx, phrases, where, PASSAGES_READ) if phrases else []
    ranks = {hit.id: rank for rank, hit in reversed(list(enumerate(result.hits)))}
    known = at_hand.find(
        tx,
        access,
        now,
        event_ids=list(ranks),
        span_nos=[number for number, _ in near],
        asked_for=lambda predicate, slot: asks_for(phrases, predicate, slot),
    )
    core = tuple(item.fact for item in core_facts.listed(tx, access, now))
    found = Understanding(known.facts, (), (), core, ranks, known.of)
    found = replace(found, facts=[*known.facts, *_other_values(tx, access, found, offer, now, None)])
    clashes = at_hand.conflicts_of(tx, access, [fact.id for fact in found.facts], now)
    return replace(found, conflicts=clashes), known.views


def _other_values(
    tx: Transaction, access: Access, known: Understanding, offer: Offer, now: datetime, as_of: datetime | None
) -> list[Fact]:
    """Earlier and other answers to those questions that fit, wherever they were told."""
    fit = sections.fitting(offer.result.plan.phrases, known)
    slots = tuple(dict.fromkeys(fact.slot for fact in fit if fact.slot))
    if not slots:
        return []
    subjects = tuple(dict.fromkeys(fact.subject for fact in fit if fact.slot))
    there = {fact.id for fact in known.facts}
    asked = FactQuery(subjects=subjects, slots=slots, as_of=as_of)
    return [fact for fact in facts.pages(tx, access, asked, now) if fact.id not in there]


def _as_told_in(fact: Fact, event_ids: Container[str]) -> Fact:
    """A fact with what some memories bear out of it alone."""
    return replace(fact, evidence=tuple(e for e in fact.evidence if e.event_id in event_ids))


def _filtered(options: SearchOptions) -> bool:
    return bool(options.narrowed or options.session_ids)

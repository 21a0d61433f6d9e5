"""Reads of the ledger for the service: queries from plain arguments, facts that fit a question, reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import log

from fusion_memory.core.encodings import EncodingReport
from fusion_memory.core.errors import InvalidOption, NotFound
from fusion_memory.core.graph import Tier
from fusion_memory.core.knowledge import (
    USER,
    Entity,
    EntityKind,
    Fact,
    FactState,
    FactType,
    Profile,
    fact_type,
)
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.reports import ProfileReport, RebuildReport
from fusion_memory.core.scope import Access
from fusion_memory.core.settings import RetrievalSettings
from fusion_memory.engine.options import MAX_LIMIT
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import associations, encodings, entity_views, events, facts, second_readings, views
from fusion_memory.memory.communication import COMMUNICATION_STYLE
from fusion_memory.memory.facts import FactQuery
from fusion_memory.storage.interface import Transaction
from fusion_memory.text.similarity import canonical, shingles

ALL_STATES = "all"
EVIDENCE_READ = 50
HIT_WEIGHT = 3.0
"""What the best memory of a search adds to its facts; of the second half as much, of the third a third."""

_SMALL_WORDS = shingles("user I me my 我 我的")
SELF_NAMES = frozenset({USER, "me", "self", "我", "用户", "使用者"})


def fact_query(
    *,
    subject: str | None,
    entity: str | None,
    types: str | Sequence[str] | None,
    slot: str | None,
    states: str | Sequence[str],
    as_of: datetime | None,
) -> FactQuery:
    """The query that plain arguments mean.

    Raises:
        InvalidOption: an unknown type or state.
    """
    return FactQuery(
        subjects=(subject,) if subject else (),
        entities=(entity,) if entity else (),
        types=tuple(type_named(name) for name in _texts(types)),
        slots=(slot,) if slot else (),
        states=tuple(_state(name) for name in _texts(states) if name != ALL_STATES),
        as_of=as_of,
    )


def listed(parts: Parts, access: Access, query: FactQuery, limit: int, after: str | None) -> tuple[Fact, ...]:
    """A page of facts, the latest validity first."""
    with parts.database.read() as tx:
        return facts.read(
            tx, access, query, events.present(tx, access, parts.clock.now()), limit=limit, after=after
        ).facts


def fitting(
    parts: Parts, access: Access, question: str, query: FactQuery, limit: int, settings: RetrievalSettings
) -> tuple[Fact, ...]:
    """Facts that share words with a question, or were told in the memories that a search finds; best first."""
    options = SearchOptions(
        limit=min(max(EVIDENCE_READ, limit), MAX_LIMIT), recipe=settings.recipe, as_of=query.as_of, trace=False
    )
    hits = parts.retrieval.search(access, question, options).hits
    rank = {hit.id: place for place, hit in enumerate(hits)}
    asked = shingles(question) - _SMALL_WORDS
    with parts.database.read() as tx:
        now = events.present(tx, access, parts.clock.now())
        found = [(fact, asked & _words(fact)) for fact in facts.pages(tx, access, query, now)]
    weights = _weights([shared for _, shared in found])

    def score(fact: Fact, shared: frozenset[str]) -> float:
        best = min((rank.get(e.event_id, len(rank)) for e in fact.evidence), default=len(rank))
        return sum(weights[word] for word in shared) + (HIT_WEIGHT / (1 + best) if best < len(rank) else 0.0)

    scored = [(score(fact, shared), fact) for fact, shared in found]
    kept = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    return tuple(fact for _, fact in kept[:limit])


def _words(fact: Fact) -> frozenset[str]:
    return shingles(
        f"{fact.subject} {fact.predicate.replace('_', ' ')} {fact.slot or ''} {fact.text} {fact.object}"
    )


def _weights(shared: Sequence[frozenset[str]]) -> Mapping[str, float]:
    """What a shared word says: much when few facts have it (the idf of BM25)."""
    counts = Counter(word for words in shared for word in words)
    return {word: log(1 + (len(shared) - count + 0.5) / (count + 0.5)) for word, count in counts.items()}


def rebuild(parts: Parts, access: Access) -> RebuildReport:
    """Read everything in the scope again and derive its facts anew.

    What a language model had read goes with the rest, so it is asked again: before, so that a crash loses nothing,
    and after for what it read meanwhile and the rules then read anew.
    """
    if parts.encoder is None:
        return RebuildReport(0, 0, 0)
    with parts.database.write() as tx:
        asked = second_readings.ask_again(tx, access, parts.clock.now())
    done = parts.encoder.rebuild(access)
    with parts.database.write() as tx:
        associations.rebuild(tx, access)
        asked += second_readings.ask_again(tx, access, parts.clock.now(), only_lost=True)
    if parts.background is not None and asked:
        parts.background.wake()
    with parts.database.read() as tx:
        current = facts.count(
            tx, access, FactQuery(states=facts.CURRENT), events.present(tx, access, parts.clock.now())
        )
    return RebuildReport(done.events, done.claims, current)


def names_of(tx: Transaction, access: Access, name: str) -> tuple[str, ...]:
    """All names of an entity that is meant by one of them; the name itself when nobody of that name is known.

    The id of the scope's own user means whoever speaks.
    """
    if canonical(name) in SELF_NAMES:
        return (USER,)
    found = entity_views.find(tx, access, name)
    names = (found.name, *found.aliases) if found else (name,)
    return (USER, *names) if name == access.scope.user_id else names


def entity_named(tx: Transaction, access: Access, name: str) -> Entity:
    """The entity of an id or a name.

    Raises:
        NotFound: there is none in the scope.
    """
    found = entity_views.find(tx, access, name)
    if found is None:
        raise NotFound(f"Nothing named {name!r} was spoken of in this scope.", fix="fusion-memory entities")
    return found


def tier_named(name: str | None) -> Tier | None:
    """The tier of a name.

    Raises:
        InvalidOption: there is no such tier.
    """
    if name is None:
        return None
    try:
        return Tier(name.lower())
    except ValueError:
        raise InvalidOption(f"There is no tier {name!r}.", fix="one of hot, warm, cold") from None


def entity_kind(name: str | None) -> EntityKind | None:
    """The kind of a name.

    Raises:
        InvalidOption: there is no such kind.
    """
    if name is None:
        return None
    try:
        return EntityKind(name.lower())
    except ValueError:
        raise InvalidOption(
            f"There is no kind of entity {name!r}.", fix=f"one of {', '.join(kind.value for kind in EntityKind)}"
        ) from None


def encoding_report(tx: Transaction, access: Access, labels: Mapping[str, str] | None) -> EncodingReport:
    """The report, and how often its decisions are those that a person would have made."""
    found = encodings.report(tx, access)
    if not labels:
        return found
    made = encodings.decisions_of(tx, access, list(labels))
    agreed = sum(decision in made.get(event_id, ("reject",)) for event_id, decision in labels.items())
    return replace(found, labels={"labelled": len(labels), "agreed": agreed, "agreement": agreed / len(labels)})


def profile_report(
    tx: Transaction, access: Access, at: datetime, labels: Mapping[str, str] | None
) -> ProfileReport:
    """Who has a profile, of how many facts and sources; with labels, how many profiles hold what they should."""
    named = entity_views.entities(tx, access, limit=MAX_LIMIT)
    subjects = [(USER,), *((entity.name, *entity.aliases) for entity in named)]
    found: list[Profile] = [p for names in subjects for p in views.profiles(tx, access, names, at)]
    by_type = Counter(profile.type for profile in found)
    return ProfileReport(
        entities=len(subjects),
        profiles=len(found),
        facts=sum(len(profile.facts) for profile in found),
        sources=sum(profile.evidence for profile in found),
        by_type=dict(by_type),
        held=_held(found, labels) if labels else None,
    )


def _held(found: Sequence[Profile], labels: Mapping[str, str]) -> float:
    texts: dict[str, str] = defaultdict(str)
    for profile in found:
        texts[canonical(profile.entity)] += f" {canonical(profile.summary)}"
    return sum(canonical(text) in texts[canonical(name)] for name, text in labels.items()) / len(labels)


def type_named(name: str) -> FactType:
    """The type of a name, also of another system's.

    Raises:
        InvalidOption: there is no such type.
    """
    try:
        return fact_type(name)
    except ValueError:
        fix = f"one of {', '.join(kind.value for kind in FactType)}"
        raise InvalidOption(f"There is no type of fact {name!r}.", fix=fix) from None


def profile_named(name: str) -> str:
    """The type of profile of a name: that of facts, or of how somebody wants to be spoken to.

    Raises:
        InvalidOption: there is no such type.
    """
    plain = name.strip().lower()
    return COMMUNICATION_STYLE if plain == COMMUNICATION_STYLE else type_named(name).value


def _state(name: str) -> FactState:
    try:
        return FactState(name.lower())
    except ValueError:
        fix = f"one of {', '.join(state.value for state in FactState)}, {ALL_STATES}"
        raise InvalidOption(f"There is no state of facts {name!r}.", fix=fix) from None


def _texts(value: str | Sequence[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())

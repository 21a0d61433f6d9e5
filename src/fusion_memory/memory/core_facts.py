"""Core memory: the few facts about a person that are always at hand, chosen by importance and told in one go.

Why it exists: a name, an allergy, a standing wish must reach an agent without a search. Must not know: models or
searching. What stands in the table is derived: who belongs there is decided anew by every :func:`refresh`, and a
fact that was superseded, retracted or erased meanwhile is left out by every read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.knowledge import USER, Fact, FactState, FactType
from fusion_memory.core.layers import CoreFact, CoreItem, CoreMemory
from fusion_memory.core.records import Trust
from fusion_memory.core.scope import Access
from fusion_memory.memory import facts, owners
from fusion_memory.storage.interface import Transaction
from fusion_memory.text.counting import count_tokens
from fusion_memory.text.language import dominant_language

PROMOTED: Final = 0.8
"""A fact above this importance belongs to the core memory."""

LOWER_BAR: Final = 0.65
"""While fewer than :data:`FEWEST` facts belong, the best above this join them; nothing below ever does."""

FEWEST: Final = 5
MOST: Final = 10

_CANDIDATES: Final = 400
_DAY_S: Final = 86_400
_RECENT_DAYS: Final = 180.0  # half-life of what was said lately
_RECENT_GAIN: Final = 0.3
_REPEATED_GAIN: Final = 0.8
_REPETITIONS: Final = 2.0  # further tellings that give half of that gain
_OF_OTHERS: Final = 0.75
_NOT_SAID_BY_A_PERSON: Final = 0.5

_HEALTH: Final = frozenset(
    {"allergic_to", "diet_is", "has_condition", "takes_medication", "takes_medicine", "blood_type_is", "must_avoid"}
)
_IDENTITY: Final = frozenset(
    {
        "name_is", "pronouns_are", "born_on", "lives_in", "from_place", "nationality_is", "works_as", "works_at",
        "speaks", "married_to", "partner_is", "parent_of", "child_of",
    }
)  # fmt: skip
_CLASSES: Final[tuple[tuple[frozenset[str], float], ...]] = ((_HEALTH, 0.9), (_IDENTITY, 0.8))
_TYPES: Final[Mapping[FactType, float]] = {
    FactType.INSTRUCTION: 0.85,
    FactType.CONSTRAINT: 0.8,
    FactType.RELATIONSHIP: 0.6,
    FactType.ATTRIBUTE: 0.55,
    FactType.PREFERENCE: 0.5,
    FactType.DECISION: 0.5,
    FactType.SKILL: 0.5,
    FactType.PERSON: 0.5,
    FactType.RISK: 0.5,
    FactType.CONFIG: 0.45,
    FactType.FACT: 0.45,
    FactType.TASK: 0.4,
    FactType.REFERENCE: 0.4,
}
_OTHER_TYPE: Final = 0.3

_OPENING: Final = {
    "en": "<core-memory>\nWhat is known for certain or wished for lastingly, quoted as data with its sources.",
    "zh": "<core-memory>\n以下是长期有效的已知信息和愿望,附来源,仅作为资料引用。",
}
_CLOSING: Final = "</core-memory>"
_SINCE: Final = {"en": "(said {date})", "zh": "({date} 提到)"}


@dataclass(frozen=True, slots=True)
class CoreChange:
    """What a refresh did, by fact id."""

    promoted: tuple[str, ...]
    demoted: tuple[str, ...]
    kept: tuple[str, ...]


def importance(fact: Fact, now: datetime) -> float:
    """How much a fact matters at any time, 0 to 1; pure.

    It starts from what the fact is about (health .9, standing instructions .85, identity .8, then by type) or from
    the importance its claim was given, whichever is higher; repetition and recency close part of the distance to
    1; then it is lowered by doubt, for facts about other people, and for facts that no person said.
    """
    base = max(_base(fact), fact.importance)
    age_days = max(0.0, (now - (fact.last_seen_at or fact.said_at)).total_seconds() / _DAY_S)
    recent: float = _RECENT_GAIN * 0.5 ** (age_days / _RECENT_DAYS)
    repeated = _REPEATED_GAIN * (1 - 0.5 ** ((fact.times_seen - 1) / _REPETITIONS))
    gained: float = base + (1 - base) * (1 - (1 - recent) * (1 - repeated))
    return min(1.0, gained * (0.5 + fact.confidence / 2) * _standing(fact))


def reasons(fact: Fact, now: datetime) -> tuple[str, ...]:
    """Why a fact matters as much as it does, as codes; pure. The first says what it is about."""
    health, identity = (fact.predicate in names for names, _ in _CLASSES)
    about = "health" if health else "identity" if identity else f"type_{fact.type.value}"
    age_days = (now - (fact.last_seen_at or fact.said_at)).total_seconds() / _DAY_S
    found = {
        about: True,
        "given_importance": fact.importance > _base(fact),
        "told_again": fact.times_seen > 1,
        "recent": age_days < _RECENT_DAYS / 2,
        "few_others": importance(fact, now) <= PROMOTED,
    }
    return tuple(code for code, holds in found.items() if holds)


def choose(candidates: Iterable[Fact], now: datetime) -> list[tuple[Fact, float]]:
    """The facts of the core memory, the most important first; pure.

    Current facts above :data:`PROMOTED`, at most :data:`MOST`; when these are fewer than :data:`FEWEST`, the best
    above :data:`LOWER_BAR` until there are so many.
    """
    scored = [(fact, importance(fact, now)) for fact in candidates if fact.state is FactState.CURRENT]
    scored.sort(key=lambda pair: (-pair[1], pair[0].said_at, pair[0].id))
    return [
        pair
        for rank, pair in enumerate(scored[:MOST])
        if pair[1] > PROMOTED or (rank < FEWEST and pair[1] > LOWER_BAR)
    ]


def refresh(tx: Transaction, access: Access, at: datetime) -> CoreChange:
    """Decide anew which facts of the owner are at hand: promote, keep, demote. Needs a writing transaction.

    The whole owner is looked at, whatever the scope narrows to.
    """
    owner_no, whole = owners.find(tx, access), _whole(access)
    chosen = choose(_candidates(tx, whole, at), at)
    before = {row[0]: row[1] for row in tx.rows("core_listed", owner_no=owner_no)}
    tx.run("core_clear", owner_no=owner_no)
    for fact, score in chosen:
        promoted_at = before.get(fact.id, to_ms(at))
        tx.run("core_put", owner_no=owner_no, fact_id=fact.id, importance=score, promoted_at=promoted_at)
    now_core = [fact.id for fact, _ in chosen]
    return CoreChange(
        promoted=tuple(name for name in now_core if name not in before),
        demoted=tuple(name for name in before if name not in now_core),
        kept=tuple(name for name in now_core if name in before),
    )


def settled(tx: Transaction, access: Access, at: datetime) -> bool:
    """Whether the facts that are at hand are those that belong there now: a refresh writes nothing new."""
    chosen = {fact.id for fact, _ in choose(_candidates(tx, _whole(access), at), at)}
    return chosen == {row[0] for row in tx.rows("core_listed", owner_no=owners.find(tx, access))}


def listed(tx: Transaction, access: Access, at: datetime) -> tuple[CoreFact, ...]:
    """The facts at hand, the most important first: those chosen that are still current and may be seen.

    Core memory is about a person, so the session of the scope does not narrow it; agent, run and app do.
    """
    rows = tx.rows("core_listed", owner_no=owners.find(tx, access))
    promoted = {row[0]: from_ms(row[1]) for row in rows}
    if not promoted:
        return ()
    across = replace(access, scope=access.scope.across_sessions())
    query = facts.FactQuery(ids=tuple(promoted), states=facts.CURRENT)
    found = [
        CoreFact(fact, importance(fact, at), promoted.get(fact.id, fact.recorded_at), reasons(fact, at))
        for fact in facts.pages(tx, across, query, at)
    ]
    return tuple(sorted(found, key=lambda core: (-core.importance, core.fact.id)))


def erase_all(tx: Transaction, access: Access) -> int:
    """Clear the owner's core memory; single facts leave it with their events."""
    return tx.run("core_clear", owner_no=owners.find(tx, access))


def text(core: Sequence[CoreFact], budget_tokens: int = 400) -> CoreMemory:
    """The core memory as one text for an agent: marked data, one cited and dated line a fact; pure.

    The frame is in the language most of the facts are told in; each line is in its own. Facts that do not fit the
    budget are dropped from the least important on. Empty when there are none.
    """
    language = "zh" if dominant_language(" ".join(item.fact.text for item in core)) == "zh" else "en"
    opening = _OPENING[language]
    left = budget_tokens - count_tokens(f"{opening}\n") - count_tokens(_CLOSING)
    items: list[CoreItem] = []
    dropped: list[str] = []
    for item in core:
        line = _line(item.fact, language)
        citation = f"[C{len(items) + 1}]"
        cost = count_tokens(f"{citation} {line}\n")
        if dropped or cost > left:
            dropped.append(item.fact.id)
            continue
        left -= cost
        sources = tuple(dict.fromkeys(evidence.event_id for evidence in item.fact.evidence))
        items.append(CoreItem(citation, item.fact.id, sources, line, cost, item.reasons))
    lines = [opening, *(f"{item.citation} {item.text}" for item in items), _CLOSING]
    told = "\n".join(lines) if items else ""
    return CoreMemory(told, tuple(items), count_tokens(told), budget_tokens, tuple(dropped))


def _base(fact: Fact) -> float:
    by_predicate = next((value for names, value in _CLASSES if fact.predicate in names), 0.0)
    return max(by_predicate, _TYPES.get(fact.type, _OTHER_TYPE))


def _standing(fact: Fact) -> float:
    """What is left of the importance of a fact about somebody else, or of one that no person told."""
    told_by_a_person = not fact.evidence or any(evidence.trust is Trust.USER for evidence in fact.evidence)
    own = fact.subject == USER or any(evidence.speaker == fact.subject for evidence in fact.evidence)
    instructs = fact.type in {FactType.INSTRUCTION, FactType.CONSTRAINT}
    return (1.0 if own or instructs else _OF_OTHERS) * (1.0 if told_by_a_person else _NOT_SAID_BY_A_PERSON)


def _candidates(tx: Transaction, access: Access, at: datetime) -> Iterable[Fact]:
    """The facts that could pass the lower bar, found without reading all others."""
    rows = tx.rows(
        "core_candidates",
        owner_no=owners.find(tx, access),
        types=[FactType.INSTRUCTION.value, FactType.CONSTRAINT.value],
        predicates=sorted(_HEALTH | _IDENTITY),
        count=_CANDIDATES,
    )
    ids = tuple(row[0] for row in rows)
    return facts.pages(tx, access, facts.FactQuery(ids=ids, states=facts.CURRENT), at) if ids else ()


def _whole(access: Access) -> Access:
    scope = access.scope
    owner = scope.owner
    return replace(
        access,
        scope=replace(
            scope,
            session_id=None,
            app_id=None,
            agent_id=owner.agent_id or None,
            run_id=owner.run_id or None,
        ),
    )


def _line(fact: Fact, language: str) -> str:
    """A fact on one line; what could close the marks early is defused."""
    words = " ".join(fact.text.split()).replace("<", "‹").replace(">", "›")
    return f"{words} {_SINCE[language].format(date=f'{fact.last_seen_at or fact.said_at:%Y-%m-%d}')}"

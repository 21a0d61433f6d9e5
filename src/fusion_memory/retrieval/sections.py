"""What stands in a pack before its evidence: the facts that fit the question, as typed sections with their sources.

Pure. Which sections there are and how much room each may take depends on the kind of question; a small pack keeps
nearly all of its room for the evidence itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fusion_memory.core.knowledge import Conflict, Fact, FactState, FactType, View
from fusion_memory.core.records import Event
from fusion_memory.retrieval.pack import Draft, Section
from fusion_memory.retrieval.relation_words import words_for
from fusion_memory.retrieval.wording import Phrase, Wording, spelled

SHARES: Final[Mapping[str, float]] = {
    "instructions": 0.08,
    "current": 0.10,
    "history": 0.08,
    "timeline": 0.0,
    "contradictions": 0.08,
    "working": 0.15,
    "core": 0.05,
}
"""The part of the budget that a section may take."""

SHARES_BY_KIND: Final[Mapping[str, Mapping[str, float]]] = {
    "temporal_lookup": {"timeline": 0.10},
    "event_ordering": {"timeline": 0.20},
    "contradiction": {"contradictions": 0.20, "history": 0.12},
    "knowledge_update": {"current": 0.15, "history": 0.15},
    "multi_session": {"current": 0.15},
    "summarization": {"current": 0.15, "timeline": 0.10},
    "preference": {"current": 0.20, "instructions": 0.12},
    "instruction": {"instructions": 0.25},
}

SMALL_BUDGET: Final = 1_000
"""Below it a section that the kind of question does not ask for takes a third of its share at most."""

FITS: Final = 0.45
"""A fact fits when it has this part of what the question's words weigh ..."""

FITS_TOLD: Final = 0.25
"""... or this part, when it was told in one of the best hits."""

BEST_HITS: Final = 3
MOST_FACTS: Final = 40
_SMALL: Final = 1 / 3
_STANDING: Final = frozenset({FactState.CURRENT, FactState.UPCOMING})
_WISHES: Final = frozenset({FactType.INSTRUCTION, FactType.CONSTRAINT})
_HAPPENINGS: Final = frozenset({FactType.EVENT, FactType.TASK, FactType.DECISION, FactType.ACTION})
_DASH: Final = "–"


@dataclass(frozen=True, slots=True)
class Understanding:
    """What is known beside the evidence.

    Attributes:
        facts: told in the evidence or true now, in any state.
        conflicts: pairs that cannot both hold.
        working: the recent messages of the session, oldest first, with the id of their first passage.
        core: the facts that are always at hand.
        ranks: the place of a memory among the hits, from 0.
        of: how many facts these were chosen from by their words, if they were.
        spellings: what facts can be found by, as far as it was asked for.
    """

    facts: Sequence[Fact] = ()
    conflicts: Sequence[Conflict] = ()
    working: Sequence[Event] = ()
    core: Sequence[Fact] = ()
    ranks: Mapping[str, int] | None = None
    of: int = 0
    spellings: dict[str, str] = field(default_factory=dict)

    def spelled_words(self, fact: Fact) -> str:
        """What a fact can be found by, as index terms; made once."""
        found = self.spellings.get(fact.id)
        if found is None:
            found = self.spellings[fact.id] = spelled(words_of(fact))
        return found


def fitting(phrases: Sequence[Phrase], known: Understanding) -> list[Fact]:
    """The facts that fit a question, best first: by the words they share with it and by the hits that told them."""
    texts = [known.spelled_words(fact) for fact in known.facts]
    wording = Wording.among(phrases, texts, known.of)
    ranks = known.ranks or {}
    scored = []
    for fact, text in zip(known.facts, texts, strict=True):
        share = wording.share(wording.shared(text))
        rank = min((ranks.get(e.event_id, len(ranks)) for e in fact.evidence), default=len(ranks))
        if share >= FITS or (share >= FITS_TOLD and rank < BEST_HITS):
            scored.append((share + 0.5 / (1 + rank), fact))
    scored.sort(key=lambda pair: (-pair[0], -pair[1].said_at.timestamp(), pair[1].id))
    return _with_answers_now([fact for _, fact in scored[:MOST_FACTS]], known.facts)


def words_of(fact: Fact) -> str:
    """What a fact can be found by: whom it is about, its relation, its question, its words, as said and as kept."""
    said = " ".join(evidence.quote for evidence in fact.evidence)
    return f"{fact.subject} {words_for(fact.predicate)} {fact.slot or ''} {fact.text} {fact.object} {said}"


def sections(kind: str, fit: Sequence[Fact], known: Understanding, budget_tokens: int) -> list[Section]:
    """The sections of a pack with what each could hold; empty ones included."""
    current = [fact for fact in fit if fact.state in _STANDING and fact.type not in _WISHES]
    chains = _chains(fit, known.facts)
    grouped: dict[str, Sequence[Sequence[Fact]]] = {
        "instructions": [[fact] for fact in _wishes(kind, fit, known.facts, budget_tokens)],
        "current": [[fact] for fact in current],
        "history": chains,
        "timeline": [[fact] for fact in _timed(fit)],
        "contradictions": [[clash.older, clash.newer] for clash in _clashes(fit, known, chains)],
        "core": [[fact] for fact in known.core],
    }
    offered = [
        Section(name, [draft(name, group) for group in groups], _share(kind, name, budget_tokens))
        for name, groups in grouped.items()
    ]
    return [*offered, Section("working", _working(known.working), _share(kind, "working", budget_tokens), "W")]


def draft(name: str, group: Sequence[Fact]) -> Draft:
    """The line of a section that tells some facts, with the passages they were told in."""
    sources = _spans(e.event_id for fact in group for e in fact.evidence)
    return Draft(line_of(name, group), sources, tuple(fact.id for fact in group))


def line_of(name: str, group: Sequence[Fact]) -> str:
    """The words of a line: a fact with its day, the values of a question one after the other, or a clash."""
    if name == "history":
        return " → ".join(f"{fact.text} ({_day(fact.valid_from)}{_DASH}{_end(fact)})" for fact in group)
    if name == "contradictions":
        return " ↔ ".join(f"{fact.text} ({_day(fact.said_at)})" for fact in group)
    if name == "timeline":
        return "; ".join(f"{_day(_moment(fact))} {fact.text}" for fact in group)
    return "; ".join(f"{fact.text} ({_day(fact.valid_from)})" for fact in group)


def working_line(message: Event) -> str:
    """The words of a line of the conversation at hand."""
    return f"{message.speaker or message.role}: {message.content}"


def all_facts(views: Iterable[View], told: Iterable[Fact]) -> list[Fact]:
    """Each fact once: those told in the evidence, then those true now."""
    found = {fact.id: fact for fact in told}
    for view in views:
        found |= {fact.id: fact for fact in view.facts if fact.id not in found}
    return list(found.values())


def _with_answers_now(fit: list[Fact], everything: Sequence[Fact]) -> list[Fact]:
    """With what holds now of each question with one answer at a time, in whatever words it was told."""
    asked = {(fact.subject, fact.slot) for fact in fit if fact.slot}
    ids = {fact.id for fact in fit}
    return fit + [
        fact
        for fact in everything
        if (fact.subject, fact.slot) in asked and fact.state in _STANDING and fact.id not in ids
    ]


def _share(kind: str, name: str, budget_tokens: int) -> float:
    own = SHARES_BY_KIND.get(kind, {})
    if name in own:
        return own[name]
    return SHARES[name] * (_SMALL if budget_tokens < SMALL_BUDGET else 1.0)


def _wishes(kind: str, fit: Sequence[Fact], everything: Sequence[Fact], budget_tokens: int) -> list[Fact]:
    """Standing wishes: those that fit, then, in a pack with room or when they are asked for, all others."""
    first = [fact for fact in fit if fact.type in _WISHES and fact.state in _STANDING]
    if budget_tokens < SMALL_BUDGET and kind != "instruction":
        return first
    ids = {fact.id for fact in first}
    others = [f for f in everything if f.type in _WISHES and f.state in _STANDING and f.id not in ids]
    return [*first, *sorted(others, key=lambda fact: (-fact.importance, fact.id))]


def _chains(fit: Sequence[Fact], everything: Sequence[Fact]) -> list[list[Fact]]:
    """Of each question with one answer at a time that fits: all its answers, the oldest first."""
    chains = []
    for subject, slot in dict.fromkeys((fact.subject, fact.slot) for fact in fit if fact.slot):
        chain = [f for f in everything if (f.subject, f.slot) == (subject, slot) and f.state != FactState.RETRACTED]
        if len({fact.object for fact in chain}) > 1:
            chains.append(sorted(chain, key=lambda fact: (fact.valid_from, fact.id)))
    return chains


def _timed(fit: Sequence[Fact]) -> list[Fact]:
    found = [fact for fact in fit if fact.when is not None or fact.type in _HAPPENINGS]
    return sorted(found, key=lambda fact: (_moment(fact), fact.id))


def _clashes(fit: Sequence[Fact], known: Understanding, chains: Sequence[Sequence[Fact]]) -> list[Conflict]:
    """Contradictions of what fits; changed values that the history tells are not told twice."""
    ids = {fact.id for fact in fit}
    told = {fact.id for chain in chains for fact in chain}
    return [
        conflict
        for conflict in known.conflicts
        if ids & {conflict.older.id, conflict.newer.id} and not {conflict.older.id, conflict.newer.id} <= told
    ]


def _working(messages: Sequence[Event]) -> list[Draft]:
    """The newest messages first, so that these are kept when room is short."""
    return [Draft(working_line(message), (f"{message.id}#0",)) for message in reversed(messages)]


def _spans(event_ids: Iterable[str]) -> tuple[str, ...]:
    """The first passages of memories, each once: a fact cites the memory that told it."""
    return tuple(f"{event_id}#0" for event_id in dict.fromkeys(event_ids))


def _moment(fact: Fact) -> datetime:
    return fact.when.start if fact.when is not None else fact.said_at


def _end(fact: Fact) -> str:
    return _day(fact.valid_to) if fact.valid_to else ""


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"

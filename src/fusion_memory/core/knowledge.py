"""What was said, understood: times, claims, facts, entities, and what is derived from them, as frozen values.

The raw records stand in :mod:`fusion_memory.core.records`; everything here can be rebuilt from those. Times are
zone-aware UTC datetimes, intervals are half-open, offsets count code points of the event's content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fusion_memory.core.records import Trust, brief

USER = "user"
"""The subject of a claim about whoever speaks, when no name is known."""


class FactType(StrEnum):
    """What kind of knowledge a fact is."""

    FACT = "fact"
    PREFERENCE = "preference"
    DECISION = "decision"
    EVENT = "event"
    INSTRUCTION = "instruction"
    SKILL = "skill"
    RELATIONSHIP = "relationship"
    PERSON = "person"
    ATTRIBUTE = "attribute"
    TASK = "task"
    ERROR = "error"
    CONFIG = "config"
    REFERENCE = "reference"
    CONSTRAINT = "constraint"
    RISK = "risk"
    ACTION = "action"


TYPE_ALIASES: Mapping[str, FactType] = {
    "rule": FactType.INSTRUCTION,
    "todo": FactType.TASK,
    "insight": FactType.FACT,
    "technical": FactType.REFERENCE,
    "version": FactType.CONFIG,
    "people": FactType.PERSON,
    "security": FactType.RISK,
    "debug": FactType.ERROR,
    "workflow": FactType.INSTRUCTION,
    "custom": FactType.FACT,
    "communication_style": FactType.INSTRUCTION,
}
"""Names that other systems give to the types."""


def fact_type(name: str) -> FactType:
    """The type of a name, in the singular or plural, or under another system's name.

    Raises:
        ValueError: there is none.
    """
    plain = name.strip().lower()
    for candidate in (plain, plain.removesuffix("s")):
        if candidate in TYPE_ALIASES:
            return TYPE_ALIASES[candidate]
        if candidate in FactType.__members__.values():
            return FactType(candidate)
    raise ValueError(name)


class Polarity(StrEnum):
    """Whether a claim says that something is so, or that it is not."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Granularity(StrEnum):
    """How exactly a time was told."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SPAN = "span"


class TimeRole(StrEnum):
    """What a time is to the sentence: when it is, its deadline, or one end of it."""

    AT = "at"
    BY = "by"
    SINCE = "since"
    UNTIL = "until"


class FactState(StrEnum):
    """Where a fact stands: true now, true from a later time on, replaced, over, held back, or taken back."""

    CURRENT = "current"
    UPCOMING = "upcoming"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    QUARANTINED = "quarantined"
    RETRACTED = "retracted"


class GateDecision(StrEnum):
    """What the gate did with a claim."""

    ACCEPT = "accept"
    MERGE = "merge"
    RELATE = "relate"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class EntityKind(StrEnum):
    """What a name stands for."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    PROJECT = "project"
    PRODUCT = "product"
    ANIMAL = "animal"
    WORK = "work"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time that a text tells, resolved against the moment it was said: ``[start, end)``.

    Attributes:
        start, end: aware datetimes.
        granularity: how exactly it was told.
        words: the words as written, ``text[first:last]``.
        first, last: where they stand.
        role: the time itself, a deadline, or one end of a stretch.
        certain: False when the year or the week had to be guessed, or the words are vague.
        recurrence: the rule of a repeated time in the form of RFC 5545 (``FREQ=WEEKLY;BYDAY=WE``); start and end
            are then its next occurrence.
    """

    start: datetime
    end: datetime
    granularity: Granularity
    words: str = ""
    first: int = 0
    last: int = 0
    role: TimeRole = TimeRole.AT
    certain: bool = True
    recurrence: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What an extractor reads out of one event: typed, dated, with its evidence, not yet judged or stored.

    Attributes:
        type: what kind of knowledge.
        subject: who or what it is about: a name, or :data:`USER` for a speaker without a name.
        predicate: the relation in snake case English in either language: ``lives_in``, ``likes``.
        object: the value, verbatim from the text where it can be.
        text: the claim in words that stand alone, as a person would write it down.
        first, last: the evidence, ``content[first:last]``.
        polarity: NEGATIVE for "does not like"; the object is then what is denied.
        slot: the name of a question with one answer at a time ("residence", "favourite colour"); two claims of
            one subject and slot with different objects cannot both be true at one moment. None: many may be.
        confidence, importance: 0 to 1.
        when: when it happened or holds, if the text says.
        previous: the former value, when the text itself says that it is over.
        ends: True when the text says that the claim itself is over ("I no longer work at ...").
        method: ``"rules"`` or ``"model"``, with what produced it in ``rule``.
    """

    type: FactType
    subject: str
    predicate: str
    object: str
    text: str
    first: int
    last: int
    polarity: Polarity = Polarity.POSITIVE
    slot: str | None = None
    confidence: float = 0.8
    importance: float = 0.5
    when: TimeMention | None = None
    previous: str | None = None
    ends: bool = False
    method: str = "rules"
    rule: str = ""

    def __repr__(self) -> str:
        sign = "not " if self.polarity is Polarity.NEGATIVE else ""
        return f"Claim({self.type.value}: {self.subject} {sign}{self.predicate} {brief(self.object)!r})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact was said: the memory, the words, when, by whom and how far that is believed."""

    event_id: str
    quote: str
    first: int
    last: int
    said_at: datetime
    recorded_at: datetime
    speaker: str | None
    role: str
    trust: Trust
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim that was kept. Append-only: a change is a new fact that ``supersedes`` this one.

    ``valid_from`` and ``valid_to`` bound when it was true, ``recorded_at`` is when it was learned. ``state``
    and ``valid_to`` are as seen from the moment the read asked for.
    """

    id: str
    type: FactType
    subject: str
    predicate: str
    object: str
    text: str
    polarity: Polarity
    slot: str | None
    confidence: float
    importance: float
    valid_from: datetime
    valid_to: datetime | None
    said_at: datetime
    recorded_at: datetime
    state: FactState
    when: TimeMention | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    times_seen: int = 1
    last_seen_at: datetime | None = None
    method: str = "rules"
    rule: str = ""
    evidence: tuple[Evidence, ...] = ()

    def __repr__(self) -> str:
        sign = "not " if self.polarity is Polarity.NEGATIVE else ""
        end = f"..{self.valid_to:%Y-%m-%d}" if self.valid_to else ""
        claim = f"{self.subject} {sign}{self.predicate} {brief(self.object, 40)!r}"
        stand = f"{self.state.value}, {self.valid_from:%Y-%m-%d}{end}"
        return f"Fact({self.type.value}, {claim}, {stand}, id={self.id})"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text, not yet matched with an entity: ``content[first:last]`` reads as a ``kind``.

    ``alias_of`` is the other name, when the text says that both are one ("Robert, also known as Bob").
    """

    name: str
    kind: EntityKind
    first: int
    last: int
    confidence: float = 0.8
    alias_of: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed edge between two entities and the fact that says so."""

    subject: str
    predicate: str
    object: str
    fact_id: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, place, organisation, project or thing that was spoken of, under all of its names."""

    id: str
    name: str
    kind: EntityKind
    aliases: tuple[str, ...]
    mentions: int
    first_seen_at: datetime
    last_seen_at: datetime
    merged_from: tuple[str, ...] = ()

    def __repr__(self) -> str:
        also = f", also {', '.join(self.aliases)}" if self.aliases else ""
        return f"Entity({self.name!r}, {self.kind.value}{also}, {self.mentions} mentions, id={self.id})"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two facts of which only one can hold at a time, and how they clash.

    ``kind`` is ``value`` for two answers to one question, ``polarity`` for a claim and its denial. Both are kept;
    ``newer`` is the one that counts.
    """

    kind: str
    older: Fact
    newer: Fact

    def __repr__(self) -> str:
        return f"Conflict({self.kind}: {brief(self.older.text, 40)!r} -> {brief(self.newer.text, 40)!r})"


@dataclass(frozen=True, slots=True)
class View:
    """What is true now about one matter: the facts of one kind, newest first; derived, never the truth."""

    type: str
    facts: tuple[Fact, ...]
    as_of: datetime

    def __repr__(self) -> str:
        lines = [f"View({self.type}, {len(self.facts)} facts, as of {self.as_of:%Y-%m-%d})"]
        return "\n".join(lines + [f"  {fact.text}" for fact in self.facts[:10]])


@dataclass(frozen=True, slots=True)
class Profile:
    """What repeated evidence says about an entity: per ``type`` the facts that carry it."""

    entity: str
    type: str
    facts: tuple[Fact, ...]
    evidence: int
    summary: str = ""

    def __repr__(self) -> str:
        return f"Profile({self.entity!r}, {self.type}, {len(self.facts)} facts from {self.evidence} sources)"


VIEW_TYPES: Mapping[str, tuple[FactType, ...]] = {
    "current_facts": (FactType.FACT, FactType.ATTRIBUTE, FactType.PERSON, FactType.CONFIG, FactType.REFERENCE),
    "current_preferences": (FactType.PREFERENCE,),
    "current_decisions": (FactType.DECISION,),
    "current_instructions": (FactType.INSTRUCTION, FactType.CONSTRAINT),
    "current_relationships": (FactType.RELATIONSHIP,),
    "current_skills": (FactType.SKILL,),
    "open_tasks": (FactType.TASK, FactType.ACTION),
    "active_projects": (),
    "known_risks": (FactType.RISK, FactType.ERROR),
}
"""The views by name and the types of fact in them; ``active_projects`` is chosen by predicate."""

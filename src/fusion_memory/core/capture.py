"""What is captured from a log, and the account of it: frozen values that every source of logs shares.

A source (a file of messages, the session files of an agent) makes :class:`LogRecord` values; screening says of each
whether it is kept, and why not. This file must not know how either is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from fusion_memory.core.records import AddResult


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of a log as its source read it, not yet judged.

    Attributes:
        content: the text, verbatim; it may be empty, for instance when a record held a tool's result only.
        role: who speaks, in the words of the source: ``user``, ``human``, ``assistant``, ``tool``, ``progress`` ...
        place: where the record stands in its source, for people: ``"12"`` for line 12, or an id.
        said_at: when it was said; None when the source does not say.
        session_id, record_id, speaker: the source's own, when it has them.
        origin: what kind of source it is, kept with the memory.
        line: whether the content is from a text log, whose lines may be noise one by one, and not one message.
        held: what the record held beside its text, by the name of the filter that would drop it.
        metadata: kept with the memory.
    """

    content: str
    role: str = "user"
    place: str = ""
    said_at: datetime | None = None
    session_id: str | None = None
    record_id: str | None = None
    speaker: str | None = None
    origin: str = "log"
    line: bool = False
    held: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Category(StrEnum):
    """What a captured message is mostly about; ``chat`` when the rules read no claim in it."""

    TASK = "task"
    DECISION = "decision"
    ERROR = "error"
    PREFERENCE = "preference"
    FACT = "fact"
    CHAT = "chat"


class Tier(StrEnum):
    """How close at hand a message is meant to be."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A record that was not kept: the record as it came, and the reason in a word."""

    record: LogRecord
    reason: str


@dataclass(frozen=True, slots=True)
class ScreeningReport:
    """What became of every record of a log.

    ``seen`` is ``kept`` plus all of ``dropped``, and ``kept`` is what was stored plus what was already known.

    Attributes:
        seen, kept: records.
        dropped: how many were not kept, by reason.
        samples: the places of the first few dropped ones, by reason.
        cut: pieces that no person said, cut out of records that were kept, by filter.
        categories, tiers: the kept ones by what they are about and how close at hand.
        undated: kept ones for which neither the record, nor one before it in its session, had a time.
        added: what storing did; None for a dry run.
    """

    seen: int
    kept: int
    dropped: Mapping[str, int]
    samples: Mapping[str, tuple[str, ...]]
    cut: Mapping[str, int]
    categories: Mapping[str, int]
    tiers: Mapping[str, int]
    undated: int
    added: AddResult | None = None

    @property
    def dry_run(self) -> bool:
        """Whether nothing was stored because nothing was to be."""
        return self.added is None

    @property
    def balanced(self) -> bool:
        """Whether every record is accounted for, and stored or known when it was kept."""
        told = self.kept + sum(self.dropped.values()) == self.seen
        added = self.added
        return told and (added is None or added.inserted + len(added.duplicates) == self.kept)

    def __repr__(self) -> str:
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.dropped.items())
        what = "would keep" if self.dry_run else "kept"
        return f"ScreeningReport({what} {self.kept} of {self.seen}" + (f"; dropped {reasons})" if reasons else ")")

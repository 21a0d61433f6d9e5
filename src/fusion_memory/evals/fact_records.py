"""What a set for measuring understanding is turned into: what is said, and what should be known afterwards.

A loader ends here and a measure starts here; neither knows the other. See
:mod:`fusion_memory.evals.datasets.golden` for the format of the project's own sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Part = Literal["development", "check"]
"""The half of a file: rules are written with an eye on the first, figures are trusted on the second."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message."""

    role: str
    speaker: str | None
    content: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """A fact that a careful person would write down.

    Attributes:
        types: the types that are right for it.
        subject: whom it is about, words that stand in the subject; empty for any.
        has: pieces that all stand in the words or the value of the fact.
        denied: True when the text says that it is not so, or no longer; None when either telling is right
            ("never push to main").
        start, end: when, half-open, at midnight UTC; both None when no time is asked for.
    """

    types: tuple[str, ...]
    subject: str
    has: tuple[str, ...]
    denied: bool | None = False
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """Messages and all facts that should come of them.

    Attributes:
        fine: further facts that are neither needed nor wrong, each as the pieces it has.
        current: slot -> the one value that must be current at the end.
        topic: what it tries, for reports.
    """

    id: str
    language: str
    part: Part
    topic: str
    said: tuple[Said, ...]
    expected: tuple[Expected, ...]
    fine: tuple[tuple[str, ...], ...] = ()
    current: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chain:
    """Messages over months in which one answer changes.

    Attributes:
        slot: the question with one answer at a time, for reports.
        subject: whose.
        expect: the piece that stands in the value that holds at the end.
        history: the pieces of all values in the order in which they held, ``expect`` last.
    """

    id: str
    language: str
    said: tuple[Said, ...]
    slot: str
    subject: str
    expect: str
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldMemory:
    """A memory that the makers of a set extracted: its words, its kind, and whose message it came from."""

    content: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One session and the memories extracted from it."""

    id: str
    person: str
    said: tuple[Said, ...]
    gold: tuple[GoldMemory, ...]

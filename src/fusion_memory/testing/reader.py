"""Readers for tests: one that finds in a text what it was told to find, and fails when it was told to fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fusion_memory.core.knowledge import Claim, FactType, Granularity, Mention, Polarity, TimeMention, TimeRole
from fusion_memory.core.records import Event
from fusion_memory.models.language_model import ModelUsage


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading returns: the form that extractors have."""

    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    named_by: str = ""


class ScriptedReader:
    """Reads texts by heart.

    Args:
        script: what a text says, by its content; claims, or the reason why there are none. Their evidence is set to
            the whole text.
        failures: how often reading a text fails before it works.
    """

    def __init__(
        self,
        script: Mapping[str, Sequence[Claim] | str] | None = None,
        failures: Mapping[str, int] | None = None,
    ) -> None:
        self.script = dict(script or {})
        self.failures = dict(failures or {})
        self.calls = 0

    def __call__(self, event: Event) -> Read:
        """Read one event.

        Raises:
            ValueError: as planned.
        """
        self.calls += 1
        if self.failures.get(event.content, 0) > 0:
            self.failures[event.content] -= 1
            raise ValueError("this reading was to fail")
        said = self.script.get(event.content, ())
        if isinstance(said, str):
            return Read(dropped={said: 1})
        return Read(tuple(_whole(claim, len(event.content)) for claim in said))


@dataclass(frozen=True, slots=True)
class TurnTold:
    """What a scripted extractor made of one event."""

    claims: tuple[Claim, ...] = ()
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a scripted extractor made of events: the form that extractors with a model have."""

    turns: tuple[TurnTold, ...]
    usage: ModelUsage = ModelUsage(calls=1)  # noqa: RUF009 (frozen)


class ScriptedExtractor:
    """Stands for a language model that reads by heart.

    Args:
        script: by content claims, the reason why there are none, or what reading it raises; nothing for others.

    Attributes:
        script: as given; may be changed.
        shown: the contents that it was shown together, reading by reading.
    """

    def __init__(self, script: Mapping[str, Sequence[Claim] | str | Exception] | None = None) -> None:
        self.script = dict(script or {})
        self.shown: list[list[str]] = []

    def read(self, saids: Sequence[Event]) -> Told:
        """Read events.

        Raises:
            Exception: as planned for one of them.
        """
        self.shown.append([said.content for said in saids])
        return Told(tuple(self._turn(said) for said in saids))

    def _turn(self, said: Event) -> TurnTold:
        told = self.script.get(said.content, ())
        if isinstance(told, Exception):
            raise told
        if isinstance(told, str):
            return TurnTold(failed=told)
        return TurnTold(tuple(_whole(claim, len(said.content)) for claim in told))


def claim(predicate: str, value: str, **other: Any) -> Claim:  # noqa: ANN401 (the fields of Claim)
    """A claim about the user, a fact unless told otherwise, in words made of its parts.

    ``denied=True`` makes it negative.
    """
    denied = other.pop("denied", False)
    subject = other.setdefault("subject", "user")
    other.setdefault("type", FactType.FACT)
    sign = "not " if denied else ""
    other.setdefault("text", f"{subject} {sign}{predicate.replace('_', ' ')} {value}")
    polarity = Polarity.NEGATIVE if denied else Polarity.POSITIVE
    return Claim(predicate=predicate, object=value, first=0, last=1, polarity=polarity, **other)


def during(start: datetime, end: datetime, role: TimeRole = TimeRole.AT) -> TimeMention:
    """A stretch of time as a text tells it."""
    return TimeMention(start, end, Granularity.SPAN, role=role)


def _whole(said: Claim, length: int) -> Claim:
    fields = {name: getattr(said, name) for name in said.__slots__}
    return Claim(**{**fields, "first": 0, "last": length})

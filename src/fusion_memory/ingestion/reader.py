"""One event as the rules read it: claims, names, and what its writer asked the memory for.

Why it exists: the readers know texts, this knows events. What somebody asks to have remembered is kept even where
no rule understands it, and counts for more. Names may come from a finder that a caller brought; whatever it does,
the event is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fusion_memory.core.errors import ModelTimeout
from fusion_memory.core.knowledge import USER, Claim, EntityKind, FactType, Mention
from fusion_memory.core.records import Event, EventKind
from fusion_memory.ingestion.extraction import reading
from fusion_memory.ingestion.extraction.names import READ_CHARS, NameFinder, apart
from fusion_memory.text.trigger_words import TriggerKind
from fusion_memory.text.triggers import Trigger, trigger_of

ASKED_IMPORTANCE: Final = 0.9
NOTED: Final = "noted"
"""The predicate of what was asked to be remembered and no rule understood."""

ASKED: Final = "asked"
PRIVATE: Final = "asked_not_to_remember"
"""Why nothing is read out of an event: its writer wants it so."""

LONGEST_NOTE: Final = 400

FINDER: Final = "name_finder"
FINDER_FAILED: Final = "name_finder_failed"
FINDER_LATE: Final = "name_finder_timeout"
FINDER_UNUSABLE: Final = "name_finder_unusable"
"""It raised, took too long, or returned what does not stand in the text."""


@dataclass(frozen=True, slots=True)
class EventReading:
    """What an event claims and names.

    Attributes:
        dropped: counts of what was left out, by reason.
        named_by: who found the names: empty for the rules, ``name_finder``, or why it did not.
    """

    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    named_by: str = ""


class EventReader:
    """Reads events by rules, and their names with a finder when there is one.

    Args:
        finder: finds names better than the rules do. Where it fails, the rules find them.
    """

    def __init__(self, finder: NameFinder | None = None) -> None:
        self._finder = finder

    def __call__(self, event: Event) -> EventReading:
        """Read one event; no fault of the finder gets through."""
        named, named_by = self._names(event.content) if self._finder else (None, "")
        return replace(read_event(event, named), named_by=named_by)

    def _names(self, content: str) -> tuple[tuple[Mention, ...] | None, str]:
        text = content[:READ_CHARS]
        try:
            found = tuple(self._finder(text)) if self._finder else ()
        except ModelTimeout:
            return None, FINDER_LATE
        except Exception:  # noqa: BLE001 (a finder may be anybody's; its defects cost only its names)
            return None, FINDER_FAILED
        return (apart(found), FINDER) if _usable(text, found) else (None, FINDER_UNUSABLE)


def read_event(event: Event, named: tuple[Mention, ...] | None = None) -> EventReading:
    """Read one event by rules; its names too, unless they are given."""
    read = reading.read(
        event.content, role=event.role, speaker=event.speaker, said_at=event.said_at, kind=event.kind, named=named
    )
    speaks = event.kind is EventKind.MESSAGE and event.role.lower() in reading.SPEAKING_ROLES
    if not speaks or _private(read.dropped):
        return EventReading(read.claims, read.mentions, read.dropped)
    trigger = trigger_of(event.content)
    if trigger is not None and trigger.kind is TriggerKind.DO_NOT_REMEMBER:
        return EventReading((), read.mentions, {PRIVATE: len(read.claims)})
    return EventReading(_asked(read.claims, trigger, event), read.mentions, read.dropped)


def takes_back(event: Event, dropped: Mapping[str, int]) -> bool:
    """Whether an event asks that what was said just before it is not remembered: it names nothing itself."""
    return _private(dropped) and asks_to_take_back(event.kind, event.role, event.content)


def asks_to_take_back(kind: EventKind, role: str, content: str) -> bool:
    """The same of words that were not read."""
    if kind is not EventKind.MESSAGE or role.lower() not in reading.SPEAKING_ROLES:
        return False
    trigger = trigger_of(content)
    return trigger is not None and trigger.kind is TriggerKind.DO_NOT_REMEMBER and not trigger.payload


def _usable(text: str, found: Sequence[Mention]) -> bool:
    """Whether all of them are mentions of what stands where they say."""
    return all(
        isinstance(one, Mention)
        and isinstance(one.kind, EntityKind)
        and 0 <= one.first < one.last <= len(text)
        and text[one.first : one.last] == one.name
        for one in found
    )


def _private(dropped: Mapping[str, int]) -> bool:
    return PRIVATE in dropped


def _asked(claims: tuple[Claim, ...], trigger: Trigger | None, event: Event) -> tuple[Claim, ...]:
    """Raise what the writer asked to have remembered; note it word for word where no rule understood it."""
    if trigger is None or trigger.kind is not TriggerKind.REMEMBER or not trigger.payload:
        return claims
    first, last = trigger.payload_first, trigger.payload_last
    raised = tuple(
        replace(claim, importance=max(claim.importance, ASKED_IMPORTANCE))
        if first <= claim.first and claim.last <= last
        else claim
        for claim in claims
    )
    if len(trigger.payload) > LONGEST_NOTE or any(first <= claim.first < last for claim in claims):
        return raised
    note = Claim(
        FactType.FACT,
        event.speaker or USER,
        NOTED,
        trigger.payload,
        trigger.payload,
        first,
        last,
        importance=ASKED_IMPORTANCE,
        rule=ASKED,
    )
    return (*raised, note)

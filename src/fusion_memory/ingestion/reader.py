"""One event as the rules read it: claims, names, and what its writer asked the memory for.

Why it exists: the readers know texts, this knows events. What somebody asks to have remembered is kept even where
no rule understands it, and counts for more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from fusion_memory.core.knowledge import USER, Claim, FactType, Mention
from fusion_memory.core.records import Event, EventKind
from fusion_memory.ingestion.extraction import reading
from fusion_memory.text.trigger_words import TriggerKind
from fusion_memory.text.triggers import Trigger, trigger_of

ASKED_IMPORTANCE: Final = 0.9
NOTED: Final = "noted"
"""The predicate of what was asked to be remembered and no rule understood."""

ASKED: Final = "asked"
LONGEST_NOTE: Final = 400


@dataclass(frozen=True, slots=True)
class EventReading:
    """What an event claims and names; ``dropped`` counts what was left out, by reason."""

    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


def read_event(event: Event) -> EventReading:
    """Read one event by rules."""
    read = reading.read(
        event.content, role=event.role, speaker=event.speaker, said_at=event.said_at, kind=event.kind
    )
    claims = read.claims
    if (
        event.kind is EventKind.MESSAGE
        and event.role.lower() in reading.SPEAKING_ROLES
        and not _private(read.dropped)
    ):
        claims = _asked(claims, trigger_of(event.content), event)
    return EventReading(claims, read.mentions, read.dropped)


def _private(dropped: Mapping[str, int]) -> bool:
    return "asked_not_to_remember" in dropped


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

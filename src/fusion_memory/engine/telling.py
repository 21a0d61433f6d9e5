"""Do what plain words ask of a memory, and understand the messages of a batch."""

from __future__ import annotations

from collections.abc import Mapping

from fusion_memory.core.layers import SummarySize
from fusion_memory.core.records import AddResult, SearchOptions
from fusion_memory.core.reports import Told
from fusion_memory.core.scope import Access
from fusion_memory.core.settings import Settings
from fusion_memory.engine import upkeep
from fusion_memory.engine.parts import Parts
from fusion_memory.ingestion.batching import Batch
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.memory import core_facts, events, summaries
from fusion_memory.text.trigger_words import TriggerKind
from fusion_memory.text.triggers import Trigger, trigger_of

ADDED = "added"
MANY = 1_000_000


def tell(parts: Parts, access: Access, text: str, settings: Settings) -> Told:
    """Act on the trigger of a text; without one it is a message like any other.

    What is told back is without secrets, as what is kept.
    """
    clean = parts.redactor.text(text)
    trigger = trigger_of(clean)
    if trigger is None or trigger.kind in {TriggerKind.REMEMBER, TriggerKind.DO_NOT_REMEMBER}:
        kind = trigger.kind.value if trigger else ADDED
        return Told(kind, trigger.payload if trigger else clean, added=_add(parts, access, text))
    if trigger.kind is TriggerKind.ORGANISE:
        return Told(trigger.kind.value, trigger.payload, organised=_organise(parts, access, settings))
    return _looked_up(parts, access, clean, trigger, settings)


def understand(parts: Parts, access: Access, batch: Batch) -> Mapping[str, int]:
    """Understand the messages of a batch: those recorded before are encoded, others are added now."""
    if not batch.ids:
        done = parts.ingestion.add(access, list(batch.messages), Defaults(batch.scope, None, None))
        return {"inserted": done.inserted, "skipped": len(done.duplicates)}
    with parts.database.read() as tx:
        numbers = events.numbers(tx, access, list(dict.fromkeys(batch.ids)))
    derived = parts.ingestion.derive(sorted(numbers))
    return {"inserted": len(numbers), "skipped": 0, "claims": derived.encoded.claims}


def _add(parts: Parts, access: Access, text: str) -> AddResult:
    return parts.ingestion.add(access, text, Defaults(access.scope, None, None))


def _organise(parts: Parts, access: Access, settings: Settings) -> Mapping[str, int]:
    """Understand what waits, summarise what is due, choose the core facts anew."""
    worked = upkeep.work_off(parts, access, MANY)
    given, now = settings.summary, parts.clock.now()
    size = SummarySize(given.chars, given.sources, given.after)
    made = summaries.refresh(parts.database, access, size, parts.ids, now)
    with parts.database.write() as tx:
        change = core_facts.refresh(tx, access, now)
    return {**worked, "summaries": len(made), "promoted": len(change.promoted), "demoted": len(change.demoted)}


def _looked_up(parts: Parts, access: Access, text: str, trigger: Trigger, settings: Settings) -> Told:
    question = trigger.payload or text
    options = SearchOptions(
        limit=settings.retrieval.limit, recipe=settings.retrieval.recipe, allow_cross_session=True
    )
    return Told(trigger.kind.value, trigger.payload, found=parts.retrieval.search(access, question, options))

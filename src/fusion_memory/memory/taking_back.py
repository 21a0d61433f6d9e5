"""What somebody said just before and then asked not to have remembered: its facts are taken back.

Why it exists: "don't remember that", said after the message it means, must reach that message. Must not know: how
the request is worded. The message itself stays, as every message that is not to be remembered; what was read out of
it is retracted, stays readable as such, and nobody reads the message again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.records import Event
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, encodings, outbox, owners, second_readings, settling
from fusion_memory.memory.encodings import EncodingState, Outcome
from fusion_memory.memory.second_readings import SecondReading, SecondState
from fusion_memory.memory.settling import Touched
from fusion_memory.storage.interface import Transaction

PRIVATE: Final = "asked_not_to_remember"
"""Why an event is not read."""


def take_back(tx: Transaction, access: Access, event_no: int, event: Event, version: str, at: datetime) -> int:
    """Take back what the same voice said just before an event, in the same conversation.

    Args:
        tx: a write transaction.
        access: the place of the event; its owner is the owner of what is taken back.
        event_no: the key of the message that asks for it.
        event: that message.
        version: of the extraction, for the books.
        at: now.

    Returns:
        How many tellings were taken back; 0 when nothing was said before, or nothing was made of it.
    """
    place = {"session_id": event.session_id, "agent_id": event.agent_id, "run_id": event.run_id}
    voice = {"app_id": event.app_id, "role": event.role, "speaker": event.speaker}
    owner_no = owners.find(tx, access)
    before = tx.one("event_said_before", owner_no=owner_no, event_no=event_no, **place, **voice)
    if owner_no is None or before is None:
        return 0
    before_no, before_id = before
    _read_no_more(tx, owner_no, before_no, version, at)
    touched, gone = Touched(), []
    for row in tx.rows("facts_of_event_take_back", owner_no=owner_no, event_no=before_no, at=to_ms(at)):
        touched.add(row[:6])
        gone.append(row[6])
    if gone:
        settling.rederive(tx, owner_no, touched)
        audit.record(tx, access, "retract", gone, {"tellings": len(gone), "message": before_id}, at)
    return len(gone)


def _read_no_more(tx: Transaction, owner_no: int, event_no: int, version: str, at: datetime) -> None:
    """Finish the open work of an event: neither rules nor a model read it, and the books say why."""
    unread = outbox.of_events(tx, [event_no], outbox.EXTRACT)
    if unread and not encodings.known(tx, event_no):
        encodings.record(tx, Outcome(event_no, owner_no, EncodingState.EMPTY, PRIVATE, "rules", version, 0), at)
    second = outbox.of_events(tx, [event_no], second_readings.REFINE)
    if second:
        withheld = SecondReading(event_no, owner_no, SecondState.WITHHELD, PRIVATE, version)
        second_readings.record(tx, withheld, at)
    outbox.finish(tx, [job.job_no for job in (*unread, *second)])

"""What makes a saying one: the rule behind idempotence, enforced by a UNIQUE constraint.

With an id of the caller's: the place, the id and the text, so that a retry is the same memory and an
edit is a further one. Without: the place, the voice, the time given, the text, and which of equal
sayings of the same call it is.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from hashlib import blake2b

from fusion_memory.core.clock import to_ms
from fusion_memory.core.ids import IdSource
from fusion_memory.core.records import Turn
from fusion_memory.core.scope import Scope
from fusion_memory.memory.events import SESSION_THREAD, NewEvent, content_hash


class Call:
    """What the turns of one call share: the moment, the thread, and a count of equal sayings."""

    def __init__(self, ids: IdSource, now: datetime, scope: Scope) -> None:
        self._ids = ids
        self._now = now
        self._scope = scope
        self._own_thread = ids.new("call", now)
        self._seen: Counter[bytes] = Counter()

    def event(self, turn: Turn) -> NewEvent:
        """The turn with its id, thread and identity."""
        saying = _digest(self._place(turn), *_voice(turn), turn.content)
        occurrence = 0 if turn.client_id else self._seen[saying]
        self._seen[saying] += 1
        return NewEvent(
            id=self._ids.new("mem", self._now),
            turn=turn,
            thread=SESSION_THREAD + turn.session_id if turn.session_id else self._own_thread,
            identity=_digest(saying.hex(), occurrence) if occurrence else saying,
            content_hash=content_hash(turn.content),
            said_at=turn.said_at or self._now,
            recorded_at=self._now,
        )

    def _place(self, turn: Turn) -> tuple[str | None, ...]:
        scope = self._scope
        return (turn.session_id, scope.agent_id, scope.run_id, scope.app_id)


def _voice(turn: Turn) -> tuple[str | int | None, ...]:
    if turn.client_id:
        return (turn.client_id,)
    return (turn.role, turn.speaker, to_ms(turn.said_at) if turn.said_at else None)


def _digest(*parts: object) -> bytes:
    canonical_form = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return blake2b(canonical_form.encode(), digest_size=16).digest()

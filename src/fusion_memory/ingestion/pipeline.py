"""The order of the write path: normalise, screen, commit durably, then embed what was committed.

The caller is answered after the commit. Vectors follow in the same call when a model is there; when
it fails they stay due in the outbox, and the pieces are found by keyword meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import ModelError, StorageError
from fusion_memory.core.ids import IdSource
from fusion_memory.core.records import AddResult, Turn
from fusion_memory.core.scope import Access
from fusion_memory.ingestion.commit import Committed, Prepared, commit, prepare
from fusion_memory.ingestion.embed import Caught, VectorMaker
from fusion_memory.ingestion.identity import Call
from fusion_memory.ingestion.normalise import Defaults, stream, turns
from fusion_memory.ingestion.segment import Cutting
from fusion_memory.memory.events import NewEvent
from fusion_memory.storage.interface import Database
from fusion_memory.text.acceptance import require_text

GROUP_TURNS = 256
EMBEDDER_ABSENT = "embedder_absent"
EMBEDDER_FAILED = "embedder_failed"
STORAGE_FAILED = "vectors_not_stored"


class Ingestion:
    """Stores what was said."""

    def __init__(
        self,
        database: Database,
        maker: VectorMaker | None,
        cutting: Cutting,
        max_chars: int,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._database = database
        self._maker = maker
        self._cutting = cutting
        self._max_chars = max_chars
        self._clock = clock
        self._ids = ids

    def add(self, access: Access, given: Any, defaults: Defaults) -> AddResult:  # noqa: ANN401 (judged by normalise)
        """Store one input in one transaction: all of its messages or none."""
        call = Call(self._ids, self._clock.now(), defaults.scope)
        group = [self._prepare(call, turn) for turn in turns(given, defaults)]
        if not group:
            return AddResult((), 0)
        done = self._commit(access, group)
        return _result([done], self._embed(done), self._absent())

    def add_stream(
        self,
        access: Access,
        inputs: Iterable[Any],
        defaults: Defaults,
        progress: Callable[[int], None] | None = None,
    ) -> AddResult:
        """Store many inputs in transactions of :data:`GROUP_TURNS`; what was committed stays."""
        call = Call(self._ids, self._clock.now(), defaults.scope)
        prepared = (self._prepare(call, turn) for turn in stream(inputs, defaults))
        done: list[Committed] = []
        embedded = 0
        error: ModelError | StorageError | None = None
        while group := list(islice(prepared, GROUP_TURNS)):
            done.append(self._commit(access, group))
            if error is None:
                caught = self._embed(done[-1])
                embedded, error = embedded + caught.embedded, caught.error
            if progress:
                progress(len(group))
        return _result(done, Caught(embedded, error), self._absent())

    def restore(self, access: Access, group: list[NewEvent]) -> Committed:
        """Store events that come from another database with the identity they had there."""
        return self._commit(access, [prepare(event, self._cutting) for event in group])

    def _prepare(self, call: Call, turn: Turn) -> Prepared:
        require_text(turn.content, self._max_chars)
        return prepare(call.event(turn), self._cutting)

    def _commit(self, access: Access, group: list[Prepared]) -> Committed:
        return commit(self._database, access, group, self._clock.now(), embed=True)

    def _embed(self, done: Committed) -> Caught:
        return self._maker.make(done.event_nos) if self._maker and done.event_nos else Caught(0)

    def _absent(self) -> tuple[str, ...]:
        return () if self._maker else (EMBEDDER_ABSENT,)


def _result(done: list[Committed], caught: Caught, degraded: tuple[str, ...]) -> AddResult:
    if caught.error:
        what = EMBEDDER_FAILED if isinstance(caught.error, ModelError) else STORAGE_FAILED
        degraded = (*degraded, f"{what}:{caught.error.code}")
    spans = sum(part.spans for part in done)
    return AddResult(
        ids=tuple(_flat(part.ids for part in done)),
        inserted=sum(len(part.event_nos) for part in done),
        duplicates=tuple(_flat(part.duplicates for part in done)),
        spans=spans,
        pending=spans - caught.embedded,
        degraded=degraded,
    )


def _flat(parts: Iterable[Iterable[str]]) -> Iterator[str]:
    return (item for part in parts for item in part)

"""The order of the write path: normalise, screen, commit durably, then derive from what was committed.

The caller is answered after the commit. Vectors and facts follow in the same call; what fails stays due
in the outbox, and the pieces are found by keyword meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import ModelError, StorageError
from fusion_memory.core.ids import IdSource
from fusion_memory.core.records import AddResult, Turn
from fusion_memory.core.scope import Access
from fusion_memory.ingestion.commit import WORK, Committed, Prepared, commit, prepare
from fusion_memory.ingestion.derive import Derived, Deriver
from fusion_memory.ingestion.identity import Call
from fusion_memory.ingestion.normalise import Defaults, stream, turns
from fusion_memory.ingestion.redaction import Redactor
from fusion_memory.ingestion.segment import Cutting
from fusion_memory.memory.events import NewEvent
from fusion_memory.storage.interface import Database
from fusion_memory.text.acceptance import require_text

GROUP_TURNS = 256
EMBEDDER_ABSENT = "embedder_absent"
EMBEDDER_FAILED = "embedder_failed"
STORAGE_FAILED = "vectors_not_stored"
EXTRACTION_FAILED = "extraction_delayed"


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a turn is made ready: how it is cut, how long it may be, and which work it asks for."""

    cutting: Cutting
    max_chars: int
    redactor: Redactor = Redactor()  # noqa: RUF009 (frozen)
    work: tuple[str, ...] = WORK


class Ingestion:
    """Stores what was said.

    Args:
        database: where.
        deriver: makes what follows in the same call.
        preparation: how turns are made ready.
        clock, ids: time and identifiers.
        wake: told when all is derived that is derived in the call, for work in the background.
    """

    def __init__(
        self,
        database: Database,
        deriver: Deriver,
        preparation: Preparation,
        clock: Clock,
        ids: IdSource,
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._deriver = deriver
        self._preparation = preparation
        self._clock = clock
        self._ids = ids
        self._wake = wake

    def add(self, access: Access, given: Any, defaults: Defaults) -> AddResult:  # noqa: ANN401 (judged by normalise)
        """Store one input in one transaction: all of its messages or none."""
        call = Call(self._ids, self._clock.now(), defaults.scope)
        group = [self._prepare(call, turn) for turn in turns(given, defaults)]
        if not group:
            return AddResult((), 0)
        done = self._commit(access, group)
        return _result([done], self.derive(done.event_nos), self._absent())

    def accept(self, access: Access, given: Any, defaults: Defaults) -> tuple[AddResult, Sequence[int]]:  # noqa: ANN401 (judged by normalise)
        """The same as :meth:`record`, with the numbers of the new events for :meth:`derive`."""
        call = Call(self._ids, self._clock.now(), defaults.scope)
        group = [self._prepare(call, turn) for turn in turns(given, defaults)]
        done = self._commit(access, group) if group else Committed()
        return _result([done], Derived(), self._absent()), done.event_nos

    def record(self, access: Access, given: Any, defaults: Defaults) -> AddResult:  # noqa: ANN401 (judged by normalise)
        """Store one input in one transaction and leave what follows from it due, for :meth:`derive`."""
        return self.accept(access, given, defaults)[0]

    def derive(self, event_nos: Sequence[int]) -> Derived:
        """Make what follows from events that were only recorded."""
        return self._derive(event_nos, embed=True)

    def add_stream(
        self,
        access: Access,
        inputs: Iterable[Any],
        defaults: Defaults,
        progress: Callable[[int], None] | None = None,
    ) -> AddResult:
        """Store many inputs in transactions of :data:`GROUP_TURNS`; what was committed stays.

        The rules read what fills a group later: at the first question about facts, or when the queue is drained.
        """
        call = Call(self._ids, self._clock.now(), defaults.scope)
        prepared = (self._prepare(call, turn) for turn in stream(inputs, defaults))
        done: list[Committed] = []
        derived = Derived()
        while group := list(islice(prepared, GROUP_TURNS)):
            done.append(self._commit(access, group))
            if not isinstance(derived.error, StorageError):
                few = len(done) == 1 and len(group) < GROUP_TURNS
                derived = derived.plus(self._derive(done[-1].event_nos, embed=derived.error is None, read=few))
            if progress:
                progress(len(group))
        return _result(done, derived, self._absent())

    def restore(self, access: Access, group: list[NewEvent]) -> Committed:
        """Store events that come from another database with the identity they had there, without credentials.

        An id that is taken is told to who may see all of the database; else the event gets another one, unsaid.
        """
        if access.principal.within is not None:
            now = self._clock.now()
            group = [replace(event, spare_id=self._ids.new("mem", now)) for event in group]
        clean, cutting = self._preparation.redactor.event, self._preparation.cutting
        cleaned = [clean(event) for event in group]
        return self._commit(access, [prepare(event, cutting, redacted) for event, redacted in cleaned])

    def _prepare(self, call: Call, turn: Turn) -> Prepared:
        require_text(turn.content, self._preparation.max_chars)
        clean, redacted = self._preparation.redactor.turn(turn)
        return prepare(call.event(clean), self._preparation.cutting, redacted)

    def _commit(self, access: Access, group: list[Prepared]) -> Committed:
        return commit(self._database, access, group, self._clock.now(), work=self._preparation.work)

    def _derive(self, event_nos: Sequence[int], *, embed: bool, read: bool = True) -> Derived:
        derived = self._deriver.derive(event_nos, embed=embed, read=read)
        self._wake()
        return derived

    def _absent(self) -> tuple[str, ...]:
        return () if self._deriver.embeds else (EMBEDDER_ABSENT,)


def _result(done: list[Committed], derived: Derived, degraded: tuple[str, ...]) -> AddResult:
    if derived.error:
        what = EMBEDDER_FAILED if isinstance(derived.error, ModelError) else STORAGE_FAILED
        degraded = (*degraded, f"{what}:{derived.error.code}")
    if derived.encoded.retried or derived.encoded.failed:
        degraded = (*degraded, EXTRACTION_FAILED)
    spans = sum(part.spans for part in done)
    return AddResult(
        ids=tuple(_flat(part.ids for part in done)),
        inserted=sum(len(part.event_nos) for part in done),
        duplicates=tuple(_flat(part.duplicates for part in done)),
        spans=spans,
        pending=spans - derived.embedded,
        degraded=degraded,
        taken_back=derived.encoded.taken_back,
        redacted=sum((part.redacted for part in done), Counter()),
    )


def _flat(parts: Iterable[Iterable[str]]) -> Iterator[str]:
    return (item for part in parts for item in part)

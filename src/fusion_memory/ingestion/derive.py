"""What follows from events just committed: vectors and facts, made outside and written in one transaction.

Why it exists: both cost little more than the flush to the disk, so they share one. Neither may harm the other: a
model that fails leaves the facts, a reader that fails leaves the vectors, and what cannot be written together is
written apart. The events are stored already, so no failure here is the caller's: the jobs stay due.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from fusion_memory.core.errors import ModelError, StorageError
from fusion_memory.ingestion.embed import JOBS_PER_ROUND, Made, VectorMaker
from fusion_memory.ingestion.encode import Encoded, Encoder
from fusion_memory.memory import outbox
from fusion_memory.memory.outbox import EXTRACT, Job
from fusion_memory.storage.interface import Database, Transaction

AHEAD: Final = 2
"""So many rounds are embedded at a time: one is cut into tokens while the model has the other."""

LEFTOVER_JOBS: Final = 16
"""So many jobs that were put off before are tried along with new ones."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What was derived: vectors stored, events encoded, and the error that stopped the vectors, if one did."""

    embedded: int = 0
    encoded: Encoded = field(default_factory=Encoded)
    error: ModelError | StorageError | None = None

    def plus(self, other: Derived) -> Derived:
        """Both together; the first error counts."""
        return Derived(self.embedded + other.embedded, self.encoded.plus(other.encoded), self.error or other.error)


@dataclass(frozen=True, slots=True)
class _Making:
    """One round of events with the vectors that the model made of them, or why it did not."""

    event_nos: Sequence[int]
    jobs: Sequence[Job]
    made: Made | None
    error: ModelError | None


class Deriver:
    """Makes what follows from events.

    Args:
        database: where it goes.
        maker: makes vectors, when there is a model.
        encoder: makes facts, when there is an extractor; one in mode ``offline`` is left alone here.
    """

    def __init__(self, database: Database, maker: VectorMaker | None, encoder: Encoder | None) -> None:
        self._database = database
        self._maker = maker
        self._encoder = encoder if encoder and encoder.options.mode == "sync" else None

    @property
    def embeds(self) -> bool:
        """Whether there is a model for vectors."""
        return self._maker is not None

    def derive(self, event_nos: Sequence[int], *, embed: bool = True, read: bool = True) -> Derived:
        """Derive what events just committed are due for, then a little of what was left over before.

        With ``embed`` False the model is not asked: it has just failed. With ``read`` False the events stay due for
        the encoder: vectors of many are wanted first.
        """
        done = Derived()
        if not event_nos or (self._maker is None and self._encoder is None):
            return done
        rounds = [event_nos[start : start + JOBS_PER_ROUND] for start in range(0, len(event_nos), JOBS_PER_ROUND)]
        try:
            for making in self._embedded_ahead(rounds, embed):
                done = done.plus(self._round(making, read=read))
            if read:
                self._leftovers(embed and not done.error)
        except StorageError as error:
            return done.plus(Derived(error=error))
        return done

    def _embedded_ahead(self, rounds: Sequence[Sequence[int]], embed: bool) -> Iterator[_Making]:
        """The rounds with their vectors; the model works on the next one while the last one is read and written."""
        if len(rounds) == 1 or self._maker is None or not embed:
            yield from (self._making(event_nos, embed) for event_nos in rounds)
            return
        with ThreadPoolExecutor(AHEAD, thread_name_prefix="fusion-memory-embedding") as ahead:
            waiting = deque(ahead.submit(self._making, event_nos, True) for event_nos in rounds[:AHEAD])
            following = iter(rounds[AHEAD:])
            while waiting:
                made = waiting.popleft().result()
                embed = embed and made.error is None
                waiting.extend(ahead.submit(self._making, event_nos, embed) for event_nos in islice(following, 1))
                yield made

    def _making(self, event_nos: Sequence[int], embed: bool) -> _Making:
        with self._database.read() as tx:
            jobs = outbox.of_events(tx, event_nos) if self._maker and embed else []
        made, error = self._made(jobs)
        return _Making(event_nos, jobs, made, error)

    def _round(self, making: _Making, *, read: bool) -> Derived:
        to_embed, made, error = making.jobs, making.made, making.error
        with self._database.read() as tx:
            to_read = outbox.of_events(tx, making.event_nos, EXTRACT) if self._encoder and read else []
        batch = self._encoder.read(to_read) if self._encoder and to_read else None
        try:
            with self._database.write() as tx:
                embedded = self._write_vectors(tx, to_embed, made, error)
                encoded = self._encoder.write(tx, batch) if self._encoder and batch else Encoded()
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 (a defect in one of the two must not cost the other)
            with self._database.write() as tx:
                embedded = self._write_vectors(tx, to_embed, made, error)
            encoded = self._encoder.write_apart(batch) if self._encoder and batch else Encoded()
        return Derived(embedded, encoded, error)

    def _made(self, jobs: Sequence[Job]) -> tuple[Made | None, ModelError | None]:
        if self._maker is None or not jobs:
            return None, None
        try:
            return self._maker.prepare(jobs), None
        except ModelError as error:
            return None, error

    def _write_vectors(
        self, tx: Transaction, jobs: Sequence[Job], made: Made | None, error: ModelError | None
    ) -> int:
        if self._maker is None:
            return 0
        if error:
            self._maker.put_off(tx, jobs, error)
        return self._maker.write(tx, made) if made else 0

    def _leftovers(self, embed: bool) -> None:
        if self._maker and embed:
            self._maker.catch_up(LEFTOVER_JOBS)
        if self._encoder:
            self._encoder.drain(LEFTOVER_JOBS)

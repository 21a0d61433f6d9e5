"""Make the vectors that are still missing. A model that fails costs quality for a while, never memory.

No transaction is open while the model works: read what is due, embed, then write vectors and finish
the jobs in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import ModelError, StorageError
from fusion_memory.ingestion.segment import passage_text
from fusion_memory.memory import outbox, spaces
from fusion_memory.memory.outbox import Job
from fusion_memory.memory.spaces import Unembedded
from fusion_memory.models.interface import Embedder
from fusion_memory.storage.interface import Database

JOBS_PER_ROUND = 64
LEFTOVER_JOBS = 16
LONGEST_WAIT_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Caught:
    """What one catching-up did: vectors made, and the error that stopped it, if one did."""

    embedded: int
    error: ModelError | StorageError | None = None


class VectorMaker:
    """Turns due jobs into vectors, in the embedding space of its model."""

    def __init__(self, database: Database, embedder: Embedder, clock: Clock) -> None:
        self._database = database
        self._embedder = embedder
        self._clock = clock

    def make(self, event_nos: Sequence[int]) -> Caught:
        """Embed the pieces of events just committed, then a few that were left over before.

        What was said is stored already, so no failure here is the caller's: the jobs stay due.
        """
        try:
            with self._database.read() as tx:
                jobs = outbox.of_events(tx, event_nos)
            embedded = 0
            for start in range(0, len(jobs), JOBS_PER_ROUND):
                caught = self._try(jobs[start : start + JOBS_PER_ROUND])
                embedded += caught.embedded
                if caught.error:
                    return Caught(embedded, caught.error)
            self.catch_up(LEFTOVER_JOBS)
            return Caught(embedded)
        except StorageError as error:
            return Caught(0, error)

    def catch_up(self, limit: int | None = None, progress: Callable[[int], None] | None = None) -> Caught:
        """Embed what is due, at most ``limit`` jobs; stop at the model's first failure."""
        embedded = jobs_done = 0
        while limit is None or jobs_done < limit:
            count = JOBS_PER_ROUND if limit is None else min(JOBS_PER_ROUND, limit - jobs_done)
            with self._database.read() as tx:
                jobs = outbox.due(tx, self._clock.now(), count)
            if not jobs:
                break
            caught = self._try(jobs)
            embedded, jobs_done = embedded + caught.embedded, jobs_done + len(jobs)
            if caught.error:
                return Caught(embedded, caught.error)
            if progress:
                progress(caught.embedded)
        return Caught(embedded)

    def open_space(self) -> tuple[int, str | None]:
        """The key of the model's space, created when new, and the name of another one still active."""
        space_no = self._space_no()
        with self._database.read() as tx:
            current = spaces.active(tx)
        other = current[1].name if current and current[0] != space_no else None
        return space_no, other

    def fill(self, space_no: int, after: int) -> tuple[int, int]:
        """Embed the next page of pieces that a space lacks; the last key seen (0 at the end) and the count."""
        with self._database.read() as tx:
            page = spaces.missing(tx, space_no, after)
        if not page:
            return 0, 0
        self._write(space_no, page, [])
        return page[-1].span_no, len(page)

    def _try(self, jobs: Sequence[Job]) -> Caught:
        try:
            return Caught(self._round(jobs))
        except ModelError as error:
            self._postpone(jobs, error)
            return Caught(0, error)

    def _round(self, jobs: Sequence[Job]) -> int:
        space_no = self._space_no()
        with self._database.read() as tx:
            pieces = spaces.missing_of_events(tx, space_no, [job.event_no for job in jobs])
        self._write(space_no, pieces, [job.job_no for job in jobs])
        return len(pieces)

    def _space_no(self) -> int:
        with self._database.read() as tx:
            found = spaces.find(tx, self._embedder.space)
        if found is not None:
            return found
        with self._database.write() as tx:
            return spaces.ensure(tx, self._embedder.space, self._clock.now())

    def _write(self, space_no: int, pieces: Sequence[Unembedded], job_nos: Sequence[int]) -> None:
        texts = [passage_text(piece.speaker, piece.text) for piece in pieces]
        vectors = self._embedder.embed_passages(texts) if texts else None
        with self._database.write() as tx:
            if vectors is not None:
                self._database.vectors.put(tx, space_no, [piece.span_no for piece in pieces], vectors)
            outbox.finish(tx, job_nos)

    def _postpone(self, jobs: Sequence[Job], error: ModelError) -> None:
        minutes = min(2 ** max(job.attempts for job in jobs), LONGEST_WAIT_MINUTES)
        until = self._clock.now() + timedelta(minutes=minutes)
        with self._database.write() as tx:
            outbox.postpone(tx, [job.job_no for job in jobs], f"{error.code}: {error.what}", until)

"""Make the vectors that are still missing. A model that fails costs quality for a while, never memory.

No transaction is open while the model works: read what is due, embed, then write vectors and finish
the jobs in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import ModelError, StorageError
from fusion_memory.core.scope import Access
from fusion_memory.ingestion.segment import passage_text
from fusion_memory.memory import outbox, spaces
from fusion_memory.memory.outbox import Job
from fusion_memory.memory.spaces import Unembedded
from fusion_memory.models.interface import Embedder
from fusion_memory.models.passage import Passage
from fusion_memory.storage.interface import Database, Transaction

if TYPE_CHECKING:
    from fusion_memory.storage.interface import Vectors

JOBS_PER_ROUND = 64
LONGEST_WAIT_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Caught:
    """What one catching-up did: vectors made, and the error that stopped it, if one did."""

    embedded: int
    error: ModelError | StorageError | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """Vectors that are made but not stored: of which pieces, in which space, by which jobs."""

    space_no: int
    pieces: Sequence[Unembedded]
    vectors: Vectors | None
    job_nos: Sequence[int]


class VectorMaker:
    """Turns due jobs into vectors, in the embedding space of its model."""

    def __init__(self, database: Database, embedder: Embedder, clock: Clock) -> None:
        self._database = database
        self._embedder = embedder
        self._clock = clock

    def prepare(self, jobs: Sequence[Job]) -> Made:
        """Make the vectors that some jobs ask for; no transaction is open meanwhile.

        Raises:
            ModelError: the model failed; nothing was made.
        """
        space_no = self._space_no()
        with self._database.read() as tx:
            pieces = spaces.missing_of_events(tx, space_no, [job.event_no for job in jobs])
        return Made(space_no, pieces, self._embed(pieces), [job.job_no for job in jobs])

    def write(self, tx: Transaction, made: Made) -> int:
        """Store vectors and finish their jobs; how many."""
        if made.vectors is not None:
            self._database.vectors.put(tx, made.space_no, [piece.span_no for piece in made.pieces], made.vectors)
        outbox.finish(tx, made.job_nos)
        return len(made.pieces)

    def put_off(self, tx: Transaction, jobs: Sequence[Job], error: ModelError) -> None:
        """Keep jobs that failed for later, with the reason."""
        minutes = min(2 ** max(job.attempts for job in jobs), LONGEST_WAIT_MINUTES)
        until = self._clock.now() + timedelta(minutes=minutes)
        outbox.postpone(tx, [job.job_no for job in jobs], f"{error.code}: {error.what}", until)

    def catch_up(
        self,
        limit: int | None = None,
        progress: Callable[[int], None] | None = None,
        grace: timedelta = timedelta(0),
    ) -> Caught:
        """Embed what is due and older than ``grace``, at most ``limit`` jobs; stop at the model's first failure."""
        embedded = jobs_done = 0
        while limit is None or jobs_done < limit:
            count = JOBS_PER_ROUND if limit is None else min(JOBS_PER_ROUND, limit - jobs_done)
            jobs = self._claim(count, grace)
            if not jobs:
                break
            caught = self._try(jobs)
            embedded, jobs_done = embedded + caught.embedded, jobs_done + len(jobs)
            if caught.error:
                return Caught(embedded, caught.error)
            if progress:
                progress(caught.embedded)
        return Caught(embedded)

    def work(self, jobs: Sequence[Job]) -> Caught:
        """Embed the events of these jobs, due or not; stop at the model's first failure."""
        embedded = 0
        for start in range(0, len(jobs), JOBS_PER_ROUND):
            caught = self._try(jobs[start : start + JOBS_PER_ROUND])
            embedded += caught.embedded
            if caught.error:
                return Caught(embedded, caught.error)
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
        self._store(Made(space_no, page, self._embed(page), []))
        return page[-1].span_no, len(page)

    def fill_of_owner(self, access: Access, space_no: int) -> int:
        """Embed a page of an owner's pieces that a space lacks; how many, 0 when it lacks none."""
        with self._database.read() as tx:
            page = spaces.missing_of_owner(tx, access, space_no)
        return self._store(Made(space_no, page, self._embed(page), [])) if page else 0

    def _claim(self, count: int, grace: timedelta) -> list[Job]:
        now = self._clock.now()
        return outbox.claim(self._database, lambda tx: outbox.due(tx, now, count, grace=grace), now)

    def _try(self, jobs: Sequence[Job]) -> Caught:
        try:
            return Caught(self._store(self.prepare(jobs)))
        except ModelError as error:
            with self._database.write() as tx:
                self.put_off(tx, jobs, error)
            return Caught(0, error)

    def _space_no(self) -> int:
        with self._database.read() as tx:
            found = spaces.find(tx, self._embedder.space)
        if found is not None:
            return found
        with self._database.write() as tx:
            return spaces.ensure(tx, self._embedder.space, self._clock.now())

    def _embed(self, pieces: Sequence[Unembedded]) -> Vectors | None:
        texts = [Passage(passage_text(piece.speaker, piece.text), piece.before or "") for piece in pieces]
        return self._embedder.embed_passages(texts) if texts else None

    def _store(self, made: Made) -> int:
        with self._database.write() as tx:
            return self.write(tx, made)

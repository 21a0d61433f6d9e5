"""The encoder: what events say becomes facts, after they are safe and never at their cost.

Events due for extraction are read outside any transaction; then all that follows is written in one: claims judged
and kept, judgements, the line that accounts for the event, its names, facts derived anew, the job done. A reader
that fails on one event costs that event time, then a dead letter with the reason; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import FusionMemoryError, StorageError
from fusion_memory.core.records import Event
from fusion_memory.core.scope import Access, Action, Principal, Scope
from fusion_memory.ingestion.dedup import Cosine
from fusion_memory.ingestion.likeness import Cosines, known_cosines, unknown
from fusion_memory.ingestion.reader import takes_back
from fusion_memory.ingestion.resolve import Judging, Reading, Said, keep
from fusion_memory.memory import encodings, entities, events, outbox, owners, settling, taking_back, tellings
from fusion_memory.memory.encodings import EncodingState, Outcome
from fusion_memory.memory.outbox import EXTRACT, Job
from fusion_memory.storage.interface import Database, Transaction

JOBS_PER_ROUND: Final = 64
DRAINED: Final = 200
LONGEST_WAIT_MINUTES: Final = 60
ENCODER: Final = Principal("encoder", frozenset({Action.READ, Action.WRITE}))

Reader = Callable[[Event], Reading]
"""Reads one event. Whatever it raises concerns that event alone."""


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """How the encoder works.

    Attributes:
        mode: ``sync`` encodes in the call that adds, ``offline`` leaves it to :meth:`Encoder.drain`.
        version: of the extraction; kept with every event.
        attempts: readings of one event before it is a dead letter (S4.92).
        judging: the measures of gate and ladder.
    """

    mode: Literal["sync", "offline"] = "sync"
    version: str = "1"
    attempts: int = 3
    judging: Judging = field(default_factory=Judging)


@dataclass(frozen=True, slots=True)
class Failure:
    """A job whose event could not be read, and why: a code, never content."""

    job: Job
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read of some jobs and is to be written in one transaction."""

    read: tuple[Said, ...] = ()
    failed: tuple[Failure, ...] = ()
    jobs: tuple[Job, ...] = ()
    cosine: Cosine = unknown


@dataclass(frozen=True, slots=True)
class Encoded:
    """Counts: events read, claims kept, events put off and given up, tellings taken back on request."""

    events: int = 0
    claims: int = 0
    retried: int = 0
    failed: int = 0
    taken_back: int = 0

    def plus(self, other: Encoded) -> Encoded:
        """The counts of both."""
        return Encoded(
            self.events + other.events,
            self.claims + other.claims,
            self.retried + other.retried,
            self.failed + other.failed,
            self.taken_back + other.taken_back,
        )


class Encoder:
    """Turns what was said into facts.

    Args:
        database: where both are.
        clock: for judgements and delays.
        reader: the extractor.
        options: how.
        cosines: compares texts by meaning, when there is a model for it.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        reader: Reader,
        options: EncoderOptions | None = None,
        cosines: Cosines | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._reader = reader
        self.options = options or EncoderOptions()
        self._cosines = cosines

    def encode(self, access: Access, event_nos: Sequence[int]) -> Encoded:
        """Encode those of the scope's events that are due."""
        with self._database.read() as tx:
            owner_no = owners.find(tx, access)
            jobs = [job for job in outbox.of_events(tx, event_nos, EXTRACT) if job.owner_no == owner_no]
        return self.work(jobs)

    def drain(self, limit: int = DRAINED, grace: timedelta = timedelta(0)) -> dict[str, int]:
        """Work off what is due of all owners and older than ``grace``, at most ``limit`` events.

        The counts are claimed, processed, retried, failed.
        """
        done, claimed = Encoded(), 0
        while claimed < limit:
            jobs = self._claim(min(JOBS_PER_ROUND, limit - claimed), grace)
            if not jobs:
                break
            claimed += len(jobs)
            done = done.plus(self._round(jobs))
        return {"claimed": claimed, "processed": done.events, "retried": done.retried, "failed": done.failed}

    def work(self, jobs: Sequence[Job]) -> Encoded:
        """Encode the events of these jobs, due or not."""
        done = Encoded()
        for round_jobs in _rounds(jobs):
            done = done.plus(self._round(round_jobs))
        return done

    def rebuild(self, access: Access) -> Encoded:
        """Encode everything in the scope anew; what a person corrected or took back stays as it is.

        A message that somebody asked not to have remembered is not read; an event that cannot be read keeps
        what was read of it before.
        """
        with self._database.read() as tx:
            owner_no, event_nos = owners.find(tx, access), sorted(events.numbers(tx, access, None))
        done = Encoded()
        for start in range(0, len(event_nos), JOBS_PER_ROUND):
            page = event_nos[start : start + JOBS_PER_ROUND]
            with self._database.read() as tx:
                jobs = outbox.of_events(tx, page, EXTRACT)
            batch = self._read(page, jobs)
            with self._database.write() as tx:
                done = done.plus(self._rewrite(tx, owner_no, batch))
        with self._database.write() as tx:
            settling.regroup_kept(tx, owner_no)
        return done

    def read(self, jobs: Sequence[Job]) -> Batch:
        """Read the events of some jobs; no transaction is open meanwhile."""
        return self._read([job.event_no for job in jobs], jobs)

    def write(self, tx: Transaction, batch: Batch) -> Encoded:
        """Write what was read, account for every event and finish or put off its job."""
        now, claims, taken_back = self._clock.now(), 0, 0
        for said in batch.read:
            if not encodings.known(tx, said.event_no):
                claims += self._keep(tx, said, batch.cosine, now, again=False)
                settling.settle(tx, said.owner_no, said.event_no)
                taken_back += self._take_back(tx, said, now)
        failed = {failure.job.job_no for failure in batch.failed}
        outbox.finish(tx, [job.job_no for job in batch.jobs if job.job_no not in failed])
        return Encoded(len(batch.read), claims, taken_back=taken_back).plus(self._put_off(tx, batch.failed, now))

    def write_apart(self, batch: Batch) -> Encoded:
        """Write a batch that could not be written whole event by event; put off those that fail again."""
        job_of = {job.event_no: job for job in batch.jobs}
        failed = list(batch.failed)
        done = Encoded()
        for said in batch.read:
            job = job_of[said.event_no]
            try:
                with self._database.write() as tx:
                    done = done.plus(self.write(tx, Batch((said,), (), (job,), batch.cosine)))
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 (a defect met by one event concerns that event)
                failed.append(Failure(job, _reason(error)))
        with self._database.write() as tx:
            return done.plus(self._put_off(tx, failed, self._clock.now()))

    def _claim(self, count: int, grace: timedelta) -> list[Job]:
        now = self._clock.now()
        return outbox.claim(self._database, lambda tx: outbox.due(tx, now, count, EXTRACT, grace), now)

    def _round(self, jobs: Sequence[Job]) -> Encoded:
        batch = self.read(jobs)
        try:
            with self._database.write() as tx:
                return self.write(tx, batch)
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 (one event's defect must not hold up the others)
            return self.write_apart(batch)

    def _read(self, event_nos: Sequence[int], jobs: Sequence[Job]) -> Batch:
        with self._database.read() as tx:
            found = events.by_numbers(tx, event_nos)
        job_of = {job.event_no: job for job in jobs}
        read: list[Said] = []
        failed: list[Failure] = []
        for event_no, owner_no, event in found:
            try:
                read.append(Said(event_no, owner_no, event, self._reader(event)))
            except Exception as error:  # noqa: BLE001 (whatever a reader raises concerns one event)
                job = job_of.get(event_no, Job(0, event_no, owner_no, 0))
                failed.append(Failure(job, _reason(error)))
        cosine = known_cosines(self._database, read, self._cosines, self.options.judging.bars)
        return Batch(tuple(read), tuple(failed), tuple(jobs), cosine)

    def _keep(self, tx: Transaction, said: Said, cosine: Cosine, now: datetime, *, again: bool) -> int:
        kept = keep(tx, said, self.options.judging, cosine, again=again)
        encodings.decide(tx, said.owner_no, said.event_no, kept.decisions, now)
        encodings.record(tx, kept.outcome(said, self.options.version), now, replace=again)
        mentions = said.reading.mentions
        entities.record(tx, _access_to(said.event), said.owner_no, said.event_no, mentions, now)
        return kept.written

    def _take_back(self, tx: Transaction, said: Said, now: datetime) -> int:
        """Do what "don't remember that" asks for: what was said just before is taken back."""
        if not takes_back(said.event, said.reading.dropped):
            return 0
        return taking_back.take_back(tx, _access_to(said.event), said.event, self.options.version, now)

    def _rewrite(self, tx: Transaction, owner_no: int, batch: Batch) -> Encoded:
        now, claims = self._clock.now(), 0
        before = encodings.accounted(tx, owner_no, [said.event_no for said in batch.read])
        readable = [said for said in batch.read if before.get(said.event_no) != encodings.TAKEN_BACK]
        event_nos = [said.event_no for said in readable]
        touched = settling.touched_by(tx, owner_no, event_nos)
        encodings.forget_decisions(tx, owner_no, event_nos)
        tellings.drop(tx, owner_no, event_nos)
        for said in readable:
            claims += self._keep(tx, said, batch.cosine, now, again=True)
            if said.event_no not in before:  # what it asks for is done once: what was erased since must not matter
                self._take_back(tx, said, now)
        settling.rederive(tx, owner_no, touched.joined(settling.touched_by(tx, owner_no, event_nos)))
        read = set(event_nos)
        outbox.finish(tx, [job.job_no for job in batch.jobs if job.event_no in read])
        return Encoded(len(read), claims, failed=len(batch.failed))

    def _put_off(self, tx: Transaction, failures: Sequence[Failure], now: datetime) -> Encoded:
        retried = failed = 0
        for failure in failures:
            job = failure.job
            if job.attempts + 1 >= self.options.attempts:
                dead = Outcome(
                    job.event_no, job.owner_no, EncodingState.DEAD, failure.reason, "", self.options.version, 0
                )
                encodings.record(tx, dead, now)
                outbox.finish(tx, [job.job_no])
                failed += 1
            else:
                minutes = min(2**job.attempts, LONGEST_WAIT_MINUTES)
                outbox.postpone(tx, [job.job_no], failure.reason, now + timedelta(minutes=minutes))
                retried += 1
        return Encoded(retried=retried, failed=failed)


def _rounds(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    return (jobs[start : start + JOBS_PER_ROUND] for start in range(0, len(jobs), JOBS_PER_ROUND))


def _access_to(event: Event) -> Access:
    """The place the event was said in."""
    scope = Scope(
        workspace_id=event.workspace_id,
        user_id=event.user_id,
        agent_id=event.agent_id,
        run_id=event.run_id,
        session_id=event.session_id,
        app_id=event.app_id,
    )
    return Access(ENCODER, scope, Action.WRITE)


def _reason(error: Exception) -> str:
    """Why a reading failed, without a word of what was read."""
    return error.code if isinstance(error, FusionMemoryError) else type(error).__name__

"""A language model reads what the rules have read already, in the background and at nobody's cost but its own.

Why it exists: a model sees more than rules, is slow, and fails in every way. Events are stored and read by rules
before it is asked, no transaction is open while it works, and what it claims passes the same gate. Must not know:
which model it is, or how its replies are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import FusionMemoryError, StorageError
from fusion_memory.core.knowledge import USER, Claim, Mention
from fusion_memory.core.records import Event, Trust
from fusion_memory.ingestion.dedup import Cosine
from fusion_memory.ingestion.extractor import Extractor, Usage
from fusion_memory.ingestion.likeness import Cosines, known_cosines, unknown
from fusion_memory.ingestion.resolve import Judging, Said, keep
from fusion_memory.memory import encodings, events, outbox, second_readings, settling
from fusion_memory.memory.claim_keys import key, keys_of
from fusion_memory.memory.outbox import Job
from fusion_memory.memory.second_readings import REFINE, SecondReading, SecondState, Spent
from fusion_memory.storage.interface import Database, Transaction

PURPOSE: Final = "extraction"
METHOD: Final = "model"
ROUND_JOBS: Final = 32
TRIED_TOGETHER: Final = 6
"""Most events in one reading at the second try; later ones are read alone, so that one on which the model always
fails takes no other with it."""

LEASE: Final = timedelta(minutes=10)
"""How long events are left to the process that asks a model about them; it is renewed for every group."""

LONGEST_WAIT_MINUTES: Final = 60
LONGEST_REASON: Final = 60
MOST_TOKENS: Final = 2**40
_SPEAK_FOR_NOBODY: Final = frozenset({Trust.ASSISTANT, Trust.TOOL, Trust.DOCUMENT})
_COUNTED: Final = ("claimed", "processed", "retried", "failed")

_Place = tuple[int, str, str | None, str | None, str | None, int]
"""Owner, thread, agent, run, app; and how often it was tried."""


@dataclass(frozen=True, slots=True)
class SecondOptions:
    """How often a failure is tried again, which failures are none, and by which measures claims are judged.

    Attributes:
        version: of the extraction; kept with every event.
        attempts: readings of one event on which the model fails before that is final.
        patience: tries before it is final that the model itself is down, late or overloaded; with waits that grow
            to an hour these take most of a day.
        together: most events of one conversation in one reading, at the first try.
        withheld: reasons why an event was not for the model to see.
        absent: reasons that say something about the model and nothing about the event.
        down: after these the rest of a round is left for later.
        judging: the measures of gate and ladder.
    """

    version: str = "1"
    attempts: int = 3
    patience: int = 24
    together: int = ROUND_JOBS
    withheld: frozenset[str] = frozenset({"asked_not_to_remember", "not_asked"})
    absent: frozenset[str] = frozenset(
        {"model_timeout", "model_unavailable", "model_failed", "call_budget", "time_budget"}
    )
    down: frozenset[str] = frozenset({"model_timeout", "model_unavailable"})
    judging: Judging = field(default_factory=Judging)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A model's claims in the shape of a reading: names stay those that the rules found."""

    claims: tuple[Claim, ...]
    mentions: tuple[Mention, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    named_by: str = ""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a model made of the event of one job: claims, or why there are none."""

    job: Job
    event: Event
    claims: tuple[Claim, ...] = ()
    failed: str | None = None

    @property
    def said(self) -> Said:
        """The event with its claims, as the gate wants them."""
        return Said(self.job.event_no, self.job.owner_no, self.event, _Claimed(self.claims))


class SecondReader:
    """Works off the events that are due for the model. Safe to share between threads: one reads at a time.

    Args:
        database: where events and facts are.
        clock: for judgements and delays.
        extractor: reads with the model. It is shown events of one owner, thread and place at a time.
        options: how failures are dealt with.
        cosines: compares texts by meaning, when there is a model for it.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        extractor: Extractor,
        options: SecondOptions | None = None,
        cosines: Cosines | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._extractor = extractor
        self._options = options or SecondOptions()
        self._cosines = cosines
        self._turn = Lock()
        self._claimed: dict[int, Job] = {}

    def drain(self, limit: int) -> dict[str, int]:
        """Read what is due of all owners, at most ``limit`` events: claimed, processed, retried, failed.

        It ends early when the model got nowhere with a whole round; what is left stays due.
        """
        done = dict.fromkeys(_COUNTED, 0)
        while done["claimed"] < limit:
            jobs = self._claim(min(ROUND_JOBS, limit - done["claimed"]))
            if not jobs:
                break
            counts = self._round(jobs)
            done = _plus(done, counts)
            if _in_vain(counts):
                break
        return done

    def work(self, jobs: Sequence[Job]) -> dict[str, int]:
        """Read the events of these jobs, due or not, unless the rules are not done with them; the same counts."""
        done = dict.fromkeys(_COUNTED, 0)
        for start in range(0, len(jobs), ROUND_JOBS):
            counts = self._round(jobs[start : start + ROUND_JOBS])
            done = _plus(done, counts)
            if _in_vain(counts):
                break
        return done

    def _claim(self, count: int) -> list[Job]:
        now = self._clock.now()
        jobs = outbox.claim(self._database, lambda tx: second_readings.due(tx, now, count), now, LEASE)
        self._claimed |= {job.job_no: job for job in jobs}
        return jobs

    def let_go(self) -> None:
        """Give back what is claimed, also what a model is being asked about: whoever is quicker then writes it."""
        self._give_back(list(self._claimed.values()))

    def _round(self, jobs: Sequence[Job]) -> dict[str, int]:
        """Read some jobs group by group; those that are still to be read then are given back."""
        done = dict.fromkeys(_COUNTED, 0)
        try:
            for group in self._groups(jobs):
                with self._turn:
                    counts, down = self._group(group)
                done = _plus(done, counts)
                if down:
                    break
        finally:
            self._give_back(jobs)
        return done

    def _give_back(self, jobs: Sequence[Job]) -> None:
        """End the leases of jobs that wait for another time; where that cannot be written, they run out."""
        held = [job for job in jobs if job.fence]
        for job in held:
            self._claimed.pop(job.job_no, None)
        if held:
            with suppress(StorageError), self._database.write() as tx:
                outbox.release(tx, held)

    def _groups(self, jobs: Sequence[Job]) -> list[list[tuple[Job, Event]]]:
        """Jobs that are read together: of one owner, thread and place, in the order of what was said there.

        What one owner said is never shown to the model next to what another one said, and whom a message of one
        conversation means is never read out of another one.
        """
        with self._database.read() as tx:
            numbers = [job.event_no for job in jobs]
            unread = {job.event_no for job in outbox.of_events(tx, numbers, outbox.EXTRACT)}
            found = {number: event for number, _, event in events.by_numbers(tx, numbers) if number not in unread}
        places: dict[_Place, list[tuple[Job, Event]]] = defaultdict(list)
        for job in jobs:
            event = found.get(job.event_no)
            if event is not None:
                tries = min(job.attempts, 2)
                place = (job.owner_no, event.thread, event.agent_id, event.run_id, event.app_id, tries)
                places[place].append((job, event))
        groups: list[list[tuple[Job, Event]]] = []
        for (*_, tried), members in places.items():
            members.sort(key=lambda member: member[1].seq)
            together = self._options.together
            most = (together, min(together, TRIED_TOGETHER), 1)[tried]
            groups += [members[start : start + most] for start in range(0, len(members), most)]
        return groups

    def _group(self, members: Sequence[tuple[Job, Event]]) -> tuple[dict[str, int], bool]:
        """Read one group and write what came of it; the counts, and whether the model is down."""
        waiting = self._still_ours([job for job, _ in members])
        members = [(job, event) for job, event in members if job.job_no in waiting]
        none = dict.fromkeys(_COUNTED, 0)
        if not members:  # another reader was quicker
            return none, False
        turns, spent = self._read(members)
        counts = none | {"claimed": len(turns)} | self._write_all(turns, spent)
        down = all(turn.failed in self._options.down for turn in turns)
        return counts, down

    def _still_ours(self, jobs: Sequence[Job]) -> frozenset[int]:
        """Which of these jobs are open and, where they were claimed, not claimed by another since."""
        if any(job.fence for job in jobs):
            with self._database.write() as tx:
                jobs = outbox.renew(tx, jobs, self._clock.now() + LEASE)
        with self._database.read() as tx:
            return _waiting(tx, jobs)

    def _read(self, members: Sequence[tuple[Job, Event]]) -> tuple[list[_Turn], Spent]:
        """What the model makes of events; whatever an extractor does, every event has an outcome."""
        try:
            read = self._extractor.read([event for _, event in members])
            outcomes = [(_as_models(turn.claims), turn.failed) for turn in read.turns]
            turns = [
                _Turn(job, event, () if failed else claims, str(failed)[:LONGEST_REASON] if failed else None)
                for (job, event), (claims, failed) in zip(members, outcomes, strict=True)
            ]
            return turns, _spent(read.usage)
        except Exception as error:  # noqa: BLE001 (an extractor may be anybody's; its defects are failed readings)
            reason = _reason(error)
            return [_Turn(job, event, failed=reason) for job, event in members], Spent()

    def _write_all(self, turns: Sequence[_Turn], spent: Spent) -> dict[str, int]:
        """Write what was read in one transaction, or event by event when that cannot be done."""
        try:
            turns = self._own_words(turns)
            saids = [turn.said for turn in turns if turn.failed is None]
            cosine = known_cosines(self._database, saids, self._cosines, self._options.judging.bars)
            with self._database.write() as tx:
                second_readings.spend(tx, PURPOSE, spent, self._clock.now())
                return self._write(tx, turns, cosine)
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 (a defect met by one event must not hold up the others)
            with self._database.write() as tx:
                second_readings.spend(tx, PURPOSE, spent, self._clock.now())
            return self._write_apart(turns)

    def _write_apart(self, turns: Sequence[_Turn]) -> dict[str, int]:
        done = dict.fromkeys(_COUNTED, 0)
        for turn in turns:
            try:
                with self._database.write() as tx:
                    counts = self._write(tx, self._own_words([turn]), unknown)
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 (the defect concerns this event)
                with self._database.write() as tx:
                    counts = self._write(tx, [replace(turn, claims=(), failed=_reason(error))], unknown)
            done = _plus(done, dict.fromkeys(_COUNTED, 0) | counts)
        return done

    def _own_words(self, turns: Sequence[_Turn]) -> list[_Turn]:
        """Claims of those who speak for nobody about a user by name count as what they are: about the user."""
        passed_on = {turn.job.owner_no for turn in turns if turn.claims and turn.event.trust in _SPEAK_FOR_NOBODY}
        if not passed_on:
            return list(turns)
        with self._database.read() as tx:
            names = {owner_no: set(map(key, second_readings.speakers(tx, owner_no))) for owner_no in passed_on}
        told: list[_Turn] = []
        for turn in turns:
            users = names.get(turn.job.owner_no, ()) if turn.event.trust in _SPEAK_FOR_NOBODY else ()
            claims = [
                replace(claim, subject=USER) if key(claim.subject) in users else claim for claim in turn.claims
            ]
            told.append(replace(turn, claims=tuple(claims)))
        return told

    def _write(self, tx: Transaction, turns: Sequence[_Turn], cosine: Cosine) -> dict[str, int]:
        counts = dict.fromkeys(("processed", "retried", "failed"), 0)
        there = {number for number, _, _ in events.by_numbers(tx, [turn.job.event_no for turn in turns])}
        if any(turn.job.event_no not in there for turn in turns):
            return counts  # one was erased while the model worked: what it said about the others may quote it
        waiting = _waiting(tx, [turn.job for turn in turns])
        now = self._clock.now()
        for turn in turns:
            if turn.job.job_no not in waiting:
                continue  # read by another process while the model worked
            if turn.failed is None:
                self._keep(tx, turn, cosine, now)
                counts["processed"] += 1
            else:
                counts[self._not_read(tx, turn.job, turn.failed, now)] += 1
        return counts

    def _keep(self, tx: Transaction, turn: _Turn, cosine: Cosine, now: datetime) -> None:
        job = turn.job
        touched = settling.touched_by(tx, job.owner_no, [job.event_no])
        second_readings.forget_claims(tx, job.owner_no, job.event_no)
        kept = keep(tx, turn.said, self._options.judging, cosine, again=False)
        encodings.decide(tx, job.owner_no, job.event_no, kept.decisions, now)
        self._settle(tx, job, SecondState.READ, kept.reason, kept.written)
        settling.rederive(tx, job.owner_no, touched.joined(settling.touched_by(tx, job.owner_no, [job.event_no])))

    def _not_read(self, tx: Transaction, job: Job, reason: str, now: datetime) -> str:
        """Withheld, put off or given up: the word it is counted under."""
        options = self._options
        if reason in options.withheld:
            self._settle(tx, job, SecondState.WITHHELD, reason)
            return "processed"
        if job.attempts + 1 >= (options.patience if reason in options.absent else options.attempts):
            self._settle(tx, job, SecondState.FAILED, reason)
            return "failed"
        minutes = min(2**job.attempts, LONGEST_WAIT_MINUTES)
        outbox.postpone(tx, [job.job_no], reason, now + timedelta(minutes=minutes))
        return "retried"

    def _settle(self, tx: Transaction, job: Job, state: SecondState, reason: str, claims: int = 0) -> None:
        reading = SecondReading(job.event_no, job.owner_no, state, reason, self._options.version, claims)
        second_readings.record(tx, reading, self._clock.now())
        outbox.finish(tx, [job.job_no])


def _waiting(tx: Transaction, jobs: Sequence[Job]) -> frozenset[int]:
    """Which of these jobs are still open."""
    return frozenset(job.job_no for job in outbox.of_events(tx, [job.event_no for job in jobs], REFINE))


def _as_models(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Claims under the method that tells them from those of the rules, each once: of equal ones the surest."""
    found: dict[bytes, Claim] = {}
    for claim in claims:
        same = keys_of(claim).hash
        if same not in found or found[same].confidence < claim.confidence:
            found[same] = replace(claim, method=METHOD)
    return tuple(found.values())


def _in_vain(counts: dict[str, int]) -> bool:
    """Whether a round only put things off: asking on would be in vain now."""
    return counts["retried"] > 0 and not (counts["processed"] or counts["failed"])


def _reason(error: Exception) -> str:
    """Why a reading failed, without a word of what was read."""
    return error.code if isinstance(error, FusionMemoryError) else type(error).__name__


def _spent(usage: Usage) -> Spent:
    return Spent(
        _count(usage.calls),
        _count(usage.failures),
        _count(usage.input_tokens),
        _count(usage.output_tokens),
        usage.seconds if 0 <= usage.seconds < MOST_TOKENS else 0.0,
    )


def _count(told: int) -> int:
    return max(0, min(int(told), MOST_TOKENS))


def _plus(left: dict[str, int], right: dict[str, int]) -> dict[str, int]:
    return {name: left[name] + right[name] for name in _COUNTED}

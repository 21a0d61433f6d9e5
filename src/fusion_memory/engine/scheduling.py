"""The schedule at work: what falls due becomes jobs, in the one transaction that notes how far the schedule is.

So a crash between the two is impossible: a moment is either still to come for the next look, of any worker, or its
jobs are queued. Which moments there are is arithmetic of ``core.schedules``; this file must not know any task.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from fusion_memory.consolidation.tasks import FOLLOWS_MESSAGES
from fusion_memory.core.care_presets import PRESETS, Entry, entries_of
from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.ids import IdSource
from fusion_memory.core.jobs import Scheduled
from fusion_memory.core.schedule_settings import CareSettings
from fusion_memory.core.schedules import AfterMessages, is_due, is_from_the_future
from fusion_memory.core.scope import Access, Action, Principal, Scope
from fusion_memory.engine.job_kinds import CARE, KINDS, concerns_all, is_known, key_of
from fusion_memory.memory import jobs, owners, schedule_marks
from fusion_memory.memory.jobs import NewJob
from fusion_memory.memory.schedule_marks import Mark
from fusion_memory.storage.interface import Database, Transaction

SCHEDULE: Final = Principal("schedule", frozenset({Action.READ, Action.WRITE, Action.ADMIN}))
"""In whose name scheduled jobs are submitted."""

EVERYTHING: Final = Access(SCHEDULE, Scope(workspace_id=jobs.WHOLE_DATABASE), Action.ADMIN)
LONGEST: Final = timedelta(days=400)
EVERYBODY: Final = 2**31
PAUSE: Final = timedelta(seconds=5)
"""What waits because the same is being done already is looked at again after this."""


class Scheduler:
    """Submits what is due.

    Args:
        database: where marks and jobs are.
        entries: the plan; those of tasks that there are not never run.
        attempts: tries of each job.
        clock, ids: time and identifiers.
    """

    def __init__(
        self, database: Database, entries: Sequence[Entry], attempts: int, clock: Clock, ids: IdSource
    ) -> None:
        self._database = database
        self._entries = entries
        self._attempts = attempts
        self._clock = clock
        self._ids = ids

    def tick(self) -> int:
        """Submit what is due; how many jobs. Looking in vain writes nothing."""
        now = self._clock.now()
        with self._database.read() as tx:
            due = [entry for entry in self._known() if self._stirs(tx, entry, now)]
        if not due:
            return 0
        with self._database.write() as tx:  # another worker may have been quicker: look again
            return sum(self._serve(tx, entry, now) for entry in due)

    def next_at(self) -> datetime:
        """When it is worth looking again, as long as no message comes."""
        now = self._clock.now()
        with self._database.read() as tx:
            return min((self._next(tx, entry, now) for entry in self._known()), default=now + LONGEST)

    def listed(self) -> tuple[Scheduled, ...]:
        """The plan as people see it."""
        now = self._clock.now()
        with self._database.read() as tx:
            marks = schedule_marks.all_marks(tx)
        return tuple(_shown(entry, marks.get(entry.name), now) for entry in self._entries)

    def _known(self) -> Iterable[Entry]:
        return (entry for entry in self._entries if is_known(entry.task))

    def _stirs(self, tx: Transaction, entry: Entry, now: datetime) -> bool:
        """Whether anything is to be written for an entry: it is due, new here, or there are messages to count."""
        mark = schedule_marks.all_marks(tx).get(entry.name)
        if mark is None:
            return True
        if isinstance(entry.trigger, AfterMessages):
            return schedule_marks.latest_event(tx) > mark.event_no or bool(_waiting(tx, entry, now))
        last = mark.last_due
        return last is None or is_from_the_future(last, now) or is_due(entry.trigger, last, now) is not None

    def _serve(self, tx: Transaction, entry: Entry, now: datetime) -> int:
        mark = schedule_marks.all_marks(tx).get(entry.name)
        if isinstance(entry.trigger, AfterMessages):
            return self._serve_messages(tx, entry, mark, now)
        last = mark.last_due if mark else None
        if last is None or is_from_the_future(last, now):  # begin here, and run at the first moment to come
            schedule_marks.put(tx, entry.name, entry.trigger.latest(now))
            return 0
        due = is_due(entry.trigger, last, now)
        if due is None:
            return 0
        if entry.task in FOLLOWS_MESSAGES:
            return self._serve_speakers(tx, entry, due, now)
        schedule_marks.put(tx, entry.name, due)
        places = [EVERYTHING] if concerns_all(entry.task) else owners.every(tx, EVERYTHING)
        return sum(self._submit(tx, place, entry.task, now) for place in places)

    def _serve_speakers(self, tx: Transaction, entry: Entry, due: datetime, now: datetime) -> int:
        """Submit for the owners who said something since the entry ran for them."""
        self._count(tx, entry, due)
        submitted = 0
        for owner_no in schedule_marks.owners_due(tx, entry.name, 1, timedelta(0), now, EVERYBODY):
            submitted += self._serve_owner(tx, entry, owner_no, now)
        return submitted

    def _serve_messages(self, tx: Transaction, entry: Entry, mark: Mark | None, now: datetime) -> int:
        latest = self._count(tx, entry, mark.last_due if mark else None)
        submitted = sum(self._serve_owner(tx, entry, owner_no, now) for owner_no in _waiting(tx, entry, now))
        if submitted:
            schedule_marks.put(tx, entry.name, now, latest)
        return submitted

    def _count(self, tx: Transaction, entry: Entry, last_due: datetime | None) -> int:
        """Count the messages that came since for every owner, and note how far that is; the latest message."""
        mark = schedule_marks.all_marks(tx).get(entry.name)
        counted, latest = mark.event_no if mark else 0, schedule_marks.latest_event(tx)
        if latest > counted:
            schedule_marks.count_news(tx, entry.name, counted)
        schedule_marks.put(tx, entry.name, last_due, max(latest, counted))
        return max(latest, counted)

    def _serve_owner(self, tx: Transaction, entry: Entry, owner_no: int, now: datetime) -> bool:
        """Submit for one owner and begin to count anew; False while the same is open already."""
        scope = owners.scope_of(tx, owner_no)
        submitted = scope is not None and self._submit(tx, Access(SCHEDULE, scope, Action.WRITE), entry.task, now)
        if submitted or scope is None:
            schedule_marks.served(tx, entry.name, owner_no)
        return submitted

    def _submit(self, tx: Transaction, place: Access, task: str, now: datetime) -> bool:
        """Submit one job; False when an equal one is open."""
        kind, options = (task, {}) if task in KINDS else (CARE, {"task": task})
        new = NewJob(self._ids.new("job", now), kind, options, key_of(kind, options), self._attempts)
        return jobs.submit(tx, place, new, now) is not None

    def _next(self, tx: Transaction, entry: Entry, now: datetime) -> datetime:
        if not isinstance(entry.trigger, AfterMessages):
            return entry.trigger.following(now)
        since = schedule_marks.first_idle(tx, entry.name) if entry.trigger.idle else None
        return now + LONGEST if since is None else max(since + entry.trigger.idle, now + PAUSE)


def plan_of(settings: CareSettings) -> list[Entry]:
    """The entries that the settings name.

    Raises:
        InvalidSetting: there is no such preset or zone, or an entry cannot be read.
    """
    names = {settings.time_zone} if settings.time_zone else {preset.zone for preset in PRESETS.values()}
    return entries_of(settings.preset, settings.schedule, {name: zone(name) for name in names}, settings.time_zone)


def zone(name: str) -> tzinfo:
    """A time zone by its name, or by its distance from UTC, such as ``+08:00``.

    Raises:
        InvalidSetting: there is none.
    """
    if name.upper() == "UTC":
        return UTC
    try:
        if name[:1] in "+-":
            offset = datetime.strptime(name, "%z").utcoffset()
            return timezone(offset or timedelta(0))
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise InvalidSetting(
            f"care.time_zone = {name!r} is no time zone.",
            why="It is no name of the time zone database of this computer, nor a distance from UTC.",
            fix="set it to a name such as Asia/Shanghai, or to a distance such as +08:00",
        ) from None


def _waiting(tx: Transaction, entry: Entry, now: datetime) -> list[int]:
    if not isinstance(entry.trigger, AfterMessages):
        return []
    return schedule_marks.owners_due(tx, entry.name, entry.trigger.messages, entry.trigger.idle, now)


def _shown(entry: Entry, mark: Mark | None, now: datetime) -> Scheduled:
    last = mark.last_due if mark else None
    coming = None if isinstance(entry.trigger, AfterMessages) else entry.trigger.following(now)
    known = is_known(entry.task)
    return Scheduled(entry.task, entry.when, known, last, coming if known else None)

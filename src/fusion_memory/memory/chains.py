"""How the tellings of a subject add up to facts: which holds from when to when, and what superseded it; pure.

A telling is one claim said in one event. A fact is a *run*: the tellings of one claim that no other telling
interrupted. Facts are derived from tellings, never the other way round. So A, B, A again gives three runs (the
second A is a fact of its own that supersedes B), a late report of the past falls into its place, taking a telling
away heals what it had interrupted, and the outcome depends on what was told, not on the order of its arrival.

Order is by the moment a telling speaks for, then by when it was said, then by where it stands; confidence plays no
part, so the newest statement wins. Quarantined and retracted tellings interrupt nothing. This file knows no
database and no clock: times are milliseconds since 1970 UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from fusion_memory.core.clock import to_ms
from fusion_memory.core.knowledge import Claim, FactType, TimeMention, TimeRole
from fusion_memory.memory.claim_keys import OPPOSITES

KEPT_TYPES: Final = frozenset(
    {FactType.EVENT, FactType.RELATIONSHIP, FactType.PERSON, FactType.SKILL, FactType.ERROR, FactType.INSTRUCTION}
)
KEPT_PREDICATES: Final = frozenset(
    {"likes", "dislikes", "from_place", "born_in", "speaks", "knows"}
    | {"visited", "bought", "met", "attended", "finished"}
)
"""What leaving a value behind does not end: whoever moves from Berlin may still like it, and has been there."""

Order = tuple[int, int, int, int, str]


@dataclass(frozen=True, slots=True)
class Telling:
    """One claim of one event, as far as its place among the others goes.

    Attributes:
        no, id, event_no, first: its row, its id, the event and the place in it.
        group: equal for tellings of one claim, however worded.
        starts_at: from when on it says that it holds; ``asserted_at`` the latest moment it speaks for;
            ``until_at`` its end, if it says so.
        corrects: the id of the telling whose place it takes.
        held, retracted: quarantined; taken back.
    """

    no: int
    id: str
    event_no: int
    first: int
    subject_key: str
    group: int
    type: str
    predicate: str
    slot: str | None
    object_key: str
    positive: bool
    starts_at: int
    asserted_at: int
    until_at: int | None
    said_at: int
    previous_key: str | None
    ends: bool
    corrects: str | None
    held: bool
    retracted: bool

    @property
    def order(self) -> Order:
        """Where it stands among all tellings of its subject."""
        return (self.asserted_at, self.said_at, self.event_no, self.first, self.id)

    @property
    def stance(self) -> tuple[str, bool]:
        """The verb and whether it is affirmed, with a contrary verb read as a denial."""
        return OPPOSITES.get(self.predicate, self.predicate), self.positive != (self.predicate in OPPOSITES)

    @property
    def birth(self) -> tuple[int, int, str]:
        """Where it stands among the tellings of its fact: the first one gives the fact its words."""
        return (self.event_no, self.first, self.id)


@dataclass(slots=True)
class Run:
    """One fact: tellings, the interval ``[valid_from, valid_to)``, and the telling that superseded it."""

    tellings: list[Telling] = field(default_factory=list)
    valid_from: int = 0
    valid_to: int | None = None
    closed_by: int | None = None
    ended: bool = False

    @property
    def head(self) -> Telling:
        """The telling that came in first."""
        return min(self.tellings, key=lambda telling: telling.birth)

    @property
    def times_seen(self) -> int:
        """In how many events it was told."""
        return len({telling.event_no for telling in self.tellings})

    @property
    def last_seen_at(self) -> int:
        """When it was told last."""
        return max(telling.said_at for telling in self.tellings)

    def close(self, at: int, by: Telling | None) -> None:
        """End the interval, never before it began."""
        self.valid_to = max(self.valid_from, at)
        self.closed_by = by.no if by else None
        self.ended = by is None


class _Mark(NamedTuple):
    """Something that happens to a claim at a place in the order: told, or closed at a moment by something."""

    order: Order
    told: Telling | None
    at: int = 0
    by: Telling | None = None


def placed(claim: Claim, said_at: datetime) -> tuple[int, int, int | None]:
    """When a claim begins to hold, the latest moment it speaks for, and its end if it tells one.

    Without a time both are the moment of saying. "In 2019", said later, speaks for 2019 and no further, "since
    2019" and a change ("moved from X to Y in May") also for today. A time to come is when it begins, if the
    question has one answer at a time; a plan or a deadline holds from when it was told. So does an answer that is
    itself a time ("the deadline is June 5"): it says what is true, not since when.
    """
    said, when = to_ms(said_at), claim.when
    if when is None:
        return said, said, None
    start, end = to_ms(when.start), to_ms(when.end)
    if when.role is TimeRole.UNTIL:
        return min(said, end), min(said, end), end
    if when.role is TimeRole.BY or _is_the_answer(claim, when):
        return said, said, None
    if start > said:
        return (start, start, None) if claim.slot and not claim.ends else (said, said, None)
    speaks_for_today = when.role is TimeRole.SINCE or claim.previous is not None
    return start, said if speaks_for_today else min(end, said), None


def _is_the_answer(claim: Claim, when: TimeMention) -> bool:
    """Whether a time is what a question with one answer is answered with."""
    return claim.slot is not None and when.role is TimeRole.AT and bool(when.words) and when.words in claim.object


def derive(tellings: Iterable[Telling]) -> list[Run]:
    """The facts that some tellings make, of one subject or of many, in no order.

    A part of the tellings may be given. The runs of a claim are right when all tellings are there that share a
    slot or a value with it, name its value as a former one, or correct any of these.
    """
    everything = list(tellings)
    standing, runs = _set_aside(everything)
    closers = _Closers(standing)
    for group in _by_group(standing):
        runs += _runs(group, closers)
    _put_before(runs, standing)
    return runs


def _put_before(runs: Sequence[Run], standing: Sequence[Telling]) -> None:
    """Put a value that was only ever told to be over, at no time, before the answers that were told by then.

    "My favourite author was Tolkien", said when it is Le Guin already, is about the time before Le Guin. Nobody
    said when that was: the interval stays empty.
    """
    first: dict[tuple[str, str | None], int] = {}
    for telling in standing:
        if telling.slot and telling.positive and not telling.ends:
            slot = (telling.subject_key, telling.slot)
            first[slot] = min(first.get(slot, telling.starts_at), telling.starts_at)
    for run in runs:
        if run.valid_to == run.valid_from and all(telling.ends for telling in run.tellings):
            before = first.get((run.head.subject_key, run.head.slot), run.valid_from + 1) - 1
            run.valid_from = run.valid_to = min(run.valid_from, before)


def ends_value(leaver: Telling, other: Telling) -> bool:
    """Whether a telling that leaves a value behind ends another telling of that value."""
    if not other.positive or other.group == leaver.group:
        return False
    if other.slot and leaver.slot:
        return _same_question(other.slot, leaver.slot)
    same_words = other.predicate == leaver.predicate
    return same_words or not (other.type in KEPT_TYPES or other.predicate in KEPT_PREDICATES)


def _same_question(slot: str, other: str) -> bool:
    """Whether two slots ask one thing, one perhaps more closely ("framework", "frontend framework")."""
    shorter, longer = sorted((slot, other), key=len)
    return shorter == longer or longer.endswith(f" {shorter}")


def opposes(left: Telling, right: Telling) -> bool:
    """Whether two tellings of one subject say of one value that it is and that it is not so."""
    (verb, affirmed), (other_verb, other_affirmed) = left.stance, right.stance
    if affirmed == other_affirmed or left.object_key != right.object_key:
        return False
    return verb == other_verb or (left.slot is not None and left.slot == right.slot)


def _set_aside(tellings: Sequence[Telling]) -> tuple[list[Telling], list[Run]]:
    """The tellings that stand, and the runs of those that were taken back, held or corrected."""
    correctors = {t.corrects: t for t in sorted(tellings, key=lambda t: t.birth) if t.corrects and not t.retracted}
    standing: list[Telling] = []
    aside: dict[tuple[str, int, bool, bool, bool], list[Telling]] = defaultdict(list)
    for telling in tellings:
        corrected = telling.id in correctors
        if telling.retracted or corrected or telling.held:
            aside[telling.subject_key, telling.group, telling.retracted, corrected, telling.held].append(telling)
        else:
            standing.append(telling)
    runs = []
    for (_, _, retracted, corrected, _), members in aside.items():
        run = Run(members, min(t.starts_at for t in members))
        if corrected and not retracted:
            run.close(run.valid_from, correctors[run.head.id])
        runs.append(run)
    return standing, runs


def _by_group(tellings: Iterable[Telling]) -> list[list[Telling]]:
    groups: dict[tuple[str, int], list[Telling]] = defaultdict(list)
    for telling in tellings:
        groups[telling.subject_key, telling.group].append(telling)
    return list(groups.values())


class _Closers:
    """What may close a claim, found by slot and by value."""

    def __init__(self, tellings: Sequence[Telling]) -> None:
        self._next_rival: dict[int, tuple[Telling, int]] = {}
        self._affirming: dict[tuple[str, str, bool], list[Telling]] = defaultdict(list)
        self._ending: dict[tuple[str, str], list[Telling]] = defaultdict(list)
        self._leaving: dict[tuple[str, str], list[Telling]] = defaultdict(list)
        slots: dict[tuple[str, str], list[Telling]] = defaultdict(list)
        for telling in tellings:
            value = (telling.subject_key, telling.object_key)
            if telling.previous_key:
                self._leaving[telling.subject_key, telling.previous_key].append(telling)
            if telling.ends:
                self._ending[value].append(telling)
                continue
            self._affirming[*value, telling.stance[1]].append(telling)
            if telling.slot and telling.positive:
                slots[telling.subject_key, telling.slot].append(telling)
        for slot in slots.values():
            self._walk_back(sorted(slot, key=lambda telling: telling.order))

    def of(self, group: Sequence[Telling]) -> Iterable[_Mark]:
        """Everything that closes a claim, before or after its tellings; some of it more than once."""
        rivals = [self._next_rival[telling.no] for telling in group if telling.no in self._next_rival]
        for rival, earliest in {found[0].no: found for found in rivals}.values():
            yield _Mark(rival.order, None, earliest, rival)
        shapes = {(t.object_key, t.predicate, t.slot, t.type, t.positive): t for t in group}
        for telling in shapes.values():
            yield from self._of_value(telling)

    def cut(self, run: Run) -> None:
        """Shorten what was over already, when a later answer to the question says that it held even before."""
        told = [t for t in run.tellings if t.no in self._next_rival]
        if told:
            rival, earliest = self._next_rival[max(told, key=lambda telling: telling.order).no]
            if run.valid_to is not None and earliest < run.valid_to:
                run.close(earliest, rival)

    def _of_value(self, telling: Telling) -> Iterable[_Mark]:
        value = (telling.subject_key, telling.object_key)
        for other in self._leaving.get(value, ()):
            if ends_value(other, telling):
                yield _Mark(other.order, None, other.starts_at, other)
        for other in self._ending.get(value, ()):
            if ends_value(other, telling):
                yield _Mark(other.order, None, other.asserted_at)
        for other in self._affirming.get((*value, not telling.stance[1]), ()):
            if opposes(telling, other):
                yield _Mark(other.order, None, other.starts_at, other)

    def _walk_back(self, slot: Sequence[Telling]) -> None:
        """For each telling of a slot, the next one with another value, and from when on later ones hold."""
        rival: tuple[Telling, int] | None = None
        earliest: int | None = None
        for position in range(len(slot) - 1, -1, -1):
            here = slot[position]
            later = slot[position + 1] if position + 1 < len(slot) else None
            if later is not None:
                earliest = later.starts_at if earliest is None else min(earliest, later.starts_at)
                if later.group != here.group:
                    rival = (later, earliest)
            if rival is not None:
                self._next_rival[here.no] = rival


def _runs(group: Sequence[Telling], closers: _Closers) -> list[Run]:
    """The runs of one claim: walk through what was told of it and what closed it."""
    marks = [*closers.of(group), *(_Mark(telling.order, telling) for telling in group)]
    marks += [
        _Mark((telling.until_at, *telling.order[1:]), None, telling.until_at)
        for telling in group
        if telling.until_at is not None and not telling.ends
    ]
    runs: list[Run] = []
    open_run: Run | None = None
    for mark in sorted(marks, key=_by_order):
        if mark.told is None:
            if open_run is not None:
                open_run.close(mark.at, mark.by)
                open_run = None
        else:
            open_run = _told(runs, open_run, mark.told)
    for run in runs:
        closers.cut(run)
    return runs


def _told(runs: list[Run], open_run: Run | None, telling: Telling) -> Run | None:
    """Take up one telling of the claim; the run that is open afterwards."""
    if telling.ends and open_run is None and runs:
        runs[-1].tellings.append(telling)
        return None
    if open_run is None:
        open_run = Run([], telling.starts_at)
        runs.append(open_run)
    open_run.tellings.append(telling)
    if telling.ends:
        open_run.close(telling.asserted_at, None)
        return None
    open_run.valid_from = min(open_run.valid_from, telling.starts_at)
    return open_run


def _by_order(mark: _Mark) -> tuple[Order, bool, int]:
    """In order; at one place what closes comes after what is told."""
    return (mark.order, mark.told is None, mark.by.no if mark.by else 0)


def superseded(runs: Sequence[Run]) -> Mapping[int, Run]:
    """For each run's head that superseded something, what it superseded: first of its own slot, then the latest."""
    head_of = {telling.no: head for run in runs for head in (run.head,) for telling in run.tellings}
    found: dict[int, Run] = {}
    for run in runs:
        closer = head_of.get(run.closed_by) if run.closed_by is not None else None
        if closer is None:
            continue
        rank = (run.head.slot == closer.slot, run.valid_from, run.head.birth)
        other = found.get(closer.no)
        if other is None or rank > (other.head.slot == closer.slot, other.valid_from, other.head.birth):
            found[closer.no] = run
    return found

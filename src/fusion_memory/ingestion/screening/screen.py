"""The door: records of a log in, a verdict for each out, in the order denoise, quality, classify; pure.

Why it exists: every source of logs is judged by the same measure. Must not know: files, formats, storage, clocks.
Chunking and vectors follow where everything that is stored is cut and embedded (S2.05, S2.44).

What is dropped is never silently gone: each record is counted under one reason, the report names the places of
the first few, and a caller is handed every dropped record if it wants them. The log itself, the raw record, stays
where it is. What is kept is kept as it was said, without the pieces that no person said. ``add`` never comes
through here (ADR 9).
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fusion_memory.core.capture import LogRecord, ScreeningReport
from fusion_memory.core.records import AddResult
from fusion_memory.ingestion.screening.classify import TIER_PRESETS, Classification, TierLines, classify
from fusion_memory.ingestion.screening.denoise import EMPTY, Cut, denoise
from fusion_memory.ingestion.screening.noise import noise_filters
from fusion_memory.ingestion.screening.quality import NO_WORDS, SAYS_NOTHING, TOO_SHORT, QualityLines, judge
from fusion_memory.ingestion.screening.text_log import moment_of

USER, ASSISTANT = "user", "assistant"
ROLES: Final = (USER, ASSISTANT)
"""Who may be kept."""

REPEATED: Final = "repeated"
SAMPLES: Final = 5
_REMEMBERED: Final = 4_096  # records among which a second copy of one is looked for

_ROLE_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("user", "human", "me", "customer", "owner", "用户", "我"), USER),
    **dict.fromkeys(("assistant", "ai", "model", "bot", "agent", "助手", "助理", "机器人"), ASSISTANT),
    **dict.fromkeys(("tool", "toolresult", "tool_result", "function", "ipython", "工具"), "tool"),
    **dict.fromkeys(("system", "developer", "系统"), "system"),
}


@dataclass(frozen=True, slots=True)
class ScreeningOptions:
    """By what measure a log is screened.

    Attributes:
        roles: who is kept, of :data:`ROLES`.
        quality: the lines of the quality gate.
        tiers: the lines of the tiers.
        classify: whether kept records are classified; it is what takes most of the time.
    """

    roles: tuple[str, ...] = (USER,)
    quality: QualityLines = field(default_factory=QualityLines)
    tiers: TierLines = TIER_PRESETS["default"]
    classify: bool = True


@dataclass(frozen=True, slots=True)
class Screened:
    """The verdict on one record.

    Attributes:
        record: as it came.
        text: what is to be kept of its content; empty when it is dropped.
        reason: why it is dropped, in a word; None when it is kept.
        said_at: its time, or that of the record before it in its session.
        cuts: what was cut out of its content, in places of the content.
        about: what it is about, when it is kept and that was asked for.
    """

    record: LogRecord
    text: str = ""
    reason: str | None = None
    said_at: datetime | None = None
    cuts: tuple[Cut, ...] = ()
    about: Classification | None = None

    @property
    def kept(self) -> bool:
        """Whether the record is kept."""
        return self.reason is None


def reasons() -> tuple[str, ...]:
    """Every reason for which a record can be dropped."""
    noise = tuple(one.name for one in noise_filters())
    roles = tuple(f"role_{name}" for name in (USER, ASSISTANT, "tool", "system", "other"))
    return (*noise, EMPTY, NO_WORDS, SAYS_NOTHING, TOO_SHORT, REPEATED, *roles)


def role_of(name: str) -> str:
    """The role that a source's name for it means: ``user``, ``assistant``, ``tool``, ``system`` or ``other``."""
    return _ROLE_NAMES.get(name.strip().lower(), "other")


def screen(records: Iterable[LogRecord], options: ScreeningOptions | None = None) -> Iterator[Screened]:
    """Judge the records of a log, one by one and in order."""
    told = _Told()
    for record in records:
        yield _judged(record, options or ScreeningOptions(), told)


@dataclass(slots=True)
class _Told:
    """What later verdicts need of earlier ones: the last time and voice of each session, and what was just said."""

    times: dict[str | None, datetime] = field(default_factory=dict)
    voices: dict[str | None, str] = field(default_factory=dict)
    sayings: OrderedDict[tuple[object, ...], None] = field(default_factory=OrderedDict)

    def is_repeated(self, record: LogRecord, role: str, text: str) -> bool:
        """Whether a log told the same saying, of the same moment, twice."""
        if record.said_at is None or record.record_id is not None:
            return False
        saying = (record.session_id, role, record.speaker, record.said_at, text)
        if saying in self.sayings:
            return True
        self.sayings[saying] = None
        if len(self.sayings) > _REMEMBERED:
            self.sayings.popitem(last=False)
        return False


def _judged(record: LogRecord, options: ScreeningOptions, told: _Told) -> Screened:
    role = role_of(record.role)
    said_at = record.said_at or told.times.get(record.session_id)
    if said_at is not None:
        told.times[record.session_id] = said_at
    if role not in options.roles:
        return Screened(record, reason=f"role_{role}", said_at=said_at)
    clean = denoise(record.content, line=record.line)
    if clean.noise is not None:
        what = record.held if clean.noise == EMPTY and record.held else clean.noise
        return Screened(record, reason=what, said_at=said_at, cuts=clean.cuts)
    stamp = None if record.said_at else _stamped(record, clean.cuts)
    if stamp is not None:
        said_at = told.times[record.session_id] = stamp
    answers = told.voices.get(record.session_id) == ASSISTANT and role == USER
    quality = judge(clean.text, options.quality, answers=answers)
    reason = quality.reason or (REPEATED if told.is_repeated(record, role, clean.text) else None)
    if reason is not None:
        return Screened(record, reason=reason, said_at=said_at, cuts=clean.cuts)
    told.voices[record.session_id] = role
    about = classify(clean.text, role, options.tiers) if options.classify else None
    return Screened(record, clean.text, None, said_at, clean.cuts, about)


def _stamped(record: LogRecord, cuts: Iterable[Cut]) -> datetime | None:
    """The time that a channel wrote before the words."""
    return next(
        (moment_of(record.content[cut.first : cut.last]) for cut in cuts if cut.filter == "timestamp"), None
    )


def message(one: Screened) -> dict[str, Any]:
    """The message to store for a record that is kept; its metadata says what it is about and what was cut."""
    record, about = one.record, one.about
    notes: dict[str, Any] = {}
    if about is not None:
        notes |= {"category": about.category.value, "priority": about.priority, "tier": about.tier.value}
    if one.cuts:
        notes["cut"] = dict(Counter(cut.filter for cut in one.cuts))
    given = {
        "time": one.said_at,
        "session_id": record.session_id,
        "id": record.record_id,
        "name": record.speaker,
        "metadata": {**notes, **record.metadata} or None,
    }
    told = {name: value for name, value in given.items() if value is not None}
    return {"content": one.text, "role": role_of(record.role), "origin": record.origin, **told}


class Tally:
    """Counts verdicts as they pass, for the report."""

    def __init__(self) -> None:
        self._kept = self._undated = 0
        self._dropped: Counter[str] = Counter()
        self._samples: defaultdict[str, list[str]] = defaultdict(list)
        self._cut: Counter[str] = Counter()
        self._categories: Counter[str] = Counter()
        self._tiers: Counter[str] = Counter()

    def count(self, one: Screened) -> None:
        """Count one verdict."""
        if one.reason is not None:
            self._dropped[one.reason] += 1
            if len(self._samples[one.reason]) < SAMPLES:
                self._samples[one.reason].append(one.record.place)
            return
        self._kept += 1
        self._undated += one.said_at is None
        self._cut.update(cut.filter for cut in one.cuts)
        if one.about is not None:
            self._categories[one.about.category.value] += 1
            self._tiers[one.about.tier.value] += 1

    def report(self, added: AddResult | None = None) -> ScreeningReport:
        """What was counted, the most frequent first."""
        return ScreeningReport(
            seen=self._kept + self._dropped.total(),
            kept=self._kept,
            dropped=dict(self._dropped.most_common()),
            samples={reason: tuple(places) for reason, places in self._samples.items()},
            cut=dict(self._cut.most_common()),
            categories=dict(self._categories.most_common()),
            tiers=dict(self._tiers.most_common()),
            undated=self._undated,
            added=added,
        )

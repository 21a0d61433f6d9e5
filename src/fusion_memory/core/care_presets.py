"""The schedules by name: ours, and the rhythms of the systems whose memory this one brings together.

A plan is written in a small language, one entry after another, separated by ``;``::

    promotion every 6h                 every so often: s, m, h, d
    consolidation daily 00:30          at times of the day: daily 07:00,19:00
    closure daily 03:00 /2             on every second day
    condensation after 20              after so many new messages of an owner
    condensation after 8 idle 2h       ... or when some wait for two hours
    compaction off                     never, whatever the preset says

This file reads it. It must not know which tasks there are, nor read a clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.schedules import AfterMessages, Daily, Every, Trigger

OFF: Final = "off"
SHORTEST: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Preset:
    """A schedule: its plan, and the zone its daily times are told in."""

    plan: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a plan: a task and when it runs; ``name`` is the line itself, which its marks go by."""

    name: str
    task: str
    trigger: Trigger

    @property
    def when(self) -> str:
        """The words behind the task's name."""
        return self.name.partition(" ")[2]


_HOURLY = "resolver every 1h; profiles every 1h; backfill every 1h; orphans every 1h"
_NIGHTLY = (
    "policy daily 03:15; compaction daily 03:30; closure daily 03:45; archive daily 04:00; housekeeping daily 04:15"
)

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "default": Preset(f"condensation after 6 idle 30m; promotion every 6h; {_HOURLY}; {_NIGHTLY}"),
        # S2.40, S2.41, S2.65: increments five times a day, the day's consolidation, the archive every two days.
        "vector-mind": Preset(
            "resolver daily 07:00,11:00,15:00,19:00,23:00; profiles daily 07:00,11:00,15:00,19:00,23:00; "
            "condensation daily 00:30; promotion daily 00:30; closure daily 03:00 /2; compaction daily 03:00 /2; "
            "archive daily 03:00 /2; policy daily 03:15; backfill every 1h; orphans every 1h; "
            "housekeeping daily 04:15",
            "+08:00",
        ),
        # S4.39, S4.57, S4.60: the queue is drained after every four messages, and always soon.
        "memos": Preset(f"condensation after 4; promotion every 6h; {_HOURLY}; {_NIGHTLY}"),
        # S4.95: every eight messages, or when a session was left alone for two hours.
        "openclaw": Preset(f"condensation after 8 idle 2h; promotion every 6h; {_HOURLY}; {_NIGHTLY}"),
        # S5.05, S5.18: what is always at hand is chosen anew every six hours; a copy once a week.
        "memori": Preset(
            f"promotion every 6h; backup daily 03:00 /7; condensation after 6 idle 30m; {_HOURLY}; {_NIGHTLY}"
        ),
        OFF: Preset(""),
    }
)
"""The schedules by name."""

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LINE = re.compile(
    r"(?P<task>[a-z][a-z_-]*) (?:"
    r"every (?P<every>\d+)(?P<unit>[smhd])"
    r"|daily (?P<times>\d\d:\d\d(?:,\d\d:\d\d)*)(?: /(?P<days>\d+))?"
    r"|after (?P<messages>\d+)(?: idle (?P<idle>\d+)(?P<idle_unit>[smhd]))?"
    r"|(?P<off>off))"
)


def entries_of(preset: str, plan: str, zone_of: Mapping[str, tzinfo] | None = None, zone: str = "") -> list[Entry]:
    """The entries of a preset, those of a task replaced by the plan's own.

    Args:
        preset: a name of :data:`PRESETS`.
        plan: further entries in the language of this file.
        zone_of: the zones by name; those of the preset and of ``zone`` must be among them.
        zone: the zone of daily times; empty for the preset's own.

    Raises:
        InvalidSetting: there is no such preset, or an entry cannot be read.
    """
    if preset not in PRESETS:
        raise InvalidSetting(f"care.preset = {preset!r} is unknown.", fix=f"one of {', '.join(PRESETS)}")
    chosen = PRESETS[preset]
    where = (zone_of or {})[zone or chosen.zone]
    own = [_entry(line, where) for line in _lines(plan)]
    named = {task for task, _ in own}
    found = [
        (task, entry) for task, entry in (_entry(line, where) for line in _lines(chosen.plan)) if task not in named
    ]
    return [entry for _, entry in (*found, *own) if entry is not None]


def _lines(plan: str) -> list[str]:
    return [" ".join(line.split()) for line in plan.split(";") if line.strip()]


def _entry(line: str, zone: tzinfo) -> tuple[str, Entry | None]:
    """The task of a line and its entry; no entry when the line switches the task off."""
    read = _LINE.fullmatch(line)
    if read is None:
        raise _unreadable(line)
    task = read["task"]
    if read["off"]:
        return task, None
    try:
        return task, Entry(line, task, _trigger(read, zone))
    except (ValueError, OverflowError):
        raise _unreadable(line) from None


def _trigger(read: re.Match[str], zone: tzinfo) -> Trigger:
    if read["every"]:
        interval = _length(read["every"], read["unit"])
        if interval < SHORTEST:
            raise ValueError(interval)
        return Every(interval)
    if read["times"]:
        days = int(read["days"] or 1)
        if not 1 <= days <= 366:
            raise ValueError(days)
        times = sorted({time.fromisoformat(text) for text in read["times"].split(",")})
        return Daily(tuple(times), zone, days)
    messages, idle = int(read["messages"]), timedelta(0)
    if read["idle"]:
        idle = _length(read["idle"], read["idle_unit"])
    if not messages and not idle:
        raise ValueError(messages)
    return AfterMessages(messages, idle)


def _length(count: str, unit: str) -> timedelta:
    return timedelta(seconds=int(count) * _UNITS[unit])


def _unreadable(line: str) -> InvalidSetting:
    return InvalidSetting(
        f"care.schedule: {line!r} is no entry.",
        why="An entry is a task and when it runs.",
        fix="write it like: promotion every 6h; condensation after 8 idle 2h; backup daily 03:00 /7; closure off",
    )

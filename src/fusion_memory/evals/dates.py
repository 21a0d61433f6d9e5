"""Measure how times are read: statements with the times they tell, and statements that only seem to tell one.

JSON lines; a statement without times is a trap::

    {"text": "Back on Friday", "said_at": "2026-03-04T10:00:00+00:00", "times": [{"start": "2026-03-06T00:00+00:00",
     "end": "2026-03-07T00:00+00:00", "granularity": "day", "role": "at"}]}

A statement is right when every one of its times is found with its start, end, granularity, role and recurrence, and
nothing else is. It knows no memory: times are read from the text alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fusion_memory import __version__
from fusion_memory.core.knowledge import TimeMention
from fusion_memory.evals.datasets.reading import Entry, invalid, json_lines
from fusion_memory.evals.report import DIGITS, Report
from fusion_memory.text.temporal import mentions

STATEMENTS, TRAPS = "statements", "traps"

Told = tuple[datetime, datetime, str, str, str | None]
"""A time as it is compared: start, end, granularity, role, recurrence."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the file."""

    name: str
    text: str
    said_at: datetime
    times: tuple[Told, ...]
    certain: tuple[bool | None, ...]

    @property
    def trap(self) -> bool:
        """Whether it tells no time."""
        return not self.times


def load(path: Path) -> list[Statement]:
    """Read the statements of a file.

    Raises:
        DatasetInvalid: something is not in the layout above, or there is nothing.
    """
    found = [_statement(entry) for entry in json_lines(path)]
    if not found:
        raise invalid(str(path), "it holds no statements.")
    return found


def measure(path: Path, *, failures: bool = False) -> Report:
    """Read every statement of a file and count the right ones, by the first granularity they tell."""
    statements = load(path)
    wrong = [one for one in statements if not _right(one)]
    told, traps = ([one for one in statements if one.trap is trap] for trap in (False, True))
    report: Report = {
        "dataset": "dates",
        "questions": len(statements),
        "metrics": {
            STATEMENTS: len(told),
            "right": len(told) - sum(not one.trap for one in wrong),
            "share": _share(told, wrong),
            TRAPS: len(traps),
            "false times": sum(one.trap for one in wrong),
        },
        "by_category": _by_granularity(told, wrong),
        "version": __version__,
    }
    if failures:
        report["failures"] = [_failure(one) for one in wrong]
    return report


def _right(one: Statement) -> bool:
    found = mentions(one.text, one.said_at)
    return [_told(mention) for mention in found] == list(one.times) and all(
        wanted in (None, mention.certain) for wanted, mention in zip(one.certain, found, strict=True)
    )


def _told(mention: TimeMention) -> Told:
    return (mention.start, mention.end, mention.granularity.value, mention.role.value, mention.recurrence)


def _share(statements: Sequence[Statement], wrong: Sequence[Statement]) -> float:
    missed = sum(one in wrong for one in statements)
    return round(1 - missed / len(statements), DIGITS) if statements else 0.0


def _by_granularity(told: Sequence[Statement], wrong: Sequence[Statement]) -> dict[str, dict[str, int]]:
    seen = Counter(one.times[0][2] for one in told)
    missed = Counter(one.times[0][2] for one in wrong if not one.trap)
    return {name: {STATEMENTS: count, "right": count - missed[name]} for name, count in seen.most_common()}


def _failure(one: Statement) -> dict[str, Any]:
    return {
        "id": one.name,
        "text": one.text,
        "wanted": [_shown(told) for told in one.times] or "-",
        "found": [_shown(_told(mention)) for mention in mentions(one.text, one.said_at)] or "-",
    }


def _shown(told: Told) -> str:
    start, end, granularity, role, recurrence = told
    return " ".join(
        filter(None, (f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}", granularity, role, recurrence))
    )


def _statement(entry: Entry) -> Statement:
    times = entry.entries("times")
    return Statement(
        entry.where,
        entry.text("text"),
        _moment(entry, "said_at"),
        tuple(
            (
                _moment(time, "start"),
                _moment(time, "end"),
                time.text("granularity"),
                time.text("role"),
                time.optional_text("recurrence"),
            )
            for time in times
        ),
        tuple(time.value.get("certain") for time in times),
    )


def _moment(entry: Entry, name: str) -> datetime:
    """A time in its own zone: what "tonight" means depends on where it is said."""
    try:
        moment = datetime.fromisoformat(entry.text(name))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise entry.expected(name, "a time with its zone, like '2026-03-04T10:00:00+00:00'")
    return moment

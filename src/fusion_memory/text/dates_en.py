"""The English date expressions: one table, from words to meaning.

Why it exists: see `date_grammar`. Must not know: what day it is, or Chinese. Words that are mostly something
else (`may`, `march`, `second`, `fall`, names such as April or Jan) count as dates only beside a day, a year
or a preposition of time.
"""

import re
from typing import Final

from fusion_memory.text.calendar_spans import (
    Between,
    Calendar,
    Direction,
    Part,
    Relative,
    Rolling,
    Spec,
    Unit,
    Weekday,
)
from fusion_memory.text.date_grammar import NUMERIC_RULES, Grammar, Rule

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thu", "friday fri", "saturday sat", "sunday sun")
    )
    for name in names.split()
}
_NUMBERS: Final = {
    word: number
    for number, words in enumerate(
        ("", "a an one", "two couple", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
    for word in words.split()
}
_ORDINALS: Final = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
_SEASONS: Final = {"spring": 0, "summer": 1, "autumn": 2, "fall": 2, "winter": 3}
_PARTS: Final = {
    "early": Part.EARLY,
    "beginning": Part.EARLY,
    "start": Part.EARLY,
    "mid": Part.MIDDLE,
    "middle": Part.MIDDLE,
    "late": Part.LATE,
    "end": Part.LATE,
    "first half": Part.FIRST_HALF,
    "second half": Part.SECOND_HALF,
    "latter half": Part.SECOND_HALF,
}
_OFFSETS: Final[dict[str, int]] = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1}
_DIRECTIONS: Final[dict[str, Direction]] = {
    "last": "last", "previous": "last", "past": "last", "this": "this", "next": "next", "coming": "next",
}  # fmt: skip
_OFTEN_VERBS: Final = frozenset({"may", "march", "mar"})

_MONTH: Final = rf"(?P<month>{'|'.join(_MONTHS)})\b\.?"
_MONTH_SURE: Final = r"(?P<month>january|february|july|september|october|november|december)\b"
_WEEKDAY: Final = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})\b"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?![\d-])\b"
_YEAR_SAID: Final = rf"(?:{_YEAR}|(?P<year_offset>last|previous|this|next) year\b)"
_YEAR_AFTER: Final = rf"(?:,?\s+(?:of\s+|in\s+)?{_YEAR_SAID})"
_DAY: Final = r"(?P<day>3[01]|[12]\d|0?[1-9])(?P<ordinal>st|nd|rd|th)?(?![\d:%.])"
_PART: Final = (
    r"\b(?P<part>early|mid|late|(?:beginning|start|middle|end|first half|second half|latter half)(?=\s+of\b))"
    r"(?:\s+of\b)?(?:\s*-\s*|\s+)(?:in\s+)?(?:the\s+)?"
)
_COUNT: Final = rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})(?:\s+of)?"
_UNIT: Final = r"(?P<unit>day|week|weekend|month|quarter|year)"
_DURING: Final = r"\b(?:in|during|since|until|throughout|around)\s+"
# "in 2000 words" counts, "in 2022 we" does not.
_NOT_COUNTING: Final = (
    r"(?!\s+(?:words?|steps?|days?|weeks?|months?|years?|hours?|minutes?|people|miles?|meters?|metres?|dollars?|euros?"
    r"|pounds?|points?|calories|characters?|tokens?|lines?|items?|times|units?|copies|cases)\b)"
)


def _get(match: re.Match[str], name: str) -> str:
    """A named group in lower case, empty when the rule has none or it did not match."""
    return (match.groupdict().get(name) or "").lower()


def _part(match: re.Match[str]) -> Part | None:
    return _PARTS.get(" ".join(_get(match, "part").split()))


def _year(match: re.Match[str]) -> tuple[int | None, int | None]:
    year, offset = _get(match, "year"), _get(match, "year_offset")
    return (int(year) if year else None), (_OFFSETS[offset] if offset else None)


def _date(match: re.Match[str]) -> Spec | None:
    """A month with a day, a year, or both."""
    year, offset = _year(match)
    day, raw = _get(match, "day"), match["month"]
    bare = year is None and not _get(match, "ordinal") and not _get(match, "part")
    if raw in _OFTEN_VERBS and bare and not _get(match, "on"):
        return None
    return Calendar(
        year=year,
        year_offset=offset,
        month=_MONTHS[raw.lower()],
        day=int(day) if day else None,
        part=_part(match),
    )


def _days_of_month(match: re.Match[str]) -> Spec:
    year, offset = _year(match)
    month = _MONTHS[_get(match, "month")]
    first, last = (
        Calendar(year=year, year_offset=offset, month=month, day=int(match[name])) for name in ("day", "last_day")
    )
    return Between(first, last)


def _month(match: re.Match[str]) -> Spec | None:
    """A month by itself, after a preposition, a direction or a part."""
    raw, which = match["month"], _get(match, "which")
    if raw in _OFTEN_VERBS and not (_get(match, "during") or _get(match, "part")):
        return None
    week = _get(match, "week")
    return Calendar(
        month=_MONTHS[raw.lower()],
        week=_ORDINALS[week] if week else None,
        part=_part(match),
        direction=_DIRECTIONS.get(which),
    )


def _week_of_month(match: re.Match[str]) -> Spec:
    year, offset = _year(match)
    month = _get(match, "month")
    return Calendar(
        year=year,
        year_offset=offset,
        month=_MONTHS[month] if month else None,
        month_offset=None if month else _OFFSETS[_get(match, "which")],
        week=_ORDINALS[_get(match, "week")],
    )


def _quarter(match: re.Match[str]) -> Spec | None:
    if match["q"].startswith("q"):  # lower-case q1 is rarely a quarter
        return None
    year, offset = _year(match)
    quarter = int(match["q"][1]) if len(match["q"]) == 2 else _ORDINALS[_get(match, "q").split()[0]]
    return Calendar(year=year, year_offset=offset, quarter=quarter, part=_part(match))


def _half(match: re.Match[str]) -> Spec:
    year, offset = _year(match)
    part = Part.FIRST_HALF if match["h"].endswith("1") else Part.SECOND_HALF
    return Calendar(year=year, year_offset=offset, part=part)


def _whole_year(match: re.Match[str]) -> Spec:
    year, offset = _year(match)
    return Calendar(year=year, year_offset=offset, part=_part(match))


def _season(match: re.Match[str]) -> Spec:
    year, offset = _year(match)
    return Calendar(
        year=year,
        year_offset=offset,
        season=_SEASONS[_get(match, "season")],
        direction=_DIRECTIONS.get(_get(match, "which")),
    )


def _decade(match: re.Match[str]) -> Spec:
    start = int(match["decade"])
    return Between(Calendar(year=start), Calendar(year=start + 9))


def _relative(match: re.Match[str]) -> Spec:
    unit: Unit = _get(match, "unit")  # type: ignore[assignment]  # the pattern allows nothing but units
    return Relative(unit, _OFFSETS[_get(match, "which")], _part(match))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def _ago(match: re.Match[str]) -> Spec:
    unit: Unit = _get(match, "unit")  # type: ignore[assignment]  # the pattern allows nothing but units
    return Relative(unit, -_number(_get(match, "count")))


def _rolling(match: re.Match[str]) -> Spec:
    unit: Unit = _get(match, "unit")  # type: ignore[assignment]  # the pattern allows nothing but units
    count = _get(match, "count")
    size = 4 if count in ("few", "several") else _number(count) if count else 1
    sign = -1 if _get(match, "which") in ("next", "coming") else 1
    return Rolling(unit, sign * size, vague=count in ("few", "several"))


def _weekday(match: re.Match[str]) -> Spec:
    day = _WEEKDAYS[_get(match, "weekday")]
    week = _get(match, "week")
    if week:
        return Weekday(day, week_offset=_OFFSETS[week])
    return Weekday(day, direction=_DIRECTIONS.get(_get(match, "which")))


def _abbreviated_weekday(match: re.Match[str]) -> Spec | None:
    """`on Fri`, `last Tue`; `sun`, `sat` and `wed` in lower case are other words."""
    return _weekday(match) if match["weekday"][0].isupper() or len(match["weekday"]) > 5 else None


def _fixed(spec: Spec) -> Rule:
    raise NotImplementedError

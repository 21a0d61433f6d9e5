"""English times of the day: one table, from words to meaning.

Why it exists: see `temporal_grammar`. Must not know: dates, or Chinese. An hour without minutes, am or pm
counts only after "at" and the like, and not before a noun: "at 5 Main Street" is no time.
"""

import re
from typing import Final

from fusion_memory.core.knowledge import Granularity
from fusion_memory.text.clock_times import (
    AFTERNOON,
    AT_NOON,
    EVENING,
    MORNING,
    NIGHT,
    SMALL_HOURS,
    Hours,
    at,
    stretch,
)
from fusion_memory.text.date_grammar import NUMBER, fixed, heads, said, stands_before
from fusion_memory.text.temporal_grammar import Row

_HOURS: Final = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_MINUTES: Final = {
    "five": 5,
    "ten": 10,
    "quarter": 15,
    "a quarter": 15,
    "twenty": 20,
    "twenty-five": 25,
    "half": 30,
}
_HALF: Final = r"(?P<half>[ap])\.?\s?m\b\.?"
_NAME: Final = "|".join(_HOURS)
_AFTER_AN_HOUR: Final = (
    r"(?=\s*(?:$|[.,](?!\d)|[;!?)\u3000-\uffee]|\b(?:on|tomorrow|today|tonight|yesterday|in\s+the|sharp|and|this|every"
    r"|each|for|to|until|till|i|we|he|she|they|at\s+night|with|so|but|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b))"
)
_A_DAY_AFTER: Final = re.compile(
    r"\s*(?:on\b|tomorrow|today|tonight|yesterday|in\s+the\s+[mae]|sharp|this\s+[mae]|at\s+night)"
)
_BEFORE_AN_HOUR: Final = r"\b(?:by|until|till|around|about|before|after|since|from|between)\s+"
_AFTER_A_CLOCK: Final = r"(?::\d\d|\d\s?[ap]\.?m\.?|\bnoon)\s*(?:to|until|till|-|–)\s*"
_AT: Final = r"(?:\bat\s+|@\s?)(?:about\s+|around\s+)?"


def _hour(word: str) -> int:
    return int(word) if word.isdigit() else _HOURS[word]


def _half(match: re.Match[str], name: str = "half") -> str:
    letter = said(match, name)
    return f"{letter}m" if letter else ""


def _clock(match: re.Match[str]) -> Hours | None:
    """`3pm`, `3:30 pm`, `15:30`; an hour with a leading zero, or past twelve, needs no am or pm."""
    minute, digits = said(match, "minute"), said(match, "hour")
    return at(_hour(digits), int(minute) if minute else None, half=_half(match), open_=not digits.startswith("0"))


def _bare_hour(match: re.Match[str]) -> Hours | None:
    if stands_before(match, _AFTER_A_CLOCK):
        return at(_hour(said(match, "hour")), open_=True)
    dated = _A_DAY_AFTER.match(match.string, match.end())
    if not stands_before(match, _AT) and not (dated and stands_before(match, _BEFORE_AN_HOUR)):
        return None
    return at(_hour(said(match, "hour")), open_=True)


def _o_clock(match: re.Match[str]) -> Hours | None:
    return at(_hour(said(match, "hour")), open_=True)


def _spoken(match: re.Match[str]) -> Hours | None:
    """`half past three`, `quarter to five`."""
    minutes, hour = _MINUTES[" ".join(said(match, "minutes").split())], _hour(said(match, "hour"))
    if said(match, "way") == "to":
        hour, minutes = (hour - 1) or 12, 60 - minutes
    return at(hour, minutes, half=_half(match), open_=True)


def _stretch(match: re.Match[str]) -> Hours | None:
    """`3-5pm`."""
    first = at(_hour(said(match, "hour")), _minutes(match, "minute"), open_=True)
    last = at(_hour(said(match, "last_hour")), _minutes(match, "last_minute"), half=_half(match))
    return stretch(first, last) if first and last else None


def _minutes(match: re.Match[str], name: str) -> int | None:
    digits = said(match, name)
    return int(digits) if digits else None


_DIGITS: Final = r"(?<![\d.:/$€£#])(?P<hour>\d{1,2})"
_H: Final = NUMBER | frozenset(_HOURS)

ENGLISH_CLOCK_ROWS: Final = (
    Row(rf"{_DIGITS}(?:[:.](?P<minute>[0-5]\d)(?::[0-5]\d)?)?\s?{_HALF}", _clock, NUMBER),
    Row(rf"{_DIGITS}:(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:/]|\.\d|-\d{{3}})", _clock, NUMBER),
    Row(
        rf"{_DIGITS}(?::(?P<minute>[0-5]\d))?\s*(?:-|–|—|to)\s*(?P<last_hour>\d{{1,2}})(?::(?P<last_minute>[0-5]\d))?\s?{_HALF}",
        _stretch,
        NUMBER,
    ),
    Row(rf"(?<![\d.:/$€£#-])(?P<hour>1[0-2]|[1-9]|{_NAME})\b{_AFTER_AN_HOUR}", _bare_hour, _H),
    Row(rf"(?P<hour>1[0-2]|[1-9]|{_NAME})\s+o['’]?clock\b", _o_clock, _H),
    Row(
        rf"(?P<minutes>half|(?:a\s+)?quarter|twenty-five|twenty|ten|five)\s+(?P<way>past|to)\s+"
        rf"(?P<hour>1[0-2]|[1-9]|{_NAME})\b(?!\s+(?:of|times|people|dollars|years|months|weeks|days|hours))(?:\s?{_HALF})?",
        _spoken,
        heads("half a quarter twenty ten five"),
    ),
    Row(r"(?:noon|midday)\b", fixed(AT_NOON), heads("noon midday")),
    Row(r"midnight\b", fixed(Hours(24 * 60, 25 * 60, Granularity.HOUR)), heads("midnight")),
    Row(r"(?:early\s+|late\s+)?morning\b", fixed(MORNING), heads("early late morning")),
    Row(r"(?:early\s+|late\s+)?afternoon\b", fixed(AFTERNOON), heads("early late afternoon")),
    Row(r"(?:early\s+|late\s+)?evening\b", fixed(EVENING), heads("early late evening")),
    Row(r"night\b", fixed(NIGHT), heads("night")),
    Row(r"(?:early|small)\s+hours\b", fixed(SMALL_HOURS), heads("early small")),
)
"""What English says about the time of the day; see `Row`."""

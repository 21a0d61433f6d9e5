"""The words around the times of a statement, and the times that machines write, for both languages at once.

Why it exists: an English date may stand between Chinese words and the other way round, so what joins times and
what makes one a deadline is one table. Must not know: the expressions themselves, or what day it is.
"""

import re
from datetime import date
from typing import Final

from fusion_memory.text.clock_times import at
from fusion_memory.text.date_grammar import NUMBER, heads
from fusion_memory.text.dates_en import MONTH, MONTHS
from fusion_memory.text.moments import Instant
from fusion_memory.text.temporal_grammar import Row, Words


def _instant(match: re.Match[str]) -> Instant | None:
    """2026-03-01T08:15:30+08:00, or with a space; the seconds are not kept."""
    clock = at(int(match["hour"]), int(match["minute"]))
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    zone = match["zone"]
    if clock is None:
        return None
    if not zone:
        return Instant(day, clock)
    if zone in "Zz":
        return Instant(day, clock, 0)
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return Instant(day, clock, -minutes if zone[0] == "-" else minutes) if minutes < 24 * 60 else None


def _stamp(match: re.Match[str]) -> Instant | None:
    """Fri Nov 26 21:40:36 2004, as C writes it."""
    clock = at(int(match["hour"]), int(match["minute"]))
    try:
        day = date(int(match["year"]), MONTHS[match["month"].lower()], int(match["day"]))
    except ValueError:
        return None
    return Instant(day, clock) if clock else None


INSTANT_ROWS: Final = (
    Row(
        rf"{MONTH}\s+(?P<day>[0-3]?\d)\s+(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):[0-5]\d\s+(?P<year>(?:19|20)\d\d)\b",
        _stamp,
        frozenset(MONTHS),
    ),
    Row(
        r"(?<![\d.\-/])(?P<year>(?:19|20)\d\d)([-/])(?P<month>0?[1-9]|1[0-2])\2(?P<day>\d{1,2})(?:T|\s{1,2}(?:at\s)?)"
        r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d(?:\.\d{1,9})?)?\s?(?P<zone>Z\b|[+-]\d\d:?\d\d)?(?!\d|:\d)",
        _instant,
        NUMBER,
    ),
)
"""Dates with a clock time as machines write them."""

LIGHT: Final = heads("the a an in for last this next one two first second over during since end to")
SECOND: Final = heads(
    """other day days week weeks weekend month months year years quarter quarters hour hours minute minutes
    fortnight decade few couple several some single last of fourth new christmas past morning afternoon evening
    night"""
)
"""Words that begin a time only before another word of time, and such words as begin none themselves."""

_TO: Final = (
    r"\s*(?:-|–|—|~|～|to\b|through\b|thru\b|until\b|till\b|一直到|直到|到|至|—+)\s*(?:the\s+)?(?:next\s+(?=day))?"
)
_BEFORE: Final = (
    r"\b(?:(?P<by>by|no\s+later\s+than|not\s+later\s+than|due(?:\s+(?:date\s+(?:is|was)|by|on|in|at))?"
    r"|deadline(?:\s+(?:is|was|for\s+\w+\s+is))?:?)"
    r"|(?P<by_past>before|prior\s+to|ahead\s+of)"
    r"|(?P<since>since|starting(?:\s+(?:in|on|from))?|as\s+of|effective)"
    r"|(?P<since_later>after|later\s+than)"
    r"|(?P<until>until|till|til|up\s+to|through|thru))\s+(?:(?:about|around|on|the|at|early|late)\s+)*"
    r"|(?P<by_zh>最晚|最迟|不晚于|不迟于|截止日期[是为：:]?|截止时间[是为：:]?|截止到?|截至|期限[是为到]?|赶在)在?\s*"
    r"|(?P<until_zh>直到|(?<![想看听回说提谈遇见收达迟得感找改延调挪报])(?<!推迟)到)\s*"
    r"|(?P<since_zh>自从|自)\s*|(?P<from_zh>从)\s*"
)
_AFTER: Final = (
    r"(?P<at_owner>['’]s\b)"
    r"|\s*的?(?P<by_past_zh>[之以]前|前(?![天面后往去来台端夕方任所几两]))"
    r"|(?P<since_later>\s+on(?:wards?)\b|之后|以后|后(?![天面来悔续果端代]))"
    r"|(?P<since_zh>起(?![床飞来点草名诉码跑])|以来|至今|开始(?=就|一直|都|我|你|他|她))"
    r"|(?P<until_zh>\s*为止)"
    r"|(?P<by>\s+at\s+the\s+latest\b|\s+deadline\b|\s*截止)"
    r"|"
)

WORDS: Final = Words(
    day_clock=r"\s*(?:[,，、(（的]\s*)?(?:(?:at|around|about|from|in|by|@)\s+)?(?:about\s+|around\s+)?(?:the\s+)?",
    clock_day=r"\s*,?\s*(?:(?:on|of|in|for)\s+)?(?:the\s+)?",
    same=r"\s*[,，(（]?\s*(?:(?:on|in)\s+)?(?:the\s+)?的?",
    join=_TO,
    pair=(r"\bbetween\s+(?:the\s+)?|在|介于", r",?\s+and\s+(?:the\s+)?|\s*[和与]\s*"),
    from_after=r"[^，。！？,.!?]{0,8}?(?:就|一直|开始|起)",
    before=_BEFORE,
    after=_AFTER,
    vague_before=(
        r"\b(?:around|about|roughly|approximately|circa|ca\.|probably|maybe|some\s?time\s+(?:in|around))\s+(?:the\s+)?"
        r"|~|(?:大概|大约|可能|约|差不多)[是在]?"
    ),
    vague_after=r"\s*(?:左右|前后|上下|or\s+so\b|ish\b)",
)
"""What stands between and around times; see `Words`."""

"""The English date expressions: one table, from words to meaning.

Why it exists: see `date_grammar`. Must not know: what day it is, or Chinese. Words that are mostly something
else (may, march, second, fall, names such as April or Jan) count as dates only beside a day, a year or a
preposition of time.
"""

import re
from typing import Final, cast

from fusion_memory.text.date_grammar import NUMBER, Grammar, Opening, Rule, fixed, heads, said, stands_before
from fusion_memory.text.date_values import (
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


def _numbered(words: str, start: int) -> dict[str, int]:
    """`a b/c` → a: start, b and c: start + 1."""
    return {word: number for number, same in enumerate(words.split(), start) for word in same.split("/")}


MONTHS: Final = _numbered(
    "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep october/oct"
    " november/nov december/dec",
    1,
)
WEEKDAYS: Final = _numbered(
    "monday/mon tuesday/tues/tue wednesday/wed thursday/thurs/thur/thu friday/fri saturday/sat sunday/sun", 0
)
NUMBERS: Final = _numbered("a/an/one two/couple three four five six seven eight nine ten eleven twelve", 1)
ORDINALS: Final = {**_numbered("first/1st second/2nd third/3rd fourth/4th", 1), "last": -1}
SEASONS: Final = _numbered("spring summer autumn/fall winter", 0)
_OFFSETS: Final = {"last": -1, "previous": -1, "this": 0, "current": 0, "the": 0, "next": 1}
_DIRECTIONS: Final[dict[str, Direction]] = {
    **dict.fromkeys(("last", "previous", "past", "this past"), "last"),
    "this": "this",
    **dict.fromkeys(("next", "coming", "this coming"), "next"),
}
_PARTS: Final = {
    **dict.fromkeys(("early", "beginning", "start"), Part.EARLY),
    **dict.fromkeys(("mid", "middle"), Part.MIDDLE),
    **dict.fromkeys(("late", "end"), Part.LATE),
    "first half": Part.FIRST_HALF,
    **dict.fromkeys(("second half", "latter half"), Part.SECOND_HALF),
}
_VAGUE_AGO: Final[dict[str, Rolling]] = {
    "day": Rolling("day", 7, skip_days=2, vague=True),
    "week": Rolling("week", 6, skip_days=14, vague=True),
    "month": Rolling("month", 6, skip_days=30, vague=True),
}
_VAGUE_COUNT: Final = 4  # "the last few days"
VERB_MONTHS: Final = frozenset({"may", "march", "mar"})  # in lower case
_SURE_MONTHS: Final = frozenset({"january", "february", "july", "september", "october", "november", "december"})

MONTH: Final = rf"\b(?P<month>{'|'.join(MONTHS)})\b(?:\.(?=\s+\d))?"
_LAST_MONTH: Final = rf"(?P<last_month>{'|'.join(MONTHS)})\b(?:\.(?=\s+\d))?"
WEEKDAY: Final = rf"\b(?P<weekday>{'|'.join(WEEKDAYS)})\b"
_SEASON: Final = rf"\b(?P<season>{'|'.join(SEASONS)})\b"
_DIGITS_OF_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_YEAR: Final = rf"{_DIGITS_OF_YEAR}\b(?!-\d)"
_YEAR_SAID: Final = rf"(?:{_YEAR}|(?P<year_offset>last|previous|this|next)\s+year\b)"
OF_YEAR: Final = rf"(?:,?\s+(?:of\s+|in\s+)?{_YEAR_SAID})"
DAY: Final = r"\b(?P<day>3[01]|[12]\d|0?[1-9])(?P<ordinal>st|nd|rd|th)?\b(?![:%]|[.,]\d)"
_LAST_DAY: Final = r"(?P<last_day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?![:%]|[.,]\d)"
_NOT_OWNER: Final = r"(?!['’]s\b)"  # "after yesterday's call" speaks of yesterday
_DASH: Final = r"\s*(?:-|–|—|to|through|thru|until|till)\s*"
_PART: Final = (
    r"\b(?:the\s+)?(?P<part>early|mid|late|(?:beginning|start|middle|end|first\s+half|second\s+half|latter\s+half)"
    r"(?=\s+of\b))(?:\s+of\b)?(?:\s*-\s*|\s+)(?:in\s+)?"
)
_COUNT: Final = rf"\b(?P<count>\d{{1,3}}|{'|'.join(NUMBERS)}|few|several)(?:\s+of)?"
_UNIT: Final = r"(?P<unit>day|week|month|quarter|year)"
_WHICH: Final = r"\b(?P<which>last|previous|(?:this\s+)?past|(?:this\s+)?coming|this|next)\s+"
_NOT_A_COUNT: Final = (
    r"(?!\s+(?:words|steps|days|weeks|months|years|hours|minutes|people|miles|meters|metres|dollars|euros|pounds|points"
    r"|calories|characters|tokens|lines|items|times|units|copies|cases)\b)"
)
_BEFORE_A_MONTH: Final = r"\b(?:in|during|since|until|till|throughout|around)\s+"
_BEFORE_A_VERB_MONTH: Final = r"\b(?:in|during|throughout)\s+"
_BEFORE_A_YEAR: Final = (
    r"\b(?:in|during|since|until|till|throughout|around|before|after|by|from|to|between|and|of|year)\s+"
)
_BEFORE_A_DAY: Final = r"\b(?:on|since|by|until|till|before|after|from|to)\s+(?:the\s+)?"
_BEFORE_A_WEEKDAY: Final = r"\b(?:on|since|until|till|before|after)\s+"
_BEFORE_A_QUARTER: Final = r"\b(?:in|during|since|of|by|until)\s+the\s+"


_NOTHING: Final = Calendar()


def _part(match: re.Match[str]) -> Part | None:
    return _PARTS.get(" ".join(said(match, "part").split()))


def _which(match: re.Match[str]) -> str:
    return " ".join(said(match, "which").split())


def _unit(match: re.Match[str]) -> Unit:
    return cast("Unit", said(match, "unit"))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else NUMBERS[text]


def _calendar(match: re.Match[str], plain: Calendar = _NOTHING) -> Calendar:
    """A calendar expression with the year and part of the match, and what the rule adds."""
    year, offset = said(match, "year"), said(match, "year_offset")
    return plain._replace(
        year=int(year) if year else None,
        year_offset=_OFFSETS[offset] if offset else None,
        part=_part(match),
        direction=_DIRECTIONS.get(_which(match)),
    )


def _date(match: re.Match[str]) -> Spec | None:
    """A month with a day and perhaps a year."""
    sure = said(match, "ordinal") or said(match, "year") or stands_before(match, _BEFORE_A_DAY)
    if match["month"] in VERB_MONTHS and not sure:
        return None
    return _calendar(match, Calendar(month=MONTHS[said(match, "month")], day=int(match["day"])))


def _month_of_year(match: re.Match[str]) -> Spec | None:
    if match["month"] in VERB_MONTHS and said(match, "year_offset") and not said(match, "part"):
        return None  # "it may last year-round"
    return _calendar(match, Calendar(month=MONTHS[said(match, "month")]))


def _month(match: re.Match[str]) -> Spec | None:
    """A month without a year."""
    context = _BEFORE_A_VERB_MONTH if match["month"] in VERB_MONTHS else _BEFORE_A_MONTH
    name = said(match, "month")
    known = name in _SURE_MONTHS or said(match, "part") or stands_before(match, context)
    return _calendar(match, Calendar(month=MONTHS[name])) if known else None


def _month_in_direction(match: re.Match[str]) -> Spec | None:
    """`last March`; `this may` and `next march` in lower case are other words."""
    return None if match["month"] in VERB_MONTHS else _calendar(match, Calendar(month=MONTHS[said(match, "month")]))


def _month_range(match: re.Match[str]) -> Spec:
    first = Calendar(month=MONTHS[said(match, "month")])
    return Between(first, _calendar(match, Calendar(month=MONTHS[said(match, "last_month")])))


def _day_range(match: re.Match[str]) -> Spec:
    month = MONTHS[said(match, "month")]
    first, last = (_calendar(match, Calendar(month=month, day=int(match[name]))) for name in ("day", "last_day"))
    return Between(first, last)


def _week_of_month(match: re.Match[str]) -> Spec:
    name, which = said(match, "month"), said(match, "which_month")
    return _calendar(
        match,
        Calendar(
            month=MONTHS[name] if name else None,
            month_offset=_OFFSETS[which] if which else None,
            week=ORDINALS[said(match, "week")],
        ),
    )


def _quarter(match: re.Match[str]) -> Spec | None:
    words = match["quarter"].split()
    sure = said(match, "year") or said(match, "year_offset")
    if len(words) == 1:
        return None if words[0].startswith("q") else _calendar(match, Calendar(quarter=int(words[0][1])))
    if not sure and (words[0].lower() == "last" or not stands_before(match, _BEFORE_A_QUARTER)):
        return None
    return _calendar(match, Calendar(quarter=4 if words[0].lower() == "last" else ORDINALS[words[0].lower()]))


def _half(match: re.Match[str]) -> Spec:
    part = Part.FIRST_HALF if match["half"] == "1" else Part.SECOND_HALF
    return Calendar(year=int(match["year"]), part=part)


def _year(match: re.Match[str]) -> Spec | None:
    return _calendar(match) if said(match, "part") or stands_before(match, _BEFORE_A_YEAR) else None


def _decade(match: re.Match[str]) -> Spec:
    first = int(match["year"])
    return Between(Calendar(year=first), Calendar(year=first + 9))


def _season(match: re.Match[str]) -> Spec:
    return _calendar(match, Calendar(season=SEASONS[said(match, "season")]))


def _relative(match: re.Match[str]) -> Spec:
    offset = said(match, "offset")
    return Relative(_unit(match), _OFFSETS[offset], _part(match), recent=offset == "the")


def _ago(match: re.Match[str]) -> Spec | None:
    count = said(match, "count")
    if count in ("few", "several"):
        return _VAGUE_AGO.get(_unit(match))
    return Relative(_unit(match), -_number(count))


def _rolling(match: re.Match[str]) -> Spec:
    count = said(match, "count") or "1"
    vague = count in ("few", "several")
    size = _VAGUE_COUNT if vague else _number(count)
    return Rolling(_unit(match), -size if _DIRECTIONS[_which(match)] == "next" else size, vague=vague)


def _weekday(match: re.Match[str]) -> Spec | None:
    """`last Fri`, `on Friday`; `sun`, `sat` and `wed` in lower case are other words."""
    raw, which = match["weekday"], _which(match)
    if (len(raw) <= len("thurs") and raw.islower()) or not (which or stands_before(match, _BEFORE_A_WEEKDAY)):
        return None
    return Weekday(WEEKDAYS[raw.lower()], direction=_DIRECTIONS.get(which))


def _weekday_of_week(match: re.Match[str]) -> Spec:
    return Weekday(WEEKDAYS[said(match, "weekday")], week_offset=_OFFSETS[said(match, "offset")])


def _weekend(match: re.Match[str]) -> Spec:
    offset = said(match, "offset")
    return Weekday(5, week_offset=None if offset == "the" else _OFFSETS[offset], days=2)


_M: Final = frozenset(MONTHS)
_D: Final = NUMBER
_S: Final = frozenset(SEASONS)
_P: Final = heads("the early mid late beginning start middle end first second latter")
_O: Final = heads("last previous this current next")
_W: Final = heads("last previous this past coming next")
_C: Final = frozenset({*NUMBERS, "few", "several", "#"})
_TH: Final = frozenset({"the", "#", *(word for word in ORDINALS if word.isalpha())})
_I: Final = heads("in over during within for")
_DAYS: Final = heads("the day yesterday last today tonight this tomorrow week month year half")
# What a rule's expressions may begin with; see `Rule.heads`.

_OFFSET: Final = r"\b(?P<offset>last|previous|this|current|next)"
_DAY_RELATIVE: Final = (
    (r"(?:the\s+)?day\s+before\s+yesterday", Relative("day", -2)),
    (r"yesterday(?:\s+(?:morning|afternoon|evening|night))?", Relative("day", -1)),
    (r"last\s+night", Between(Relative("day", -1), Relative("day", 0))),
    (r"today|tonight|this\s+(?:morning|afternoon|evening)", Relative("day", 0)),
    (r"tomorrow(?:\s+(?:morning|afternoon|evening|night))?", Relative("day", 1)),
    (r"(?:the\s+)?day\s+after\s+tomorrow", Relative("day", 2)),
    (r"(?:the\s+)?week\s+before\s+last", Relative("week", -2)),
    (r"(?:the\s+)?month\s+before\s+last", Relative("month", -2)),
    (r"(?:the\s+)?year\s+before\s+last", Relative("year", -2)),
    (r"half\s+a\s+year\s+ago", Relative("month", -6)),
)

ENGLISH_DATES: Final = Grammar(
    hint=rf"\d|\b(?:{'|'.join((*MONTHS, *WEEKDAYS, *SEASONS))})\b"
    r"|(?:day|night|morning|afternoon|evening|week|weekend|month|quarter|year|tomorrow)s?\b",
    rules=(
        *(Rule(rf"\b(?:{words})\b", fixed(spec), _DAYS) for words, spec in _DAY_RELATIVE),
        Rule(rf"{DAY}(?:\s+of)?\s+{MONTH}{OF_YEAR}?", _date, _D),
        Rule(rf"{MONTH}\s+(?:the\s+)?{DAY}{OF_YEAR}?", _date, _M),
        Rule(rf"{DAY}{_DASH}{_LAST_DAY}(?:\s+of)?\s+{MONTH}{OF_YEAR}?", _day_range, _D),
        Rule(rf"{MONTH}\s+{DAY}{_DASH}{_LAST_DAY}{OF_YEAR}?", _day_range, _M),
        Rule(rf"(?:{_PART})?{MONTH}{OF_YEAR}", _month_of_year, _P | _M),
        Rule(rf"(?:{_PART})?{MONTH}(?!\s+\d)", _month, _P | _M),
        Rule(rf"{_WHICH}{MONTH}", _month_in_direction, _W),
        Rule(
            rf"\b(?:from|between)\s+{MONTH}(?:{_DASH}|\s+and\s+){_LAST_MONTH}{OF_YEAR}?",
            _month_range,
            frozenset({"from", "between"}),
        ),
        Rule(rf"{MONTH}(?:{_DASH}|\s+and\s+){_LAST_MONTH}{OF_YEAR}", _month_range, _M),
        Rule(
            rf"\b(?:the\s+)?(?P<week>{'|'.join(ORDINALS)})\s+week\s+(?:of|in)\s+"
            rf"(?:(?P<which_month>last|this|next)\s+month\b|{MONTH}{OF_YEAR}?)",
            _week_of_month,
            _TH,
        ),
        Rule(
            rf"(?:{_PART})?(?P<quarter>\bQ[1-4]\b|\b(?:{'|'.join(ORDINALS)})\s+quarter\b){OF_YEAR}?",
            _quarter,
            _P | _TH | {"q"},
        ),
        Rule(rf"\b{_DIGITS_OF_YEAR}[\s-]*(?P<quarter>Q[1-4])\b", _quarter, _D),
        Rule(rf"\bH(?P<half>[12])(?:\s+of)?\s+{_YEAR}", _half, frozenset("h")),
        Rule(rf"{_PART}(?:the\s+year\s+)?{_YEAR_SAID}", _year, _P),
        Rule(rf"\b{_YEAR}{_NOT_A_COUNT}", _year, _D),
        Rule(r"\b(?:the\s+)?(?P<year>(?:19|20)\d0)s\b", _decade, _D | {"the"}),
        Rule(rf"{_WHICH}{_SEASON}", _season, _W),
        Rule(rf"{_SEASON}\s+(?:of\s+)?{_YEAR_SAID}", _season, _S),
        Rule(rf"(?:{_PART})?{_OFFSET}\s+{_UNIT}\b(?!\s+of\b|-)", _relative, _O | _P),
        Rule(rf"{_PART}(?P<offset>the)\s+{_UNIT}\b", _relative, _P),
        Rule(rf"(?:{_COUNT})\s+{_UNIT}s?\s+ago\b", _ago, _C),
        Rule(rf"{_WHICH}{_COUNT}\s+{_UNIT}s?\b(?!\s+of\b)", _rolling, _W),
        Rule(rf"\b(?:in|over|during|within|for)\s+the\s+{_WHICH}{_UNIT}\b(?!\s+of\b)", _rolling, _I),
        Rule(rf"\b(?:the|this)\s+(?P<which>past)\s+{_UNIT}\b(?!\s+of\b)", _rolling, frozenset({"the", "this"})),
        Rule(rf"(?:{_WHICH})?{WEEKDAY}", _weekday, _W | frozenset(WEEKDAYS)),
        Rule(rf"{WEEKDAY}\s+(?:of\s+)?(?P<offset>last|this|next)\s+week\b", _weekday_of_week, frozenset(WEEKDAYS)),
        Rule(rf"\b(?P<offset>last|this|next)\s+week(?:['’]s|\s+on)?\s+{WEEKDAY}", _weekday_of_week, _O),
        Rule(rf"{_OFFSET}\s+weekend\b", _weekend, _O),
        Rule(
            r"\b(?:over|at|on|during)\s+(?P<offset>the)\s+weekend\b(?!\s+of\b)",
            _weekend,
            heads("over at on during"),
        ),
    ),
    join=_DASH,
    pair=(r"\bbetween\s+", r",?\s+and\s+"),
    openings=(
        Opening("since", r"\b(?:since|starting|starting\s+(?:in|on|from)|as\s+of)\s+", _NOT_OWNER),
        Opening("before", r"\b(?:before|prior\s+to|earlier\s+than)\s+", _NOT_OWNER),
        Opening("after", r"\b(?:after|later\s+than)\s+", _NOT_OWNER),
        Opening("until", r"\b(?:until|till|up\s+to|by|no\s+later\s+than)\s+", _NOT_OWNER),
    ),
)
"""What English says about time; see `Grammar`."""

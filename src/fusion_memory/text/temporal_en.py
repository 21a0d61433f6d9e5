"""The English times that only statements tell, beside those of `dates_en`: one table, from words to meaning.

Why it exists: see `temporal_grammar`. Must not know: what day it is, or Chinese. A bare weekday or "the 5th"
counts only where the words around it leave no other reading; `03/04/2025` is left out, since its order depends
on the writer, while `24/12/2025` can only be one day.
"""

import re
from typing import Final, cast

from fusion_memory.text.clock_times import AFTERNOON, EVENING, MORNING, NIGHT, WHOLE_DAY, Hours
from fusion_memory.text.date_grammar import NUMBER, fixed, heads, said, stands_before
from fusion_memory.text.date_values import (
    Between,
    Calendar,
    Nth,
    Part,
    Relative,
    Spec,
    Weekday,
)
from fusion_memory.text.dates_en import (
    DAY,
    MONTH,
    MONTHS,
    OF_YEAR,
    SEASONS,
    VERB_MONTHS,
    WEEKDAY,
    WEEKDAYS,
)
from fusion_memory.text.moments import Meaning, Moment
from fusion_memory.text.temporal_grammar import Row

PARTS_OF_DAY: Final[dict[str, Hours]] = {
    "morning": MORNING,
    "afternoon": AFTERNOON,
    "evening": EVENING,
    "night": NIGHT,
}
HOLIDAYS: Final = {
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "xmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new years eve": (12, 31),
    "new year's day": (1, 1),
    "new years day": (1, 1),
    "halloween": (10, 31),
    "valentine's day": (2, 14),
    "valentines day": (2, 14),
    "st patrick's day": (3, 17),
    "april fools' day": (4, 1),
    "april fools day": (4, 1),
    "the fourth of july": (7, 4),
    "independence day": (7, 4),
}
_DECADES: Final = dict(
    zip(
        ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"],
        range(1920, 2000, 10),
        strict=True,
    )
)
_NTH: Final = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "last": -1,
}
_OFFSETS: Final = {"last": -1, "this": 0, "the": 0, "next": 1}
_PERIODS: Final = {"early": (0, 3), "mid": (3, 6), "late": (6, 9), "": (0, 9)}

_NAMESAKES: Final = frozenset(["jan", "april", "may", "june", "august"])  # "a gift from Jan"
_NAMES: Final = "|".join(PARTS_OF_DAY)
_ENDS: Final = (
    r"(?=\s*(?:$|[.,;:!?)\n\u3000-\uffee]|[-–—]|\b(?:at|and|or|to|through|thru|until|till|from|with|for|in|of|by|on|i|we|he|she|they"
    r"|you|it|my|our|his|her|their|is|was|were|are|will|works?|too|again|then|because|when|if|but|so|instead|already"
    r"|after|before|around|about|morning|afternoon|evening|night|noon|midnight|the|last|next|this|as)\b|\d))"
)
_FULL: Final = r"(?P<year>(?:19|20)\d\d)"
_NOT_FESTIVE: Final = (
    r"(?!['’]s|\s+(?:trees?|cards?|songs?|carols?|presents?|gifts?|markets?|lights?|movies?|sweaters?|jumpers?|cakes?|music"
    r"|decorations?|stories|story|spirit|shopping|special|edition|costumes?|candy|island|bonus|stockings?)\b)"
)


def _weekday(match: re.Match[str]) -> Spec | None:
    """`Let's talk Thursday`: in capitals, and nothing after it that it could be a part of."""
    word = match["weekday"]
    if not word[0].isupper() or stands_before(
        match, r"\b(?:the|a|an|every|each|following|black|good|ash|super|cyber|fat|ruby|my|casual)\s+"
    ):
        return None
    short = not word.lower().endswith("day")  # Sun, Wed: names and other words
    if short and not re.match(r"\.?,?\s+\d", match.string[match.end() :][:6]):
        return None
    return Weekday(WEEKDAYS[word.lower()])


def _next_weekday(match: re.Match[str]) -> Spec | None:
    return Weekday(WEEKDAYS[said(match, "weekday")], week_offset=_OFFSETS[said(match, "which")])


def _day_of_month(match: re.Match[str]) -> Spec | None:
    if not stands_before(
        match, r"\b(?:on|by|until|till|since|before|after|from|due|to|and|between|through|day)\s+(?:the\s+)?"
    ):
        return None
    return Calendar(day=int(match["day"]))


def _nth(match: re.Match[str]) -> Spec | None:
    nth, day = _NTH[said(match, "nth")], WEEKDAYS[said(match, "weekday")]
    name, which, year = said(match, "month"), said(match, "which_month"), said(match, "year")
    if which:
        return Nth(day, nth, Relative("month", _OFFSETS[which]))
    offset = said(match, "year_offset")
    within = Calendar(
        month=MONTHS[name],
        year=int(year) if year else None,
        year_offset=_OFFSETS.get(offset),
    )
    return Nth(day, nth, within)


def _part_of_day(match: re.Match[str]) -> Meaning:
    day = {"yesterday": -1, "today": 0, "this": 0, "tomorrow": 1}[said(match, "day")]
    return Moment(Relative("day", day), PARTS_OF_DAY[said(match, "part")])


def _holiday(match: re.Match[str]) -> Spec | None:
    month, day = HOLIDAYS[" ".join(said(match, "holiday").replace("’", "'").split())]
    year, offset = said(match, "year"), said(match, "which")
    direction = {"last": "last", "this": None, "next": "next"}.get(offset)
    return Calendar(year=int(year) if year else None, month=month, day=day, direction=cast("None", direction))


def _decade(match: re.Match[str]) -> Spec | None:
    name, digits = said(match, "name"), said(match, "decade")
    first = (
        _DECADES[name]
        if name
        else int(digits)
        if len(digits) > 2
        else 1900 + int(digits) + (100 if digits in ("00", "10", "20") else 0)
    )
    low, high = _PERIODS[said(match, "period")]
    return Between(Calendar(year=first + low), Calendar(year=first + high))


def _season(match: re.Match[str]) -> Spec:
    return Calendar(season=SEASONS[said(match, "season")])


def _month(match: re.Match[str]) -> Spec | None:
    """A month after a word of time; `by march` in lower case is another word."""
    name = match["month"]
    if name.lower() in _NAMESAKES and stands_before(match, r"\b(?:to|of|for|from)\s+"):
        return None
    if name in VERB_MONTHS or not stands_before(
        match, r"\b(?:by|before|after|through|from|to|of|for|early|late|mid|next|last|this)\s+"
    ):
        return None
    return Calendar(month=MONTHS[name.lower()])


def _year(match: re.Match[str]) -> Spec:
    return Calendar(year=int(match["year"]))


def _years(match: re.Match[str]) -> Spec | None:
    if not stands_before(match, r"\b(?:in|from|during|of|between|years?|the)\s+|\("):
        return None
    return Between(Calendar(year=int(match["year"])), Calendar(year=int(match["upto"])))


def _either_order(match: re.Match[str]) -> Spec | None:
    """24/12/2025 or 12/24/2025; where both orders are dates, none is guessed."""
    first, second = int(match["first"]), int(match["second"])
    if (first <= 12) == (second <= 12) and first != second:
        return None
    return Calendar(year=int(match["year"]), month=min(first, second), day=max(first, second))


_LAST_NIGHT: Final = Moment(Relative("day", -1), NIGHT)
_M: Final = frozenset(MONTHS)
_W: Final = frozenset(WEEKDAYS)
_WD: Final = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_HOLIDAY: Final = "|".join(
    sorted((name.replace("'", "['’]?").replace(" ", r"\s+") for name in HOLIDAYS), key=len, reverse=True)
)

ENGLISH_ROWS: Final = (
    Row(rf"(?P<which>next)\s+{_WD}\b", _next_weekday, heads("next")),
    Row(rf"{WEEKDAY}(?:(?<!day)\.(?=\s+\d))?{_ENDS}", _weekday, _W),
    Row(
        rf"(?:the\s+)?(?:(?P<which>last|this|next)\s+)?(?P<holiday>{_HOLIDAY})\b(?:,?\s+(?:of\s+|in\s+)?{_FULL}\b)?{_NOT_FESTIVE}",
        _holiday,
        frozenset(name.split()[0] for name in HOLIDAYS).union({"last", "this", "next", "valentine", "st", "new"}),
    ),
    Row(r"last\s+night\b", fixed(_LAST_NIGHT), heads("last")),
    Row(r"(?:the\s+)?night\s+before\s+last\b", fixed(Moment(Relative("day", -2), NIGHT)), heads("the night")),
    Row(r"tonight\b", fixed(Moment(Relative("day", 0), NIGHT)), heads("tonight")),
    Row(
        rf"(?P<day>yesterday|today|tomorrow|this)\s+(?:early\s+|late\s+)?(?P<part>{_NAMES})\b",
        _part_of_day,
        heads("yesterday today tomorrow this"),
    ),
    Row(rf"(?:the\s+)?{DAY}(?<=[a-z]){_ENDS}(?!\s+of\b)", _day_of_month, NUMBER | {"the"}),
    Row(
        rf"(?:the\s+)?{DAY}\s+of\s+(?P<which>last|this|next|the)\s+month\b",
        lambda match: Calendar(month_offset=_OFFSETS[said(match, "which")], day=int(match["day"])),
        NUMBER | {"the"},
    ),
    Row(
        rf"(?:the\s+)?(?P<nth>{'|'.join(_NTH)})\s+{_WD}\s+(?:of|in)\s+(?:(?P<which_month>last|this|next|the)\s+month\b|{MONTH}{OF_YEAR}?)",
        _nth,
        heads("the first second third fourth fifth last #"),
    ),
    Row(
        r"(?:the\s+)?(?:(?P<period>early|mid|late)[\s-]+)?['’]?(?P<decade>(?:19|20)\d0|[0-9]0)['’]?s\b",
        lambda match: (
            _decade(match)
            if said(match, "decade")[2:]
            or stands_before(match, r"\bin\s+|\bsince\s+|\bof\s+|\bfrom\s+|['’]")
            or match.group().lower().startswith("the")
            else None
        ),
        NUMBER | heads("the early mid late"),
    ),
    Row(rf"(?:the\s+)(?:(?P<period>early|mid|late)[\s-]+)?(?P<name>{'|'.join(_DECADES)})\b", _decade, heads("the")),
    Row(
        rf"(?:in|over|during|since|until|by)\s+the\s+(?P<season>{'|'.join(SEASONS)})\b(?!\s+of\b|\s+\d)",
        _season,
        heads("in over during"),
    ),
    Row(rf"{MONTH}(?!\s+\d)", _month, _M),
    Row(rf"(?<![\d/.-]){_FULL}\s?[-–—]\s?(?P<upto>(?:19|20)\d\d)\b(?!-)", _years, NUMBER),
    Row(rf"(?<![\d/.-])(?:(?<!\w\s)|(?<=and\s)|(?<=but\s)){_FULL}(?=\s+(?:was|is|will|has|saw)\b)", _year, NUMBER),
    Row(
        r"(?:EOD|COB|(?:the\s+)?(?:end|close)\s+of\s+(?:the\s+)?(?:day|business))\b",
        fixed(WHOLE_DAY),
        heads("eod cob end close the"),
    ),
    Row(rf"\b(?P<first>\d{{1,2}})([/.])(?P<second>\d{{1,2}})\2{_FULL}\b", _either_order, NUMBER),
    Row(
        r"(?:at\s+the\s+)?(?P<part>end)\s+of\s+(?:the\s+)?week\b",
        fixed(Relative("week", 0, Part.LATE)),
        heads("end"),
    ),
)
"""What English statements say about dates; see `Row`."""

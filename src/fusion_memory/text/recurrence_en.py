"""English rhythms: one table, from words to a repeated time.

Why it exists: see `temporal_grammar`. Must not know: dates, times of the day, or Chinese.
"""

import re
from typing import Final

from fusion_memory.text.date_grammar import heads, said, stands_before
from fusion_memory.text.dates_en import DAY, MONTH, MONTHS, SEASONS, WEEKDAYS
from fusion_memory.text.distances_en import NUMBER_OF, count
from fusion_memory.text.moments import Meaning, Moment
from fusion_memory.text.recurrence import Repeat
from fusion_memory.text.temporal_en import HOLIDAYS, PARTS_OF_DAY
from fusion_memory.text.temporal_grammar import Row

_UNITS: Final[dict[str, Repeat]] = {
    "minute": Repeat("MINUTELY"),
    "hour": Repeat("HOURLY"),
    "day": Repeat("DAILY"),
    "week": Repeat("WEEKLY"),
    "fortnight": Repeat("WEEKLY", 2),
    "month": Repeat("MONTHLY"),
    "quarter": Repeat("MONTHLY", 3, quarters=True),
    "year": Repeat("YEARLY"),
    "weekday": Repeat("WEEKLY", weekdays=(0, 1, 2, 3, 4)),
    "workday": Repeat("WEEKLY", weekdays=(0, 1, 2, 3, 4)),
    "weekend": Repeat("WEEKLY", weekdays=(5, 6)),
}
_ADVERBS: Final[dict[str, Repeat]] = {
    "hourly": Repeat("HOURLY"),
    "daily": Repeat("DAILY"),
    "weekly": Repeat("WEEKLY"),
    "biweekly": Repeat("WEEKLY", 2, certain=False),
    "fortnightly": Repeat("WEEKLY", 2),
    "monthly": Repeat("MONTHLY"),
    "quarterly": Repeat("MONTHLY", 3, quarters=True),
    "yearly": Repeat("YEARLY"),
    "annually": Repeat("YEARLY"),
}
_NTH: Final = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
_INTERVALS: Final = {"other": 2, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_EVERY: Final = r"(?:every|each)\s+(?:single\s+)?"
_DAYS: Final = "|".join(WEEKDAYS)
_LIST: Final = (
    rf"(?P<days>(?:{_DAYS})s?(?:(?:\s*,\s*|\s*,?\s+and\s+|\s*/\s*|\s*&\s*)(?:on\s+)?(?:every\s+)?(?:{_DAYS})s?\b)*)"
)
_PARTS: Final = "|".join(PARTS_OF_DAY)
_WEEKLY: Final = "|".join(_ADVERBS)


def _every_unit(match: re.Match[str]) -> Meaning | None:
    unit = _UNITS[said(match, "unit")]
    which, number = said(match, "which"), said(match, "count")
    steps = _INTERVALS[which] if which else count(match) if number and number != "half" else 1
    return unit._replace(interval=unit.interval * steps) if steps else None


def _every_part(match: re.Match[str]) -> Meaning:
    return Moment(repeat=Repeat("DAILY"), hours=PARTS_OF_DAY[said(match, "part")])


def days(words: str) -> tuple[int, ...]:
    """The weekdays in a list of their names."""
    found = {
        WEEKDAYS.get(word.removesuffix("s"), WEEKDAYS.get(word, -1)) for word in re.findall("[a-z]+", words.lower())
    }
    return tuple(sorted(found - {-1}))


def _every_weekday(match: re.Match[str]) -> Repeat:
    which = said(match, "which")
    return Repeat("WEEKLY", _INTERVALS[which] if which else 1, weekdays=days(match["days"]))


def _plural(match: re.Match[str]) -> Meaning | None:
    """`on Sundays`, `Tuesday and Thursday mornings`."""
    part = said(match, "parts")
    if not match["days"][0].isupper() or (not part and not match["days"].lower().endswith("days")):
        return None
    repeat = Repeat("WEEKLY", weekdays=days(match["days"]))
    return Moment(repeat=repeat, hours=PARTS_OF_DAY[part[:-1]]) if part else repeat


def _times(match: re.Match[str]) -> Repeat:
    return _UNITS[said(match, "unit")]


def _adverb(match: re.Match[str]) -> Repeat | None:
    word = match["adverb"]
    named = word[0].isupper() and match.start() > 0 and not stands_before(match, r"[.!?]\s+")
    return None if named else _ADVERBS[word.lower()]


def _weekday_of_month(match: re.Match[str]) -> Repeat:
    nth = _NTH[said(match, "nth")]
    return Repeat("MONTHLY", weekdays=days(match["days"])[:1], nth=nth)


def _every_date(match: re.Match[str]) -> Meaning | None:
    if said(match, "season"):
        return Repeat("YEARLY", season=SEASONS[said(match, "season")])
    month, day = said(match, "month"), said(match, "day")
    if month:
        return Repeat("YEARLY", month=MONTHS[month], month_day=int(day) if day else None)
    return Repeat("MONTHLY", month_day=int(day)) if said(match, "ordinal") else None


def _holiday(match: re.Match[str]) -> Repeat:
    month, day = HOLIDAYS[" ".join(said(match, "holiday").replace("’", "'").split())]
    return Repeat("YEARLY", month=month, month_day=day)


_E: Final = heads("every each")
_N: Final = NUMBER_OF

ENGLISH_REPEAT_ROWS: Final = (
    Row(
        rf"{_EVERY}(?:(?P<which>{'|'.join(_INTERVALS)})\s+|{_N}\s+)?(?P<unit>{'|'.join(_UNITS)})s?\b(?!\s+of\s+the\b|['’])",
        _every_unit,
        _E,
    ),
    Row(
        rf"every\s+(?:couple\s+of|few)\s+(?P<unit>{'|'.join(_UNITS)})s\b",
        lambda match: _times(match)._replace(certain=False),
        _E,
    ),
    Row(rf"{_EVERY}(?P<part>{_PARTS})\b", _every_part, _E),
    Row(rf"{_EVERY}(?:(?P<which>{'|'.join(_INTERVALS)})\s+)?{_LIST}\b", _every_weekday, _E),
    Row(
        rf"{_LIST}\b(?:\s+(?P<parts>(?:{_PARTS})s))?",
        _plural,
        frozenset(f"{day}s" for day in WEEKDAYS) | frozenset(WEEKDAYS),
    ),
    Row(r"(?P<unit>weekday|weekend|workday)s\b", _times, heads("weekdays weekends workdays")),
    Row(
        rf"(?:once|twice|thrice|(?:one|two|three|four|five|six|\d{{1,2}}|several|a\s+few|a\s+couple(?:\s+of)?)\s+times)\s+(?:a|per|every|each|an)\s+(?P<unit>{'|'.join(_UNITS)})\b",
        _times,
        heads("once twice thrice one two three four five six several a #"),
    ),
    Row(rf"(?:once|twice)\s+(?P<adverb>{_WEEKLY})\b", _adverb, heads("once twice")),
    Row(rf"(?P<adverb>{_WEEKLY})\b", _adverb, frozenset(_ADVERBS)),
    Row(
        rf"every\s+(?P<nth>{'|'.join(_NTH)})\s+(?P<days>{_DAYS})\s+of\s+the\s+month\b",
        _weekday_of_month,
        _E,
    ),
    Row(
        rf"(?:the\s+)?(?P<nth>{'|'.join(_NTH)})\s+(?P<days>{_DAYS})\s+of\s+(?:every|each)\s+month\b",
        _weekday_of_month,
        heads("the first second third fourth last #"),
    ),
    Row(
        rf"(?:the\s+)?{DAY}\s+(?:day\s+)?of\s+(?:every|each)\s+month\b",
        lambda match: Repeat("MONTHLY", month_day=int(match["day"])),
        heads("the #"),
    ),
    Row(rf"{_EVERY}{MONTH}(?:\s+{DAY})?", _every_date, _E),
    Row(rf"{_EVERY}(?P<season>{'|'.join(SEASONS)})\b", _every_date, _E),
    Row(rf"{_EVERY}{DAY}(?:\s+of\s+the\s+month)?\b", _every_date, _E),
    Row(
        rf"{_EVERY}(?P<holiday>{'|'.join(name.replace(chr(39), '[' + chr(39) + '’]?') for name in HOLIDAYS)})\b",
        _holiday,
        _E,
    ),
)
"""What English says about repeated times; see `Row`."""

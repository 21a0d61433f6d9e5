"""English times told by their distance: "two weeks ago", "in three days", "for five years".

Why it exists: see `temporal_grammar`. Must not know: what day it is, or Chinese. "In three days" is a time only
where the clause is not about the past, "for five years" only after a perfect; else they tell how long.
"""

import re
from typing import Final, cast

from fusion_memory.core.knowledge import Granularity, TimeRole
from fusion_memory.text.date_grammar import fixed, heads, said, stands_before
from fusion_memory.text.date_values import Between, Relative, Rolling, Shifted, Spec, Unit, Weekday
from fusion_memory.text.dates_en import NUMBERS, WEEKDAYS
from fusion_memory.text.moments import Ago, Meaning, Moment
from fusion_memory.text.temporal_grammar import Row

COUNTS: Final = {**NUMBERS, "fifteen": 15, "twenty": 20, "thirty": 30, "half": 0}
NUMBER_OF: Final = rf"(?P<count>\d{{1,3}}|{'|'.join(COUNTS)})"
_N: Final = NUMBER_OF
_UNIT: Final = r"(?P<unit>day|week|fortnight|month|year|decade)s?\b"
_C: Final = frozenset({*COUNTS, "#"})
_W: Final = frozenset(WEEKDAYS)
_WD: Final = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"


def _unit(match: re.Match[str]) -> tuple[Unit, int]:
    """The unit of a match and how many of it one stands for."""
    name = said(match, "unit")
    scale = {"fortnight": ("week", 2), "decade": ("year", 10)}.get(name, (name, 1))
    return cast("Unit", scale[0]), scale[1]


def count(match: re.Match[str], name: str = "count") -> int:
    """A number in digits or words."""
    word = said(match, name)
    return int(word) if word.isdigit() else COUNTS[word]


def _ahead(match: re.Match[str]) -> Meaning | None:
    if stands_before(match, r"\b(?:time|best|worst|first|biggest|highest|lowest)\s+"):
        return None
    if stands_before(match, r"\b(?:(?:have|has|had)n['’]?t|not|never)\b[^.!?,;]{0,60}", 80):
        return None  # "I have not eaten meat in three years": how long
    unit, scale = _unit(match)
    if said(match, "count") == "half":
        return Moment(Relative("month", 6), only="future") if unit == "year" else None
    vague = said(match, "count") == "couple"
    return Moment(Relative(unit, count(match) * scale), only="future", certain=not vague)


def _few_ahead(match: re.Match[str]) -> Meaning | None:
    unit, scale = _unit(match)
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[unit] * scale
    return Moment(
        Between(Shifted(Relative("day", 0), "day", 2 * days), Shifted(Relative("day", 0), "day", 6 * days)),
        only="future",
        certain=False,
    )


def _back(match: re.Match[str]) -> Meaning | None:
    unit, scale = _unit(match)
    return Moment(Relative(unit, -count(match) * scale), certain=said(match, "count") != "couple")


def _and_a_half(match: re.Match[str]) -> Spec | None:
    unit, _ = _unit(match)
    number, sign = count(match), -1 if match["ago"].lower() == "ago" else 1
    if unit == "year":
        return Relative("month", sign * (12 * number + 6))
    return Relative("day", sign * (30 * number + 15)) if unit == "month" else None


def _shifted(match: re.Match[str]) -> Spec | None:
    unit, scale = _unit(match)
    anchor = said(match, "anchor")
    days = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
    spec: Spec = Relative("day", days[anchor]) if anchor in days else Weekday(WEEKDAYS[anchor], direction="next")
    sign = -1 if said(match, "way") in ("ago", "before") else 1
    if anchor == "now" and unit != "day":
        return Relative(unit, count(match) * scale)
    return Shifted(spec, unit, sign * count(match) * scale)


def _weekdays_ago(match: re.Match[str]) -> Spec:
    first = Weekday(WEEKDAYS[said(match, "weekday")], direction="last")
    return Shifted(first, "week", 1 - count(match))


def _lasting(match: re.Match[str]) -> Meaning | None:
    """`I have lived here for five years`: since then; without a perfect it is only a length."""
    unit, scale = _unit(match)
    word = said(match, "count")
    sure = said(match, "which") or stands_before(match, r"\b(?:have|has|['’]ve|['’]s|been|ve)\b[^.!?]{0,60}", 90)
    if not sure or word == "half":
        return None
    size = count(match) if word else 1
    return Moment(Rolling(unit, size * scale), role=TimeRole.SINCE, certain=word != "couple")


def _inside(match: re.Match[str]) -> Meaning | None:
    unit, scale = _unit(match)
    size = count(match) if said(match, "count") else 1
    return Moment(Rolling(unit, -size * scale), role=TimeRole.BY, only="future")


def _clock_away(match: re.Match[str]) -> Meaning | None:
    """`two hours ago`, `in 30 minutes`."""
    word, hour = said(match, "count"), said(match, "clock_unit").startswith("h")
    number = 0.5 if word == "half" else count(match)
    minutes = int((number + (0.5 if said(match, "half") else 0)) * (60 if hour else 1))
    whole = hour and not minutes % 60
    back = said(match, "ago") in ("ago", "earlier")
    return Moment(
        ago=Ago(-minutes if back else minutes, Granularity.HOUR if whole else Granularity.MINUTE),
        only="" if back else "future",
    )


ENGLISH_DISTANCE_ROWS: Final = (
    Row(
        rf"(?:the\s+)?{_WD}\s+before\s+last\b",
        lambda match: Shifted(Weekday(WEEKDAYS[said(match, "weekday")], direction="last"), "week", -1),
        _W | {"the"},
    ),
    Row(rf"{_N}\s+{_WD}s\s+ago\b", _weekdays_ago, _C),
    Row(
        rf"{_N}\s+{_UNIT}\s+(?P<way>ago|from)\s+(?P<anchor>today|tomorrow|yesterday|now|{'|'.join(WEEKDAYS)})\b",
        _shifted,
        _C,
    ),
    Row(
        rf"(?P<anchor>today|tomorrow|{'|'.join(WEEKDAYS)})\s+(?P<count>a)?\s*(?P<unit>week)\b(?!\s*['’]|s)",
        lambda match: _shifted(match) if said(match, "count") else None,
        _W | heads("today tomorrow"),
    ),
    Row(r"(?:the\s+)?week\s+after\s+next\b", fixed(Relative("week", 2)), heads("the week")),
    Row(r"(?:the\s+)?month\s+after\s+next\b", fixed(Relative("month", 2)), heads("the month")),
    Row(
        rf"in\s+{_N}\s+(?:more\s+)?{_UNIT}(?!\s+of\b|['’])",
        _ahead,
        heads("in"),
    ),
    Row(r"in\s+half\s+a\s+(?P<unit>year)\b", fixed(Moment(Relative("month", 6), only="future")), heads("in")),
    Row(rf"in\s+a\s+(?:couple|few)\s+(?:of\s+)?{_UNIT}(?!['’])", _few_ahead, heads("in")),
    Row(rf"in\s+(?:a\s+few|several|some)\s+{_UNIT}(?!['’])", _few_ahead, heads("in")),
    Row(rf"{_N}\s+{_UNIT}\s+from\s+now\b", _ahead, _C),
    Row(rf"(?:a\s+)?(?P<count>couple)\s+(?:of\s+)?{_UNIT}\s+ago\b", _back, heads("a couple")),
    Row(rf"{_N}\s+(?P<unit>fortnight|decade)s?\s+ago\b", _back, _C),
    Row(rf"{_N}\s+{_UNIT}\s+and\s+a\s+half\s+(?P<ago>ago|from\s+now)\b", _and_a_half, _C),
    Row(rf"{_N}\s+and\s+a\s+half\s+{_UNIT}\s+(?P<ago>ago|from\s+now)\b", _and_a_half, _C),
    Row(r"a\s+few\s+days\s+ago\b", fixed(Rolling("day", 7, skip_days=2, vague=True)), heads("a")),
    Row(r"a\s+few\s+weeks\s+ago\b", fixed(Rolling("week", 6, skip_days=14, vague=True)), heads("a")),
    Row(r"a\s+few\s+months\s+ago\b", fixed(Rolling("month", 6, skip_days=30, vague=True)), heads("a")),
    Row(
        r"(?:a\s+few|several|some)\s+years\s+ago\b",
        fixed(Rolling("year", 6, skip_days=730, vague=True)),
        heads("a several some"),
    ),
    Row(
        r"the\s+other\s+(?:day|night|evening|morning)\b",
        fixed(Rolling("day", 7, skip_days=1, vague=True)),
        heads("the"),
    ),
    Row(
        rf"{_N}\s+(?P<clock_unit>hour|hr|minute|min)s?(?P<half>\s+and\s+a\s+half)?\s+(?P<ago>ago)\b",
        _clock_away,
        _C,
    ),
    Row(r"(?P<count>half)\s+an\s+(?P<clock_unit>hour)\s+(?P<ago>ago)\b", _clock_away, heads("half")),
    Row(
        rf"in\s+{_N}(?:\s+an)?\s+(?P<clock_unit>hour|hr|minute|min)s?(?P<half>\s+and\s+a\s+half)?\b(?!\s+of\b|['’])",
        _clock_away,
        heads("in"),
    ),
    Row(rf"{_N}\s+(?P<clock_unit>hour|minute)s?\s+from\s+now\b", _clock_away, _C),
    Row(rf"for\s+(?:the\s+)?(?P<which>past|last)\s+(?:{_N}\s+(?:of\s+)?)?{_UNIT}", _lasting, heads("for")),
    Row(
        rf"(?:for|since)\s+(?:about\s+|almost\s+|nearly\s+|over\s+)?(?:a\s+)?{_N}\s+(?:of\s+)?{_UNIT}(?!\s+ago)(?:\s+now\b)?",
        _lasting,
        heads("for since"),
    ),
    Row(rf"within\s+(?:the\s+)?(?:next\s+)?{_N}\s+{_UNIT}(?!\s+of\b)", _inside, heads("within")),
    Row(rf"within\s+(?:the|a)\s+(?:next\s+)?{_UNIT}(?!\s+of\b)", _inside, heads("within")),
)
"""What English says about times by their distance; see `Row`."""

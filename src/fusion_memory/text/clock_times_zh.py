"""Chinese times of the day: one table, from words to meaning.

Why it exists: see `temporal_grammar`. Must not know: dates, or English. 三点 alone may as well be three points or
a little; it is a time after a part of the day or a date, before a verb of meeting, or with its minutes.
"""

import re
from typing import Final

from fusion_memory.core.knowledge import Granularity
from fusion_memory.text.clock_times import (
    AFTERNOON,
    AT_NOON,
    DUSK,
    MIDDAY,
    MORNING,
    NIGHT,
    SMALL_HOURS,
    Hours,
    at,
    within,
)
from fusion_memory.text.date_grammar import said, stands_before
from fusion_memory.text.dates_zh import numeral
from fusion_memory.text.temporal_grammar import Row

PARTS_OF_DAY: Final[dict[str, Hours]] = {
    **dict.fromkeys(("早上", "早晨", "清晨", "清早", "一早", "一大早", "上午", "早", "晨"), MORNING),
    **dict.fromkeys(("中午", "正午"), AT_NOON),
    **dict.fromkeys(("下午", "午后"), AFTERNOON),
    "傍晚": DUSK,
    **dict.fromkeys(("晚上", "夜里", "夜晚", "夜间", "深夜", "半夜", "晚间", "晚", "夜"), NIGHT),
    "凌晨": SMALL_HOURS,
}
_LONG: Final = "|".join(part for part in PARTS_OF_DAY if len(part) > 1)
_HOUR: Final = (
    r"(?P<hour>二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九]"
    r"|(?<![\d.:])(?:[01]?\d|2[0-4])(?!\d))\s*点"
)
_SIXTY: Final = r"(?P<minute>[二三四五]?十[一二三四五六七八九]?|零?[一二三四五六七八九]|[0-5]?\d)"
_QUARTERS: Final = r"(?P<half>半)|(?P<quarter>[一三]刻)"
_MINUTES: Final = rf"(?:{_QUARTERS}|{_SIXTY}分?(?!之|钟后|钟前)|整)"
_DIGITAL: Final = r"(?P<hour>[01]?\d|2[0-3])[:：](?P<minute>[0-5]\d)(?!\d)"
_PART: Final = rf"(?P<part>{_LONG}|早|晚)"
_NOT_A_POINT: Final = r"(?![个头儿点名评击子心燃缀滴])"
_NEAR: Final = (
    r"(?:[早晚]上?|[晨夜午里]|凌晨|傍晚|[周期拜][一二三四五六日天]|[昨今明后前]天|[日号]"
    r"|点[^，。]{0,4}[到至~—-])的?\s*"
)
_BEFORE_AN_HOUR: Final = r"[有第这那几前后下上每共分差零点]|\d\."
_AFTER_AN_HOUR: Final = re.compile(
    r"$|[，。！？,.!?；;、）)\s]|[前后之以到至起见开集出上下吃要会在的去睡醒才就从和叫给准来回结做看交提打发钟多左整约~—-]"
)
_PARTS: Final = frozenset("早清一上中正下午傍晚夜深半凌")
_WIDE: Final = frozenset("#一二两三四五六七八九十零")


def _minutes(match: re.Match[str]) -> int | None:
    if said(match, "half"):
        return 30
    if said(match, "quarter"):
        return 15 if said(match, "quarter")[0] == "一" else 45
    digits = said(match, "minute").removeprefix("零")
    return numeral(digits) if digits else None


def _clock(match: re.Match[str]) -> Hours | None:
    hour = numeral(said(match, "hour").replace("零", "〇"))
    if hour is None:
        return None
    part = said(match, "part")
    known = at(hour, _minutes(match), open_=True)
    if known is None or not part:
        return known
    if part in ("早", "晚") and said(match, "hour") == "一" and known.exact is Granularity.HOUR:
        return None  # 早一点: a little earlier
    if part in ("中午", "正午"):
        return within(MIDDAY, known)
    return within(PARTS_OF_DAY[part], known)


def _digital(match: re.Match[str]) -> Hours | None:
    digits = match["hour"]
    clock = at(int(digits), int(match["minute"]), open_=not digits.startswith("0"))
    part = said(match, "part")
    return within(PARTS_OF_DAY[part], clock) if clock and part else clock


def _bare(match: re.Match[str]) -> Hours | None:
    """三点 without a part of the day: only where it cannot be a number of points."""
    if stands_before(match, _NEAR):
        little = said(match, "hour") == "一" and stands_before(match, "[早晚]")
        return None if little else _clock(match)
    if stands_before(match, _BEFORE_AN_HOUR) or not _AFTER_AN_HOUR.match(match.string, match.end()):
        return None
    return None if said(match, "hour") in ("一", "两") else _clock(match)


def _to_the_minute(match: re.Match[str]) -> Hours | None:
    return None if stands_before(match, _BEFORE_AN_HOUR) and not stands_before(match, _NEAR) else _clock(match)


def _part(match: re.Match[str]) -> Hours:
    return PARTS_OF_DAY[match.group()]


def _minutes_to(match: re.Match[str]) -> Hours | None:
    """差十分三点."""
    hour, before = numeral(said(match, "hour")), 15 if said(match, "quarter") else numeral(said(match, "minute"))
    if not hour or not before:
        return None
    return at((hour - 1) or 12, 60 - before, open_=True)


CHINESE_CLOCK_ROWS: Final = (
    Row(rf"{_PART}的?\s*{_HOUR}钟?{_MINUTES}?", _clock, _PARTS),
    Row(rf"{_PART}\s*{_DIGITAL}", _digital, _PARTS),
    Row(r"(?<![\d.:/-])(?P<hour>[01]?\d|2[0-3])：(?P<minute>[0-5]\d)(?!\d)", _digital, frozenset("#")),
    Row(rf"{_HOUR}(?:{_QUARTERS}|{_SIXTY}分(?!之))", _to_the_minute, _WIDE),
    Row(rf"{_HOUR}(?:钟|整)?{_NOT_A_POINT}", _bare, _WIDE),
    Row(rf"差\s*(?:{_SIXTY}分|(?P<quarter>一刻))钟?到?{_HOUR}", _minutes_to, frozenset("差")),
    Row(rf"(?:{_LONG})(?![好茶饭餐])", _part, _PARTS),
)
"""What Chinese says about the time of the day; see `Row`."""

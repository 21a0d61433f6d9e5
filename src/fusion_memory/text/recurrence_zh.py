"""Chinese rhythms: one table, from words to a repeated time.

Why it exists: see `temporal_grammar`. Must not know: dates, times of the day, or English.
"""

import re
from typing import Final

from fusion_memory.text.clock_times_zh import PARTS_OF_DAY
from fusion_memory.text.date_grammar import fixed, said
from fusion_memory.text.dates_zh import DAY, DIGITS, MONTH, NUMBER, numeral
from fusion_memory.text.moments import Meaning, Moment
from fusion_memory.text.recurrence import Repeat
from fusion_memory.text.temporal_grammar import Row
from fusion_memory.text.temporal_zh import HOLIDAYS

_UNITS: Final[dict[str, Repeat]] = {
    **dict.fromkeys(("分钟",), Repeat("MINUTELY")),
    **dict.fromkeys(("小时", "钟头"), Repeat("HOURLY")),
    **dict.fromkeys(("天", "日"), Repeat("DAILY")),
    **dict.fromkeys(("周", "星期", "礼拜"), Repeat("WEEKLY")),
    "月": Repeat("MONTHLY"),
    **dict.fromkeys(("季度", "季"), Repeat("MONTHLY", 3, quarters=True)),
    "年": Repeat("YEARLY"),
    **dict.fromkeys(("工作日",), Repeat("WEEKLY", weekdays=(0, 1, 2, 3, 4))),
    "周末": Repeat("WEEKLY", weekdays=(5, 6)),
}
_UNIT: Final = (
    r"(?P<unit>分钟|小时|钟头|天|日|周末|周(?![一二三四五六日天围边年岁])|(?:星期|礼拜)(?![一二三四五六日天])"
    r"|工作日|月|季度|季|年(?![级龄]))"
)
_WEEK: Final = r"(?:周|星期|礼拜)"
_DAYS: Final = (
    rf"(?P<days>{_WEEK}(?:[一二三四五六日天](?:\s*[、和及与跟,，]?\s*(?:每?{_WEEK})?(?=[一二三四五六日天]))?)+)"
    r"(?![起个次])"
)
_TIMES: Final = r"(?:[一二两三四五六七八九十几]|\d{1,2})[次回趟遍]"
_E: Final = frozenset("每")


def _numbered(match: re.Match[str]) -> int:
    return numeral(said(match, "count")) or 1


def _every(match: re.Match[str]) -> Repeat:
    unit = _UNITS[match["unit"]]
    return unit._replace(interval=unit.interval * _numbered(match))


def _skipping(match: re.Match[str]) -> Repeat:
    """每隔一天 and 隔周: one between, so every second."""
    unit = _UNITS[match["unit"]]
    return unit._replace(interval=unit.interval * (_numbered(match) + 1))


def _numbers(words: str) -> tuple[int, ...]:
    names = re.sub("星期|礼拜|周", "", words)
    return tuple(
        sorted({6 if name in "日天" else DIGITS[name] - 1 for name in names if name in "一二三四五六日天"})
    )


def _weekdays(match: re.Match[str]) -> Repeat:
    return Repeat("WEEKLY", 2 if said(match, "skip") else _numbered(match), weekdays=_numbers(match["days"]))


def _from_to(match: re.Match[str]) -> Repeat | None:
    first, last = (_numbers(match[name])[0] for name in ("first", "last_day"))
    return Repeat("WEEKLY", weekdays=tuple(range(first, last + 1))) if first < last else None


def _part(match: re.Match[str]) -> Meaning:
    return Moment(repeat=Repeat("DAILY"), hours=PARTS_OF_DAY[match["part"]])


def _month_day(match: re.Match[str]) -> Repeat | None:
    day = numeral(match["day"])
    return Repeat("MONTHLY", month_day=day) if day and 1 <= day <= 31 else None


def _year_day(match: re.Match[str]) -> Repeat:
    return Repeat("YEARLY", month=numeral(match["month"]), month_day=numeral(said(match, "day")))


def _nth(match: re.Match[str]) -> Repeat:
    nth = -1 if match["nth"] == "最后一" else numeral(match["nth"].removeprefix("第"))
    return Repeat("MONTHLY", weekdays=_numbers(match["days"])[:1], nth=nth)


def _season(match: re.Match[str]) -> Repeat:
    return Repeat("YEARLY", season="春夏秋冬".index(match["season"]))


def _holiday(match: re.Match[str]) -> Repeat:
    month, day = HOLIDAYS[match["holiday"]]
    return Repeat("YEARLY", month=month, month_day=day)


_COUNT: Final = rf"(?:(?P<count>{NUMBER})\s*个?|一?个)?"

CHINESE_REPEAT_ROWS: Final = (
    Row(rf"每{_COUNT}\s*{_UNIT}", _every, _E),
    Row(rf"(?:每)?隔(?:(?P<count>{NUMBER})\s*个?|个)?\s*{_UNIT}", _skipping, frozenset("每隔")),
    Row(rf"每{_COUNT}{_DAYS}", _weekdays, _E),
    Row(rf"每(?P<count>{NUMBER})个?{_WEEK}的?{_DAYS}", _weekdays, _E),
    Row(rf"(?P<skip>隔(?:一)?个?{_WEEK}的?|每隔一个?{_WEEK}的?){_DAYS}", _weekdays, frozenset("每隔")),
    Row(rf"逢{_DAYS}", _weekdays, frozenset("逢")),
    Row(rf"每个?(?P<first>{_WEEK}[一二三四五六])[到至~-](?P<last_day>{_WEEK}?[二三四五六日天])", _from_to, _E),
    Row(r"每(?:天|日)的?(?P<part>早上|早晨|清晨|上午|中午|下午|傍晚|晚上|晚|早|夜里|凌晨)(?!餐|饭|点)", _part, _E),
    Row(r"每(?:个)?(?P<part>早上|早晨|清晨|上午|中午|下午|傍晚|晚上|晚|早)(?!餐|饭|点)", _part, _E),
    Row(r"天天", fixed(Repeat("DAILY")), frozenset("天")),
    Row(rf"每个?月的?(?:{DAY})", _month_day, _E),
    Row(rf"每年的?{MONTH}(?:{DAY})?", _year_day, _E),
    Row(r"每年的?(?P<season>[春夏秋冬])[天季]", _season, _E),
    Row(rf"每年的?(?P<holiday>{'|'.join(sorted(HOLIDAYS, key=len, reverse=True))})", _holiday, _E),
    Row(rf"每个?月的?(?P<nth>第[一二三四]|最后一)个?(?P<days>{_WEEK}[一二三四五六日天])", _nth, _E),
    Row(
        rf"一个?(?P<unit>天|日|周|星期|礼拜|月|季度|年)[^\d，。！？,.!?]{{0,6}}?{_TIMES}",
        lambda match: _UNITS[match["unit"]],
        frozenset("一"),
    ),
    Row(r"(?<!每个)(?<![这那上下个一两])工作日", fixed(_UNITS["工作日"]), frozenset("工")),
)
"""What Chinese says about repeated times; see `Row`."""

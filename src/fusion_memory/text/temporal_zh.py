"""The Chinese times that only statements tell, beside those of `dates_zh`: one table, from words to meaning.

Why it exists: see `temporal_grammar`. Must not know: what day it is, or English. Holidays are those of a fixed
date; the lunar ones (春节, 中秋) need a calendar that this package does not have.
"""

import re
from typing import Final

from fusion_memory.core.knowledge import Granularity, TimeRole
from fusion_memory.text.clock_times import MORNING, NIGHT, Hours
from fusion_memory.text.clock_times_zh import PARTS_OF_DAY
from fusion_memory.text.date_grammar import said, stands_before
from fusion_memory.text.date_values import (
    Between,
    Calendar,
    Nth,
    Part,
    Relative,
    Rolling,
    Shifted,
    Spec,
    Unit,
    Weekday,
)
from fusion_memory.text.dates_zh import (
    DIGITS,
    MONTH,
    NUMBER,
    STEPS,
    UNITS,
    WEEK,
    YEAR,
    YEAR_OFFSETS,
    ago,
    calendar,
    numeral,
)
from fusion_memory.text.moments import Ago, Meaning, Moment
from fusion_memory.text.temporal_grammar import Row

HOLIDAYS: Final = {
    **dict.fromkeys(("元旦节", "元旦"), (1, 1)),
    "情人节": (2, 14),
    **dict.fromkeys(("三八妇女节", "妇女节"), (3, 8)),
    "植树节": (3, 12),
    "愚人节": (4, 1),
    **dict.fromkeys(("五一劳动节", "劳动节", "五一节", "五一"), (5, 1)),
    **dict.fromkeys(("五四青年节", "青年节"), (5, 4)),
    **dict.fromkeys(("六一儿童节", "儿童节", "六一"), (6, 1)),
    "建党节": (7, 1),
    "建军节": (8, 1),
    "教师节": (9, 10),
    **dict.fromkeys(("国庆节", "国庆"), (10, 1)),
    **dict.fromkeys(("万圣节",), (10, 31)),
    **dict.fromkeys(("双十一", "双11"), (11, 11)),
    **dict.fromkeys(("平安夜", "圣诞夜"), (12, 24)),
    **dict.fromkeys(("圣诞节", "圣诞"), (12, 25)),
    **dict.fromkeys(("跨年夜",), (12, 31)),
}
_LONG_PARTS: Final = "|".join(part for part in PARTS_OF_DAY if len(part) > 1)
_COUNTED: Final = r"(?P<unit>天|日|个?星期|个?礼拜|周|个月|个季度|年)"
_AFTER: Final = r"(?:[之以]?后(?![面来悔续])|过后)"
_NEAR_DAYS: Final = {"昨": -1, "今": 0, "明": 1, "前": -2, "后": 2, "当": 0}
_WEEKDAY: Final = r"(?P<weekday>[一二三四五六日天])"
_LENGTH: Final = rf"(?P<count>{NUMBER}|半)\s*(?:多\s*)?(?P<unit>天|个?星期|个?礼拜|周|个半?月|年)(?P<half>半)?"


def _unit(match: re.Match[str]) -> Unit:
    return UNITS[match["unit"].removeprefix("个").removeprefix("半")]


def _count(match: re.Match[str]) -> int:
    return numeral(said(match, "count")) or 0


def _after(match: re.Match[str]) -> Meaning | None:
    unit = _unit(match)
    if said(match, "count") == "半":
        half: dict[Unit, Spec] = {"month": Relative("day", 15), "year": Relative("month", 6)}
        return Moment(half[unit], only="future") if unit in half else None
    told_ahead = match.group()[0] in "再过"
    return Moment(Relative(unit, _count(match)), only="" if told_ahead else "future") if _count(match) else None


def _about(match: re.Match[str]) -> Meaning:
    """七八年前, 三四天后."""
    unit, sign = _unit(match), -1 if "前" in match["way"] else 1
    ends = sorted(sign * DIGITS[match[name]] for name in ("low", "high"))
    span = Between(Relative(unit, ends[0]), Relative(unit, ends[1]))
    return Moment(span, certain=False, only="" if sign < 0 else "future")


def _year_from_today(match: re.Match[str]) -> Spec:
    return Shifted(Relative("day", 0), "year", YEAR_OFFSETS[match["which"]])


def _few_after(match: re.Match[str]) -> Meaning | None:
    days = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}[_unit(match)]
    today = Relative("day", 0)
    return Moment(
        Between(Shifted(today, "day", 2 * days), Shifted(today, "day", 6 * days)), only="future", certain=False
    )


def _half_more(match: re.Match[str]) -> Spec | None:
    """一年半前, 两个半月前."""
    unit, sign = _unit(match), -1 if "前" in match.group() else 1
    if unit == "year":
        return Relative("month", sign * (12 * _count(match) + 6))
    return Relative("day", sign * (30 * _count(match) + 15)) if unit == "month" else None


def _clock_away(match: re.Match[str]) -> Meaning | None:
    number = 0.5 if said(match, "count") == "半" else _count(match)
    number += 0.5 if said(match, "half") or "个半" in match.group() else 0
    hour = "分" not in match["clock_unit"]
    minutes = int(number * (60 if hour else 1))
    whole = hour and not minutes % 60
    ago = "前" in match["way"]
    exact = Granularity.HOUR if whole else Granularity.MINUTE
    return Moment(ago=Ago(-minutes if ago else minutes, exact), only="" if ago else "future") if minutes else None


def _part_of_day(match: re.Match[str]) -> Meaning:
    part: Hours = NIGHT if match["part"] in "晚夜" else MORNING
    return Moment(Relative("day", _NEAR_DAYS[match["day"]]), part)


def _day_and_part(match: re.Match[str]) -> Meaning:
    return Moment(Relative("day", _NEAR_DAYS[match["day"]]), PARTS_OF_DAY[match["part"]])


def _quarter_part(match: re.Match[str]) -> Spec:
    return Relative("quarter", 0, Part.EARLY if match["part"] == "初" else Part.LATE, recent=True)


def _decoy(_match: re.Match[str]) -> Moment:
    """Words that only look like a time; they are read and tell none."""
    return Moment()


def _no_such_date(_match: re.Match[str]) -> Spec:
    """2026年13月1日: the whole is no date, so that its beginning is not taken for a year."""
    return Calendar(month=13)


def _inside(match: re.Match[str]) -> Meaning | None:
    if said(match, "count") == "半":
        half = {"month": Rolling("day", -15), "year": Rolling("month", -6)}.get(_unit(match))
        return half and Moment(half, role=TimeRole.BY, only="future")
    return Moment(Rolling(_unit(match), -_count(match)), role=TimeRole.BY, only="future") if _count(match) else None


def _lasting(match: re.Match[str]) -> Meaning | None:
    """住了五年了, 已经两个月了, 过去三年一直: since then."""
    unit, number = _unit(match), _count(match)
    months = match["unit"].endswith("半月")
    if said(match, "count") == "半":
        back: Rolling | None = {"month": Rolling("day", 15), "year": Rolling("month", 6)}.get(unit)
    elif said(match, "half") and unit == "year":
        back = Rolling("month", 12 * number + 6)
    elif number and not months:
        back = Rolling(unit, number)
    else:
        back = None
    return back and Moment(back, role=TimeRole.SINCE)


def _still_lasting(match: re.Match[str]) -> Meaning | None:
    return None if stands_before(match, "[有剩还只第才过]") else _lasting(match)


def _nth(match: re.Match[str]) -> Spec:
    nth = -1 if match["nth"] == "最后一" else numeral(match["nth"].removeprefix("第")) or 1
    day = 6 if match["weekday"] in "日天" else DIGITS[match["weekday"]] - 1
    month = numeral(said(match, "month"))
    if month is None:
        return Nth(day, nth, Relative("month", STEPS[match["step"]]))
    return Nth(day, nth, calendar(match, Calendar(month=month)))


def _week_of_month(match: re.Match[str]) -> Spec:
    week = -1 if match["nth"] == "最后一" else numeral(match["nth"].removeprefix("第"))
    month = numeral(said(match, "month"))
    if month is None:
        return Calendar(month_offset=STEPS[match["step"]], week=week)
    return calendar(match, Calendar(month=month, week=week))


def _day_of_month(match: re.Match[str]) -> Spec | None:
    if match["mark"] == "号" and stands_before(match, "[第住在楼座栋房线路门站室型坐]|(?<![号日])到"):
        return None
    day = numeral(match["day"])
    return Calendar(day=day) if day and 1 <= day <= 31 else None


def _holiday(match: re.Match[str]) -> Spec:
    month, day = HOLIDAYS[match["holiday"]]
    return calendar(match, Calendar(month=month, day=day))


def _bare_season(match: re.Match[str]) -> Spec:
    return Calendar(season="春夏秋冬".index(match["season"]))


def _weeks_away(match: re.Match[str]) -> Spec:
    """下下下周 and the like are rare; 大上周 is none."""
    return Weekday(5, week_offset=STEPS[match["step"]], days=2)


def _century_decade(match: re.Match[str]) -> Spec:
    first = 1900 + (numeral(match["decade"]) or 0)
    return Between(Calendar(year=first), Calendar(year=first + 9))


def _short_quarter(match: re.Match[str]) -> Spec:
    return calendar(match, Calendar(quarter=numeral(match["quarter"])))


def _years(match: re.Match[str]) -> Spec:
    return Between(Calendar(year=int(match["from"])), Calendar(year=int(match["upto"])))


def _few_days(_match: re.Match[str]) -> Moment:
    return Moment(Relative("day", 2), only="future", certain=False)


_N: Final = frozenset("#一二两三四五六七八九十")
_Y: Final = frozenset("#一二大前去上今本明来后")
_NTH: Final = r"(?P<nth>第[一二三四五1-5]|最后一)"
_STEP: Final = rf"(?P<step>{'|'.join(sorted(STEPS, key=len, reverse=True))})个?月"
_HOLIDAY: Final = "|".join(sorted(HOLIDAYS, key=len, reverse=True))
_NOT_FESTIVE: Final = r"(?![个快树老卡帽歌礼牌晚路村装元月])"

CHINESE_ROWS: Final = (
    Row(
        rf"(?<![以之然先大目从])(?P<day>[昨今明前后])[天日](?P<part>{_LONG_PARTS})(?![好茶饭餐])",
        _day_and_part,
        frozenset("昨今明前后"),
    ),
    Row(r"(?<![\d一二三四每])季度(?P<part>初|底|末)", _quarter_part, frozenset("季")),
    Row(
        rf"(?<![一二三四五六七八九十百第])(?P<low>[一二两三四五六七八])(?P<high>[二三四五六七八九])\s*{_COUNTED}"
        r"(?P<way>[之以]?前(?![后面夕往])|[之以]?后(?![面来悔续]))",
        _about,
        _N,
    ),
    Row(r"(?P<which>去年|明年|前年|后年)的?今天", _year_from_today, _Y),
    Row(rf"(?<!\d)(?P<short>\d\d)年(?P<holiday>{_HOLIDAY})", _holiday, frozenset("#")),
    Row(r"大年(?:初|三十|夜)", _decoy, frozenset("大")),
    Row(rf"{YEAR}(?:1[3-9]|[2-9]\d|0)月(?:\d{{1,2}}[日号])?", _no_such_date, _Y),
    Row(
        r"(?P<day>[昨今明当])(?P<part>[晚早晨夜])(?:上(?!班|课))?(?![餐饭点])", _part_of_day, frozenset("昨今明当")
    ),
    Row(r"(?<![以之目从大])(?P<day>前)(?P<part>晚)", _part_of_day, frozenset("前")),
    Row(
        r"[昨今明](?:天(?!气|后宫)|日(?!本))",
        lambda match: Relative("day", _NEAR_DAYS[match.group()[0]]),
        frozenset("昨今明"),
    ),
    Row(rf"(?<![前大以之])(?:再?过)?(?P<count>{NUMBER}|半)\s*{_COUNTED}{_AFTER}", _after, _N | frozenset("半再过")),
    Row(rf"再?过(?P<count>{NUMBER}|半)\s*{_COUNTED}", _after, frozenset("再过")),
    Row(r"(?:再?过(?:[一]?两天|几天)|过[一]?两天)", _few_days, frozenset("再过")),
    Row(rf"(?:再?过)?几\s*{_COUNTED}{_AFTER}", _few_after, frozenset("再过几")),
    Row(rf"(?P<count>{NUMBER})\s*(?P<unit>年)半[之以]?前(?![后往去来面])", _half_more, _N),
    Row(rf"(?P<count>{NUMBER})\s*(?P<unit>个半月)[之以]?(?:前(?![后往去来面])|后)", _half_more, _N),
    Row(rf"(?P<count>{NUMBER})\s*(?P<unit>年)半(?:[之以]?后)", _half_more, _N),
    Row(
        rf"(?P<count>{NUMBER}|半)\s*(?P<clock_unit>个?半?小时|个?半?钟头|分钟)(?P<half>半)?(?P<way>[之以]?前(?![后往去来面])|[之以]?后(?![来面悔]))",
        _clock_away,
        _N | frozenset("半"),
    ),
    Row(rf"(?P<count>{NUMBER}|半)\s*{_COUNTED}[之以]?内(?!部|容)", _inside, _N | frozenset("半")),
    Row(rf"过去(?:的|这)?{_LENGTH}(?:里|来|以来)?(?=.{{0,6}}(?:一直|都|在))", _lasting, frozenset("过")),
    Row(rf"(?:已经?)?{_LENGTH}了(?=$|[，。！？,.!?\s吧呢啊啦])", _still_lasting, _N | frozenset("半已")),
    Row(
        rf"(?P<count>{NUMBER}|半|好?几|数)\s*多?{_COUNTED}多?[之以]?前(?![后面夕往])",
        ago,
        _N | frozenset("半好几数"),
    ),
    Row(rf"{_LENGTH}(?:以来|来(?=一直|都|我|他|她|，|,))", _lasting, _N | frozenset("半")),
    Row(rf"(?:{YEAR})?{MONTH}的?{_NTH}个?{WEEK}{_WEEKDAY}", _nth, _Y | _N),
    Row(rf"{_STEP}的?{_NTH}个?{WEEK}{_WEEKDAY}", _nth, frozenset("上这本当下")),
    Row(rf"(?:{YEAR})?{MONTH}的?{_NTH}个?{WEEK}(?!{_WEEKDAY.replace('?P<weekday>', '')})", _week_of_month, _Y | _N),
    Row(
        rf"{_STEP}的?{_NTH}个?{WEEK}(?!{_WEEKDAY.replace('?P<weekday>', '')})",
        _week_of_month,
        frozenset("上这本当下"),
    ),
    Row(
        r"(?<![\d月年第一二三四五六七八九十百零.])(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])\s*(?P<mark>[日号])(?![本子线楼电元常店人车院房机码选召称光记程报志出落晚式期门厅角])",
        _day_of_month,
        _N,
    ),
    Row(
        rf"(?:{YEAR})?(?P<holiday>{_HOLIDAY}){_NOT_FESTIVE}(?:当天|那天|那晚)?",
        _holiday,
        _Y | frozenset(name[0] for name in HOLIDAYS),
    ),
    Row(
        r"(?<![今去明前后年])(?P<season>[春夏秋冬])[天季](?=$|[我你他她们，。,！去来要会就想再和跟])",
        _bare_season,
        frozenset("春夏秋冬"),
    ),
    Row(r"(?<![马晚早])(?P<step>上上|上|这|本|下下|下)(?:一)?个?周末", _weeks_away, frozenset("上这本下")),
    Row(
        r"(?:上世纪|上个世纪|20世纪|二十世纪)(?P<decade>[二三四五六七八九]十|[2-9]0)年代",
        _century_decade,
        frozenset("上二#"),
    ),
    Row(rf"(?:{YEAR})(?P<quarter>[一二三四])季度", _short_quarter, _Y),
    Row(
        r"(?<![\d.])(?P<from>(?:19|20)\d\d)年?\s*(?:[-–—~～至到]+)\s*(?P<upto>(?:19|20)\d\d)年",
        _years,
        frozenset("#"),
    ),
)
"""What Chinese statements say about dates; see `Row`."""

"""The Chinese date expressions: one table, from words to meaning.

Why it exists: see `date_grammar`. Must not know: what day it is, or English. Rules are written in simplified
characters and read a text that was simplified, one for one. Characters around
an expression decide whether it is one: 马上周末 is not 上周, 以前天气 is not 前天, 上周一起 is not a Monday.
"""

import re
from typing import Final, cast

from fusion_memory.text.date_grammar import Grammar, Opening, Rule, fixed, said
from fusion_memory.text.date_values import Between, Calendar, Part, Relative, Rolling, Spec, Unit, Weekday

DIGITS: Final = {
    char: value
    for value, chars in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
YEAR_OFFSETS: Final = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上一年": -1,
    "今年": 0,
    "本年": 0,
    "明年": 1,
    "来年": 1,
    "后年": 2,
}
STEPS: Final = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
UNITS: Final[dict[str, Unit]] = {
    "天": "day",
    "日": "day",
    "周": "week",
    "星期": "week",
    "礼拜": "week",
    "月": "month",
    "季度": "quarter",
    "年": "year",
}
_PARTS: Final = {
    **dict.fromkeys(("初", "年初", "上旬"), Part.EARLY),
    **dict.fromkeys(("中", "年中", "中旬"), Part.MIDDLE),
    **dict.fromkeys(("底", "末", "年底", "年末", "下旬"), Part.LATE),
    **dict.fromkeys(("上半年", "前半年", "上半月"), Part.FIRST_HALF),
    **dict.fromkeys(("下半年", "后半年", "下半月"), Part.SECOND_HALF),
}
_VAGUE_AGO: Final[dict[Unit, Rolling]] = {
    "day": Rolling("day", 7, skip_days=2, vague=True),
    "week": Rolling("week", 6, skip_days=14, vague=True),
    "month": Rolling("month", 6, skip_days=30, vague=True),
}
_VAGUE_COUNT: Final = 4

NUMBER: Final = r"(?<![\d.])\d{1,3}|(?<![一二三四五六七八九十百零第])[一二两三四五六七八九十百]{1,4}"
YEAR: Final = (
    r"(?:(?<!\d)(?P<year>(?:19|20)\d\d|[一二][零〇一二三四五六七八九]{3})\s*年|(?<!\d)(?P<short>\d\d)年(?=\d{1,2}月)"
    rf"|(?<![以之])(?P<year_offset>{'|'.join(YEAR_OFFSETS)}))的?\s*"
)
MONTH: Final = (
    r"(?<![\d个几数半第])(?P<month>1[0-2]|0?[1-9]|十[一二]|(?<!十)[一二三四五六七八九]|(?<![二三四五六七八九])十)"
    r"\s*月(?:份|(?![饼球亮台]|[一两三\d][次回]))\s*"
)
MONTH_OFFSET: Final = r"(?<![马晚早])(?P<step>上上|上|这|本|当|下下|下)(?:一)?个?月(?:份|(?![台亮球]))"
DAY: Final = (
    r"(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])"
    r"\s*[日号]"
)
_MONTH_PART: Final = r"(?P<part>[上中下]旬|[上下]半月|初(?![次级步])|中(?![国文心学午间])|底|末)"
_YEAR_PART: Final = r"(?P<part>年初|年底|年末|年中(?!国)|[上下前后]半年|初(?![次级步])|底|末)"
WEEK: Final = r"(?:星期|礼拜|周(?![围边期密年岁折转到]))"
_WEEKDAY: Final = (
    r"(?P<weekday>一(?![起直样定共般些个次同边])|[二三四五六](?![个次位天本张件月])|日(?!本)|天(?!气)|末)"
)
_COUNTED: Final = r"(?P<unit>天|(?:个?星期|个?礼拜|周)|个半?月|个?季度|年)"
TO: Final = r"\s*(?:到|至|一直到|直到|~|～|-|–|—+)\s*"


def numeral(text: str) -> int | None:
    """An Arabic or Chinese number up to 999, or the digits of a year one by one; `None` for other words."""
    if text.isdigit() and text.isascii():
        return int(text)
    if not text or not set(text) <= {*DIGITS, "十", "百"}:
        return None
    if not {"十", "百"} & set(text):
        return int("".join(str(DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        else:
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
    return total + digit


_NOTHING: Final = Calendar()


def _part(match: re.Match[str]) -> Part | None:
    return _PARTS.get(said(match, "part"))


def calendar(match: re.Match[str], plain: Calendar = _NOTHING) -> Calendar:
    """A calendar expression with the year and part of the match, and what the rule adds."""
    year, short, offset = said(match, "year"), said(match, "short"), said(match, "year_offset")
    return plain._replace(
        year=2000 + int(short) if short else numeral(year),
        year_offset=YEAR_OFFSETS[offset] if offset else None,
        part=_part(match),
    )


def _month(match: re.Match[str]) -> Spec:
    return calendar(match, Calendar(month=numeral(match["month"]), day=numeral(said(match, "day"))))


def _month_in_step(match: re.Match[str]) -> Spec:
    day = numeral(said(match, "day"))
    if day is None:
        return Relative("month", STEPS[match["step"]], _part(match))
    return calendar(match, Calendar(month_offset=STEPS[match["step"]], day=day))


def _month_part(match: re.Match[str]) -> Spec:
    return Relative("month", 0, _part(match), recent=True)


def _year(match: re.Match[str]) -> Spec | None:
    return calendar(match)


def _quarter(match: re.Match[str]) -> Spec:
    return calendar(match, Calendar(quarter=numeral(match["quarter"])))


def _season(match: re.Match[str]) -> Spec:
    return calendar(match, Calendar(season="春夏秋冬".index(match["season"])))


def _step(match: re.Match[str]) -> Spec:
    return Relative(UNITS[match["unit"]], STEPS[match["step"]])


def _weekday_number(match: re.Match[str]) -> int | None:
    name = said(match, "weekday")
    return None if not name or name == "末" else 6 if name in "日天" else DIGITS[name] - 1


def _week(match: re.Match[str]) -> Spec:
    offset, day = STEPS[match["step"]], _weekday_number(match)
    if day is not None:
        return Weekday(day, week_offset=offset)
    return Weekday(5, week_offset=offset, days=2) if said(match, "weekday") else Relative("week", offset)


def _weekday(match: re.Match[str]) -> Spec:
    day = _weekday_number(match)
    return Weekday(5, days=2) if day is None else Weekday(day)


def _unit(match: re.Match[str]) -> Unit:
    return UNITS[match["unit"].removeprefix("个").removeprefix("半")]


def ago(match: re.Match[str]) -> Spec | None:
    """A count of units before now; the unit itself is taken whole."""
    unit, count = _unit(match), match["count"]
    if count == "半":
        return {"month": Relative("day", -15), "year": Relative("month", -6)}.get(unit)
    number = numeral(count)
    return _VAGUE_AGO.get(unit) if number is None else Relative(unit, -number)


def _rolling(match: re.Match[str]) -> Spec | None:
    unit, count, ahead = _unit(match), match["count"], match["which"] in ("未来", "接下来")
    if count == "半":
        return {"month": Rolling("day", 15), "year": Rolling("month", 6)}.get(unit)
    number = numeral(count)
    if match["which"] == "这" and number == 1:
        return None  # 这一天 points at a day the speaker has just named
    size = _VAGUE_COUNT if number is None else number
    return Rolling(unit, -size if ahead else size, vague=number is None)


def _day_range(match: re.Match[str]) -> Spec:
    month = numeral(match["month"])
    first, last = (calendar(match, Calendar(month=month, day=numeral(match[name]))) for name in ("day", "last_day"))
    return Between(first, last)


def _month_range(match: re.Match[str]) -> Spec:
    first, last = (calendar(match, Calendar(month=numeral(match[name]))) for name in ("month", "last_month"))
    return Between(first, last)


def _decade(match: re.Match[str]) -> Spec | None:
    number = cast("int", numeral(match["decade"]))
    first = number if number >= 1900 else 1900 + number
    return Between(Calendar(year=first), Calendar(year=first + 9))


_DAYS: Final = (
    (r"(?<![以之目从大])前(?:天(?!气)|晚)", Relative("day", -2)),
    (r"大前天", Relative("day", -3)),
    (r"昨(?:天|日)(?:早上|上午|中午|下午|晚上)?|昨早", Relative("day", -1)),
    (r"昨[晚夜]", Between(Relative("day", -1), Relative("day", 0))),
    (r"今(?:天(?!气)|日|早|晨|晚)", Relative("day", 0)),
    (r"明(?:天(?!气)|日|早|晚)", Relative("day", 1)),
    (r"(?<![以之然先大今])后天(?!性|的|努力)", Relative("day", 2)),
    (r"大后天", Relative("day", 3)),
    (r"前几天|前些天", Rolling("day", 7, skip_days=1, vague=True)),
    (r"前两天", Rolling("day", 4, skip_days=1, vague=True)),
)

_N: Final = frozenset("#一二两三四五六七八九十")
_Y: Final = frozenset("#一二大前去上今本明来后")
_STEP: Final = frozenset("上这本当下")
# What a rule's expressions may begin with; see `Rule.heads`.

CHINESE_DATES: Final = Grammar(
    hint=r"\d|[年月日号天周季晚夜早晨]|星期|礼拜",
    rules=(
        *(Rule(words, fixed(spec), frozenset("前大昨今明后")) for words, spec in _DAYS),
        Rule(rf"(?:{YEAR})?{MONTH}(?:{DAY}|{_MONTH_PART})?", _month, _Y | _N),
        Rule(rf"{MONTH_OFFSET}的?\s*(?:{DAY}|{_MONTH_PART})?", _month_in_step, _STEP),
        Rule(rf"{YEAR}(?:{_YEAR_PART})?", _year, _Y),
        Rule(
            r"(?<![\d零一二三四五六七八九十今去前明后本当几半多])(?P<part>年初|年底|年末|年中(?!国)|[上下]半年)",
            _year,
            frozenset("年上下"),
        ),
        Rule(r"(?<![\d个上这本当下一二三四五六七八九十岁])月(?P<part>初|中|底|末)", _month_part, frozenset("月")),
        Rule(
            rf"(?:{YEAR})?(?:第?(?P<quarter>[一二三四1-4])季度)(?P<part>初|中(?!国)|底|末)?",
            _quarter,
            _Y | _N | {"第"},
        ),
        Rule(rf"{YEAR}Q(?P<quarter>[1-4])(?P<part>初|底|末)?", _quarter, _Y),
        Rule(rf"{YEAR}(?P<season>[春夏秋冬])[天季]", _season, _Y),
        Rule(r"(?<![马晚早])(?P<step>上上|上|这|本|下下|下)(?:一)?个?(?P<unit>季度)", _step, _STEP),
        Rule(rf"(?<![马晚早])(?P<step>上上|上|这|本|下下|下)(?:一)?个?{WEEK}{_WEEKDAY}?", _week, _STEP),
        Rule(
            rf"(?<![每这本下逢个零一二两三四五六七八九十\d])(?<!(?<![马晚早])上){WEEK}{_WEEKDAY}",
            _weekday,
            frozenset("周星礼"),
        ),
        Rule(
            rf"(?P<count>{NUMBER}|半|好?几|数)\s*多?{_COUNTED}多?[之以]?前(?![后往去来面夕])",
            ago,
            _N | frozenset("半好几数百"),
        ),
        Rule(
            rf"(?P<which>最近|过去|(?<![附靠接临邻将最])近|这|未来|接下来)(?:的|这)?(?P<count>{NUMBER}|半|几)\s*{_COUNTED}",
            _rolling,
            frozenset("最过近这未接"),
        ),
        Rule(rf"(?:{YEAR})?{MONTH}(?P<day>\d{{1,2}})[日号]?{TO}(?P<last_day>\d{{1,2}})[日号]", _day_range, _Y | _N),
        Rule(
            rf"(?:{YEAR})?(?<!\d)(?P<month>1[0-2]|[1-9]){TO}(?P<last_month>1[0-2]|[1-9])月", _month_range, _Y | _N
        ),
        Rule(r"(?<!\d)(?P<decade>(?:19|20)\d0|[5-9]0|[五六七八九]十)年代", _decade, _N),
    ),
    join=TO,
    openings=(
        Opening("since", r"(?:自从|自|从)\s*", r"\s*(?:开始|起|以来|至今|以后)"),
        Opening("since", "", r"\s*(?:以来|至今)"),
        Opening("before", "", r"\s*(?:之前|以前)"),
        Opening("after", "", r"\s*(?:之后|以后)"),
        Opening("until", r"(?:截至|截止到?|直到)\s*", ""),
    ),
)
"""What Chinese says about time; see `Grammar`."""

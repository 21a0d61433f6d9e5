"""Time windows of English and Chinese questions, seen from Wednesday 18 June 2025, 15:30 in Shanghai."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.text.calendar_spans import resolve
from fusion_memory.text.date_values import Bounded, Calendar, Relative, Rolling, Weekday
from fusion_memory.text.dates import time_windows

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 6, 18, 15, 30, tzinfo=SHANGHAI)
FIRST, LAST = "0002-01-01", "9998-01-01"


def windows(text: str, now: datetime = NOW) -> list[tuple[str, str, bool]]:
    return [
        (window.start.date().isoformat(), window.end.date().isoformat(), window.certain)
        for window in time_windows(text, now)
    ]


def days(first: str, last: str, certain: bool = True) -> list[tuple[str, str, bool]]:
    return [(first, last, certain)]


CERTAIN = [
    # days
    ("yesterday", "昨天", "2025-06-17", "2025-06-18"),
    ("the day before yesterday", "前天", "2025-06-16", "2025-06-17"),
    ("today", "今天", "2025-06-18", "2025-06-19"),
    ("tomorrow", "明天", "2025-06-19", "2025-06-20"),
    ("the day after tomorrow", "后天", "2025-06-20", "2025-06-21"),
    ("3 days ago", "三天前", "2025-06-15", "2025-06-16"),
    ("last night", "昨晚", "2025-06-17", "2025-06-19"),
    # weeks and weekdays
    ("last week", "上周", "2025-06-09", "2025-06-16"),
    ("this week", "这个星期", "2025-06-16", "2025-06-23"),
    ("next week", "下礼拜", "2025-06-23", "2025-06-30"),
    ("the week before last", "上上周", "2025-06-02", "2025-06-09"),
    ("two weeks ago", "两周前", "2025-06-02", "2025-06-09"),
    ("Friday last week", "上周五", "2025-06-13", "2025-06-14"),
    ("last week's Monday", "上星期一", "2025-06-09", "2025-06-10"),
    ("last weekend", "上周末", "2025-06-14", "2025-06-16"),
    # months
    ("last month", "上个月", "2025-05-01", "2025-06-01"),
    ("this month", "本月", "2025-06-01", "2025-07-01"),
    ("two months ago", "两个月前", "2025-04-01", "2025-05-01"),
    ("end of last month", "上个月底", "2025-05-21", "2025-06-01"),
    ("March 2023", "2023年3月", "2023-03-01", "2023-04-01"),
    ("in march 2023", "二〇二三年三月", "2023-03-01", "2023-04-01"),
    ("early March 2024", "2024年3月上旬", "2024-03-01", "2024-03-11"),
    ("mid-March 2024", "2024年3月中旬", "2024-03-11", "2024-03-21"),
    ("late March 2024", "2024年三月下旬", "2024-03-21", "2024-04-01"),
    ("March last year", "去年3月", "2024-03-01", "2024-04-01"),
    # dates
    ("on 5 May 2023", "2023年5月5日", "2023-05-05", "2023-05-06"),
    ("May 5th, 2023", "2023年五月五号", "2023-05-05", "2023-05-06"),
    ("the 25th of December 2024", "去年十二月二十五号", "2024-12-25", "2024-12-26"),
    ("2025-01-18", "2025 年 1 月 18 日", "2025-01-18", "2025-01-19"),
    ("2025/1/18", "2025.1.18", "2025-01-18", "2025-01-19"),
    ("2024-05", "24年5月", "2024-05-01", "2024-06-01"),
    ("May 3-5, 2024", "2024年5月3日到5日", "2024-05-03", "2024-05-06"),
    ("3 to 5 May 2024", "2024年5月3-5日", "2024-05-03", "2024-05-06"),
    # quarters, halves, years
    ("Q3 2023", "2023年Q3", "2023-07-01", "2023-10-01"),
    ("the third quarter of 2023", "2023年第三季度", "2023-07-01", "2023-10-01"),
    ("last quarter", "上个季度", "2025-01-01", "2025-04-01"),
    ("end of Q3 2023", "2023年第三季度末", "2023-09-01", "2023-10-01"),
    ("the first half of last year", "去年上半年", "2024-01-01", "2024-07-01"),
    ("H2 2024", "2024年下半年", "2024-07-01", "2025-01-01"),
    ("late 2023", "2023年底", "2023-10-01", "2024-01-01"),
    ("the beginning of last year", "去年年初", "2024-01-01", "2024-04-01"),
    ("in 2022", "2022年", "2022-01-01", "2023-01-01"),
    ("last year", "去年", "2024-01-01", "2025-01-01"),
    ("the year before last", "前年", "2023-01-01", "2024-01-01"),
    ("3 years ago", "三年前", "2022-01-01", "2023-01-01"),
    ("in the 1990s", "九十年代", "1990-01-01", "2000-01-01"),
    ("summer of 2023", "2023年夏天", "2023-06-01", "2023-09-01"),
    ("winter 2023", "2023年冬天", "2023-12-01", "2024-03-01"),
    # rolling
    ("in the last 3 days", "最近三天", "2025-06-16", "2025-06-19"),
    ("over the past week", "过去一周", "2025-06-12", "2025-06-19"),
    ("the past 3 months", "近三个月", "2025-03-19", "2025-06-19"),
    ("the next 3 days", "未来三天", "2025-06-19", "2025-06-22"),
    # open and joined
    ("before 2022", "2022年以前", FIRST, "2022-01-01"),
    ("after March 2024", "2024年3月之后", "2024-04-01", LAST),
    ("since March 2024", "从2024年3月开始", "2024-03-01", "2025-06-19"),
    ("from March to May 2023", "2023年3月到5月", "2023-03-01", "2023-06-01"),
    ("from November 2023 to 3 February 2024", "2023年11月到2024年2月3日", "2023-11-01", "2024-02-04"),
]

GUESSED = [
    ("in March", "3月", "2025-03-01", "2025-04-01"),
    ("December", "十二月", "2024-12-01", "2025-01-01"),
    ("in November", "十一月", "2024-11-01", "2024-12-01"),
    ("early November", "十一月上旬", "2024-11-01", "2024-11-11"),
    ("mid-January", "1月中旬", "2025-01-11", "2025-01-21"),
    ("July 4th", "7月4日", "2024-07-04", "2024-07-05"),
    ("29 February", "2月29日", "2024-02-29", "2024-03-01"),
    ("Q3", "第三季度", "2024-07-01", "2024-10-01"),
    ("beginning of the year", "年初", "2025-01-01", "2025-04-01"),
    ("end of the month", "月底", "2025-05-21", "2025-06-01"),
    ("on Friday", "周五", "2025-06-13", "2025-06-14"),
    ("on Wednesday", "星期三", "2025-06-18", "2025-06-19"),
    ("over the weekend", "周末", "2025-06-14", "2025-06-16"),
    ("a few days ago", "几天前", "2025-06-12", "2025-06-17"),
    ("since March", "3月以来", "2025-03-01", "2025-06-19"),
    ("from November to February", "11月到2月", "2024-11-01", "2025-03-01"),
    ("between 3 May and 7 May", "5月3日到7日", "2025-05-03", "2025-05-08"),
]


@pytest.mark.parametrize(("english", "chinese", "first", "last"), CERTAIN)
def test_certain_windows(english, chinese, first, last):
    assert windows(english) == days(first, last)
    assert windows(chinese) == days(first, last)


@pytest.mark.parametrize(("english", "chinese", "first", "last"), GUESSED)
def test_guessed_windows_say_so(english, chinese, first, last):
    assert windows(english) == days(first, last, certain=False)
    assert windows(chinese) == days(first, last, certain=False)


@pytest.mark.parametrize(
    ("text", "first", "last", "certain"),
    [
        ("last Friday", "2025-06-13", "2025-06-14", True),
        ("this Friday", "2025-06-20", "2025-06-21", True),
        ("next Friday", "2025-06-20", "2025-06-21", False),
        ("last March", "2025-03-01", "2025-04-01", False),
        ("next March", "2026-03-01", "2026-04-01", False),
        ("last summer", "2024-06-01", "2024-09-01", False),
        ("first week of March 2024", "2024-03-01", "2024-03-08", True),
        ("the last week of May 2024", "2024-05-25", "2024-06-01", True),
        ("until March 2024", FIRST, "2024-04-01", True),
        ("after yesterday's meeting", "2025-06-17", "2025-06-18", True),
        ("下周一", "2025-06-23", "2025-06-24", True),
        ("上个月5号", "2025-05-05", "2025-05-06", True),
        ("大前天", "2025-06-15", "2025-06-16", True),
        ("between 2019 and 2021", "2019-01-01", "2022-01-01", True),
        ("this March", "2025-03-01", "2025-04-01", True),
        ("3-5月", "2025-03-01", "2025-06-01", False),
        ("最近半年", "2024-12-19", "2025-06-19", True),
        ("半个月前", "2025-06-03", "2025-06-04", True),
        ("半年前", "2024-12-01", "2025-01-01", True),
        ("今年第一季度", "2025-01-01", "2025-04-01", True),
        ("上個月", "2025-05-01", "2025-06-01", True),
        ("這週", "2025-06-16", "2025-06-23", True),
        ("兩個月前", "2025-04-01", "2025-05-01", True),
        ("２０２３年５月５日", "2023-05-05", "2023-05-06", True),
    ],
)
def test_what_one_language_says_its_own_way(text, first, last, certain):
    assert windows(text) == days(first, last, certain)


@pytest.mark.parametrize(
    "text",
    [
        "May I go now?",
        "you may 5 times",
        "they march on",
        "march 5 miles",
        "on second thoughts",
        "within the second",
        "the second quarter",
        "I met April and June",
        "a gift from Jan",
        "the fall of Rome",
        "a spring in her step",
        "wed in secret",
        "he sat down",
        "the sun is out",
        "write it in 2000 words",
        "room 2022",
        "version 2023.1",
        "2,022 people",
        "the season 2023-24",
        "q3 alpha",
        "every Friday",
        "Fridays are busy",
        "Black Friday deals",
        "at 10:30",
        "the next step",
        "the last week of class",
        "3 weeks of rain",
        "30 February",
        "以前天气很好",
        "上下班",
        "晚上周围很安静",
        "每周五开会",
        "一周五天",
        "三个月",
        "第三季很好看",
        "一月一次",
        "后天努力比天赋重要",
        "月球和月饼",
        "周围的人",
        "这一天很特别",
        "中年人",
        "2月30日",
        "5年计划",
        "",
    ],
)
def test_doubtful_words_give_no_window(text):
    assert windows(text) == []


def test_words_around_an_expression_decide():
    assert [window.text for window in time_windows("上周一起吃饭", NOW)] == ["上周"]
    assert [window.text for window in time_windows("晚上周五再说", NOW)] == ["周五"]
    assert [window.text for window in time_windows("昨天后来下雨了", NOW)] == ["昨天"]


def test_several_windows_in_order_with_their_words():
    text = "在May 2023和上个月之间，我们去了哪里？ And yesterday?"
    found = time_windows(text, NOW)
    assert [window.text for window in found] == ["May 2023", "上个月", "yesterday"]
    assert all(text[w.offset : w.offset + len(w.text)] == w.text for w in found)


def test_windows_are_in_the_zone_of_the_moment():
    window = time_windows("yesterday", NOW)[0]
    assert window.start == datetime(2025, 6, 17, tzinfo=SHANGHAI)
    assert window.end == datetime(2025, 6, 18, tzinfo=SHANGHAI)
    berlin = ZoneInfo("Europe/Berlin")
    short_day = time_windows("yesterday", datetime(2025, 3, 31, 9, tzinfo=berlin))[0]
    assert short_day.end.astimezone(UTC) - short_day.start.astimezone(UTC) == timedelta(hours=23)


def test_the_moment_needs_a_zone():
    with pytest.raises(ValueError, match="time zone"):
        time_windows("yesterday", datetime(2025, 6, 18))  # noqa: DTZ001  # the refused case


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        (datetime(2025, 1, 1, tzinfo=UTC), "yesterday", days("2024-12-31", "2025-01-01")),
        (datetime(2025, 1, 1, tzinfo=UTC), "上个月", days("2024-12-01", "2025-01-01")),
        (datetime(2025, 3, 31, tzinfo=UTC), "last month", days("2025-02-01", "2025-03-01")),
        (datetime(2024, 2, 29, tzinfo=UTC), "去年", days("2023-01-01", "2024-01-01")),
        (datetime(2024, 2, 29, tzinfo=UTC), "今年2月29日", days("2024-02-29", "2024-03-01")),
        (datetime(2025, 2, 20, tzinfo=UTC), "last quarter", days("2024-10-01", "2025-01-01")),
        (datetime(2025, 6, 15, 12, tzinfo=UTC), "last weekend", days("2025-06-07", "2025-06-09")),
        (datetime(2025, 6, 15, 12, tzinfo=UTC), "last Sunday", days("2025-06-08", "2025-06-09")),
        (datetime(9999, 12, 31, tzinfo=UTC), "tomorrow", []),
        (datetime(1, 1, 1, tzinfo=UTC), "yesterday", []),
    ],
)
def test_at_the_edges_of_months_and_years(now, text, expected):
    assert windows(text, now) == expected


WORDS = (
    "last this next week month year March May 5 2023 of the in since before - to Q3 first half day ago 3 early "
    "上 下 这 周 五 个 月 年 去年 3 日 号 初 底 到 以前 从 起 天 前 几 最近 第 季度 ， 中 末 半"
)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  # the zone is added


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12), st.sampled_from(["", " "]), MOMENTS)
def test_any_wording_gives_ordered_half_open_windows(words, glue, now):
    text = glue.join(words)
    offset = 0
    for window in time_windows(text, now):
        assert window.start < window.end
        assert window.offset >= offset
        assert text[window.offset : window.offset + len(window.text)] == window.text
        offset = window.offset + len(window.text)


@given(st.text())
def test_any_text_can_be_read(text):
    time_windows(text, NOW)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(-30, 30))
def test_neighbouring_units_touch(today, offset):
    for unit in ("day", "week", "month", "quarter", "year"):
        this, following = resolve(Relative(unit, offset), today), resolve(Relative(unit, offset + 1), today)
        assert this is not None
        assert following is not None
        assert this.end == following.start
        now = resolve(Relative(unit, 0), today)
        assert now is not None
        assert now.start <= today < now.end


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(1, 12))
def test_a_month_without_a_year_is_the_latest_that_has_begun(today, month):
    found = resolve(Calendar(month=month), today)
    assert found is not None
    assert found.start <= today < date(found.start.year + 1, month, 1)
    assert not found.certain


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(0, 6))
def test_a_weekday_is_within_a_week(today, day):
    found = resolve(Weekday(day), today)
    assert found is not None
    assert found.start.weekday() == day
    assert timedelta(0) <= today - found.start < timedelta(7)


def test_meanings_compose():
    today = date(2025, 6, 18)
    since = resolve(Bounded("since", Relative("week", -1)), today)
    assert since is not None
    assert (since.start, since.end) == (date(2025, 6, 9), date(2025, 6, 19))
    assert resolve(Rolling("day", -2), today) == (date(2025, 6, 19), date(2025, 6, 21), True)

"""The spans of time a question speaks of, in English and Chinese, seen from a given moment.

Why it exists: "last Friday" and 上个月 must narrow a search without a model. Must not know: the clock (the
moment is an argument), what is searched, or how windows are weighed. Conservative by design: a doubtful word
gives no window, a guessed year gives one that says so. Languages are tables (`dates_en`, `dates_zh`), meaning
is one step (`calendar_spans.resolve`).
"""

import re
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from typing import Final

from fusion_memory.text.calendar_spans import resolve
from fusion_memory.text.date_grammar import NUMERIC_RULES, Grammar, expressions
from fusion_memory.text.dates_en import ENGLISH_DATES
from fusion_memory.text.dates_zh import CHINESE_DATES
from fusion_memory.text.simplified import SIMPLER

READ_CHARS: Final = 8_192
"""A text is read up to here."""

_WIDTHS: Final = {ord("０") + digit: ord("0") + digit for digit in range(10)} | {ord("\u3000"): " ", ord("Ｑ"): "Q"}
ONE_TO_ONE: Final = {**SIMPLER, **_WIDTHS}
"""Traditional and full-width characters to those the rules are written in, one for one: offsets stay valid."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The half-open interval `[start, end)` that `text` speaks of.

    Attributes:
        start: aware, in the time zone of the moment asked from.
        end: aware, after `start`.
        text: the words, as they were written.
        offset: where they stand, in code points.
        certain: false when the year, or which Friday, had to be guessed, or the words are vague.
    """

    start: datetime
    end: datetime
    text: str
    offset: int = 0
    certain: bool = True


@cache
def _grammar(*, english: bool, chinese: bool) -> Grammar:
    spoken = [grammar for grammar, used in ((ENGLISH_DATES, english), (CHINESE_DATES, chinese)) if used]
    return Grammar(
        hint="|".join((r"\d", *(grammar.hint for grammar in spoken))),
        rules=(*NUMERIC_RULES, *(rule for grammar in spoken for rule in grammar.rules)),
        join="|".join(grammar.join for grammar in spoken) or r"\s*[-–—~]\s*",
        pair=ENGLISH_DATES.pair if english else None,
        openings=tuple(opening for grammar in spoken for opening in grammar.openings),
    )


def time_windows(text: str, now: datetime) -> list[TimeWindow]:
    """The windows of time that a text names, in the order of the text.

    Weeks begin on Monday. A month, quarter or date without a year is the latest one that began by `now`. Open
    ranges ("since March", 2022年以前) reach to the end of today, to year 2 or to year 9998.

    Args:
        text: a question or sentence, English, Chinese or both; the first `READ_CHARS` characters are read.
        now: the moment it is asked, with a time zone.

    Returns:
        The windows; empty when the text names none.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone, for example datetime.now(UTC)")
    plain = text[:READ_CHARS].translate(ONE_TO_ONE)
    english, chinese = re.search("[A-Za-z]", plain) is not None, re.search("[\u4e00-\u9fff]", plain) is not None
    windows: list[TimeWindow] = []
    for found in expressions(_grammar(english=english, chinese=chinese), plain):
        days = resolve(found.spec, now.date())
        if days is not None:
            start, end = (datetime.combine(day, time.min, now.tzinfo) for day in (days.start, days.end))
            windows.append(TimeWindow(start, end, text[found.start : found.end], found.start, days.certain))
    return windows

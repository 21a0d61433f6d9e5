"""The times a statement tells, in English and Chinese, resolved against the moment it was said.

Why it exists: "we meet on Friday" and 上周五见了她 must become dates that facts can carry. Must not know: the
clock (the moment is an argument), what is done with the times, or any model. Questions are read by `dates`,
which narrows a search; here every word counts, so the rules are the same tables and more, a bare weekday
follows the tense of its clause, and clock times, deadlines and rhythms are told apart.
"""

from datetime import date, datetime
from functools import cache
from typing import Final

from fusion_memory.core.knowledge import TimeMention, TimeRole
from fusion_memory.text.clock_times_en import ENGLISH_CLOCK_ROWS
from fusion_memory.text.clock_times_zh import CHINESE_CLOCK_ROWS
from fusion_memory.text.date_grammar import NUMERIC_RULES, Rule
from fusion_memory.text.dates import ONE_TO_ONE, READ_CHARS
from fusion_memory.text.dates_en import ENGLISH_DATES
from fusion_memory.text.dates_zh import CHINESE_DATES
from fusion_memory.text.distances_en import ENGLISH_DISTANCE_ROWS
from fusion_memory.text.moments import days_of, leaning, told
from fusion_memory.text.recurrence_en import ENGLISH_REPEAT_ROWS
from fusion_memory.text.recurrence_zh import CHINESE_REPEAT_ROWS
from fusion_memory.text.temporal_en import ENGLISH_ROWS
from fusion_memory.text.temporal_grammar import Found, Reader, Row
from fusion_memory.text.temporal_words import INSTANT_ROWS, LIGHT, SECOND, WORDS
from fusion_memory.text.temporal_zh import CHINESE_ROWS
from fusion_memory.text.tense import Tenses

_ROWS: Final[tuple[Row | Rule, ...]] = (
    *INSTANT_ROWS,
    *ENGLISH_ROWS,
    *ENGLISH_DISTANCE_ROWS,
    *ENGLISH_CLOCK_ROWS,
    *ENGLISH_REPEAT_ROWS,
    *CHINESE_ROWS,
    *CHINESE_CLOCK_ROWS,
    *CHINESE_REPEAT_ROWS,
    *NUMERIC_RULES,
    *ENGLISH_DATES.rules,
    *CHINESE_DATES.rules,
)


@cache
def _reader() -> Reader:
    return Reader(_ROWS, WORDS, LIGHT, SECOND)


def mentions(text: str, said_at: datetime) -> list[TimeMention]:
    """The times a statement tells, in the order of the text and without overlap.

    A time that leaves its week or year unsaid looks back or ahead with the tense of its clause (see `tense`);
    where the clause does not tell, the future is taken and the mention is not certain. Weeks begin on Monday,
    "next Friday" is the one of next week. A deadline, a beginning and an end are the named time itself, with
    their role; a time of day without a date belongs to the day named before it in the sentence, or to the day
    it was said. A part of a day has the granularity DAY, other stretches that are no whole unit have SPAN. The
    start and end of a repeated time are its next occurrence, counted from the moment said. Dates written
    03/04/2025 are left out: their order depends on the writer.

    Args:
        text: a statement in English, Chinese or both; the first `READ_CHARS` characters are read.
        said_at: when it was said, with a time zone; times without one of their own are in this zone.

    Returns:
        The mentions; `text[first:last]` are the words, with those that give the role ("by", 之前).

    Raises:
        ValueError: `said_at` has no time zone.
    """
    if said_at.tzinfo is None:
        raise ValueError("said_at needs a time zone, for example datetime.now(UTC)")
    plain = text[:READ_CHARS].translate(ONE_TO_ONE)
    found = _reader().read(plain)
    if not found:
        return []
    tenses = Tenses(plain)
    told_times: list[TimeMention] = []
    anchor: tuple[int, date] | None = None
    for part in found:
        sentence = tenses.sentence(part.start)[0]
        day = anchor[1] if anchor and anchor[0] == sentence else None
        mention = _mention(text, part, said_at, tenses, day)
        if mention is None:
            continue
        told_times.append(mention[0])
        for named in mention[1]:
            anchor = (sentence, named)
    return told_times


def _mention(
    text: str, part: Found, said_at: datetime, tenses: Tenses, day: date | None
) -> tuple[TimeMention, list[date]] | None:
    """The time of one expression, and the day it names, if it is a day."""
    needed = part.bound or leaning(part.moment)
    tense = (tenses.around(part.start, part.end) or part.lean) if needed else ""
    time = told(part.moment, said_at, tense, day)
    if time is None:
        return None
    over = part.bound and (tense in ("past", "told") or time.end <= said_at)
    role = TimeRole.UNTIL if over else part.moment.role
    words = text[part.start : part.end]
    mention = TimeMention(
        time.start, time.end, time.granularity, words, part.start, part.end, role, time.certain, time.recurrence
    )
    return mention, list(days_of(part.moment, time))

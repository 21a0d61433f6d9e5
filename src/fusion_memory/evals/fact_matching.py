"""When a fact is the one that was expected: the rules of matching, in one place and open to doubt. Pure.

A fact matches an expectation when all of this holds:

1. its type is one of the types that are right;
2. its subject is the expected one: ``user`` exactly, a name when either holds the other, anything when none is
   expected;
3. every expected piece stands in its words or its value, at the start of a word where the piece is Latin;
4. it is denied where a denial is expected ("does not like", and "dislikes" is one; what is over counts), and not
   denied where none is;
5. the time it tells, if both tell one, touches the expected one.

One fact meets one expectation and the other way round. Telling no time is no mismatch; it counts in the accuracy of
times, where the time must lie inside the expected days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache

from fusion_memory.core.knowledge import USER, Claim, Fact, FactState, Polarity, TimeMention
from fusion_memory.evals.fact_records import Expected
from fusion_memory.text.folding import fold

Known = Claim | Fact

DENYING = frozenset({"dislikes", "hates", "avoids"})
"""Predicates that say no without a negation."""


def matches(known: Known, expected: Expected) -> bool:
    """Whether the fact is the expected one."""
    return (
        known.type.value in expected.types
        and says(known, expected.has)
        and is_about(known.subject, expected.subject)
        and _denial_fits(known, expected.denied)
        and _time_fits(known.when, expected)
    )


def says(known: Known, pieces: Iterable[str]) -> bool:
    """Whether all the pieces stand in the words or the value of the fact."""
    words = fold(f"{known.text}\n{known.object}")
    return all(holds(words, piece) for piece in pieces)


def holds(words: str, piece: str) -> bool:
    """Whether a piece stands in folded words: a Latin one at the start of a word, a number as a whole number."""
    return _piece(piece).search(words) is not None


def is_about(subject: str, expected: str) -> bool:
    """Whether a subject is the expected one."""
    found, wanted = fold(subject).strip(), fold(expected).strip()
    if USER in (found, wanted):
        return not wanted or found == wanted
    return wanted in found or (bool(found) and found in wanted)


def denies(known: Known) -> bool:
    """Whether the fact says that something is not so; "dislikes" does."""
    return (known.polarity is Polarity.NEGATIVE) != (known.predicate in DENYING)


def is_over(known: Known) -> bool:
    """Whether the fact is told to hold no longer."""
    return known.ends if isinstance(known, Claim) else known.state is FactState.ENDED


def right_time(known: Known, expected: Expected) -> bool:
    """Whether the fact tells a time that lies inside the expected days."""
    if known.when is None or expected.start is None or expected.end is None:
        return False
    return expected.start <= known.when.start and known.when.end <= expected.end


def assign(expected: Sequence[Expected], known: Sequence[Known]) -> dict[int, int]:
    """Give each expectation a fact of its own, greedily: place of the expectation -> place of the fact.

    The expectation with the fewest candidates chooses first; it takes a fact with the right time before one
    without, and a short one before a long one.
    """
    candidates = {
        place: [number for number, one in enumerate(known) if matches(one, wanted)]
        for place, wanted in enumerate(expected)
    }
    given: dict[int, int] = {}
    for place in sorted(candidates, key=lambda place: len(candidates[place])):
        wanted = expected[place]
        free = [number for number in candidates[place] if number not in given.values()]
        if free:
            given[place] = min(free, key=lambda n: (not right_time(known[n], wanted), len(known[n].text), n))
    return given


def _denial_fits(known: Known, denied: bool | None) -> bool:
    if denied is None:
        return True
    return (denies(known) or is_over(known)) if denied else not denies(known)


def _time_fits(when: TimeMention | None, expected: Expected) -> bool:
    if when is None or expected.start is None or expected.end is None:
        return True
    return when.start < expected.end and expected.start < _after(when)


def _after(when: TimeMention) -> datetime:
    """The end of a time; a moment lasts an instant."""
    return max(when.end, when.start + timedelta(microseconds=1))


@cache
def _piece(piece: str) -> re.Pattern[str]:
    wanted = fold(piece)
    opened = r"(?<![0-9a-z])" if re.match(r"[0-9a-z]", wanted) else ""
    closed = r"(?![0-9])" if wanted[-1:].isdigit() else ""
    return re.compile(opened + re.escape(wanted) + closed)

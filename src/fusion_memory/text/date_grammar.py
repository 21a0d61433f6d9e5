"""The form of a language's date grammar: a table of rules, and the words that join or bound expressions.

Why it exists: adding an expression must mean adding one row to one table. Must not know: any language, or
what day it is. A rule recognises a whole expression and says what it means; when several match at one place
the longest wins.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from fusion_memory.text.calendar_spans import Between, Bounded, Calendar, Spec

BoundKind: TypeAlias = Literal["before", "after", "since", "until"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` matches a whole expression, ignoring case; `meaning` may refuse the match with `None`."""

    pattern: str
    meaning: Callable[[re.Match[str]], Spec | None]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The table of one language.

    Attributes:
        rules: what an expression looks like; order does not matter.
        join: what may stand between two expressions that open and close one span.
        bounds_before: patterns that, ending where an expression begins, open it to one side.
        bounds_after: the same, beginning where an expression ends.
    """

    rules: tuple[Rule, ...]
    join: str
    bounds_before: tuple[tuple[str, BoundKind], ...] = ()
    bounds_after: tuple[tuple[str, BoundKind], ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A recognised expression: `text[start:end]` means `spec`."""

    start: int
    end: int
    spec: Spec


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def expressions(grammar: Grammar, text: str) -> list[Expression]:
    """The date expressions of a text in order, without overlap, joined and bounded where the text says so."""
    found = sorted(_matches(grammar, text), key=lambda e: (e.start, -e.end))
    plain: list[Expression] = []
    for expression in found:
        if not plain or expression.start >= plain[-1].end:
            plain.append(expression)
    return [_bound(grammar, text, expression) for expression in _join(grammar, text, plain)]


def _matches(grammar: Grammar, text: str) -> Iterator[Expression]:
    for rule in grammar.rules:
        for match in _compiled(rule.pattern).finditer(text):
            spec = rule.meaning(match)
            if spec is not None:
                yield Expression(match.start(), match.end(), spec)


def _join(grammar: Grammar, text: str, plain: list[Expression]) -> list[Expression]:
    joined: list[Expression] = []
    for expression in plain:
        previous = joined[-1] if joined else None
        if (
            previous is not None
            and not isinstance(previous.spec, Between)
            and _compiled(grammar.join).fullmatch(text, previous.end, expression.start)
        ):
            joined[-1] = Expression(previous.start, expression.end, Between(previous.spec, expression.spec))
        else:
            joined.append(expression)
    return joined


def _bound(grammar: Grammar, text: str, expression: Expression) -> Expression:
    for pattern, kind in grammar.bounds_after:
        after = _compiled(pattern).match(text, expression.end)
        if after:
            return Expression(expression.start, after.end(), Bounded(kind, expression.spec))
    for pattern, kind in grammar.bounds_before:
        before = _compiled(f"(?:{pattern})$").search(text, max(0, expression.start - 24), expression.start)
        if before:
            return Expression(before.start(), expression.end, Bounded(kind, expression.spec))
    return expression


def _said(match: re.Match[str], name: str) -> str:
    return match.groupdict().get(name) or ""


def iso_date(match: re.Match[str]) -> Spec:
    """A date written as numbers, year first: groups `year`, `month` and perhaps `day`."""
    day = _said(match, "day")
    return Calendar(year=int(match["year"]), month=int(match["month"]), day=int(day) if day else None)


NUMERIC_RULES: tuple[Rule, ...] = (
    Rule(r"(?<![\d.\-/])(?P<year>(?:19|20)\d\d)([-/.])(?P<month>0?[1-9]|1[0-2])\2(?P<day>\d{1,2})(?!\d)", iso_date),
    Rule(r"(?<![\d.\-/])(?P<year>(?:19|20)\d\d)[-/](?P<month>0[1-9]|1[0-2])(?![\d\-/])", iso_date),
)
"""Numeric dates, the same in every language. `03/04/2023` is left alone: who wrote it decides the order."""

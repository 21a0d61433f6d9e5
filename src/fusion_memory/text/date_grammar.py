"""The form of a language's date grammar: a table of rules, and the words that join or open expressions.

Why it exists: adding an expression must mean adding one row to one table. Must not know: any language, or
what day it is. A rule recognises a whole expression and says what it means; where several match, the
leftmost and then the longest wins.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar

from fusion_memory.text.date_values import Between, Bounded, Calendar, Spec

Meant = TypeVar("Meant")
BoundKind: TypeAlias = Literal["before", "after", "since", "until"]
_BOUND_REACH = 24  # characters before an expression in which "since" and the like are looked for


NUMBER: Final = frozenset("#")
"""The head of an expression that begins with a number in digits."""


def heads(words: str) -> frozenset[str]:
    """The words of a line, as the heads of a rule."""
    return frozenset(words.split())


class Rule(NamedTuple):
    """`pattern` matches a whole expression, ignoring case; `meaning` may refuse the match with `None`.

    `heads` are the words (or characters, or `#` for a number) that an expression may begin with: a reader in a
    hurry tries the rule only there.
    """

    pattern: str
    meaning: Callable[[re.Match[str]], Spec | None]
    heads: frozenset[str]


class Opening(NamedTuple):
    """Words right before and after an expression that open it to one side; both must match (empty always does)."""

    kind: BoundKind
    before: str = ""
    after: str = ""


class Grammar(NamedTuple):
    """What a language says about time.

    Attributes:
        hint: one of these is in every expression; a text without any is not read further.
        rules: expressions; order does not matter.
        join: what may stand between two expressions that begin and end one span.
        pair: what stands before and between two expressions that begin and end one span.
        openings: words that open an expression to one side; the first that fits counts.
    """

    hint: str
    rules: tuple[Rule, ...]
    join: str
    pair: tuple[str, str] | None = None
    openings: tuple[Opening, ...] = ()


class Expression(NamedTuple):
    """A recognised expression: `text[start:end]` means `spec`."""

    start: int
    end: int
    spec: Spec


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Word boundaries are those of ASCII, so that an English date is seen between Chinese characters."""
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


def stands_before(match: re.Match[str], pattern: str, reach: int = _BOUND_REACH) -> bool:
    """Whether `pattern` matches right before a match, within `reach` characters."""
    start = match.start()
    return _compiled(f"(?:{pattern})$").search(match.string[max(0, start - reach) : start]) is not None


def said(match: re.Match[str], name: str) -> str:
    """A named group in lower case; empty when the rule has none by this name or it did not match."""
    return (match.groupdict().get(name) or "").lower()


def fixed(meaning: Meant) -> Callable[[re.Match[str]], Meant]:
    """The meaning of words that always mean the same."""
    return lambda _match: meaning


def expressions(grammar: Grammar, text: str) -> list[Expression]:
    """The date expressions of a text in order, without overlap, joined and opened where the text says so."""
    if not _compiled(grammar.hint).search(text):
        return []
    found = sorted(_matches(grammar, text), key=lambda e: (e.start, -e.end))
    plain: list[Expression] = []
    for expression in found:
        if not plain or expression.start >= plain[-1].end:
            plain.append(expression)
    return [_opened(grammar, text, expression) for expression in _joined(grammar, text, plain)]


def _matches(grammar: Grammar, text: str) -> Iterator[Expression]:
    for rule in grammar.rules:
        for match in _compiled(rule.pattern).finditer(text):
            spec = rule.meaning(match)
            if spec is not None:
                yield Expression(match.start(), match.end(), spec)


def _joined(grammar: Grammar, text: str, plain: list[Expression]) -> list[Expression]:
    joined: list[Expression] = []
    for expression in plain:
        if joined and _joins(grammar, text, joined[-1], expression):
            first = joined.pop()
            joined.append(Expression(first.start, expression.end, Between(first.spec, expression.spec)))
        else:
            joined.append(expression)
    return joined


def _joins(grammar: Grammar, text: str, first: Expression, last: Expression) -> bool:
    if isinstance(first.spec, Between):
        return False
    if _compiled(grammar.join).fullmatch(text, first.end, last.start):
        return True
    if grammar.pair is None:
        return False
    before, between = grammar.pair
    opened = _compiled(f"(?:{before})$").search(text, max(0, first.start - _BOUND_REACH), first.start)
    return opened is not None and _compiled(between).fullmatch(text, first.end, last.start) is not None


def _opened(grammar: Grammar, text: str, expression: Expression) -> Expression:
    for opening in grammar.openings:
        low = max(0, expression.start - _BOUND_REACH)
        before = _compiled(f"(?:{opening.before})$").search(text, low, expression.start)
        after = _compiled(opening.after).match(text, expression.end)
        if before and after:
            return Expression(before.start(), after.end(), Bounded(opening.kind, expression.spec))
    return expression


def _numeric(match: re.Match[str]) -> Spec:
    day = said(match, "day")
    return Calendar(year=int(match["year"]), month=int(match["month"]), day=int(day) if day else None)


NUMERIC_RULES = (
    Rule(
        r"(?<![\d.\-/])(?P<year>(?:19|20)\d\d)([-/.])(?P<month>0?[1-9]|1[0-2])\2(?P<day>\d{1,2})(?!\d)",
        _numeric,
        NUMBER,
    ),
    Rule(r"(?<![\d.\-/])(?P<year>(?:19|20)\d\d)[-/](?P<month>0[1-9]|1[0-2])(?![\d\-/])", _numeric, NUMBER),
)
"""Numeric dates, the same in every language. `03/04/2023` is left alone: its order depends on the writer."""

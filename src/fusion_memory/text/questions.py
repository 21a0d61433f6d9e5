"""What kind of question a question is, in English and Chinese, from its words alone.

Why it exists: how much raw evidence is wanted, whose words count and whether the present matters depend on the
question. Must not know: memories, rankings, or the tables' meanings. The wordings are data
(:mod:`questions_en`, :mod:`questions_zh`); this file applies them in the order of :data:`ORDER`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from fusion_memory.core.question import QuestionKind, Voice
from fusion_memory.text import questions_en, questions_zh
from fusion_memory.text.simplified import simplify
from fusion_memory.text.stopwords import ENGLISH

READ_CHARS: Final = 2_000
"""A question is read up to here."""

ORDER: Final = (
    QuestionKind.ASSISTANT_REFERENCE,
    QuestionKind.INSTRUCTION,
    QuestionKind.CONTRADICTION,
    QuestionKind.SUMMARIZATION,
    QuestionKind.EVENT_ORDERING,
    QuestionKind.ABSTENTION,
    QuestionKind.TEMPORAL_LOOKUP,
    QuestionKind.KNOWLEDGE_UPDATE,
    QuestionKind.MULTI_SESSION,
    QuestionKind.PREFERENCE,
)
"""Which kind a question is when several fit: the first of these; none is :attr:`QuestionKind.FACTUAL_EXACT`."""

_PLAIN: Final = {ord("’"): "'", ord("‘"): "'", ord("ʼ"): "'", ord("\u3000"): " "}
_NAME: Final = re.compile(r"\b[A-Z][A-Za-z0-9]*(?:[-'][A-Z][a-z]+)*(?:\s+[A-Z][A-Za-z0-9]*)*")
_QUOTED: Final = re.compile(r"[“\"「『《]([^”\"」』》]{1,60})[”\"」』》]")
_OPENS: Final = re.compile(r"(?:^|[.!?]\s+)\s*$")


def kind_of(question: str) -> QuestionKind:
    """The kind of a question; :attr:`QuestionKind.FACTUAL_EXACT` when its words do not say."""
    plain = _plain(question)
    return next((kind for kind in ORDER if _asks(kind, plain)), QuestionKind.FACTUAL_EXACT)


def wants_current(question: str) -> bool:
    """Whether the question is about how things stand at its present, not about what was."""
    plain = _plain(question)
    if _asks(QuestionKind.KNOWLEDGE_UPDATE, plain):
        return True
    return any(re_.search(plain) for re_ in _standing()) and not any(re_.search(plain) for re_ in _gone())


def voice_of(question: str) -> Voice | None:
    """Whose words the question asks for: the assistant's ("you suggested"), the user's ("I said"), or None."""
    plain = _plain(question)
    if _asks(QuestionKind.ASSISTANT_REFERENCE, plain):
        return Voice.ASSISTANT
    return Voice.USER if any(re_.search(plain) for re_ in _own_words()) else None


def names_in(question: str) -> tuple[str, ...]:
    """What the question names, in its order: quoted words, and capitalised words that are no mere beginning."""
    found: dict[str, None] = {}
    for match in _QUOTED.finditer(question):
        found[match.group(1).strip()] = None
    for match in _NAME.finditer(question[:READ_CHARS]):
        name = _name(match, question)
        if name:
            found[name] = None
    return tuple(found)


def names(question: str, speaker: str) -> bool:
    """Whether a question names a person, by the whole name or, of a Latin name, its first word."""
    asked, whole = _plain(question), _plain(speaker).strip()
    if not whole:
        return False
    if not whole.isascii():
        return whole in asked
    words = whole.split()
    return any(re.search(rf"\b{re.escape(name)}\b", asked) for name in {whole, words[0]} if len(name) > 1)


def _name(match: re.Match[str], question: str) -> str:
    words = match.group().removesuffix("'s").split()
    if _OPENS.search(question[: match.start()]):
        while words and words[0].lower() in ENGLISH:
            words = words[1:]
        if (
            len(words) == 1
            and not question[match.end() :].startswith(("'s", "’s", ","))
            and len(match.group().split()) == 1
        ):
            return ""
    return " ".join(word for word in words if word.lower() not in _NEVER)


_NEVER: Final = frozenset({"i", "i'm", "i've", "i'd", "i'll", "ok", "hi", "hello", "please"})


def _plain(question: str) -> str:
    return simplify(question[:READ_CHARS].translate(_PLAIN)).casefold()


def _asks(kind: QuestionKind, plain: str) -> bool:
    return any(pattern.search(plain) for pattern in _patterns()[kind])


@cache
def _patterns() -> Mapping[QuestionKind, tuple[re.Pattern[str], ...]]:
    tables = (questions_en.KINDS, questions_zh.KINDS)
    return {kind: tuple(re.compile(table[kind]) for table in tables if kind in table) for kind in ORDER}


@cache
def _standing() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, (questions_en.STANDING, questions_zh.STANDING)))


@cache
def _gone() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, (questions_en.GONE, questions_zh.GONE)))


@cache
def _own_words() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, (questions_en.OWN_WORDS, questions_zh.OWN_WORDS)))

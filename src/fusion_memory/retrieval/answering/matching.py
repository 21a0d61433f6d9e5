"""How much of a question a sentence speaks of, and whether it can hold the answer. Pure.

English is compared word by word, a rare word counting more; Chinese character by character, a character counting
fully when it stands beside the same neighbour as in the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import log
from typing import Final

from fusion_memory.core.question import QueryPlan, Voice
from fusion_memory.memory.spans import Passage
from fusion_memory.text.answer_types import Asking, Wanted
from fusion_memory.text.irregular_en import base_form
from fusion_memory.text.sentences import sentences
from fusion_memory.text.simplified import simplify
from fusion_memory.text.tokens import query_terms, terms

ABSENT: Final = 1.7
"""What a Chinese character weighs that stands in none of the sentences at hand; one that does weighs 1."""

ALONE: Final = 0.5
"""What a Chinese character counts that stands without its neighbour."""

FROM_BEFORE: Final = 0.55
"""What a word counts that stands only in what was said before a sentence that points back."""

ASSISTANT: Final = 0.6
"""What a sentence of an assistant counts when the question does not ask for its words."""

ANOTHER: Final = 0.6
"""What a sentence counts when the question names one speaker and another one speaks, not to or of the first."""

NOUN: Final = 0.35
"""What the noun counts that only names the kind of answer ("which INSTRUMENT")."""

_POINTS_BACK: Final = re.compile(
    r"\b(?:he|she|it|they|his|her|their|its|him|them|there|that|this|these|those|one)\b|[他她它那这]", re.IGNORECASE
)
_SECOND_PERSON: Final = re.compile(r"\b(?:you|your|yours|you're|you've)\b|[你您]", re.IGNORECASE)
_FIRST_PERSON: Final = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|my|me|mine|we|our|us)\b|我|咱", re.IGNORECASE)
_STRICT: Final = frozenset({Wanted.AGE, Wanted.COLOUR, Wanted.CONTACT})
_LEAST_CONTENT: Final = 1


@dataclass(frozen=True)
class Line:
    """A sentence of a memory: ``content[first:last]``, and what was said just before it."""

    passage: Passage
    first: int
    last: int
    text: str
    before: str = ""
    rank: int = 0

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Its words in their base forms."""
        return frozenset(map(base_form, terms(self.text)))

    @cached_property
    def plain(self) -> str:
        """Its characters, simplified."""
        return simplify(self.text)


@dataclass(frozen=True, slots=True)
class Words:
    """The content of a question: English words with weights, Chinese stretches; ``known`` characters were said."""

    english: dict[tuple[str, ...], float]
    stretches: tuple[str, ...]
    noun: tuple[str, ...]
    known: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing is left to look for."""
        return not self.english and not self.stretches


def lines_of(passages: Iterable[Passage]) -> list[Line]:
    """The sentences of passages, each once, with what stands before them in their thread; questions are none."""
    found: dict[tuple[str, int, int], Line] = {}
    ordered = list(passages)
    by_place = {(p.thread, p.seq): p for p in ordered}
    for rank, passage in enumerate(ordered):
        before = " ".join(
            by_place[passage.thread, passage.seq - back].text
            for back in (2, 1)
            if (passage.thread, passage.seq - back) in by_place
        )
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            key = (passage.event_id, passage.start + start, passage.start + end)
            if key not in found and not text.rstrip("\"'”’」』）)").endswith(("?", "？")):
                found[key] = Line(passage, key[1], key[2], text, before, rank)
            before = f"{before} {text}"
    return list(found.values())


def words_of(plan: QueryPlan, asking: Asking, lines: Sequence[Line]) -> Words:
    """The content words of a question with their weights among the sentences at hand."""
    frame = {token for text in asking.frame for token in map(base_form, terms(text))}
    noun = tuple(map(base_form, terms(asking.noun))) if asking.noun.isascii() else tuple(asking.noun)
    phrases = [tuple(map(base_form, phrase)) for phrase in plan.phrases]
    english = {p: _weight(p, lines) for p in phrases if p[0].isascii() and not set(p) <= frame}
    pairs = _pairs(plan.query, asking)
    if asking.noun and asking.noun.isascii():
        rest = {p: w for p, w in english.items() if not set(p) <= set(noun)}
        english = rest if rest or pairs else english
    return Words(english, _stretches(pairs), noun, frozenset("".join(line.plain for line in lines)))


def coverage(words: Words, line: Line, also: frozenset[str] = frozenset()) -> float:
    """The part of a question's content that a sentence has, 0 to 1; ``also`` are words it has unsaid."""
    if words.empty:
        return 0.0
    tokens = line.tokens | also
    points_back = _POINTS_BACK.search(line.text) is not None
    earlier = frozenset(map(base_form, terms(line.before))) if points_back else frozenset()
    total = sum(words.english.values())
    got = sum(w * _word_share(phrase, tokens, earlier) for phrase, w in words.english.items())
    earlier_text = simplify(line.before) if points_back else ""
    for stretch in words.stretches:
        shares = [_character_share(stretch, at, line.plain, earlier_text, also) for at in range(len(stretch))]
        weights = [1.0 if char in words.known else ABSENT for char in stretch]
        total += sum(weights)
        got += sum(weight * share for weight, share in zip(weights, shares, strict=True))
    if words.noun and _has_noun(words.noun, line):
        got += NOUN * (total - got)
    return got / total if total else 0.0


def speaks_of(line: Line) -> frozenset[str]:
    """The words of a speaker's own name, when the sentence is in the first person: "I" is its speaker."""
    name = line.passage.speaker
    if not name or not _FIRST_PERSON.search(line.text):
        return frozenset()
    return frozenset(map(base_form, terms(name))) | {name}


def standing(line: Line, plan: QueryPlan, speakers: frozenset[str] = frozenset()) -> float:
    """What a sentence counts by whose words it is; ``speakers`` are those whom the question names."""
    own = line.passage.role != "assistant"
    if plan.voice is Voice.ASSISTANT:
        return ASSISTANT if own else 1.0
    if speakers and line.passage.speaker and line.passage.speaker not in speakers:
        about = any(name.casefold() in line.text.casefold() for name in speakers)
        return 1.0 if about or _SECOND_PERSON.search(line.text) else ANOTHER
    return 1.0 if own else ASSISTANT


def speakers_named(plan: QueryPlan, lines: Sequence[Line]) -> frozenset[str]:
    """Those speakers of the sentences at hand whom the question names."""
    asked = plan.query.casefold()
    names = {line.passage.speaker for line in lines if line.passage.speaker}
    return frozenset(name for name in names if name.casefold() in asked)


def least(asking: Asking) -> float:
    """The coverage from which a sentence may be the answer."""
    if asking.wanted is Wanted.YES_NO:
        return 0.85
    if asking.wanted in _STRICT:
        return 0.5
    return 0.6


def _weight(phrase: tuple[str, ...], lines: Sequence[Line]) -> float:
    having = sum(set(phrase) <= line.tokens for line in lines)
    return log(1 + (len(lines) - having + 0.5) / (having + 0.5)) + 0.2


def _word_share(phrase: tuple[str, ...], tokens: frozenset[str], earlier: frozenset[str]) -> float:
    if tokens.issuperset(phrase):
        return 1.0
    return FROM_BEFORE if earlier.issuperset(phrase) else 0.0


def _pairs(query: str, asking: Asking) -> tuple[str, ...]:
    """The Chinese content of a question in pairs and single characters, without what only names the kind."""
    plain = simplify(query)
    for frame in asking.frame:
        plain = plain.replace(frame, "，", 1)
    if asking.noun and not asking.noun.isascii():
        rest = plain.replace(asking.noun, "，", 1)
        plain = rest if len(_content(rest)) > _LEAST_CONTENT else plain
    return tuple(
        "".join(term.tokens)
        for term in query_terms(plain)
        if not term.tokens[0].isascii() and all(len(token) == 1 for token in term.tokens)
    )


def _content(text: str) -> str:
    return "".join(chain.from_iterable(term.tokens for term in query_terms(text)))


def _stretches(pairs: Sequence[str]) -> tuple[str, ...]:
    """Pairs that overlap, joined again."""
    found: list[str] = []
    for pair in pairs:
        if found and len(pair) > 1 and len(found[-1]) > 1 and found[-1][-1] == pair[0]:
            found[-1] += pair[1:]
        else:
            found.append(pair)
    return tuple(found)


def _character_share(stretch: str, at: int, text: str, earlier: str, also: frozenset[str]) -> float:
    """What a character of a stretch counts: beside its neighbour, alone, or in what was said before."""
    char = stretch[at]
    own = [pair for pair in (stretch[max(0, at - 1) : at + 1], stretch[at : at + 2]) if len(pair) > 1]
    if any(pair in text for pair in own) or any(stretch in name for name in also):
        return 1.0
    if char in text:
        return ALONE if own else 1.0
    return FROM_BEFORE if any(pair in earlier for pair in own) else 0.0


def _has_noun(noun: tuple[str, ...], line: Line) -> bool:
    return line.tokens.issuperset(noun) if noun[0].isascii() else "".join(noun) in line.plain

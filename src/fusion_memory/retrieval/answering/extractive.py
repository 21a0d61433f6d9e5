"""Answer without a model: choose the sentences and facts that hold the answer and quote them, or abstain.

Pure. A sentence answers when it speaks of nearly all that the question speaks of and has a thing of the kind
that is wanted: a time, a number, a name. What is not there is not answered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from fusion_memory.core.answers import Abstention, AnswerClaim, Quote
from fusion_memory.core.knowledge import USER, Conflict, Evidence, Fact, FactState, Granularity, TimeMention
from fusion_memory.core.packs import ContextPack
from fusion_memory.core.question import QueryPlan
from fusion_memory.memory.spans import Passage
from fusion_memory.retrieval.answering.matching import (
    Line,
    Words,
    coverage,
    least,
    lines_of,
    speakers_named,
    speaks_of,
    standing,
    words_of,
)
from fusion_memory.retrieval.relation_words import words_for
from fusion_memory.retrieval.sections import Understanding
from fusion_memory.text.answer_types import Asking, Wanted, asking, has
from fusion_memory.text.temporal import mentions

MOST_SENTENCES: Final = 3
AS_GOOD: Final = 0.92
"""Another sentence is told too when it scores so near to the best one."""

UNDATED: Final = 0.85
"""What a sentence without a time counts for a question about when: the day it was said stands in."""

RANK_SHARE: Final = 0.08
_PAST: Final = re.compile(
    r"\b(?:did|was|were|had|used to|before|previously)\b|了|过|的[?？]?$|以前|之前|曾|是什么时候|是哪",
    re.IGNORECASE,
)
_DAY: Final = timedelta(days=1)
_EARLIER: Final = {"en": "earlier: ", "zh": "此前:"}
_CURRENT: Final = frozenset({FactState.CURRENT, FactState.UPCOMING})


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer may be made of: the question as planned, the passages, what is understood, the pack."""

    plan: QueryPlan
    passages: Sequence[Passage]
    known: Understanding = field(default_factory=Understanding)
    pack: ContextPack | None = None

    @property
    def past(self) -> bool:
        """Whether the question is about what was."""
        return _PAST.search(self.plan.query) is not None and not self.plan.wants_current


@dataclass(frozen=True, slots=True)
class Extract:
    """The claims found, how sure they are, and why there are none."""

    claims: tuple[AnswerClaim, ...]
    confidence: float
    abstained: Abstention | None = None


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    line: Line


def extract(material: Material) -> Extract:
    """The answer that stands in the material, word for word."""
    wish = asking(material.plan.query)
    lines = lines_of(material.passages)
    words = words_of(material.plan, wish, lines)
    bar = least(wish)
    named = speakers_named(material.plan, lines)
    scored = [found for line in lines if (found := _scored(material, (wish, words, named), line)).score >= bar]
    scored.sort(key=lambda found: (-found.score, found.line.rank, found.line.first))
    fact = _best_fact(material, wish, words, bar)
    if fact is not None and (not scored or fact[0] >= scored[0].score - 0.02):
        return Extract(_fact_claims(material, fact[1]), min(1.0, fact[0]))
    if not scored:
        counted = _counted(material, wish, words, bar)
        return counted or Extract((), 0.0, Abstention.NO_EVIDENCE)
    now = _what_holds_now(material, scored[0].line)
    if now is not None:
        return Extract(_fact_claims(material, now), min(1.0, scored[0].score))
    kept = [found for found in scored if found.score >= AS_GOOD * scored[0].score][:MOST_SENTENCES]
    return Extract(tuple(_claim(material, wish, found.line) for found in kept), min(1.0, scored[0].score))


def quote_of(pack: ContextPack | None, line: Line) -> Quote:
    """A sentence as a quote, with the line of the pack that shows it."""
    return quoted(pack, line.passage, line.first, line.last, line.text)


def quoted(pack: ContextPack | None, passage: Passage, first: int, last: int, text: str) -> Quote:
    """Words of a passage's memory as a quote."""
    who = passage.speaker or passage.role
    return Quote(
        passage.event_id, text, first, last, passage.said_at, who, citation_of(pack, passage.event_id, first)
    )


def citation_of(pack: ContextPack | None, event_id: str, first: int) -> str:
    """The line of a pack that shows a place of a memory; empty when there is none."""
    for item in pack.items if pack else ():
        if item.id == event_id and item.start <= first < max(item.end, item.start + 1):
            return item.citation
    for section in pack.sections if pack else ():
        for line in section.lines:
            if f"{event_id}#0" in line.sources:
                return line.citation
    return ""


def _scored(material: Material, asked: tuple[Asking, Words, frozenset[str]], line: Line) -> _Scored:
    wish, words, named = asked
    share = coverage(words, line, speaks_of(line)) * standing(line, material.plan, named)
    if not has(wish, line.text, material.plan.query, line.passage.said_at):
        soft = (wish.wanted is Wanted.TIME and material.past) or (
            wish.wanted is Wanted.PLACE and bool(words.stretches)
        )
        share *= UNDATED if soft else 0.0
    nearness = RANK_SHARE / (1 + line.rank)
    return _Scored(share * (1 - RANK_SHARE) + nearness if share else 0.0, line)


def _claim(material: Material, wish: Asking, line: Line) -> AnswerClaim:
    text = " ".join(line.text.split())
    if wish.wanted is Wanted.TIME:
        told = mentions(line.text, line.passage.said_at)
        when = ", ".join(dict.fromkeys(_told(mention) for mention in told)) or f"{line.passage.said_at:%Y-%m-%d}"
        text = f"{when}: {text}"
    return AnswerClaim(text, (quote_of(material.pack, line),), supported=True)


def _told(mention: TimeMention) -> str:
    """A time as a date of its granularity."""
    start, last = mention.start, max(mention.start, mention.end - timedelta(seconds=1))
    if mention.granularity is Granularity.YEAR:
        return f"{start:%Y}"
    if mention.granularity is Granularity.MONTH:
        return f"{start:%Y-%m}"
    if mention.granularity in {Granularity.MINUTE, Granularity.HOUR}:
        return f"{start:%Y-%m-%d %H:%M}"
    if last - start < _DAY:
        return f"{start:%Y-%m-%d}"
    return f"{start:%Y-%m-%d} – {last:%Y-%m-%d}"


def _best_fact(material: Material, wish: Asking, words: Words, bar: float) -> tuple[float, Fact] | None:
    """The fact with one answer at a time that the question asks for, when one fits well."""
    best: tuple[float, Fact] | None = None
    for fact in material.known.facts:
        if not fact.slot or not fact.evidence or fact.state not in _CURRENT or material.past:
            continue
        line = _fact_line(fact)
        if line is None or wish.wanted in {Wanted.TIME, Wanted.COUNT, Wanted.YES_NO, Wanted.REASON}:
            continue
        if not has(wish, f"{fact.text} {fact.evidence[-1].quote}", material.plan.query, fact.said_at):
            continue
        score = coverage(words, line)
        if score >= max(bar, 0.75) and _is_about(material.plan.query, fact) and (best is None or score > best[0]):
            best = (score, fact)
    return best


def _what_holds_now(material: Material, line: Line) -> Fact | None:
    """The fact that took the place of what a sentence tells, when the question is not about the past."""
    if material.past:
        return None
    over = {
        (fact.subject, fact.slot)
        for fact in material.known.facts
        if fact.slot and fact.state is FactState.SUPERSEDED
        for told in fact.evidence
        if told.event_id == line.passage.event_id and told.first < line.last and line.first < told.last
    }
    found = (f for f in material.known.facts if (f.subject, f.slot) in over and f.state in _CURRENT and f.evidence)
    return max(found, key=lambda fact: (fact.valid_from, fact.id), default=None)


def _fact_line(fact: Fact) -> Line | None:
    """A fact in the form of a sentence, by which its words are compared."""
    told = fact.evidence[-1]
    text = f"{fact.subject} {words_for(fact.predicate)} {fact.slot or ''} {fact.text} {told.quote}"
    return Line(_passage(told), told.first, told.last, text)


def _is_about(question: str, fact: Fact) -> bool:
    """Whether a fact is about whom the question names; "my sister" is not the user."""
    asked = f" {question.casefold()} "
    own = fact.subject == USER or any(told.speaker == fact.subject for told in fact.evidence)
    if fact.subject != USER and fact.subject.casefold() in asked:
        return True
    return (
        own
        and _FIRST_PERSON.search(asked) is not None
        and not any(f" {word} " in asked or f"{word}'s" in asked for word in _OTHERS)
    )


_FIRST_PERSON: Final = re.compile(r"\b(?:i|my|me|mine|we|our|us)\b|我|咱")
_OTHERS: Final = ("he", "she", "they", "his", "her", "their")


def _fact_claims(material: Material, fact: Fact) -> tuple[AnswerClaim, ...]:
    """What is true now, and what was before or contradicts it, each with its time and words."""
    claims = [_telling(material, fact, "")]
    earlier = _EARLIER["zh" if material.plan.language == "zh" else "en"]
    for other in sorted(material.known.facts, key=lambda f: (f.valid_from, f.id), reverse=True):
        same = (other.subject, other.slot) == (fact.subject, fact.slot) and other.id != fact.id
        if same and other.evidence and other.state in {FactState.SUPERSEDED, FactState.ENDED}:
            claims.append(_telling(material, other, earlier))
    known = {fact.id}
    for clash in material.known.conflicts:
        if fact.id in {clash.older.id, clash.newer.id} and not _told_already(clash, material, fact):
            other = clash.older if clash.newer.id == fact.id else clash.newer
            if other.id not in known and other.evidence:
                known.add(other.id)
                claims.append(_telling(material, other, earlier))
    return tuple(claims[:MOST_SENTENCES])


def _told_already(clash: Conflict, material: Material, fact: Fact) -> bool:
    other = clash.older if clash.newer.id == fact.id else clash.newer
    return any(f.id == other.id and (f.subject, f.slot) == (fact.subject, fact.slot) for f in material.known.facts)


def _telling(material: Material, fact: Fact, opening: str) -> AnswerClaim:
    told = fact.evidence[-1]
    until = f" – {fact.valid_to:%Y-%m-%d}" if fact.valid_to else " –"
    text = f"{opening}{' '.join(told.quote.split())} ({fact.valid_from:%Y-%m-%d}{until})"
    passage = _passage(told)
    return AnswerClaim(text, (quoted(material.pack, passage, told.first, told.last, told.quote),), supported=True)


def _counted(material: Material, wish: Asking, words: Words, bar: float) -> Extract | None:
    """The number of different things that current facts tell of one relation, when there are several."""
    if wish.wanted is not Wanted.COUNT:
        return None
    groups: dict[tuple[str, str], dict[str, Fact]] = {}
    for fact in material.known.facts:
        if fact.state in _CURRENT and fact.evidence and fact.polarity.value == "positive":
            line = _fact_line(fact)
            if line is not None and coverage(words, line) >= bar and _is_about(material.plan.query, fact):
                groups.setdefault((fact.subject, fact.predicate), {}).setdefault(fact.object.casefold(), fact)
    best = max(groups.values(), key=len, default={})
    if len(best) < 2:
        return None
    quotes = tuple(
        quoted(
            material.pack, _passage(f.evidence[-1]), f.evidence[-1].first, f.evidence[-1].last, f.evidence[-1].quote
        )
        for f in best.values()
    )
    text = f"{len(best)}: {', '.join(fact.object for fact in best.values())}"
    return Extract((AnswerClaim(text, quotes, supported=True),), 0.6)


def _passage(told: Evidence) -> Passage:
    """The memory of a telling, as far as an answer needs it."""
    return Passage(
        span_no=0,
        span_id=f"{told.event_id}#0",
        event_no=0,
        event_id=told.event_id,
        position=0,
        start=told.first,
        end=told.last,
        text=told.quote,
        whole=False,
        event_chars=told.last,
        role=told.role,
        speaker=told.speaker,
        said_at=told.said_at,
        session_id=told.session_id,
        client_id=None,
        trust=told.trust,
        metadata={},
        thread="",
        seq=0,
    )

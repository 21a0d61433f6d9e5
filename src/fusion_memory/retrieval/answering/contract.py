"""Check what a model claims: its quotes stand in the memories, and say what the claim says. Pure.

A claim that fails is kept with the reason and marked; it never becomes part of the answer. The checks are of words,
not of meaning: they catch invented quotes, foreign words and numbers, other people and a turned yes, and prefer to
refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fusion_memory.core.answers import AnswerClaim, Quote
from fusion_memory.core.packs import ContextPack
from fusion_memory.core.records import Event
from fusion_memory.retrieval.answering.bearing import LIGHT, content, numbers, swapped, telling, unborne
from fusion_memory.retrieval.answering.extractive import citation_of
from fusion_memory.retrieval.answering.reply import ToldClaim, ToldQuote
from fusion_memory.retrieval.answering.subjects import Clause, clauses, speaks_of_another, speaks_of_self
from fusion_memory.text.grounding import Source, strange_numbers
from fusion_memory.text.irregular_en import base_form
from fusion_memory.text.stopwords import ENGLISH
from fusion_memory.text.temporal import mentions
from fusion_memory.text.tokens import terms

LEAST_TERMS: Final = 2
WEEK: Final = "一二三四五六日"
"""The days of the week in Chinese, Monday first."""

_FIRST_UNSPACED: Final = 0x0E00
_NAMES: Final = re.compile(r"\b[A-Z][\w'-]*[a-z][\w'-]*")
_CITATION: Final = re.compile(r"\[?\s*([A-Za-z]?\d+)\s*\]?")
_NOT: Final = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|cannot|without|isnt|arent|wasnt|werent|dont|doesnt|didnt|wont|"
    r"cant|couldnt|shouldnt|wouldnt|hasnt|havent|hadnt)\b|n['’]t\b|[不没未无别非]",
    re.IGNORECASE,
)
_SAME_IN_SPITE: Final = re.compile(
    r"不错|不过|不但|不仅|不管|差不多|没错|别人|特别|非常|无论|无线|not only", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Against what claims are checked: the pack with its question, and the memories it cites by id."""

    pack: ContextPack
    memories: Mapping[str, Event]


def checked(claim: ToldClaim, grounds: Grounds) -> AnswerClaim:
    """A claim of a model as far as it is borne out."""
    quotes = tuple(quote for told in claim.quotes if (quote := _found(told, grounds)))
    if not claim.quotes:
        return AnswerClaim(claim.text, (), supported=False, reason="no_quote")
    if len(quotes) < len(claim.quotes):
        return AnswerClaim(claim.text, quotes, supported=False, reason="quote_not_found")
    reason = _fault(claim.text, quotes, grounds)
    return AnswerClaim(claim.text, quotes, supported=not reason, reason=reason)


def events_cited(pack: ContextPack) -> tuple[str, ...]:
    """The ids of all memories that a pack cites."""
    sources = [span for section in pack.sections for line in section.lines for span in line.sources]
    return tuple(dict.fromkeys([item.id for item in pack.items] + [span.rpartition("#")[0] for span in sources]))


def _found(told: ToldQuote, grounds: Grounds) -> Quote | None:
    """A quote with its place; it must stand in the record it names, but for blanks and width."""
    for event_id in _events_of(told.source, grounds.pack):
        event = grounds.memories.get(event_id)
        place = find(event.content, told.quote) if event else None
        if event is not None and place is not None:
            first, last = place
            who, citation = event.speaker or event.role, citation_of(grounds.pack, event_id, first)
            return Quote(event_id, event.content[first:last], first, last, event.said_at, who, citation)
    return None


def find(content: str, quote: str) -> tuple[int, int] | None:
    """Where a quote stands as ``content[first:last]``, letter for letter; blanks and width may differ.

    A quote of one word proves nothing, unless it is all that was said; none begins or ends inside a word.
    """
    wanted = "".join(map(_plain, quote))
    if not wanted or (len(terms(quote)) < LEAST_TERMS and wanted != "".join(map(_plain, content))):
        return None
    plain: list[str] = []
    places: list[int] = []
    for place, char in enumerate(content):
        for made in _plain(char):
            plain.append(made)
            places.append(place)
    told = "".join(plain)
    at = told.find(wanted)
    while at >= 0:
        first, last = places[at], places[at + len(wanted) - 1] + 1
        if not _inside_word(content, first) and not _inside_word(content, last):
            return first, last
        at = told.find(wanted, at + 1)
    return None


def _inside_word(text: str, at: int) -> bool:
    """Whether a place has letters of one word on both sides, in a script that puts blanks between words."""
    return 0 < at < len(text) and all(
        char.isalnum() and ord(char) < _FIRST_UNSPACED for char in text[at - 1 : at + 1]
    )


def _events_of(source: str, pack: ContextPack) -> Sequence[str]:
    """The memories behind a citation; none for one that the pack has not."""
    match = _CITATION.fullmatch(source.strip())
    citation = f"[{match.group(1)}]" if match else ""
    found = [item.id for item in pack.items if item.citation == citation]
    for section in pack.sections:
        found += [s.rpartition("#")[0] for line in section.lines if line.citation == citation for s in line.sources]
    return found


def _fault(text: str, quotes: Sequence[Quote], grounds: Grounds) -> str:
    """Why quotes do not bear a claim out; empty when they do."""
    said = [_said(quote, grounds.memories[quote.id]) for quote in quotes]
    known = "\n".join([*said, grounds.pack.query])
    days = " ".join(_days(quote.said_at, quote.text) for quote in quotes)
    if strange_numbers(text, known, days):
        return "number"
    if _is_foreign(text, said, days, grounds.pack.query):
        return "not_in_quote"
    borrowed = content(grounds.pack.query) - content("\n".join([*said, days]))
    sentences = [_sentence(quote, grounds.memories[quote.id]) for quote in quotes]
    if any(swapped(text, sentence, borrowed) for sentence in sentences):
        return "not_in_quote"
    if any(_is_of_another(text, quote, grounds) for quote in quotes):
        return "another_subject"
    quoted = " ".join(quote.text for quote in quotes)
    return "polarity" if _denies(text) != _denies(quoted) else ""


def _is_foreign(text: str, said: Sequence[str], days: str, question: str) -> bool:
    """Whether a claim has words that neither quotes nor question have, or nothing but the question's own."""
    known = "\n".join([*said, days, question])
    words, told, asked = telling(text), content("\n".join(said)), content(question)
    names = {base_form(token) for name in _NAMES.findall(text) for token in terms(name)} - ENGLISH - LIGHT
    if names - content(known) or not words or unborne(text, known):
        return True
    undated = words - content(days) - numbers(words)
    return not (words - asked) & told and not (undated and undated <= told)


def _is_of_another(text: str, quote: Quote, grounds: Grounds) -> bool:
    """Whether the clauses of a quote that say most of what a claim says are about somebody or something else."""
    event = grounds.memories[quote.id]
    start, end = Source(event.content).sentence(quote.first, quote.last)
    cut = clauses(event.content[start:end])
    over = [one for one in cut if one.first < quote.last - start and one.last > quote.first - start]
    words = telling(text)
    shared = [len(words & content(one.text)) for one in over]
    names = {token for name in _NAMES.findall(text) for token in terms(name)} - ENGLISH - set(terms(quote.speaker))
    named = bool(names - LIGHT) or bool(words & content(grounds.pack.query) - content(event.content[start:end]))
    best = [one for one, count in zip(over, shared, strict=True) if count == max(shared)]
    return bool(best) and all(speaks_of_another(text, one, named) or _is_of_a_thing(text, one) for one in best)


def _is_of_a_thing(text: str, clause: Clause) -> bool:
    """Whether a clause is about something the speaker has that a claim does not name: my landlady plays."""
    told = clause.owned[:1] if speaks_of_self(text) else clause.owned
    return bool(told) and not content(text) & content(" ".join(told))


def _said(quote: Quote, event: Event) -> str:
    """The sentence around a quote, with who said it."""
    return f"{quote.speaker} {_sentence(quote, event)}"


def _sentence(quote: Quote, event: Event) -> str:
    start, end = Source(event.content).sentence(quote.first, quote.last)
    return event.content[start:end]


def _days(said_at: datetime, text: str) -> str:
    """The dates of a quote in the forms a claim may tell them in."""
    moments = [said_at, *(m.start for m in mentions(text, said_at)), *(m.end for m in mentions(text, said_at))]
    return " ".join(
        f"{m:%Y-%m-%d} {m:%B} {m.day} {m.month} {m.year} {m.year}年{m.month}月{m.day}日 "
        f"{m:%A} 星期{WEEK[m.weekday()]} 周{WEEK[m.weekday()]}"
        for m in moments
    )


def _denies(text: str) -> bool:
    return _NOT.search(_SAME_IN_SPITE.sub("", text)) is not None


def _plain(char: str) -> str:
    """A character in the form in which a quote must be the same; a blank has none."""
    return "".join(unicodedata.normalize("NFKD", char.translate(_MARKS)).split())


_MARKS: Final = {ord(char): "'" for char in "‘’ʼ"} | {ord(char): '"' for char in "“”"}

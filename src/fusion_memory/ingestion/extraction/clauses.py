"""Cuts a text into clauses: the stretches that say one thing each, with where they stand and how they are meant.

Why it exists: a rule reads one clause, and whether that is asked, supposed or reported is a property of the
clause. Must not know: rules, claims, times. English and Chinese go through the same steps: a text is masked,
parted into sentences at marks that end them, and these into clauses where their language's boundaries are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from fusion_memory.core.knowledge import TimeMention
from fusion_memory.ingestion.extraction import masks
from fusion_memory.ingestion.extraction.grammar import LANGUAGES, Book, book, compiled, one_of

LONGEST_CLAUSE: Final = 320
"""A clause is read up to here, in code points; nobody says one thing in more."""

_ENDS: Final = re.compile(r"[。！？!?；;\n]+|…+|\.{2,}|\.(?=[\s\"')\]]|$)|\s[-–—]{1,2}\s|——+")
_HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]+")
_BULLET: Final = re.compile(r"\s*(?:(?:[-*•·–—]|\d{1,2}[.)、]|\[[ xX]?\])\s+)*")
_OPENS_SENTENCE: Final = re.compile(r"\s+(?:I|We|You|He|She|It|They|The|This|That|There|My|Our|And|But|So)\b")
_WORD_UNITS: Final = 1.5
_LONGEST_OPENER: Final = 40


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text that says one thing.

    Attributes:
        text: ``content[first:last]`` with foreign words masked and apostrophes made plain; of the same length.
        first, last: where it stands in the content.
        language: of most of its letters; ``languages`` are all that it is read in, that one first.
        modality: how it is meant: question, hypothetical, hedged, reported, negated, quoted, forget, injected.
        lead: the subject it takes over from the clause before ("I" in "I cook and (I) clean").
        sentence: the number of its sentence, from 0.
        readings: other ways to see it, tried in turn instead of it (:mod:`chinese`).
    """

    text: str
    first: int
    last: int
    language: str
    languages: tuple[str, ...] = ()
    modality: frozenset[str] = frozenset()
    lead: str = ""
    sentence: int = 0
    readings: tuple[Clause, ...] = ()


def clauses(
    content: str, speaker: str | None = None, times: Sequence[TimeMention] = ()
) -> tuple[str, list[Clause]]:
    """The masked text and its clauses, in order; their modality is not yet judged.

    Args:
        content: any text.
        speaker: the name of the speaker, if one is known.
        times: the times of the text, in order; a clause of nothing but a time belongs to the next one.
    """
    plain = masks.folded(content)
    spoken = _languages(plain)
    marks = one_of(book(language).sources.get("clauses.speech", "(?!)") for language in spoken)
    labels = one_of(book(language).sources.get("clauses.labels", "(?!)") for language in spoken)
    masked = masks.masked(plain, compiled(marks), compiled(labels), speaker)
    timed = _Timed(masked, [(time.first, time.last) for time in times])
    found: list[Clause] = []
    for number, (first, last) in enumerate(_sentences(masked)):
        found += _parted(timed, first, last, number)
    return masked, found


def language_of(text: str) -> tuple[str, ...]:
    """The languages a stretch is read in, the one of most of its letters first; none without letters."""
    han, words = len(_HAN.findall(text)), _WORD_UNITS * len(_LATIN.findall(text))
    if not han:
        return ("en",) if words else ()
    if not words:
        return ("zh",)
    return ("zh", "en") if han >= words else ("en", "zh")


def _languages(text: str) -> tuple[str, ...]:
    return language_of(text) or LANGUAGES[:1]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences stand, their closing marks included."""
    first = 0
    for match in _ENDS.finditer(text):
        if match[0] == "." and _abbreviated(text, match.start()):
            continue
        if text[first : match.start()].strip():
            yield first, match.end()
        first = match.end()
    if text[first:].strip():
        yield first, len(text)


def _abbreviated(text: str, stop: int) -> bool:
    word = text[max(0, stop - 12) : stop].rsplit(None, 1)[-1:] or [""]
    if len(word[0]) == 1 and word[0].isupper() and word[0] != "I":
        return _OPENS_SENTENCE.match(text, stop + 1) is None  # "J. Smith", but not "option B. They left"
    return book("en").pattern("clauses.abbreviations").fullmatch(word[0]) is not None


@dataclass(frozen=True, slots=True)
class _Timed:
    """A masked text with the places of its times."""

    text: str
    times: Sequence[tuple[int, int]]

    def without_times(self, first: int, last: int) -> str:
        """``text[first:last]`` with every time in it left out."""
        pieces, at = [], first
        for start, end in self.times[bisect_left(self.times, (first, 0)) :]:
            if end > last:
                break
            pieces.append(self.text[at:start])
            at = end
        return "".join([*pieces, self.text[at:last]])


def _parted(timed: _Timed, first: int, last: int, number: int) -> Iterator[Clause]:
    text = timed.text
    first = _BULLET.match(text, first, last).end()  # type: ignore[union-attr] # the pattern fits nothing, too
    spoken = language_of(text[first:last])
    if not spoken:
        return
    start, lead = first, ""
    for match in compiled(_boundaries(spoken)).finditer(text, first, last):
        if match.start() <= start or not _cuts(timed, start, match, spoken):
            continue
        chained = match.groupdict().get("chain") is not None
        if chained and _keeps_chain(text, start, match.start(), spoken):
            continue
        relative = match.groupdict().get("relative")
        if relative is not None:
            inherited = _antecedent(text[start : match.start()], relative)
        else:
            inherited = _lead(text, start, match.start(), spoken, lead) if chained else ""
        if chained and not inherited:
            continue
        yield _clause(text, start, match.start(), lead, number)
        start, lead = match.end(), inherited
        if relative is not None and (close := text.find(",", start, last)) > 0:
            yield _clause(text, start, close, lead, number)  # "Dana, who is a vet, sends her love"
            start, lead = close, ""
    if text[start:last].strip():
        yield _clause(text, start, last, lead, number)


@cache
def _boundaries(spoken: tuple[str, ...]) -> str:
    plain = one_of(book(language).sources.get("clauses.boundaries", "(?!)") for language in spoken)
    chains = one_of(book(language).sources.get("clauses.chains", "(?!)") for language in spoken)
    return f"，|{plain}|(?P<chain>{chains})"


def _cuts(timed: _Timed, start: int, match: re.Match[str], spoken: tuple[str, ...]) -> bool:
    """Whether a boundary parts two clauses: something is said before it that can stand alone."""
    start = max(start, match.start() - LONGEST_CLAUSE)
    so_far = timed.text[start : match.start()]
    if match.groupdict().get("relative") is not None:
        return True
    if any(book(language).pattern("clauses.keep").search(so_far) is not None for language in spoken):
        return False
    rest = timed.without_times(start, match.start()).strip(" ,，")
    if len(rest) == len(so_far.strip(" ,，")) and len(rest) > _LONGEST_OPENER:
        return True
    for language in spoken:
        data = book(language)
        rest = without_openers(data.pattern("trim.before_time").sub("", rest + " ").lstrip(), data)
    return any(char.isalnum() for char in rest)


def _keeps_chain(text: str, start: int, stop: int, spoken: tuple[str, ...]) -> bool:
    so_far = text[max(start, stop - LONGEST_CLAUSE) : stop]
    return any(book(language).pattern("clauses.keep_chains").search(so_far) is not None for language in spoken)


def _lead(text: str, start: int, stop: int, spoken: tuple[str, ...], lead: str) -> str:
    clause = lead + text[start : min(stop, start + LONGEST_CLAUSE)].lstrip()
    for language in spoken:
        data = book(language)
        rest = without_openers(clause, data)
        match = data.pattern("clauses.lead").match(rest)
        if match is not None:
            inherited = match["lead"]
            return inherited if data.unspaced else inherited.rstrip() + " "
    return ""


def _antecedent(before: str, relative: str) -> str:
    """Whom "who" takes up, as the subject of its clause: what is said of somebody else is not of the speaker."""
    if relative.lower() != "who":
        return "that "
    match = book("en").pattern("clauses.antecedent").search(before[-LONGEST_CLAUSE:])
    return f"{match['who']} " if match is not None else "that "


def without_openers(text: str, data: Book) -> str:
    """A clause from its first word that says something on."""
    openers = data.pattern("clauses.openers")
    at = 0
    while (match := openers.match(text, at)) is not None and match.end() > at:
        at = match.end()
    return text[at:]


def _clause(text: str, first: int, last: int, lead: str, number: int) -> Clause:
    stretch = text[first:last]
    first += len(stretch) - len(stretch.lstrip(" ,，、:："))
    last -= len(stretch) - len(stretch.rstrip(" \n"))
    last = max(first, last)
    languages = language_of(text[first:last])
    return Clause(
        text=text[first:last],
        first=first,
        last=last,
        language=languages[0] if languages else "en",
        languages=languages,
        lead=lead,
        sentence=number,
    )

"""From the entries of a model's reply to claims: only what the messages really say, under the names we use.

Why it exists: a model may write anything; scope, trust, speaker, place and method are set here by code. Must not
know: how the model was asked. It never raises: what cannot be kept is counted under its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fusion_memory.core.knowledge import USER, Claim, Polarity, TimeMention
from fusion_memory.core.records import EventKind
from fusion_memory.ingestion.extraction import model_words
from fusion_memory.ingestion.extraction.own_words import OwnWords, own_words
from fusion_memory.ingestion.extraction.prompt import Candidate, Part, Said, candidate
from fusion_memory.ingestion.extraction.reading import SPEAKING_ROLES
from fusion_memory.text import temporal
from fusion_memory.text.grounding import Source, comparable, strange_numbers, support

LEAST_SUPPORT: Final = 0.5
"""The share of an object's or a text's words that the message must have."""

_LEAST_SUBJECT: Final = 0.3


@dataclass(frozen=True, slots=True)
class Understood:
    """What a reply comes to.

    Attributes:
        claims: by number of the message, in the order of the reply.
        dropped: entries left out, by reason.
        mended: claims kept with something of the model's left out, by what.
    """

    claims: Mapping[int, tuple[Claim, ...]] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    mended: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the evidence of a candidate stands: the message, the quote and the sentences around it."""

    number: int
    said: Said
    first: int
    last: int
    sentence: str
    sentence_first: int


def speaks(said: Said) -> bool:
    """Whether a message is somebody's own word: a user's message, not a document.

    What all others say is never about the user.
    """
    return said.role.lower() in SPEAKING_ROLES and said.kind is EventKind.MESSAGE


def understand(entries: Iterable[object], parts: Sequence[Part], rule: str, most_per_message: int) -> Understood:
    """The claims of a reply's entries.

    Args:
        entries: as they were found in the reply.
        parts: what the model was shown; a claim is checked against its whole message.
        rule: what produced the claims, for their records.
        most_per_message: more claims of one message are left out.
    """
    reader = _Reader(parts, rule)
    kept: dict[int, list[Claim]] = {}
    seen: set[tuple[object, ...]] = set()
    for entry in entries:
        typed = candidate(entry)
        judged = typed if isinstance(typed, str) else reader.claim(typed)
        if isinstance(judged, str):
            reader.dropped[judged] += 1
            continue
        number, claim = judged
        key = (number, claim.subject, claim.predicate, comparable(claim.object), claim.polarity)
        if key in seen:
            reader.dropped["repeated"] += 1
        elif len(kept.get(number, ())) >= most_per_message:
            reader.dropped["too_many"] += 1
        else:
            seen.add(key)
            kept.setdefault(number, []).append(claim)
    claims = {number: tuple(found) for number, found in kept.items()}
    return Understood(claims, dict(reader.dropped), dict(reader.mended))


class _Reader:
    """Judges the candidates of one batch; the messages are prepared once."""

    def __init__(self, parts: Sequence[Part], rule: str) -> None:
        self.dropped: Counter[str] = Counter()
        self.mended: Counter[str] = Counter()
        self._rule = rule
        self._saids = {part.number: part.said for part in parts}
        self._sources = {number: Source(said.content) for number, said in self._saids.items()}
        self._names = {said.speaker.lower() for said in self._saids.values() if said.speaker and speaks(said)}
        self._all = "\n".join(
            f"{said.speaker or ''}\n{part.text}" for part, said in ((part, part.said) for part in parts)
        )
        self._own = {
            number: own_words(said.content, said.speaker) if speaks(said) else OwnWords()
            for number, said in self._saids.items()
        }
        self._times: dict[int, Sequence[TimeMention]] = {}

    def claim(self, told: Candidate) -> tuple[int, Claim] | str:
        """A candidate as a claim with the number of its message, or why it is none."""
        reason = "quote_missing" if not told.quote else "quote_not_found"
        for number in self._likely(told.message):
            place = self._place(number, told.quote)
            if place is None:
                continue
            judged = self._judged(told, place)
            if not isinstance(judged, str):
                return number, judged
            reason = judged if reason in ("quote_missing", "quote_not_found") else reason
        return reason

    def _likely(self, number: int | None) -> list[int]:
        """The message that the model names, then all others: a quote tells better where it stands."""
        named = [number] if number in self._saids else []
        return [*named, *(other for other in self._saids if other not in named)]

    def _place(self, number: int, quote: str) -> _Place | None:
        source = self._sources[number]
        found = source.find(quote)
        if found is None:
            return None
        first, last = source.sentence(*found)
        return _Place(number, self._saids[number], *found, source.content[first:last], first)

    def _judged(self, told: Candidate, place: _Place) -> Claim | str:
        subject = self._subject(told, place)
        if subject is None:
            return "subject_unclear"
        fault = self._faulty(told, place, subject)
        if fault is not None:
            return fault
        when = self._when(told, place)
        relation = model_words.predicate(told.predicate, told.type)
        thing = told.object or told.quote
        return Claim(
            type=told.type,
            subject=subject,
            predicate=relation,
            object=thing,
            text=self._text(told, place, subject, when),
            first=place.first,
            last=place.last,
            polarity=told.polarity,
            slot=model_words.slot(told.slot, relation) if told.polarity is Polarity.POSITIVE else None,
            confidence=told.confidence,
            importance=told.importance,
            when=when,
            previous=self._previous(told, place),
            ends=told.ends,
            method="model",
            rule=self._rule,
        )

    def _subject(self, told: Candidate, place: _Place) -> str | None:
        """Whom the claim is about; None when that cannot be told, or when nobody speaks for himself here."""
        name = told.subject or ("user" if model_words.begins_with_speaker(told.text) else "")
        own = place.said.speaker
        if speaks(place.said) and (model_words.means_speaker(name) or (own and name.lower() == own.lower())):
            return own or USER
        if model_words.means_speaker(name):
            return USER
        return None if model_words.means_nobody(name) else name

    def _faulty(self, told: Candidate, place: _Place, subject: str) -> str | None:
        """Why a claim about that subject cannot rest on these words."""
        fault = self._own[place.number].fault(place.first, place.last)
        own = subject == (place.said.speaker or USER)
        if fault == "quoted" and not own:
            fault = None  # words of others are no evidence about the speaker; about them they are
        fault = fault or self._misattributed(told, place, subject) or _unsupported(told, place)
        if fault is None and not own and support(model_words.without_owner(subject), self._all) < _LEAST_SUBJECT:
            return "subject_not_in_text"
        return fault

    def _misattributed(self, told: Candidate, place: _Place, subject: str) -> str | None:
        """Why the words of this message cannot be about that subject."""
        lowered = subject.lower()
        if speaks(place.said):
            other = lowered in self._names and subject != place.said.speaker
            named = lowered in place.sentence.lower() or model_words.has_pronoun(place.sentence)
            return "other_speaker" if other and not named else None
        everything = f"{told.subject}\n{told.object}\n{told.text}\n{place.sentence}"
        about_user = subject == USER or model_words.addresses_user(everything)
        named = any(name in everything.lower() for name in self._names)
        return "not_said_by_user" if about_user or named else None

    def _when(self, told: Candidate, place: _Place) -> TimeMention | None:
        """The time that the evidence tells: the one the model points at, else the first in the quote."""
        near = [
            time
            for time in self._mentions(place)
            if place.sentence_first <= time.first and time.last <= place.sentence_first + len(place.sentence)
        ]
        words = comparable(told.when)
        pointed = [
            time for time in near if words and (comparable(time.words) in words or words in comparable(time.words))
        ]
        inside = [time for time in near if place.first <= time.first and time.last <= place.last]
        if words and not pointed:
            self.mended["when_not_found"] += 1
        return next(iter(pointed or inside), None)

    def _mentions(self, place: _Place) -> Sequence[TimeMention]:
        if place.number not in self._times:
            said_at = place.said.said_at
            known = said_at is not None and said_at.tzinfo is not None
            self._times[place.number] = temporal.mentions(place.said.content, said_at) if known and said_at else ()
        return self._times[place.number]

    def _text(self, told: Candidate, place: _Place, subject: str, when: TimeMention | None) -> str:
        """The model's sentence if the message bears it out, else the quote with whom it is about."""
        dates = f"{when.start:%Y-%m-%d} {when.end:%Y-%m-%d} {when.start.day} {when.end.day}" if when else ""
        said = f"{subject} {USER} {told.subject} {told.predicate.replace('_', ' ')} {place.sentence}"
        borne_out = support(told.text, said) >= LEAST_SUPPORT and not strange_numbers(told.text, said, dates)
        if told.text and borne_out:
            return told.text
        self.mended["text_not_borne_out" if told.text else "text_missing"] += 1
        return f"{subject}: {' '.join(place.said.content[place.first : place.last].split())}"

    def _previous(self, told: Candidate, place: _Place) -> str | None:
        """The former value, when the message itself names it."""
        if not told.previous:
            return None
        if support(told.previous, place.sentence) < LEAST_SUPPORT or strange_numbers(told.previous, place.sentence):
            self.mended["previous_not_found"] += 1
            return None
        return told.previous


def _unsupported(told: Candidate, place: _Place) -> str | None:
    """Why the sentences around a quote do not bear out the object."""
    if not told.object:
        return None
    if strange_numbers(told.object, place.sentence):
        return "number_not_in_text"
    return "object_not_in_text" if support(told.object, place.sentence) < LEAST_SUPPORT else None

"""Applies the rules of a language to a clause: what it says becomes claims, typed and with their evidence.

Why it exists: rules are data (``grammar`` describes the format), reading them is one small engine for every
language. Must not know: where a clause came from, the store, or a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from fusion_memory.core.knowledge import USER, Claim, FactType, Polarity, TimeMention, TimeRole
from fusion_memory.ingestion.extraction import masks, name_lists, objects, persons
from fusion_memory.ingestion.extraction.clauses import LONGEST_CLAUSE, Clause
from fusion_memory.ingestion.extraction.grammar import Book, Rule, book, compiled
from fusion_memory.ingestion.extraction.views import View, view

SILENT: Final = frozenset(
    {"question", "hypothetical", "hedged", "reported", "negated", "forget", "injected", "bare"}
)
"""Modalities in which a clause says nothing, unless a rule allows it; ``bare``, that it names no subject, is judged
of Chinese only."""

_WORDS: Final = re.compile(r"[^\W_]+")
_ORDINARY: Final = re.compile(
    r"(?:ional|tial|ness|ity|tion|sion|ment|ing|ism|ance|ence|ship|hood|s|ed|ly|able|ful|ive|ous|ical|ware|age)$|-|[A-Z].*[A-Z]"
)
_SELECTIVE: Final = 0.8
_GOES_ON: Final = (",", "'", "’")
_NAMED_BY: Final = 3
"""A name of a kind has at most so many words."""

_YEAR: Final = re.compile(r"\d{4}|next|tomorrow")
_LEFT: Final = re.compile(r"\{\w+\}")


USES: Final = "uses"
ONE_AT_A_TIME: Final = frozenset(
    {"editor", "phone", "browser", "operating system", "computer", "shell", "input method"}
)
"""Kinds of tools of which people use one: naming another one is a switch, whether they say so or not."""


@dataclass(slots=True)
class Situation:
    """Who speaks, and whom the clauses so far were about.

    Attributes:
        speaker: the name of the speaker, or None.
        content: the text, as it was written.
        times: the times of the text.
        things_only: read only what is said about things, not about persons (an agent speaks).
        person: whom "she" or "he" means.
        thing: what "it" means.
        people: the words of the names of persons and animals in the text; None when they were not looked for.
        said_at: when it was said, if that is known; what has changed cannot have changed later.
    """

    speaker: str | None
    content: str
    times: Sequence[TimeMention] = ()
    things_only: bool = False
    person: str | None = None
    thing: str | None = None
    people: frozenset[str] | None = None
    said_at: datetime | None = None

    @property
    def self_name(self) -> str:
        """The subject of what the speaker says about himself."""
        return self.speaker or USER


def apply(clause: Clause, situation: Situation) -> list[Claim]:
    """The claims that a clause makes, by the rules of each language it is written in.

    Of several readings the first that says something counts, unless all it says stands beside the matter
    ("my brother Tom" in "my brother Tom moved").
    """
    beside: dict[tuple[str, str], Claim] = {}
    for reading in clause.readings or (clause,):
        for language in reading.languages:
            found = _apply(reading, situation, book(language))
            if found and not (clause.readings and all(claim.rule in book(language).beside for claim in found)):
                return [*(one for key, one in beside.items() if key not in map(_matter, found)), *found]
            beside.update({_matter(claim): claim for claim in found})
    return list(beside.values())


def _matter(claim: Claim) -> tuple[str, str]:
    return claim.predicate, claim.object


def _apply(clause: Clause, situation: Situation, data: Book) -> list[Claim]:
    barred = clause.modality & SILENT
    rules = [
        rule
        for rule in map(
            data.rules.__getitem__, sorted(candidates((clause.lead + clause.text)[:LONGEST_CLAUSE], data))
        )
        if barred <= rule.allow and (rule.about == "thing" or not situation.things_only)
    ]
    if not rules:
        return []
    cut = view(clause, situation.times, data, cut=True)
    kept: View | None = None
    found: list[Claim] = []
    barred_opening = _not_opening(cut.text, data)
    for rule in rules:
        if rule.opens == barred_opening:
            continue
        whole = rule.times in {"keep", "words"}
        if whole and kept is None:
            kept = view(clause, situation.times, data, cut=False) if cut.times else cut
        seen = kept if whole and kept is not None else cut
        if rule.needs_time and not seen.times:
            continue
        match = compiled(rule.pattern).match(seen.text)
        claims = list(_claims(rule, match, seen, clause, situation, data)) if match is not None else []
        found += claims
        _remember(rule, claims, situation)
        if claims and not rule.also:
            break
    return found


def _not_opening(text: str, data: Book) -> str:
    """With whom a clause does not begin: words of the speaker ("I", "my team") name nobody else."""
    if "persons.own" not in data.sources:
        return "nobody"
    if data.pattern("persons.own").match(text):
        return "other"
    return "nobody" if data.pattern("persons.joint").match(text) else "speaker"


def _remember(rule: Rule, claims: Sequence[Claim], situation: Situation) -> None:
    """Whoever a relation names is spoken of from now on."""
    if rule.type is FactType.RELATIONSHIP and claims and claims[-1].object[:1].isupper():
        situation.person = claims[-1].object


def candidates(text: str, data: Book) -> set[int]:
    """The numbers of the rules with a cue in the text."""
    lower = text.lower()
    cues = data.cues
    found = set(cues.always)
    words = set(_WORDS.findall(lower))
    for word in words:
        found.update(_started(data.language, word))
    if cues.parts and not text.isascii():
        lead, _, said = lower.rpartition("|")
        found.update(_inside(data.language, lead), _inside(data.language, said.strip()))
    for word in words:
        for phrase, orders in cues.phrases.get(word, ()):
            if phrase in lower:
                found.update(orders)
    for mark, orders in cues.marks:
        if mark in lower:
            found.update(orders)
    return found


@lru_cache(maxsize=1_024)
def _inside(language: str, text: str) -> frozenset[int]:
    """The rules with a cue that stands in unspaced text; cached, for a clause is read in several ways."""
    cues = book(language).cues
    return frozenset(
        order
        for length in cues.part_lengths
        for start in range(len(text) - length + 1)
        for order in cues.parts.get(text[start : start + length], ())
    )


@lru_cache(maxsize=16_384)
def _started(language: str, word: str) -> frozenset[int]:
    """The rules with a cue that the word begins with; cached, for people use few words."""
    cues = book(language).cues
    return frozenset(
        order for length in cues.lengths if length <= len(word) for order in cues.starts.get(word[:length], ())
    )


def _claims(
    rule: Rule, match: re.Match[str], seen: View, clause: Clause, situation: Situation, data: Book
) -> Iterator[Claim]:
    groups = _groups(rule, match, seen, situation, data)
    if groups is None:
        return
    subject = _subject(rule, groups, clause, situation, data)
    if subject is None:
        return
    previous = objects.trimmed(groups["previous"], data) or None if "previous" in groups else None
    for thing in _objects(rule, groups, data):
        values = {**groups, "object": thing, "subject": subject, "previous": previous or ""}
        if "kind" in groups:
            kind = objects.trimmed(groups["kind"], data).lower()
            values["kind"] = data.kinds.get(kind, kind)
        elif "{kind}" in rule.slot or rule.predicate == USES:
            values["kind"] = _kind(data, thing, previous)
        if "_s}" in rule.say:
            values["verb_s"] = persons.inflected(groups.get("verb", ""), data)
            values["object_s"] = persons.inflected(thing, data)
        if rule.value:
            values["object"] = objects.trimmed(_filled(rule.value, values), data)
        negative = "not" in groups or rule.negative
        when = _when(seen, match) if rule.times not in {"none", "words"} else None
        if when is not None and (rule.change or rule.ends):
            when = _begun(when, situation.said_at)
        yield Claim(
            type=rule.type,
            subject=subject,
            predicate=rule.predicate,
            object=values["object"],
            text=_said(rule, values, situation, data, negative=negative) + _dated(when),
            first=clause.first,
            last=clause.last,
            polarity=Polarity.NEGATIVE if negative else Polarity.POSITIVE,
            slot=_slot(rule, values),
            confidence=rule.confidence,
            importance=rule.importance,
            when=when,
            previous=previous,
            ends=rule.ends,
            rule=f"{data.language}:{rule.id}",
        )


def _may_be_name(words: str, data: Book) -> bool:
    """Whether words may name somebody: a capital alone does not make a name of "Then" or "Monday"."""
    return not (words[:1].isupper() and data.pattern("persons.unnamed").match(words))


def _groups(
    rule: Rule, match: re.Match[str], seen: View, situation: Situation, data: Book
) -> dict[str, str] | None:
    """What the groups caught, as it is written; a group's number ("object2") is left out of its name.

    None when a group holds words of somebody else and the rule does not read quotations.
    """
    groups: dict[str, str] = {}
    for name, value in match.groupdict().items():
        if value is None:
            continue
        if masks.MASK in value and "quoted" not in rule.allow:
            return None
        if name.rstrip("0123456789") in rule.named and not _may_be_name(value, data):
            return None
        name, span = name.rstrip("0123456789"), match.span(name)  # noqa: PLW2901 (the name without its number)
        kept = rule.whole and name == "object"
        written = seen.stretch(situation.content, *span) if kept else seen.written(situation.content, *span)
        groups.setdefault(name, written)
    return groups


def _objects(rule: Rule, groups: Mapping[str, str], data: Book) -> list[str]:
    if "object" not in groups:
        return ["-"] if rule.value else []
    given = groups["object"]
    if rule.many:
        return [thing for thing in objects.items(objects.trimmed(given, data), data) if thing]
    thing = objects.whole(given, data) if rule.whole else objects.trimmed(given, data)
    return [thing] if thing else []


def _subject(rule: Rule, groups: Mapping[str, str], clause: Clause, situation: Situation, data: Book) -> str | None:
    if rule.about == "speaker":
        return situation.self_name
    given = groups.get("subject", "")
    if rule.about == "thing":
        subject = (
            situation.thing
            if data.pattern("persons.it").fullmatch(given.strip())
            else persons.thing(given, data, situation.self_name)
        )
        situation.thing = subject or situation.thing
        return subject
    subject = persons.person(given, data, situation.self_name, situation.person)
    if subject is not None and subject == given.strip() and not _known(subject, rule, clause, situation):
        return None
    if subject is not None and subject != situation.self_name:
        situation.person = subject
    return subject


def _known(name: str, rule: Rule, clause: Clause, situation: Situation) -> bool:
    """Whether a capital names somebody: "Priya handles it" is about Priya, but any word may open a sentence.

    A rule that reads almost any verb needs a name that was found; others take a word that is none of the language.
    """
    people = situation.people
    if people is None or not name[:1].isupper() or not name.isascii():
        return True
    where = situation.content.find(name, clause.first, clause.last)
    before = situation.content[:where].rstrip() if where >= 0 else "-"
    inside = before[-1:].isalnum() or before[-1:] in _GOES_ON
    opens = not inside or "\n" in situation.content[len(before) : where]
    if not opens:
        return True
    words = name.replace(",", " ").split()
    return any(word in people for word in words) or (
        rule.confidence >= _SELECTIVE and len(words) == 1 and _odd(words[0])
    )


@lru_cache(maxsize=4_096)
def _odd(word: str) -> bool:
    """Whether a word is none of the language, by its list and its ending: then it is a name."""
    return word.lower() not in name_lists.lists("en")["common.words"] and not _ORDINARY.search(word)


def _kind(data: Book, thing: str, previous: str | None) -> str:
    """The kind of a thing by its name, by the beginning of its name ("iPhone 12"), or by what it replaces."""
    for name in (thing, previous or ""):
        words = name.lower().split()
        for length in range(min(len(words), _NAMED_BY), 0, -1):
            kind = data.kinds.get(" ".join(words[:length]))
            if kind is not None:
                return kind
    return ""


def _slot(rule: Rule, values: Mapping[str, str]) -> str | None:
    """The slot with its groups filled in; None when a part of it is unknown."""
    if not rule.slot:
        kind = values.get("kind", "") if rule.predicate == USES else ""
        return kind if kind in ONE_AT_A_TIME else None
    filled = _filled(rule.slot, values)
    empty = any(not values.get(name[1:-1], "").strip() for name in _LEFT.findall(rule.slot))
    return None if empty else " ".join(filled.lower().split())


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _LEFT.sub(lambda name: values.get(name[0][1:-1], "").strip(), template)


def _said(rule: Rule, values: Mapping[str, str], situation: Situation, data: Book, *, negative: bool) -> str:
    """The claim as a sentence that stands alone."""
    plain = "{subject} " + rule.predicate.replace("_", " ") + " {object}"
    template = rule.say or plain
    if negative and not rule.negative:
        template = rule.say_not or "{subject} not: " + (rule.say or plain).replace("{subject} ", "", 1)
    name = data.user if values["subject"] == USER else values["subject"]
    own = data.user if situation.self_name == USER else situation.self_name
    told = {key: persons.rewritten(value, data, own) for key, value in values.items() if key != "subject"}
    return " ".join(_filled(template, {**told, "subject": name}).split())


def _when(seen: View, match: re.Match[str]) -> TimeMention | None:
    """The time of a claim: the one in the group ``when``, else a time itself before a deadline or an end."""
    times = seen.times
    if match.groupdict().get("when") is not None:
        first, last = (seen.at[place] for place in (match.start("when"), match.end("when") - 1))
        times = tuple(time for time in times if time.first <= last and first < time.last)
    return min(times, key=lambda time: (time.role is not TimeRole.AT, time.first), default=None)


def _begun(when: TimeMention, said_at: datetime | None) -> TimeMention:
    """The time of a change that is told as done: "moved to Oslo in April", said in May, is this April's."""
    if said_at is None or when.start <= said_at or _YEAR.search(when.words):
        return when
    if when.start - said_at > timedelta(days=365):
        return when
    return replace(when, start=_year_before(when.start), end=_year_before(when.end))


def _year_before(moment: datetime) -> datetime:
    leap_day = (moment.month, moment.day) == (2, 29)
    return moment.replace(year=moment.year - 1, day=28 if leap_day else moment.day)


def _dated(when: TimeMention | None) -> str:
    """The resolved time, for a text that is read long after it was said."""
    if when is None or when.recurrence is not None:
        return ""
    form = {"month": "%Y-%m", "year": "%Y"}.get(when.granularity.value, "%Y-%m-%d")
    return f" ({when.start.strftime(form)})"

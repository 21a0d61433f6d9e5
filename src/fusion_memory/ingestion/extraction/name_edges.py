"""Where an English name begins and ends within a run of capitalised words.

Why it exists: a sentence begins with a capital too, titles stand before names, and a work takes small words along.
Must not know: what kind of thing a name stands for, but for the cuts that depend on it.
"""

from __future__ import annotations

from typing import Final

from fusion_memory.core.knowledge import EntityKind
from fusion_memory.ingestion.extraction.name_context import Around
from fusion_memory.ingestion.extraction.name_lists import Lists, lists
from fusion_memory.ingestion.extraction.name_tokens import Token

_JOINING: Final = frozenset({"of", "de", "the", "a", "an"})
_GREETING: Final = frozenset({"hi", "hello", "hey", "dear", "thanks"})
_INSIDE_TITLES: Final = frozenset({"and", "in", "to", "for"})


def trimmed(words: list[Token], start: int, end: int) -> tuple[int, int]:
    """The run without what stands before and after a name; empty when nothing is left."""
    while start < end and _cut_off(words, start, end):
        start += 1
    while start < end and words[start].low in _JOINING:
        start += 1
    while end > start and words[end - 1].low in {"the", "a"}:
        end -= 1
    return start, end


def whole_title(words: list[Token], start: int, end: int) -> tuple[int, int]:
    """A work takes its article along, and what follows "and": "Pride and Prejudice"."""
    known = lists("en")
    if (
        start
        and words[start - 1].low in known["works.articles"]
        and words[start - 1].capital
        and not words[start].apart
    ):
        start -= 1
    while end + 1 < len(words) and words[end].low in _INSIDE_TITLES and words[end + 1].capital:
        if words[end].apart or words[end + 1].apart or words[end + 1].low in known["given.words"]:
            break
        end += 2
        while end < len(words) and words[end].capital and not words[end].apart:
            end += 1
    return start, end


def without_title(words: list[Token], start: int, end: int, kind: EntityKind) -> int:
    """Where the name begins: "Dr. Chen" keeps its title, "Dr. Sofia Marquez" does not need it."""
    if kind is not EntityKind.PERSON or words[start].low not in lists("en")["people.titles"]:
        return start
    names = end - start - 1
    return start + 1 if names > 1 or words[start].low not in lists("en")["people.kept_titles"] else start


def joined(words: list[Token], start: int, end: int) -> str:
    """The words in lower case with one blank between."""
    return " ".join(word.low for word in words[start:end])


def _cut_off(words: list[Token], at: int, end: int) -> bool:
    """Whether the first word of a run is there for another reason than the name."""
    known, word = lists("en"), words[at]
    if word.low in known["demonyms.words"]:
        return end - at == 1 or not _institutional(words, at, end)
    if word.low in known["people.kin_titles"] or word.low in {"the", "project"} | _JOINING:
        return True
    if word.low in known["organisations.heads"] and at + 1 < end and words[at + 1].low in _JOINING:
        return True
    if not word.initial or word.camel:
        return word.low in _GREETING
    return not _begins_sentence_as_name(words, at, end, known)


def _begins_sentence_as_name(words: list[Token], at: int, end: int, known: Lists) -> bool:
    """Whether the first word of a sentence is a name, not just its first word."""
    low, name = words[at].low, joined(words, at, end)
    if any(name in known[f"{listed}.names"] for listed in ("places", "organisations", "products")):
        return True
    if low in known["given.words"] or low in known["given.ambiguous"]:
        return low not in known["given.ambiguous"] or _person_at_start(words, at, end)
    if any(low in known[key] for key in ("places.prefixes", "organisations.prefixes", "people.titles")):
        return end - at > 1
    return low not in known["common.words"] or _institutional(words, at, end)


def _person_at_start(words: list[Token], at: int, end: int) -> bool:
    """Whether a person is meant: Grace called me, against: Will you come."""
    around = Around(words, at, end)
    return (
        around.does_as_people_do()
        or words[at].possessive
        or (end - at > 1 and words[at + 1].low not in lists("en")["common.words"])
    )


def _institutional(words: list[Token], start: int, end: int) -> bool:
    known, last = lists("en"), words[end - 1].low
    return end - start > 1 and (last in known["organisations.suffixes"] or last in known["places.suffixes"])

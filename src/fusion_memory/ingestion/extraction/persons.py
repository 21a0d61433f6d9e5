"""Names whom or what a claim is about.

"My sister Anna" is Anna, "my sister" is the user's sister, "she" is whoever was spoken of last.

Why it exists: a claim must stand alone, without the pronouns of its sentence. Must not know: rules or stores.
"""

from __future__ import annotations

import re

from fusion_memory.core.knowledge import USER
from fusion_memory.ingestion.extraction import objects
from fusion_memory.ingestion.extraction.grammar import Book, compiled


def person(given: str, data: Book, own: str, spoken_of: str | None) -> str | None:
    """The name of a person, or None when it cannot be told.

    Args:
        given: the words that name the person.
        data: the language.
        own: the name of the speaker.
        spoken_of: whom a pronoun means.
    """
    words = given.strip()
    if data.pattern("persons.first").fullmatch(words):
        return own
    if data.pattern("persons.third").fullmatch(words):
        return spoken_of
    for source in ("relations", "apposed", "others"):
        match = data.pattern(f"persons.{source}").fullmatch(words)
        if match is not None:
            return _related(match, data, spoken_of if source == "others" else own)
    return words if words and not data.pattern("persons.nobody").fullmatch(words) else None


def _related(match: re.Match[str], data: Book, owner: str | None) -> str | None:
    """The name that stands with a relation, or the relation by whose it is."""
    parts = match.groupdict()
    if parts.get("name"):
        return str(parts["name"]).strip()
    if owner is None:
        return None
    relation = parts.get("relation") or parts.get("relation2") or match[0]
    return data.possessed.format(subject=data.user if owner == USER else owner, relation=relation.strip().lower())


def thing(given: str, data: Book, own: str) -> str | None:
    """The name of a thing without its article, or None when it is only a pronoun."""
    words = data.pattern("persons.ours").sub("", objects.trimmed(given, data), count=1)
    if not words or data.pattern("persons.nobody").fullmatch(words):
        return None
    return rewritten(words, data, data.user if own == USER else own)


def rewritten(text: str, data: Book, own: str) -> str:
    """Words of the speaker as a stranger would say them: "my job" becomes "user's job"."""
    if compiled(data.rewritable).search(text) is None:
        return text
    for source, said in data.rewrite:
        text = compiled(source).sub(said.replace("{subject}", own), text)
    return text


def inflected(words: str, data: Book) -> str:
    """Words that begin with a verb, as they stand after a third person: "have two" becomes "has two".

    Adverbs before the verb stay; without data for it the words are unchanged.
    """
    adverbs = data.pattern("persons.adverbs").match(words)
    start = adverbs.end() if adverbs is not None else 0
    for source, said in data.inflect:
        pattern = compiled(source)
        if pattern.match(words[start:]):
            return words[:start] + pattern.sub(said, words[start:], count=1)
    return words

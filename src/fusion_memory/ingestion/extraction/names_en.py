"""English names: runs of capitalised words, judged by lists, by their own form and by the words around them.

Why it exists: see ``names``. Must not know: Chinese rules; in a Chinese text the Latin runs are judged here too,
but no word opens a sentence there and the Chinese cues are read in ``people_zh``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from fusion_memory.core.knowledge import EntityKind, Mention
from fusion_memory.ingestion.extraction.name_context import Around, noun_kind
from fusion_memory.ingestion.extraction.name_edges import joined, trimmed, whole_title, without_title
from fusion_memory.ingestion.extraction.name_lists import Lists, lists
from fusion_memory.ingestion.extraction.name_tokens import Run, Token, runs, tokens

SURE: Final = 0.9
LIKELY: Final = 0.75
GUESSED: Final = 0.55

_QUOTED: Final = re.compile(r"[\"“]([^\"“”\n]{2,60})[\"”]")
_SMALL: Final = re.compile(r"^(?:of|the|and|in|an?|to|for|on|at|with|my|your|is|are|vs)$")
_SHORT_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof"})
Found = tuple[EntityKind, float]


def mentions(text: str, *, chinese: bool = False) -> list[Mention]:
    """The names in the Latin words of a text.

    Args:
        text: the text, masked where no name is looked for.
        chinese: whether Han characters stand around the words.
    """
    words = tokens(text)
    if not words:
        return []
    quoted = list(_quoted(text, words))
    found = quoted + [_handle(word) for word in words if word.text.startswith("@") and len(word.text) > 2]
    inside = {place for mention in quoted for place in range(mention.first, mention.last)}
    for run in runs(words):
        if words[run.start].first not in inside and not words[run.start].text.startswith("@"):
            found += _of_run(text, words, run, chinese=chinese)
    return found + [m for m in _lower(text, words) if m.first not in inside]


def _handle(word: Token) -> Mention:
    return Mention(word.text, EntityKind.PERSON, word.first, word.first + len(word.text), LIKELY)


def _of_run(text: str, words: list[Token], run: Run, *, chinese: bool) -> Iterator[Mention]:
    """The names of one run, which may need its first word, or words that are no names, cut off."""
    start, end = trimmed(words, run.start, run.end)
    if start == end:
        return
    around = Around(words, start, end)
    judged = _judge(words, around, chinese=chinese)
    if judged is None:
        return
    kind, confidence = judged
    if kind is EntityKind.PRODUCT:
        end = _bare_product(words, start, end)
    first = without_title(words, start, end, kind)
    if first == end:
        return
    if kind is EntityKind.WORK:
        first, end = whole_title(words, first, end)
    begin, stop = words[first].first, words[end - 1].last
    if (dotted := text[stop : stop + 1]) == "." and words[end - 1].low in {"jr", "sr"}:
        stop += len(dotted)
    yield Mention(text[begin:stop], kind, begin, stop, confidence)


def _bare_product(words: list[Token], start: int, end: int) -> int:
    """Where a product's name ends: "Python APIs" is about Python, "GitHub Actions" is a product of GitHub's."""
    known, head = lists("en"), words[start].low
    if head in known["products.makers"] or joined(words, start, end) in known["products.names"]:
        return end
    general = all(word.low in known["common.words"] for word in words[start + 1 : end])
    return start + 1 if head in known["products.names"] and general else end


def _judge(words: list[Token], around: Around, *, chinese: bool) -> Found | None:
    """What a run names, or None: first what introduces it, then lists, then its form, then the words around it."""
    start, end = around.start, around.end
    known, name, size = lists("en"), joined(words, start, end), end - start
    head = words[start].low
    introduced = around.introduced()
    if words[start - 1].low == "project" and start and not around.apart and words[start - 1].capital:
        return EntityKind.PROJECT, SURE
    if introduced is EntityKind.PROJECT:
        return introduced, SURE
    if size == 1 and introduced is None and _ordinary(words, around, known, chinese=chinese):
        seen = around.of_work_of_art() and not words[start].text.isupper() and head not in known["demonyms.words"]
        return (EntityKind.WORK, LIKELY) if seen else None
    return (
        _listed(words, around, name, introduced)
        or _titled(head, around, known)
        or ((introduced, SURE) if introduced and not _all_common(words, start, end) else None)
        or _formed(words, around, known)
        or _placed(words, around, known)
        or _by_given_name(words, around, known)
        or _guessed(words, around, chinese=chinese)
    )


def _ordinary(words: list[Token], around: Around, known: Lists, *, chinese: bool) -> bool:
    """Whether a single word is no name: an ordinary word, an adjective of a people, shouting."""
    word = words[around.start]
    if word.low in known["demonyms.words"] or len(word.text) == 1 or word.low in known["people.titles"]:
        return True
    listed = (
        word.low in known["organisations.names"]
        or word.low in known["products.names"]
        or word.low in known["places.names"]
    )
    if word.low in known["common.words"] and word.low not in known["given.words"]:
        return not (listed and (around.of_work() or not word.initial) and not word.text.isupper())
    if listed:
        return word.initial and not chinese and word.low in known["products.ambiguous"]
    if word.text.isupper() and word.low not in known["given.words"]:
        return not (around.of_work() and len(word.text) <= 6)
    return False


def _listed(words: list[Token], around: Around, name: str, introduced: EntityKind | None) -> Found | None:
    """A name of the lists, as a whole or by its maker ("Toyota Corolla")."""
    known = lists("en")
    bare = name.removeprefix("the ")
    if introduced in {EntityKind.PERSON, EntityKind.ANIMAL, EntityKind.WORK} and bare not in known["places.names"]:
        return None
    if bare in known["places.names"]:
        person = name in known["given.words"] and not around.of_place()
        as_person = introduced is EntityKind.PERSON or (
            person and (around.of_person() or introduced is not None or around.start == 0)
        )
        return None if as_person else (EntityKind.PLACE, SURE)
    if bare in known["products.names"] and _product_here(words, around, bare, known):
        return EntityKind.PRODUCT, SURE
    if bare in known["organisations.names"]:
        return EntityKind.ORGANISATION, SURE
    head = words[around.start].low
    if around.end - around.start > 1 and (head in known["products.makers"] or head in known["products.names"]):
        last = words[around.end - 1].low
        if last not in known["organisations.suffixes"] or head in known["products.names"]:
            return EntityKind.PRODUCT, LIKELY
    return None


def _product_here(words: list[Token], around: Around, name: str, known: Lists) -> bool:
    if name in known["given.words"] and (around.of_person() or around.of_work()):
        return False
    if name not in known["products.ambiguous"]:
        return True
    if around.before() in known["products.before"] or words[around.start].camel:
        return True
    return not words[around.start].initial and name not in known["common.words"]


def _titled(head: str, around: Around, known: Lists) -> Found | None:
    """After Dr., Mrs. or Uncle stands a person."""
    size = around.end - around.start
    if head in known["people.titles"] and size > 1:
        ends = around.words[around.end - 1].low
        short = head in _SHORT_TITLES and size == 2
        if short or (ends not in known["organisations.suffixes"] and ends not in known["places.suffixes"]):
            return EntityKind.PERSON, SURE
    if (
        around.before() in known["people.kin_titles"]
        and around.words[around.start - 1].capital
        and not around.apart
    ):
        return EntityKind.PERSON, SURE
    return None


def _formed(words: list[Token], around: Around, known: Lists) -> Found | None:
    """What the form of the name tells: "... University", "Lake ...", FastAPI, "iPhone 15 Pro"."""
    start, end = around.start, around.end
    size, head, last = end - start, words[start].low, words[end - 1].low
    if size > 1:
        if last in known["organisations.suffixes"] or (
            head in known["organisations.prefixes"] and words[start + 1].low == "of"
        ):
            return EntityKind.ORGANISATION, SURE
        if last in known["places.suffixes"] or head in known["places.prefixes"]:
            return EntityKind.PLACE, SURE
    if (
        head not in known["given.words"]
        and any(word.camel for word in words[start:end])
        and not _irish(words[start])
    ):
        if around.of_work():
            return EntityKind.ORGANISATION, LIKELY
        return EntityKind.PRODUCT, LIKELY
    if any(char.isdigit() for char in words[start].text):
        return EntityKind.PRODUCT, LIKELY
    return None


def _irish(word: Token) -> bool:
    """McDonald, O'Brien, MacLeod: capitals inside a surname."""
    return (
        bool(re.match(r"(?:Mc|Mac|O['’]|D['’]|De|Di|La|Le|Fitz)[A-Z][a-z]+(?:$|-)", word.text)) or "-" in word.text
    )


def _placed(words: list[Token], around: Around, known: Lists) -> Found | None:
    """Employers and towns by the words before them, unless the word is a given name."""
    head = words[around.start].low
    if around.of_work() and not (head in known["given.words"] and around.before() in {"with", "for", "by"}):
        return EntityKind.ORGANISATION, LIKELY
    if around.of_place() and head not in known["given.words"] and not _all_common(words, around.start, around.end):
        return EntityKind.PLACE, LIKELY
    return None


def _by_given_name(words: list[Token], around: Around, known: Lists) -> Found | None:
    head = words[around.start]
    size = around.end - around.start
    if head.low.partition("-")[0] not in known["given.words"] or size > 4:
        return None
    if (around.of_work_of_art() and size > 1) or around.before() in known["calendar.words"]:
        return None
    rest = words[around.start + 1 : around.end]
    doubtful = head.low in known["given.ambiguous"] or len(rest) > 1
    if doubtful and any(
        word.low in known["common.words"] or (len(word.text) > 1 and word.text.isupper()) for word in rest
    ):
        return None
    if (
        head.low in known["given.ambiguous"]
        and size == 1
        and not around.of_person()
        and head.initial
        and not head.possessive
    ):
        return None
    return EntityKind.PERSON, SURE if head.low not in known["given.ambiguous"] else LIKELY


def _guessed(words: list[Token], around: Around, *, chinese: bool) -> Found | None:
    """What is left: a person by a verb, a work by what is done with it, a full name, or just a thing."""
    start, end = around.start, around.end
    size = end - start
    if around.of_work_of_art():
        return EntityKind.WORK, LIKELY
    if _all_common(words, start, end):
        return None
    if around.of_person() and size <= 3:
        return EntityKind.PERSON, LIKELY
    if words[start].initial and size == 1 and not chinese:
        named_again = any(word.text == words[start].text and not word.initial for word in words)
        return (EntityKind.PERSON, GUESSED) if words[start].possessive or named_again else None
    return _by_shape(words[start:end], around, chinese=chinese)


def _by_shape(run: list[Token], around: Around, *, chinese: bool) -> Found | None:
    """Two or three capitalised words that are nothing else may be a person; the rest is a thing."""
    if len(run) > 1 and any(word.low in lists("en")["common.words"] for word in run) and not chinese:
        return None
    plain = all(word.text.isalpha() and not word.text.isupper() for word in run)
    person = (
        not chinese and 1 < len(run) <= 3 and plain and around.before() not in lists("en")["around.before_things"]
    )
    return (EntityKind.PERSON if person else EntityKind.THING), GUESSED


def _all_common(words: list[Token], start: int, end: int) -> bool:
    known = lists("en")
    return all(
        word.low in known["common.words"] or word.low in known["demonyms.words"] for word in words[start:end]
    )


def _quoted(text: str, words: list[Token]) -> Iterator[Mention]:
    """Quoted titles: every long word capitalised, and a cue or more than one word."""
    for match in _QUOTED.finditer(text):
        inside = match[1]
        parts = inside.split()
        if inside[-1] in ".,;!:" or not all(
            part[0].isupper() or part[0].isdigit() or _SMALL.match(part) for part in parts
        ):
            continue
        at = bisect_left(words, match.start(1), key=attrgetter("first"))
        around = Around(words, at, at)
        cues = [around.words[i].low for i in range(max(0, at - 4), at)]
        kind = next((k for cue in reversed(cues) if (k := noun_kind(cue)) and k is not EntityKind.PERSON), None)
        read = any(cue in lists("en")["works.before"] for cue in cues)
        if (
            kind
            or read
            or (
                len(parts) > 1
                and parts[0][0].isupper()
                and not {"said", "says", "asked", "replied", "word", "phrase"} & set(cues)
            )
        ):
            yield Mention(
                inside, kind or EntityKind.WORK, match.start(1), match.end(1), SURE if kind or read else GUESSED
            )


def _lower(text: str, words: list[Token]) -> Iterator[Mention]:
    """Names in lower case, only after a cue: "my friend sara", "in berlin"."""
    known = lists("en")
    for index, word in enumerate(words):
        if word.capital or word.text != word.low or not word.low[0].isalpha():
            continue
        for end in (index + 2, index + 1):
            name = joined(words, index, min(end, len(words)))
            if name in known["places.names"] and name not in known["places.not_in_lower_case"]:
                around = Around(words, index, end)
                if around.of_place():
                    stop = words[min(end, len(words)) - 1].last
                    yield Mention(text[word.first : stop], EntityKind.PLACE, word.first, stop, LIKELY)
                break
        called = index > 0 and words[index - 1].low in {"called", "named"}
        if word.low in known["common.words"] and not called:  # "a duck will clear it"
            continue
        if word.low in known["given.words"] and (kind := Around(words, index, index + 1).introduced()) in {
            EntityKind.PERSON,
            EntityKind.ANIMAL,
        }:
            yield Mention(word.text, kind, word.first, word.last, LIKELY)

"""Plain words that ask the memory for something: remember, recall, search, organise, forget, do not remember.

Why it exists: people steer a memory in their own words, in English and Chinese. Must not know: who asks, or what
is done about it; to forget is only proposed here. The wordings are data (:mod:`triggers_en`, :mod:`triggers_zh`);
this file finds the sentence they stand in and the words they speak of. What is quoted, or is code, asks nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from fusion_memory.text import triggers_en, triggers_zh
from fusion_memory.text.sentences import sentences
from fusion_memory.text.simplified import simplify
from fusion_memory.text.trigger_words import TriggerKind, Wordings

READ_CHARS: Final = 4_000
"""A message is read up to here; a longer one is a document with other things to say."""

_WINDOW: Final = 400  # a wording stands near the beginning of its sentence or clause
_LONGEST_TAIL: Final = 80
_MASK: Final = "\ufffc"
_PLAIN: Final = {ord("’"): "'", ord("‘"): "'", ord("ʼ"): "'", ord("\u00a0"): " ", ord("\u3000"): " "}
_QUOTED: Final = re.compile(
    r"```.*?(?:```|\Z)|\"\"\".*?(?:\"\"\"|\Z)|`[^`\n]+`|^[ \t]*>[^\n]*|"
    r"“[^“”]*”|\"[^\"\n]*\"|「[^「」]*」|『[^『』]*』",
    re.DOTALL | re.MULTILINE,
)
_CLAUSE: Final = re.compile(r"[,，、:：]\s*|\s[-–—]+\s*|——+")
_ASKS: Final = re.compile(r"(?:[?？]|[吗么呢])[\s?？!！。.~～…\"'”’）)]*\Z")
_OPEN_END: Final = re.compile(r"[:：]\s*\Z")
_EDGES: Final = " \t\r\n,，、:：;；.。!！?？~～…-–—"
_MAY_ASK: Final = {TriggerKind.RECALL, TriggerKind.SEARCH}
_MAY_POINT: Final = {TriggerKind.REMEMBER, TriggerKind.DO_NOT_REMEMBER}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A request to the memory.

    Attributes:
        kind: what is asked for.
        payload: what it is about, ``text[payload_first:payload_last]``; empty when the words do not say, which
            means what was said before, or all of it.
        first, last: the words that ask, ``text[first:last]``, without the payload.
        payload_first, payload_last: where the payload stands: after the words, or before ("..., remember that").
    """

    kind: TriggerKind
    payload: str
    first: int
    last: int
    payload_first: int
    payload_last: int


def trigger_of(text: str) -> Trigger | None:
    """What a message asks of the memory, or None.

    Of several requests the first counts, except that "do not remember" comes before all others.

    Args:
        text: one message, in English, Chinese or both; the first :data:`READ_CHARS` characters are read.
    """
    found = triggers(text)
    refusals = (trigger for trigger in found if trigger.kind is TriggerKind.DO_NOT_REMEMBER)
    return next(refusals, found[0] if found else None)


def triggers(text: str) -> list[Trigger]:
    """Everything a message asks of the memory, in order; at most one request a sentence."""
    read = text[:READ_CHARS]
    plain = simplify(read.translate(_PLAIN))
    masked = _QUOTED.sub(lambda match: _MASK * len(match.group()), plain)
    places = sentences(masked)
    found = []
    for number, place in enumerate(places):
        match = _match(masked, *place)
        if match:
            found.append(_trigger(text, match, places, number))
    return found


@dataclass(frozen=True, slots=True)
class _Match:
    """A wording that was found: its place, its payload if the words have one, the table it stands in."""

    kind: TriggerKind
    first: int
    last: int
    payload: tuple[int, int] | None
    wordings: Wordings


@cache
def _books() -> tuple[Wordings, ...]:
    return triggers_en.WORDINGS, triggers_zh.WORDINGS


@cache
def _pattern(wordings: Wordings, source: str) -> re.Pattern[str]:
    return re.compile(wordings.written(source), re.IGNORECASE)


def _match(masked: str, first: int, last: int) -> _Match | None:
    sentence = masked[first:last]
    for wordings in _books():
        if not _pattern(wordings, wordings.cues).search(sentence):
            continue
        asks = _ASKS.search(sentence) and not _pattern(wordings, wordings.asking_politely).search(sentence)
        for start in _starts(masked, first, last):
            found = _at(wordings, masked[start:last], start, inner=start != first, asks=bool(asks))
            if found:
                return found
    return None


def _starts(masked: str, first: int, last: int) -> Iterator[int]:
    """Where a request may begin: with the sentence, then with each clause."""
    yield first
    for match in _CLAUSE.finditer(masked, first, last):
        yield match.end()


def _at(wordings: Wordings, words: str, shift: int, *, inner: bool, asks: bool) -> _Match | None:
    near = words[:_WINDOW]
    opener = _pattern(wordings, wordings.opener).match(near)
    start = opener.end() if opener else 0
    if any(_pattern(wordings, source).match(near, at) for source in wordings.never for at in {0, start}):
        return None
    for wording in wordings.wordings:
        if (inner and not wording.inner) or (asks and wording.kind not in _MAY_ASK):
            continue
        match = _pattern(wordings, wording.pattern).match(near, start)
        if match:
            return _found(wording.kind, match, (shift, shift + len(words)), wordings)
    return None


def _found(kind: TriggerKind, match: re.Match[str], place: tuple[int, int], wordings: Wordings) -> _Match:
    shift, end = place
    payload = None
    for name in ("rest", "object"):
        first, last = match.span(name) if name in match.re.groupindex else (-1, -1)
        if not _is_pronoun(match.string[slice(*_bare(match.string, first, last, wordings))], wordings):
            payload = (first + shift, end if last == _WINDOW else last + shift)
            break
    rest = match.start("rest") if "rest" in match.re.groupindex else -1
    return _Match(kind, match.start() + shift, (rest if rest >= 0 else match.end()) + shift, payload, wordings)


def _is_pronoun(words: str, wordings: Wordings) -> bool:
    return _pattern(wordings, wordings.pronoun).fullmatch(words.strip(_EDGES)) is not None


def _trigger(text: str, match: _Match, places: list[tuple[int, int]], number: int) -> Trigger:
    first, last = match.payload or (match.last, match.last)
    if match.kind in _MAY_POINT:
        if _pattern(match.wordings, match.wordings.following).search(text, match.first, match.last):
            last = len(text)
        elif match.payload is None:
            first, last = _pointed_at(text, match, places, number)
    first, last = _bare(text, first, last, match.wordings)
    end = len(text[: match.last].rstrip(" \t\r\n"))
    return Trigger(match.kind, text[first:last], match.first, max(end, match.first), first, last)


def _pointed_at(text: str, match: _Match, places: list[tuple[int, int]], number: int) -> tuple[int, int]:
    """What "this" means: all that follows a colon, else what stands before, in the sentence or in the last one."""
    if _OPEN_END.search(text[match.last : places[number][1]]) or _OPEN_END.search(text[: match.last]):
        return match.last, len(text)
    start = places[number][0]
    opener = _pattern(match.wordings, match.wordings.opener).match(text, start, match.first)
    before = (opener.end() if opener else start, match.first)
    if any(char.isalnum() for char in text[slice(*before)]):
        return before
    return places[number - 1] if number else (match.last, match.last)


def _bare(text: str, first: int, last: int, wordings: Wordings) -> tuple[int, int]:
    """The payload without the marks and the politeness around it."""
    near = max(first, last - _LONGEST_TAIL)
    tail = _pattern(wordings, wordings.tail).search(simplify(text[near:last]))
    last = near + tail.start() if tail else last
    piece = text[first:last]
    first += len(piece) - len(piece.lstrip(_EDGES))
    last = max(first, last - (len(piece) - len(piece.rstrip(_EDGES))))
    return first, last

"""Trims what a pattern caught to the thing itself, and parts lists of things.

Why it exists: "jazz a lot these days" is the object "jazz". Must not know: clauses, rules or claims; what is cut
off is the language's data.
"""

from __future__ import annotations

import re
from typing import Final

from fusion_memory.ingestion.extraction.grammar import Book

LONGEST: Final = 160
"""An object of more code points is a story, not a thing."""

MOST_ITEMS: Final = 12
_EDGES: Final = " \t\n,，.。;；:：!！?？…、~～-–—\"'“”‘’「」『』()（）[]*_`"
_OPEN_ENDS: Final = {")": "(", "）": "（", "]": "[", "'": "'", '"': '"', "”": "“"}
_QUOTES: Final = {'"': '"', "“": "”"}
_EMOJI: Final = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d\u200e\u200f\u2764]+")
_HOLE: Final = re.compile(r"\s*,(?:\s*,)+|\s+,(?=\s)")
_ROUNDS: Final = 8


def trimmed(text: str, data: Book) -> str:
    """An object without the words that belong to the sentence; empty when nothing is left or it is refused."""
    text = _EMOJI.sub(" ", text[: LONGEST * 2])
    cut = data.pattern("trim.cut").search(text)
    if cut is not None:
        text = text[: cut.start()]
    head, tail = data.pattern("trim.head"), data.pattern("trim.tail")
    for _ in range(_ROUNDS):
        before = text
        text = edged(text)
        if (match := head.match(text)) is not None:
            text = text[match.end() :]
        if (match := tail.search(text)) is not None:
            text = text[: match.start()]
        if text == before:
            break
    text = " ".join(_HOLE.sub(",", text).split())
    return "" if len(text) > LONGEST or data.pattern("trim.refuse").fullmatch(text) else text


def whole(text: str, data: Book) -> str:
    """A saying that is kept as it stands, but for marks and a preposition that lost its time."""
    text = edged(text)
    dangling = data.pattern("trim.dangling").search(text)
    return " ".join((text[: dangling.start()] if dangling is not None else text).split())


def items(text: str, data: Book) -> list[str]:
    """The things of a list, each trimmed; the text itself when it is none."""
    whole = data.pattern("trim.whole")
    parts, last = [], 0
    closing = [match.start() for match in data.pattern("trim.last").finditer(text)]
    for match in data.pattern("trim.items").finditer(text):
        if closing and match.start() > closing[-1]:
            break
        if any(kept.start() < match.end() and match.start() < kept.end() for kept in whole.finditer(text)):
            continue
        parts.append(text[last : match.start()])
        last = match.end()
    parts.append(text[last:])
    things = [thing for thing in (trimmed(part, data) for part in parts) if thing]
    return things if 0 < len(things) <= MOST_ITEMS else [trimmed(text, data)]


def edged(text: str) -> str:
    """A text without marks at its ends; a closing bracket stays that has its opening one inside."""
    text = _unquoted(_EMOJI.sub(" ", text).strip())
    while text and text[-1] in _EDGES and not _closes(text):
        text = text[:-1]
    while text and text[0] in _EDGES and text[0] not in "([（" and not _opens(text):
        text = text[1:]
    return text.strip()


def _unquoted(text: str) -> str:
    """A text that is one quotation, without its marks."""
    closing = _QUOTES.get(text[:1])
    whole_one = closing is not None and len(text) > 1 and text[-1] == closing
    return text[1:-1].strip() if whole_one and not set(text[1:-1]) & {text[0], closing} else text


def _opens(text: str) -> bool:
    """Whether a text begins with a quotation that ends inside it, and goes on after it."""
    closing = _QUOTES.get(text[0])
    return closing is not None and closing in text[1:-1]


def _closes(text: str) -> bool:
    opening = _OPEN_ENDS.get(text[-1])
    return opening is not None and opening in text[:-1] and text[-1] != "'"

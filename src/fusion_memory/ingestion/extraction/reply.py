"""Finds the entries in a model's reply, whatever stands around them: fences, prose, thoughts, tags.

It must not know what the entries mean. It never raises, and its time is bounded whatever the reply is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST_CHARS: Final = 200_000
"""A reply is read up to here; what is longer counts as cut off."""

_MOST_VALUES: Final = 200
_MOST_FAILURES: Final = 20
_MOST_ENTRIES: Final = 2_000
_LIST_NAMES: Final = ("facts", "claims", "memories", "entries", "items", "results", "data")
_ENTRY_NAMES: Final = frozenset({"quote", "object", "text", "predicate", "fact", "subject", "statement"})
_THOUGHT: Final = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_OPENING: Final = re.compile(r"[\[{]")
_TAG_OPEN: Final = re.compile(r"<fact\b([^<>]{0,4000})>", re.IGNORECASE)
_TAG_CLOSE: Final = re.compile(r"</fact\s{0,9}>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"([A-Za-z_]{1,40})\s*=\s*(?:\"([^\"]{0,2000})\"|'([^']{0,2000})')")
_CHILD: Final = re.compile(r"<([A-Za-z_]{1,40})>([^<]{0,2000})</\1\s*>")
_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&amp;": "&"}
_TRAILING_COMMA: Final = re.compile(r",(\s*[\]}])")
_DECODER: Final = json.JSONDecoder(strict=False)
_AT_END: Final = 6  # how near to the end a parser stops when the text is cut there


@dataclass(frozen=True, slots=True)
class Found:
    """What a reply holds: its entries, or why they could not be had.

    ``fault`` is None for a complete reply, also for one that says that there is nothing; else ``empty_reply``,
    ``model_prose``, ``bad_json``, ``wrong_shape`` or ``truncated``.
    """

    entries: tuple[object, ...] = ()
    fault: str | None = None


def entries_in(text: str) -> Found:
    """The entries of a reply: JSON anywhere in it, or ``<fact>`` tags."""
    shown = _THOUGHT.sub(" ", text[:MOST_CHARS]).strip()
    if not shown:
        return Found(fault="truncated" if text.strip() else "empty_reply")
    if _TAG_OPEN.search(shown):
        tags, whole = _tags(shown)
        return Found(tags) if whole and len(text) <= MOST_CHARS else Found(fault="truncated")
    values, fault = _values(shown)
    if fault is not None or len(text) > MOST_CHARS:
        return Found(fault=fault or "truncated")
    if not values:
        return Found(fault="model_prose")
    lists = [entries for value in values if (entries := _entries(value)) is not None]
    if not lists:  # "[1]" in a sentence is a reference, not a reply
        return Found(fault="wrong_shape" if shown[0] in "[{" or isinstance(values[-1], dict) else "model_prose")
    return Found(tuple(entry for entries in lists for entry in entries)[:_MOST_ENTRIES])


def _values(text: str) -> tuple[list[Any], str | None]:
    """All JSON objects and arrays of a text from its first to its last, and what is wrong with one of them."""
    values: list[Any] = []
    at, failures, broken = 0, 0, False
    while len(values) < _MOST_VALUES and failures < _MOST_FAILURES:
        opening = _OPENING.search(text, at)
        if opening is None:
            break
        at = opening.start()
        value, end, fault = _value(text, at)
        if fault == "truncated":
            return values, fault
        if fault is None:
            values.append(value)
            at = end
        else:
            failures += 1
            broken = broken or _looks_like_json(text, at)
            at = at + 1 if not broken else len(text)
    return values, "bad_json" if broken else None


def _value(text: str, at: int) -> tuple[Any, int, str | None]:
    """The JSON value that begins at a place, where it ends, and why there is none.

    A comma before a closing bracket is forgiven.
    """
    fault = "bad_json"
    forgiving = _TRAILING_COMMA.sub(r" \1", text[at:])  # of the same length
    for shown in (text[at:], forgiving):
        try:
            value, end = _DECODER.raw_decode(shown)
        except json.JSONDecodeError as error:
            if _cut_off(shown, error):
                fault = "truncated" if _looks_like_json(text, at) else "prose"
        except (ValueError, RecursionError):  # a number of many thousand digits; arrays nested without end
            return None, at, "bad_json"
        else:
            return value, at + end, None
    return None, at, fault


def _cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Whether a value ends because the text does: inside a word, a string or between entries."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()) - _AT_END


def _looks_like_json(text: str, at: int) -> bool:
    """Whether a bracket opens JSON rather than prose like "[1]" or "{name}": another bracket, a quote, an end."""
    rest = text[at + 1 : at + 40].lstrip()
    return not rest or rest[0] in "{[\"'}]"


def _entries(value: Any) -> list[Any] | None:  # noqa: ANN401 (whatever the model wrote)
    """The list of entries in a value; None when it holds none."""
    if isinstance(value, list):
        return value if not value or any(isinstance(item, dict | str) for item in value) else None
    if not isinstance(value, dict):
        return None
    for name in _LIST_NAMES:
        held = value.get(name)
        if isinstance(held, list):
            return held
        if isinstance(held, dict):
            return [held]
        if name in value and held is None:
            return []
    return [value] if _ENTRY_NAMES & value.keys() else None


def _tags(text: str) -> tuple[tuple[object, ...], bool]:
    """The entries of all ``<fact>`` tags, and whether the last one is closed."""
    entries: list[object] = []
    at = 0
    while len(entries) < _MOST_ENTRIES and (opening := _TAG_OPEN.search(text, at)):
        closing = _TAG_CLOSE.search(text, opening.end())
        if closing is None:
            return tuple(entries), False
        entries.append(_tagged(opening.group(1), text[opening.end() : closing.start()]))
        at = closing.end()
    return tuple(entries), True


def _tagged(attributes: str, inner: str) -> Mapping[str, str]:
    """The entry of a ``<fact>`` tag: its attributes, its child tags, or its words as text and quote."""
    entry = {name.lower(): _plain(double or single) for name, double, single in _ATTRIBUTE.findall(attributes)}
    children = {name.lower(): _plain(words) for name, words in _CHILD.findall(inner)}
    words = _plain(inner).strip()
    if children:
        return entry | children
    return {"text": words, "quote": words} | entry


def _plain(text: str) -> str:
    for entity, char in _ENTITIES.items():
        text = text.replace(entity, char)
    return text

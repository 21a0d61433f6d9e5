"""Read what a language model answered: a JSON object in the form of the prompt, or nothing at all. Pure.

Whatever comes is judged field by field; a field of the wrong type is as if it were not there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST_CLAIMS: Final = 8
MOST_QUOTES: Final = 4
LONGEST_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True)
class ToldQuote:
    """Words that the model says stand in a record, and which."""

    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class ToldClaim:
    """A statement of the model, not yet checked."""

    text: str
    quotes: tuple[ToldQuote, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A reply that has the form: claims, or an abstention with its reason."""

    claims: tuple[ToldClaim, ...]
    abstains: bool
    reason: str
    confidence: float


def read(text: str) -> Told | None:
    """The reply in a text; None when it holds no object of the form."""
    found = _object(text)
    if found is None or not ({"claims", "abstain"} & found.keys()):
        return None
    claims = tuple(claim for given in _list(found.get("claims"))[:MOST_CLAIMS] if (claim := _claim(given)))
    if not claims and found.get("abstain") is not True:
        return None
    return Told(
        claims, found.get("abstain") is True, _text(found.get("abstain_reason")), _share(found.get("confidence"))
    )


def _object(text: str) -> Mapping[str, Any] | None:
    """The first JSON object in a text, whatever stands around it."""
    start = text.find("{")
    while start >= 0:
        try:
            found, _ = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and ({"claims", "abstain"} & found.keys()):
            return found
        start = text.find("{", start + 1) if text.count("{", 0, start) < MOST_QUOTES * MOST_CLAIMS else -1
    return None


def _claim(given: object) -> ToldClaim | None:
    if not isinstance(given, dict):
        return None
    text = _text(given.get("text"))
    quotes = tuple(
        ToldQuote(_text(one.get("source")), _text(one.get("quote")))
        for one in _list(given.get("quotes"))[:MOST_QUOTES]
        if isinstance(one, dict)
    )
    return ToldClaim(text, tuple(quote for quote in quotes if quote.quote)) if text else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return " ".join(value.split())[:LONGEST_TEXT] if isinstance(value, str) else ""


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.5
    if isinstance(value, float) and not math.isfinite(value):
        return 0.5
    return float(min(1, max(0, value)))  # cut first: a whole number may be too long for a float

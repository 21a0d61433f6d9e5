"""Read search options from whatever a caller passes, and refuse what is out of range."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.knowledge import FactType
from fusion_memory.core.policy import Tier
from fusion_memory.core.records import SearchOptions, Trust
from fusion_memory.core.settings import RetrievalSettings
from fusion_memory.retrieval.recipes import recipe_named
from fusion_memory.text.screening import is_unicode

MAX_LIMIT = 1_000
MAX_BUDGET_TOKENS = 1_000_000
GROUPS = ("memory", "session")
ALIASES = {
    "k": "limit",
    "top_k": "limit",
    "max_results": "limit",
    "mode": "recipe",
    "role": "roles",
    "origin": "origins",
    "type": "types",
    "tier": "tiers",
    "archived": "include_archived",
    "said": "context",
}

_NAMES = {field.name for field in fields(SearchOptions)}


def resolve(
    options: SearchOptions | Mapping[str, Any] | None, overrides: Mapping[str, Any], settings: RetrievalSettings
) -> SearchOptions:
    """One valid set of options: those given, then the overrides; absent ones from the settings.

    Raises:
        InvalidOption: an unknown option, or a value out of range.
        InvalidTime: a time cannot be read.
    """
    given = SearchOptions(limit=settings.limit)
    if isinstance(options, SearchOptions):
        given = options
    elif options is not None:
        given = replace(given, **_named(options))
    merged = replace(given, **_named({name: value for name, value in overrides.items() if value is not None}))
    require_count("limit", merged.limit, MAX_LIMIT)
    if merged.group_by not in GROUPS:
        raise InvalidOption(f"group_by={merged.group_by!r} is unknown.", fix=f"use one of {', '.join(GROUPS)}")
    return replace(
        merged,
        recipe=recipe_named(merged.recipe or settings.recipe).name,
        since=parse_time(merged.since),
        until=parse_time(merged.until),
        as_of=parse_time(merged.as_of),
        context=_talk(merged.context),
        asked_at=parse_time(merged.asked_at),
        roles=_texts("roles", merged.roles),
        session_ids=_texts("session_ids", merged.session_ids),
        metadata=_metadata(merged.metadata),
        trust=_among("trust", merged.trust, [level.value for level in Trust]),
        origins=_texts("origins", merged.origins),
        tiers=_among("tiers", merged.tiers, [tier.value for tier in Tier]),
        include_archived=bool(merged.include_archived),
        types=_among("types", merged.types, [kind.value for kind in FactType]),
        min_score=_score(merged.min_score),
    )


def require_count(name: str, value: object, most: int) -> int:
    """An integer from 1 to ``most``.

    Raises:
        InvalidOption: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InvalidOption(
            f"{name}={value!r} is out of range.",
            why=f"{name} is a whole number from 1 to {most:,}.",
            fix=f"pass {name} between 1 and {most}",
        )
    return value


def _named(given: Mapping[str, Any]) -> dict[str, Any]:
    named = {ALIASES.get(name, name): value for name, value in given.items()}
    for name in named:
        if name not in _NAMES:
            close = difflib.get_close_matches(name, _NAMES, n=1)
            fix = f"did you mean {close[0]}?" if close else f"use one of {', '.join(sorted(_NAMES))}"
            raise InvalidOption(f"There is no search option {name!r}.", fix=fix)
    return named


def _among(name: str, value: Any, known: Sequence[str]) -> tuple[str, ...]:  # noqa: ANN401 (judged here)
    texts = _texts(name, value)
    unknown = next((text for text in texts if text not in known), None)
    if unknown is not None:
        raise InvalidOption(f"There is no {name} {unknown!r}.", fix=f"use one of {', '.join(known)}")
    return texts


def _talk(value: Any) -> tuple[str, ...]:  # noqa: ANN401 (judged here)
    """What was said, from texts or from messages with ``content``, as a chat keeps them."""
    given = (value,) if isinstance(value, str | Mapping) else tuple(value or ())
    return _texts("context", [said.get("content") or "" if isinstance(said, Mapping) else said for said in given])


def _score(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidOption(f"min_score={value!r} is no score.", fix="pass a number; search --explain shows scores")
    return float(value)


def _metadata(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 (judged here)
    try:
        json.dumps(dict(value), ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):
        raise InvalidOption("metadata cannot be compared with.", fix="pass metadata as a JSON object") from None
    return dict(value)


def _texts(name: str, value: Any) -> tuple[str, ...]:  # noqa: ANN401 (judged here)
    texts = (value,) if isinstance(value, str) else tuple(value or ())
    if not all(isinstance(text, str) and is_unicode(text) for text in texts):
        raise InvalidOption(f"{name} holds something that is not a text.", fix=f"pass {name} as texts")
    return texts

"""What kinds of object can be fetched by an id, under which names, and which kind an id is of.

The engine and its client must agree on it, so it stands here. This file must not know how anything is stored.
"""

from __future__ import annotations

from collections.abc import Mapping

from fusion_memory.core.errors import InvalidOption

TYPES: Mapping[str, str] = {
    "memory": "memory",
    "event": "memory",
    "evidence": "memory",
    "span": "span",
    "passage": "span",
    "trace": "trace",
    "fact": "fact",
    "entity": "entity",
}
"""The kind of object by each of its names."""

_PREFIXES = {"trace": "trace", "fact": "fact", "ent": "entity"}


def kind_of(object_id: str, object_type: str | None = None) -> str:
    """The kind of the object with this id: memory, span, trace, fact or entity; by its name when one is given.

    Raises:
        InvalidOption: there is no kind of that name.
    """
    if object_type is None:
        return _PREFIXES.get(object_id.partition("_")[0], "span" if "#" in object_id else "memory")
    if object_type not in TYPES:
        known = ", ".join(dict.fromkeys(TYPES.values()))
        raise InvalidOption(f"There is no object type {object_type!r}.", fix=f"use one of {known}")
    return TYPES[object_type]

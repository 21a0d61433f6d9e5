"""Versions of what can change: ``ETag`` of RFC 9110, and ``If-Match`` before a change.

The version of a record is a digest of its JSON form, so nothing has to be counted. Checking and changing happen
under one lock: of two changes of one version that reach this process, the second is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import blake2b
from threading import Lock
from typing import Annotated, TypeVar

from fastapi import Header

from fusion_memory.core.service_errors import StaleVersion
from fusion_memory.core.wire import encode

IfMatch = Annotated[
    str | None,
    Header(max_length=1_024, description="Change only this version: the ETag of a read.", examples=['"6f1c…"']),
]
"""A route's parameter ``if_match``."""

Record = TypeVar("Record")

_CHANGING = Lock()


def etag_of(record: object) -> str:
    """The version of a record: a strong entity tag."""
    text = json.dumps(encode(record), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f'"{blake2b(text.encode(), digest_size=12).hexdigest()}"'


def changed(if_match: str | None, present: Callable[[], object], change: Callable[[], Record]) -> Record:
    """Change something, if it is still in the version that the caller has read.

    Args:
        if_match: the header; None: whatever version it is in.
        present: reads what is to be changed.
        change: changes it.

    Raises:
        StaleVersion: it is in another version.
    """
    if if_match is None:
        return change()
    wanted = {tag.strip() for tag in if_match.split(",")}
    with _CHANGING:
        if wanted != {"*"} and etag_of(present()) not in wanted:
            raise StaleVersion
        return change()

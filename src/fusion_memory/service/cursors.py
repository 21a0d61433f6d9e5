"""Cursors: where a list goes on, as a word that callers hand back unread.

A cursor carries a place in the list and a digest of whose list it was with which filters; one that was changed, or
is used for another list, is refused. A digest keeps callers from mistakes; rights are judged elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import json
from hashlib import blake2b

from fastapi import Request

from fusion_memory.core.service_errors import BadCursor

CURSOR, LIMIT = "cursor", "limit"
DIGEST_BYTES = 9


def next_link(request: Request, place: str | None) -> dict[str, str]:
    """The header ``Link`` of RFC 8288 that leads to the next page; no header at the end of the list."""
    if place is None:
        return {}
    cursor = base64.urlsafe_b64encode(_digest(request, place) + place.encode()).decode("ascii")
    url = request.url.include_query_params(**{CURSOR: cursor})
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}


def place_of(request: Request, cursor: str | None) -> str | None:
    """The place that a cursor stands for; None at the beginning.

    Raises:
        BadCursor: it was changed, or belongs to another list.
    """
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        digest, place = raw[:DIGEST_BYTES], raw[DIGEST_BYTES:].decode()
    except (ValueError, binascii.Error):
        raise BadCursor from None
    if not place or digest != _digest(request, place):
        raise BadCursor
    return place


def _digest(request: Request, place: str) -> bytes:
    """Of the list (path and filters, in any order) and the place in it."""
    asked = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in {CURSOR, LIMIT})
    text = json.dumps([request.url.path, asked, place])
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()

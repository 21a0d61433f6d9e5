"""What a problem does not repeat: long words with letters and digits that a caller sent, for they may be secrets.

Ids that this service gave and moments stay, so that a problem still says what it is about. It knows no kinds of
secrets: whatever has the look of one is left out.
"""

from __future__ import annotations

import re
from typing import Final

LEFT_OUT: Final = "[…]"
_LONG: Final = re.compile(r"[A-Za-z0-9+=_\-.:!%@~]{20,}")
_OURS: Final = re.compile(r"[a-z]{2,8}_[0-9a-z]{26}(?:\W.*)?|\d{4}-\d\d-\d\d.*|urn:fusion-memory:.*")


def unrepeated(text: str) -> str:
    """The text without words that may be secrets."""
    return _LONG.sub(_judged, text)


def _judged(found: re.Match[str]) -> str:
    word = found[0]
    mixed = any(letter.isdigit() for letter in word) and any(letter.isalpha() for letter in word)
    return LEFT_OUT if mixed and not _OURS.fullmatch(word.strip(".:")) else word

"""Where a text may be cut without breaking what a reader sees as one character.

Why it exists: chunks, windows and truncation all cut text, and half an emoji or a stray accent is a wrong
quotation. Must not know: why the text is cut. This is the cheap part of Unicode's grapheme rules (UAX #29):
combining marks, joined emoji, skin tones, flags, tags, CR LF, Hangul letters and surrogate pairs.
"""

import unicodedata
from typing import Final

_JOINER: Final = "\u200d"
_LONGEST_CLUSTER: Final = 64  # hostile input has endless marks; such a cluster is cut anyway


def _extends(char: str) -> bool:
    """Whether a character belongs to the one before it."""
    if char < "\u0300":
        return False
    return (
        char == _JOINER
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or "\u1160" <= char <= "\u11ff"
        or unicodedata.category(char).startswith("M")
    )


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _splits_flag(text: str, at: int) -> bool:
    if not (_is_flag_letter(text[at]) and _is_flag_letter(text[at - 1])):
        return False
    letters = 1
    while letters < _LONGEST_CLUSTER and at - letters > 0 and _is_flag_letter(text[at - letters - 1]):
        letters += 1
    return letters % 2 == 1


def _inside(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after < "\u0300":
        return before == "\r" and after == "\n"
    return (
        _extends(after)
        or before == _JOINER
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
        or _splits_flag(text, at)
    )


def safe_cut(text: str, at: int) -> int:
    """Move a cut back to the nearest place between two visible characters.

    Args:
        text: any text, lone surrogates allowed.
        at: the wished place, in code points.

    Returns:
        A place in `0..len(text)`, at most 64 before `at`; `at` itself when all of those are inside one
        endless cluster.
    """
    place = max(0, min(at, len(text)))
    for back in range(min(_LONGEST_CLUSTER, place) + 1):
        candidate = place - back
        if candidate in (0, len(text)) or not _inside(text, candidate):
            return candidate
    return place

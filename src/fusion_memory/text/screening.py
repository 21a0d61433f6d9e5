"""Says what makes a text unfit to be stored, without raising.

Why it exists: the same four faults arrive at every door (API, CLI, importers) and must get the same name.
Must not know: errors or limits; the caller names the limit and raises.
"""

import re
from enum import StrEnum
from functools import cache


class Problem(StrEnum):
    """What is wrong with a text; the value says it in words."""

    EMPTY = "the text is empty or blank"
    NUL = "the text contains a NUL character"
    SURROGATE = "the text contains half of a surrogate pair and is not valid Unicode"
    TOO_LONG = "the text is too long"


@cache
def _visible() -> re.Pattern[str]:
    """Any character but blanks and the ones that leave no mark: zero-width, directional, byte-order."""
    return re.compile("[^\\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00]")


@cache
def _surrogate() -> re.Pattern[str]:
    return re.compile("[\ud800-\udfff]")


def is_unicode(text: str) -> bool:
    """Whether a text holds no half of a surrogate pair, so that it can be written down."""
    return text.isascii() or _surrogate().search(text) is None


def screen(text: str, max_chars: int) -> Problem | None:
    """The first problem of a text, or `None` when it may be stored.

    Args:
        text: any string, lone surrogates included.
        max_chars: the most code points allowed.

    Returns:
        Checked in this order: `TOO_LONG`, `NUL`, `SURROGATE`, `EMPTY` (also when only invisible
        characters are there).
    """
    if len(text) > max_chars:
        return Problem.TOO_LONG
    if "\x00" in text:
        return Problem.NUL
    if not is_unicode(text):
        return Problem.SURROGATE
    return None if _visible().search(text) else Problem.EMPTY

"""Unicode folding that makes equal what readers see as equal: width, case, composed and decomposed letters.

Why it exists: the index, the exact hash and the near-duplicate hash must fold alike. Must not know: tokens
or stop words. Python's normaliser sorts runs of combining marks by insertion, which is quadratic on hostile
input, so runs are first cut to the 30 marks that Unicode's stream-safe format allows (UAX #15, section 13).
"""

import re
import unicodedata
from functools import cache
from typing import Final

_MARKS_KEPT: Final = 30


@cache
def _long_symbol_run() -> re.Pattern[str]:
    return re.compile(rf"[^\w\s!-~]{{{_MARKS_KEPT + 1},}}")


def _stream_safe(match: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in match.group():
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS_KEPT:
            kept.append(char)
    return "".join(kept)


def nfkc(text: str) -> str:
    """Return the text in Unicode NFKC, in time linear in its length."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _long_symbol_run().sub(_stream_safe, text))


def fold(text: str) -> str:
    """NFKC and case folding, repeated where folding undoes the normal form; folding twice changes nothing."""
    if text.isascii():
        return text.lower()
    folded = nfkc(text).casefold()
    for _ in range(3):
        again = nfkc(folded).casefold()
        if again == folded:
            break
        folded = again
    return folded

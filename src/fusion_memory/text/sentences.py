"""Where the sentences of a text are, in English and Chinese.

Why it exists: summaries quote whole sentences and a command is one sentence among others. Must not know: what is
done with them. Offsets are code points; a sentence keeps its closing marks and loses the blanks around it.
"""

import re
from functools import cache
from typing import Final

_CLOSERS: Final = "\"'”’」』）)\\]】》"
_ABBREVIATIONS: Final = ("mr", "ms", "dr", "st", "vs", "no", "mrs", "etc", "prof", "approx", "e.g", "i.e")


@cache
def _ends() -> re.Pattern[str]:
    guards = "".join(rf"(?<!\b{re.escape(word)})" for word in _ABBREVIATIONS)
    return re.compile(
        rf"[。！？；!?;…｡]+[{_CLOSERS}]*|{guards}(?<!\b[a-z])\.+[{_CLOSERS}]*(?=\s|\Z)|\s*[\r\n]+",
        re.IGNORECASE,
    )


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences as ``(start, end)``, in order; a text without marks is one, a blank one has none."""
    found = []
    start = 0
    for match in _ends().finditer(text):
        found.append((start, match.end()))
        start = match.end()
    found.append((start, len(text)))
    return [bare for first, last in found if (bare := _trimmed(text, first, last))]


def _trimmed(text: str, first: int, last: int) -> tuple[int, int] | None:
    piece = text[first:last]
    start = first + len(piece) - len(piece.lstrip())
    end = last - (len(piece) - len(piece.rstrip()))
    return (start, end) if any(char.isalnum() for char in text[start:end]) else None

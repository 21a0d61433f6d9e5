"""Text in cells: how wide a text is on a screen, and how to pad, cut and wrap it.

Chinese characters take two cells. This file knows neither streams nor colours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

GAP = "  "

_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
_PICTURES |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_PIECES = re.compile(
    r"\s+|[⺀-鿿가-힯豈-﫿\u3000-\u30ff\uff00-\uffef]|[^\s⺀-鿿가-힯豈-﫿\u3000-\u30ff\uff00-\uffef]+"
)
_CLOSING = "。，、；：？！）》」』”’,.;:!?)"


def harmless(text: str) -> str:
    """The text with control characters shown instead of obeyed: a stored text must not drive a terminal."""
    return text.translate(_PICTURES)


def one_line(text: str) -> str:
    """The text on one line, with control characters shown."""
    return harmless(" ".join(text.split()))


def cell_width(text: str) -> int:
    """How many cells a text takes on a screen."""
    return sum(map(_char_width, text))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled with blanks to ``width`` cells, on the left when ``right`` aligns it."""
    blanks = " " * (width - cell_width(text))
    return blanks + text if right else text + blanks


def aligned(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Rows as lines with aligned columns; the last column runs free."""
    if not rows:
        return []
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    widths[-1] = 0
    return [
        GAP.join(pad(cell, widths[place], right=place in right) for place, cell in enumerate(row)).rstrip()
        for row in rows
    ]


def wrapped(text: str, width: int) -> list[str]:
    """The text cut into lines of at most ``width`` cells, between words or between Chinese characters."""
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        fits = cell_width(line) + cell_width(piece) <= width or (line and piece in _CLOSING)
        if fits:
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _char_width(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1

"""One writing for matching: traditional characters, full-width forms and capitals of Chinese text made plain.

Why it exists: 我喜歡 and 我喜欢 must meet the same rule, and what is found must still be read from the original,
so every character maps to exactly one. Must not know: rules or clauses. Names and objects are never rewritten, they
are cut from the original.
"""

from __future__ import annotations

from typing import Final

from fusion_memory.text.simplified import SIMPLER

_MORE: Final = str.maketrans("藉衞彫鍊祂甚著", "借卫雕链他什着")
"""What the rules want read in one way, though the characters are not always the same: 甚麼, 著."""

_WIDTHS: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_PLAIN: Final[dict[int, int]] = {**_WIDTHS, **SIMPLER, **_MORE}


def plain(text: str) -> str:
    """The text in simplified characters and half-width forms, character for character: offsets stay valid."""
    return text.translate(_PLAIN)

"""A passage that knows what was said right before it.

A short turn ("Yes, the blue one") means little alone. A model that averages token vectors can read it after the
words before it and average its own tokens only ("late chunking", Günther et al. 2024): the vector then says what
the passage means where it stands. Models that cannot do this see a plain text and ignore the rest.
"""

from __future__ import annotations

from typing import Self


class Passage(str):
    """The text to embed; ``before`` is the end of what precedes it in its conversation, or empty."""

    __slots__ = ("before",)
    before: str

    def __new__(cls, text: str, before: str = "") -> Self:
        """The same text, with what stands before it."""
        made = super().__new__(cls, text)
        made.before = before
        return made


def before(text: str) -> str:
    """What stands before a text; empty for a plain one."""
    return text.before if isinstance(text, Passage) else ""

"""Refuse what cannot be kept verbatim or searched for, before anything is touched.

:mod:`screening` finds the problem; this file names the error. It must not know who asks.
"""

from __future__ import annotations

from fusion_memory.core.errors import EmptyText, InvalidText, TextTooLong
from fusion_memory.text.screening import Problem, screen


def require_text(text: str, max_chars: int, what: str = "The text") -> None:
    """Return when the text can be stored or searched for.

    Raises:
        EmptyText, InvalidText, TextTooLong: it cannot, and why.
    """
    problem = screen(text, max_chars)
    match problem:
        case None:
            return
        case Problem.EMPTY:
            raise EmptyText(f"{what} is empty.")
        case Problem.TOO_LONG:
            raise TextTooLong(
                f"{what} has {len(text):,} characters.", why=f"One text may have {max_chars:,} characters."
            )
        case Problem.NUL:
            raise InvalidText(f"{what} contains NUL bytes.")
        case Problem.SURROGATE:
            raise InvalidText(f"{what} contains lone surrogates, so it is not valid Unicode.")

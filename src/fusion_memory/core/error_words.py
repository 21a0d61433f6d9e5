"""What to say about an error in English or Chinese: its message, its reason and what to do.

The words of the error tree are said here for the command line and for the HTTP service alike; what an error knows
in detail is kept. This file must not know where the words are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.error_words_zh import ERRORS
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.service_errors import WORDS_ZH

CHINESE = {**ERRORS, **WORDS_ZH}


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """An error in words.

    Attributes:
        title: of its kind, always the same.
        message: what happened this time.
        why, fix: the reason, and what to do.
        fix_of_its_own: the error came with a fix of its own.
    """

    title: str
    message: str
    why: str
    fix: str
    fix_of_its_own: bool


def in_words(error: FusionMemoryError, language: str) -> ErrorWords:
    """An error in ``"en"`` or ``"zh"``; what it knows in detail stays, in Chinese in brackets."""
    kind = type(error)
    plain = (kind.__doc__ or "").strip()
    known = CHINESE.get(error.code) if language == "zh" else None
    title, why, fix = known or (plain, kind.default_why, kind.default_fix)
    message = title
    if error.what != plain:  # the error knows more than its name says
        message = f"{title}({error.what})" if known else error.what
    if error.why != kind.default_why:
        why = error.why
    own = error.fix != kind.default_fix
    return ErrorWords(title, message, why, error.fix if own else fix, own)

"""Whether a text says enough to be kept: lines for Chinese, for words, and for length; pure.

Why it exists: "ok" and "嗯" fill a log and answer no question. Must not know: noise, records, storage. The
lines are those of S2.58: four Chinese characters, or three words, or thirty characters. Below them lies also what
somebody may ask for ("Porto.", "我同意"). So by default a short text is dropped only when every word of it is a
filler (``fillers.toml``); ``brief = "drop"`` is the rule to the letter, ``"keep"`` keeps whatever has a letter.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from fusion_memory.text.scripts import HAN, HANGUL, KANA, UNSPACED
from fusion_memory.text.simplified import simplify

JUDGE, DROP, KEEP = "judge", "drop", "keep"
BRIEF: Final = (JUDGE, DROP, KEEP)
"""What happens to a text below all lines."""

NO_WORDS, SAYS_NOTHING, TOO_SHORT = "no_words", "says_nothing", "too_short"
READ_CHARS: Final = 4_000
"""Counting stops here; whoever wrote so much said something."""

_FOLDER: Final = "fusion_memory.ingestion.screening"
_DENSE: Final = re.compile(f"[{HAN}{KANA}{UNSPACED}]")
_WORD: Final = re.compile(rf"[^\W_{HAN}{KANA}{UNSPACED}]+(?:['’.\-/@:_][^\W_{HAN}{KANA}{UNSPACED}]+)*")
_DENSE_RUN: Final = re.compile(f"[{HAN}{KANA}{UNSPACED}]+")
_NOT_SPACED: Final = re.compile(f"[{HANGUL}]")


@dataclass(frozen=True, slots=True)
class QualityLines:
    """Where the gate draws its lines; a text that reaches any of them passes.

    Attributes:
        han_chars: characters of Chinese, and of other scripts written without blanks.
        words: words of scripts written with blanks.
        chars: visible characters of any kind, when at least one is a letter or a digit.
        brief: what happens to a text that reaches none: one of :data:`BRIEF`.
    """

    han_chars: int = 4
    words: int = 3
    chars: int = 30
    brief: str = JUDGE


@dataclass(frozen=True, slots=True)
class Quality:
    """The verdict, its reason when it is against the text, and what was counted."""

    passed: bool
    reason: str | None
    han_chars: int
    words: int
    chars: int


def judge(text: str, lines: QualityLines | None = None, *, answers: bool = False) -> Quality:
    """Judge a text from which the noise was taken.

    Args:
        text: in any language.
        lines: where to draw the lines.
        answers: whether it follows something that is kept, so that even "yes" says something.
    """
    lines = lines or QualityLines()
    read = text[:READ_CHARS]
    han, words = len(_DENSE.findall(read)), len(_WORD.findall(read))
    chars = sum(not char.isspace() for char in read)
    reason = _fault(read, lines, (han, words, chars), answers=answers)
    return Quality(reason is None, reason, han, words, chars)


def _fault(text: str, lines: QualityLines, counted: tuple[int, int, int], *, answers: bool) -> str | None:
    han, words, chars = counted
    if not han and not words:
        return NO_WORDS
    if han >= lines.han_chars or words >= lines.words or chars >= lines.chars:
        return None
    if lines.brief == DROP:
        return TOO_SHORT
    if lines.brief == KEEP or answers:
        return None
    return SAYS_NOTHING if _says_nothing(text) else None


def _says_nothing(text: str) -> bool:
    """Whether every word of a short text is a filler."""
    english, chinese = _fillers()
    return all(word.lower() in english for word in _WORD.findall(text)) and all(
        chinese.fullmatch(run) for run in _DENSE_RUN.findall(simplify(text))
    )


@cache
def _fillers() -> tuple[frozenset[str], re.Pattern[str]]:
    """English words, and a pattern of Chinese ones strung together."""
    lists = tomllib.loads(files(_FOLDER).joinpath("fillers.toml").read_text("utf-8"))
    chinese = sorted(lists["zh"].split(), key=len, reverse=True)
    return frozenset(lists["en"].split()), re.compile(f"(?:{'|'.join(map(re.escape, chinese))})++")

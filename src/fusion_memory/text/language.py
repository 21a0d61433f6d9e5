"""Which script each stretch of a text is written in, and which language the text mostly is.

Why it exists: one conversation mixes English and Chinese within a sentence, so language is a property of a
run of text, never of a user or a store. Must not know: stop words, tokens, or what depends on the answer.
Latin script counts as English and Han as Chinese (both character sets); telling French from English is not
attempted.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias, cast

from fusion_memory.text.scripts import HAN, HANGUL, KANA, LATIN

Script: TypeAlias = Literal["han", "latin", "kana", "hangul", "other"]
Language: TypeAlias = Literal["zh", "en", "mixed", "other"]

_CLASSES: Final[dict[Script, str]] = {
    "han": f"[{HAN}]",
    "latin": f"[{LATIN}]",
    "kana": f"[{KANA}]",
    "hangul": f"[{HANGUL}]",
    "other": rf"[^\W\d_{HAN}{LATIN}{KANA}{HANGUL}]",
}
_WORD_UNITS: Final = 1.5  # one Latin word says about as much as one and a half Han characters
_MOSTLY: Final = 0.7
_HARDLY: Final = 0.2
_JAPANESE_KANA_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch `text[start:end]` (code points) written in one script."""

    start: int
    end: int
    script: Script


@cache
def _run_pattern() -> re.Pattern[str]:
    """One group per script: a first letter, then its letters and everything that is no letter at all."""
    ours = f"{HAN}{LATIN}{KANA}{HANGUL}"
    spans = (
        f"(?P<{name}>{letters}[^{ours}]*+)"
        if name == "other"
        else f"(?P<{name}>{letters}[{letters[1:-1]}\\W\\d_]*+)"
        for name, letters in _CLASSES.items()
    )
    return re.compile("|".join(spans))


@cache
def _letters(script: Script) -> re.Pattern[str]:
    return re.compile(_CLASSES[script] + "+")


def runs(text: str) -> list[Run]:
    """Split a text into runs of one script each, covering every character.

    Spaces, digits and punctuation belong to the run before them (those that open the text, to the first
    run). A text without any letter is one run of `other`; an empty text has none.
    """
    found = [
        Run(match.start(), match.end(), cast("Script", match.lastgroup)) for match in _run_pattern().finditer(text)
    ]
    if not found:
        return [Run(0, len(text), "other")] if text else []
    first = found[0]
    found[0] = Run(0, first.end, first.script)
    return found


def dominant_language(text: str) -> Language:
    """The language most of the text is written in.

    Returns:
        `zh` or `en` when at least 70 % of the text's units (Han characters; Latin words count 1.5) are of
        that script, `mixed` when the two share it, `other` when another script leads, when Han stands
        among kana (Japanese), or when there are no letters.
    """
    letters = {script: sum(map(len, _letters(script).findall(text))) for script in ("han", "kana", "hangul")}
    words = _WORD_UNITS * len(_letters("latin").findall(text))
    foreign = letters["hangul"] + sum(map(len, _letters("other").findall(text)))
    han = letters["han"]
    if letters["kana"] > _JAPANESE_KANA_SHARE * (han + letters["kana"]):
        foreign, han = foreign + letters["kana"] + han, 0
    ours = han + words
    if foreign >= ours:
        return "other"
    share = han / ours
    if share >= _MOSTLY:
        return "zh"
    return "en" if share <= _HARDLY else "mixed"

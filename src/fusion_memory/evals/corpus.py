"""Made-up conversation text in English and Chinese, for measuring speed and exactness: same seed, same text.

Sentences are filled templates; words are drawn by rank as in real text (Zipf and Mandelbrot, 1953: a word of rank r
has weight 1 / (r + 2.7)). A share of the turns are near duplicates, which differ from an earlier one in one word.
No text is drawn twice. A turn has about 25 tokens. Nothing here is taken from anybody's conversations.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

MANDELBROT_SHIFT = 2.7
NEAR_DUPLICATE_SHARE = 0.1
LONG_SHARE = 0.02
LONG_PARTS = 12
LOOK_BACK = 5_000
LANGUAGES = ("en", "zh")

_SLOT = re.compile(r"\{(\w+)\}")

Fills = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """One made-up turn; ``near`` is the number of the earlier turn that it almost repeats."""

    number: int
    text: str
    language: str
    near: int | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A template with what fills it, so that one filling can be exchanged."""

    language: str
    template: str
    fills: Fills

    @property
    def text(self) -> str:
        """The sentence."""
        return _filled(self.template, self.fills)


def turns(count: int, seed: int) -> Iterator[Turn]:
    """``count`` different turns, English and Chinese in equal shares."""
    dice = random.Random(seed)  # noqa: S311 (text for measurements, no secret)
    seen: set[str] = set()
    past: list[Drawn] = []
    number = 0
    while number < count:
        language = dice.choice(LANGUAGES)
        near = None
        if past and dice.random() < NEAR_DUPLICATE_SHARE:
            back = dice.randrange(min(len(past), LOOK_BACK))
            near = number - 1 - back
            drawn = _altered(past[near], dice)
        else:
            drawn = _draw(language, "say", dice)
        text = drawn.text
        if near is None and dice.random() < LONG_SHARE:
            text = " ".join([text, *(_draw(language, "say", dice).text for _ in range(LONG_PARTS))])
        if text in seen:
            continue
        seen.add(text)
        past.append(drawn)
        yield Turn(number, text, drawn.language, near)
        number += 1


def questions(count: int, seed: int) -> list[str]:
    """``count`` questions in the words of the turns, English and Chinese in turn."""
    dice = random.Random(f"questions {seed}")  # noqa: S311 (text for measurements, no secret)
    return [_draw(LANGUAGES[place % 2], "ask", dice).text for place in range(count)]


def _draw(language: str, kind: str, dice: random.Random) -> Drawn:
    words = _vocabulary()[language]
    template = dice.choice(words[kind])
    return Drawn(language, template, {name: _fill(name, language, dice) for name in sorted(_slots(template))})


def _altered(drawn: Drawn, dice: random.Random) -> Drawn:
    """The same sentence with one filling drawn anew until it differs."""
    name = dice.choice(sorted(drawn.fills))
    for _ in range(20):
        fresh = _fill(name, drawn.language, dice)
        if fresh != drawn.fills[name]:
            return Drawn(drawn.language, drawn.template, {**drawn.fills, name: fresh})
    return drawn


def _fill(name: str, language: str, dice: random.Random) -> str:
    match name:
        case "number":
            return str(dice.randrange(2, 10 ** dice.randrange(1, 5)))
        case "person" | "person2":
            return _zipf(language, "first", dice) + _zipf(language, "last", dice)
        case "act" | "base":
            return str(_pick("act", language, dice)[name == "base"])
        case "time_upper":
            time = _zipf(language, "time", dice)
            return time[0].upper() + time[1:]
        case _:
            text = _zipf(language, name.removesuffix("2"), dice)
            return _filled(text, {inner: _fill(inner, language, dice) for inner in sorted(_slots(text))})


def _zipf(language: str, name: str, dice: random.Random) -> str:
    return str(_pick(name, language, dice))


def _pick(name: str, language: str, dice: random.Random) -> Any:  # noqa: ANN401 (a text or a pair of verb forms)
    choices = _vocabulary()[language][name]
    return dice.choices(choices, cum_weights=_weights(len(choices)))[0]


@cache
def _weights(count: int) -> Sequence[float]:
    return tuple(accumulate(1 / (rank + MANDELBROT_SHIFT) for rank in range(1, count + 1)))


@cache
def _slots(template: str) -> frozenset[str]:
    return frozenset(_SLOT.findall(template))


def _filled(template: str, fills: Fills) -> str:
    return _SLOT.sub(lambda slot: fills[slot[1]], template)


@cache
def _vocabulary() -> Mapping[str, Mapping[str, Sequence[Any]]]:
    text = (files("fusion_memory.evals") / "vocabulary.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, list[Any]]] = json.loads(text)
    return loaded

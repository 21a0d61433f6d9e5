"""The noise filters, read once from ``noise.toml`` and compiled: what each cuts, and which lines it knows.

Why it exists: what noise looks like is data, which grows with the programs that write logs; how it is applied is
code. Must not know: records, roles, or what becomes of a text. Patterns are bounded: time is linear in the text.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

_FOLDER: Final = "fusion_memory.ingestion.screening"
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_WORD: Final = re.compile(r"\S+")
_RUN_CHARS: Final = "A-Za-z0-9+/=_-"
_WAYS: Final = ("run", "blocks", "wrappers")
LONGEST_LINE: Final = 20_000
"""A line of more characters is no line of a log; only what is cut can be noise in it."""


@dataclass(frozen=True, slots=True)
class NoiseFilter:
    """One filter: its name, and patterns by the way they are applied (``noise.toml`` says what each means)."""

    name: str
    cuts: tuple[re.Pattern[str], ...]
    blocks: re.Pattern[str] | None
    wrappers: re.Pattern[str] | None
    openings: re.Pattern[str] | None
    run: re.Pattern[str] | None
    lines: tuple[str, ...]
    log_lines: tuple[str, ...]
    begins: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    @property
    def rounds(self) -> int:
        """How often :meth:`spans` has something to say: each round is about what the one before it left."""
        return len(self.cuts) + len(_WAYS)

    def spans(self, number: int, text: str) -> list[tuple[int, int]]:
        """What to cut from the text in one round, ascending and apart."""
        if number < len(self.cuts):
            return [match.span() for match in self.cuts[number].finditer(text)]
        match _WAYS[number - len(self.cuts)]:
            case "run":
                return list(_runs(self.run, text)) if self.run else []
            case "blocks":
                return list(_blocks(self.blocks, text, self.begins)) if self.blocks and "<" in text else []
            case _:
                return list(_tag_pairs(self.wrappers, text)) if self.wrappers and "<" in text else []

    def is_whole(self, text: str) -> bool:
        """Whether a text begins in a way that makes all of it noise."""
        return self.openings is not None and self.openings.match(text.lstrip()) is not None


@cache
def noise_filters() -> tuple[NoiseFilter, ...]:
    """All filters in the order they are applied."""
    text = files(_FOLDER).joinpath("noise.toml").read_text("utf-8")
    return tuple(_filter(entry) for entry in tomllib.loads(text)["filter"])


def noise_of_line(line: str, *, log: bool) -> str | None:
    """The name of the first filter that knows a whole line, or None.

    Args:
        line: one line; blanks around it do not matter.
        log: whether it stands in a text log, where lines are judged that a person may also send.
    """
    bare = line.strip()
    if not bare or len(bare) > LONGEST_LINE:
        return None
    match = _line_patterns(log).fullmatch(bare)
    return match.lastgroup if match else None


@cache
def _line_patterns(log: bool) -> re.Pattern[str]:
    """One pattern with a group per filter, in their order."""
    named = ((one.name, (*one.lines, *(one.log_lines if log else ()))) for one in noise_filters())
    return re.compile("|".join(f"(?P<{name}>{'|'.join(sources)})" for name, sources in named if sources))


def _filter(entry: dict[str, Any]) -> NoiseFilter:
    runs = entry.get("runs")
    openings = entry.get("openings")
    return NoiseFilter(
        name=entry["name"],
        cuts=tuple(re.compile(source, re.MULTILINE) for source in entry.get("cuts", ())),
        blocks=_tags(entry.get("blocks")),
        wrappers=_tags(entry.get("wrappers")),
        openings=re.compile("|".join(openings)) if openings else None,
        run=re.compile(rf"[{_RUN_CHARS}]{{{runs},}}") if runs else None,
        lines=tuple(entry.get("lines", ())),
        log_lines=tuple(entry.get("log_lines", ())),
        begins={name: re.compile(source) for name, source in entry.get("begins", {}).items()},
    )


def _tags(names: list[str] | None) -> re.Pattern[str] | None:
    """An opening tag of these names, at the beginning of a line or right after another tag."""
    if not names:
        return None
    return re.compile(
        rf"(?:^[ \t]*|(?<=>))<({'|'.join(map(re.escape, names))})(?: [^<>\n]{{0,400}})?>", re.MULTILINE
    )


def _blocks(
    pattern: re.Pattern[str], text: str, begins: Mapping[str, re.Pattern[str]]
) -> Iterator[tuple[int, int]]:
    """Blocks of these tags outside code fences, with their tags.

    A tag that is never closed is no block: it is what somebody wrote about a tag.
    """
    return ((first, last) for first, _, _, last in _tagged(pattern, text, begins))


def _tag_pairs(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The tags of blocks, without what they hold."""
    for first, inner_first, inner_last, last in _tagged(pattern, text, {}):
        yield first, inner_first
        yield inner_last, last


def _tagged(
    pattern: re.Pattern[str], text: str, begins: Mapping[str, re.Pattern[str]]
) -> Iterator[tuple[int, int, int, int]]:
    fences = [match.start() for match in _FENCE.finditer(text)]
    unclosed: set[str] = set()
    end = 0
    for match in pattern.finditer(text):
        name, in_code = match[1], bisect_right(fences, match.start()) % 2 == 1
        if match.start() < end or name in unclosed or in_code:
            continue
        if name in begins and not begins[name].match(text, match.end()):
            continue
        closing = f"</{name}>"
        place = text.find(closing, match.end())
        if place < 0:
            unclosed.add(name)
            continue
        end = place + len(closing)
        yield match.start(), match.end(), place, end


def _runs(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Long runs that look encoded: capitals, small letters and digits mixed, no part of an address or a path."""
    for word in _WORD.finditer(text):
        if word.end() - word.start() < 40 or "://" in word[0]:
            continue
        for match in pattern.finditer(text, word.start(), word.end()):
            if _looks_encoded(match[0]):
                yield match.span()


def _looks_encoded(run: str) -> bool:
    sample = run[:2_000]
    if (
        sample.count("/") * 10 > len(sample)
        or sample.count("-") * 10 > len(sample)
        or sample.count("_") * 10 > len(sample)
    ):
        return False
    digits, upper, lower = (sum(map(kind, sample)) for kind in (str.isdigit, str.isupper, str.islower))
    return min(digits, upper, lower) * 50 >= len(sample)

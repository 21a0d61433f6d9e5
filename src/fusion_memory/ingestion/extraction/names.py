"""Names in a text: who and what it speaks of, by rules, in English, in Chinese and where both are mixed.

Why it exists: the registry of entities, the graph and the entity lane need to know what a message names without
a model. Must not know: the registry, stores, or facts. Precise before complete: a name that is missed can be found
by its words, a name that is none stays in the way. Nothing is found in code, addresses, paths and identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from fusion_memory.core.knowledge import Mention
from fusion_memory.ingestion.extraction import name_aliases, names_en, names_zh
from fusion_memory.text.scripts import HAN, LATIN

READ_CHARS: Final = 20_000
"""A text is read up to here, in code points."""

MASK: Final = "\ue001"
"""Stands for a character in which no name is looked for."""

_CODE: Final = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]{1,400}`"
    r"|\b(?:https?|ftp|file|wss?)://[^\s<>「」“”，。）)]+|\bwww\.[^\s<>，。）)]+"
    r"|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"
    r"|\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"
    r"|(?<![\w.])(?:~|\.{1,2})?/[\w.\-]+(?:/[\w.\-]*)+|\b[A-Za-z]:\\[^\s]+"
    r"|<[/!]?[a-zA-Z][^<>\n]{0,200}>|(?<![@\w])\w*_\w+\b|\b[A-Za-z]\w*(?:\.\w+){0,4}\([^()\n]{0,80}\)|\$\w+",
    re.DOTALL,
)
_HAN: Final = re.compile(f"[{HAN}]")
_LATIN: Final = re.compile(f"[{LATIN}]")


class NameFinder(Protocol):
    """Anything that finds names, for example a model; :func:`mentions` is the one that needs none.

    A caller brings one with ``MemoryService(name_finder=...)``. It is called outside any transaction, from several
    threads, with what was said, verbatim, up to :data:`READ_CHARS` code points. When it raises, or what it returns
    cannot be used, the rules find the names of that text, and ``encoding_report`` counts why.
    """

    def __call__(self, content: str, /) -> Sequence[Mention]:
        """The names of a text: ``content[m.first : m.last] == m.name``; of overlapping ones the surest is taken.

        A mention's ``alias_of`` is another name of the same text that means the same one.
        """
        ...


def mentions(content: str) -> tuple[Mention, ...]:
    """The names that a text tells, in the order of the text, none inside another.

    Args:
        content: any text; the first :data:`READ_CHARS` code points are read.

    Returns:
        Mentions with ``content[first:last] == name``; titles before a full name and possessives after it are left
        out, "Dr. Chen" and 王老师 stay whole. ``confidence`` is 0.9 for a listed or introduced name and less where
        the kind or the name itself was guessed.
    """
    text = masked(content[:READ_CHARS])
    found: list[Mention] = []
    chinese = _HAN.search(text) is not None
    if chinese:
        found += names_zh.mentions(text)
    if _LATIN.search(text):
        found += names_en.mentions(text, chinese=chinese)
    return name_aliases.joined(text, apart(found))


def masked(text: str) -> str:
    """The text with code, addresses, paths, tags and identifiers masked; as long as before."""
    if not text.isascii() or any(char in text for char in "`/@_<(\\$-~"):
        return _CODE.sub(_blank, text)
    return text


def apart(found: Iterable[Mention]) -> tuple[Mention, ...]:
    """Mentions without overlap: the surer wins, then the longer, then the earlier."""
    kept: list[Mention] = []
    taken: set[int] = set()
    for mention in sorted(found, key=lambda m: (-m.confidence, m.first - m.last, m.first)):
        places = range(mention.first, mention.last)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(mention)
    return tuple(sorted(kept, key=lambda m: m.first))


def _blank(match: re.Match[str]) -> str:
    return "".join("\n" if char == "\n" else MASK for char in match[0])

"""A context pack: what an agent is handed for a question; how it is shown again, and how two packs differ.

A stored pack holds ids, never texts: these stay where they are, so that what is erased is gone from it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.knowledge import Conflict, Fact, View
from fusion_memory.core.records import Drop, Event, SearchResult, brief

PACK_CONTRACT = "context-pack/1"
"""The version of what a pack promises: its sections, its citations, its marks."""


@dataclass(frozen=True, slots=True)
class PackItem:
    """One line of evidence: the memory ``id`` from ``start`` to ``end``, and all ``spans`` it shows of it."""

    citation: str
    id: str
    span_id: str
    text: str
    reason: str
    tokens: int
    said_at: datetime
    spans: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class PackLine:
    """One line of a section: what was understood, with the passages and facts that it rests on."""

    citation: str
    text: str
    sources: tuple[str, ...]
    facts: tuple[str, ...] = ()
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class PackSection:
    """A typed part of a pack before its evidence, with the tokens it could have taken at most."""

    name: str
    lines: tuple[PackLine, ...]
    share_tokens: int


@dataclass(frozen=True, slots=True)
class ContextPack:
    """What an agent is handed: cited lines within a token budget, and what did not fit.

    ``text`` is ready to be put before a model, as marked data; ``items`` are its lines of evidence, ``sections``
    what stands before them. ``facts`` are what was understood from the evidence, ``conflicts`` those facts that
    contradict others, ``current_views`` the latest of what is true now. ``id`` fetches it again; ``contract`` is
    its version.
    """

    query: str
    text: str
    items: tuple[PackItem, ...]
    tokens: int
    budget_tokens: int
    dropped: tuple[Drop, ...] = ()
    degraded: tuple[str, ...] = ()
    trace_id: str | None = None
    working: tuple[Event, ...] = ()
    current_views: tuple[View, ...] = ()
    facts: tuple[Fact, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    sections: tuple[PackSection, ...] = ()
    kind: str = ""
    language: str = "en"
    id: str | None = None
    contract: str = PACK_CONTRACT

    @property
    def source_spans(self) -> tuple[str, ...]:
        """The ids of the passages cited as evidence, in the order of the pack."""
        return tuple(span for item in self.items for span in item.spans or (item.span_id,))

    def __repr__(self) -> str:
        return f"ContextPack({len(self.items)} passages, {self.tokens} of {self.budget_tokens} tokens)\n{self.text}"


@dataclass(frozen=True, slots=True)
class Recall:
    """One search, once as its hits and once as the pack made of them.

    Attributes:
        result: the search.
        pack: the evidence of it.
        source_tokens: what the whole memories of the hits and the recent messages would take: what the pack spares.
    """

    result: SearchResult
    pack: ContextPack
    source_tokens: int


@dataclass(frozen=True, slots=True)
class StoredPack:
    """A pack with its texts read again.

    Attributes:
        pack: as handed out, without the lines that are gone.
        created_at: when it was handed out.
        gone: citations of the lines whose memory was erased, or that the scope may not see.
        intact: whether the text is, character by character, the one that was handed out.
    """

    pack: ContextPack
    created_at: datetime
    gone: tuple[str, ...] = ()
    intact: bool = True

    def __repr__(self) -> str:
        state = "intact" if self.intact else f"{len(self.gone)} lines gone"
        return f"StoredPack({self.pack.id}, {self.created_at:%Y-%m-%d}, {brief(self.pack.query)!r}, {state})"


@dataclass(frozen=True, slots=True)
class PackNote:
    """A stored pack in a list: what was asked, how big it was."""

    id: str
    query: str
    created_at: datetime
    kind: str
    lines: int
    tokens: int
    budget_tokens: int


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of one of two packs: the section it stands in, its citation there, and its words."""

    section: str
    citation: str
    text: str


@dataclass(frozen=True, slots=True)
class PackDiff:
    """What a second pack has and a first one has not, and the other way round; ``kept`` counts what both have."""

    added: tuple[DiffLine, ...]
    removed: tuple[DiffLine, ...]
    kept: int
    tokens: tuple[int, int]

    @property
    def same(self) -> bool:
        """Whether both have the same lines."""
        return not self.added and not self.removed


def difference(first: ContextPack, second: ContextPack) -> PackDiff:
    """Compare two packs line by line: evidence by the words it shows, other lines by the facts they tell."""
    left, right = _lines(first), _lines(second)
    return PackDiff(
        added=tuple(line for key, line in right.items() if key not in left),
        removed=tuple(line for key, line in left.items() if key not in right),
        kept=len(left.keys() & right.keys()),
        tokens=(first.tokens, second.tokens),
    )


def _lines(pack: ContextPack) -> dict[tuple[object, ...], DiffLine]:
    found: dict[tuple[object, ...], DiffLine] = {}
    for section in pack.sections:
        for line in section.lines:
            key = (section.name, line.facts or line.sources, line.text)
            found[key] = DiffLine(section.name, line.citation, line.text)
    for item in pack.items:
        found["evidence", item.id, item.start, item.end] = DiffLine("evidence", item.citation, item.text)
    return found

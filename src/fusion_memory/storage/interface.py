"""What a database must offer; ``memory`` speaks to this and to nothing deeper.

A statement is called by name; its text lives in a ``.sql`` file, shared between dialects or beside
one. This file must not know any driver, any table or any record of the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Value = str | bytes | int | float | None
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SpanFilter:
    """Which spans a search may see. Empty means no restriction, except the owner, always given.

    Times are milliseconds since 1970 UTC: said in ``[since_ms, until_ms)``, recorded up to and
    including ``as_of_ms``. ``metadata`` compares top-level JSON values for equality; ``types`` are those
    of facts that were read out of a memory. ``tiers`` are among hot, warm and cold; ``hide_archived`` leaves out
    what was archived.
    """

    owner_no: int
    session_ids: tuple[str, ...] = ()
    agent_id: str | None = None
    run_id: str | None = None
    app_id: str | None = None
    roles: tuple[str, ...] = ()
    since_ms: int | None = None
    until_ms: int | None = None
    as_of_ms: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    trusts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    hide_archived: bool = False

    @property
    def picks(self) -> bool:
        """Whether it asks for what only the rows themselves know, so that candidates must be looked up."""
        return bool(self.metadata or self.trusts or self.origins or self.types)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What the keyword index needs of one span: its key, its owner's labels, its terms in order."""

    span_no: int
    owner_no: int
    session_id: str | None
    agent_id: str | None
    run_id: str | None
    app_id: str | None
    terms: Sequence[str]


class Transaction(Protocol):
    """One open transaction. Parameters are bound by name; a list or tuple binds as a set of values."""

    def rows(self, statement: str, /, **parameters: Value | Sequence[Value]) -> list[Row]:
        """All rows of a named query."""
        ...

    def one(self, statement: str, /, **parameters: Value | Sequence[Value]) -> Row | None:
        """The first row of a named query, or None."""
        ...

    def stream(self, statement: str, /, **parameters: Value | Sequence[Value]) -> Iterator[Row]:
        """The rows of a named query one by one, never all in memory; ends with the transaction."""
        ...

    def run(self, statement: str, /, **parameters: Value | Sequence[Value]) -> int:
        """Execute a named statement; the number of rows it changed."""
        ...

    def run_many(self, statement: str, /, parameters: Iterable[Mapping[str, Value]]) -> None:
        """Execute a named statement once per parameter set."""
        ...


class KeywordIndex(Protocol):
    """Full-text search with BM25 computed from the owner's own texts alone."""

    def put(self, tx: Transaction, entries: Sequence[IndexEntry]) -> None:
        """Index spans, also those without terms: filters of both indexes know only what stands here.

        The spans and their events are stored already. Part of the transaction.
        """
        ...

    def remove(self, tx: Transaction, span_nos: Sequence[int]) -> None:
        """Erase spans from the index, before the spans themselves; part of the transaction."""
        ...

    def search(
        self, tx: Transaction, phrases: Sequence[Sequence[str]], where: SpanFilter, limit: int
    ) -> list[tuple[int, float]]:
        """The best spans holding any phrase: ``(span_no, bm25)``, best first, scores positive."""
        ...

    def search_threads(
        self, tx: Transaction, phrases: Sequence[Sequence[str]], where: SpanFilter, limit: int
    ) -> list[tuple[int, float]]:
        """The best threads, each read as one text: ``(code, bm25)``, best first."""
        ...

    def frequencies(self, tx: Transaction, owner_no: int, keys: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many of the owner's spans have terms, and how many hold each key; absent where none does.

        A key is a term, or two neighbouring CJK characters with a blank between.
        """
        ...

    def thread_code(self, thread: str) -> int:
        """The code under which :meth:`search_threads` names a thread."""
        ...


class VectorIndex(Protocol):
    """Nearest neighbours by cosine, exact, within one owner and one embedding space."""

    def put(self, tx: Transaction, space_no: int, span_nos: Sequence[int], vectors: Vectors) -> None:
        """Store unit vectors, shape (n, dimension) float32; part of the transaction."""
        ...

    def search(
        self, tx: Transaction, space_no: int, query: Vectors, where: SpanFilter, limit: int
    ) -> list[tuple[int, float]]:
        """The nearest spans to a unit vector of shape (dimension,): ``(span_no, cosine)``, best first."""
        ...


class Watch(Protocol):
    """Tells whether other connections have written, threads and processes alike; for one thread."""

    def changed(self) -> bool:
        """Whether there was a commit since it was asked last; True the first time."""
        ...

    def close(self) -> None:
        """Release what it holds."""
        ...


class Database(Protocol):
    """A durable store. ``write()`` commits with fsync when its block ends, or leaves no trace."""

    keyword: KeywordIndex
    vectors: VectorIndex

    @property
    def path(self) -> Path | None:
        """The file, or None in memory."""
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """A consistent snapshot for reading."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """The single writer's transaction; waits for its turn."""
        ...

    def backup(self, target: Path) -> None:
        """A verified copy of the whole database, taken while it is in use."""
        ...

    def check(self) -> list[str]:
        """Problems found by the database's own integrity checks; empty when it is sound."""
        ...

    def watch(self) -> Watch:
        """Something that tells cheaply whether anybody has written."""
        ...

    def scrub(self) -> None:
        """Make erased content unrecoverable from the database's own files."""
        ...

    def beside(self, suffix: str) -> Path | None:
        """Where a file that belongs to the database stands; None for one that has no files of its own."""
        ...

    def copies(self) -> int:
        """How many copies of the database stand in its folder and the backup folder below."""
        ...

    def size_bytes(self) -> int:
        """Bytes on disk, journal included."""
        ...

    def close(self) -> None:
        """Release the files."""
        ...

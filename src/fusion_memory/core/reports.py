"""What work on a memory reports: counts, history, health. Frozen values like the records, for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fusion_memory.core.records import AddResult, SearchResult, brief


@dataclass(frozen=True, slots=True)
class ForgetResult:
    """What was erased, or with ``dry_run`` what would be: counts by kind of row; ``receipt`` proves it."""

    ids: tuple[str, ...]
    counts: Mapping[str, int]
    dry_run: bool
    receipt: str | None = None

    def __repr__(self) -> str:
        verb = "would erase" if self.dry_run else "erased"
        return f"ForgetResult({verb} " + ", ".join(f"{n} {kind}" for kind, n in self.counts.items()) + ")"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to a memory: it was recorded, said again, or erased."""

    at: datetime
    action: str
    id: str
    text: str | None
    said_at: datetime | None = None
    speaker: str | None = None
    session_id: str | None = None

    def __repr__(self) -> str:
        shown = brief(self.text) if self.text else "(erased)"
        return f"HistoryEntry({self.at:%Y-%m-%d %H:%M}, {self.action}, {shown!r}, id={self.id})"


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts within a scope, and the state of its embedding space."""

    memories: int
    spans: int
    sessions: int
    vectors: int
    pending: int
    first_said_at: datetime | None
    last_said_at: datetime | None
    space: str | None
    database_bytes: int


@dataclass(frozen=True, slots=True)
class ReindexReport:
    """What ``reindex`` did: the space it filled and how many passages it embedded."""

    space: str
    previous_space: str | None
    embedded: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: memories that are new here, and those that were already there.

    ``by_hand`` counts what persons said about memories and is new here: corrections, retractions, names, values.
    """

    imported: int
    duplicates: int
    by_hand: int = 0


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What deriving everything anew did: memories read, claims kept, facts that are current now."""

    memories: int
    claims: int
    current: int


@dataclass(frozen=True, slots=True)
class ProfileReport:
    """What the profiles rest on; ``held`` is the share of labels that their profiles hold."""

    entities: int
    profiles: int
    facts: int
    sources: int
    by_type: Mapping[str, int]
    held: float | None = None


@dataclass(frozen=True, slots=True)
class TaskReport:
    """One piece of work on a memory: ``status`` is pending, postponed or dead, ``reason`` why it failed last."""

    id: str
    kind: str
    status: str
    memory_id: str
    created_at: datetime
    available_at: datetime | None = None
    attempts: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What plain words asked for and what was done: ``kind`` is the request, or ``added`` when there was none.

    To forget is a proposal: ``found`` holds what it would concern, and nothing was erased.
    """

    kind: str
    payload: str
    added: AddResult | None = None
    found: SearchResult | None = None
    organised: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing the doctor looked at: ``status`` is ``"ok"``, ``"warn"`` or ``"fail"``."""

    name: str
    status: str
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """How old the schema of a database is: its version (0: none yet), the latest one, the steps that are due."""

    version: int
    latest: int
    due: tuple[str, ...] = ()

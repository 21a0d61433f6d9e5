"""What operators see of a memory at work: what happens, what waits, whether it can serve. It holds no texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fusion_memory.core.reports import HealthCheck
from fusion_memory.core.scope import Scope


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, read from what is stored durably.

    Attributes:
        cursor: asks for what came after it.
        kind: ``ingest``, ``extraction``, ``erase``, ``job``, or ``audit`` for every other deed.
        action: the deed of the audit trail, or ``judged`` for claims that were read out of a memory.
        scope: the owner it concerns.
        subject: ids of what it was done to; of many at once none are named.
        detail: counts.
        principal: who did it; empty for what the memory does by itself.
    """

    cursor: str
    kind: str
    action: str
    at: datetime
    scope: Scope
    subject: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    principal: str = ""


@dataclass(frozen=True, slots=True)
class Happenings:
    """Some of what happened, in order; ``cursor`` asks for what comes after, ``more``: there is some now."""

    items: tuple[Happening, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class QueueReport:
    """One kind of work that waits.

    Attributes:
        waiting: jobs that are open, ``due`` of them now; the others were put off.
        retried: those that failed at least once.
        dead: given up for good.
        oldest_age_s: how long the oldest due one has waited.
        last_error: why the latest one failed: a code, never content.
    """

    kind: str
    waiting: int
    due: int
    retried: int
    dead: int
    oldest_age_s: float
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class ModelSpending:
    """What a language model was used for since the database was made; ``cost`` is None where no price is set."""

    purpose: str
    calls: int
    failures: int
    input_tokens: int
    output_tokens: int
    seconds: float
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """Work in the background: queues, what was done lately by kind of deed (a minute), and what models cost."""

    queues: tuple[QueueReport, ...]
    deeds_per_minute: Mapping[str, float]
    window_s: float
    models: tuple[ModelSpending, ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an owner, a tenant or the whole database holds."""

    owners: int
    memories: int
    facts: int
    entities: int
    sessions: int
    database_bytes: int


@dataclass(frozen=True, slots=True)
class SessionReset:
    """What resetting a session deleted, or with ``dry_run`` would; the audit trail is never shortened."""

    session_id: str
    dry_run: bool
    deleted: Mapping[str, int]
    audit_rows_deleted: int = 0


@dataclass(frozen=True, slots=True)
class PromptNote:
    """A prompt this memory gives to a language model: when, in which version, word for word."""

    name: str
    used_for: str
    version: str
    text: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether requests can be served, and what says so."""

    ready: bool
    checks: tuple[HealthCheck, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """Where memories lie among each other in three dimensions.

    Attributes:
        ids: of the memories, in the order of the rows.
        columns: the names of the numbers of a row.
        rows: ``len(ids) * len(columns)`` little-endian float32, row by row.
        total: memories with a vector in the scope; more than ``ids`` when they were sampled.
        version: changes when anything of this does.
        explained: the share of the vectors' variance that each axis shows.
        unchanged: the caller has this version, so nothing is drawn here.
    """

    ids: tuple[str, ...]
    columns: tuple[str, ...]
    rows: bytes
    total: int
    version: str
    explained: tuple[float, ...]
    unchanged: bool = False

"""Work in the background as operators see it: what waits and since when, what failed, what was done lately.

Counts, ages and codes; this file tells no content and does no work.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.operations import Holdings, ModelSpending, PipelineReport, QueueReport
from fusion_memory.core.scope import Access
from fusion_memory.memory import reach
from fusion_memory.memory.reach import Reach
from fusion_memory.storage.interface import Row, Transaction

WINDOW_S: Final = 300.0
LOOKED_AT: Final = 5_000
"""At most so many of the latest deeds are counted."""

COUNTED: Final = ("inserted", "memories")
"""Of a deed on many memories: under which name its detail says how many."""


def report(
    tx: Transaction, access: Access, at: datetime, *, prices: tuple[float, float] = (0.0, 0.0)
) -> PipelineReport:
    """Queues, deeds a minute, and for the whole database what models cost.

    Args:
        tx: a snapshot.
        access: one owner, a workspace, or the whole database.
        at: now.
        prices: of 1,000 tokens in and out; zeros: costs are not told.
    """
    whom = reach.of(tx, access)
    whole = whom == Reach()
    return PipelineReport(
        queues=_queues(tx, whom, at),
        deeds_per_minute=_deeds(tx, whom, at),
        window_s=WINDOW_S,
        models=spending(tx, prices) if whole else (),
    )


def spending(tx: Transaction, prices: tuple[float, float] = (0.0, 0.0)) -> tuple[ModelSpending, ...]:
    """What language models were used for, by purpose."""
    return tuple(_spending(row, prices) for row in tx.rows("model_usage_by_purpose"))


def oldest_due_s(tx: Transaction, at: datetime) -> float:
    """How long the oldest work has waited that is due and was never tried, in seconds; 0 when none waits."""
    row = tx.one("oldest_due", at=to_ms(at))
    return _age_s(row[0] if row else None, at)


def holdings(tx: Transaction, access: Access, database_bytes: int) -> Holdings:
    """How much one owner, a workspace or everybody has."""
    owners, *counts = tx.one("holdings", **reach.of(tx, access).columns) or (0, 0, 0, 0, 0)
    memories, facts, entities, sessions = counts
    return Holdings(owners, memories, facts, entities, sessions, database_bytes)


def _queues(tx: Transaction, whom: Reach, at: datetime) -> tuple[QueueReport, ...]:
    dead: dict[str, int] = dict(tx.rows("dead_readings", **whom.columns))
    errors: dict[str, str] = dict(tx.rows("queue_errors", **whom.columns))  # the latest of a kind comes last
    open_ = {row[0]: row[1:] for row in tx.rows("queues", **whom.columns, at=to_ms(at))}
    found = []
    for kind in sorted({*open_, *(name for name, count in dead.items() if count)}):
        waiting, due, retried, oldest = open_.get(kind, (0, 0, 0, None))
        age_s = _age_s(oldest, at)
        found.append(QueueReport(kind, waiting, due, retried, dead.get(kind, 0), age_s, errors.get(kind)))
    return tuple(found)


def _deeds(tx: Transaction, whom: Reach, at: datetime) -> dict[str, float]:
    since = to_ms(at - timedelta(seconds=WINDOW_S))
    if whom.owner_no is not None:
        rows = tx.rows("latest_deeds_of_owner", owner_no=whom.owner_no, since=since, count=LOOKED_AT)
    else:
        rows = tx.rows("latest_deeds_of_many", workspace_id=whom.workspace_id, since=since, count=LOOKED_AT)
    counts: dict[str, float] = defaultdict(float)
    for _, action, detail in rows:
        told = json.loads(detail)
        counts[action] += next((told[name] for name in COUNTED if name in told), 1)
    return {action: round(count * 60 / WINDOW_S, 3) for action, count in sorted(counts.items())}


def _spending(row: Row, prices: tuple[float, float]) -> ModelSpending:
    purpose, calls, failures, tokens_in, tokens_out, seconds = row
    cost = tokens_in / 1_000 * prices[0] + tokens_out / 1_000 * prices[1] if any(prices) else None
    return ModelSpending(purpose, calls, failures, tokens_in, tokens_out, seconds, cost)


def _age_s(since_ms: int | None, at: datetime) -> float:
    return max((at - from_ms(since_ms)).total_seconds(), 0.0) if since_ms is not None else 0.0

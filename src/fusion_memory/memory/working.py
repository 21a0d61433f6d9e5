"""Working memory: the last messages of the conversation, as they stand in the ledger, oldest first.

Derived at every read, so there is nothing to lose, to prune or to drift. It is its own list beside the results
of a search and never takes a place among them. This file must not know searching.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fusion_memory.core.clock import to_ms
from fusion_memory.core.layers import Reach, WorkingWindow
from fusion_memory.core.records import Event
from fusion_memory.core.scope import Access
from fusion_memory.memory import events, owners
from fusion_memory.storage.interface import Row, Transaction
from fusion_memory.text.counting import count_tokens

BEGINNING_MS = -(2**53)
"""Before every time that a memory can have."""

_NUMBER, _SAID, _RECORDED, _CLIENT = 0, 6, 7, 16
_PLACE = slice(10, 14)  # agent, run, session, app: within them a client id names one message


def recent(
    tx: Transaction, access: Access, window: WorkingWindow, now: datetime, as_of: datetime | None = None
) -> tuple[Event, ...]:
    """The newest messages of the window, oldest first; documents are not messages.

    A message counts as said at the earlier of its two times: an old conversation that was just imported is not
    recent, and neither does a clock that runs ahead hide or keep a message. Of messages with one client id in
    one session, which are edits of one message, the latest stands for all.

    Args:
        tx: a snapshot.
        access: the scope; its session is left out when the window reaches across sessions.
        window: how many, how old, whose, and how many tokens.
        now: the present that the window is counted from, zone-aware.
        as_of: only what was recorded up to this moment.
    """
    if window.messages <= 0:
        return ()
    if window.reach is Reach.USER:
        access = replace(access, scope=access.scope.across_sessions())
    wanted = window.messages
    while True:
        rows, complete = _rows(tx, access, window, (now, as_of), wanted)
        unique = _latest_edits(rows)
        if complete or len(unique) >= window.messages:
            newest = tuple(events.as_event(row) for row in reversed(unique[: window.messages]))
            return fitting(newest, window.tokens) if window.tokens else newest
        wanted *= 2


def fitting(messages: tuple[Event, ...], budget_tokens: int) -> tuple[Event, ...]:
    """The newest of these messages that fit a budget together, oldest first, without a gap between them."""
    left = budget_tokens
    for place in range(len(messages) - 1, -1, -1):
        left -= count_tokens(messages[place].content)
        if left < 0:
            return messages[place + 1 :]
    return messages


def _rows(
    tx: Transaction, access: Access, window: WorkingWindow, moments: tuple[datetime, datetime | None], count: int
) -> tuple[list[Row], bool]:
    """The latest rows, newest first, and whether there are no others."""
    now, as_of = moments
    since = to_ms(now) - int(window.ttl_s * 1_000) if window.ttl_s else BEGINNING_MS
    rows = tx.rows(
        "working_messages",
        owner_no=owners.find(tx, access),
        since_ms=since,
        now_ms=to_ms(now),
        as_of_ms=to_ms(as_of) if as_of else None,
        count=count,
        **owners.narrowing(access),
    )
    rows.sort(key=lambda row: (min(row[_SAID], row[_RECORDED]), row[_NUMBER]), reverse=True)
    return rows[:count], len(rows) < count


def _latest_edits(rows: list[Row]) -> list[Row]:
    seen: set[tuple[object, ...]] = set()
    kept = []
    for row in rows:
        key = (*row[_PLACE], row[_CLIENT])
        if row[_CLIENT] is None or key not in seen:
            kept.append(row)
        seen.add(key)
    return kept

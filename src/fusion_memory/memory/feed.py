"""What happened, in the order in which it was stored: deeds of the audit trail and judgements of claims.

Both tables only grow at their end (an erasure takes judgements away), so a pair of numbers says where a reader
stands, also after a restart. This file tells ids and counts, never a text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fusion_memory.core.clock import from_ms
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.operations import Happening, Happenings
from fusion_memory.core.scope import Access, Scope
from fusion_memory.memory import reach
from fusion_memory.memory.reach import Reach
from fusion_memory.storage.interface import Row, Transaction

JUDGED_TOGETHER: Final = 200
STRETCH_ROWS: Final = 5_000
"""Of the tables of many owners so many rows are looked at in one go."""

KINDS: Final = {"add": "ingest", "import": "ingest", "forget": "erase", "session_reset": "erase"}
LAST: Final = 2**62


def after(tx: Transaction, access: Access, cursor: str | None, limit: int) -> Happenings:
    """What happened after a cursor; without one nothing yet, and the cursor of now.

    Raises:
        InvalidOption: it is no cursor.
    """
    ends = tx.one("feed_ends") or (0, 0)
    if cursor is None:
        return Happenings((), _cursor(*ends))
    starts, whom = _places(cursor), reach.of(tx, access)
    rows, deeds_end = _rows(tx, "deeds", whom, (starts[0], ends[0]), limit)
    deeds = _Source([*_deeds(rows)], starts[0], deeds_end, deeds_end < ends[0])
    rows, judged_end = _rows(tx, "judgements", whom, (starts[1], ends[1]), max(limit, JUDGED_TOGETHER))
    judged = _whole_groups([*_judgements(rows)], starts[1], judged_end, judged_end < ends[1])
    items = [_placed(happening, _cursor(deeds.place, judged.place)) for happening in _in_order(deeds, judged)]
    cut = items[limit - 1 :]
    if cut:
        return Happenings(tuple(items[:limit]), cut[0].cursor, more=len(cut) > 1 or deeds.cut or judged.cut)
    more = deeds.reached < ends[0] or judged.reached < ends[1]
    return Happenings(tuple(items), _cursor(deeds.reached, judged.reached), more)


@dataclass(slots=True)
class _Source:
    """Happenings of one table in its own order, whatever the clock did meanwhile, so that a cursor never goes back.

    Attributes:
        waiting: when each happened, its number, itself; the first one next.
        place: the number up to which all were told.
        end: the number up to which the table was looked at.
        cut: there is more beyond.
    """

    waiting: list[tuple[int, int, Happening]]
    place: int
    end: int
    cut: bool

    @property
    def reached(self) -> int:
        """Where to go on."""
        return self.place if self.waiting else max(self.place, self.end)

    def take(self) -> Happening:
        """The next one."""
        _, self.place, happening = self.waiting.pop(0)
        return happening


def _in_order(first: _Source, second: _Source) -> Iterator[Happening]:
    """Of two tables what happened earlier comes first; it ends where one of them has more than was looked at."""
    while True:
        open_ = [source for source in (first, second) if source.waiting]
        if not open_ or any(source.cut and not source.waiting for source in (first, second)):
            return
        yield min(open_, key=lambda source: source.waiting[0][0]).take()


def _whole_groups(waiting: list[tuple[int, int, Happening]], start: int, end: int, cut: bool) -> _Source:
    """Judgements, without a last group that may go on beyond what was looked at, unless it is the only one."""
    if cut and len(waiting) > 1:
        waiting.pop()
        end = waiting[-1][1]
    return _Source(waiting, start, end, cut)


def _deeds(rows: Sequence[Row]) -> Iterator[tuple[int, int, Happening]]:
    for number, at, action, principal, subject, detail, *ids in rows:
        kind = KINDS.get(action) or ("job" if action.startswith(("job", "care")) else "audit")
        about = (_scope(ids), tuple(json.loads(subject)), json.loads(detail), principal)
        yield at, number, Happening("", kind, action, from_ms(at), *about)


def _judgements(rows: Sequence[Row]) -> Iterator[tuple[int, int, Happening]]:
    """Those of one memory that were made together, as one."""
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row[2], row[1]), []).append(row)
    for (memory_id, at), group in groups.items():
        counts: dict[str, int] = Counter(row[3] for row in group)
        about = (_scope(group[0][5:]), (memory_id,), dict(counts))
        yield at, max(row[0] for row in group), Happening("", "extraction", "judged", from_ms(at), *about)


def _rows(
    tx: Transaction, table: str, whom: Reach, between: tuple[int, int], limit: int
) -> tuple[Sequence[Row], int]:
    """Rows after a number, and the number up to which everything was looked at."""
    start, end = between
    if whom.owner_no is not None:
        rows = tx.rows(f"{table}_of_owner", owner_no=whom.owner_no, after=start, count=limit)
        return rows, rows[-1][0] if len(rows) == limit else max(start, end)
    until = min(start + STRETCH_ROWS, end)
    rows = tx.rows(f"{table}_of_many", workspace_id=whom.workspace_id, after=start, until=until, count=limit)
    return rows, rows[-1][0] if len(rows) == limit else max(start, until)


def _scope(ids: Sequence[str | None]) -> Scope:
    workspace, user, agent, run = (part or None for part in ids)
    if not (workspace or user or agent or run):
        workspace = reach.EVERYBODY
    return Scope(workspace_id=workspace, user_id=user, agent_id=agent, run_id=run)


def _placed(happening: Happening, cursor: str) -> Happening:
    told = (happening.scope, happening.subject, happening.detail, happening.principal)
    return Happening(cursor, happening.kind, happening.action, happening.at, *told)


def _cursor(deed_no: int, judgement_no: int) -> str:
    return f"{deed_no}-{judgement_no}"


def _places(cursor: str) -> tuple[int, int]:
    deed, _, judgement = cursor.partition("-")
    if not (deed.isascii() and deed.isdigit() and judgement.isascii() and judgement.isdigit() and len(cursor) < 40):
        raise InvalidOption(
            "That is no cursor of this stream.", fix="send the id of an event as it came, or 0-0 for everything"
        )
    return min(int(deed), LAST), min(int(judgement), LAST)

"""Summaries of sessions: when one is due, what is read for it, and keeping it as long as its sources are kept.

Why it exists: a session is known by a few of its own sentences. Must not know: models; whoever has one reads the
:class:`Material`, writes a :class:`Draft` and has it kept here. A summary is derived: it is rebuilt at will, and
the database deletes it, words and all, with the first of its sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.ids import IdSource
from fusion_memory.core.layers import Cause, SessionSummary, SummarySize
from fusion_memory.core.scope import Access
from fusion_memory.memory import events, owners
from fusion_memory.storage.interface import Database, Row, Transaction
from fusion_memory.text.counting import count_tokens
from fusion_memory.text.summary import READ_CHARS, Source, summarise
from fusion_memory.text.trigger_words import TriggerKind
from fusion_memory.text.triggers import trigger_of

EXTRACTIVE: Final = "extractive"
MOST_READ: Final = 1_000
"""A session is read from its end, up to so many messages."""

_VOICES: Final[Mapping[str, float]] = {"assistant": 0.6, "agent": 0.6, "tool": 0.2, "system": 0.2}
"""How much a role counts beside a person's 1: a session is about what its people said."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a session is: its messages, how many of them are new, and the version of its summary (0: none)."""

    session_id: str
    messages: int
    fresh: int
    version: int

    def cause(self, size: SummarySize) -> Cause | None:
        """Why a summary is due, or None."""
        if self.fresh < max(1, size.after):
            return None
        return Cause.MESSAGES if self.version else Cause.FIRST


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a session as it is read for a summary."""

    event_no: int
    event_id: str
    role: str
    speaker: str | None
    said_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to summarise: the messages of one session, in order, and how many are new."""

    session_id: str
    said: tuple[Said, ...]
    fresh: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A summary that is not kept yet: its text and the messages it owes its words to."""

    material: Material
    text: str
    sources: tuple[Said, ...]
    method: str = EXTRACTIVE


def progress(tx: Transaction, access: Access) -> list[Progress]:
    """How far the sessions of the scope are, the one that was quiet longest first."""
    rows = tx.rows("summary_progress", owner_no=owners.find(tx, access), **owners.narrowing(access))
    return [Progress(*row) for row in rows]


def material(tx: Transaction, access: Access, session_id: str) -> Material | None:
    """What is to be read for a summary of a session; None when the scope has no message of it."""
    here = _at(access, session_id)
    far = progress(tx, here)
    if not far:
        return None
    rows = tx.rows(
        "summary_material",
        owner_no=owners.find(tx, here),
        chars=READ_CHARS,
        count=MOST_READ,
        **owners.narrowing(here),
    )
    said = tuple(Said(row[0], row[1], row[2], row[3], from_ms(row[4]), row[5]) for row in reversed(rows))
    return Material(session_id, said, far[0].fresh)


def quoted(found: Material, chars: int, most: int) -> list[tuple[Said, str]]:
    """The sentences that stand for a session, in order, each with the message that says it; pure."""
    summary = summarise(_sources(found), chars, most)
    return [
        (found.said[quote.source], " ".join(found.said[quote.source].text[quote.start : quote.end].split()))
        for quote in summary.quotes
    ]


def worth_quoting(found: Material) -> list[Said]:
    """The messages of a session without those that somebody asked not to remember."""
    refused = _refused(found.said)
    return [said for number, said in enumerate(found.said) if number not in refused]


def draft(found: Material, size: SummarySize) -> Draft:
    """The summary of a session in its own sentences; pure. Its text is empty when nothing is worth quoting.

    What somebody asked not to remember is not quoted.
    """
    summary = summarise(_sources(found), size.chars, size.sources)
    return Draft(found, summary.text, tuple(found.said[number] for number in summary.sources))


def keep(
    tx: Transaction, access: Access, made: Draft, summary_id: str, cause: Cause, at: datetime
) -> SessionSummary | None:
    """Keep a draft in place of the session's summary.

    Returns:
        None, and everything stays as it is, when it has no words, when one of its sources was erased since it was
        read, or when a summary of later messages is there already.
    """
    here = _at(access, made.material.session_id)
    owner_no, narrow = owners.find(tx, here), owners.narrowing(here)
    numbers = [said.event_no for said in made.sources]
    ids = events.numbers(tx, here, [said.event_id for said in made.sources])
    through = max((said.event_no for said in made.material.said), default=0)
    standing = tx.one("summary_standing", owner_no=owner_no, **narrow)
    if not made.text or set(ids) != set(numbers) or (standing and standing[1] > through):
        return None
    tx.run("summary_drop", owner_no=owner_no, **narrow)
    summary = _summary(made, summary_id, cause, standing[0] + 1 if standing else 1, at)
    row = tx.one(
        "summary_put",
        owner_no=owner_no,
        summary_id=summary.id,
        text=summary.text,
        messages=summary.messages,
        through_no=through,
        first_said_at=to_ms(summary.first_said_at),
        last_said_at=to_ms(summary.last_said_at),
        method=summary.method,
        cause=summary.cause.value,
        fresh=summary.fresh,
        version=summary.version,
        source_tokens=summary.source_tokens,
        tokens=summary.tokens,
        created_at=to_ms(at),
        **narrow,
    )
    if row is None:
        raise RuntimeError("an insert returned no row")
    tx.run_many(
        "summary_source_put",
        [{"summary_no": row[0], "event_no": number, "position": place} for place, number in enumerate(numbers)],
    )
    return summary


def refresh(
    database: Database,
    access: Access,
    size: SummarySize,
    ids: IdSource,
    at: datetime,
    cause: Cause | None = None,
) -> tuple[SessionSummary, ...]:
    """Summarise anew: the session of the scope, or all its sessions when it has none.

    Args:
        database: no transaction is open while a summary is made.
        access: the scope.
        size: how long, and when due.
        ids: where the summaries' ids come from.
        at: the present.
        cause: None: only sessions that are due. Any other: all of them, for that reason.

    Returns:
        The summaries made.
    """
    with database.read() as tx:
        due = [(far.session_id, cause or far.cause(size)) for far in progress(tx, access)]
    made = []
    for session_id, reason in due:
        summary = _refreshed(database, _at(access, session_id), size, (ids.new("sum", at), reason, at))
        made += [summary] if summary else []
    return tuple(made)


def of_scope(
    tx: Transaction, access: Access, limit: int = 100, as_of: datetime | None = None
) -> tuple[SessionSummary, ...]:
    """The summaries of the scope's session, or of all its sessions, the latest session first.

    ``as_of`` leaves out summaries made later; an earlier version that was replaced since does not come back.
    """
    owner_no = owners.find(tx, access)
    rows = tx.rows(
        "summaries_of_scope",
        owner_no=owner_no,
        as_of_ms=to_ms(as_of) if as_of else None,
        count=limit,
        **owners.narrowing(access),
    )
    return tuple(_as_summary(row, tx.rows("summary_sources", owner_no=owner_no, summary_no=row[0])) for row in rows)


def _refreshed(
    database: Database, access: Access, size: SummarySize, making: tuple[str, Cause | None, datetime]
) -> SessionSummary | None:
    summary_id, cause, at = making
    if cause is None or access.scope.session_id is None:
        return None
    with database.read() as tx:
        found = material(tx, access, access.scope.session_id)
    if found is None:
        return None
    made = draft(found, size)
    with database.write() as tx:
        return keep(tx, access, made, summary_id, cause, at)


def _sources(found: Material) -> list[Source]:
    refused = _refused(found.said)
    return [
        Source(
            said.text,
            f"{said.speaker or said.role}: ",
            0.0 if number in refused else _VOICES.get(said.role, 1.0),
            f"{said.said_at:%Y-%m-%d} ",
        )
        for number, said in enumerate(found.said)
    ]


def _refused(said: Sequence[Said]) -> set[int]:
    """The messages that ask not to be remembered; when one names nothing, the one its voice said before as well."""
    refused: set[int] = set()
    for number, one in enumerate(said):
        trigger = trigger_of(one.text)
        if trigger is None or trigger.kind is not TriggerKind.DO_NOT_REMEMBER:
            continue
        refused.add(number)
        earlier = (n for n in range(number - 1, -1, -1) if said[n].role == one.role)
        if not trigger.payload and (before := next(earlier, None)) is not None:
            refused.add(before)
    return refused


def _at(access: Access, session_id: str) -> Access:
    return replace(access, scope=replace(access.scope, session_id=session_id))


def _summary(made: Draft, summary_id: str, cause: Cause, version: int, at: datetime) -> SessionSummary:
    said = made.material.said
    return SessionSummary(
        id=summary_id,
        session_id=made.material.session_id,
        text=made.text,
        sources=tuple(source.event_id for source in made.sources),
        messages=len(said),
        first_said_at=said[0].said_at,
        last_said_at=said[-1].said_at,
        method=made.method,
        cause=cause,
        fresh=made.material.fresh,
        version=version,
        source_tokens=sum(count_tokens(one.text) for one in said),
        tokens=count_tokens(made.text),
        created_at=at,
    )


def _as_summary(row: Row, sources: list[Row]) -> SessionSummary:
    return SessionSummary(
        id=row[1],
        session_id=row[2],
        text=row[3],
        sources=tuple(source[0] for source in sources),
        messages=row[4],
        first_said_at=from_ms(row[5]),
        last_said_at=from_ms(row[6]),
        method=row[7],
        cause=Cause(row[8]),
        fresh=row[9],
        version=row[10],
        source_tokens=row[11],
        tokens=row[12],
        created_at=from_ms(row[13]),
    )

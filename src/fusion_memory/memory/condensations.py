"""Memory cards of sessions: when one is due, what goes into one without a model, and keeping its versions.

Why it exists: a session is at hand as a few typed lines, each with its sources. Must not know: models; whoever has
one fills a :class:`CardDraft` and has it kept here. Cards are derived: a version is never changed, a line goes with
any memory it was made of, and what nobody said is never in one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from fusion_memory.core.cards import MOST_LINES, Bucket, CardLine, Condensation, CondensationReport, MemoryCard
from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.layers import Cadence, Cause
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, card_text, events, owners, summaries
from fusion_memory.memory.summaries import Material, Said
from fusion_memory.storage.interface import Row, Transaction
from fusion_memory.text.counting import count_tokens

EXTRACTIVE: Final = "extractive"
_BYTES_PER_TOKEN: Final = 4
TRIGGERS: Final[Mapping[Cause, str]] = {
    Cause.FIRST: "bootstrap_summary",
    Cause.MESSAGES: "new_messages_threshold",
    Cause.TOKENS: "new_tokens_threshold",
    Cause.IDLE: "idle",
    Cause.SESSION_END: "session_end",
    Cause.REQUEST: "request",
    Cause.HEALED: "source_erased",
}
"""What a cause is called in the details of a card (S3.53)."""


@dataclass(frozen=True, slots=True)
class Condensable:
    """How far a session is: its messages, how many of them are new, when the last came in, and its latest card."""

    session_id: str
    messages: int
    fresh: int
    fresh_bytes: int
    last_recorded_at: datetime
    version: int
    healed: int

    def cause(self, cadence: Cadence, least: int, now: datetime) -> Cause | None:
        """Why a card is due, or None. A session of fewer than ``least`` messages is not, of its own accord."""
        if self.healed:
            return Cause.HEALED
        if self.messages < least:
            return None
        idle_s = (now - self.last_recorded_at).total_seconds()
        cause = cadence.cause(self.fresh, self.fresh_bytes // _BYTES_PER_TOKEN, idle_s)
        return Cause.FIRST if cause is Cause.MESSAGES and not self.version else cause


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line that is not kept yet, with the messages its words come from."""

    bucket: Bucket
    text: str
    sources: tuple[str, ...]
    fact_id: str | None = None


@dataclass(frozen=True, slots=True)
class CardDraft:
    """A card that is not kept yet; ``reads`` are messages that a model saw, whose words may be anywhere in it."""

    material: Material
    lines: tuple[DraftLine, ...]
    method: str = EXTRACTIVE
    reads: tuple[Said, ...] = field(default=())


def progress(tx: Transaction, access: Access) -> list[Condensable]:
    """How far the sessions of the scope are, the one that was quiet longest first."""
    rows = tx.rows("condensation_progress", owner_no=owners.find(tx, access), **owners.narrowing(access))
    return [Condensable(row[0], row[1], row[2], row[3], from_ms(row[4]), row[5], row[6]) for row in rows]


def material(tx: Transaction, access: Access, session_id: str) -> Material | None:
    """The messages of a session; those that somebody asked not to remember are left out, too."""
    found = summaries.material(tx, at_session(access, session_id), session_id)
    if found is None:
        return None
    far = progress(tx, at_session(access, session_id))
    return replace(found, fresh=far[0].fresh if far else 0)


def limited(lines: Iterable[DraftLine]) -> tuple[DraftLine, ...]:
    """The lines of each bucket up to its size, buckets in order, none twice."""
    kept: dict[Bucket, list[DraftLine]] = {bucket: [] for bucket in Bucket}
    told: set[str] = set()
    for line in lines:
        words = "".join(line.text.casefold().split())
        if words and words not in told and len(kept[line.bucket]) < MOST_LINES[line.bucket]:
            told.add(words)
            kept[line.bucket].append(line)
    return tuple(line for bucket in Bucket for line in kept[bucket])


def keep(
    tx: Transaction,
    access: Access,
    made: CardDraft,
    condensation_id: str,
    cause: Cause,
    at: datetime,
    *,
    versions: int,
) -> bool:
    """Keep a draft as the next version of the session's card; older ones than the last ``versions`` go.

    Returns:
        False, and nothing changes, when one of its sources was erased since it was read, or when a card of later
        messages is there already.
    """
    here = at_session(access, made.material.session_id)
    owner_no, narrow = owners.find(tx, here), owners.narrowing(here)
    wanted = {source for line in made.lines for source in line.sources} | {said.event_id for said in made.reads}
    numbers = {event_id: number for number, event_id in events.numbers(tx, here, sorted(wanted)).items()}
    said = made.material.said
    through = max(one.event_no for one in said)
    standing = tx.one("condensation_standing", owner_no=owner_no, **narrow)
    if wanted - set(numbers) or (standing and standing[1] > through):
        return False
    version = standing[0] + 1 if standing else 1
    details = {"trigger": TRIGGERS.get(cause, cause.value), "new_messages": made.material.fresh}
    row = tx.one(
        "condensation_put",
        condensation_id=condensation_id,
        owner_no=owner_no,
        version=version,
        messages=len(said),
        through_no=through,
        first_said_at=to_ms(said[0].said_at),
        last_said_at=to_ms(said[-1].said_at),
        method=made.method,
        cause=cause.value,
        details=json.dumps(details),
        source_tokens=sum(count_tokens(one.text) for one in said),
        created_at=to_ms(at),
        **narrow,
    )
    if row is None:
        raise RuntimeError("an insert returned no row")
    _put_lines(tx, row[0], made, numbers)
    tx.run("condensations_forget_old", owner_no=owner_no, version=version - max(versions, 1), **narrow)
    counts = {"messages": len(said), "lines": len(made.lines), "version": version, "cause": cause.value}
    audit.record(tx, here, "condense", [condensation_id], counts, at)
    return True


def of_scope(
    tx: Transaction, access: Access, *, limit: int = 100, history: bool = False, as_of: datetime | None = None
) -> tuple[Condensation, ...]:
    """The cards of the scope's session, or of all its sessions, the latest session first.

    ``history`` brings all versions that are kept. A card of which nothing stands is not shown.
    """
    owner_no = owners.find(tx, access)
    rows = tx.rows(
        "condensations_of_scope",
        owner_no=owner_no,
        history=int(history),
        as_of_ms=to_ms(as_of) if as_of else None,
        count=limit,
        **owners.narrowing(access),
    )
    found = (_condensation(tx, owner_no, row) for row in rows)
    return tuple(one for one in found if one.sources)


def report(tx: Transaction, access: Access, most: int = 100_000) -> CondensationReport:
    """What the cards of the scope come to."""
    owner_no = owners.find(tx, access)
    latest = of_scope(tx, access, limit=most)
    versions, sessions = tx.one("condensation_counts", owner_no=owner_no, **owners.narrowing(access)) or (0, 0)
    uncited = tx.one("condensation_uncited", owner_no=owner_no) or (0,)
    counted = Counter(bucket.value for one in latest for bucket, _ in one.card.lines())
    methods, causes = Counter(one.method for one in latest), Counter(one.cause.value for one in latest)
    source_tokens, tokens = sum(one.source_tokens for one in latest), sum(one.tokens for one in latest)
    saved = 1 - tokens / source_tokens if source_tokens else 0.0
    lines = {bucket.value: counted[bucket.value] for bucket in Bucket}
    return CondensationReport(
        sessions, versions, lines, dict(methods), dict(causes), source_tokens, tokens, round(saved, 4), uncited[0]
    )


def forget_event(tx: Transaction, owner_no: int, event_no: int) -> None:
    """Take what a message lent to cards out of them, while the message itself stays."""
    tx.run("condensation_lines_of_event_drop", owner_no=owner_no, event_no=event_no)
    tx.run("condensations_read_of_event_drop", owner_no=owner_no, event_no=event_no)


def at_session(access: Access, session_id: str) -> Access:
    """The same ticket, narrowed to a session."""
    return replace(access, scope=replace(access.scope, session_id=session_id))


def _put_lines(tx: Transaction, number: int, made: CardDraft, numbers: Mapping[str, int]) -> None:
    for position, line in enumerate(made.lines):
        row = tx.one(
            "condensation_line_put",
            condensation_no=number,
            bucket=line.bucket.value,
            position=position,
            text=line.text,
            fact_id=line.fact_id,
        )
        if row is None:
            raise RuntimeError("an insert returned no row")
        sources = dict.fromkeys(line.sources)
        tx.run_many(
            "condensation_source_put",
            [{"line_no": row[0], "event_no": numbers[one], "position": n} for n, one in enumerate(sources)],
        )
    reads = sorted({numbers[said.event_id] for said in made.reads})
    tx.run_many("condensation_read_put", [{"condensation_no": number, "event_no": one} for one in reads])


def _condensation(tx: Transaction, owner_no: int, row: Row) -> Condensation:
    card = _card(tx.rows("condensation_lines_of", condensation_no=row[0], owner_no=owner_no))
    text = card_text.text(card)
    tokens, source_tokens = count_tokens(text), row[10]
    return Condensation(
        id=row[1],
        session_id=row[2],
        card=card,
        text=text,
        sources=card.sources,
        messages=row[3],
        first_said_at=from_ms(row[4]),
        last_said_at=from_ms(row[5]),
        method=row[6],
        cause=Cause(row[7]),
        details=json.loads(row[8]),
        version=row[9],
        source_tokens=source_tokens,
        tokens=tokens,
        saved=round(1 - tokens / source_tokens, 4) if source_tokens else 0.0,
        created_at=from_ms(row[11]),
    )


def _card(rows: Sequence[Row]) -> MemoryCard:
    """The card of its lines; a line has one row a source, and they stand together."""
    lines: list[tuple[str, CardLine]] = []
    before: tuple[str, str, str | None] | None = None
    for bucket, text, fact_id, event_id in rows:
        this = (bucket, text, fact_id)
        if this == before:
            lines[-1] = (bucket, replace(lines[-1][1], sources=(*lines[-1][1].sources, event_id)))
        else:
            lines.append((bucket, CardLine(text, (event_id,), fact_id)))
        before = this
    return MemoryCard(**{b.value: tuple(line for name, line in lines if name == b) for b in Bucket})

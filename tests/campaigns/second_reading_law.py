"""Does the law hold? Judged from outside with statements of its own, after a model has read or failed to read all.

asked = read + withheld + failed + pending; every event is as it was said; every judgement that kept a claim has its
telling and none has two; no claim without words that were really said and quoted; nobody is spoken for; nothing of
one owner reached another one. This file repairs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import apsw
from reply_faults import MARKS, PRIVATE, mark_of

from fusion_memory import MemoryService, Scope
from fusion_memory.ingestion.extraction.model_claims import LEAST_SUPPORT
from fusion_memory.testing.soundness import defects as unsound
from fusion_memory.text.grounding import comparable, support

_ROWS = {
    "an event without exactly one outcome of the model": """
        SELECT e.event_no FROM events e
        WHERE (SELECT count(*) FROM second_readings r WHERE r.event_no = e.event_no)
            + (SELECT count(*) FROM outbox o WHERE o.event_no = e.event_no AND o.kind = 'refine') <> 1""",
    "an event without exactly one outcome of the rules": """
        SELECT e.event_no FROM events e
        WHERE (SELECT count(*) FROM encodings n WHERE n.event_no = e.event_no)
            + (SELECT count(*) FROM outbox o WHERE o.event_no = e.event_no AND o.kind = 'extract') <> 1""",
    "a judgement that kept a claim without its telling": """
        SELECT d.decision_no FROM decisions d LEFT JOIN facts f ON f.fact_no = d.fact_no AND f.event_no = d.event_no
        WHERE d.decision <> 'reject' AND f.fact_no IS NULL""",
    "a claim of the model that was kept twice": """
        SELECT d.event_no FROM decisions d WHERE d.method = 'model' AND d.fact_no IS NOT NULL
        GROUP BY d.event_no, d.fact_no HAVING count(*) > 1""",
    "a telling of the model that no judgement kept": """
        SELECT f.fact_id FROM facts f WHERE f.method = 'model'
        AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.fact_no = f.fact_no AND d.decision <> 'reject')""",
    "an event whose count of claims is not that of its judgements": """
        SELECT n.event_no FROM encodings n WHERE n.claims <> (
            SELECT count(*) FROM decisions d WHERE d.event_no = n.event_no AND d.decision <> 'reject')
        OR (n.claims > 0) <> (n.state = 'extracted')""",
    "a second reading whose count of claims is not that of its judgements": """
        SELECT r.event_no FROM second_readings r WHERE r.claims <> (
            SELECT count(*) FROM decisions d WHERE d.event_no = r.event_no AND d.method = 'model'
            AND d.decision <> 'reject')""",
    "a judgement of the model about an event it did not read": """
        SELECT d.decision_no FROM decisions d WHERE d.method = 'model' AND NOT EXISTS (
            SELECT 1 FROM second_readings r WHERE r.event_no = d.event_no AND r.state = 'read')""",
    "a fact that counts another number of events than told it": """
        SELECT f.fact_id FROM facts f WHERE f.head_no = f.fact_no AND f.times_seen <> (
            SELECT count(DISTINCT m.event_no) FROM facts m WHERE m.head_no = f.fact_no)""",
    "a failure without a reason": "SELECT event_no FROM second_readings WHERE state <> 'read' AND reason = ''",
    "bookkeeping of calls that cannot be": """
        SELECT usage_no FROM model_usage WHERE calls < 0 OR failures > calls OR input_tokens < 0 OR seconds < 0""",
}
_EVENT = (
    "event_id, content, role, speaker, kind, session_id, said_at, recorded_at, trust, metadata, row_hash, dedup_key"
)


def events(database: Path, only: str | None = None) -> dict[str, tuple[object, ...]]:
    """Every event, or the one of this id, as it stands, by id."""
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        rows = connection.execute(f"SELECT {_EVENT} FROM events WHERE :id IS NULL OR event_id = :id", {"id": only})
        return {row[0]: row for row in rows}
    finally:
        connection.close()


def counts(database: Path) -> Counter[str]:
    """Events by what became of them, claims of the model that were kept, calls."""
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = Counter(dict(connection.execute("SELECT state, count(*) FROM second_readings GROUP BY 1")))
        for name, text in (
            ("asked", "SELECT count(*) FROM events"),
            ("pending", "SELECT count(*) FROM outbox WHERE kind = 'refine'"),
            ("claims", "SELECT count(*) FROM decisions WHERE method = 'model' AND decision <> 'reject'"),
            ("calls", "SELECT coalesce(sum(calls), 0) FROM model_usage"),
        ):
            found[name] = next(connection.execute(text))[0]
        return found
    finally:
        connection.close()


def defects(
    database: Path,
    promised: dict[str, tuple[object, ...]],
    scopes: Sequence[Scope],
    asked: Iterable[str] = (),
    sent: Iterable[str] = (),
) -> list[str]:
    """What is wrong with a database that nobody writes to.

    Args:
        database: the file.
        promised: the events that must be in it, as they were.
        scopes: the owners.
        asked: what the model was shown.
        sent: every quote that the model ever gave.
    """
    found = [*unsound(database)]
    held = events(database)
    found += [f"an event was lost: {id_}" for id_ in promised.keys() - held.keys()]
    found += [f"an event came from nowhere: {id_}" for id_ in held.keys() - promised.keys()]
    found += [f"an event was changed: {id_}" for id_, row in promised.items() if held.get(id_, row) != row]
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        for name, text in _ROWS.items():
            found += [f"{name}: {row[0]}" for row in connection.execute(text)]
        found += _claims(connection, {comparable(quote) for quote in sent})
    finally:
        connection.close()
    found += _reports(database, promised, scopes)
    for prompt in asked:
        if sum(mark in prompt for mark in MARKS) > 1:
            found.append("two owners in one prompt")
        if PRIVATE in prompt:
            found.append("the model was shown what was not to be remembered")
    return found


def _reports(database: Path, promised: dict[str, tuple[object, ...]], scopes: Sequence[Scope]) -> Iterator[str]:
    total = 0
    with MemoryService(database, embedder=None, llm=None) as memory:
        for scope in scopes:
            report = memory.encoding_report(scope)
            total += report.accepted
            if not report.balanced:
                yield f"the books of {scope} do not balance: {report}"
            if report.pending or report.dead:
                yield f"{report.pending} pending, {report.dead} dead of {scope} in the end: {report.reasons}"
    if total != len(promised):
        yield f"{total} events accepted of {len(promised)}"


def _claims(connection: apsw.Connection, quotes: set[str]) -> Iterator[str]:
    rows = connection.execute(
        "SELECT f.fact_id, f.first, f.last, f.subject, f.object, f.text, e.content, e.trust, o.user_id "
        "FROM facts f JOIN events e ON e.event_no = f.event_no JOIN owners o ON o.owner_no = f.owner_no "
        "WHERE f.method = 'model'"
    )
    for id_, first, last, subject, value, text, content, trust, user in rows:
        mark = mark_of(Scope(user_id=user))
        if comparable(content[first:last]) not in quotes:
            yield f"a claim on words that nobody quoted: {id_}"
        if support(value, content) < LEAST_SUPPORT:
            yield f"a claim of what was not said: {id_}"
        if trust != "user" and comparable(subject) in ("user", comparable(mark)):
            yield f"the user was spoken for: {id_}"
        if any(other in f"{subject} {value} {text}" for other in MARKS if other != mark):
            yield f"a word of another owner: {id_}"
        if PRIVATE in f"{value} {text}":
            yield f"what was not to be remembered: {id_}"

"""Faults planted into the product on purpose, to see that the campaigns find them.

Run as a script with the name of a fault, this file is the nursery of ``testing.kills`` with that fault.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from threading import Thread

from fusion_memory.core.scope import Access
from fusion_memory.ingestion import commit as commit_step
from fusion_memory.ingestion import pipeline
from fusion_memory.ingestion.commit import WORK, Committed, Prepared
from fusion_memory.memory import audit, events, outbox, owners, spans
from fusion_memory.storage.interface import Database, IndexEntry
from fusion_memory.storage.sqlite import database as sqlite_database
from fusion_memory.storage.statements import Statements
from fusion_memory.testing import kills


def split_transaction(
    database: Database, access: Access, group: Sequence[Prepared], at: datetime, *, work: Sequence[str] = WORK
) -> Committed:
    """The commit step in two transactions: what was said in the first, all that belongs to it in the second."""
    done = Committed()
    with database.write() as tx:
        owner_no = owners.ensure(tx, access, at)
        stored = [events.append(tx, access, owner_no, prepared.event) for prepared in group]
    entries: list[IndexEntry] = []
    with database.write() as tx:
        for prepared, event in zip(group, stored, strict=True):
            done.ids.append(event.id)
            if not event.inserted:
                done.duplicates.append(event.id)
                continue
            done.event_nos.append(event.event_no)
            numbers = spans.append(tx, owner_no, event.event_no, prepared.drafts)
            done.spans += len(numbers)
            entries += [
                IndexEntry(number, owner_no, prepared.event.turn.session_id, None, None, None, terms)
                for number, terms in zip(numbers, prepared.terms, strict=True)
            ]
        database.keyword.put(tx, entries)
        for kind in work:
            outbox.enqueue(tx, owner_no, done.event_nos, at, kind)
        counts = {"inserted": len(done.event_nos), "repeated": len(done.duplicates), "spans": done.spans}
        audit.record(tx, access, "add", done.ids if len(done.ids) == 1 else [], counts, at)
    return done


def early_answer(
    database: Database, access: Access, group: Sequence[Prepared], at: datetime, *, work: Sequence[str] = WORK
) -> Committed:
    """The commit step that answers before it has committed."""
    Thread(target=commit_step.commit, args=(database, access, group, at), kwargs={"work": work}).start()
    return Committed(ids=[prepared.event.id for prepared in group])


@contextmanager
def commit_replaced(by: Callable[..., Committed]) -> Iterator[None]:
    """The write path with another commit step."""
    sound = pipeline.commit
    pipeline.commit = by
    try:
        yield
    finally:
        pipeline.commit = sound


def without_owner(statement: str) -> str:
    """A statement's text without its predicates on the owner."""
    anybody = re.sub(r"\b(?:\w+\.)?owner_no = :owner_no", ":owner_no IS NOT NULL", statement)
    return anybody.replace("n.owner_no = e.owner_no", "n.owner_no IS NOT NULL")


def without_narrowing(statement: str) -> str:
    """A statement's text without what narrows it to the session, agent, run and app of the scope."""
    return re.sub(r"\(:(\w+_id) IS NULL OR (?:\w+\.)?\1 = :\1\)", r"(:\1 IS :\1)", statement)


@contextmanager
def rewritten(rewrite: Callable[[str], str], *names: str) -> Iterator[None]:
    """Databases opened inside the block run the named statements as they were rewritten."""
    sound = sqlite_database.STATEMENTS
    changed = {name: rewrite(sound[name]) for name in names}
    unchanged = [name for name in names if changed[name] == sound[name]]
    if unchanged:
        raise ValueError(f"these have no such predicate: {unchanged}")
    sqlite_database.STATEMENTS = Statements({name: sound[name] for name in sound} | changed)
    try:
        yield
    finally:
        sqlite_database.STATEMENTS = sound


def owner_forgotten(*names: str) -> AbstractContextManager[None]:
    """Databases opened inside the block run the named statements without their predicates on the owner."""
    return rewritten(without_owner, *names)


def narrowing_forgotten(*names: str) -> AbstractContextManager[None]:
    """Databases opened inside the block run the named statements for the whole owner, whatever the scope says."""
    return rewritten(without_narrowing, *names)


if __name__ == "__main__":
    with commit_replaced({"split": split_transaction, "early": early_answer}[sys.argv[1]]):
        kills.raise_children()

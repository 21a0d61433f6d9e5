"""Erase one session: what was said in it with all that was made of it; on request the traces of its searches."""

from __future__ import annotations

import json
from typing import Final

from fusion_memory.core.operations import SessionReset
from fusion_memory.core.scope import Access
from fusion_memory.engine import erasing
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import audit, owners, packs
from fusion_memory.storage.interface import Transaction

DEED: Final = "session_reset"


def reset(parts: Parts, access: Access, *, dry_run: bool, clear_audit: bool) -> SessionReset:
    """Erase the scope's session, or count what that would take."""
    parts.traces.flush()
    deleted = dict(erasing.forget(parts, access, None, dry_run).counts)
    with parts.database.read() if dry_run else parts.database.write() as tx:
        asked = _asked_there(tx, access) if clear_audit else []
        deleted["searches"] = len(asked)
        if not dry_run:
            if asked:
                tx.run("traces_erase", owner_no=owners.find(tx, access), trace_nos=asked)
            audit.record(tx, access, DEED, [], {**deleted, "clear_audit": clear_audit}, parts.clock.now())
    if not dry_run and asked:
        parts.database.scrub()
    return SessionReset(access.scope.session_id or "", dry_run, deleted)


def _asked_there(tx: Transaction, access: Access) -> list[int]:
    """The recall traces and packs of searches that were asked in the session."""
    rows = tx.rows("traces_with_payload", owner_no=owners.find(tx, access))
    return [row[0] for row in rows if owners.covers(access, json.loads(row[2]).get(packs.PLACE) or {})]

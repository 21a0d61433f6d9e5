"""Context packs that were handed out, kept beside the recall traces: ids and sizes, never the texts.

They are pruned with the traces. When a memory that one cites is erased, the pack stays without that line, and loses
its question, for that may tell what was erased.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any, Final

from fusion_memory.core.clock import from_ms
from fusion_memory.core.packs import ContextPack, PackNote
from fusion_memory.core.records import Trace
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Transaction

KIND: Final = "pack"
PREFIX: Final = f"{KIND}_"
PLACE: Final = "place"
"""What of the payload of a pack or a recall trace says where it was asked."""

EVERY: Final = -1


def as_trace(pack: ContextPack, options: Mapping[str, Any], at: datetime) -> Trace:
    """What is kept of a pack; ``options`` are those of its search, so that it can be asked for again."""
    payload = {
        "contract": pack.contract,
        "kind": pack.kind,
        "language": pack.language,
        "budget": pack.budget_tokens,
        "tokens": pack.tokens,
        "digest": digest(pack.text),
        "options": dict(options),
        "sections": [
            {
                "name": section.name,
                "share": section.share_tokens,
                "lines": [[line.citation, line.sources, line.facts, line.tokens] for line in section.lines],
            }
            for section in pack.sections
        ],
        "items": [
            [item.citation, item.id, item.span_id, item.spans, item.reason, item.tokens, item.start, item.end]
            for item in pack.items
        ],
        "dropped": [[drop.span_id, drop.reason, round(drop.score, 6)] for drop in pack.dropped],
        "degraded": list(pack.degraded),
        "trace_id": pack.trace_id,
    }
    return Trace(pack.id or "", pack.query, at, str(options.get("recipe") or ""), payload)


def digest(text: str) -> str:
    """What tells whether a text is the one that was handed out."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def listed(tx: Transaction, access: Access, limit: int) -> tuple[PackNote, ...]:
    """The latest packs that the scope may see, the latest first."""
    count = limit if owners.is_whole(access) else EVERY
    rows = tx.rows("packs_of_owner", owner_no=owners.find(tx, access), count=count)
    kept = (Trace(row[0], row[1], from_ms(row[2]), row[3], json.loads(row[4])) for row in rows)
    seen = (_note(trace) for trace in kept if owners.covers(access, trace.payload.get(PLACE) or {}))
    return tuple(islice(seen, limit))


def blank(tx: Transaction, owner_no: int, trace_nos: Sequence[int]) -> None:
    """Take the question, the filters and the digest of the text out of packs that cite what is erased."""
    for trace_no in trace_nos:
        row = tx.one("trace_payload", owner_no=owner_no, trace_no=trace_no)
        if row is not None:
            payload = {**json.loads(row[0]), "options": None, "digest": None, "dropped": []}
            tx.run("trace_blank", owner_no=owner_no, trace_no=trace_no, payload=json.dumps(payload))


def _note(trace: Trace) -> PackNote:
    found = trace.payload
    lines = len(found["items"]) + sum(len(section["lines"]) for section in found["sections"])
    return PackNote(trace.id, trace.query, trace.created_at, found["kind"], lines, found["tokens"], found["budget"])

"""The erasure of a whole subject: which table goes how, when an owner goes. A test holds this to the schema.

Why it exists: a table that somebody adds must not keep what an erasure was asked to take. Must not know: who asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fusion_memory.core.scope import Access
from fusion_memory.memory import entities, owners
from fusion_memory.storage.interface import Transaction

WITH_ITS_MEMORIES: Final = frozenset(
    {
        "events", "spans", "span_terms", "vectors", "facts", "fact_links", "encodings", "decisions",
        "entity_mentions", "second_readings", "summary_sources", "associations", "feedback", "keeping",
        "condensation_lines", "condensation_sources", "condensation_reads", "held_memories", "resolutions",
    }
)  # fmt: skip
"""Tables whose rows go with the memories they were made of."""

BY_OWNER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "postings": "subject_postings",
        "span_columns": "subject_columns",
        "traces": "subject_traces",
        "entity_links": "subject_entity_links",
        "profile_values": "subject_profile",
        "core_facts": "subject_core",
        "policies": "subject_policies",
        "holds": "subject_holds",
        "summaries": "subject_summaries",
        "condensations": "subject_condensations",
        "care_progress": "subject_care",
        "outbox": "subject_outbox",
        "jobs": "subject_jobs",
        "schedule_marks": "subject_marks",
    }
)
"""Tables whose rows of an owner go by a statement of their own."""

OTHERWISE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "entities": "by entities.forget_owner",
        "idempotency": "answers and what tells requests by once.erase; digests of keys until they expire",
        "api_keys": "those that are bound to the owner go, labels and all",
        "owners": "last of all",
    }
)
"""Tables whose rows of an owner go in another way, and which."""

NOBODYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "spaces": "names of models",
        "model_usage": "numbers of calls and tokens",
        "audit": "append-only; ids and counts, never content",
        "receipts": "counts and keyed digests",
        "tombstones": "keyed digests",
        "erasure_key": "a random key",
    }
)
"""Tables without anything of an owner, and what they hold."""


def clear(tx: Transaction, access: Access) -> dict[str, int]:
    """Erase everything else of an owner whose memories are gone, but for the owner's own row; rows by table."""
    owner_no = owners.find(tx, access)
    counts = {"entities": entities.forget_owner(tx, owner_no)}
    for table, statement in BY_OWNER.items():
        counts[table] = tx.run(statement, owner_no=owner_no)
    owner = access.scope.owner
    counts["api_keys"] = tx.run(
        "subject_keys", workspace_id=owner.workspace_id, user_id=owner.user_id, agent_id=owner.agent_id
    )
    return counts


def remove(tx: Transaction, access: Access) -> None:
    """Erase the row that names an owner: nothing refers to it any more."""
    tx.run("subject_owner", owner_no=owners.find(tx, access))


def unnamed(tx: Transaction) -> list[str]:
    """Tables of this database that nobody said of what becomes of them when an owner goes."""
    known = WITH_ITS_MEMORIES | BY_OWNER.keys() | OTHERWISE.keys() | NOBODYS.keys()
    return [row[0] for row in tx.rows("schema_tables") if row[0] not in known]

"""Schemas of sessions: the words that tell a session from the owner's others, and the sentences that represent it.

Why it exists: a longer session is recognised at a glance. Made anew whenever it is asked for, from what the scope
can see, so there is nothing to rebuild or to erase. A session has one from five passages on (S2.12). How rare a
word is comes from the owner's keyword index, as for search. Must not know: models, or what summaries are kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fusion_memory.core.layers import SchemaSentence, SessionSchema
from fusion_memory.core.scope import Access
from fusion_memory.memory import owners, summaries
from fusion_memory.storage.interface import KeywordIndex, Transaction
from fusion_memory.text.keywords import candidates, keywords

LEAST_CHUNKS: Final = 5
KEYWORDS: Final = 12
SENTENCE_CHARS: Final = 700
SENTENCE_SOURCES: Final = 5
_MACHINES: Final = frozenset({"tool", "system"})
"""Roles whose words do not tell what a session was about."""


def of_scope(tx: Transaction, access: Access, keyword: KeywordIndex, limit: int = 100) -> tuple[SessionSchema, ...]:
    """The schemas of the scope's session, or of all its sessions that are long enough, the latest first."""
    owner_no = owners.find(tx, access)
    rows = tx.rows(
        "schema_sessions", owner_no=owner_no, least=LEAST_CHUNKS, count=limit, **owners.narrowing(access)
    )
    made = (_schema(tx, access, keyword, session_id, chunks) for session_id, chunks in rows)
    return tuple(schema for schema in made if schema is not None)


def _schema(
    tx: Transaction, access: Access, keyword: KeywordIndex, session_id: str, chunks: int
) -> SessionSchema | None:
    here = replace(access, scope=replace(access.scope, session_id=session_id))
    found = summaries.material(tx, here, session_id)
    if found is None:
        return None
    told = [said.text for said in summaries.worth_quoting(found) if said.role not in _MACHINES]
    words = candidates(told)
    keys = list(dict.fromkeys(key for word in words for key in word.keys))
    total, known = keyword.frequencies(tx, owners.find(tx, access), keys)
    chosen = keywords(words, known, max(total - len(told), 0), KEYWORDS)
    quoted = summaries.quoted(found, SENTENCE_CHARS, SENTENCE_SOURCES)
    return SessionSchema(
        session_id=session_id,
        keywords={word.word: round(word.weight, 3) for word in chosen},
        sentences=tuple(SchemaSentence(said.event_id, text) for said, text in quoted),
        chunks=chunks,
        messages=len(found.said),
        first_said_at=found.said[0].said_at,
        last_said_at=found.said[-1].said_at,
    )

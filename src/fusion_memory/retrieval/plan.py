"""Understand a question before anything is searched: its language, its phrases, the time it speaks of.

Rules only, no model; "now" is an argument.
"""

from __future__ import annotations

from datetime import datetime

from fusion_memory.core.records import QueryPlan, TimeSpan
from fusion_memory.text.dates import time_windows
from fusion_memory.text.language import dominant_language
from fusion_memory.text.tokens import query_terms


def plan(query: str, now: datetime) -> QueryPlan:
    """The plan of a question asked at a moment."""
    return QueryPlan(
        query=query,
        language=dominant_language(query),
        phrases=tuple(tuple(term.tokens) for term in query_terms(query)),
        windows=tuple(TimeSpan(w.start, w.end, w.text) for w in time_windows(query, now)),
    )

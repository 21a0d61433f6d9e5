"""Understand a question before anything is searched: its language, its phrases, its time, what it asks for.

Rules only, no model; "now" is an argument.
"""

from __future__ import annotations

from datetime import datetime

from fusion_memory.core.question import QueryPlan, TimeSpan
from fusion_memory.text import questions
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
        kind=questions.kind_of(query),
        names=questions.names_in(query),
        voice=questions.voice_of(query),
        wants_current=questions.wants_current(query),
    )

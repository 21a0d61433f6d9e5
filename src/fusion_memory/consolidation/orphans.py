"""Orphan sessions: a conversation that nobody closed and nobody goes on with is closed.

Why it exists: many callers never say that a session is over (S4.95 of the feature list waits two hours). Closing
means what ``save_session`` means: a summary beside the messages, and a memory card. It must not know callers.
"""

from __future__ import annotations

from typing import Final

from fusion_memory.consolidation import condense as condensing
from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.consolidation.condense import Due
from fusion_memory.core.layers import SUMMARY_SIZES, Cause
from fusion_memory.core.scope import Access
from fusion_memory.memory import condensations, summaries

SESSIONS_A_RUN: Final = 16


class Orphans:
    """The task ``orphans``."""

    name = "orphans"

    def run(self, care: Care, access: Access) -> CareReport:
        """Close sessions that are silent for ``condensation.orphan_minutes``, a few in one run."""
        found = condensing.orphans(care, access)
        for one in found[:SESSIONS_A_RUN]:
            here = condensations.at_session(access, one.session_id)
            size, now = SUMMARY_SIZES["session"], care.clock.now()
            summaries.refresh(care.database, here, size, care.ids, now, Cause.SESSION_END)
            condensing.condense(care, access, Due(one.session_id, Cause.SESSION_END))
        closed = min(len(found), SESSIONS_A_RUN)
        return CareReport({"closed": closed}, left=len(found) > closed)

"""Housekeeping: what was finished long ago and nobody asks about any more is taken out of the books.

It touches no memory. Given a ticket for the whole database it clears everybody's; given an owner's, that owner's.
"""

from __future__ import annotations

from datetime import timedelta

from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.scope import Access
from fusion_memory.memory import jobs, once, schedule_marks


class Housekeeping:
    """Drops jobs that ended ``care.keep_days`` ago, counters at nought, and keys of requests long done."""

    name = "housekeeping"

    def run(self, care: Care, access: Access) -> CareReport:
        """Clear what is old; see :class:`~fusion_memory.consolidation.care.CareTask`."""
        before = care.clock.now() - timedelta(days=care.settings.care.keep_days)
        with care.database.write() as tx:
            counts = {"jobs": jobs.prune(tx, access, before)}
            if jobs.is_whole_database(access.scope):
                counts["counters"] = schedule_marks.prune(tx)
                counts["requests"] = once.drop_expired(tx, care.clock.now())
        return CareReport(counts)

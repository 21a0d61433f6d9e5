"""Housekeeping: what was finished long ago and nobody asks about any more is taken out of the books.

It touches no memory. Given a ticket for the whole database it clears everybody's; given an owner's, that owner's.
"""

from __future__ import annotations

from datetime import timedelta

from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.scope import Access
from fusion_memory.memory import jobs, schedule_marks


class Housekeeping:
    """Drops jobs that ended ``care.keep_days`` ago, and counters of the schedule that stand at nought."""

    name = "housekeeping"

    def run(self, care: Care, access: Access) -> CareReport:
        """Clear what is old; see :class:`~fusion_memory.consolidation.care.CareTask`."""
        before = care.clock.now() - timedelta(days=care.settings.care.keep_days)
        with care.database.write() as tx:
            counts = {"jobs": jobs.prune(tx, access, before)}
            if jobs.is_whole_database(access.scope):
                counts["counters"] = schedule_marks.prune(tx)
        return CareReport(counts)

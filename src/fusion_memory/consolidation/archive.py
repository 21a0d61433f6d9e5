"""Archive: sayings of which everything was superseded long ago leave the views of searches; nothing is deleted.

Why it exists: an old address should not compete with the new one for ever (S4.95 waits thirty days). Whoever asks
for the archive finds them, history and facts know them, and what counts again comes back. It must not know tiers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, care_progress, holds, keeping, owners
from fusion_memory.storage.interface import Transaction

SAYINGS_A_RUN: Final = 256


class Archive:
    """The task ``archive``; it does nothing where ``compaction.archive_days`` is 0, but bring back what counts."""

    name = "archive"

    def run(self, care: Care, access: Access) -> CareReport:
        """Bring back what counts again, then put away what does not."""
        days, now = care.settings.compaction.archive_days, care.clock.now()
        with care.database.read() as tx:
            back, gone = self._found(tx, access, days, now)
        if back or gone:
            with care.database.write() as tx:
                owner_no = owners.find(tx, access)
                back, gone = self._found(tx, access, days, now)
                held = holds.on_events(tx, access, gone)
                gone = [event_no for event_no in gone if event_no not in held]
                keeping.restore(tx, owner_no, back)
                keeping.archive(tx, owner_no, gone, care_progress.SUPERSEDED, now)
                audit.record(tx, access, "archive", [], {"archived": len(gone), "restored": len(back)}, now)
        counts = {"archived": len(gone), "restored": len(back)}
        return CareReport(counts, left=SAYINGS_A_RUN in counts.values())

    @staticmethod
    def _found(tx: Transaction, access: Access, days: float, now: datetime) -> tuple[list[int], list[int]]:
        """Sayings to bring back and to put away."""
        before = now - timedelta(days=days)
        gone = care_progress.superseded(tx, access, before, SAYINGS_A_RUN) if days else []
        return care_progress.risen(tx, access, SAYINGS_A_RUN), gone

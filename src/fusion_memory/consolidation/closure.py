"""Closure of the associative graph: sayings that were never associated with their session get their edges.

Why it exists: edges are written when a saying comes in, so those stored before there were edges have none. Edges
over one memory between, and those over shared names, are read from these when asked, with half of the weaker weight
(S2.61): nothing of them is stored, so nothing can be stale. It must not know how words are compared.
"""

from __future__ import annotations

from typing import Final

from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.scope import Access
from fusion_memory.memory import associations, care_progress, owners

SAYINGS_A_RUN: Final = 512


class Closure:
    """The task ``closure``."""

    name = "closure"

    def run(self, care: Care, access: Access) -> CareReport:
        """Associate the next sayings with those before them; each is looked at once."""
        with care.database.read() as tx:
            after, _ = care_progress.reached(tx, access, self.name)
            page = care_progress.events_after(tx, access, after, SAYINGS_A_RUN)
        if not page:
            return CareReport({"associated": 0})
        with care.database.write() as tx:
            page = care_progress.events_after(tx, access, after, SAYINGS_A_RUN)  # one may be gone since
            if page:
                associations.note_again(tx, owners.find(tx, access), page)
                care_progress.reach(tx, access, self.name, page[-1], care.clock.now())
        return CareReport({"associated": len(page)}, left=len(page) == SAYINGS_A_RUN)

"""Backfill: vectors that are due are made, and a new model's space is filled until searches can switch to it.

Why it exists: a model that was down, or was changed, costs quality for a while, never memory. It must not know how
texts are cut or embedded.
"""

from __future__ import annotations

from typing import Final

from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.scope import Access
from fusion_memory.ingestion.embed import VectorMaker
from fusion_memory.memory import audit, outbox, spaces, tasks

JOBS_A_RUN: Final = 256


class Backfill:
    """The task ``backfill``; it does nothing without an embedder."""

    name = "backfill"

    def run(self, care: Care, access: Access) -> CareReport:
        """Make due vectors of the owner, then a page of those that the model's space lacks.

        Raises:
            ModelError: the model failed; what was made stays, the rest stays due.
        """
        if care.embedder is None:
            return CareReport({"embedded": 0, "filled": 0})
        maker = VectorMaker(care.database, care.embedder, care.clock)
        with care.database.read() as tx:
            jobs = tasks.due_of_owner(tx, access, outbox.EMBED, care.clock.now())
        caught = maker.work(jobs[:JOBS_A_RUN])
        if caught.error:
            raise caught.error
        space_no, other = maker.open_space()
        filled = maker.fill_of_owner(access, space_no) if other else 0
        counts = {"embedded": caught.embedded, "filled": filled, "switched": 0}
        if other and not filled:
            counts["switched"] = int(self._switch(care, access, space_no))
        return CareReport(counts, left=len(jobs) > JOBS_A_RUN or filled > 0)

    @staticmethod
    def _switch(care: Care, access: Access, space_no: int) -> bool:
        """Let searches use the new space once no owner lacks a vector in it."""
        with care.database.write() as tx:
            if spaces.missing(tx, space_no, 0):
                return False
            spaces.activate(tx, space_no)
            audit.record(tx, access, "switch_space", [], {"space": space_no}, care.clock.now())
            return True

"""Promotion: which facts are always at hand is decided anew, with the reasons in the audit trail.

Why it exists: a fact becomes important by being said again and loses importance with age, also while nobody asks.
Reads of core memory decide the same; this keeps them from having to write. It must not know how importance is told.
"""

from __future__ import annotations

from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.care_settings import is_on
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, core_facts, events


class Promotion:
    """The task ``promotion``; it does nothing where ``core.conscious_ingest`` is off."""

    name = "promotion"

    def run(self, care: Care, access: Access) -> CareReport:
        """Promote, keep and demote; a run that changes nothing writes nothing."""
        if not is_on("core.conscious_ingest", care.settings.core.conscious_ingest):
            return CareReport({"promoted": 0, "demoted": 0})
        now = care.clock.now()
        with care.database.read() as tx:
            at = events.present(tx, access, now)
            if core_facts.settled(tx, access, at):
                return CareReport({"promoted": 0, "demoted": 0})
        with care.database.write() as tx:
            change = core_facts.refresh(tx, access, at)
            listed = core_facts.listed(tx, access, at)
            why = {one.fact.id: list(one.reasons) for one in listed if one.fact.id in change.promoted}
            counts = {"promoted": len(change.promoted), "demoted": len(change.demoted)}
            moved = [*change.promoted, *change.demoted]
            audit.record(tx, access, "promote", moved, counts | {"reasons": why}, now)
        return CareReport(counts)

"""The policy of an owner at work: tiers follow use and age, what is expired or faded is put away.

Nothing is erased unless the policy says ``erase``. Must not know: what a policy says; that is judged elsewhere.
"""

from __future__ import annotations

from typing import Final

from fusion_memory.consolidation import policy_work
from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.scope import Access

MOST_DEEDS: Final = 1_000
"""Memories changed in one transaction; more of them are left for the next run, which is due at once."""


class PolicyTask:
    """Re-tier, archive, expire. Done again at once, it finds nothing to do."""

    name = "policy"

    def run(self, care: Care, access: Access) -> CareReport:
        """Do what is due for one owner, at most :data:`MOST_DEEDS` of it."""
        done, complete = policy_work.apply(
            care.database, care.ids, care.clock.now(), lambda _: [access], most=MOST_DEEDS
        )
        counts: dict[str, int] = {}
        for one in done.counts:
            counts[one.deed.value] = counts.get(one.deed.value, 0) + one.count
        if done.held:
            counts["held"] = done.held
        return CareReport(counts, left=not complete)

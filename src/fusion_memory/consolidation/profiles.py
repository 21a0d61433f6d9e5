"""Profile refresh: what facts amount to is derived again from their tellings, and put right where it differs.

Why it exists: profiles, views and conflicts are computed from facts when asked, so they are as right as the derived
columns of the ledger; a pass a day proves that these are what a derivation from scratch gives. It must not know
what a profile looks like.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, care_progress, owners, settling

TELLINGS_A_RUN: Final = 1_000
BETWEEN_PASSES: Final = timedelta(days=1)


class Profiles:
    """The task ``profiles``."""

    name = "profiles"

    def run(self, care: Care, access: Access) -> CareReport:
        """Check the next tellings; from the first one on again when a pass ended a day ago."""
        now = care.clock.now()
        with care.database.read() as tx:
            after, at = care_progress.reached(tx, access, self.name)
            resting = not after and at is not None and now - at < BETWEEN_PASSES
            found = None if resting else care_progress.claims_after(tx, access, after, 1)
        if found is None or not (found[2] or after):
            return CareReport({"checked": 0, "put_right": 0})
        with care.database.write() as tx:
            touched, checked, last = care_progress.claims_after(tx, access, after, TELLINGS_A_RUN)
            changed = settling.rederive(tx, owners.find(tx, access), touched)
            care_progress.reach(tx, access, self.name, last, now)
            if changed:
                audit.record(tx, access, "put_right", [], {"rows": changed}, now)
        return CareReport({"checked": checked, "put_right": changed}, left=last > 0)

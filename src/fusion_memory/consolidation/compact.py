"""Compaction: facts that say the same in other words become one fact with all of its sources.

Why it exists: the ladder that judges a claim when it comes in sees few others and sometimes no model; later all are
there. The same ladder judges, so that a number, a name or a negation more keeps two apart; nothing is deleted, and
a rebuild of the ledger undoes it. It must not know how likeness is measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from fusion_memory.consolidation import pairing
from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.consolidation.pairing import Pair
from fusion_memory.core.scope import Access
from fusion_memory.ingestion.dedup import Bars, Likeness, climb
from fusion_memory.memory import audit, care_progress, near_facts

METHOD: Final = "compaction"


class Compaction:
    """The task ``compaction``: due when ``compaction.after`` tellings came since the last run."""

    name = "compaction"

    def run(self, care: Care, access: Access) -> CareReport:
        """Join what is the same, at most ``compaction.cluster`` facts into one.

        Raises:
            ModelError: the embedder failed; nothing was joined.
        """
        with care.database.read() as tx:
            after, _ = care_progress.reached(tx, access, self.name)
            told, last = near_facts.told_since(tx, access, after)
            if told < max(1, care.settings.compaction.after):
                return CareReport({"compared": 0, "joined": 0})
            found = pairing.pairs(tx, access, after)
        more = len(found) > pairing.PAIRS_A_RUN
        found = found[: pairing.PAIRS_A_RUN]
        cosines = pairing.cosines(care, found)
        same = [pair for pair in found if same_claim(pair, cosines, bars_of(care)).rung]
        joined = self._join(care, access, same)
        left = more and joined > 0
        if not left:
            with care.database.write() as tx:
                care_progress.reach(tx, access, self.name, last, care.clock.now())
        return CareReport({"compared": len(found), "joined": joined}, left=left)

    @staticmethod
    def _join(care: Care, access: Access, same: list[Pair]) -> int:
        if not same:
            return 0
        now, most = care.clock.now(), max(1, care.settings.compaction.cluster)
        sizes: Counter[int] = Counter()
        joined = 0
        with care.database.write() as tx:
            for pair in same:
                both = near_facts.still_holding(tx, access, pair.older, pair.newer)
                if both is None:
                    continue
                older, newer = both
                size = sizes[older.known.group_no] + sizes[newer.known.group_no] + 2
                if size > most:
                    continue
                near_facts.join(tx, access, older, newer)
                near_facts.judged(tx, access, newer, "compacted", METHOD, now)
                sizes[older.known.group_no] = size - 1
                joined += 1
            if joined:
                audit.record(tx, access, "compact", [], {"joined": joined}, now)
        return joined


def same_claim(pair: Pair, cosines: Mapping[tuple[str, str], float], bars: Bars) -> Likeness:
    """Whether the newer fact of a pair repeats the older one, by the ladder that judges new claims."""
    return climb(pair.newer.claim, [pair.older.known], lambda left, right: cosines.get((left, right)), bars)


def bars_of(care: Care) -> Bars:
    """The bars of the ladder, none of them below ``compaction.cosine``."""
    wish, plain = care.settings.compaction.cosine, Bars()
    return Bars(
        cosine=max(plain.cosine, wish),
        cosine_by_type={kind: max(bar, wish) for kind, bar in plain.cosine_by_type.items()},
    )

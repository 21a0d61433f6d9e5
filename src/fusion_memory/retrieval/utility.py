"""Let a trained model judge what a search found: in the shadow, where it only writes down its opinion, or live.

Shadow: the order stays, every hit's utility stands in the result and in its trace. Live: twice as many hits are
taken, ordered by utility, and cut. Pure: hits, the present and the model are arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from fusion_memory.core.records import Drop, Hit, SearchOptions, SearchResult
from fusion_memory.core.utility import EXACT, UTILITY, UtilityModel, features_of

WIDER = 2
"""How many times the wanted hits a live model chooses from."""

MOST_HITS = 1_000
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Utility:
    """A model at work.

    Attributes:
        model: what was trained.
        live: it orders the hits; otherwise it only writes down its opinion.
    """

    model: UtilityModel
    live: bool = False

    def widened(self, options: SearchOptions) -> SearchOptions:
        """The options under which the recipe searches for this model."""
        return replace(options, limit=min(WIDER * options.limit, MOST_HITS)) if self.live else options

    def weigh(self, result: SearchResult, now: datetime, limit: int) -> SearchResult:
        """The result with the utility of each hit; ordered by it and cut to ``limit`` when the model is live.

        What says the question word for word stays in front. A live hit's score is its utility; the part named
        ``utility`` is what that adds to the score it had.
        """
        rows = features_of(result.hits, now)
        judged = [
            (hit, round(self.model.probability(row), DIGITS)) for hit, row in zip(result.hits, rows, strict=True)
        ]
        opinions = MappingProxyType({hit.span_id: probability for hit, probability in judged})
        if not self.live:
            return replace(result, utility=opinions)
        judged.sort(key=lambda pair: (EXACT not in pair[0].parts, -pair[1]))
        kept = tuple(_weighed(hit, probability) for hit, probability in judged[:limit])
        cut = tuple(Drop(hit.span_id, "below_limit", probability) for hit, probability in judged[limit:])
        return replace(result, hits=kept, drops=(*cut, *result.drops), utility=opinions)


def _weighed(hit: Hit, probability: float) -> Hit:
    parts = {**hit.parts, UTILITY: probability - hit.score}
    return replace(hit, score=probability, parts=MappingProxyType(parts))

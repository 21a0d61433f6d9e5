"""The reranking stage of a search: what is read inside the snapshot, and the call of the model after it closed.

What to read and how to weigh it is in ``rerank``. A reranker that fails costs the order it would have given,
never a search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fusion_memory.core.errors import ModelError
from fusion_memory.core.question import QueryPlan
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.scope import Access
from fusion_memory.core.settings import RerankerSettings
from fusion_memory.memory import spans
from fusion_memory.models.reranker_guard import GuardedReranker
from fusion_memory.retrieval.candidates import Candidates
from fusion_memory.retrieval.recipes import Recipe
from fusion_memory.retrieval.rerank import CONTEXT_CHARS, as_read, rows_to_read, weigh
from fusion_memory.storage.interface import Transaction
from fusion_memory.text.language import dominant_language

FEWEST = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reranker is given: rows of the candidates, and the text of each."""

    rows: tuple[int, ...]
    texts: tuple[str, ...]


class RerankStage:
    """Lets a reranker read the best candidates.

    Args:
        reranker: None: nothing is reranked.
        settings: override what a recipe says.
    """

    def __init__(self, reranker: GuardedReranker | None, settings: RerankerSettings) -> None:
        self._reranker = reranker
        self._settings = settings

    def prepare(
        self, tx: Transaction, access: Access, order: Sequence[int], candidates: Candidates, wanted: Wanted
    ) -> Reading | None:
        """Read what the reranker shall see; None when nothing is to be reranked."""
        reranker, recipe = self._reranker, wanted.recipe
        most = (self._settings.top_n or recipe.rerank_top) if recipe.rerank_top else 0
        if reranker is None or not most or not reranker.reads(wanted.language):
            return None
        rows = rows_to_read(order, candidates, most, by_session=wanted.by_session, recipe=recipe)
        span_nos = [candidates.places[row].span_no for row in rows]
        passages = spans.passages(tx, access, span_nos)
        around = spans.surroundings(tx, access, span_nos, CONTEXT_CHARS) if wanted.in_context else {}
        read = [
            (row, as_read(passages[span_no], around.get(span_no), wanted.words))
            for row, span_no in zip(rows, span_nos, strict=True)
            if span_no in passages and reranker.reads(dominant_language(passages[span_no].text))
        ]
        if len(read) < FEWEST:
            return None
        return Reading(tuple(row for row, _ in read), tuple(text for _, text in read))

    def apply(self, query: str, reading: Reading, candidates: Candidates, recipe: Recipe) -> tuple[str, ...]:
        """Ask the reranker and add its part to the candidates; what went wrong, in the words of ``degraded``."""
        if self._reranker is None:
            return ()
        try:
            scores = self._reranker.score(query, reading.texts)
        except ModelError as error:
            return (f"reranker_failed:{error.code}",)
        weigh(candidates, reading.rows, scores, self._settings.weight or recipe.rerank_weight)
        return ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search wants of the stage: its recipe, its language and words, and how it groups and filters."""

    recipe: Recipe
    language: str
    words: frozenset[str]
    by_session: bool
    in_context: bool

    @classmethod
    def of(cls, recipe: Recipe, plan: QueryPlan, options: SearchOptions) -> Wanted:
        """The wishes of a search. A filter of sayings also hides the turns around them."""
        narrowed = options.narrowed or options.as_of is not None
        words = frozenset(token for phrase in plan.phrases for token in phrase)
        return cls(recipe, plan.language, words, options.group_by == "session", not narrowed)

"""The read path on two screens: plan, embed, recall, fuse, rank, rerank, read, diversify, explain, pack.

Models are called outside the snapshot: the embedder before it opens, a reranker after it closed. Results are then
read in a second one; what was erased in between is not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from fusion_memory.core.clock import Clock, to_ms
from fusion_memory.core.ids import IdSource
from fusion_memory.core.records import Drop, SearchOptions, SearchResult
from fusion_memory.core.scope import Access, reaching
from fusion_memory.core.settings import RerankerSettings, RetrievalSettings
from fusion_memory.memory import outbox, spans
from fusion_memory.memory.spans import Passage
from fusion_memory.retrieval import rank
from fusion_memory.retrieval.asking import Asking
from fusion_memory.retrieval.candidates import Candidates
from fusion_memory.retrieval.diversify import diversify
from fusion_memory.retrieval.fuse import fuse
from fusion_memory.retrieval.graph_lane import connect
from fusion_memory.retrieval.growing import Ground, grown
from fusion_memory.retrieval.lanes import Lane, Question, recall, recall_threads
from fusion_memory.retrieval.passages import best_passage
from fusion_memory.retrieval.recipes import VECTOR, recipe_named
from fusion_memory.retrieval.reranking import RerankStage, Wanted
from fusion_memory.retrieval.shape import Ranked, Stopwatch, as_hit, as_trace, filter_of, ranked, reason_of
from fusion_memory.retrieval.stretches import Portion
from fusion_memory.retrieval.tracing import TraceLog
from fusion_memory.retrieval.utility import Utility
from fusion_memory.storage.interface import Database, SpanFilter, Transaction
from fusion_memory.text.tokens import terms

READ_WHOLE_CHARS = 8_000
PACK_HITS = 40
FIRST_HITS = 20
DROPS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What one search found, before it is shown: the chosen memories with their passages, and the rest."""

    chosen: list[tuple[Ranked, Passage]]
    drops: tuple[Drop, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A search and the portions that a pack of it may take."""

    result: SearchResult
    portions: tuple[Portion, ...]


class Retrieval:
    """Finds memories and packs them."""

    def __init__(
        self,
        database: Database,
        asking: Asking,
        settings: RetrievalSettings,
        clock: Clock,
        ids: IdSource,
        traces: TraceLog,
        reranking: RerankStage | None = None,
    ) -> None:
        self._database = database
        self._asking = asking
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._traces = traces
        self._reranking = reranking or RerankStage(None, RerankerSettings())
        self._utility: Utility | None = None

    def weigh_with(self, utility: Utility | None) -> None:
        """Let a trained model judge what is found from now on; None for none."""
        self._utility = utility

    def search(self, access: Access, query: str, options: SearchOptions) -> SearchResult:
        """The memories that fit a question, best first, with the reasons; ``access`` still has its session."""
        seen = reaching(access, options.allow_cross_session)
        if self._utility is None:
            result = self._search(seen, query, options)
        else:
            result = self._search(seen, query, self._utility.widened(options))
            result = self._utility.weigh(result, self._asking.present(options), options.limit)
        if result.trace_id:
            self._traces.note(access, as_trace(result.trace_id, result, self._clock.now()))
        return result

    def _search(self, access: Access, query: str, options: SearchOptions) -> SearchResult:
        watch = Stopwatch(self._clock)
        asked = self._asking.ask(query, options)
        question, degraded, recipe = asked.question, asked.degraded, asked.recipe
        watch.lap("embed")
        with self._database.read() as tx:
            question = replace(question, space_no=self._asking.space_of(tx, question))
            where = filter_of(tx, access, options)
            lanes = recall(self._database, tx, access, question, where, recipe)
            watch.lap("recall")
            candidates = self._rank(tx, access, question, where, lanes, options)
            order = self._order(candidates, options)
            watch.lap("rank")
            wanted = Wanted.of(recipe, question.plan, options)
            reading = self._reranking.prepare(tx, access, order, candidates, wanted)
            pool = self._pool(candidates, order, options)
            found = None if reading else self._choose(tx, access, question, pool, lanes, options)
            pending = outbox.count(tx, access)
        if pending and VECTOR in recipe.lanes and not degraded:
            degraded = (f"vectors_pending:{pending}",)
        watch.lap("read")
        if reading is not None:
            degraded += self._reranking.apply(query, reading, candidates, recipe)
            watch.lap("rerank")
            pool = self._pool(candidates, self._order(candidates, options), options)
        if found is None:
            with self._database.read() as tx:
                found = self._choose(tx, access, question, pool, lanes, options)
            watch.lap("show")
        return SearchResult(
            query=query,
            hits=tuple(as_hit(item, passage, lanes) for item, passage in found.chosen),
            plan=question.plan,
            recipe=recipe.name,
            drops=found.drops,
            degraded=degraded,
            trace_id=self._ids.new("trace", self._clock.now()) if options.trace else None,
            timings_ms=MappingProxyType(watch.laps),
        )

    def offer(self, access: Access, query: str, options: SearchOptions, budget_tokens: int) -> Offer:
        """What a pack of a budget may be made of: the hits, and what they grow to, in the order of its worth."""
        wide = replace(options, limit=max(options.limit, PACK_HITS))
        result = self.search(access, query, wide)
        access = reaching(access, options.allow_cross_session)
        with self._database.read() as tx:
            numbers = spans.numbers(tx, access, [hit.span_id for hit in result.hits])
            passages = spans.passages(tx, access, list(numbers.values()))
            hits = [
                Portion(passages[numbers[hit.span_id]], f"hit {place}: {reason_of(hit)}", hit.score)
                for place, hit in enumerate(result.hits, 1)
                if hit.span_id in numbers
            ]
            ground = Ground(tx, access, filter_of(tx, access, options))
            return Offer(result, tuple(grown(ground, hits, max(options.limit, FIRST_HITS), budget_tokens)))

    def _rank(
        self,
        tx: Transaction,
        access: Access,
        question: Question,
        where: SpanFilter,
        lanes: list[Lane],
        options: SearchOptions,
    ) -> Candidates:
        """All that the lanes found, with the parts of their scores."""
        recipe = recipe_named(options.recipe or self._settings.recipe)
        found = [span_no for lane in lanes for span_no, _ in lane.ranked]
        candidates = fuse(lanes, spans.places(tx, access, found), recipe, question.plan.voice)
        if recipe.thread_weight and len(candidates):
            threads = {place.thread for place in candidates.places}
            fitting = recall_threads(self._database, tx, question.plan, where, threads)
            rank.lift_threads(candidates, fitting, recipe)
        rank.favour_time(candidates, question.plan.windows, recipe)
        if recipe.graph_weight:
            lanes += connect(tx, where, question.plan.query, candidates, recipe)
        if recipe.neighbour_shares and len(candidates):
            best = [candidates.places[row].event_no for row in candidates.best_first()[: recipe.lenders].tolist()]
            near = spans.neighbours(tx, access, best, len(recipe.neighbour_shares))
            candidates.enter(spans.passing(tx, access, near, where))
        rank.lend(candidates, recipe)
        rank.favour_speakers(candidates, question.plan.query, recipe)
        rank.share_days(candidates, recipe)
        half_life = recipe.half_life_days or self._settings.half_life_days
        rank.fade(candidates, to_ms(self._asking.present(options)), recipe, half_life)
        return candidates

    def _order(self, candidates: Candidates, options: SearchOptions) -> list[int]:
        """Rows as they stand, best first."""
        recipe = recipe_named(options.recipe or self._settings.recipe)
        rows: list[int] = rank.order(candidates, by_session=options.group_by == "session", recipe=recipe).tolist()
        return rows

    def _pool(self, candidates: Candidates, order: Sequence[int], options: SearchOptions) -> list[Ranked]:
        """The candidates that will be read, best first."""
        recipe = recipe_named(options.recipe or self._settings.recipe)
        return [ranked(candidates, row) for row in order[: options.limit * recipe.pool]]

    def _choose(
        self,
        tx: Transaction,
        access: Access,
        question: Question,
        pool: Sequence[Ranked],
        lanes: Sequence[Lane],
        options: SearchOptions,
    ) -> Found:
        """The results with their passages, and what was left out."""
        recipe = recipe_named(options.recipe or self._settings.recipe)
        passages = spans.passages(tx, access, [item.span_no for item in pool])
        held = [(item, passages[item.span_no]) for item in pool if item.span_no in passages]
        low = [] if options.min_score is None else [pair for pair in held if pair[0].score < options.min_score]
        read = held[: len(held) - len(low)]
        words = [frozenset(terms(p.text)) for _, p in read] if recipe.mmr_lambda < 1 else []
        chosen = diversify([item.score for item, _ in read], words, options.limit, recipe.mmr_lambda)
        kept = set(chosen)
        drops = [
            Drop(p.span_id, "too_similar" if i < options.limit else "below_limit", item.score)
            for i, (item, p) in enumerate(read)
            if i not in kept
        ] + [Drop(p.span_id, "below_score", item.score) for item, p in low]
        shown = self._show_best(tx, access, question, [read[i] for i in chosen], lanes)
        return Found(shown, tuple(drops[:DROPS_KEPT]))

    def _show_best(
        self,
        tx: Transaction,
        access: Access,
        question: Question,
        chosen: list[tuple[Ranked, Passage]],
        lanes: Sequence[Lane],
    ) -> list[tuple[Ranked, Passage]]:
        """Let the best passage of each longer memory stand for it."""
        longer = [p.event_no for _, p in chosen if not p.whole and p.event_chars <= READ_WHOLE_CHARS]
        if not longer:
            return chosen
        cosines = next((dict(lane.ranked) for lane in lanes if lane.name == VECTOR), {})
        best: dict[int, int] = {}
        for event_no, texts in spans.texts_of_events(tx, access, longer).items():
            near = {span_no: cosines[span_no] for span_no in texts if span_no in cosines}
            best[event_no] = best_passage(texts, question.plan.phrases, near)
        shown = spans.passages(tx, access, list(best.values()))
        return [(item, shown.get(best.get(p.event_no, 0), p)) for item, p in chosen]

"""The calls of the service that answer: with the configured language model, another one, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from fusion_memory.core.answers import Answer, AnswerPart, Spending
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.scope import Access, Action, Scope, reaching
from fusion_memory.core.telemetry import ABSTAINED, ANSWER, RECORDS, observing
from fusion_memory.engine import packing, upkeep
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_BUDGET_TOKENS, require_count
from fusion_memory.engine.options import resolve as options_of
from fusion_memory.engine.parts import AUTO, Parts
from fusion_memory.memory import events, second_readings
from fusion_memory.memory.second_readings import Spent
from fusion_memory.models.language_model import LanguageModel, TextFunction
from fusion_memory.models.language_model_guard import GuardedLanguageModel, guarded
from fusion_memory.retrieval.answering.answerer import Inquiry
from fusion_memory.retrieval.answering.answerer import answer as answered
from fusion_memory.retrieval.answering.contract import events_cited
from fusion_memory.retrieval.answering.extractive import Material

PURPOSE = "answer"
READ_PORTIONS = 80

AnswerModel = LanguageModel | TextFunction | Literal["auto"] | None
"""``"auto"``: the service's language model, when it has one; None: no model; or the model of this call."""


class AnswerCalls(Calls):
    """See :class:`~fusion_memory.core.api.MemoryApi`."""

    def answer(
        self,
        query: str,
        scope: Scope,
        budget: int | None = None,
        options: SearchOptions | Mapping[str, Any] | None = None,
        *,
        model: AnswerModel = AUTO,
    ) -> Answer:
        """Answer a question from the memories, each claim with a checked quote, or say that they do not tell.

        Args:
            query: a question in English or Chinese.
            scope: whose memories.
            budget: tokens of the evidence; from the settings when absent.
            options: of the search.
            model: which model phrases it; without one it is quoted from the memories.

        Raises:
            InvalidOption: the budget is out of range, or ``model`` is neither a model nor ``"auto"`` nor None.
        """
        *_, last = self.answer_stream(query, scope, budget, options, model=model)
        if last.answer is None:
            raise RuntimeError("an answer ended without its record")
        return last.answer

    def answer_stream(
        self,
        query: str,
        scope: Scope,
        budget: int | None = None,
        options: SearchOptions | Mapping[str, Any] | None = None,
        *,
        model: AnswerModel = AUTO,
    ) -> Iterator[AnswerPart]:
        """The same answer in parts: each claim once it is checked, at the end the whole.

        A claim is never told before it is checked, so nothing that was told has to be taken back. What the model
        cost is noted before the first part, whether or not the last one is asked for.

        Raises:
            InvalidOption: as with ``answer``.
        """
        parts, access = self._enter(Action.READ, scope)
        wanted = options_of(options, {}, self._settings.retrieval)
        tokens = packing.budget_of(budget, wanted, self._settings.retrieval)
        require_count("budget", tokens, MAX_BUDGET_TOKENS)
        asked = _model_of(parts, model)
        inquiry = _inquiry(parts, access, query, wanted, tokens)
        return _told(parts, inquiry, asked)


def _model_of(parts: Parts, model: AnswerModel) -> GuardedLanguageModel | None:
    """The model of a call; only ``"auto"`` is the service's own, so that no other word asks it by mistake."""
    if model is None:
        return None
    if not isinstance(model, str):
        return guarded(model)
    if model != AUTO:
        raise InvalidOption(
            f"{model!r} is no model to answer with.",
            why='A model is an object or a function; by name there is only "auto", the model of the settings.',
            fix='pass model="auto", or model=None to answer without a model',
        )
    return parts.answering


def _inquiry(parts: Parts, access: Access, query: str, options: SearchOptions, tokens: int) -> Inquiry:
    """The evidence of a question and the memories it cites; everything that is read, is read here."""
    seen = reaching(access, options.allow_cross_session)
    upkeep.read_what_is_due(parts, seen)
    made = packing.packed(parts, access, query, options, tokens)
    with parts.database.read() as tx:
        cited = ((event_id, events.get(tx, seen, event_id)) for event_id in events_cited(made.pack))
        memories = {event_id: event for event_id, event in cited if event is not None}
    passages = [portion.passage for portion in made.offer.portions[:READ_PORTIONS]]
    given = options.asked_at or options.as_of
    day = given if isinstance(given, datetime) else parts.clock.now()
    material = Material(made.offer.result.plan, passages, made.known, made.pack)
    return Inquiry(material, memories, f"{day:%Y-%m-%d}", made.pack.degraded)


def _told(parts: Parts, inquiry: Inquiry, model: GuardedLanguageModel | None) -> Iterator[AnswerPart]:
    with observing(ANSWER) as seen:
        made = list(answered(inquiry, model))
        for part in made:
            if part.answer is not None:
                told = part.answer
                seen.attributes |= {RECORDS: len(told.evidence_source), ABSTAINED: told.abstained is not None}
    for part in made:
        if part.answer is not None and part.answer.spending.calls:
            _spend(parts, part.answer.spending)
    yield from made


def _spend(parts: Parts, cost: Spending) -> None:
    """Note what the model cost, beside what second readings cost."""
    spent = Spent(cost.calls, cost.failures, cost.input_tokens, cost.output_tokens, cost.seconds)
    with parts.database.write() as tx:
        second_readings.spend(tx, PURPOSE, spent, parts.clock.now())

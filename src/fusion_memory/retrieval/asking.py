"""From the words of a question to what the lanes need: its plan, its vector, the recipe it is asked by.

Models are called here, before any snapshot is opened: the embedder, and the refiner where there is one. It knows
no lanes and no ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import DimensionMismatch, ModelError
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.settings import RetrievalSettings
from fusion_memory.memory import spaces
from fusion_memory.models.interface import Embedder
from fusion_memory.retrieval.lanes import Question, Talk
from fusion_memory.retrieval.plan import plan
from fusion_memory.retrieval.recipes import VECTOR, Recipe, recipe_named
from fusion_memory.retrieval.refine import QuestionRefiner
from fusion_memory.storage.interface import Transaction
from fusion_memory.text.acceptance import require_text

if TYPE_CHECKING:
    from fusion_memory.storage.interface import Vectors

MAX_QUERY_CHARS = 100_000
TALK_CHARS = 1_200
"""How much of the conversation is read with a question: with it, about what an embedder reads of one text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be searched for, the recipe, and what was missing in the words of ``degraded``."""

    question: Question
    recipe: Recipe
    degraded: tuple[str, ...]


class Asking:
    """Reads questions.

    Args:
        embedder: None: keyword search only.
        settings: name the recipe where a question does not.
        clock: the present of a question that names none.
        refiner: a language model that reads questions too.
    """

    def __init__(
        self,
        embedder: Embedder | None,
        settings: RetrievalSettings,
        clock: Clock,
        refiner: QuestionRefiner | None = None,
    ) -> None:
        self._embedder = embedder
        self._settings = settings
        self._clock = clock
        self._refiner = refiner

    def ask(self, query: str, options: SearchOptions) -> Asked:
        """Read a question.

        Raises:
            EmptyText, InvalidText: it cannot be used.
            InvalidOption: there is no such recipe.
        """
        require_text(query, MAX_QUERY_CHARS, "The question")
        recipe = recipe_named(options.recipe or self._settings.recipe)
        before = talk_before(options.context, query) if recipe.context_weight else ""
        asked = [query, f"{before}\n{query}"] if before else [query]
        vectors, degraded = self._embed(asked, recipe)
        read = plan(query, self.present(options))
        if self._refiner is not None:
            read, failed = self._refiner.refine(read)
            degraded += failed
        talk = Talk(plan(asked[1], self.present(options)).phrases, vectors[1]) if before else None
        return Asked(Question(read, vectors[0], None, talk), recipe, degraded)

    def present(self, options: SearchOptions) -> datetime:
        """The moment that words like "yesterday" and the age of a memory refer to."""
        given = options.asked_at or options.as_of
        return given if isinstance(given, datetime) else self._clock.now()

    def space_of(self, tx: Transaction, question: Question) -> int | None:
        """The embedding space that the vector of a question may be compared in; None without either.

        Raises:
            DimensionMismatch: the stored vectors are of another model.
        """
        current = spaces.active(tx)
        if question.vector is None or self._embedder is None or current is None:
            return None
        space_no, space = current
        if space != self._embedder.space:
            raise DimensionMismatch(
                f"The vectors here were made by {space.name}, but the embedder is {self._embedder.space.name}."
            )
        return space_no

    def _embed(self, asked: Sequence[str], recipe: Recipe) -> tuple[Sequence[Vectors | None], tuple[str, ...]]:
        """A vector for each text, none where there is no model or it fails; what was missing."""
        absent = [None] * len(asked)
        if VECTOR not in recipe.lanes:
            return absent, ()
        if self._embedder is None:
            return absent, ("embedder_absent",)
        try:
            return list(self._embedder.embed_queries(asked)), ()
        except ModelError as error:
            return absent, (f"embedder_failed:{error.code}",)


def talk_before(context: Sequence[str], query: str) -> str:
    """The end of what was said before a question, a line each: the last sayings that fit, the very last always.

    Raises:
        InvalidText: a saying cannot be used.
    """
    kept: list[str] = []
    room = TALK_CHARS
    for said in reversed([said for said in context if said.strip() and said != query]):
        require_text(said, MAX_QUERY_CHARS, "What was said before the question")
        if len(said) > room and kept:
            break
        kept.append(said[-room:])
        room -= len(kept[-1])
        if room <= 0:
            break
    return "\n".join(reversed(kept))

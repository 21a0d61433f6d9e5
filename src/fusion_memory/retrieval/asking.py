"""From the words of a question to what the lanes need: its plan, its vector, the recipe it is asked by.

Models are called here, before any snapshot is opened: the embedder, and the refiner where there is one. It knows
no lanes and no ranking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import DimensionMismatch, ModelError
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.settings import RetrievalSettings
from fusion_memory.memory import spaces
from fusion_memory.models.interface import Embedder
from fusion_memory.retrieval.lanes import Question
from fusion_memory.retrieval.plan import plan
from fusion_memory.retrieval.recipes import VECTOR, Recipe, recipe_named
from fusion_memory.retrieval.refine import QuestionRefiner
from fusion_memory.storage.interface import Transaction
from fusion_memory.text.acceptance import require_text

if TYPE_CHECKING:
    from fusion_memory.storage.interface import Vectors

MAX_QUERY_CHARS = 100_000


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
        vector, degraded = self._embed(query, recipe)
        read = plan(query, self.present(options))
        if self._refiner is not None:
            read, failed = self._refiner.refine(read)
            degraded += failed
        return Asked(Question(read, vector, None), recipe, degraded)

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

    def _embed(self, query: str, recipe: Recipe) -> tuple[Vectors | None, tuple[str, ...]]:
        if VECTOR not in recipe.lanes:
            return None, ()
        if self._embedder is None:
            return None, ("embedder_absent",)
        try:
            return self._embedder.embed_queries([query])[0], ()
        except ModelError as error:
            return None, (f"embedder_failed:{error.code}",)

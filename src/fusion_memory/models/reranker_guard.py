"""Let no reranker hold up a search: a reranker around a reranker, with a deadline and a look at every score.

Whatever goes wrong inside, running out of time included, is a :class:`ModelError` outside.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

from fusion_memory.core.errors import InvalidOption, ModelError, RerankFailed
from fusion_memory.core.telemetry import MODEL, RERANK, TEXTS, observing
from fusion_memory.models.deadline import Deadline
from fusion_memory.models.reranker import Reranker, RerankUsage, reads


class GuardedReranker:
    """Asks the inner reranker in a thread of its own and waits for it only so long.

    A call that is not answered in time is forgotten; its thread ends when the reranker returns. A reranker with a
    method ``load`` is loaded by it first, outside the time limit.

    Args:
        inner: the reranker.
        timeout_s: longest wait of one call; 0 waits for ever.
        monotonic: seconds from an arbitrary start.
    """

    def __init__(
        self, inner: Reranker, timeout_s: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = inner
        fix = "raise the setting reranker.timeout_ms, lower reranker.top_n, or set reranker.kind to none"
        self._deadline = Deadline(f"The reranker {inner.name}", timeout_s, fix)
        self._monotonic = monotonic
        self._usage = RerankUsage()
        self._counting = threading.Lock()

    @property
    def name(self) -> str:
        """The inner reranker's."""
        return self._inner.name

    @property
    def usage(self) -> RerankUsage:
        """Of all calls since this was made."""
        with self._counting:
            return self._usage

    def reads(self, language: str) -> bool:
        """Whether the inner reranker reads a language."""
        return reads(self._inner, language)

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker``.

        Raises:
            ModelTimeout: no answer in time, or too many earlier calls are still without one.
            RerankFailed: it failed, or what it returned are no scores of these passages.
            ModelError: another failure of the model.
        """
        if not passages:
            return []
        with observing(RERANK) as seen:
            seen.attributes |= {MODEL: self.name, TEXTS: len(passages)}
            return self._scored(query, passages)

    def _scored(self, query: str, passages: Sequence[str]) -> list[float]:
        started = self._monotonic()
        failures: dict[str, int] = {}
        try:
            self._load()
            return self._judged(self._in_time(query, tuple(passages)), len(passages))
        except ModelError as error:
            failures = {error.code: 1}
            raise
        finally:
            spent = self._monotonic() - started
            with self._counting:
                self._usage += RerankUsage(1, len(passages), len(failures), spent, failures)

    def close(self) -> None:
        """Release the model, if it has something to release."""
        close = getattr(self._inner, "close", None)
        if callable(close):
            close()

    def _load(self) -> None:
        """Loading a model of this process takes its time once, and is not held against its first answer."""
        load = getattr(self._inner, "load", None)
        try:
            if callable(load):
                load()
        except Exception as error:
            raise self._as_model_error(error) from error

    def _in_time(self, query: str, passages: Sequence[str]) -> object:
        try:
            return self._deadline.run(lambda: self._inner.score(query, passages))
        except Exception as error:
            raise self._as_model_error(error) from error

    def _as_model_error(self, error: BaseException) -> ModelError:
        if isinstance(error, ModelError):
            return error
        return RerankFailed(f"The reranker {self.name} failed: {type(error).__name__}.", why=f"{error}.")

    def _judged(self, told: object, wanted: int) -> list[float]:
        try:
            scores = [float(score) for score in told]  # type: ignore[attr-defined] # whatever it is, it is tried
        except (TypeError, ValueError, OverflowError) as error:
            raise RerankFailed(f"The reranker {self.name} returned no numbers.", why=f"{error}.") from error
        if len(scores) != wanted:
            raise RerankFailed(f"The reranker {self.name} returned {len(scores)} scores for {wanted} passages.")
        if not all(map(math.isfinite, scores)):
            raise RerankFailed(f"The reranker {self.name} returned scores that are no numbers.")
        return scores


def guarded(given: Reranker, timeout_s: float) -> GuardedReranker:
    """The reranker with a guard around it; one that has it already stays as it is.

    Raises:
        InvalidOption: it is no reranker.
    """
    if isinstance(given, GuardedReranker):
        return given
    if not isinstance(given, Reranker):
        raise InvalidOption(
            f"A {type(given).__name__} is no reranker.",
            why="A reranker has a name and a method score(query, passages) that returns a number per passage.",
            fix="see fusion_memory.models.reranker.Reranker",
        )
    return GuardedReranker(given, timeout_s)

"""What a reranker is, for everyone who needs one and must not know which: a question and passages in, scores out.

It must not know where passages come from or what is done with the scores. Importing it costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@runtime_checkable
class Reranker(Protocol):
    """Reads a question and a passage together and says how well the passage answers it.

    Safe to call from several threads. A reranker may have an attribute ``languages``, a collection of ``"en"``
    and ``"zh"``: what is in another language is then not given to it. Without the attribute it reads everything.
    """

    @property
    def name(self) -> str:
        """How it is called in records, for instance the name of its model."""
        ...

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """A score per passage, in the order given; higher fits better. Only scores of one call compare.

        Args:
            query: the question as it was asked.
            passages: texts of some hundred characters; longer ones may be cut off.

        Raises:
            ModelError: no scores; nothing partial is returned.
        """
        ...


@dataclass(frozen=True, slots=True)
class RerankUsage:
    """What a reranker was used for so far; two records add up.

    Attributes:
        calls: questions it was asked, failed ones included.
        passages: given to it in all of them.
        failures: calls without scores, and ``by_reason`` how many of each error code.
        seconds: wall time of all calls, as their callers waited.
    """

    calls: int = 0
    passages: int = 0
    failures: int = 0
    seconds: float = 0.0
    by_reason: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: RerankUsage) -> RerankUsage:
        """Both records as one."""
        reasons = dict(self.by_reason)
        for reason, count in other.by_reason.items():
            reasons[reason] = reasons.get(reason, 0) + count
        return RerankUsage(
            self.calls + other.calls,
            self.passages + other.passages,
            self.failures + other.failures,
            self.seconds + other.seconds,
            reasons,
        )


def reads(reranker: object, language: str) -> bool:
    """Whether a reranker reads a language; one that does not say reads all of them."""
    languages = getattr(reranker, "languages", None)
    return languages is None or language in languages

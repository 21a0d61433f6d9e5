"""How much of a question stands in a text: its content words as the index knows them, the rare ones counting more.

Pure. Works on the phrases of a plan, so English words are stemmed and Chinese is cut into pairs, as in the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from fusion_memory.text.tokens import terms

Phrase = tuple[str, ...]


def spelled(text: str) -> str:
    """A text as index terms with a blank on each side, so that a phrase can be looked for."""
    return f" {' '.join(terms(text))} "


@dataclass(frozen=True)
class Wording:
    """The phrases of a question and what each one says: much, when few of the texts at hand have it.

    Attributes:
        weights: by phrase.
    """

    weights: Mapping[Phrase, float]

    @classmethod
    def among(cls, phrases: Sequence[Phrase], spelled_texts: Sequence[str], of: int = 0) -> Wording:
        """The weights of phrases among texts in the form of :func:`spelled` (the idf of BM25).

        ``of`` counts all texts where these are only those that have something of the question.
        """
        count = max(len(spelled_texts), of)
        weights = {}
        for phrase in phrases:
            needle = f" {' '.join(phrase)} "
            having = sum(needle in text for text in spelled_texts)
            weights[phrase] = log(1 + (count - having + 0.5) / (having + 0.5))
        return cls(weights)

    @property
    def total(self) -> float:
        """What all phrases weigh."""
        return sum(self.weights.values())

    def shared(self, spelled_text: str) -> frozenset[Phrase]:
        """The phrases that a text has."""
        return frozenset(phrase for phrase in self.weights if f" {' '.join(phrase)} " in spelled_text)

    def share(self, phrases: Iterable[Phrase]) -> float:
        """What some of the phrases weigh, as a part of all of them: 0 to 1."""
        total = self.total
        return sum(self.weights[phrase] for phrase in phrases) / total if total else 0.0

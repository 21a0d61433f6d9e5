"""Which stretches of a message are the speaker's own word, and whether he asks not to be remembered.

Why it exists: a model may take a quotation, or an order hidden in a pasted text, for what the speaker says; the
judgement of the rules decides. Must not know: models, claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fusion_memory.ingestion.extraction.clauses import clauses
from fusion_memory.ingestion.extraction.masks import MASK
from fusion_memory.ingestion.extraction.modality import judged
from fusion_memory.ingestion.extraction.reading import READ_CHARS


@dataclass(frozen=True, slots=True)
class OwnWords:
    """How the words of a message are meant.

    Attributes:
        private: the speaker asks that this is not remembered.
        masked: the message with a mask for what somebody else says; as far as messages are judged.
        orders: stretches that give orders to a memory or a model.
    """

    private: bool = False
    masked: str = ""
    orders: Sequence[tuple[int, int]] = ()

    def fault(self, first: int, last: int) -> str | None:
        """Why a stretch is not the speaker's own statement: ``quoted``, ``injected``; None when it is."""
        if MASK in self.masked[first:last]:
            return "quoted"
        return "injected" if any(first < end and begin < last for begin, end in self.orders) else None


def own_words(content: str, speaker: str | None) -> OwnWords:
    """Judge a message of somebody who speaks for himself."""
    masked, parts = clauses(content[:READ_CHARS], speaker)
    meant = judged(masked, parts)
    return OwnWords(
        any("forget" in clause.modality for clause in meant),
        masked,
        tuple((clause.first, clause.last) for clause in meant if "injected" in clause.modality),
    )

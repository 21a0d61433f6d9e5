"""How a question is understood, as frozen values: its kind, its times, whose words it asks for.

They know neither the rules that read questions nor what is done with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A half-open interval of time that a question speaks of, and the words that said so."""

    start: datetime
    end: datetime
    words: str = ""


class QuestionKind(StrEnum):
    """What a question asks for; decides how much raw evidence it gets and whose words count."""

    FACTUAL_EXACT = "factual_exact"
    TEMPORAL_LOOKUP = "temporal_lookup"
    EVENT_ORDERING = "event_ordering"
    CONTRADICTION = "contradiction"
    KNOWLEDGE_UPDATE = "knowledge_update"
    MULTI_SESSION = "multi_session"
    ABSTENTION = "abstention"
    SUMMARIZATION = "summarization"
    PREFERENCE = "preference"
    INSTRUCTION = "instruction"
    ASSISTANT_REFERENCE = "assistant_reference"


class Voice(StrEnum):
    """Whose words a question asks for."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How a question was understood.

    Attributes:
        query: the question.
        language: ``"en"``, ``"zh"``, ...
        phrases: what keyword search looks for; a phrase is a run of index terms that must stand side by side.
        windows: the times it speaks of.
        kind: what it asks for.
        names: what it names: quoted words and capitalised names, in its order.
        voice: whose words it asks for, when it says so.
        wants_current: it is about how things stand now.
    """

    query: str
    language: str
    phrases: tuple[tuple[str, ...], ...]
    windows: tuple[TimeSpan, ...] = ()
    kind: QuestionKind = QuestionKind.FACTUAL_EXACT
    names: tuple[str, ...] = ()
    voice: Voice | None = None
    wants_current: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """The phrases as people read them."""
        return tuple("".join(p) if not p[0].isascii() else " ".join(p) for p in self.phrases)

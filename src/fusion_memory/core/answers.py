"""What an answer is: claims with quotes that stand in the memories, or why there is none. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fusion_memory.core.packs import ContextPack
from fusion_memory.core.records import brief


class Abstention(StrEnum):
    """Why there is no answer."""

    NO_EVIDENCE = "no_evidence"
    CONTRADICTORY = "contradictory"
    MODEL_FAILED = "model_failed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a memory, checked: ``content[first:last]`` of the memory ``id`` is ``text``.

    ``citation`` is the line of the pack that shows it; empty when the pack has no such line.
    """

    id: str
    text: str
    first: int
    last: int
    said_at: datetime
    speaker: str
    citation: str = ""


@dataclass(frozen=True, slots=True)
class AnswerClaim:
    """One statement of an answer. Unless it is ``supported`` it is no part of the answer's text.

    ``reason`` says in a word why it is not: ``no_quote``, ``quote_not_found``, ``not_in_quote``,
    ``another_subject``, ``number``, ``polarity``.
    """

    text: str
    quotes: tuple[Quote, ...]
    supported: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Spending:
    """What a language model was used for in one answer."""

    model: str = ""
    calls: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that shows its evidence, or says that there is none.

    Attributes:
        query: the question.
        text: the supported claims as one text; when it abstains, a sentence that says so.
        claims: all of them, in order; those without support are marked and not in the text.
        evidence_supported: every claim in the text has a checked quote; False when it abstains.
        evidence_source: ids of the memories quoted.
        abstained: why there is no answer; None when there is one.
        confidence: 0 to 1; of an abstention 0.
        method: ``"model"`` or ``"extractive"``.
        degraded: what took no part, for instance ``"model_failed:timeout"``.
        spending: what the language model cost.
        contract: the version of prompt and checks.
        pack: the evidence it was made from.
    """

    query: str
    text: str
    claims: tuple[AnswerClaim, ...]
    evidence_supported: bool
    evidence_source: tuple[str, ...]
    abstained: Abstention | None
    confidence: float
    method: str
    degraded: tuple[str, ...]
    spending: Spending
    contract: str
    pack: ContextPack

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The quotes of the supported claims, each once."""
        return tuple(dict.fromkeys(quote for claim in self.claims if claim.supported for quote in claim.quotes))

    def __repr__(self) -> str:
        if self.abstained:
            return f"Answer(abstained: {self.abstained.value}, {brief(self.query)!r})"
        return f"Answer({brief(self.text)!r}, {len(self.quotes)} quotes, {self.method})"


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A piece of an answer as it comes: a supported claim, and at the end the whole ``answer``."""

    claim: AnswerClaim | None = None
    answer: Answer | None = None

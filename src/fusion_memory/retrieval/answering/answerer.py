"""Answer a question from its pack: by a language model that is held to its evidence, or from the words themselves.

The model is asked at most twice and never inside a transaction. When it fails, the words themselves answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from fusion_memory.core.answers import Abstention, Answer, AnswerClaim, AnswerPart, Spending
from fusion_memory.core.errors import ModelError
from fusion_memory.core.packs import ContextPack
from fusion_memory.core.records import Event
from fusion_memory.models.language_model import LanguageModel, ModelUsage, usage_of
from fusion_memory.retrieval.answering.contract import Grounds, checked
from fusion_memory.retrieval.answering.extractive import Extract, Material, extract
from fusion_memory.retrieval.answering.prompt import VERSION, prompt_for
from fusion_memory.retrieval.answering.reply import Told, read

ABSTENTIONS: Final = {
    Abstention.NO_EVIDENCE: ("The memory does not say.", "记忆中没有提到。"),
    Abstention.CONTRADICTORY: ("The memory holds contradictory statements.", "记忆中的说法互相矛盾。"),
    Abstention.MODEL_FAILED: (
        "The language model gave no answer, and the memory does not say.",
        "语言模型没有给出回答,记忆中也没有提到。",
    ),
    Abstention.UNSUPPORTED: (
        "What the language model answered is not borne out by the memory.",
        "语言模型的回答没有记忆作为依据。",
    ),
}
"""What is said instead of an answer, in English and Chinese."""

NO_FORM: Final = "no_form"
"""The model replied, but not in the form that was asked for."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that an answer is made of; ``memories`` are those that the pack cites, ``asked_on`` the day of asking."""

    material: Material
    memories: Mapping[str, Event]
    asked_on: str
    degraded: tuple[str, ...] = ()


def answer(inquiry: Inquiry, model: LanguageModel | None) -> Iterator[AnswerPart]:
    """The supported claims one by one, then the whole answer."""
    found = extract(inquiry.material)
    made = _asked(inquiry, model, found) if model is not None and _pack(inquiry).text else None
    whole = made or _extracted(inquiry, found)
    yield from (AnswerPart(claim=claim) for claim in whole.claims if claim.supported and not whole.abstained)
    yield AnswerPart(answer=whole)


def _asked(inquiry: Inquiry, model: LanguageModel, found: Extract) -> Answer:
    """What the model says, as far as it is borne out."""
    spent = Spending()
    hints: tuple[str, ...] = ()
    told: Told | None = None
    for _ in range(2):
        try:
            reply = model.complete(prompt_for(_pack(inquiry), inquiry.asked_on, hints))
        except ModelError as error:
            spent = _add(spent, ModelUsage(calls=1, failures=1))
            return _without_model(inquiry, found, f"model_failed:{error.code}", spent)
        spent = replace(_add(spent, usage_of(reply)), model=reply.model)
        told = read(reply.text)
        if told is None:
            return _without_model(inquiry, found, f"model_failed:{NO_FORM}", spent)
        if not told.abstains or found.abstained or hints:
            break
        hints = tuple(dict.fromkeys(q.citation for claim in found.claims for q in claim.quotes if q.citation))
        if not hints:
            break
    return _checked(inquiry, told, spent) if told else _without_model(inquiry, found, "model_failed", spent)


def _checked(inquiry: Inquiry, told: Told, spent: Spending) -> Answer:
    if told.abstains:
        contradicts = told.reason == Abstention.CONTRADICTORY.value
        reason = Abstention.CONTRADICTORY if contradicts else Abstention.NO_EVIDENCE
        return _made(inquiry, (), reason, 0.0, "model", spent)
    grounds = Grounds(_pack(inquiry), inquiry.memories)
    claims = tuple(checked(claim, grounds) for claim in told.claims)
    supported = sum(claim.supported for claim in claims)
    reason_not = None if supported else Abstention.UNSUPPORTED
    return _made(inquiry, claims, reason_not, told.confidence * supported / len(claims), "model", spent)


def _without_model(inquiry: Inquiry, found: Extract, why: str, spent: Spending) -> Answer:
    """The answer from the words themselves, saying what failed."""
    degraded = replace(inquiry, degraded=(*inquiry.degraded, why))
    reason = Abstention.MODEL_FAILED if found.abstained else None
    return _made(degraded, found.claims, reason, found.confidence, "extractive", spent)


def _extracted(inquiry: Inquiry, found: Extract) -> Answer:
    return _made(inquiry, found.claims, found.abstained, found.confidence, "extractive", Spending())


def _made(
    inquiry: Inquiry,
    claims: tuple[AnswerClaim, ...],
    abstained: Abstention | None,
    confidence: float,
    method: str,
    spent: Spending,
) -> Answer:
    pack = _pack(inquiry)
    supported = [claim for claim in claims if claim.supported]
    sources = tuple(dict.fromkeys(quote.id for claim in supported for quote in claim.quotes))
    told = "\n".join(claim.text for claim in supported)
    chinese = inquiry.material.plan.language == "zh"
    return Answer(
        query=pack.query,
        text=ABSTENTIONS[abstained][1 if chinese else 0] if abstained else told,
        claims=claims,
        evidence_supported=bool(supported) and abstained is None,
        evidence_source=() if abstained else sources,
        abstained=abstained,
        confidence=0.0 if abstained else round(confidence, 3),
        method=method,
        degraded=inquiry.degraded,
        spending=spent,
        contract=VERSION,
        pack=pack,
    )


def _pack(inquiry: Inquiry) -> ContextPack:
    if inquiry.material.pack is None:
        raise ValueError("an inquiry needs a pack")
    return inquiry.material.pack


def _add(spent: Spending, usage: ModelUsage) -> Spending:
    return replace(
        spent,
        calls=spent.calls + usage.calls,
        failures=spent.failures + usage.failures,
        input_tokens=spent.input_tokens + usage.input_tokens,
        output_tokens=spent.output_tokens + usage.output_tokens,
        seconds=spent.seconds + usage.seconds,
    )

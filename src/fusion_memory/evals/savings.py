"""How many tokens a pack of evidence takes, beside the whole history and beside the last messages.

Tokens saved say nothing alone: an empty pack saves all of them. So the share of the gold that each way holds stands
beside its tokens. It asks the memory as an agent does and knows no ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.records import SearchOptions
from fusion_memory.evals.ledger import Ledger
from fusion_memory.evals.records import Question

LAST_MESSAGES = 20
"""How many messages a chat window without a memory keeps: the working memory's default."""

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Packed:
    """One question read three ways: tokens, and the share of its gold (0 to 1) that they hold."""

    question: Question
    tokens: int
    evidence: float
    foreign: int
    whole_tokens: int
    last_tokens: int
    last_evidence: float


def pack_for(
    memory: MemoryApi, question: Question, options: SearchOptions, ledger: Ledger, budget: int | None = None
) -> Packed:
    """Ask for the pack of a question, within the configured budget or another one, and weigh it.

    Raises:
        FusionMemoryError: the memory refused the question.
    """
    pack = memory.answer_context(question.query, question.scope, budget, options)
    cited = [ledger.unit_of(question.scope, item.id) for item in pack.items]
    history = ledger.history(question)
    last = history[-LAST_MESSAGES:]
    return Packed(
        question=question,
        tokens=pack.tokens,
        evidence=_share(question, cited),
        foreign=sum(unit is None for unit in cited),
        whole_tokens=sum(line.tokens for line in history),
        last_tokens=sum(line.tokens for line in last),
        last_evidence=_share(question, [line.unit for line in last]),
    )


def savings_of(packed: Sequence[Packed]) -> dict[str, Any]:
    """The figures over all questions; empty when nothing was packed.

    ``pack_complete`` is the share of questions all of whose gold is in the pack, ``saved`` is 1 minus the mean
    tokens of a pack over those of the whole history.
    """
    if not packed:
        return {}
    whole = float(np.mean([one.whole_tokens for one in packed]))
    pack = float(np.mean([one.tokens for one in packed]))
    return {
        "questions": len(packed),
        "pack_tokens": round(pack, 1),
        "pack_evidence": _mean([one.evidence for one in packed]),
        "pack_complete": _mean([float(one.evidence == 1) for one in packed]),
        "whole_tokens": round(whole, 1),
        "saved": round(1 - pack / whole, DIGITS) if whole else 0.0,
        "last_messages": LAST_MESSAGES,
        "last_tokens": round(float(np.mean([one.last_tokens for one in packed])), 1),
        "last_evidence": _mean([one.last_evidence for one in packed]),
    }


def _share(question: Question, units: Sequence[str | None]) -> float:
    return len(question.gold.intersection(unit for unit in units if unit)) / len(question.gold)


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), DIGITS)

"""How much of what came back belongs to somebody else: foreign hits over all hits. It must be 0.

A hit is foreign when the scope that asked was never told it. Only a set of several people can show anything, so
their number stands beside the rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fusion_memory.evals.records import Question, QuestionSet
from fusion_memory.evals.run import Answer, Outcome


def pollution_of(outcome: Outcome) -> dict[str, Any]:
    """People, hits and foreign hits of a run over every recipe and pack, and the questions that saw one."""
    answers = [answer for asked in (outcome.main, *outcome.ablations) for answer in asked.answers]
    hits = sum(answer.hits for answer in answers)
    foreign = sum(answer.foreign for answer in answers) + sum(one.foreign for one in outcome.packed)
    return {
        "people": _people_in_one_memory(outcome.asked),
        "hits": hits,
        "foreign": foreign,
        "rate": foreign / hits if hits else 0.0,
        "questions": _touched(answers, (one.question for one in outcome.packed if one.foreign)),
    }


def _people_in_one_memory(given: QuestionSet) -> int:
    return 1 if given.separate else len({conversation.scope for conversation in given.conversations})


def _touched(answers: Sequence[Answer], packed: Iterable[Question]) -> list[str]:
    """Ids of the questions that were shown something foreign."""
    return sorted({answer.question.id for answer in answers if answer.foreign} | {one.id for one in packed})

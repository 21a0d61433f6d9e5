"""How well a changing answer was followed: is the last value current, alone, and is its history whole. Pure.

A fact tells the value that stands in its object, or else the only value that stands in its words. Only what is
about the subject counts; for a thing, a fact that names it in its words is about it too. Denials tell no value.

The current value is right when a current fact tells it and no current fact on the same matter tells anything else.
The same matter is the same slot or, for facts without a slot, the same predicate. The history is right when the
facts in the order in which they held tell the expected values in their order and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fusion_memory.core.knowledge import USER, Fact, FactState
from fusion_memory.evals.fact_matching import denies, holds, is_about
from fusion_memory.evals.fact_records import Chain
from fusion_memory.text.folding import fold


@dataclass(frozen=True, slots=True)
class Followed:
    """One chain after it was read back.

    Attributes:
        current: whether the last value is the current one and the only one.
        known: how many of the values were understood at all.
        history: the values as the facts tell them, in the order in which they held.
    """

    chain: Chain
    current: bool
    known: int
    history: tuple[str, ...]
    facts: tuple[Fact, ...]

    @property
    def whole(self) -> bool:
        """Whether the history is the expected one."""
        return self.history == self.chain.history


def follow(chain: Chain, facts: Sequence[Fact]) -> Followed:
    """Compare a chain with the facts of every state that is or was believed."""
    about = [fact for fact in facts if _is_about(fact, chain) and not denies(fact)]
    told = [(fact, value) for fact in about if (value := _value(fact, chain)) is not None]
    in_order = sorted(told, key=lambda pair: (pair[0].valid_from, pair[0].said_at))
    return Followed(
        chain=chain,
        current=_is_current(chain, about, [fact for fact, value in told if value == chain.expect]),
        known=len({value for _, value in told}),
        history=tuple(value for value, _ in groupby(value for _, value in in_order)),
        facts=tuple(about),
    )


def metrics(rows: Sequence[Followed]) -> dict[str, float]:
    """The shares of chains whose current value and whose history are right, and of values understood at all."""
    count = len(rows) or 1
    values = sum(len(set(row.chain.history)) for row in rows)
    return {
        "chain_current_accuracy": sum(row.current for row in rows) / count,
        "chain_history_accuracy": sum(row.whole for row in rows) / count,
        "chain_value_recall": sum(row.known for row in rows) / values if values else 0.0,
    }


def by_category(rows: Sequence[Followed]) -> dict[str, dict[str, float]]:
    """The figures by language and by the first word of the slot."""
    groups: dict[str, list[Followed]] = {}
    for row in rows:
        groups.setdefault(f"chains: {row.chain.language}", []).append(row)
        groups.setdefault(f"slot: {row.chain.slot.split()[0]}", []).append(row)
    return {name: {"questions": len(group), **metrics(group)} for name, group in sorted(groups.items())}


def failures(rows: Sequence[Followed]) -> list[dict[str, Any]]:
    """What was not followed, chain by chain, for people."""
    return [
        {
            "id": row.chain.id,
            "said": [f"{one.at:%Y-%m-%d} {one.speaker or one.role}: {one.content}" for one in row.chain.said],
            "expected": list(row.chain.history),
            "history": list(row.history),
            "current": row.current,
            "facts": [f"{fact.state.value} {fact.slot}: {fact.object!r} [{fact.rule}]" for fact in row.facts],
        }
        for row in rows
        if not (row.current and row.whole)
    ]


def _is_about(fact: Fact, chain: Chain) -> bool:
    """Whether a fact is about the chain's subject; a thing may stand in the words of a fact."""
    people = {USER, *(one.speaker for one in chain.said if one.speaker)}
    if is_about(fact.subject, chain.subject):
        return True
    return chain.subject not in people and holds(fold(fact.text), chain.subject)


def _value(fact: Fact, chain: Chain) -> str | None:
    values = list(dict.fromkeys(chain.history))
    in_object = [value for value in values if holds(fold(fact.object), value)]
    found = in_object or [value for value in values if holds(fold(fact.text), value)]
    return found[0] if len(found) == 1 else None


def _is_current(chain: Chain, about: Sequence[Fact], right: Sequence[Fact]) -> bool:
    now = [fact for fact in right if fact.state is FactState.CURRENT]
    matters = {_matter(fact) for fact in now}
    rivals = [fact for fact in about if fact.state is FactState.CURRENT and _matter(fact) in matters]
    return bool(now) and all(_value(fact, chain) == chain.expect for fact in rivals)


def _matter(fact: Fact) -> str:
    return f"slot {fact.slot}" if fact.slot else f"predicate {fact.predicate}"

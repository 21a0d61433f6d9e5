"""Measure understanding: tell a memory what was said, read its facts back, compare them with what should be known.

The memory is used the way a user uses it: ``add_batch``, then ``facts``. Every example, chain and session has an
owner of its own, so that nothing leaks from one to the next. Gold is compared here only, after the memory has
answered. It knows no extractor and no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from fusion_memory import __version__
from fusion_memory.core.api import Input
from fusion_memory.core.knowledge import Fact
from fusion_memory.core.records import AddResult
from fusion_memory.core.scope import Scope
from fusion_memory.evals import chain_scores, fact_scores, memory_scores
from fusion_memory.evals.datasets import golden, realmem
from fusion_memory.evals.fact_records import Said
from fusion_memory.evals.records import owner
from fusion_memory.evals.report import DIGITS, Report
from fusion_memory.evals.run import Advance, Tools

PAGE = 100

T = TypeVar("T")


class FactMemory(Protocol):
    """The part of the public face that this measure needs; the calls are those of ``MemoryApi``."""

    def add_batch(self, inputs: Iterable[Input], scope: Scope) -> AddResult:
        """Store many inputs."""
        ...

    def memory_flush(self, scope: Scope) -> Mapping[str, int]:
        """Understand now whatever still waits."""
        ...

    def facts(
        self, scope: Scope, query: str | None = None, *, state: str = ..., limit: int = ..., after: str | None = ...
    ) -> tuple[Fact, ...]:
        """Facts of a state, a page at a time; ``after`` is the id of the last fact of the page before."""
        ...

    def close(self) -> None:
        """Finish."""
        ...


OpenFacts = Callable[[], FactMemory]
"""Opens an empty memory; whoever opens it closes it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to measure.

    Attributes:
        failures: tell also what was missed and what was wrong.
        sample: at most so many examples, chains or sessions, drawn at random; None for all.
        seed: of the sample.
    """

    failures: bool = False
    sample: int | None = None
    seed: int = 0


def measure(path: Path, open_memory: OpenFacts, choice: Choice, tools: Tools) -> Report:
    """Measure understanding on golden examples and chains, or on RealMem, whichever the path holds.

    Returns:
        ``{"dataset", "metrics", "by_category", "questions", "seconds", "version"}``, shares between 0 and 1, and
        ``failures`` when they are wanted. ``questions`` counts examples and chains, or gold memories.

    Raises:
        DatasetInvalid: the path holds neither.
        FusionMemoryError: the memory refused a message.
    """
    started = tools.clock.monotonic()
    of_kind = _realmem if realmem.holds(path) else _golden
    report = of_kind(path, open_memory, choice, tools)
    seconds = round(tools.clock.monotonic() - started, 2)
    return {**report, "seconds": seconds, "seed": choice.seed, "version": __version__}


def _golden(path: Path, open_memory: OpenFacts, choice: Choice, tools: Tools) -> Report:
    examples, chains = golden.load(path)
    examples, chains = _drawn(examples, choice), _drawn(chains, choice)
    count = len(examples) + len(chains)
    with closing(open_memory()) as memory, tools.progress("understanding", "examples", float(count)) as advance:
        told = _told([*(one.said for one in examples), *(one.said for one in chains)], memory, advance)
        judged = [fact_scores.judge(example, next(told)) for example in examples]
        followed = [chain_scores.follow(chain, next(told)) for chain in chains]
    figures = fact_scores.metrics(judged) if judged else {}
    missed = [*fact_scores.failures(judged), *chain_scores.failures(followed)]
    return {
        "dataset": "golden",
        "questions": count,
        "metrics": _rounded({**figures, **(chain_scores.metrics(followed) if followed else {})}),
        "by_category": _rounded_all({**fact_scores.by_category(judged), **chain_scores.by_category(followed)}),
        **({"failures": missed} if choice.failures else {}),
    }


def _realmem(path: Path, open_memory: OpenFacts, choice: Choice, tools: Tools) -> Report:
    dialogues = _drawn(realmem.load(path), choice)
    count = float(len(dialogues))
    with closing(open_memory()) as memory, tools.progress("understanding", "sessions", count) as advance:
        told = _told([one.said for one in dialogues], memory, advance)
        rows = [memory_scores.compare(one, [fact.text for fact in next(told)]) for one in dialogues]
    return {
        "dataset": "realmem",
        "questions": sum(len(row.memories) for row in rows),
        "metrics": _rounded(memory_scores.metrics(rows)),
        "by_category": _rounded_all(memory_scores.by_category(rows)),
        **({"failures": memory_scores.failures(rows)} if choice.failures else {}),
    }


def _told(each: Iterable[Sequence[Said]], memory: FactMemory, advance: Advance) -> Iterator[list[Fact]]:
    """Tell the memory one conversation after the other, and read back what it believes or believed of each."""
    for number, said in enumerate(each, 1):
        scope = owner(number)
        memory.add_batch([_input(one, place) for place, one in enumerate(said, 1)], scope)
        memory.memory_flush(scope)
        advance(1)
        yield [fact for state in fact_scores.BELIEVED for fact in _pages(memory, scope, state.value)]


def _pages(memory: FactMemory, scope: Scope, state: str) -> Iterator[Fact]:
    after: str | None = None
    while True:
        page = memory.facts(scope, state=state, limit=PAGE, after=after)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _input(one: Said, place: int) -> dict[str, Any]:
    return {"id": str(place), "role": one.role, "content": one.content, "name": one.speaker, "time": one.at}


def _drawn(items: tuple[T, ...], choice: Choice) -> tuple[T, ...]:
    """At most as many as wanted, in their old order."""
    if choice.sample is None or choice.sample >= len(items):
        return items
    rng = np.random.default_rng(choice.seed)
    places = sorted(rng.choice(len(items), size=choice.sample, replace=False).tolist())
    return tuple(items[place] for place in places)


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, DIGITS) for name, value in values.items()}


def _rounded_all(groups: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {name: _rounded(values) for name, values in groups.items()}

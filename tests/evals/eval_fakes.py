"""Memories to measure: one that ranks by shared words, one that knows the answer, one that guesses."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fusion_memory.core.clock import parse_time
from fusion_memory.core.records import AddResult, Hit, QueryPlan, SearchOptions, SearchResult
from fusion_memory.core.scope import Scope


@dataclass
class Kept:
    scope: Scope
    message: Mapping[str, Any]


@dataclass
class FakeMemory:
    """Meets the part of MemoryApi that evaluations use; ranks by the number of shared words."""

    kept: list[Kept] = field(default_factory=list)
    asked: list[tuple[str, Scope, SearchOptions]] = field(default_factory=list)
    closed: bool = False
    degraded: tuple[str, ...] = ()

    def add_batch(self, inputs: Iterable[Any], scope: Scope) -> AddResult:
        before = len(self.kept)
        for given in inputs:
            self.kept += [Kept(scope, message) for message in (given if isinstance(given, list) else [given])]
        new = len(self.kept) - before
        ids = tuple(memory_id(kept.scope, kept.message) for kept in self.kept[before:])
        return AddResult(ids, new, degraded=self.degraded)

    def search(self, query: str, scope: Scope, options: SearchOptions | None = None, **_: Any) -> SearchResult:
        wanted = options or SearchOptions()
        self.asked.append((query, scope, wanted))
        own = [kept.message for kept in self.kept if kept.scope == scope]
        if wanted.session_ids:
            own = [message for message in own if message["session_id"] in wanted.session_ids]
        ranked = sorted(own, key=lambda message: -self.score(query, message))
        if wanted.group_by == "session":
            ranked = list({message["session_id"]: message for message in reversed(ranked)}.values())[::-1]
        hits = tuple(as_hit(scope, message, rank) for rank, message in enumerate(ranked[: wanted.limit], 1))
        plan = QueryPlan(query, "en", ())
        return SearchResult(query, hits, plan, wanted.recipe or "balanced", degraded=self.degraded)

    def score(self, query: str, message: Mapping[str, Any]) -> float:
        return len(words(query) & words(message["content"]))

    def close(self) -> None:
        self.closed = True


@dataclass
class Guessing(FakeMemory):
    """A broken memory: what it returns has nothing to do with the question."""

    dice: random.Random = field(default_factory=lambda: random.Random(5))

    def score(self, query: str, message: Mapping[str, Any]) -> float:
        return self.dice.random()


@dataclass
class Oracle(FakeMemory):
    """Knows which units hold the evidence of each question."""

    knows: Callable[[str, Mapping[str, Any]], bool] = lambda query, message: False

    def score(self, query: str, message: Mapping[str, Any]) -> float:
        return float(self.knows(query, message))


def memory_id(scope: Scope, message: Mapping[str, Any]) -> str:
    return f"mem_{scope.user_id}_{message['id']}"


def as_hit(scope: Scope, message: Mapping[str, Any], rank: int) -> Hit:
    return Hit(
        id=memory_id(scope, message),
        span_id=f"{memory_id(scope, message)}#0",
        text=message["content"],
        score=1 / rank,
        role=message["role"],
        speaker=message["name"],
        said_at=parse_time(message["time"]) or datetime(2024, 1, 1, tzinfo=UTC),
        session_id=message["session_id"],
        client_id=message["id"],
        metadata={},
        lanes=(),
        parts={},
    )


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))

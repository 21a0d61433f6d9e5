"""A memory whose understanding is given to it, and what it takes to measure one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fusion_memory.core.knowledge import Fact, FactState, FactType, Granularity, Polarity, TimeMention
from fusion_memory.core.records import AddResult
from fusion_memory.core.scope import Scope
from fusion_memory.evals.extraction import Choice, measure
from fusion_memory.evals.run import Tools

SAID_AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
Extractor = Callable[[Mapping[str, Any]], list[Fact]]


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def fact(type_: str, subject: str, predicate: str, value: str, text: str = "", **more: Any) -> Fact:
    made = Fact(
        id="",
        type=FactType(type_),
        subject=subject,
        predicate=predicate,
        object=value,
        text=text or f"{subject} {predicate} {value}",
        polarity=Polarity.POSITIVE,
        slot=None,
        confidence=0.9,
        importance=0.5,
        valid_from=SAID_AT,
        valid_to=None,
        said_at=SAID_AT,
        recorded_at=SAID_AT,
        state=FactState.CURRENT,
    )
    return replace(made, **more)


def at(start: datetime, end: datetime) -> TimeMention:
    return TimeMention(start, end, Granularity.DAY)


@dataclass
class Understanding:
    """The part of a memory that the measure needs; what it makes of a message is given to it."""

    extract: Extractor
    kept: dict[Scope, list[Fact]] = field(default_factory=dict)
    limits: list[int] = field(default_factory=list)
    flushed: int = 0
    closed: bool = False

    def add_batch(self, inputs: Iterable[Any], scope: Scope) -> AddResult:
        own = self.kept.setdefault(scope, [])
        for given in inputs:
            own += [replace(one, id=f"fact-{len(own) + n}") for n, one in enumerate(self.extract(given))]
        return AddResult((), 0)

    def memory_flush(self, scope: Scope) -> Mapping[str, int]:
        self.flushed += 1
        return {}

    def facts(
        self,
        scope: Scope,
        query: str | None = None,
        *,
        state: str = "current",
        limit: int = 100,
        after: str | None = None,
    ) -> tuple[Fact, ...]:
        self.limits.append(limit)
        own = [one for one in self.kept[scope] if one.state.value == state]
        first = next((place for place, one in enumerate(own, 1) if one.id == after), 0)
        return tuple(own[first : first + limit])

    def close(self) -> None:
        self.closed = True


def run(path: Path, extract: Extractor, **choice: Any) -> dict[str, Any]:
    memory = Understanding(extract)
    report = measure(path, lambda: memory, Choice(**choice), Tools.silent())
    assert memory.closed
    assert memory.flushed == len(memory.kept)
    return report


def nothing(_given: Mapping[str, Any]) -> list[Fact]:
    return []


def put_lines(path: Path, rows: Iterable[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def example(name: str, content: str, facts: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "said_at": SAID_AT.isoformat(),
        "messages": [{"role": "user", "speaker": None, "content": content}],
        "facts": facts,
        **more,
    }

"""Who wants to know what a memory does installs an observer; without one, telling costs a look at an empty tuple.

Why it exists: metrics and traces are no part of what they observe. It must not know who listens. What is told are
names, counts, sizes and error codes: never a text, a question, a name of a person or a secret.

The names are those of the OpenTelemetry conventions for generative AI, whose operations on memory are
``search_memory``, ``upsert_memory``, ``update_memory`` and ``delete_memory``, and whose model calls are
``chat`` and ``embeddings`` (github.com/open-telemetry/semantic-conventions-genai, in development). What they
do not name stands under ``fusion_memory.``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Protocol

from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.scope import Scope

Attribute = str | int | float | bool

SEARCH: Final = "search_memory"
ADD: Final = "upsert_memory"
UPDATE: Final = "update_memory"
ERASE: Final = "delete_memory"
ANSWER: Final = "answer"
CHAT: Final = "chat"
EMBEDDINGS: Final = "embeddings"
RERANK: Final = "rerank"

RECORDS: Final = "gen_ai.memory.record.count"
MODEL: Final = "gen_ai.request.model"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
TEXTS: Final = "fusion_memory.texts"
RECIPE: Final = "fusion_memory.recipe"
DEGRADED: Final = "fusion_memory.degraded"
PACK_TOKENS: Final = "fusion_memory.pack.tokens"
PACK_BUDGET: Final = "fusion_memory.pack.budget_tokens"
ABSTAINED: Final = "fusion_memory.answer.abstained"

OTHER: Final = "_OTHER"
"""The error of what is no error of ours, as the conventions call it."""


@dataclass(slots=True)
class Observation:
    """One thing done: filled while it is done, complete when an observer hears of its end.

    Attributes:
        operation: what is done, one of the names above.
        attributes: names, counts and sizes.
        seconds: how long it took.
        error: the code of the error it ended with.
    """

    operation: str
    attributes: dict[str, Attribute] = field(default_factory=dict)
    seconds: float = 0.0
    error: str | None = None


class Observer(Protocol):
    """Hears of everything that is done, in the thread that does it. What it raises is ignored."""

    def begin(self, observation: Observation) -> object:
        """It begins; what is returned is handed back at the end."""
        ...

    def end(self, observation: Observation, begun: object) -> None:
        """It is over."""
        ...


_observers: tuple[Observer, ...] = ()
_reached: ContextVar[set[Scope] | None] = ContextVar("fusion_memory_reached", default=None)


def install(observer: Observer) -> Callable[[], None]:
    """Let somebody hear of everything this process does; call what is returned to end that."""
    global _observers  # noqa: PLW0603 (observers are of the process, as a tracer or a registry of metrics is)
    _observers = (*_observers, observer)

    def remove() -> None:
        global _observers  # noqa: PLW0603 (see above)
        _observers = tuple(one for one in _observers if one is not observer)

    return remove


@contextmanager
def observing(operation: str, **attributes: Attribute) -> Iterator[Observation]:
    """Tell observers of what is done inside; they cannot harm it."""
    seen = Observation(operation, dict(attributes))
    observers = _observers
    if not observers:
        yield seen
        return
    begun = [(observer, _begin(observer, seen)) for observer in observers]
    started = time.perf_counter()
    try:
        yield seen
    except FusionMemoryError as error:
        seen.error = error.code
        raise
    except BaseException:
        seen.error = OTHER
        raise
    finally:
        seen.seconds = time.perf_counter() - started
        for observer, token in reversed(begun):
            with suppress(Exception):
                observer.end(seen, token)


@contextmanager
def scopes_reached() -> Iterator[set[Scope]]:
    """The scopes in which calls inside were authorised, also in threads that have this context."""
    found: set[Scope] = set()
    token = _reached.set(found)
    try:
        yield found
    finally:
        _reached.reset(token)


def reach(scope: Scope) -> None:
    """A call was authorised in a scope."""
    found = _reached.get()
    if found is not None:
        found.add(scope)


def _begin(observer: Observer, seen: Observation) -> object:
    with suppress(Exception):
        return observer.begin(seen)
    return None

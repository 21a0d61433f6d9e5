"""Fusion Memory: long-term memory for AI agents.

    from fusion_memory import MemoryService, Scope

    with MemoryService("memory.db") as memory:
        memory.add("I moved from Lisbon to Porto in May.", Scope(user_id="ana"))
        print(memory.search("Where does Ana live?", Scope(user_id="ana")))

Importing this package is cheap: the engine, the database and the models load at first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fusion_memory.client.asynchronous import AsyncMemoryClient
    from fusion_memory.client.memory import MemoryClient
    from fusion_memory.core.answers import Answer
    from fusion_memory.core.capture import LogRecord, ScreeningReport
    from fusion_memory.core.errors import FusionMemoryError
    from fusion_memory.core.packs import ContextPack
    from fusion_memory.core.records import AddResult, Event, Hit, SearchOptions, SearchResult, Span
    from fusion_memory.core.scope import Principal, Scope
    from fusion_memory.engine.asynchronous import AsyncMemoryService
    from fusion_memory.engine.service import MemoryService

__version__ = "0.1.0"

_HOMES = {
    "AddResult": "core.records",
    "Answer": "core.answers",
    "AsyncMemoryClient": "client.asynchronous",
    "AsyncMemoryService": "engine.asynchronous",
    "ContextPack": "core.packs",
    "Event": "core.records",
    "FusionMemoryError": "core.errors",
    "Hit": "core.records",
    "MemoryClient": "client.memory",
    "MemoryService": "engine.service",
    "Principal": "core.scope",
    "Scope": "core.scope",
    "LogRecord": "core.capture",
    "ScreeningReport": "core.capture",
    "SearchOptions": "core.records",
    "SearchResult": "core.records",
    "Span": "core.records",
}

__all__ = [
    "AddResult",
    "Answer",
    "AsyncMemoryClient",
    "AsyncMemoryService",
    "ContextPack",
    "Event",
    "FusionMemoryError",
    "Hit",
    "LogRecord",
    "MemoryClient",
    "MemoryService",
    "Principal",
    "Scope",
    "ScreeningReport",
    "SearchOptions",
    "SearchResult",
    "Span",
    "__version__",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 (any public name)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

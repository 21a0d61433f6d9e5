"""What the HTTP service needs of a memory: :class:`MemoryApi` for many callers.

The engine's service is one. This file must not know how it is served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from fusion_memory.core.api import Input, MemoryApi
from fusion_memory.core.once import OnceApi
from fusion_memory.core.operations_api import OperationsApi
from fusion_memory.core.records import AddResult
from fusion_memory.core.reports import ImportResult
from fusion_memory.core.scope import Principal, Scope


@dataclass(frozen=True, slots=True)
class Accepted:
    """Something that is durable: what was stored, and ``follow``, which makes vectors and facts of it.

    Where nobody calls ``follow``, or it fails, the work stays due and is done in the background.
    """

    result: AddResult
    follow: Callable[[], None]


class ServedMemory(MemoryApi, OnceApi, OperationsApi, Protocol):
    """A memory that acts for whoever calls."""

    def acting_as(self, principal: Principal) -> Self:
        """The same open memory for another caller; making one costs nothing."""
        ...

    def accept(
        self,
        input: Input,  # noqa: A002 (as in MemoryApi.add)
        scope: Scope,
        session_time: datetime | str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Accepted:
        """Store what was said, like ``add``, and leave what follows from it to the caller."""
        ...

    def export(self, scope: Scope | None = None) -> Iterator[dict[str, Any]]:
        """Everything the scope holds as JSON objects, from a header to an end line with a digest."""
        ...

    def import_records(self, records: Iterable[Mapping[str, Any]], *, scope: Scope | None = None) -> ImportResult:
        """Take in what :meth:`export` gave; a repetition changes nothing."""
        ...

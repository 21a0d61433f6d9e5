"""MemoryClient: a memory that a service keeps, behind the same protocol as the one in this process.

The methods are those of :class:`MemoryApi`, filled in from the table of routes; none is written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, cast

from fusion_memory.client import plans, routes
from fusion_memory.client.calls import bound, json_of, read, request_of, signature_of
from fusion_memory.client.connection import Connection, service_at
from fusion_memory.client.parts import ABSENT, AnswerLines, object_of
from fusion_memory.client.requests import Patience, Request
from fusion_memory.core.answers import AnswerPart
from fusion_memory.core.api import MemoryApi
from fusion_memory.core.records import Event, Trace
from fusion_memory.core.reports import ImportResult
from fusion_memory.core.scope import Scope
from fusion_memory.core.service_errors import NotOffered

if TYPE_CHECKING:
    Filled: Any  # a base of any type: the checker then takes the methods of the protocol for filled in, as they are
else:
    Filled = object


class MemoryClient(MemoryApi, Filled):  # type: ignore[misc] # (see Filled)
    """Long-term memory behind an address: the methods, arguments, results and errors of :class:`MemoryService`.

    Args:
        base_url: the address of the service, ``http://`` or ``https://``.
        api_key: its key; the environment variable ``FUSION_MEMORY_API_KEY`` when absent. It is never shown.
        timeout: seconds of silence to bear before a try counts as lost.
        retries: how often a request is tried again that found the service busy, away or restarting. What writes
            carries a key of its own, so that a repetition never stores, erases or changes anything twice.
        default_scope: the scope of calls that name none.
        network: a transport of httpx2 in the place of the network, for tests.

    Raises:
        ConfigurationError: the address is none, or the package httpx2 is missing (``fusion-memory[http]``).

    It may be shared by threads. Use it as a context manager, or call :meth:`close`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        timeout: float = 30.0,
        retries: int = 3,
        default_scope: Scope | None = None,
        network: object = None,
    ) -> None:
        self._connection = Connection(service_at(base_url, api_key, Patience(timeout, retries), network))
        self._default_scope = default_scope

    def answer_stream(self, *values: Any, **named: Any) -> Iterator[AnswerPart]:  # noqa: ANN401 (those of the protocol)
        """The parts of an answer as they come: each claim once it is checked, at the end the whole.

        Raises:
            ServiceUnreachable: the connection ended before the last part came.

        A service that does not stream answers at once.
        """
        arguments = bound("answer_stream", values, named, self._default_scope)
        request = request_of(routes.ROUTES["answer_stream"], arguments)
        lines = AnswerLines()
        try:
            with self._connection.stream(request) as response:
                for line in response.iter_lines():
                    part = lines.part(line)
                    if part is not None:
                        yield part
        except ABSENT:
            yield from lines.whole(self.answer(*values, **named))
        lines.end()

    def export(self, scope: Scope | None = None) -> Iterator[dict[str, Any]]:
        """Everything the scope holds as JSON objects, from a header to an end line with a digest."""
        request = request_of(routes.EXPORT, {"scope": scope, **plans.everybody(scope)})
        with self._connection.stream(request) as response:
            yield from (object_of(line) for line in response.iter_lines() if line)

    def import_records(
        self,
        records: Iterable[Mapping[str, Any]],
        progress: plans.Progress | None = None,
        *,
        scope: Scope | None = None,
    ) -> ImportResult:
        """Take in what :meth:`export` gave; a repetition changes nothing."""
        return cast(ImportResult, self._carried_out(plans.import_records(records, progress, scope=scope)))

    def every_memory(self, scope: Scope, **filters: Any) -> Iterator[Event]:  # noqa: ANN401 (those of memories)
        """All memories of a scope, page after page, what was said last first; filters are those of ``memories``."""
        place: str | None = None
        while True:
            page = self.memories(scope, **filters, after=place)
            yield from page.items
            place = page.next
            if place is None:
                return

    def trace(self, trace_id: str, scope: Scope) -> Trace:
        """The stored explanation of a search, by the ``trace_id`` of its result."""
        return cast(Trace, self.get(trace_id, "trace", scope))

    def alive(self) -> Mapping[str, Any]:
        """What the service says of itself, without a key: its state and its version."""
        found: Mapping[str, Any] = read(
            Mapping[str, Any], json_of(self._connection.send(Request("GET", "/health")))
        )
        return found

    def close(self) -> None:
        """Close the connections; the service and its memory stay. Closing twice is harmless."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"MemoryClient({self._connection.service.address!r})"

    def _carried_out(self, plan: plans.Plan) -> Any:  # noqa: ANN401 (whatever the call returns)
        with closing(plan):
            try:
                request = next(plan)
                while True:
                    request = plan.send(self._connection.send(request))
            except StopIteration as done:
                return done.value


def _filled(name: str) -> Callable[..., Any]:
    """The method of a call of the protocol."""

    @wraps(getattr(MemoryApi, name))
    def call(self: MemoryClient, *values: Any, **named: Any) -> Any:  # noqa: ANN401 (those of the protocol)
        return self._carried_out(plan_of(name, values, named, self._default_scope))

    return call


def _refused(name: str) -> Callable[..., Any]:
    """The method of a call that the service does not take."""

    @wraps(getattr(MemoryApi, name))
    def call(self: MemoryClient, *values: Any, **named: Any) -> NoReturn:  # noqa: ANN401 (those of the protocol)
        del self, values, named
        raise NotOffered(
            f"The service does not take the call {name!r}.",
            why=routes.NOT_OFFERED.get(name, NotOffered.default_why),
        )

    return call


def protocol() -> frozenset[str]:
    """The names of all calls."""
    return frozenset(name for name in dir(MemoryApi) if not name.startswith("_"))


def plan_of(
    name: str, values: tuple[Any, ...], named: Mapping[str, Any], default_scope: Scope | None
) -> plans.Plan:
    """The plan of a call with these arguments."""
    special = plans.SPECIAL.get(name)
    if special is None:
        return plans.one(name, values, named, default_scope)
    if default_scope is not None and "scope" not in signature_of(name).bind_partial(*values, **named).arguments:
        return special(*values, **{**named, "scope": default_scope})
    return special(*values, **named)


for _name in sorted(protocol() - MemoryClient.__dict__.keys()):
    _known = _name in routes.ROUTES or _name in plans.SPECIAL
    setattr(MemoryClient, _name, _filled(_name) if _known else _refused(_name))

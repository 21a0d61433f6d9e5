"""AsyncMemoryClient: the same calls for asyncio. It carries out the same plans and writes no call anew."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from types import TracebackType
from typing import Any, Self

from fusion_memory.client import plans, routes
from fusion_memory.client.calls import bound, request_of
from fusion_memory.client.connection import AsyncConnection, service_at
from fusion_memory.client.memory import plan_of
from fusion_memory.client.parts import ABSENT, AnswerLines, object_of
from fusion_memory.client.requests import Patience
from fusion_memory.core.answers import AnswerPart
from fusion_memory.core.records import Event
from fusion_memory.core.scope import Scope

CALLS = frozenset({*routes.ROUTES, *plans.SPECIAL, "trace"} - set(plans.STREAMS))


class AsyncMemoryClient:
    """:class:`MemoryClient` for asyncio: the same arguments, the same results, awaited.

    ``async with AsyncMemoryClient("http://127.0.0.1:8765") as memory: await memory.add(...)``
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
        self._connection = AsyncConnection(service_at(base_url, api_key, Patience(timeout, retries), network))
        self._default_scope = default_scope

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name not in CALLS:
            raise AttributeError(f"AsyncMemoryClient has no {name!r}")

        async def call(*values: Any, **named: Any) -> Any:  # noqa: ANN401 (those of the protocol)
            if name == "trace":
                return await self._carried_out(plans.get(values[0], "trace", *values[1:], **named))
            return await self._carried_out(plan_of(name, values, named, self._default_scope))

        return call

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *CALLS})

    async def answer_stream(self, *values: Any, **named: Any) -> AsyncIterator[AnswerPart]:  # noqa: ANN401 (those of the protocol)
        """See :meth:`MemoryClient.answer_stream`."""
        arguments = bound("answer_stream", values, named, self._default_scope)
        lines = AnswerLines()
        try:
            async with self._connection.stream(request_of(routes.ROUTES["answer_stream"], arguments)) as response:
                async for line in response.aiter_lines():
                    part = lines.part(line)
                    if part is not None:
                        yield part
        except ABSENT:
            for part in lines.whole(await self.answer(*values, **named)):
                yield part
        lines.end()

    async def export(self, scope: Scope | None = None) -> AsyncIterator[dict[str, Any]]:
        """See :meth:`MemoryClient.export`."""
        request = request_of(routes.EXPORT, {"scope": scope, **plans.everybody(scope)})
        async with self._connection.stream(request) as response:
            async for line in response.aiter_lines():
                if line:
                    yield object_of(line)

    async def every_memory(self, scope: Scope, **filters: Any) -> AsyncIterator[Event]:  # noqa: ANN401 (those of memories)
        """See :meth:`MemoryClient.every_memory`."""
        place: str | None = None
        while True:
            page = await self.memories(scope, **filters, after=place)
            for event in page.items:
                yield event
            place = page.next
            if place is None:
                return

    async def close(self) -> None:
        """Close the connections; the service and its memory stay. Closing twice is harmless."""
        await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncMemoryClient({self._connection.service.address!r})"

    async def _carried_out(self, plan: plans.Plan) -> Any:  # noqa: ANN401 (whatever the call returns)
        with closing(plan):
            try:
                request = next(plan)
                while True:
                    request = plan.send(await self._connection.send(request))
            except StopIteration as done:
                return done.value

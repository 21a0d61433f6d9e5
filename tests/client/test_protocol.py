"""The client meets the whole protocol: no call is left out, and none returns what the protocol does not say."""

import asyncio
import inspect
import re

import pytest

from fusion_memory import AsyncMemoryClient, MemoryClient
from fusion_memory.client import plans, routes
from fusion_memory.client.asynchronous import CALLS
from fusion_memory.client.memory import protocol
from fusion_memory.core.api import MemoryApi
from fusion_memory.core.service_errors import NotOffered
from fusion_memory.service.contract import contract

pytest.importorskip("httpx2")

ADDRESS = "http://127.0.0.1:9"


def test_every_call_has_a_route_or_a_reason_why_not():
    """A new call of the protocol needs a line in client/routes.py: in ROUTES, or in NOT_OFFERED."""
    offered = set(routes.ROUTES) | {"get", "close"}
    assert offered | set(routes.NOT_OFFERED) == protocol()
    assert not offered & set(routes.NOT_OFFERED)


def test_every_route_is_one_that_the_service_has():
    paths = {re.sub(r"\{\w+\}", "{}", path): verbs for path, verbs in contract()["paths"].items()}
    for route in (
        *routes.ROUTES.values(),
        *routes.OBJECTS.values(),
        routes.MEMORY_HISTORY,
        routes.EXPORT,
        routes.IMPORT,
    ):
        assert route.method.lower() in paths.get(re.sub(r"\{\w+\}", "{}", route.path), ()), route


@pytest.mark.parametrize("name", sorted(protocol()))
def test_every_call_is_filled_in_and_keeps_its_words(name):
    own, said = getattr(MemoryClient, name), getattr(MemoryApi, name)
    assert own is not said
    assert own.__doc__
    if name not in {*plans.STREAMS, "close"}:
        assert inspect.signature(own) == inspect.signature(said)


def test_the_asynchronous_client_has_the_same_calls():
    assert protocol() <= {*CALLS, *plans.STREAMS, "close"} | set(routes.NOT_OFFERED)
    for name in (*plans.STREAMS, "close", "every_memory"):
        assert callable(getattr(AsyncMemoryClient, name))


@pytest.mark.parametrize("name", sorted(routes.NOT_OFFERED))
def test_what_is_not_offered_is_refused(name):
    with MemoryClient(ADDRESS) as memory, pytest.raises(NotOffered, match=name):
        getattr(memory, name)()

    async def run():
        async with AsyncMemoryClient(ADDRESS) as memory:
            await getattr(memory, name)()

    with pytest.raises((NotOffered, AttributeError)):
        asyncio.run(run())

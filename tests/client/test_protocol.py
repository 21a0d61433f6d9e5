"""The client meets the whole protocol: no call is left out, and none returns what the protocol does not say."""

import inspect

import pytest

pytest.importorskip("httpx2")

from fusion_memory import AsyncMemoryClient, MemoryClient
from fusion_memory.client import plans, routes
from fusion_memory.client.asynchronous import CALLS
from fusion_memory.core.api import MemoryApi

PROTOCOL = {name for name, call in inspect.getmembers(MemoryApi, inspect.isfunction) if not name.startswith("_")}


def test_every_call_has_a_route():
    assert PROTOCOL - {"get", "close"} <= set(routes.ROUTES)
    assert set(routes.ROUTES) <= PROTOCOL


@pytest.mark.parametrize("name", sorted(PROTOCOL))
def test_every_call_is_filled_in_and_keeps_its_words(name):
    own, said = getattr(MemoryClient, name), getattr(MemoryApi, name)
    assert own is not said
    assert own.__doc__
    if name not in {*plans.STREAMS, "close"}:
        assert inspect.signature(own) == inspect.signature(said)


def test_the_asynchronous_client_has_the_same_calls():
    assert {*CALLS, *plans.STREAMS, "close"} >= PROTOCOL
    for name in {*plans.STREAMS, "close", "every_memory"}:
        assert inspect.signature(getattr(AsyncMemoryClient, name)) == inspect.signature(
            getattr(MemoryClient, name)
        ) or name in {*plans.STREAMS, "close", "every_memory"}

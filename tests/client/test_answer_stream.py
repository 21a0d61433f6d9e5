"""An answer comes through a real service part by part: the first is here while the last is still being made."""

import asyncio
import threading

import pytest

from fusion_memory import AsyncMemoryClient, MemoryClient, MemoryService, Scope
from fusion_memory.core.errors import EmptyText, LanguageModelFailed

pytest.importorskip("httpx2")
pytest.importorskip("uvicorn")

from fusion_memory.testing.served import serving

ANA = Scope(workspace_id="acme", user_id="ana", session_id="s1")
PATIENCE_S = 20


class Held(MemoryService):
    """Holds back the whole answer until somebody has seen the first part."""

    def __init__(self):
        super().__init__(embedder=None, llm=None, reranker=None)
        self.seen = threading.Event()
        self.waited = []
        self.ends_with = None
        self.asked = []

    def acting_as(self, principal):
        return self

    def answer_stream(self, *values, **named):
        self.asked.append(values)
        parts = super().answer_stream(*values, **named)

        def told():
            for part in parts:
                if part.answer is not None:
                    self.waited.append(self.seen.wait(PATIENCE_S))
                    if self.ends_with is not None:
                        raise self.ends_with
                yield part

        return told()


@pytest.fixture
def memory():
    with Held() as service:
        service.add(["I live in Porto.", "I keep bees."], ANA)
        yield service


def test_the_first_part_is_here_before_the_last_is_made(memory):
    parts = []
    with serving(memory) as address, MemoryClient(address) as client:
        for part in client.answer_stream("Where do I live?", ANA, 500, {"limit": 4}):
            parts.append(part)
            memory.seen.set()
    assert memory.waited == [True], "the whole answer was waited for"
    assert [part.claim is not None for part in parts] == [True] * (len(parts) - 1) + [False]
    assert "Porto" in parts[0].claim.text
    assert parts[-1].answer.claims == tuple(part.claim for part in parts[:-1])
    assert memory.asked == [("Where do I live?", ANA, 500, {"limit": 4})], "asked once, with all that was said"


def test_so_it_is_for_asyncio(memory):
    async def run(address):
        async with AsyncMemoryClient(address) as client:
            async for part in client.answer_stream("Where do I live?", ANA):
                parts.append(part)
                memory.seen.set()

    parts = []
    with serving(memory) as address:
        asyncio.run(run(address))
    assert memory.waited == [True]
    assert len(parts) > 1
    assert parts[-1].answer is not None


def test_what_goes_wrong_later_is_the_error_it_was(memory):
    memory.ends_with = LanguageModelFailed()
    with serving(memory) as address, MemoryClient(address) as client:
        parts = client.answer_stream("Where do I live?", ANA)
        assert next(parts).claim is not None
        memory.seen.set()
        with pytest.raises(LanguageModelFailed):
            list(parts)
        with pytest.raises(EmptyText):
            next(client.answer_stream(" ", ANA))

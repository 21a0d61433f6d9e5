"""Searches leave out what is archived, may ask for what is near or far, and count uses without a write."""

from __future__ import annotations

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidOption
from fusion_memory.memory import events, keeping, owners
from fusion_memory.retrieval.tracing import GROUP
from fusion_memory.testing.embedder import HashingEmbedder

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")
TEXTS = ["Green tea in the morning.", "Green tea at noon.", "Green tea at night.", "Coffee never."]


@pytest.fixture(params=["file", "memory"])
def memory(request, tmp_path):
    place = tmp_path / "memory.db" if request.param == "file" else ":memory:"
    with MemoryService(place, embedder=HashingEmbedder(32), llm=None, reranker=None) as service:
        yield service


def keep(memory, scope, text, *, tier=None, archived=None):
    """Give the memory of a text a tier, or put it away and back."""
    parts, access = memory._enter("write", scope)
    hit = next(h for h in memory.search(text, scope, include_archived=True, recipe="keyword") if h.text == text)
    with parts.database.write() as tx:
        owner_no, numbers = owners.find(tx, access), list(events.numbers(tx, access, [hit.id]))
        if tier:
            keeping.set_tier(tx, owner_no, numbers, tier)
        if archived is True:
            keeping.archive(tx, owner_no, numbers, "expired", parts.clock.now())
        if archived is False:
            keeping.restore(tx, owner_no, numbers)


def texts(memory, query="green tea", scope=ANA, **options):
    return {hit.text for hit in memory.search(query, scope, **options)}


@pytest.mark.parametrize("recipe", ["balanced", "keyword", "vector", "deep", "fast"])
def test_what_is_archived_is_found_when_it_is_asked_for(memory, recipe):
    memory.add([{"content": text, "session_id": "s"} for text in TEXTS], ANA)
    memory.add(TEXTS, BEN)
    keep(memory, ANA, TEXTS[1], archived=True)
    assert TEXTS[1] not in texts(memory, recipe=recipe)
    assert TEXTS[0] in texts(memory, recipe=recipe)
    assert TEXTS[1] not in texts(memory, TEXTS[1], recipe=recipe)
    assert TEXTS[1] in texts(memory, include_archived=True, recipe=recipe)
    assert TEXTS[1] in texts(memory, archived=True, recipe=recipe)
    assert TEXTS[1] in texts(memory, scope=BEN, recipe=recipe)
    assert TEXTS[1] not in memory.answer_context("green tea", ANA).text
    keep(memory, ANA, TEXTS[1], archived=False)
    assert TEXTS[1] in texts(memory, recipe=recipe)


@pytest.mark.parametrize("recipe", ["balanced", "keyword", "vector", "deep"])
def test_by_tier(memory, recipe):
    memory.add([{"content": text, "session_id": "s"} for text in TEXTS], ANA)
    keep(memory, ANA, TEXTS[0], tier="hot")
    keep(memory, ANA, TEXTS[1], tier="cold")
    assert texts(memory, tiers="hot", recipe=recipe) == {TEXTS[0]}
    assert texts(memory, tiers=["cold"], recipe=recipe) == {TEXTS[1]}
    assert TEXTS[2] in texts(memory, tiers="warm", recipe=recipe) <= {TEXTS[2], TEXTS[3]}
    assert texts(memory, tiers=["hot", "cold"], recipe=recipe) == {TEXTS[0], TEXTS[1]}
    keep(memory, ANA, TEXTS[1], archived=True)
    assert texts(memory, tiers=["cold"], recipe=recipe) == set()
    hit = next(iter(memory.search("green tea", ANA, tiers=["cold"], archived=True, recipe=recipe)))
    assert (hit.tier, hit.archived) == ("cold", True)


def test_what_comes_later_is_warm_and_seen(memory):
    memory.add(TEXTS[0], ANA)
    keep(memory, ANA, TEXTS[0], archived=True)
    assert texts(memory) == set()
    memory.add(TEXTS[2], ANA)
    assert texts(memory, recipe="keyword") == texts(memory, tiers="warm", recipe="vector") == {TEXTS[2]}


def test_another_process_that_archives_is_seen(tmp_path):
    place = tmp_path / "memory.db"
    with MemoryService(place, embedder=None) as one, MemoryService(place, embedder=None) as other:
        one.add(TEXTS, ANA)
        keep(one, ANA, TEXTS[3], archived=True)
        assert len(texts(other)) == 3
        keep(one, ANA, TEXTS[0], archived=True)
        assert texts(other) == {TEXTS[1], TEXTS[2]}
        one.forget(ANA, everything=True)
        one.add(TEXTS, ANA)
        assert len(texts(other)) == 4


def test_no_such_tier(memory):
    with pytest.raises(InvalidOption, match="frozen"):
        memory.search("tea", ANA, tiers="frozen")


def test_uses_are_counted_with_the_traces(memory):
    memory.add(TEXTS, ANA)
    parts = memory._parts

    def uses():
        with parts.database.read() as tx:
            return sorted(row[0] for row in tx.rows("keeping_uses"))

    for _ in range(GROUP - 1):
        memory.search("coffee", ANA, recipe="keyword")
    assert uses() == []
    memory.search("coffee", ANA, recipe="keyword")
    assert uses() == [GROUP]
    memory.search("coffee", ANA, recipe="keyword", trace=False)
    parts.traces.flush()
    assert uses() == [GROUP]


def test_a_use_of_what_is_erased_is_nothing(memory):
    memory.add(TEXTS, ANA)
    found = memory.search("coffee", ANA, recipe="keyword")
    memory.forget(ANA, [found[0].id])
    memory._parts.traces.flush()
    memory.search("green tea", ANA)
    memory._parts.traces.flush()
    assert len(texts(memory)) == 3

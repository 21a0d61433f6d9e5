"""Leafing through memories: every one once, also while others come and go."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidOption

ANA = Scope(user_id="ana")
BEN = Scope(user_id="ben")


def leaf(memory, scope=ANA, limit=2, between=lambda: None, **filters):
    after, found = None, []
    while True:
        page = memory.memories(scope, limit=limit, after=after, **filters)
        found += page.items
        after = page.next
        if after is None:
            return found
        between()


@pytest.fixture
def memory():
    with MemoryService(embedder=None, reranker=None, llm=None) as opened:
        yield opened


@settings(max_examples=40, deadline=None)
@given(hours=st.lists(st.integers(0, 5), max_size=14), limit=st.integers(1, 5))
def test_every_memory_comes_once_and_the_latest_first(hours, limit):
    with MemoryService(embedder=None, reranker=None, llm=None) as memory:
        for number, hour in enumerate(hours):
            memory.add(f"Note {number}", ANA, session_time=f"2026-03-01T0{hour}:00:00Z")
        memory.add("Ben's own", BEN)
        found = leaf(memory, limit=limit)
    assert sorted(event.content for event in found) == sorted(f"Note {n}" for n in range(len(hours)))
    assert [event.said_at for event in found] == sorted((event.said_at for event in found), reverse=True)


def test_a_conversation_keeps_its_order(memory):
    memory.add(
        [{"role": "user", "content": f"line {n}"} for n in range(7)], ANA, session_time="2026-03-01T00:00:00Z"
    )
    assert [event.content for event in leaf(memory)] == [f"line {n}" for n in reversed(range(7))]


def test_what_comes_meanwhile_shifts_no_page(memory):
    memory.add([f"old {n}" for n in range(6)], ANA, session_time="2026-03-01T00:00:00Z")
    found = leaf(memory, between=lambda: memory.add(f"new {memory.stats(ANA).memories}", ANA))
    assert [event.content for event in found] == [f"old {n}" for n in reversed(range(6))]


def test_what_is_erased_meanwhile_hides_no_other(memory):
    ids = memory.add([f"old {n}" for n in range(6)], ANA, session_time="2026-03-01T00:00:00Z").ids
    page = memory.memories(ANA, limit=2)
    memory.forget(ANA, [page.items[-1].id])
    rest = {event.id for event in memory.memories(ANA, limit=10, after=page.next).items}
    assert rest >= set(ids[:4])


def test_filters(memory):
    memory.add([{"role": "user", "content": "mine"}, {"role": "assistant", "content": "yours"}], ANA)
    memory.add({"role": "user", "content": "told", "name": "Ben"}, ANA, session_time="2020-01-01T00:00:00Z")
    assert [event.content for event in leaf(memory, role="assistant")] == ["yours"]
    assert [event.content for event in leaf(memory, trust="user", since="2024-01-01")] == ["mine"]
    assert [event.content for event in leaf(memory, until="2024-01-01")] == ["told"]
    assert [event.content for event in leaf(memory, speaker="Ben")] == ["told"]
    assert leaf(memory, origin="log") == []
    assert leaf(memory, as_of="2020-01-02") == []


def test_a_session_narrows_unless_told_otherwise(memory):
    here = Scope(user_id="ana", session_id="one")
    memory.add("here", here)
    memory.add("there", Scope(user_id="ana", session_id="two"))
    assert [event.content for event in leaf(memory, here)] == ["here"]
    assert len(leaf(memory, here, allow_cross_session=True)) == 2


@pytest.mark.parametrize("after", ["", "x", "12", "12.", ".mem_1", "99999999999999999999.mem_1"])
def test_a_place_that_was_changed_is_refused(memory, after):
    with pytest.raises(InvalidOption):
        memory.memories(ANA, after=after)


def test_bad_filters_are_refused(memory):
    with pytest.raises(InvalidOption):
        memory.memories(ANA, trust="complete")
    with pytest.raises(InvalidOption):
        memory.memories(ANA, limit=0)

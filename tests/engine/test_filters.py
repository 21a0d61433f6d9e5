"""A search may ask for memories by trust, by how they came in, by what they told, by how well they fit."""

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidOption

ANA = Scope(user_id="ana")


@pytest.fixture
def memory():
    with MemoryService(embedder=None, llm=None) as service:
        service.add(
            [
                {"role": "user", "content": "I love green tea."},
                {"role": "assistant", "content": "Green tea has less caffeine than coffee."},
                {"role": "tool", "content": "green tea: 12 results"},
            ],
            ANA,
        )
        service.ingest_log([{"role": "user", "content": "The green tea shop closes at six today."}], ANA)
        yield service


def texts(memory, **options):
    return {hit.text for hit in memory.search("green tea", ANA, **options)}


@pytest.mark.parametrize(
    ("trust", "count"), [("user", 2), ("assistant", 1), ("tool", 1), (["assistant", "tool"], 2), ("document", 0)]
)
def test_by_trust(memory, trust, count):
    assert len(texts(memory, trust=trust)) == count


def test_by_origin(memory):
    assert texts(memory, origins="log") == {"The green tea shop closes at six today."}
    assert len(texts(memory, origin=["api", "log"])) == 4


def test_by_what_was_told(memory):
    assert texts(memory, types=["preference"]) == {"I love green tea."}
    assert texts(memory, types=["decision"]) == set()


def test_neighbours_of_another_kind_do_not_come_in(memory):
    memory.add([{"role": "user", "content": "Lamp."}, {"role": "assistant", "content": "A lamp it is."}], ANA)
    found = memory.search("lamp", ANA, trust="assistant", recipe="deep")
    assert {hit.role for hit in found} == {"assistant"}


def test_by_score(memory):
    then = "2030-01-01"
    scores = [hit.score for hit in memory.search("green tea", ANA, asked_at=then)]
    least = (scores[0] + scores[-1]) / 2
    found = memory.search("green tea", ANA, asked_at=then, min_score=least)
    assert [hit.score for hit in found] == [score for score in scores if score >= least]
    assert 0 < len(found) < len(scores)
    assert {drop.reason for drop in found.drops} == {"below_score"}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"trust": "me"}, "me"),
        ({"types": ["riddle"]}, "riddle"),
        ({"min_score": "high"}, "high"),
        ({"origins": [1]}, "text"),
    ],
)
def test_what_cannot_be_is_refused(memory, options, named):
    with pytest.raises(InvalidOption, match=named):
        memory.search("green tea", ANA, **options)

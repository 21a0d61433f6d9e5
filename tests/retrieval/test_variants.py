"""A recipe can be named by what it changes of another; whatever cannot be changed is refused with a way out."""

import pytest

from fusion_memory import MemoryService
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.scope import Scope
from fusion_memory.retrieval.recipes import RECIPES, recipe_named

BALANCED = RECIPES["balanced"]


def test_a_variant_changes_what_it_says_and_nothing_else():
    made = recipe_named("balanced+weights.keyword=0.9+mmr_lambda=0.7+neighbour_shares=0.3/0.1/0.05+depth=7")
    assert dict(made.weights) == {**BALANCED.weights, "keyword": 0.9}
    assert (made.mmr_lambda, made.neighbour_shares, made.depth) == (0.7, (0.3, 0.1, 0.05), 7)
    assert made.name == "balanced+weights.keyword=0.9+mmr_lambda=0.7+neighbour_shares=0.3/0.1/0.05+depth=7"
    assert (made.thread_weight, made.lanes) == (BALANCED.thread_weight, BALANCED.lanes)
    assert recipe_named("balanced") == BALANCED


def test_lists_of_words_and_empty_lists():
    assert recipe_named("balanced+lanes=vector/keyword").lanes == ("vector", "keyword")
    assert recipe_named("balanced+neighbour_shares=0").neighbour_shares == ()
    assert recipe_named("rrf+neighbour_shares=0.2").neighbour_shares == (0.2,)
    assert recipe_named("balanced+method=rrf").method == "rrf"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("balancd", "no recipe"),
        ("balanced+depth=0", "cannot be read"),
        ("balanced+depth=1.5", "cannot be read"),
        ("balanced+mmr_lambda=-1", "cannot be read"),
        ("balanced+mmr_lambda=nan", "cannot be read"),
        ("balanced+time_slack_days=0", "cannot be read"),
        ("balanced+weights=1", "changes nothing"),
        ("balanced+weights.smell=1", "changes nothing"),
        ("balanced+depth.x=1", "changes nothing"),
        ("balanced+name=x", "changes nothing"),
        ("balanced+mmr_lamda=1", "changes nothing"),
        ("balanced+", "changes nothing"),
        ("balanced+lanes=smell", "no lane"),
        ("balanced+method=magic", "no method"),
    ],
)
def test_what_cannot_be_is_refused(name, told):
    with pytest.raises(InvalidOption) as caught:
        recipe_named(name)
    assert told in caught.value.what
    assert caught.value.fix


def test_a_search_takes_a_variant_and_tells_its_name():
    scope = Scope(user_id="ann")
    with MemoryService(embedder=None) as memory:
        memory.add(["The kettle is blue.", "The kettle is old."], scope)
        found = memory.search("kettle", scope, recipe="keyword+depth=1")
        assert (len(found), found.recipe) == (1, "keyword+depth=1")
        with pytest.raises(InvalidOption):
            memory.search("kettle", scope, recipe="keyword+depth=none")


def test_a_half_life_of_its_own():
    scope = Scope(user_id="ann")
    with MemoryService(embedder=None) as memory:
        memory.add({"content": "The kettle is blue.", "time": "2024-01-01"}, scope)

        def recency(recipe):
            [hit] = memory.search("kettle", scope, recipe=recipe, asked_at="2024-01-11").hits
            return hit.parts["recency"]

        assert recency("balanced+half_life_days=10") == pytest.approx(BALANCED.recency_weight / 2)
        assert recency("balanced+half_life_days=5") == pytest.approx(BALANCED.recency_weight / 4)

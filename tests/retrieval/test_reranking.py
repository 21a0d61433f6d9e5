"""The reranking stage: what it reads, what it changes, and that a reranker never costs a search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import ConfigurationError, ModelUnavailable
from fusion_memory.core.settings import RerankerSettings, Settings
from fusion_memory.memory.spans import Place
from fusion_memory.models.reranker import RerankUsage
from fusion_memory.retrieval.candidates import Candidates
from fusion_memory.retrieval.recipes import RECIPES, Recipe
from fusion_memory.retrieval.rerank import rows_to_read, telling_part, weigh

ANA = Scope(user_id="ana")
TRUSTING = Settings(reranker=RerankerSettings(weight=3.0))


class Preferring:
    """Prefers passages with a word; remembers what it was given."""

    name = "preferring"

    def __init__(self, word, act=None):
        self.word, self.act, self.seen = word, act, []

    def score(self, query, passages):
        self.seen.append((query, list(passages)))
        if self.act:
            self.act()
        return [float(self.word in passage) for passage in passages]


def candidates(*scores, threads=None):
    made = Candidates()
    made.enter(Place(n, n, (threads or "abcdefgh")[n], n, 0, "user") for n in range(len(scores)))
    made.grant("vector", dict(enumerate(map(float, scores))))
    return made


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=6), st.floats(0.1, 3))
def test_a_score_part_keeps_the_order_of_the_scores_and_is_never_negative(scores, weight):
    made = candidates(*([1.0] * 8))
    weigh(made, range(len(scores)), scores, weight)
    part = made.parts["rerank"]
    assert np.all(part >= 0)
    assert np.all(part[len(scores) :] == 0)
    for one in range(len(scores)):
        for other in range(len(scores)):
            if scores[one] > scores[other]:
                assert part[one] >= part[other]


def test_equal_scores_change_nothing():
    made = candidates(3.0, 2.0, 1.0)
    weigh(made, [0, 1, 2], [5.0, 5.0, 5.0], 1.0)
    assert made.best_first().tolist() == [0, 1, 2]


def test_the_best_memories_of_the_first_sessions_are_read():
    made = candidates(9.0, 8.0, 7.0, 6.0, 5.0, 4.0, threads="aaabbc")
    recipe = Recipe("test", rerank_per_session=2)
    assert rows_to_read([0, 3, 5], made, 4, by_session=True, recipe=recipe) == [0, 1, 3, 4]
    assert rows_to_read([0, 1, 2, 3], made, 3, by_session=False, recipe=recipe) == [0, 1, 2]


def test_a_reranker_changes_the_order_and_says_so():
    reranker = Preferring("honey")
    with MemoryService(embedder=None, reranker=reranker, settings=TRUSTING) as memory:
        memory.add(["bees bees bees", "bees are kept for honey", "bees sleep in winter"], ANA)
        result = memory.search("bees", ANA, limit=2)
        assert "honey" in result[0].text
        assert result[0].parts["rerank"] > 0
        assert "rerank" in result.timings_ms
        assert memory.trace(result.trace_id, ANA).payload["hits"][0]["parts"]["rerank"] > 0
        usage = memory.reranking()
        assert (usage.calls, usage.passages, usage.failures) == (1, 3, 0)
        assert reranker.seen[0][0] == "bees"


def test_the_fast_recipe_asks_nobody():
    reranker = Preferring("honey")
    with MemoryService(embedder=None, reranker=reranker) as memory:
        memory.add(["bees bees", "bees and honey"], ANA)
        result = memory.search("bees", ANA, recipe="fast")
        assert reranker.seen == []
        assert "rerank" not in result.timings_ms
    reranked = {name for name, recipe in RECIPES.items() if recipe.rerank_top}
    assert reranked == {"balanced", "deep", "ongoing", "varied"}


@pytest.mark.parametrize(
    ("failure", "code"), [(ModelUnavailable("gone"), "model_unavailable"), (RuntimeError(), "rerank_failed")]
)
def test_a_reranker_that_fails_leaves_the_order(failure, code):
    def fail():
        raise failure

    sayings = ["bees bees bees", "bees are kept for honey", "bees sleep in winter"]
    with MemoryService(embedder=None, reranker=None) as memory:
        memory.add(sayings, ANA)
        expected = [hit.text for hit in memory.search("bees", ANA)]
        assert memory.reranking() == RerankUsage()
    with MemoryService(embedder=None, reranker=Preferring("honey", fail)) as memory:
        memory.add(sayings, ANA)
        result = memory.search("bees", ANA)
        assert [hit.text for hit in result] == expected
        assert f"reranker_failed:{code}" in result.degraded


def test_the_model_is_asked_outside_any_transaction_and_what_it_sees_erased_is_not_shown():
    reranker = Preferring("honey")
    with MemoryService(embedder=None, reranker=reranker) as memory:
        memory.add(["bees bees bees", "bees are kept for honey", "bees sleep in winter"], ANA)
        reranker.act = lambda: memory.forget(ANA, everything=True)
        assert len(memory.search("bees", ANA)) == 0
        assert len(reranker.seen[0][1]) == 3


def test_a_turn_is_read_between_its_neighbours():
    reranker = Preferring("Saturday")
    with MemoryService(embedder=None, reranker=reranker) as memory:
        session = Scope(user_id="ana", session_id="s1")
        talk = ["Which tent shall I book?", "The blue tent, please.", "Done, tent booked for Saturday."]
        memory.add([{"role": "user", "content": text} for text in talk], session)
        memory.add(["a loose note about a tent"], ANA)
        memory.search("blue tent", ANA)
        texts = reranker.seen[-1][1]
        assert "Which tent shall I book? The blue tent, please. Done, tent booked for Saturday." in texts
        assert "a loose note about a tent" in texts
        memory.search("blue tent", ANA, roles=("user",))
        assert "The blue tent, please." in reranker.seen[-1][1]


def test_context_stays_within_the_scope_of_an_agent():
    reranker = Preferring("x")
    with MemoryService(embedder=None, reranker=reranker) as memory:
        for agent, text in (("one", "The secret is blue."), ("two", "bees and honey"), ("two", "bees and wax")):
            memory.add([text], Scope(user_id="ana", session_id="s1", agent_id=agent))
        memory.search("bees", Scope(user_id="ana", session_id="s1", agent_id="two"))
        assert not any("secret" in text for text in reranker.seen[-1][1])
        memory.search("bees", Scope(user_id="ana", session_id="s1"))
        assert any("secret" in text for text in reranker.seen[-1][1])


def test_sessions_are_reranked_too():
    reranker = Preferring("honey")
    with MemoryService(embedder=None, reranker=reranker) as memory:
        memory.add(["bees bees bees bees", "bees bees"], Scope(user_id="ana", session_id="first"))
        memory.add(["many bees", "and bees for honey"], Scope(user_id="ana", session_id="second"))
        result = memory.search("bees", ANA, group_by="session")
        assert [hit.session_id for hit in result] == ["second", "first"]
        assert len(reranker.seen[0][1]) == 4


def test_a_reranker_reads_only_its_languages():
    reranker = Preferring("honey")
    reranker.languages = {"en"}
    with MemoryService(embedder=None, reranker=reranker) as memory:
        memory.add(["bees bees", "bees and honey", "我养蜜蜂,bees 也叫蜜蜂,它们酿造蜂蜜"], ANA)
        memory.search("bees", ANA)
        assert len(reranker.seen[0][1]) == 2
        memory.search("谁养蜜蜂?", ANA)
        assert len(reranker.seen) == 1


def test_settings_choose_reranker_and_reach():
    def settings(**values):
        return Settings(reranker=RerankerSettings(**values))

    with MemoryService(embedder=None, settings=settings(kind="lexical", top_n=2)) as memory:
        memory.add(["bees bees", "bees and honey", "bees and wax"], ANA)
        assert "rerank" in memory.search("bees", ANA).timings_ms
        assert memory.reranking().passages == 2
        assert any(check.name == "reranker" and check.status == "ok" for check in memory.health())
    with MemoryService(embedder=None, settings=settings(kind="none")) as memory:
        memory.add(["bees bees", "bees and honey"], ANA)
        assert "rerank" not in memory.search("bees", ANA).timings_ms
    with pytest.raises(ConfigurationError):
        MemoryService(embedder=None, settings=settings(kind="magic"))
    with pytest.raises(ModelUnavailable):
        MemoryService(embedder=None, settings=settings(kind="llm"))
    with MemoryService(embedder=None, llm=lambda _: "[2]", settings=settings(kind="llm", weight=3.0)) as memory:
        memory.add(["bees bees", "bees and honey"], ANA)
        assert memory.search("bees", ANA)[0].text == "bees and honey"


def test_an_exact_match_does_not_stretch_the_scale():
    made = candidates(3.0, 2.0, 1.0)
    made.grant("exact", {0: 1_000.0})
    weigh(made, [0, 1, 2], [0.0, 1.0, 2.0], 1.0)
    assert made.parts["rerank"].max() < 10
    assert made.best_first().tolist()[0] == 0


def test_the_weight_counts_on_the_scale_of_the_ranking_before():
    near, far = candidates(1.2, 1.1, 1.0), candidates(12.0, 11.0, 10.0)
    for made in (near, far):
        weigh(made, [0, 1, 2], [0.0, 0.0, 9.0], 2.0)
    assert near.best_first().tolist() == far.best_first().tolist() == [2, 0, 1]
    assert far.parts["rerank"].max() == pytest.approx(10 * near.parts["rerank"].max(), rel=0.3)


@given(st.text(max_size=400), st.sets(st.text(min_size=1, max_size=5), max_size=4), st.integers(1, 60))
def test_the_telling_part_is_a_part_and_short(text, words, most):
    part = telling_part(text, words, most)
    assert part in text
    assert len(part) == min(len(text), most)


def test_the_telling_part_is_where_the_words_stand():
    text = "blah " * 100 + "the tent is blue " + "blah " * 100
    assert "tent is blue" in telling_part(text, {"tent", "blue"}, 60)
    assert telling_part(text, {"green"}, 10) == text[:10]

"""What is shown: variety, the passage that stands for a longer memory, the plan."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.retrieval.diversify import diversify
from fusion_memory.retrieval.passages import best_passage
from fusion_memory.retrieval.plan import plan

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def test_variety_prefers_what_is_different():
    words = [frozenset("ab"), frozenset("ab"), frozenset("xy")]
    assert diversify([1.0, 0.99, 0.7], words, 2, 0.7) == [0, 2]
    assert diversify([1.0, 0.99, 0.7], words, 2, 1.0) == [0, 1]


def test_two_chinese_sentences_are_not_the_same():
    words = [frozenset("我喜欢吃苹果"), frozenset("我喜欢吃苹果派"), frozenset("他住在北京")]
    assert diversify([1.0, 0.99, 0.8], words, 2, 0.6) == [0, 2]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(1, 25), st.floats(0, 1))
def test_variety_chooses_each_once(scores, limit, mmr_lambda):
    scores = sorted(scores, reverse=True)
    words = [frozenset(str(number % 3)) for number in range(len(scores))]
    chosen = diversify(scores, words, limit, mmr_lambda)
    assert len(chosen) == len(set(chosen)) == min(limit, len(scores))


def test_the_passage_with_the_words_of_the_question_is_shown():
    texts = {1: "We talked about the weather.", 2: "The blue kettle is broken.", 3: "Goodbye."}
    assert best_passage(texts, [("kettl",), ("blue",)], {}) == 2
    assert best_passage(texts, [], {1: 0.1, 3: 0.9}) == 3
    assert best_passage(texts, [], {}) == 1


def test_a_plan_knows_language_words_and_time():
    english = plan("What did I buy last Friday?", NOON)
    assert english.language == "en"
    assert "bui" in english.terms or "buy" in english.terms
    assert [w.start.date().isoformat() for w in english.windows] == ["2026-03-13"]
    chinese = plan("我上周五买了什么水果？", NOON)
    assert chinese.language == "zh"
    assert "水果" in chinese.terms
    assert [w.start.date().isoformat() for w in chinese.windows] == ["2026-03-06"]

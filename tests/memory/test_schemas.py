"""Schemas of sessions: telling words and sentences in both languages, of what the scope sees, gone with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidOption
from fusion_memory.text.keywords import Candidate, candidates, keywords

ANA = Scope(user_id="ana")
TALKS = {
    "en": [
        "We have to move the billing service to the new cluster before May.",
        "The billing service still depends on the old message queue.",
        "The message queue goes first, then the cluster.",
        "I will test the cluster on Monday.",
        "The billing service and its queue are moved.",
    ],
    "zh": [
        "下周要把计费系统迁移到新集群。",
        "计费系统还依赖旧的消息队列。",
        "先换消息队列,再迁移集群。",
        "周一我来测试新集群。",
        "计费系统和消息队列都迁移完了。",
    ],
}
OTHERS = ["We will test it on Monday.", "I have to move.", "下周我来测试。", "周一再说。"]


@pytest.fixture
def memory():
    with MemoryService(embedder=None) as service:
        yield service


def say(memory, session, texts, scope=ANA):
    return memory.add([{"content": text, "session_id": session} for text in texts], scope).ids


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("billing", "queue", "cluster")), ("zh", ("计费系统", "消息队列"))]
)
def test_a_session_is_told_by_its_words_and_sentences(memory, lang, words):
    ids = say(memory, "s1", TALKS[lang])
    for number in range(6):
        say(memory, f"other {number}", [text + " " + str(number) for text in OTHERS])
    (schema,) = memory.get_session_schemas(ANA)
    assert (schema.session_id, schema.chunks, schema.messages) == ("s1", 5, 5)
    assert set(words) <= set(schema.keywords)
    assert list(schema.keywords.values()) == sorted(schema.keywords.values(), reverse=True)
    assert schema.sentences
    for sentence in schema.sentences:
        assert sentence.memory_id in ids
        assert sentence.text in TALKS[lang]


def test_four_passages_are_too_few_and_chunks_count(memory):
    say(memory, "s1", TALKS["en"][:4])
    assert memory.get_session_schemas(ANA) == ()
    say(memory, "s2", [" ".join(TALKS["en"]) * 5])
    (schema,) = memory.get_session_schemas(ANA)
    assert schema.messages == 1
    assert schema.chunks >= 5


def test_another_owner_and_another_session_see_nothing(memory):
    say(memory, "s1", TALKS["en"])
    assert memory.get_session_schemas(Scope(user_id="ben")) == ()
    assert memory.get_session_schemas(Scope(user_id="ana", session_id="s2")) == ()
    assert len(memory.get_session_schemas(Scope(user_id="ana", session_id="s1"))) == 1


def test_forgetting_leaves_no_word(memory):
    ids = say(memory, "s1", [*TALKS["en"], "The zeppelin lands; the zeppelin is silver."])
    assert "zeppelin" in memory.get_session_schemas(ANA)[0].keywords
    memory.forget(ANA, [ids[-1]])
    assert "zeppelin" not in str(memory.get_session_schemas(ANA))


def test_what_is_not_to_be_remembered_is_not_shown(memory):
    say(memory, "s1", [*TALKS["en"], "My zeppelin is in my zeppelin hangar, but don't remember that."])
    assert "zeppelin" not in str(memory.get_session_schemas(ANA))


def test_the_latest_session_first_and_a_limit(memory):
    say(memory, "s1", TALKS["en"])
    say(memory, "s2", TALKS["zh"])
    assert [schema.session_id for schema in memory.get_session_schemas(ANA)] == ["s2", "s1"]
    assert [schema.session_id for schema in memory.get_session_schemas(ANA, limit=1)] == ["s2"]
    with pytest.raises(InvalidOption):
        memory.get_session_schemas(ANA, limit=0)


def test_a_rare_word_weighs_more_than_one_that_stands_everywhere():
    found = [Candidate("common", 3, 2, ("common",)), Candidate("rare", 3, 2, ("rare",))]
    first, second = keywords(found, {"common": 90, "rare": 1}, 100, 5)
    assert (first.word, second.word) == ("rare", "common")


@given(st.lists(st.text(alphabet="计费系统的 abc queue.", max_size=40), max_size=8), st.integers(0, 6))
def test_keywords_stand_in_the_text_and_not_in_each_other(texts, limit):
    chosen = keywords(candidates(texts), {}, len(texts), limit)
    assert len(chosen) <= limit
    for number, one in enumerate(chosen):
        assert any(one.word in text for text in texts)
        assert not any(one.word in other.word for other in chosen[:number])

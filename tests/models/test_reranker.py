"""A reranker answers, dawdles, fails or lies: the caller gets a score per passage or a named error in time."""

import sys
import threading
import types

import pytest

from fusion_memory.core.errors import (
    InvalidOption,
    InvalidSetting,
    LanguageModelFailed,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    RerankFailed,
)
from fusion_memory.models.deadline import MOST_FORGOTTEN
from fusion_memory.models.language_reranker import LanguageReranker
from fusion_memory.models.lexical_reranker import LexicalReranker
from fusion_memory.models.registry import RERANKERS, RerankerChoice, open_reranker
from fusion_memory.models.reranker import Reranker, RerankUsage
from fusion_memory.models.reranker_guard import GuardedReranker, guarded
from fusion_memory.testing import chat_server as server
from fusion_memory.testing.language_model import ScriptedModel

KEY = "sk-very-secret"
PASSAGES = ["The cat sleeps.", "Anna works at the bakery.", "Anna went home."]


class Told:
    """A reranker that returns what it is given, or raises it."""

    name = "told"

    def __init__(self, answer):
        self.answer = answer

    def score(self, _query, _passages):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Stuck:
    name = "stuck"

    def __init__(self):
        self.released = threading.Event()

    def score(self, _query, passages):
        self.released.wait(20)
        return [0.0] * len(passages)


def test_the_guard_passes_scores_on_and_counts():
    reranker = GuardedReranker(Told((1, 2.5, 3)), 5)
    assert isinstance(reranker, Reranker)
    assert reranker.score("q", PASSAGES) == [1.0, 2.5, 3.0]
    assert reranker.score("q", []) == []
    assert (reranker.usage.calls, reranker.usage.passages, reranker.usage.failures) == (1, 3, 0)
    assert guarded(reranker, 1) is reranker


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ([1.0, 2.0], RerankFailed),
        ([1.0, 2.0, float("nan")], RerankFailed),
        ([1.0, 2.0, float("inf")], RerankFailed),
        (["a", "b", "c"], RerankFailed),
        ([1.0, 2.0, 10**400], RerankFailed),
        (None, RerankFailed),
        (7, RerankFailed),
        (RuntimeError("out of memory"), RerankFailed),
        (ModelUnavailable("gone"), ModelUnavailable),
    ],
)
def test_what_is_no_score_is_a_named_error(answer, error):
    reranker = GuardedReranker(Told(answer), 5)
    with pytest.raises(error):
        reranker.score("q", PASSAGES)
    assert reranker.usage.by_reason == {error.code: 1}


@pytest.mark.parametrize("ending", [SystemExit(3), KeyboardInterrupt()])
def test_a_reranker_that_ends_its_thread_is_a_named_error(ending):
    class Ending(Told):
        def score(self, _query, _passages):
            raise self.answer

    reranker = GuardedReranker(Ending(ending), 5)
    with pytest.raises(ModelError, match=type(ending).__name__) as failed:
        reranker.score("q", PASSAGES)
    assert failed.value.fix
    assert reranker.usage.failures == 1


def test_a_reranker_out_of_time_is_left_alone():
    stuck = Stuck()
    reranker = GuardedReranker(stuck, 0.01)
    try:
        for _ in range(MOST_FORGOTTEN):
            with pytest.raises(ModelTimeout, match="did not answer within 10 ms"):
                reranker.score("q", PASSAGES)
        with pytest.raises(ModelTimeout, match="still busy"):
            reranker.score("q", PASSAGES)
    finally:
        stuck.released.set()
    assert reranker.usage.failures == MOST_FORGOTTEN + 1


def test_a_reranker_that_caught_up_is_asked_again():
    stuck = Stuck()
    reranker = GuardedReranker(stuck, 0.2)
    for _ in range(MOST_FORGOTTEN):
        with pytest.raises(ModelTimeout):
            reranker.score("q", PASSAGES)
    before = {thread for thread in threading.enumerate() if thread.name == "deadline"}
    assert len(before) >= MOST_FORGOTTEN
    stuck.released.set()
    for thread in before:
        thread.join(20)
    stuck.score = lambda _query, passages: [1.0] * len(passages)
    assert reranker.score("q", PASSAGES) == [1.0, 1.0, 1.0]


def test_many_searches_at_once_are_all_answered():
    gate = threading.Barrier(20)

    class Together(LexicalReranker):
        def score(self, query, passages):
            gate.wait(20)
            return super().score(query, passages)

    reranker = GuardedReranker(Together(), 0)
    threads = [threading.Thread(target=reranker.score, args=("Anna", PASSAGES)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (reranker.usage.calls, reranker.usage.failures) == (20, 0)


def test_loading_is_not_held_against_the_first_answer():
    class Slow(Told):
        loaded = threading.Event()

        def load(self):
            self.loaded.set()

        def score(self, query, passages):
            assert self.loaded.is_set()
            return super().score(query, passages)

    assert GuardedReranker(Slow([1, 2, 3]), 1).score("q", PASSAGES) == [1, 2, 3]
    broken = Slow([1, 2, 3])
    broken.load = lambda: 1 / 0
    with pytest.raises(RerankFailed, match="ZeroDivisionError"):
        GuardedReranker(broken, 1).score("q", PASSAGES)


def test_what_is_no_reranker_is_refused():
    with pytest.raises(InvalidOption, match="no reranker"):
        guarded(object(), 1)


def test_usages_add_up():
    total = RerankUsage(1, 20, 1, 0.5, {"a": 1}) + RerankUsage(2, 40, 1, 0.5, {"a": 1})
    assert total == RerankUsage(3, 60, 2, 1.0, {"a": 2})


@pytest.mark.parametrize(
    ("query", "passages", "best"),
    [
        ("Where does Anna work?", PASSAGES, 1),
        ("安娜在哪里工作?", ["猫在睡觉。", "安娜在面包店工作。", "安娜回家了。"], 1),
        ("green tea", ["tea that is green", "green tea every day", "tea tea tea"], 1),
    ],
)
def test_words_rerank_in_both_languages(query, passages, best):
    scores = LexicalReranker().score(query, passages)
    assert scores.index(max(scores)) == best


def test_words_that_nobody_says_tell_nothing():
    assert LexicalReranker().score("zebra", PASSAGES) == [0.0, 0.0, 0.0]
    assert LexicalReranker().score("?", ["", "x"]) == [0.0, 0.0]
    assert LexicalReranker().score("a", []) == []


@pytest.mark.parametrize(
    ("reply", "scores"),
    [
        ('{"order": [2, 3]}', [0.0, 3.0, 2.0]),
        ('{"order": [2]} because passage 3 is not', [0.0, 3.0, 0.0]),
        ("[3, 1, 2]", [2.0, 1.0, 3.0]),
        ("2, 2, 9, 1", [2.0, 3.0, 0.0]),
        ("[2] > [1]", [2.0, 3.0, 0.0]),
    ],
)
def test_a_language_model_names_passages(reply, scores):
    model = ScriptedModel(reply)
    assert LanguageReranker(model).score("Where does Anna work?", PASSAGES) == scores


@pytest.mark.parametrize("reply", ["", "None of them helps.", '{"order": []}', "[99]"])
def test_a_reply_that_names_nothing_is_a_failure(reply):
    with pytest.raises(RerankFailed):
        LanguageReranker(ScriptedModel(reply)).score("q", PASSAGES)


def test_a_language_model_sees_twenty_passages_on_one_line_each():
    seen = []

    def answer(text):
        seen.append(text)
        return "[1]"

    scores = LanguageReranker(answer).score("q", [f"line\nbreak {n}" for n in range(30)])
    assert (scores[0], len(scores), sum(scores)) == (20.0, 30, 20.0)
    assert "[20] line break 19" in seen[0]
    assert "[21]" not in seen[0]


def test_a_failing_language_model_is_its_own_error():
    def answer(_text):
        raise RuntimeError("no quota")

    with pytest.raises(LanguageModelFailed):
        LanguageReranker(answer).score("q", PASSAGES)


def results(key, *scores):
    listed = [{"index": index, key: score} for index, score in enumerate(scores)]
    return server.sends({"results": listed[::-1]})


def ask(*script, timeout_s=10.0):
    pytest.importorskip("httpx2")
    with server.ChatServer(*script) as running:
        reranker = open_reranker(RerankerChoice("http", "m", running.address, KEY, timeout_s))
        try:
            return reranker.score("Where?", PASSAGES), running.requests
        finally:
            reranker.close()


def test_a_server_is_asked_as_cohere_jina_and_vllm_are():
    scores, (request,) = ask(results("relevance_score", 0.1, 0.9, 0.5))
    assert scores == [0.1, 0.9, 0.5]
    assert request["path"] == "/v1/rerank"
    assert request["authorization"] == f"Bearer {KEY}"
    assert (request["model"], request["query"], request["documents"]) == ("m", "Where?", PASSAGES)
    assert request["top_n"] == 3


def test_a_reranker_is_made_of_an_address():
    pytest.importorskip("httpx2")
    from fusion_memory.models.http_reranker import HTTPReranker

    with server.ChatServer(results("score", 3, 2, 1)) as running:
        reranker = HTTPReranker(running.address, "small", api_key=KEY, timeout_s=10)
        assert reranker.score("q", PASSAGES) == [3.0, 2.0, 1.0]
        assert running.requests[0]["model"] == "small"
        assert KEY not in repr(vars(reranker))
        reranker.close()
    with pytest.raises(ModelUnavailable, match="not the address"):
        HTTPReranker("localhost")


def test_a_server_that_wants_texts_gets_texts():
    refusal = server.sends({"error": "missing field `texts`"}, 422)
    answer = server.sends([{"index": 1, "score": 2.0}, {"index": 0, "score": 1.0}, {"index": 2, "score": 0.5}])
    scores, requests = ask(refusal, answer)
    assert scores == [1.0, 2.0, 0.5]
    assert requests[1]["texts"] == PASSAGES
    assert "documents" not in requests[1]


@pytest.mark.parametrize(
    "answer",
    [
        server.busy("0"),
        server.broken(),
        server.refuses("no such model"),
        server.sends({"error": "missing field `texts`"}, 422),
        server.prose(),
        server.empty(),
        server.not_utf8(),
        server.sends({"results": [{"index": 0, "relevance_score": 1.0}]}),
        server.sends({"results": [{"index": 0, "relevance_score": 1.0}] * 3}),
        server.sends({"results": [{"index": n, "relevance_score": "high"} for n in range(3)]}),
        server.sends({"results": [{"index": n, "relevance_score": None} for n in range(3)]}),
        server.sends({"results": [{"index": n} for n in range(3)]}),
        server.sends({"results": ["a", "b", "c"]}),
        server.sends({"data": 3}),
        server.stops(results("score", 1, 2, 3), 20),
        server.resets(results("score", 1, 2, 3), 20),
    ],
)
def test_a_server_that_fails_is_a_model_error_without_the_key(answer):
    with pytest.raises(ModelError) as caught:
        ask(answer)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("answer", [server.hangs(), server.slow(results("score", 1, 2, 3), 5)])
def test_a_silent_server_is_out_of_time(answer):
    with pytest.raises(ModelTimeout):
        ask(answer, timeout_s=0.2)


def test_sentence_transformers_is_a_lazy_door(monkeypatch):
    class CrossEncoder:
        def __init__(self, name):
            self.name = name

        def predict(self, pairs, show_progress_bar):
            assert show_progress_bar is False
            return [len(passage) for _, passage in pairs]

    fake = types.ModuleType("sentence_transformers")
    fake.__spec__ = types.SimpleNamespace(name="sentence_transformers", submodule_search_locations=None)
    fake.CrossEncoder = CrossEncoder
    monkeypatch.setitem(sys.modules, "sentence_transformers", fake)
    reranker = open_reranker(RerankerChoice("sentence-transformers", timeout_s=5))
    assert reranker.name == "Qwen/Qwen3-Reranker-0.6B"
    assert reranker.score("q", PASSAGES) == [float(len(passage)) for passage in PASSAGES]

    def refuse(name):
        raise OSError(name)

    fake.CrossEncoder = refuse
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        open_reranker(RerankerChoice("sentence-transformers", "none/such", timeout_s=5)).score("q", PASSAGES)


def test_the_door_opens_what_is_asked_for(monkeypatch):
    assert open_reranker(RerankerChoice()) is None
    assert open_reranker(RerankerChoice("lexical")).name == "lexical"
    with pytest.raises(InvalidSetting, match="There is no reranker"):
        open_reranker(RerankerChoice("cohere"))
    with pytest.raises(ModelUnavailable, match="needs a language model"):
        open_reranker(RerankerChoice("llm"))
    assert open_reranker(RerankerChoice("llm"), language_model=ScriptedModel("[1]")).score("q", ["a"]) == [1.0]
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelUnavailable, match="not installed"):
        open_reranker(RerankerChoice("sentence-transformers"))
    assert "api_key" not in repr(RerankerChoice("http", api_key=KEY))
    assert set(RERANKERS) == {"none", "local", "http", "llm", "lexical", "sentence-transformers"}

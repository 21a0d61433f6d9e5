"""A language model answers, refuses, dawdles or lies; the caller gets a reply or a named error, and a bill."""

import importlib.util
import itertools
import json
import threading

import pytest

from fusion_memory.core.errors import (
    InvalidOption,
    InvalidSetting,
    LanguageModelFailed,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    PromptRefused,
)
from fusion_memory.models.language_model import (
    CallableModel,
    ModelUsage,
    Prompt,
    Reply,
    language_model,
)
from fusion_memory.models.language_model_guard import MOST_REPLY_CHARS, GuardedLanguageModel, guarded
from fusion_memory.models.registry import LANGUAGE_PROVIDERS, LanguageModelChoice, open_language_model
from fusion_memory.testing import chat_server as server
from fusion_memory.testing.language_model import ScriptedModel

pytest.importorskip("httpx2")

from fusion_memory.models.chat import CHAT, ChatModel, OllamaChat, OpenAIChatModel
from fusion_memory.models.transport import Endpoint, JsonTransport, Patience, Surroundings

KEY = "sk-very-secret"
ASK = Prompt("You are a clerk.", "Which city? 哪座城市?", max_tokens=50, json=True)
NO_PAUSE = Surroundings(sleep=lambda _: None)


class Calls:
    def __init__(self):
        self.seen = []

    def record(self, call):
        self.seen.append(call)


def openai(address, *, timeout_s=20.0, retries=2, recorder=None):
    return OpenAIChatModel(
        address,
        "small",
        api_key=KEY,
        patience=Patience(timeout_s, retries),
        recorder=recorder,
        surroundings=NO_PAUSE,
    )


def ask(*script, **options):
    with server.ChatServer(*script) as chat:
        model = openai(chat.address, **options)
        try:
            return model.complete(ASK), chat.requests
        finally:
            model.close()


def failure(*script, **options):
    with server.ChatServer(*script) as chat:
        model = openai(chat.address, **options)
        with pytest.raises(ModelError) as caught:
            model.complete(ASK)
        model.close()
        return caught.value, len(chat.requests)


def test_a_question_is_asked_and_answered():
    calls = Calls()
    reply, requests = ask(server.says("Lisbon 里斯本", tokens=(12, 3)), recorder=calls)
    assert reply == Reply("Lisbon 里斯本", 12, 3, model="test-model")
    (request,) = requests
    assert request["path"] == "/v1/chat/completions"
    assert request["authorization"] == f"Bearer {KEY}"
    assert request["messages"] == [
        {"role": "system", "content": ASK.system},
        {"role": "user", "content": ASK.user},
    ]
    assert (request["model"], request["max_tokens"], request["temperature"]) == ("small", 50, 0.0)
    assert request["response_format"] == {"type": "json_object"}
    assert [(call.tokens, call.error) for call in calls.seen] == [(15, None)]


@pytest.mark.parametrize("tail", ["", "/", "/chat/completions", "/chat/completions/"])
def test_the_base_address_and_the_full_one_are_the_same(tail):
    with server.ChatServer() as chat:
        openai(chat.address + tail).complete(ASK)
        assert chat.requests[0]["path"] == "/v1/chat/completions"


def test_a_reply_out_of_tokens_says_so():
    reply, _ = ask(server.out_of_tokens('{"facts": [{', 10))
    assert reply.truncated
    assert reply.text == '{"facts": '


def test_what_a_server_does_not_support_is_left_out_and_that_is_remembered():
    with server.ChatServer(server.without("response_format", server.says("{}"))) as chat:
        model = openai(chat.address)
        assert [model.complete(ASK).text for _ in range(2)] == ["{}", "{}"]
    assert ["response_format" in request for request in chat.requests] == [True, False, False]


def test_newer_models_want_their_limit_under_another_name_and_no_temperature():
    def picky(request):
        if "max_tokens" in request:
            return server.refuses("Unsupported parameter: use 'max_completion_tokens' instead.")
        if "temperature" in request:
            return server.refuses("'temperature' does not support 0.0 with this model.")
        return server.says("ok")

    reply, requests = ask(picky)
    assert reply.text == "ok"
    assert requests[-1]["max_completion_tokens"] == 50
    assert requests[-1]["response_format"] == {"type": "json_object"}


def test_a_refusal_for_another_reason_is_not_held_against_json():
    too_long = server.refuses("This model's maximum context length is 4096 tokens.")
    with server.ChatServer(too_long, too_long, server.says("ok")) as chat:
        model = openai(chat.address)
        with pytest.raises(PromptRefused, match="refused to answer"):
            model.complete(ASK)
        model.complete(ASK)
    assert ["response_format" in request for request in chat.requests] == [True, False, True]


def test_passing_failures_are_tried_again():
    reply, requests = ask(server.busy("0"), server.broken(503), server.says("at last"))
    assert reply.text == "at last"
    assert len(requests) == 3


@pytest.mark.parametrize(
    ("answer", "error", "tries"),
    [
        (server.busy(), LanguageModelFailed, 3),
        (server.broken(), LanguageModelFailed, 3),
        (server.broken(401), ModelUnavailable, 1),
        (server.broken(404), ModelUnavailable, 1),
        (server.resets(server.says("never whole"), 30), ModelUnavailable, 3),
        (server.stops(server.says("never whole"), 30), ModelUnavailable, 3),
        (server.resets(server.says(""), 0), ModelUnavailable, 3),
        (server.empty(), LanguageModelFailed, 1),
        (server.not_utf8(), LanguageModelFailed, 1),
        (server.sends([1, 2]), LanguageModelFailed, 1),
        (server.sends({"choices": []}), LanguageModelFailed, 1),
        (server.sends({"choices": None}), LanguageModelFailed, 1),
        (server.sends({"choices": [{"message": None}]}), LanguageModelFailed, 1),
        (server.sends({"choices": [{"message": {"content": 7}}]}), LanguageModelFailed, 1),
        (server.sends({"choices": [{"message": {"content": [7]}}]}), LanguageModelFailed, 1),
        (server.sends({"error": {"message": "no"}}), LanguageModelFailed, 1),
    ],
)
def test_each_failure_has_its_name_and_its_number_of_tries(answer, error, tries):
    caught, asked = failure(answer)
    assert type(caught) is error
    assert asked == tries
    assert "embed" not in str(caught)
    assert KEY not in str(caught)


@pytest.mark.parametrize(
    "answer", [server.hangs(), server.hangs(server.says("x" * 99), 50)], ids=["silent", "midway"]
)
def test_silence_ends_at_the_deadline(answer):
    caught, _ = failure(answer, timeout_s=0.3, retries=0)
    assert type(caught) is ModelTimeout
    assert "llm.timeout_s" in caught.fix


def test_a_reply_that_drips_ends_at_the_deadline_too():
    caught, _ = failure(server.drips(server.says("x" * 5_000), 0.02), timeout_s=0.4, retries=0)
    assert type(caught) is ModelTimeout


def test_a_late_reply_within_the_deadline_is_a_reply():
    reply, _ = ask(server.slow(server.says("late"), 0.2))
    assert reply.text == "late"


@pytest.mark.parametrize(
    ("content", "text"),
    [(None, ""), ([{"type": "text", "text": "a"}, {"type": "image"}, {"text": "b"}], "ab")],
)
def test_content_comes_in_several_forms(content, text):
    reply, _ = ask(server.sends({"choices": [{"message": {"content": content}}], "usage": 3}))
    assert reply.text == text
    assert (reply.input_tokens, reply.output_tokens, reply.model) == (0, 0, "small")


def test_ollama_is_asked_in_its_own_way():
    body = {"message": {"content": "hm"}, "done_reason": "length", "prompt_eval_count": 9, "eval_count": 4}
    with server.ChatServer(server.sends(body)) as chat:
        endpoint = Endpoint("ollama", "m", chat.address.removesuffix("/v1"))
        model = ChatModel(JsonTransport(endpoint, Patience(), purpose=CHAT), OllamaChat())
        reply = model.complete(ASK)
        model.close()
    assert reply == Reply("hm", 9, 4, truncated=True, model="m")
    assert chat.requests[0]["path"] == "/api/chat"
    assert chat.requests[0]["format"] == "json"
    assert chat.requests[0]["options"] == {"num_predict": 50, "temperature": 0.0}
    assert chat.requests[0]["stream"] is False


def test_a_plain_function_is_a_model():
    def clerk(text):
        return text[::-1]

    assert CallableModel(clerk).complete(Prompt("ab", "cd")) == Reply("dc\n\nba", model="clerk")
    assert language_model(clerk).complete(Prompt("", "cd")).text == "dc"
    scripted = ScriptedModel("x")
    assert language_model(scripted) is scripted
    with pytest.raises(InvalidOption, match="no language model"):
        language_model("gpt")  # type: ignore[arg-type]


def test_the_guard_counts_calls_tokens_and_seconds():
    clock = itertools.count()
    told = Reply("你好", 7, 2, truncated=True, model="big")
    model = GuardedLanguageModel(
        ScriptedModel(told, "no tokens told", ValueError("boom"), TimeoutError("late")),
        monotonic=lambda: next(clock),
    )
    assert model.complete(ASK).seconds == 1
    estimated = model.complete(ASK)
    assert estimated.estimated
    assert estimated.input_tokens > 5
    assert 2 <= estimated.output_tokens <= 4
    with pytest.raises(LanguageModelFailed, match="ValueError"):
        model.complete(ASK)
    with pytest.raises(ModelTimeout):
        model.complete(ASK)
    usage = model.usage
    assert (usage.calls, usage.failures, usage.truncated, usage.estimated, usage.seconds) == (4, 2, 1, 1, 4)
    assert usage.tokens == 9 + estimated.input_tokens + estimated.output_tokens
    assert usage.by_reason == {"language_model_failed": 1, "model_timeout": 1}
    assert (usage + usage).by_reason == {"language_model_failed": 2, "model_timeout": 2}
    assert usage + ModelUsage() == usage
    assert guarded(model) is model


@pytest.mark.parametrize("given", [None, 7, b"bytes", Reply(None), Reply(["x"])])  # type: ignore[arg-type]
def test_the_guard_lets_only_replies_through(given):
    class Odd:
        def complete(self, _prompt):
            return given

    with pytest.raises(LanguageModelFailed, match="not a text"):
        GuardedLanguageModel(Odd()).complete(ASK)


def test_the_guard_cleans_what_no_text_may_hold():
    odd = Reply("a\x00b\ud800c", -3, float("nan"), truncated="yes", model=4)  # type: ignore[arg-type]
    reply = GuardedLanguageModel(ScriptedModel(odd), name="known").complete(ASK)
    assert reply.text == "ab\ufffdc"
    assert (reply.truncated, reply.model, reply.estimated) == (False, "known", True)
    endless = GuardedLanguageModel(ScriptedModel("x" * (MOST_REPLY_CHARS + 1))).complete(ASK)
    assert endless.truncated
    assert len(endless.text) == MOST_REPLY_CHARS


def test_the_guard_counts_all_threads():
    model = GuardedLanguageModel(ScriptedModel("x"))
    threads = [threading.Thread(target=lambda: [model.complete(ASK) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert model.usage.calls == 200


def test_the_door_opens_what_was_chosen():
    assert open_language_model(LanguageModelChoice()) is None
    with server.ChatServer(server.says("hello", tokens=(3, 1))) as chat:
        model = open_language_model(LanguageModelChoice("openai", endpoint=chat.address, api_key=KEY))
        assert model is not None
        assert model.complete(ASK).text == "hello"
        assert model.usage.tokens == 4
        assert chat.requests[0]["model"] == "gpt-4o-mini"
        model.close()
    ollama = open_language_model(LanguageModelChoice("ollama"))
    assert ollama is not None
    ollama.close()


def test_the_door_says_what_is_missing(monkeypatch):
    with pytest.raises(InvalidSetting, match="'opneai'") as caught:
        open_language_model(LanguageModelChoice("opneai"))
    assert all(provider in caught.value.why for provider in LANGUAGE_PROVIDERS)
    with pytest.raises(ModelUnavailable, match="address") as refused:
        open_language_model(LanguageModelChoice("openai", endpoint="localhost:1"))
    assert "llm.endpoint" in refused.value.fix
    assert KEY not in repr(LanguageModelChoice("openai", api_key=KEY))
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "httpx2" else found(name))
    with pytest.raises(ModelUnavailable, match="language model") as missing:
        open_language_model(LanguageModelChoice("openai"))
    assert missing.value.fix == 'pip install "fusion-memory[http]"'


def test_a_request_is_json_that_a_server_can_read():
    _, requests = ask(server.says("ok"))
    assert json.loads(json.dumps(requests[0]))["messages"][1]["content"] == ASK.user


@pytest.mark.parametrize(
    ("tokens", "kept"),
    [(12, 12), (10**400, 0), (-3, 0), (float("nan"), 0), (float("inf"), 0), (True, 0), ("9", 0), (7.9, 7)],
)
def test_a_bill_is_a_number_that_can_be_stored(tokens, kept):
    reply = guarded(ScriptedModel(Reply("Porto", tokens, 1))).complete(ASK)
    assert reply.input_tokens == kept


def test_the_name_of_a_model_is_one_line_that_can_be_stored():
    reply = guarded(ScriptedModel(Reply("Porto", model="a\x00\ud800\nb" + "x" * 9_000))).complete(ASK)
    assert reply.model.startswith("a\ufffd b")
    assert len(reply.model) <= 200

"""``ask`` on the command line: an answer with its quotes, or exit code 9."""

import json

import pytest

from fusion_memory.testing import chat_server
from fusion_memory.testing.chat_server import ChatServer


def test_an_answer_shows_its_quotes(ana):
    run = ana("ask", "What is the name of my dog?")
    assert "Atlas is the name of my dog." in run.out
    assert "[" in run.out
    assert "mem_" in run.out
    assert "Quoted from the memories" in run.err
    answer = ana("ask", "What is the name of my dog?", "--json").json
    assert answer["evidence_supported"] is True
    assert answer["claims"][0]["quotes"][0]["text"] == "Atlas is the name of my dog."


@pytest.mark.parametrize(
    ("lang", "question", "said"),
    [("en", "Who is my landlord?", "nothing here tells it"), ("zh", "我的房东是谁?", "这里没有提到")],
)
def test_no_answer_is_exit_code_nine(ana, lang, question, said):
    run = ana("--lang", lang, "ask", question, code=9)
    assert said in run.err
    assert run.out
    assert ana("ask", question, "--json", code=9).json["abstained"] == "no_evidence"


def test_a_stream_is_lines(ana):
    run = ana("ask", "会议改到什么时候?", "--stream", "--json")
    parts = [json.loads(line) for line in run.out.splitlines()]
    assert parts[0]["claim"]["supported"]
    assert parts[-1]["answer"]["text"]
    assert "Atlas" in ana("ask", "What is the name of my dog?", "--stream").out
    assert ana("ask", "Who is my landlord?", "--stream", code=9).out.count("\n") == 1


def test_a_model_is_asked_and_can_be_left_out(ana):
    told = {
        "claims": [{"text": "My dog Atlas.", "quotes": [{"source": "[2]", "quote": "Atlas is the name of my dog"}]}]
    }
    with ChatServer(chat_server.says(json.dumps(told))) as server:
        ana.environment |= {
            "FUSION_MEMORY_LLM_PROVIDER": "openai",
            "FUSION_MEMORY_LLM_ENDPOINT": server.address,
            "FUSION_MEMORY_LLM_MODEL": "small",
            "FUSION_MEMORY_ENCODING_MODE": "offline",
        }
        run = ana("ask", "What is the name of my dog Atlas?", "--model", "big")
        assert "checked" in run.err
        assert server.requests[-1]["model"] == "big"
        before = len(server.requests)
        assert "Quoted" in ana("ask", "What is the name of my dog?", "--no-model").err
        assert len(server.requests) == before


@pytest.mark.parametrize("words", [("--model", "x"), ("--model", "x", "--no-model")])
def test_a_model_that_is_not_set_up_is_refused(ana, words):
    run = ana("ask", "dog", *words, code=2)
    assert run.err.count("\n") == 3

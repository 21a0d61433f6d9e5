"""The small question sets as files."""

import pytest
from set_layouts import (
    ASKED,
    DATES,
    GENERIC,
    ITEMS,
    LIFE_QUESTIONS,
    SESSIONS,
    locomo_sample,
    official_question,
    put,
    put_lines,
)


@pytest.fixture
def locomo_file(tmp_path):
    return put(tmp_path / "locomo.json", [locomo_sample()])


@pytest.fixture
def longmemeval_file(tmp_path):
    return put(tmp_path / "official.json", [official_question(), official_question(question_id="b2_abs")])


@pytest.fixture
def longmemeval_folder(tmp_path):
    folder = tmp_path / "pooled"
    put_lines(folder / "sessions.jsonl", [{"session_id": name, "turns": turns} for name, turns in SESSIONS.items()])
    small = {**ASKED, "haystack": [[name, DATES[name]] for name in ("answer_1", "noise_8")]}
    large = {**ASKED, "haystack": [[name, DATES[name]] for name in SESSIONS]}
    put_lines(folder / "s48.jsonl", [small, {**small, "question_id": "c3_abs"}])
    put_lines(folder / "m500.jsonl", [large])
    return folder


@pytest.fixture(params=["items.jsonl", "items.jsonl.gz"])
def lifebench_folder(tmp_path, request):
    folder = tmp_path / "life"
    put_lines(folder / request.param, ITEMS)
    put_lines(folder / "qa.jsonl", LIFE_QUESTIONS)
    return folder


@pytest.fixture
def generic_file(tmp_path):
    return put_lines(tmp_path / "own.jsonl", GENERIC)

"""Leafing through memories on the command line."""

import re

import pytest


@pytest.fixture
def notes(cli):
    for n in range(5):
        cli("add", f"note {n}", "--user", "u", "--time", f"2026-03-0{n + 1}")
    cli("add", "noted", "--user", "u", "--role", "assistant", "--time", "2026-02-01")
    return cli


def test_page_after_page(notes):
    first = notes("memories", "--user", "u", "--limit", "4")
    assert [line.split()[-1] for line in first.out.splitlines()] == ["4", "3", "2", "1"]
    after = re.search(r"--after (\S+)", first.err)[1]
    rest = notes("memories", "--user", "u", "--limit", "4", "--after", after)
    assert "note 0" in rest.out
    assert "noted" in rest.out
    assert rest.err == ""


def test_filters_and_json(notes):
    found = notes("memories", "--user", "u", "--role", "assistant", "--json").json
    assert [event["content"] for event in found["items"]] == ["noted"]
    assert found["next"] is None
    assert "note 1" in notes("memories", "--user", "u", "--since", "2026-03-02", "--until", "2026-03-03").out
    assert notes("memories", "--user", "u", "--speaker", "nobody").out == ""


@pytest.mark.parametrize(
    "words", [["--after", "x"], ["--limit", "0"], ["--trust", "all"], ["--since", "soon"], ["--as-of", "?"]]
)
def test_bad_values_are_refused(notes, words):
    assert notes("memories", "--user", "u", *words, "--json", code=2).error["fix"]

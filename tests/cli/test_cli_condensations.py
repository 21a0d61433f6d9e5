"""Memory cards from the command line: made, shown, reported on, in both languages."""

from __future__ import annotations

import pytest

BOTH = pytest.mark.parametrize("lang", ["en", "zh"])
TALK = [
    "I live in Porto with my dog Atlas.",
    "I love jazz and I hate cilantro.",
    "Decision: the review moves to Friday.",
    "风险：旧消息队列可能在五月底之前出问题",
]


@pytest.fixture
def talk(cli):
    cli("use", "--user", "ana", "--session", "s1")
    for said in TALK:
        cli("add", said)
    return cli


@BOTH
def test_made_then_shown_then_reported(talk, lang):
    nothing = talk("condensations", "--lang", lang)
    assert "--refresh" in nothing.err
    made = talk("condensations", "--refresh", "--lang", lang)
    assert "the review moves to Friday." in made.out
    assert ("saved" if lang == "en" else "节省") in made.out
    shown = talk("condensations", "--json").json
    assert shown[0]["card"]["decisions"][0]["text"] == "the review moves to Friday."
    assert len(shown[0]["card"]["decisions"][0]["sources"]) == 1
    talk("condensations", "--refresh")
    assert [one["version"] for one in talk("condensations", "--history", "--json").json] == [2, 1]
    report = talk("report", "condensations", "--lang", lang)
    assert ("1 session with a card" if lang == "en" else "有卡片的会话:1 个") in report.out
    assert talk("report", "condensations", "--json").json["uncited"] == 0


@BOTH
@pytest.mark.parametrize(
    "words",
    [
        ("condensations", "--refresh", "--history"),
        ("condensations", "--refresh", "--limit", "3"),
        ("condensations", "--limit", "0"),
        ("condensations", "--as-of", "someday"),
        ("report", "condensations", "--labels", "-"),
    ],
)
def test_what_cannot_be_asked_is_refused(talk, words, lang):
    refused = talk(*words, "--lang", lang, code=2)
    assert refused.out == ""
    assert refused.err.count("\n") >= 2


@BOTH
def test_many_facts_in_few_lines(talk, lang):
    for value in ("chess", "opera", "tango"):
        talk("add", f"I like {value}.")
    found = talk("facts", "--max-facts", "1", "--lang", lang)
    assert ("in few lines" if lang == "en" else "概括如下") in found.out
    assert "tango" in found.out
    assert talk("facts", "--max-facts", "0", "--json").json["digests"] == []
    refused = talk("facts", "jazz", "--max-facts", "1", "--lang", lang, code=2)
    assert "--max-facts" in refused.err

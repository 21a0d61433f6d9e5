"""What lies beside a memory and what sessions were about at a glance, from the command line, in both languages."""

import pytest


@pytest.fixture
def met(cli):
    """A command line whose user said two things about one person; the id of the first."""
    cli("use", "--user", "ana")
    cli("add", "I met Karin Holm in Lisbon.", "--time", "2026-01-02")
    cli("add", "Karin Holm plays the cello.", "--time", "2026-02-03")
    return cli("search", "Lisbon", "--json").json["hits"][0]["id"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("both name Karin Holm 0.80", "cold, priority 3")), ("zh", ("都提到Karin Holm 0.80", "冷,优先级 3"))],
)
def test_neighbours_and_reasons_are_shown(cli, met, lang, words):
    cli("add", "Years later.", "--time", "2031-01-01")
    shown = cli("related", met, "--lang", lang)
    assert "Karin Holm plays the cello." in shown.out
    for said in words:
        assert said in shown.out


def test_json_has_the_reasons(cli, met):
    told = cli("related", met, "--json", "--direct").json
    assert told["centre"]["id"] == met
    (near,) = told["neighbours"]
    assert near["reasons"] == [{"kind": "entity", "weight": 0.8, "count": 2, "name": "Karin Holm"}]


@pytest.mark.parametrize(("lang", "words"), [("en", "Nothing lies beside"), ("zh", "没有与这条记忆相邻")])
def test_a_lonely_memory_says_so(cli, met, lang, words):
    (alone,) = cli("add", "Quiet.", "--json").json["ids"]
    assert words in cli("related", alone, "--lang", lang).err


@pytest.mark.parametrize(("lang", "words"), [("en", "There is no tier 'luke'."), ("zh", "没有层级 'luke'")])
def test_an_unknown_tier_is_refused(cli, met, lang, words):
    assert words in cli("related", met, "--tier", "luke", "--lang", lang, code=2).err
    assert cli("related", "mem_nothing", "--json", code=3).error["code"] == "not_found"


@pytest.mark.parametrize(("lang", "words"), [("en", "5 passages of 5 messages"), ("zh", "5 条消息,5 个片段")])
def test_schemas_are_shown(cli, lang, words):
    cli("use", "--user", "ana", "--session", "s7")
    for number in range(5):
        cli("add", f"The billing service moves, step {number}.")
    shown = cli("summaries", "--schema", "--lang", lang).out
    assert words in shown
    assert "billing" in shown
    assert cli("summaries", "--schema", "--json").json[0]["session_id"] == "s7"
    assert cli("summaries", "--schema", "--refresh", code=2).err

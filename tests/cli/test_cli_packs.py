"""``pack`` on the command line, in both languages."""

import pytest


def pack_id(cli):
    return cli("pack", "list", "--json").json[0]["id"]


def test_a_pack_is_listed_shown_compared_and_made_anew(ana):
    handed = ana("context", "Where did Ana move?").out
    (first,) = [pack_id(ana)]
    shown = ana("pack", "show", first)
    assert handed in shown.out
    assert "as it was handed out" in shown.err
    ana("add", "I moved again, to Faro.", "--name", "Ana")
    assert "No difference" in ana("pack", "replay", first).err
    assert "Faro" in ana("pack", "replay", first, "--now").out
    ana("context", "Where did Ana move?")
    second = pack_id(ana)
    assert "Faro" in ana("pack", "diff", first, second).out
    assert ana("pack", "diff", first, first, "--json").json["added"] == []


def test_an_erased_line_is_named(ana):
    ana("context", "Atlas the dog")
    [found] = [
        item
        for item in ana("pack", "show", pack_id(ana), "--json").json["pack"]["items"]
        if "Atlas" in item["text"]
    ]
    ana("forget", found["id"], "--yes")
    shown = ana("pack", "show", pack_id(ana))
    assert "Atlas" not in shown.out
    assert "gone, erased since" in shown.err
    assert "抹除" in ana("--lang", "zh", "pack", "show", pack_id(ana)).err
    assert ana("pack", "replay", pack_id(ana), code=2).out == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [(["show"], 2), (["diff", "a"], 2), (["burn", "a"], 2), (["show", "pack_none"], 3), (["list", "x"], 2)],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_cannot_be_done_is_said(ana, words, code, lang):
    run = ana("--lang", lang, "pack", *words, code=code)
    assert run.out == ""
    assert run.err.count("\n") == 3


def test_an_empty_memory_has_no_packs(cli):
    assert "No pack" in cli("--user", "zoe", "pack", "list").err

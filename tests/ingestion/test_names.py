"""Names in English and Chinese: a table of sentences written before the rules, and what must never be a name."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_memory.core.knowledge import EntityKind
from fusion_memory.ingestion.extraction.names import mentions
from fusion_memory.text.simplified import SIMPLER, simplify

HERE = Path(__file__).parent
KINDS = {kind.value[0]: kind for kind in EntityKind} | {
    "l": EntityKind.PLACE,
    "j": EntityKind.PROJECT,
    "d": EntityKind.PRODUCT,
}
KINDS |= {"p": EntityKind.PERSON}


def table(language):
    """``(held out, sentence, wanted names by kind, names that may be found)`` of one language."""
    held_out = False
    for line in (HERE / f"names_{language}.txt").read_text("utf-8").splitlines():
        held_out = held_out or line.startswith("# held out")
        if line.startswith("#"):
            continue
        sentence, _, names = line.partition("||")
        given = [name.strip().rpartition("/") for name in names.split(";") if name.strip()]
        wanted = {name: KINDS[kind] for name, _, kind in given if not name.startswith("?")}
        yield held_out, sentence.rstrip().replace("\\n", "\n"), wanted, {name[1:] for name, _, _ in given}


def figures(language, *, held_out):
    """Precision and recall of name and kind together."""
    right = wrong = missed = 0
    for held, sentence, wanted, may in table(language):
        if held is held_out:
            found = {m.name: m.kind for m in mentions(sentence)}
            hits = sum(found.get(name) is kind for name, kind in wanted.items())
            right, missed = right + hits, missed + len(wanted) - hits
            wrong += sum(name not in may and wanted.get(name) is not kind for name, kind in found.items())
    return right / (right + wrong), right / (right + missed)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_is_large_and_has_sentences_without_names(language):
    rows = list(table(language))
    assert len([row for row in rows if not row[0]]) >= 120
    assert len([row for row in rows if row[0]]) >= 60
    assert len([row for row in rows if not row[2]]) >= 30


@pytest.mark.parametrize(("language", "precision", "recall"), [("en", 0.97, 0.97), ("zh", 0.97, 0.97)])
def test_names_of_the_table_are_found(language, precision, recall):
    found = figures(language, held_out=False)
    assert found[0] >= precision
    assert found[1] >= recall


@pytest.mark.parametrize(("language", "precision", "recall"), [("en", 0.95, 0.95), ("zh", 0.93, 0.88)])
def test_names_of_sentences_not_tuned_for_are_found(language, precision, recall):
    found = figures(language, held_out=True)
    assert found[0] >= precision
    assert found[1] >= recall


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "See https://anna.example.com/Paris/Acme?user=Tom and www.Berlin.de",
        "mail anna.Smith@Example.com",
        "`Anna` and ```\nclass Paris: Tom = 1\n```",
        "550e8400-e29b-41d4-a716-446655440000",
        "/home/Anna/Documents/Berlin.txt and C:\\Users\\Anna",
        "call Session.Open(Anna) or MAX_Users",
        "<div class='Anna'>",
        "On Monday in March we speak French and German.",
        "Hello! Thanks a lot. OK. Sure, no problem.",
        "I'M SO HAPPY TODAY!!!",
        "周一到周五都上班，白天很忙，晚上高兴。",
        "于是任何时候都要安全，方便的话请关注。",
        "这家公司很大，那所大学也不错，我们学校更好。",
        "去公园散步，走马路，逛超市，坐高铁。",
    ],
)
def test_what_is_no_name(text):
    assert mentions(text) == ()


@pytest.mark.parametrize(
    ("text", "name", "alias"),
    [
        ("My brother Robert (Bob) called.", "Robert", "Bob"),
        ("Elizabeth, also known as Liz, moved.", "Elizabeth", "Liz"),
        ("My friend Katherine is great, we call her Kit.", "Katherine", "Kit"),
        ("Jonathan goes by Jon.", "Jonathan", "Jon"),
        ("王建国又叫老王", "王建国", "老王"),
        ("我妹妹叫林晓雯，小名豆豆。", "林晓雯", "豆豆"),
        ("我同事李明，外号大熊，很逗。", "李明", "大熊"),
        ("张伟，大家都叫他阿伟。", "张伟", "阿伟"),
        ("陳美玲（Amy）來了", "陳美玲", "Amy"),
    ],
)
def test_a_text_that_gives_two_names_says_so(text, name, alias):
    assert {m.name: m.alias_of for m in mentions(text)} == {name: None, alias: name}


@pytest.mark.parametrize(
    "text",
    ["Paris (France) is nice.", "Anna (and Tom) came", "王伟叫李强来帮忙。", "Tom met Anna. We call her often."],
)
def test_two_names_side_by_side_are_two(text):
    assert all(m.alias_of is None for m in mentions(text))


def test_traditional_and_simplified_texts_give_the_same_names():
    for _, sentence, _, _ in table("zh"):
        plain = [(m.first, m.last, m.kind) for m in mentions(simplify(sentence))]
        assert [(m.first, m.last, m.kind) for m in mentions(sentence)] == plain


def test_a_title_before_a_full_name_and_a_possessive_after_it_are_left_out():
    assert [m.name for m in mentions("Dr. Sofia Marquez met Mrs. Okafor's son.")] == [
        "Sofia Marquez",
        "Mrs. Okafor",
    ]
    assert [m.name for m in mentions("黄晓明老师和王老师来了")] == ["黄晓明", "王老师"]


def test_every_mention_says_where_it_stands():
    for language in ("en", "zh"):
        for _, sentence, _, _ in table(language):
            check(sentence)


PIECES = [row[1] for language in ("en", "zh") for row in table(language)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=5))
def test_any_text_is_read(parts):
    check(" ".join(parts))


def check(text):
    """Offsets are right, names do not overlap and are not empty; the same text gives the same names."""
    found = mentions(text)
    assert all(text[m.first : m.last] == m.name and m.name.strip() for m in found)
    assert all(before.last <= after.first for before, after in pairwise(found))
    assert all(0 < m.confidence <= 1 for m in found)
    assert mentions(text) == found


def test_simplifying_keeps_every_offset_and_is_done_once():
    text = "陳美玲與李國強在臺灣學習漢語，ABC 123 🙂"
    assert simplify(text) == "陈美玲与李国强在台湾学习汉语，ABC 123 🙂"
    assert len(SIMPLER) > 1_900
    assert not set(SIMPLER) & set(SIMPLER.values())
    assert all(re.fullmatch("[\u3400-\u9fff]", chr(char)) for pair in SIMPLER.items() for char in pair)


@given(st.text())
def test_simplifying_is_idempotent_and_as_long(text):
    assert len(simplify(text)) == len(text)
    assert simplify(simplify(text)) == simplify(text)


def test_long_texts_of_one_kind_are_read_to_their_limit():
    counts = Counter(m.name for m in mentions("Anna met Tom. " * 3_000))
    assert counts.keys() == {"Anna", "Tom"}
    assert 1_400 < counts["Anna"] < 1_500

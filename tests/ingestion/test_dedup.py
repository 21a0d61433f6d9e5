"""The ladder: what is the same claim in other words, and what only looks alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.knowledge import FactType
from fusion_memory.ingestion.dedup import Bars, Rung, climb, comparable, values_agree
from fusion_memory.ingestion.likeness import unknown
from fusion_memory.memory.tellings import Known
from fusion_memory.testing.reader import claim
from fusion_memory.text.similarity import simhash

KIND = FactType.PREFERENCE


def known(value, predicate="likes", **other):
    text = other.pop("text", f"user {predicate} {value}")
    fields = {"slot": None, "positive": True, "type": KIND.value} | other
    return Known(1, 1, fields["type"], predicate, fields["slot"], fields["positive"], value, text, simhash(text))


def likes(value, **other):
    return claim("likes", value, type=KIND, **other)


def certain(_left, _right):
    return 0.99


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("jazz", "Jazz"),
        ("long walks along the river in the evening", "long walks along the river in the evening."),
        ("在湖边散步", "在湖边散步。"),
    ],
)
def test_nearly_equal_words_are_one(left, right):
    assert climb(likes(left), [known(right)], unknown, Bars()).rung is Rung.NEAR


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("jazz", "free jazz from the sixties"),
        ("爵士乐", "爵士乐和古典乐"),
    ],
)
def test_more_words_of_the_same_are_one_when_their_meaning_is(left, right):
    found = climb(likes(right), [known(left)], certain, Bars(lexically_near=0.1))
    assert found.rung is Rung.MEANING
    assert climb(likes(right), [known(left)], unknown, Bars()).rung is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("playing tennis with friends", "playing chess with friends"),
        ("version 3.1 of the library", "version 3.2 of the library"),
        ("coffee with 2 sugars", "coffee with 3 sugars"),
        ("the talk by Ann", "the talk by Bob"),
        ("walking with Ann", "walking"),
        ("not working on Sundays", "working on Sundays"),
        ("张三做的菜", "李四做的菜"),
        ("三月去北京", "四月去北京"),
        ("不加糖的咖啡", "加糖的咖啡"),
    ],
)
def test_other_values_are_never_one_however_alike(left, right):
    assert climb(likes(left), [known(right)], certain, Bars(lexically_near=0.0)).rung is None
    assert not values_agree(left, right)


@pytest.mark.parametrize(
    "other",
    [
        {"type": "fact"},
        {"predicate": "dislikes"},
        {"slot": "favourite music"},
        {"positive": False},
    ],
)
def test_another_kind_of_claim_is_never_the_same(other):
    assert not comparable(likes("jazz"), known("jazz", **other))
    assert climb(likes("jazz"), [known("jazz", **other)], certain, Bars()).known is None


def test_in_a_slot_the_question_counts_not_the_verb():
    made = claim("works_at", "Acme Corp", slot="employer")
    assert comparable(made, known("Acme", "joined", slot="employer", type="fact"))


def test_the_bar_depends_on_the_type():
    candidate = known("free jazz", type="task")
    task = claim("likes", "free jazz from the sixties", type=FactType.TASK)
    assert climb(task, [candidate], lambda *_: 0.92, Bars()).rung is None
    assert climb(task, [candidate], lambda *_: 0.93, Bars()).rung is Rung.MEANING


def test_only_lexically_near_claims_are_compared_by_meaning():
    asked = []

    def ask(left, right):
        asked.append((left, right))
        return 0.99

    climb(likes("jazz"), [known("rock climbing in the alps on sunny days", text="something else")], ask, Bars())
    assert asked == []


def test_what_is_not_the_same_may_be_close():
    found = climb(likes("tea with milk"), [known("opera"), known("tea with lemon")], unknown, Bars())
    assert found.rung is None
    assert found.known is not None
    assert found.known.object == "tea with lemon"
    assert 0.3 < found.similarity < 1


@given(st.text(max_size=30), st.text(max_size=30))
def test_agreement_is_mutual(left, right):
    assert values_agree(left, right) == values_agree(right, left)
    assert values_agree(left, left)

"""A turn in its context: the turn whole, neighbours as far as the budget goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.text.windows import window_text

TURNS = ["Shall we meet on Friday?", "Yes, the second one.", "好的，那就周五下午三点见。", "See you then!"]


def test_neighbours_stand_around_the_turn_in_order():
    assert window_text(TURNS, 1, 1, 1, 500) == "\n".join(TURNS[:3])
    assert window_text(TURNS, 1, 5, 5, 500) == "\n".join(TURNS)
    assert window_text(TURNS, 0, 2, 0, 500) == TURNS[0]
    assert window_text(TURNS, 3, 1, 1, 500) == "\n".join(TURNS[2:])


def test_no_neighbours_asked_is_the_turn():
    assert window_text(TURNS, 2, 0, 0, 500) == TURNS[2]


def test_the_end_of_the_turn_before_and_the_beginning_of_the_next():
    turns = ["alpha beta gamma delta epsilon", "centre", "one two three four five six"]
    window = window_text(turns, 1, 1, 1, 40)
    before, centre, after = window.split("\n")
    assert centre == "centre"
    assert turns[0].endswith(before)
    assert turns[2].startswith(after)
    assert len(window) <= 40


def test_cuts_are_at_words():
    before, _, after = window_text(["alpha beta gamma delta", "x", "one two three four"], 1, 1, 1, 30).split("\n")
    assert set(before.split()) <= {"alpha", "beta", "gamma", "delta"}
    assert set(after.split()) <= {"one", "two", "three", "four"}


def test_what_one_side_leaves_the_other_uses():
    turns = ["a long story " * 20, "turn", "ok"]
    window = window_text(turns, 1, 1, 1, 120)
    assert window.endswith("turn\nok")
    assert len(window) > 100


def test_a_turn_over_the_budget_is_cut_at_its_end():
    assert window_text(["before", "word " * 50, "after"], 1, 1, 1, 23) == "word word word word"
    assert window_text(["天气" * 40], 0, 1, 1, 10) == "天气" * 5
    assert window_text(["abc"], 0, 0, 0, 0) == ""


def test_blank_neighbours_do_not_take_lines():
    assert window_text(["hello there", "  ", "turn", "", "bye"], 2, 2, 2, 100) == "hello there\nturn\nbye"


@pytest.mark.parametrize("index", [-1, 4])
def test_a_turn_that_is_not_there(index):
    with pytest.raises(IndexError, match="among 4"):
        window_text(TURNS, index, 1, 1, 100)


@given(
    st.lists(st.text(alphabet="ab 。中文\n👨\u200d👩e\u0301", max_size=60), min_size=1, max_size=7),
    st.integers(0, 6),
    st.integers(-1, 4),
    st.integers(-1, 4),
    st.integers(-1, 150),
)
def test_the_budget_is_never_exceeded_and_the_turn_comes_first(turns, index, before, after, budget):
    index %= len(turns)
    window = window_text(turns, index, before, after, budget)
    assert len(window) <= max(0, budget)
    if len(turns[index].strip()) <= budget:
        assert turns[index].strip() in window

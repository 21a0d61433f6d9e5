"""What makes a text unfit to be stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.text.screening import Problem, screen


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hello", None),
        ("你好", None),
        ("🎉", None),
        ("a\u200db", None),
        ("", Problem.EMPTY),
        (" \n\t\u3000", Problem.EMPTY),
        ("\u200b\ufeff\u2060", Problem.EMPTY),
        ("a\x00b", Problem.NUL),
        ("\x00", Problem.NUL),
        ("bad \ud800 half", Problem.SURROGATE),
        ("\udc00", Problem.SURROGATE),
        ("x" * 101, Problem.TOO_LONG),
        ("x" * 100, None),
    ],
)
def test_the_first_problem(text, problem):
    assert screen(text, max_chars=100) is problem


def test_a_problem_says_what_it_is():
    assert "empty" in Problem.EMPTY
    assert all(value[0].islower() for value in Problem)


@given(st.text())
def test_what_passes_can_be_encoded_and_shows_something(text):
    if screen(text, max_chars=1_000) is None:
        assert text.encode("utf-8").strip()
        assert "\x00" not in text

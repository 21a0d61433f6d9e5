"""What is read of the conversation before a question: its end, as much as fits, and never the question twice."""

import pytest

from fusion_memory.core.errors import InvalidText
from fusion_memory.retrieval.asking import TALK_CHARS, talk_before


def test_the_last_sayings_that_fit_are_kept_in_their_order():
    early, late = "a" * TALK_CHARS, "b" * (TALK_CHARS - 10)
    assert talk_before([early, late, "the end"], "so?") == f"{late}\nthe end"


def test_of_a_last_saying_too_long_the_end_is_kept():
    assert talk_before(["early", "x" * TALK_CHARS + "end"], "so?") == ("x" * TALK_CHARS + "end")[-TALK_CHARS:]


def test_sayings_that_say_nothing_and_the_question_itself_are_no_talk():
    assert talk_before([" ", "so?", ""], "so?") == ""
    assert talk_before([], "so?") == ""


def test_a_saying_that_cannot_be_used_is_named():
    with pytest.raises(InvalidText):
        talk_before(["broken \ud800"], "so?")

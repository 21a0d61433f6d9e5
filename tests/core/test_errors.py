import re

import pytest

from fusion_memory.core import errors
from fusion_memory.core.errors import FusionMemoryError


def all_errors(kind=FusionMemoryError):
    own = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return [kind, *(found for child in own for found in all_errors(child))]


@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.__name__)
def test_every_error_says_what_why_and_what_to_do(kind):
    error = kind()
    assert error.what == kind.__doc__
    assert error.what.endswith(".")
    assert error.why
    assert error.fix
    assert error.exit_code in {*range(1, 9), 10}  # 9 is what ask leaves with when it does not know


def test_codes_are_unique_and_the_tree_is_drawn_in_full():
    kinds = all_errors()
    assert len({kind.code for kind in kinds}) == len(kinds)
    drawn = set(re.findall(r"\b[A-Z][A-Za-z]+\b(?= {2,}\d|$)", errors.__doc__, flags=re.MULTILINE)) | set(
        re.findall(r"[├└]── ([A-Za-z]+)", errors.__doc__)
    )
    assert {kind.__name__ for kind in kinds} <= drawn


def test_a_caller_may_say_it_better():
    error = errors.TextTooLong("It is long.", why="Too many words.", fix="cut it")
    assert (error.what, error.why, error.fix) == ("It is long.", "Too many words.", "cut it")
    assert str(error) == "It is long. Too many words. Fix: cut it"

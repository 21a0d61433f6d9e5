"""Cells: width, padding, wrapping, and texts that must not drive a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.cli.columns import aligned, cell_width, harmless, one_line, pad, wrapped

TEXTS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=200)


def test_chinese_takes_two_cells():
    assert cell_width("会议 ok") == 7
    assert pad("会议", 6) == "会议  "
    assert pad("12", 4, right=True) == "  12"


def test_combining_marks_take_none():
    assert cell_width("e\u0301") == 1


def test_columns_line_up_whatever_the_language():
    lines = aligned([["1", "李雷", "x"], ["10", "Ana", "y"]], right=frozenset({0}))
    assert lines == [" 1  李雷  x", "10  Ana   y"]


@given(TEXTS, st.integers(10, 80))
def test_wrapping_loses_nothing_but_blanks(text, width):
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["会", "议", "word ", "a ", "。"]), max_size=60), st.integers(12, 40))
def test_wrapped_lines_fit_but_for_closing_marks(pieces, width):
    for line in wrapped("".join(pieces), width):
        assert cell_width(line.rstrip("。")) <= width


@given(TEXTS)
def test_no_control_character_survives(text):
    shown = harmless(text)
    assert not any((ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160 for char in shown)
    assert "\n" not in one_line(text)


def test_an_escape_sequence_is_shown_not_obeyed():
    assert harmless("\x1b[31mred") == "␛[31mred"

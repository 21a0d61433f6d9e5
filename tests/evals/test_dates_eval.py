"""Measuring how times are read: what counts as right, and what a broken file is told."""

import json
from pathlib import Path

import pytest

from fusion_memory.core.errors import DatasetInvalid
from fusion_memory.evals.dates import measure

TABLES = Path(__file__).parent.parent / "text"
FRIDAY = {"start": "2026-03-06T00:00+00:00", "end": "2026-03-07T00:00+00:00", "granularity": "day", "role": "at"}
SAID = {"said_at": "2026-03-04T10:00:00+00:00"}
ROWS = [
    {"text": "I fly on Friday.", "times": [FRIDAY]} | SAID,
    {"text": "我周五飞。", "times": [FRIDAY]} | SAID,
    {"text": "I fly on Friday.", "times": [FRIDAY | {"end": "2026-03-08T00:00+00:00"}]} | SAID,
    {"text": "Friday is my dog.", "times": []} | SAID,
]


@pytest.fixture
def table(tmp_path):
    def write(rows):
        file = tmp_path / "times.jsonl"
        file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
        return file

    return write


def test_right_and_wrong_are_counted(table):
    report = measure(table(ROWS[:3]), failures=True)
    assert report["metrics"] == {"statements": 3, "right": 2, "share": 0.6667, "traps": 0, "false times": 0}
    assert report["by_category"] == {"day": {"statements": 3, "right": 2}}
    (failure,) = report["failures"]
    assert failure["wanted"] == ["2026-03-06 00:00 to 2026-03-08 00:00 day at"]
    assert failure["found"] == ["2026-03-06 00:00 to 2026-03-07 00:00 day at"]


def test_a_time_read_into_a_trap_is_false(table):
    trap = {"text": "I fly on Friday.", "times": []} | SAID
    metrics = measure(table([trap]))["metrics"]
    assert (metrics["traps"], metrics["false times"], metrics["statements"]) == (1, 1, 0)


@pytest.mark.parametrize(("language", "right"), [("en", 0.98), ("zh", 0.98)])
def test_the_tables_of_both_languages_are_read(language, right):
    metrics = measure(TABLES / f"temporal_{language}.jsonl")["metrics"]
    assert metrics["share"] >= right
    assert metrics["false times"] == 0


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"text": "x", "times": []}, "said_at"),
        ({"text": "x", "times": [], "said_at": "soon"}, "said_at"),
        ({"text": "x", "times": [], "said_at": "2026-03-04T10:00:00"}, "zone"),
        ({"text": "x", "times": {}} | SAID, "times"),
        ({"text": "x", "times": [{"start": "2026-03-06T00:00+00:00"}]} | SAID, "end"),
    ],
)
def test_a_broken_line_is_named(table, row, named):
    with pytest.raises(DatasetInvalid, match=named):
        measure(table([row]))


def test_an_empty_file_is_refused(table):
    with pytest.raises(DatasetInvalid, match="no statements"):
        measure(table([]))

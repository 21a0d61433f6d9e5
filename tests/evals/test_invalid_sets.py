"""Whatever is wrong in a question set is named with its file, its place and what was expected."""

import copy
import json

import pytest
from set_layouts import GENERIC, ITEMS, LIFE_QUESTIONS, locomo_sample, official_question, put, put_lines

from fusion_memory.core.errors import DatasetInvalid
from fusion_memory.evals.datasets import generic, lifebench, locomo, longmemeval
from fusion_memory.evals.datasets.reading import json_lines, valid


def told(load, *expected):
    with pytest.raises(DatasetInvalid) as caught:
        load()
    assert caught.value.exit_code == 2
    for part in expected:
        assert part in caught.value.what, caught.value.what
    return caught.value


def changed(value, path, new):
    """A copy with the value at a path replaced; None removes it."""
    made = copy.deepcopy(value)
    *way, last = path
    place = made
    for step in way:
        place = place[step]
    if new is None:
        del place[last]
    else:
        place[last] = new
    return made


class TestFiles:
    def test_missing(self, tmp_path):
        told(lambda: locomo.load(tmp_path / "none.json"), "no file", "none.json")

    def test_a_folder_is_no_file(self, tmp_path):
        told(lambda: locomo.load(tmp_path), str(tmp_path))

    def test_not_json(self, tmp_path):
        path = tmp_path / "x.json"
        path.write_text("[\n{,")
        told(lambda: locomo.load(path), "x.json, line 2", "not JSON")

    def test_not_text(self, tmp_path):
        path = tmp_path / "x.json"
        path.write_bytes(b"\xff\xfe[")
        told(lambda: locomo.load(path), "not UTF-8")

    def test_another_value(self, tmp_path):
        told(lambda: locomo.load(put(tmp_path / "x.json", {"a": 1})), "one JSON list", '{"a": 1}')
        told(lambda: locomo.load(put(tmp_path / "x.json", [3])), "entry 0", "an object")

    def test_a_broken_line(self, tmp_path):
        path = put_lines(tmp_path / "x.jsonl", [GENERIC[0], "", "{oops", GENERIC[1]])
        told(lambda: generic.load(path), "x.jsonl, line 3", "not JSON")

    @pytest.mark.parametrize("content", [b"plain", b"\x1f\x8b\x08\x00broken"])
    def test_no_whole_gzip(self, tmp_path, content):
        put_lines(tmp_path / "qa.jsonl", LIFE_QUESTIONS)
        (tmp_path / "items.jsonl.gz").write_bytes(content)
        told(lambda: lifebench.load(tmp_path), "items.jsonl.gz", "gzip")

    def test_a_byte_order_mark_and_line_separators_inside_texts_are_fine(self, tmp_path):
        path = tmp_path / "x.jsonl"
        path.write_text('\ufeff{"a": "one\u2028two"}\r\n', encoding="utf-8")
        assert [entry.text("a") for entry in json_lines(path)] == ["one\u2028two"]

    def test_text_that_cannot_be_stored_is_repaired(self):
        assert valid("a\x00b\ud83dc 猫 😀") == "a\ufffdb\ufffdc 猫 😀"


@pytest.mark.parametrize(
    ("path", "new", "expected"),
    [
        ([0, "conversation"], None, "'conversation' is missing"),
        ([0, "conversation", "session_1", 0, "dia_id"], "first", "a turn id like 'D1:3'"),
        ([0, "conversation", "session_1", 1, "speaker"], None, "session_1[1]: 'speaker' is missing"),
        ([0, "conversation", "session_2"], "none", "'session_2' should be a list"),
        ([0, "conversation", "session_1_date_time"], "yesterday", "a time like '02:30 PM on 09 March, 2024'"),
        ([0, "qa", 2, "question"], " ", "qa[2]: 'question' should be a text with a visible character"),
        ([0, "qa", 0, "category"], 9, "'category' should be one of 1, 2, 3, 4, 5"),
        ([0, "qa", 0, "category"], [1], "'category' should be one of"),
        ([0, "qa", 1, "evidence"], [3], "a list of texts"),
        ([0, "qa"], [], "no question with evidence"),
    ],
)
def test_locomo(tmp_path, path, new, expected):
    made = changed([locomo_sample()], path, new)
    told(lambda: locomo.load(put(tmp_path / "locomo.json", made)), "locomo.json", expected)


def test_locomo_labels_of_another_set(tmp_path, locomo_file):
    row = {"sample_id": "conv-1", "question": "unknown", "corrected_evidence": []}
    told(lambda: locomo.load(locomo_file, put_lines(tmp_path / "l.jsonl", [row])), "l.jsonl", "no label belongs")
    told(lambda: locomo.load(locomo_file, put_lines(tmp_path / "l.jsonl", [])), "no labels")


@pytest.mark.parametrize(
    ("path", "new", "expected"),
    [
        ([0, "haystack_dates"], ["2024/05/01 (Wed) 10:00"], "as long as haystack_session_ids (3)"),
        ([0, "haystack_dates", 0], "May", "'May' is no date like '2024/03/09 (Sat) 14:30'"),
        ([0, "haystack_sessions", 1], {}, "haystack_sessions[1]: expected a list of turns"),
        ([0, "haystack_sessions", 1, 0, "role"], "robot", "'role' should be one of assistant"),
        ([0, "haystack_sessions", 1, 0, "content"], None, "'content' is missing"),
        ([0, "answer_session_ids"], ["elsewhere"], "not all in the haystack (elsewhere)"),
        ([0, "answer_session_ids"], [], "not all in the haystack (none given)"),
        ([0, "question_date"], "soon", "a time like"),
        ([0, "question_id"], "x_abs", "no question with evidence"),
    ],
)
def test_longmemeval(tmp_path, path, new, expected):
    made = changed([official_question()], path, new)
    told(lambda: longmemeval.load(put(tmp_path / "o.json", made)), "o.json", expected)


def test_longmemeval_layouts(longmemeval_file, longmemeval_folder, tmp_path):
    told(lambda: longmemeval.load(longmemeval_file, "s48"), "is no folder")
    error = told(lambda: longmemeval.load(longmemeval_folder, "xl"), "no haystack 'xl'")
    assert error.fix == "pass --haystack m500 or s48"
    told(lambda: longmemeval.load(tmp_path / "pooled" / ".."), "sessions.jsonl")


@pytest.mark.parametrize(
    ("pair", "expected"),
    [("answer_1", "expected [session id, date]"), (["unknown", "2024/05/01 (Wed) 10:00"], "no session 'unknown'")],
)
def test_longmemeval_pool(longmemeval_folder, pair, expected):
    path = longmemeval_folder / "s48.jsonl"
    row = json.loads(path.read_text().splitlines()[0])
    put_lines(path, [{**row, "haystack": [*row["haystack"], pair]}])
    told(lambda: longmemeval.load(longmemeval_folder), "s48.jsonl, line 1, haystack[2]", expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"user": "nobody"}, "'user' should be a user of the items"),
        ({"evidence": ["sms:9"]}, "evidence 'sms:9' is no item of user 'wei'"),
        ({"ask_time": "spring"}, "a month like '2025-03'"),
        ({"ask_time": "2025-13"}, "a month like '2025-03'"),
        ({"question": None}, "'question' should be a text with a visible character, not null"),
    ],
)
def test_lifebench_questions(tmp_path, change, expected):
    put_lines(tmp_path / "items.jsonl", ITEMS)
    put_lines(tmp_path / "qa.jsonl", [{**LIFE_QUESTIONS[0], **change}])
    told(lambda: lifebench.load(tmp_path), "qa.jsonl, line 1", expected)


def test_lifebench_items(tmp_path):
    told(lambda: lifebench.load(tmp_path), "neither items.jsonl nor items.jsonl.gz")
    put_lines(tmp_path / "items.jsonl", [ITEMS[0], {**ITEMS[1], "datetime": "noon"}])
    told(lambda: lifebench.load(tmp_path), "items.jsonl, line 2", "'datetime' should be a time like")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"type": "fact"}, "'type' should be 'message' or 'question', not \"fact\""),
        ({"content": "no type"}, "'type' is missing"),
        ({"type": "message", "id": "m1", "content": "again", "scope": "ann"}, "'m1' occurs twice"),
        ({"type": "message", "id": "x" * 300, "content": "long id"}, "at most 256 printable"),
        ({"type": "message", "id": "m9"}, "'content' is missing"),
        ({"type": "message", "id": "m9", "content": "c", "time": "late"}, "a time like '2024-03-09T14:30:00'"),
        (
            {"type": "question", "query": "q", "gold": ["m7"], "scope": "ann"},
            "gold names 'm7', which is no",
        ),
        ({"type": "question", "query": "q", "gold": ["m1"], "scope": "eve"}, "the scope of a message"),
        ({"type": "question", "query": "q", "gold": "m1", "scope": "ann"}, "a list of texts"),
        (
            {"type": "question", "query": "q", "gold": ["m1"], "sessions": ["s9"], "scope": "ann"},
            "sessions names 's9', which is no session",
        ),
    ],
)
def test_generic(tmp_path, row, expected):
    told(lambda: generic.load(put_lines(tmp_path / "own.jsonl", [*GENERIC, row])), "own.jsonl, line 7", expected)


def test_generic_without_questions(tmp_path):
    told(lambda: generic.load(put_lines(tmp_path / "own.jsonl", GENERIC[:3])), "no question with gold")

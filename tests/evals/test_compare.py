"""Two reports side by side: pairs of the same question, an interval of the difference, a verdict, an exit code."""

import json
import random

import pytest

from fusion_memory.core.errors import DatasetInvalid
from fusion_memory.evals.compare import Verdict, compare, read


def report(rows, *, dataset="own", headline="recall@5", apart=()):
    """A report as ``--json`` gives it; rows are (id, category, recall@5)."""
    return {
        "dataset": dataset,
        "recipe": "balanced",
        "headline": headline,
        "metrics": {"recall@5": 0.0},
        "apart": list(apart),
        "version": "0",
        "per_question": {
            "questions": [row[0] for row in rows],
            "categories": [row[1] for row in rows],
            "metrics": {"recall@5": [row[2] for row in rows], "mrr": [row[2] / 2 for row in rows]},
        },
    }


def rows(share, count=200, seed=1, category="a"):
    dice = random.Random(seed)
    return [(f"q{n}", category, float(dice.random() < share)) for n in range(count)]


@pytest.fixture
def side(tmp_path):
    def put(name, value):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(value))
        return read(path)

    return put


def test_a_clear_difference_has_a_verdict_and_an_open_one_has_none(side):
    worse, good = side("a", report(rows(0.3))), side("b", report(rows(0.7, seed=2)))
    found = compare(worse, good)
    assert found["verdict"] == Verdict.BETTER
    head = found["metrics"]["recall@5"]
    assert head["interval"][0] > 0.2
    assert head["difference"] == pytest.approx(head["second"] - head["first"], abs=1e-3)
    assert compare(good, worse)["verdict"] == Verdict.WORSE
    assert compare(good, good)["verdict"] == Verdict.OPEN
    assert compare(good, good)["metrics"]["recall@5"]["interval"] == [0, 0]


def test_pairing_sees_what_separate_intervals_do_not(side):
    before = rows(0.5, 400)
    after = [(name, category, 1.0 if n < 30 else value) for n, (name, category, value) in enumerate(before)]
    found = compare(side("a", report(before)), side("b", report(after)))
    assert found["metrics"]["recall@5"]["difference"] < 0.06
    assert found["verdict"] == Verdict.BETTER


def test_questions_are_paired_by_id_and_not_by_place(side):
    before = rows(0.5)
    found = compare(side("a", report(before)), side("b", report([*before[::-1], ("new", "a", 1.0)])))
    assert (found["metrics"]["recall@5"]["interval"], found["only_second"], found["questions"]) == ([0, 0], 1, 200)
    twice = [("same", "a", 1.0), ("same", "a", 0.0)]
    assert compare(side("a", report(twice)), side("b", report(twice)))["questions"] == 2


def test_categories_and_those_kept_apart(side):
    before, after = rows(0.5, category="fine"), rows(0.1, seed=2, category="hard")
    after = [(f"h{n}", category, value) for n, (_, category, value) in enumerate(after)]
    one = side("a", report(before + after, apart=["hard"]))
    two = side("b", report(before + [(name, category, 1.0) for name, category, _ in after], apart=["hard"]))
    found = compare(one, two)
    assert found["verdict"] == Verdict.OPEN
    assert found["by_category"]["hard"]["verdict"] == Verdict.BETTER
    assert found["by_category"]["fine"]["questions"] == 200


def test_a_margin_lets_small_losses_pass(side):
    before = rows(1.0, 400)
    after = [(name, category, 0.0 if n < 20 else value) for n, (name, category, value) in enumerate(before)]
    one, two = side("a", report(before)), side("b", report(after))
    assert compare(one, two)["verdict"] == Verdict.WORSE
    assert compare(one, two, margin=0.1)["verdict"] == Verdict.OPEN


def test_what_cannot_be_compared_is_named(side, tmp_path):
    one = side("a", report(rows(0.5)))
    for value, told in (
        ([1], "no report"),
        ({"dataset": "own"}, "no report"),
        ({name: value for name, value in report([]).items() if name != "per_question"}, "single questions"),
        ({**report([]), "per_question": {"questions": ["q"], "categories": [], "metrics": {}}}, "one length"),
    ):
        with pytest.raises(DatasetInvalid, match=told):
            side("b", value)
    with pytest.raises(DatasetInvalid, match="it is of other"):
        compare(one, side("b", report(rows(0.5), dataset="other")))
    with pytest.raises(DatasetInvalid, match="recall@5"):
        compare(one, side("b", report([("else", "a", 1.0)])))
    with pytest.raises(DatasetInvalid, match="no file"):
        read(tmp_path / "none.json")

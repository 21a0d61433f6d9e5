"""A model learns what is there to learn, is judged on questions it never saw, and says when it does not help."""

import json

import numpy as np
import pytest
from set_layouts import put_lines

from fusion_memory import MemoryService
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.utility import FEATURES, Feedback
from fusion_memory.evals.datasets import generic, named
from fusion_memory.evals.run import Tools
from fusion_memory.evals.utility_training import (
    Example,
    Training,
    examples_from,
    examples_of,
    fit,
    in_validation,
    judged,
    train,
)
from fusion_memory.testing.embedder import HashingEmbedder

SIGNAL = FEATURES.index("rank_keyword")


def made(count, *, signal, dataset="made", seed=0, hits=10):
    """Questions with one useful hit; the signal feature tells which, as far as ``signal`` says."""
    dice = np.random.default_rng(seed)
    examples = []
    for number in range(count):
        rows = dice.normal(size=(hits, len(FEATURES)))
        useful = np.zeros(hits, np.bool_)
        useful[dice.integers(hits)] = True
        rows[useful, SIGNAL] += signal
        examples.append(Example(f"q{number}", dataset, rows, useful))
    return examples


def test_the_fit_is_the_least_of_its_loss():
    dice = np.random.default_rng(1)
    rows = dice.normal(size=(400, 3))
    labels = dice.random(400) < 1 / (1 + np.exp(-(rows @ np.array([2.0, -1.0, 0.0]) + 0.5)))
    weights, bias = fit(rows, labels, 1.0)
    assert weights == pytest.approx([2.0, -1.0, 0.0], abs=0.5)

    def loss(beta):
        z = rows @ beta[:3] + beta[3]
        return float(np.sum(np.logaddexp(0, z) - labels * z) + 0.5 * np.sum(beta[:3] ** 2))

    best = np.append(weights, bias)
    for place in range(4):
        for step in (-1e-3, 1e-3):
            moved = best.copy()
            moved[place] += step
            assert loss(moved) > loss(best)
    smaller, _ = fit(rows, labels, 100.0)
    assert np.abs(smaller).sum() < np.abs(weights).sum()


def test_labels_that_are_separable_do_not_run_away():
    rows = np.linspace(-1, 1, 50)[:, None]
    weights, bias = fit(rows, rows[:, 0] > 0, 1e-3)
    assert np.isfinite(weights).all()
    assert np.isfinite(bias)


def test_what_can_be_learned_is_learned_and_is_ready():
    trained = train(made(300, signal=3.0), made(100, signal=3.0, dataset="other", seed=7), Training())
    other = trained.report["held_out"]["other"]
    assert other["ndcg"]["low"] > 0.2
    assert other["accuracy"] > other["accuracy_of_none"]
    assert next(iter(trained.report["weights"])) == "rank_keyword"
    assert trained.model.ready(0.01)
    assert trained.model.trained["datasets"] == ["made"]


def test_what_helps_here_and_not_elsewhere_is_not_ready():
    trained = train(made(300, signal=3.0), made(100, signal=-3.0, dataset="other", seed=7), Training())
    assert trained.report["validation"]["ndcg"]["low"] > 0
    assert trained.report["held_out"]["other"]["ndcg"]["high"] < 0
    assert not trained.model.ready(0.01)


def test_noise_is_not_ready():
    trained = train(made(200, signal=0.0), (), Training())
    assert not trained.model.ready(0.01)


def test_no_question_is_on_both_sides():
    training = Training()
    kept = {f"q{n}" for n in range(500) if not in_validation(f"q{n}", "made", training)}
    assert 300 < len(kept) < 400
    assert kept == {f"q{n}" for n in range(500) if not in_validation(f"q{n}", "made", training)}
    trained = train(made(500, signal=1.0), (), training)
    assert trained.report["train"]["questions"] == len(kept)
    assert trained.report["validation"]["questions"] == 500 - len(kept)


@pytest.mark.parametrize("examples", [[], made(10, signal=1.0)])
def test_too_little_is_refused(examples):
    with pytest.raises(InvalidOption, match="too little"):
        train(examples, (), Training())


def test_useful_units_that_never_came_back_weigh_on_both_orders():
    [one] = made(1, signal=9.0)
    model = train(made(300, signal=3.0), (), Training()).model
    missing = Example("q", "made", one.rows, one.useful, missed=3)
    assert judged(model, [missing], 0)["ndcg"]["model"] < judged(model, [one], 0)["ndcg"]["model"]


def own_set(tmp_path, name="own"):
    rows = [{"type": "message", "id": f"m{n}", "content": f"word{n} lies here"} for n in range(80)]
    rows += [{"type": "question", "query": f"Where is word{n}?", "gold": [f"m{n}"]} for n in range(80)]
    return put_lines(tmp_path / f"{name}.jsonl", rows)


def test_examples_come_from_the_engine(tmp_path):
    given = generic.load(own_set(tmp_path))
    examples = examples_of(given, lambda: MemoryService(embedder=HashingEmbedder()), Tools.silent(), None)
    assert len(examples) == 80
    assert all(one.rows.shape[1] == len(FEATURES) for one in examples)
    assert sum(one.useful.any() for one in examples) == 80


def test_feedback_makes_examples_by_search(tmp_path):
    now = Tools.silent().clock.now()
    row = tuple(float(n) for n in range(len(FEATURES)))
    said = [
        Feedback("a", True, now, "t1", row),
        Feedback("b", False, now, "t1", tuple(value + 1 for value in row)),
        Feedback("c", True, now),
    ]
    [example] = examples_from(said)
    assert example.useful.tolist() == [False, True]


def test_sets_by_name(tmp_path):
    path = own_set(tmp_path)
    assert len(named.load(f"generic={path}").questions) == 80
    for wrong in ("generic", f"smell={path}", "generic="):
        with pytest.raises(InvalidOption, match="no question set"):
            named.load(wrong)


def test_the_command(tmp_path):
    from click.testing import CliRunner

    from fusion_memory.cli.application import ROOT
    from fusion_memory.cli.context import Doors

    environment = {"FUSION_MEMORY_HOME": str(tmp_path / "home"), "FUSION_MEMORY_EMBEDDING_PROVIDER": "none"}

    def call(*words, code=0):
        result = CliRunner().invoke(ROOT, list(words), obj=Doors(environment=environment))
        assert result.exit_code == code, f"{result.stdout}\n{result.stderr}"
        return result

    data, model = f"generic={own_set(tmp_path)}", str(tmp_path / "model.json")
    report = json.loads(
        call("train-utility", "--data", data, "--check", data, "--save-model", model, "--json").stdout
    )
    assert report["validation"]["questions"] + report["train"]["questions"] == 80
    assert json.loads((tmp_path / "model.json").read_text())["digest"] == report["digest"]
    for lang in ("en", "zh"):
        assert "0.01" in call("train-utility", "--data", data, "--lang", lang).stdout
    use = ("--user", "ann", "--set", f"retrieval.utility_model={model}")
    call("add", "word1 lies here", *use)
    found = json.loads(call("search", "word1", *use, "--json").stdout)
    assert len(found["utility"]) == 1
    hit = found["hits"][0]["id"]
    call("feedback", hit, "--useful", "--trace", found["trace_id"], *use)
    assert hit in call("feedback", *use).stdout
    assert "too little" in call("train-utility", "--feedback", *use, code=2).stderr
    call("train-utility", code=2)
    call("feedback", hit, *use, code=2)
    (tmp_path / "model.json").write_text("{}")
    assert "no utility model" in call("search", "word1", *use, code=5).stderr

"""Sweeps: the grid that was asked for, halves that never mix, a choice that is checked where it was not made."""

import json
from dataclasses import fields

import pytest
from eval_fakes import FakeMemory

from fusion_memory.core.errors import InvalidOption
from fusion_memory.evals.datasets import generic
from fusion_memory.evals.run import Plan, Tools, run
from fusion_memory.evals.sweep import EACH, PRESETS, WITHOUT, ablations_of, in_tune_half, sweep_of, sweep_report
from fusion_memory.retrieval.recipes import Recipe, recipe_named


class Tuned(FakeMemory):
    """Finds more of the questions with a higher value of its one knob, but never all."""

    def score(self, query, message):
        knob = float(self.asked[-1][2].recipe.partition("=")[2] or "0")
        wanted = int(query.rpartition("token")[2].rstrip("?"))
        known = wanted % 10 < knob * 10
        return super().score(query, message) if known else 0


def own_set(tmp_path, questions=60):
    rows = [{"type": "message", "id": f"m{n}", "content": f"token{n} lies"} for n in range(questions)]
    rows += [{"type": "question", "query": f"Where is token{n}?", "gold": [f"m{n}"]} for n in range(questions)]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return generic.load(path)


def swept(found, sweep, memory=None, seed=0):
    plan = Plan(
        ks=(1, 5), recipe=sweep.base, ablations=tuple(one.recipe for one in sweep.variants), seed=seed, resamples=50
    )
    return sweep_report(run(found, lambda: memory or Tuned(), plan, Tools.silent()), sweep)


def test_several_axes_make_a_grid():
    sweep = sweep_of("balanced", ["mmr_lambda=0.5,0.7", "weights.keyword=.2,.4,.4"])
    assert [one.recipe for one in sweep.variants] == [
        f"balanced+mmr_lambda={one}+weights.keyword={other}" for one in ("0.5", "0.7") for other in (".2", ".4")
    ]
    assert sweep.variants[0].label == "mmr_lambda=0.5, weights.keyword=.2"


@pytest.mark.parametrize("given", ["mmr_lambda", "mmr_lambda=", "=1,2", "everything"])
def test_what_is_no_sweep_is_refused(given):
    with pytest.raises(InvalidOption, match="cannot be read"):
        sweep_of("balanced", [given])


def test_a_sweep_has_bounds():
    values = ",".join(map(str, range(30)))
    with pytest.raises(InvalidOption, match="900 variants"):
        assert sweep_of("balanced", [f"depth={values}", f"lenders={values}"]).variants
    with pytest.raises(InvalidOption, match="stands alone"):
        sweep_of("balanced", ["each", "mmr"])


@pytest.mark.parametrize("name", PRESETS)
def test_presets_and_ablations_are_variants_that_exist(name):
    for one in sweep_of("balanced", [name]).variants:
        assert recipe_named(one.recipe)
    assert all(recipe_named(one) for one in ablations_of("balanced"))
    assert len(WITHOUT) == len(set(ablations_of("balanced")))


def test_every_weight_of_the_default_recipe_is_swept_and_its_default_among_the_values():
    """A new field of the recipe needs an axis, or a reason here why it has none."""
    no_weight = {"name", "lanes", "method", "rank_constant", "pool", "weights", "half_life_days", "graph_seeds"}
    swept_fields = {one.name for one in EACH}
    need_a_reranker = {one.name for one in fields(Recipe) if one.name.startswith("rerank_")}
    assert {one.name for one in fields(Recipe)} - no_weight - need_a_reranker <= swept_fields
    base = recipe_named("balanced")
    for axis in EACH:
        if axis.name != "half_life_days":
            values = [recipe_named(f"balanced+{change}") for _, change in axis.values]
            field, _, key = axis.name.partition(".")
            own = [getattr(one, field)[key] if key else getattr(one, field) for one in values]
            assert (getattr(base, field)[key] if key else getattr(base, field)) in own, axis.name


def test_halves_follow_from_the_ids_and_the_seed():
    ids = [f"q{n}" for n in range(400)]
    tune = [one for one in ids if in_tune_half(one, 0)]
    assert tune == [one for one in ids if in_tune_half(one, 0)]
    assert 140 < len(tune) < 260
    assert tune != [one for one in ids if in_tune_half(one, 1)]


def test_the_best_on_one_half_is_checked_on_the_other(tmp_path):
    report = swept(own_set(tmp_path), sweep_of("balanced", ["knob=0.2,0.9,0.5"]))
    assert report["best"]["recipe"] == "balanced+knob=0.9"
    assert report["best"]["gain_on_check"]["verdict"] == "better"
    assert report["halves"]["tune"] + report["halves"]["check"] == report["questions"] == 60
    by_label = {one["label"]: one for one in report["variants"]}
    assert by_label["knob=0.9"]["aggregate"]["recall@1"] == pytest.approx(0.9, abs=0.05)
    assert by_label["knob=0.2"]["check"] < by_label["knob=0.5"]["check"] < by_label["knob=0.9"]["check"]
    assert report["base"]["gain"] == {"difference": 0, "interval": [0, 0], "verdict": "no difference shown"}
    assert report["axes"] == {"knob": ["0.2", "0.9", "0.5"]}


def test_a_set_that_cannot_be_halved_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="too few questions"):
        swept(own_set(tmp_path, 1), sweep_of("balanced", ["knob=1"]))


@pytest.mark.parametrize(
    "given", [["knob=0.2,0.9"], ["knob=0.2,0.9", "b=1,2"], ["knob=1,2", "b=1,2", "c=1"], ["each"]]
)
def test_the_plot_of_every_shape_is_a_picture(tmp_path, given):
    pytest.importorskip("matplotlib")
    from fusion_memory.evals import sweep_plot

    report = swept(own_set(tmp_path, 20), sweep_of("balanced", given), FakeMemory())
    sweep_plot.draw(report, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")

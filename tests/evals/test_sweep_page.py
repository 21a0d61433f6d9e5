"""The page of sweeps says what the reports say: defaults in bold, sure differences marked, nothing invented."""

import json

import pytest

from fusion_memory.core.errors import DatasetInvalid
from fusion_memory.evals.sweep_page import WORDS, page, read


def variant(axis, value, figure, difference, interval, verdict):
    return {
        "label": f"{axis}={value}",
        "params": {axis: value},
        "recipe": f"balanced+{axis}={value}",
        "aggregate": {"recall@5": figure},
        "gain": {"difference": difference, "interval": interval, "verdict": verdict},
    }


SWEEP = {
    "dataset": "own",
    "headline": "recall@5",
    "sweep_type": "each",
    "questions": 1200,
    "level": 0.95,
    "notes": ["a sample"],
    "axes": {"mmr_lambda": ["0.5", "1"], "lenders": ["0", "60"]},
    "defaults": {"mmr_lambda": "1.0", "lenders": "60"},
    "base": {"recipe": "balanced", "aggregate": {"recall@5": 0.75}},
    "variants": [
        variant("mmr_lambda", "0.5", 0.7, -0.05, [-0.08, -0.02], "worse"),
        variant("mmr_lambda", "1", 0.75, 0.0, [0.0, 0.0], "no difference shown"),
        variant("lenders", "0", 0.76, 0.01, [-0.01, 0.03], "no difference shown"),
        variant("lenders", "60", 0.75, 0.0, [0.0, 0.0], "no difference shown"),
    ],
    "best": {
        "label": "lenders=0",
        "gain_on_check": {"difference": -0.002, "interval": [-0.02, 0.01], "verdict": "no difference shown"},
    },
}


@pytest.mark.parametrize("lang", WORDS)
def test_the_page(lang):
    lines = page([SWEEP, {**SWEEP, "dataset": "other", "axes": {"lenders": ["0", "60"]}}], lang).splitlines()
    assert "| 0.5 | .700 -0.050 (-0.080 … -0.020) ▼ |" in lines
    assert "| **1** | **.750** |" in lines
    cell = ".760 +0.010 (-0.010 … +0.030)"
    assert f"| 0 | {cell} | {cell} |" in lines
    assert any(line.startswith("| own | `lenders=0` | -0.002") for line in lines)
    assert "| own | 1,200 | recall@5 | balanced | .750 | a sample |" in lines


def test_both_languages_have_the_same_words():
    assert WORDS["en"].keys() == WORDS["zh"].keys()


def test_only_a_sweep_of_each_makes_a_page(tmp_path):
    with pytest.raises(DatasetInvalid, match="no file"):
        read(tmp_path)
    (tmp_path / "report.json").write_text(json.dumps({**SWEEP, "sweep_type": "grid"}))
    with pytest.raises(DatasetInvalid, match="--sweep each"):
        read(tmp_path)
    (tmp_path / "report.json").write_text(json.dumps(SWEEP))
    assert read(tmp_path)["dataset"] == "own"

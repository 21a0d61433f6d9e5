"""Features of hits, and a model that refuses whatever does not fit it."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.errors import UtilityModelInvalid
from fusion_memory.core.records import Hit, LaneScore
from fusion_memory.core.utility import FEATURES, UtilityModel, features_of, from_json

NOW = datetime(2025, 1, 11, tzinfo=UTC)


def hit(score=2.0, parts=None, lanes=(("vector", 1, 0.9), ("keyword", 3, 7.0)), **changes):
    return Hit(
        **{
            "id": "mem_1",
            "span_id": "mem_1#0",
            "text": "x" * 9,
            "score": score,
            "role": "user",
            "speaker": None,
            "said_at": NOW - timedelta(days=10),
            "session_id": None,
            "client_id": None,
            "metadata": {},
            "lanes": tuple(LaneScore(*lane) for lane in lanes),
            "parts": {"vector": 1.5, "graph": 0.5} if parts is None else parts,
            **changes,
        }
    )


def named(hits, place=0, now=NOW):
    return dict(zip(FEATURES, features_of(hits, now)[place], strict=True))


def model(**weights):
    count = len(FEATURES)
    values = tuple(float(weights.get(name, 0.0)) for name in FEATURES)
    return UtilityModel(FEATURES, values, (0.0,) * count, (1.0,) * count, -1.0, {"gain": 0.02}, {"seed": 3})


def test_features_say_what_they_are_called():
    found = named([hit()])
    assert (found["part_vector"], found["part_other"], found["part_keyword"]) == (1.5, 0.5, 0)
    assert (found["rank_vector"], found["rank_keyword"], found["found_by_both"]) == (1, 0.5, 1)
    assert found["age"] == pytest.approx(2.3979, abs=1e-4)
    assert (found["place"], found["share_of_best"], found["whole"], found["said_by_assistant"]) == (1, 1, 1, 0)
    second = named([hit(), hit(1.0, lanes=(), role="assistant")], 1)
    assert (second["share_of_best"], second["rank_vector"], second["said_by_assistant"]) == (0.5, 0, 1)


def test_a_word_for_word_hit_does_not_dwarf_the_others_and_a_live_model_does_not_feed_on_itself():
    exact = hit(1002.0, {"vector": 2.0, "exact": 1000.0})
    assert named([exact, hit()], 1)["share_of_best"] == 1
    live = hit(0.25, {"vector": 2.0, "utility": -1.75})
    assert named([live, hit()], 0)["share_of_best"] == 1
    assert named([live])["part_other"] == 0


def test_what_is_said_in_the_future_has_no_age():
    assert named([hit()], now=NOW - timedelta(days=99))["age"] == 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_a_probability_is_one_and_grows_with_what_counts(values):
    strong = model(place=3.0)
    assert 0 <= strong.probability(values) <= 1
    more = [value + (name == "place") for name, value in zip(FEATURES, values, strict=True)]
    assert strong.probability(more) >= strong.probability(values)


def test_a_model_survives_json():
    made = model(place=1.25, age=-0.5)
    assert from_json(made.as_json(), "here") == made
    assert from_json(made.as_json(), "here").digest == made.digest
    assert model(place=1.26).digest != made.digest


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (["format"], 2, "format 1"),
        (["features", 0], "smell", "other features"),
        (["features"], list(reversed(FEATURES)), "other features"),
        (["features"], None, "other features"),
        (["weights", 0], "heavy", "lacks numbers"),
        (["weights"], [1.0], "lacks numbers"),
        (["bias"], float("nan"), "lacks numbers"),
        (["scales", 0], 0.0, "above 0"),
        (["figures"], None, "how it did"),
        (["figures", "gain"], "much", "how it did"),
        (["weights", 0], 99.0, "was changed"),
        (["figures", "gain"], 0.9, "was changed"),
        (["digest"], "", "was changed"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(path, value, told):
    made = copy.deepcopy(model(place=1.0).as_json())
    *way, last = path
    place = made
    for step in way:
        place = place[step]
    place[last] = value
    with pytest.raises(UtilityModelInvalid, match=told) as caught:
        from_json(made, "model.json")
    assert "model.json" in caught.value.what


def test_foreign_features_are_listed():
    made = model().as_json()
    made["features"] = [*FEATURES[1:], "smell"]
    with pytest.raises(UtilityModelInvalid) as caught:
        from_json(made, "model.json")
    assert "unknown here: smell" in caught.value.why
    assert f"missing there: {FEATURES[0]}" in caught.value.why


def test_no_model_at_all_is_refused():
    for value in ([], None, {}, "model"):
        with pytest.raises(UtilityModelInvalid):
            from_json(value, "here")


@pytest.mark.parametrize(
    ("figures", "ready"),
    [
        ({"gain": 0.02, "gain_low": 0.005}, True),
        ({"gain": 0.02, "gain_low": -0.005}, False),
        ({"gain": 0.005, "gain_low": 0.004}, False),
        ({}, False),
    ],
)
def test_only_a_sure_and_large_gain_is_ready(figures, ready):
    count = len(FEATURES)
    made = UtilityModel(FEATURES, (0.0,) * count, (0.0,) * count, (1.0,) * count, 0.0, figures)
    assert made.ready(0.01) is ready

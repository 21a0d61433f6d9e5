"""Feedback is kept with what a hit looked like; a model works in the shadow, live only when it is good."""

import json

import pytest

from fusion_memory import MemoryService
from fusion_memory.core.errors import ConfigurationError, InvalidOption, NotFound, UtilityModelInvalid
from fusion_memory.core.scope import Scope
from fusion_memory.core.settings import Layer, resolve
from fusion_memory.core.utility import FEATURES, PLACE, UtilityModel, features_of
from fusion_memory.models.utility_file import write_utility_model

ANN, BO = Scope(user_id="ann"), Scope(user_id="bo")
TEXTS = [
    "The kettle is blue.",
    "The kettle is old and stands beside the green stove in the kitchen.",
    "A kettle!",
]


def backwards(**figures):
    """A model that likes long memories and nothing else."""
    count = len(FEATURES)
    weights = tuple(5.0 if name == "length" else 0.0 for name in FEATURES)
    return UtilityModel(FEATURES, weights, (0.0,) * count, (1.0,) * count, -15.0, figures)


def opened(tmp_path, model=None, **settings):
    values = {f"retrieval.{name}": value for name, value in settings.items()}
    if model is not None:
        write_utility_model(model, tmp_path / "model.json")
        values["retrieval.utility_model"] = str(tmp_path / "model.json")
    return MemoryService(embedder=None, settings=resolve((Layer("test", values),)))


GOOD = {"gain": 0.05, "gain_low": 0.02}


def order(found):
    return [hit.text for hit in found.hits]


def test_in_the_shadow_the_order_stays_and_the_opinion_is_written_down(tmp_path):
    with opened(tmp_path) as memory:
        memory.add(TEXTS, ANN)
        plain = order(memory.search("kettle", ANN))
    with opened(tmp_path, backwards(**GOOD)) as memory:
        memory.add(TEXTS, ANN)
        found = memory.search("kettle", ANN)
        assert order(found) == plain
        longest = max(found.hits, key=lambda hit: len(hit.text))
        assert max(found.utility, key=found.utility.get) == longest.span_id
        assert memory.trace(found.trace_id, ANN).payload["utility"] == dict(found.utility)


def test_live_it_orders_and_chooses_and_the_parts_still_add_up(tmp_path):
    with opened(tmp_path, backwards(**GOOD), utility_mode="live") as memory:
        memory.add(TEXTS, ANN)
        found = memory.search("kettle", ANN, limit=2)
        assert order(found)[0] == TEXTS[1]
        assert len(found.hits) == 2
        assert [drop.reason for drop in found.drops] == ["below_limit"]
        for hit in found.hits:
            assert hit.score == pytest.approx(sum(hit.parts.values()))
            assert 0 <= hit.score <= 1
        assert order(memory.search(TEXTS[2], ANN))[0] == TEXTS[2]
        assert memory.answer_context("kettle", ANN).items


@pytest.mark.parametrize("figures", [{}, {"gain": 0.05, "gain_low": -0.01}, {"gain": 0.001, "gain_low": 0.0005}])
def test_below_the_threshold_it_stays_in_the_shadow(tmp_path, figures):
    with opened(tmp_path, backwards(**figures), utility_mode="live") as memory:
        memory.add(TEXTS, ANN)
        found = memory.search("kettle", ANN)
        assert found.utility
        assert "utility" not in found.hits[0].parts


def test_without_a_model_nothing_is_said(tmp_path):
    with opened(tmp_path) as memory:
        memory.add(TEXTS, ANN)
        found = memory.search("kettle", ANN)
        assert found.utility == {}
        assert "utility" not in memory.trace(found.trace_id, ANN).payload


def test_a_model_that_does_not_fit_is_refused_when_the_service_opens(tmp_path):
    bad = tmp_path / "bad.json"
    for content, told in (("{", "not JSON"), (json.dumps({"format": 1, "features": []}), "other features")):
        bad.write_text(content)
        with pytest.raises(UtilityModelInvalid, match=told):
            opened(tmp_path, utility_model=str(bad))
    with pytest.raises(UtilityModelInvalid, match="cannot be read"):
        opened(tmp_path, utility_model=str(tmp_path / "none.json"))
    with pytest.raises(ConfigurationError, match="utility_mode"):
        opened(tmp_path, utility_mode="bold")


class TestFeedback:
    def test_it_is_kept_with_what_the_hit_looked_like(self, tmp_path):
        with opened(tmp_path) as memory:
            memory.add(TEXTS, ANN)
            found = memory.search("kettle blue", ANN)
            for place, hit in enumerate(found.hits):
                memory.feedback(hit.id, place == 0, ANN, found.trace_id)
            said = {one.memory_id: one for one in memory.feedback_given(ANN)}
            now = memory.trace(found.trace_id, ANN).created_at
            for hit, expected in zip(found.hits, features_of(found.hits, now), strict=True):
                assert said[hit.id].features == pytest.approx(expected, abs=1e-5)
            assert [one.useful for one in sorted(said.values(), key=lambda one: -one.features[PLACE])] == [
                True,
                False,
                False,
            ]

    def test_the_later_word_counts(self, tmp_path):
        with opened(tmp_path) as memory:
            [memory_id] = memory.add(TEXTS[0], ANN).ids
            memory.feedback(memory_id, True, ANN)
            memory.feedback(memory_id, False, ANN)
            [said] = memory.feedback_given(ANN)
            assert (said.useful, said.trace_id, said.features) == (False, None, ())

    def test_it_is_refused_where_it_does_not_belong(self, tmp_path):
        with opened(tmp_path) as memory:
            [one, other, _] = memory.add(TEXTS, ANN).ids
            memory.add("A cup.", BO)
            found = memory.search("blue", ANN, limit=1)
            foreign = memory.search("cup", BO)
            assert [hit.id for hit in found.hits] == [one]
            for words in (
                (one, True, BO),
                ("mem_none", True, ANN),
                (other, True, ANN, found.trace_id),
                (one, True, ANN, foreign.trace_id),
                (one, True, ANN, "trace_none"),
            ):
                with pytest.raises(NotFound):
                    memory.feedback(*words)
            assert memory.feedback_given(ANN) == ()
            with pytest.raises(InvalidOption):
                memory.feedback_given(ANN, 0)

    def test_it_travels_with_an_export(self, tmp_path):
        with opened(tmp_path) as memory:
            memory.add(TEXTS, ANN)
            found = memory.search("kettle", ANN)
            for hit in found.hits:
                memory.feedback(hit.id, True, ANN, found.trace_id)
            said, records = memory.feedback_given(ANN), list(memory.export(ANN))
        with opened(tmp_path) as other:
            assert other.import_records(records)
            assert set(other.feedback_given(ANN)) == set(said)
            other.import_records(records)
            assert set(other.feedback_given(ANN)) == set(said)

    def test_an_import_leaves_what_was_said_later(self, tmp_path):
        with opened(tmp_path) as memory:
            [memory_id] = memory.add(TEXTS[0], ANN).ids
            memory.feedback(memory_id, True, ANN)
            records = list(memory.export(ANN))
            memory.feedback(memory_id, False, ANN)
            memory.import_records(records)
            assert [one.useful for one in memory.feedback_given(ANN)] == [False]

    def test_nobody_sees_what_others_said_and_it_goes_with_its_memory(self, tmp_path):
        with opened(tmp_path) as memory:
            ids = memory.add(TEXTS, ANN).ids
            for memory_id in ids:
                memory.feedback(memory_id, True, ANN)
            assert memory.feedback_given(BO) == ()
            assert len(memory.feedback_given(ANN, 2)) == 2
            memory.forget(ANN, [ids[0]])
            assert {one.memory_id for one in memory.feedback_given(ANN)} == set(ids[1:])
            assert memory.feedback_given(Scope(user_id="ann", session_id="other")) == ()

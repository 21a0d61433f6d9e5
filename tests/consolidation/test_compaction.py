"""Compaction and the resolver: what is the same becomes one with all sources, and nothing else does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from care_fakes import ANA, S1, home

from fusion_memory.consolidation.compact import Compaction
from fusion_memory.consolidation.resolve import Resolver
from fusion_memory.consolidation.resolve_rules import may_supersede
from fusion_memory.core.care_settings import CompactionSettings
from fusion_memory.core.errors import EmbeddingFailed
from fusion_memory.core.records import Trust
from fusion_memory.core.settings import EncodingSettings, Settings
from fusion_memory.memory.near_facts import Standing
from fusion_memory.memory.tellings import Known
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.testing.language_model import ScriptedModel

PAIRS = [json.loads(line) for line in (Path(__file__).parent / "near_pairs.jsonl").read_text("utf-8").splitlines()]
OFTEN = Settings(compaction=CompactionSettings(after=1))


class Flatterer(HashingEmbedder):
    """A model to which all texts are one: whatever keeps two facts apart under it is no matter of vectors.

    It is there for care and not when something is said, so that all is left to compaction.
    """

    there = False

    def embed_passages(self, passages):
        if not self.there:
            raise EmbeddingFailed("not yet")
        return np.tile(np.eye(1, 64, dtype=np.float32), (len(passages), 1))


def compacted(found, model):
    """The counts of runs until nothing is left."""
    model.there = True
    joined = 0
    while True:
        report = found.run(Compaction())
        joined += report.counts["joined"]
        if not report.left:
            return joined


@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if not pair["same"]], ids=lambda pair: f"{pair['a']} | {pair['b']}"
)
def test_only_what_is_the_same_is_joined_even_where_all_vectors_are_alike(tmp_path, pair):
    model = Flatterer()
    with home(tmp_path, OFTEN, embedder=model) as found:
        found.add(S1, pair["a"], pair["b"])
        before = found.memory.facts(ANA, state="all")
        compacted(found, model)
        assert found.memory.facts(ANA, state="all") == before


def test_most_of_what_is_the_same_is_joined(tmp_path):
    joined = 0
    for number, pair in enumerate(pair for pair in PAIRS if pair["same"]):
        model = Flatterer()
        (tmp_path / str(number)).mkdir()
        with home(tmp_path / str(number), OFTEN, embedder=model) as found:
            ids = found.add(S1, pair["a"], pair["b"])
            compacted(found, model)
            facts = found.memory.facts(ANA)
            joined += any({e.event_id for e in fact.evidence} == set(ids) for fact in facts)
    assert joined >= 7, f"{joined} of 10"


@pytest.fixture
def hikes(tmp_path):
    model = Flatterer()
    with home(tmp_path, OFTEN, embedder=model) as found:
        found.ids = found.add(S1, "I like hiking in the mountains.", "I enjoy mountain hikes.")
        assert len(found.memory.facts(ANA)) == 2
        found.before = found.memory.facts(ANA)
        assert compacted(found, model) == 1
        yield found


def test_what_is_joined_has_all_its_sources_and_a_decision(hikes):
    (fact,) = hikes.memory.facts(ANA)
    assert fact.times_seen == 2
    assert [evidence.event_id for evidence in fact.evidence] == list(hikes.ids)
    assert [one.reason for one in hikes.memory.encoding_report(ANA).recent].count("compacted") == 1
    assert hikes.memory.encoding_report(ANA).balanced
    assert hikes.run(Compaction()).counts == {"compared": 0, "joined": 0}


@pytest.mark.parametrize("gone", [0, 1])
def test_erasing_either_source_leaves_the_other_as_it_was(hikes, gone):
    hikes.memory.forget(ANA, [hikes.ids[gone]])
    (left,) = hikes.memory.facts(ANA)
    (was,) = (fact for fact in hikes.before if fact.evidence[0].event_id == hikes.ids[1 - gone])
    assert (left.text, left.times_seen, left.evidence) == (was.text, 1, was.evidence)


def test_a_rebuild_undoes_it_and_compaction_does_it_again(tmp_path):
    model = Flatterer()
    with home(tmp_path, OFTEN, embedder=model) as found:
        found.add(S1, "I like hiking in the mountains.", "I enjoy mountain hikes.")
        compacted(found, model)
        once = [(fact.text, fact.times_seen) for fact in found.memory.facts(ANA)]
        model.there = False
        found.memory.refresh_current_views(ANA)
        assert len(found.memory.facts(ANA)) == 2
        assert compacted(found, model) == 1
        assert [(fact.text, fact.times_seen) for fact in found.memory.facts(ANA)] == once


def test_a_cluster_is_bounded(tmp_path):
    model = Flatterer()
    settings = Settings(compaction=CompactionSettings(after=1, cluster=2))
    said = [
        "mountain hikes",
        "hikes in the mountains",
        "the mountain hikes",
        "hiking in mountains",
        "a mountain hike",
    ]
    with home(tmp_path, settings, embedder=model) as found:
        found.add(S1, *(f"I like {value}." for value in said))
        count = len(found.memory.facts(ANA))
        model.there = True
        assert count > 2
        assert found.run(Compaction()).counts["joined"] == 1


def test_it_waits_until_enough_is_new(tmp_path):
    with home(tmp_path, embedder=HashingEmbedder()) as found:
        found.add(S1, "I like hiking in the mountains.", "I enjoy mountain hikes.")
        assert found.run(Compaction()).counts["compared"] == 0


CHANGES = [
    ("I play tennis on Sundays.", "I play chess on Sundays now.", "SUPERSEDE"),
    ("I drink coffee every morning.", "These days I drink tea every morning.", "SUPERSEDE"),
    ("我每天早上喝咖啡。", "我现在每天早上喝茶。", "SUPERSEDE"),
    ("I play tennis on Sundays.", "I play chess on Sundays.", "ADD"),
    ("我每天早上喝咖啡。", "我每天早上喝茶。", "ADD"),
]


def talk(found, *said):
    ids = []
    for one in said:
        ids += found.add(S1, one)
        found.clock.pass_(days=1)
    return ids


@pytest.mark.parametrize(("older", "newer", "verdict"), CHANGES)
def test_rules_decide_what_says_so_itself(tmp_path, older, newer, verdict):
    with home(tmp_path) as found:
        ids = talk(found, older, newer)
        assert found.run(Resolver()).counts[verdict] == 1
        states = {fact.evidence[0].event_id: fact.state.value for fact in found.memory.facts(ANA, state="all")}
        assert states == {ids[0]: "superseded" if verdict == "SUPERSEDE" else "current", ids[1]: "current"}
        reasons = [one.reason for one in found.memory.encoding_report(ANA).recent]
        assert reasons.count(f"resolved_{verdict.lower()}") == 1
        assert not any(found.run(Resolver()).counts.values()), "decided once"


def test_erasing_the_winner_brings_the_loser_back(tmp_path):
    with home(tmp_path) as found:
        older, newer = talk(found, "I play tennis on Sundays.", "I play chess on Sundays now.")
        found.run(Resolver())
        found.memory.forget(ANA, [newer])
        (fact,) = found.memory.facts(ANA)
        assert (fact.evidence[0].event_id, fact.state.value) == (older, "current")


def test_what_an_assistant_says_ends_nothing(tmp_path):
    with home(tmp_path) as found:
        talk(found, "The billing service uses Postgres as database.")
        found.add(S1, {"role": "assistant", "content": "The billing service now uses MySQL as database."})
        found.run(Resolver())
        assert not found.memory.facts(ANA, state="superseded")


def by_model(tmp_path, *entries):
    reply = json.dumps({"verdicts": list(entries)})
    settings = Settings(encoding=EncodingSettings(mode="sync"))
    return home(tmp_path, settings, llm=Judge(reply))


class Judge(ScriptedModel):
    """Finds no facts, and has a verdict."""

    def complete(self, prompt):
        return (
            super().complete(prompt)
            if "verdicts" in prompt.system
            else ScriptedModel('{"facts": []}').complete(prompt)
        )


TWO = ("I play tennis on Sundays.", "I play chess on Sundays.")


@pytest.mark.parametrize(
    ("entry", "counted", "states"),
    [
        ({"pair": 1, "verdict": "SUPERSEDE", "reason": "newer_value"}, "SUPERSEDE", ["superseded", "current"]),
        ({"pair": 1, "verdict": "ADD", "reason": "both_hold"}, "ADD", ["current", "current"]),
        ({"pair": 1, "verdict": "NOOP", "reason": "same_meaning"}, "ADD", ["current", "current"]),
        ({"pair": 1, "verdict": "DELETE", "reason": "tidy"}, "ADD", ["current", "current"]),
    ],
)
def test_a_model_decides_within_what_rules_allow(tmp_path, entry, counted, states):
    with by_model(tmp_path, entry) as found:
        ids = talk(found, *TWO)
        assert found.run(Resolver()).counts[counted] == 1
        known = {fact.evidence[0].event_id: fact.state.value for fact in found.memory.facts(ANA, state="all")}
        assert [known[one] for one in ids] == states
        assert not any(found.run(Resolver()).counts.values())


@pytest.mark.parametrize("entries", [[], [{"pair": 7, "verdict": "SUPERSEDE"}], ["SUPERSEDE"]])
def test_a_useless_answer_decides_nothing(tmp_path, entries):
    with by_model(tmp_path, *entries) as found:
        talk(found, *TWO)
        assert not any(found.run(Resolver()).counts.values())
        assert len(found.memory.facts(ANA)) == 2


def standing(trust, said_at):
    known = Known(1, 1, "event", "schedule_is", None, True, "x", "x", 0)
    return Standing(known, 1, "user", "user", "fact_1", said_at, trust, "x")


def test_who_may_end_what():
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    user, assistant = Trust.USER, Trust.ASSISTANT
    assert may_supersede(standing(user, early), standing(user, late))
    assert may_supersede(standing(assistant, early), standing(user, late))
    assert may_supersede(standing(assistant, early), standing(assistant, late))
    assert not may_supersede(standing(user, early), standing(assistant, late))
    assert not may_supersede(standing(user, late), standing(user, early))

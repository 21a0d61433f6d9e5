"""Measuring understanding: what a report says, and what it must not forgive."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from extraction_fakes import SAID_AT, Extractor, Understanding, at, day, example, fact, nothing, put_lines, run

from fusion_memory.core.errors import DatasetInvalid
from fusion_memory.core.knowledge import Evidence, Fact, FactState
from fusion_memory.core.records import Trust
from fusion_memory.evals import extraction, memory_scores
from fusion_memory.evals.datasets import golden, realmem
from fusion_memory.evals.extraction import Choice, measure
from fusion_memory.evals.fact_matching import holds
from fusion_memory.evals.fact_records import Dialogue, GoldMemory, Said
from fusion_memory.evals.run import Tools

SETS = Path(__file__).parent.parent / "ingestion"

JAZZ = {"type": ["preference"], "subject": "user", "has": ["jazz"], "not": False}
OSLO = {"type": ["fact", "attribute"], "subject": "user", "has": ["oslo"], "not": False}
SMALL = [
    example("en-1", "I like jazz and I live in Oslo.", [JAZZ, OSLO], current={"residence": "Oslo"}),
    example("en-2", "She said 'I love the sea'.", [], topic="quote"),
    example("zh-1", "我昨天去了医院。", [{"type": ["event"], "subject": "user", "has": ["医院"],
                                     "when": ["2026-03-03", "2026-03-04"]}], fine=[["昨天"]]),
]  # fmt: skip


class TestGolden:
    @pytest.fixture
    def path(self, tmp_path):
        return put_lines(tmp_path / "golden_small.jsonl", SMALL)

    @staticmethod
    def understands(given: Mapping[str, Any]) -> list[Fact]:
        evidence = (Evidence("m", "q", 0, 1, SAID_AT, SAID_AT, None, given["role"], next(iter(Trust))),)
        match given["content"][:1]:
            case "I":
                return [
                    fact("preference", "user", "likes", "jazz", evidence=evidence),
                    fact("attribute", "user", "lives_in", "Oslo", slot="residence", evidence=evidence),
                ]
            case "S":
                return [fact("preference", "user", "loves", "the sea", evidence=evidence)]
            case _:
                when = at(day(2026, 3, 3), day(2026, 3, 4))
                return [
                    fact("event", "user", "visited", "医院", when=when, evidence=evidence),
                    fact("event", "user", "happened", "昨天", evidence=evidence),
                ]

    def test_a_report_tells_what_was_right_and_wrong(self, path):
        report = run(path, self.understands)
        assert report["questions"] == 3
        metrics = report["metrics"]
        assert metrics["fact_precision"] == 0.8
        assert metrics["fact_recall"] == 1.0
        assert metrics["fact_f1"] == pytest.approx(0.8889)
        assert metrics["current_accuracy"] == 1.0
        assert metrics["time_accuracy"] == 1.0
        assert metrics["silent_accuracy"] == 0.0
        assert metrics["false_from_quoted"] == 1
        assert metrics["false_from_assistant"] == 0
        assert report["by_category"]["language: zh"]["fact_precision"] == 1.0
        assert report["by_category"]["topic: quote"] == {"questions": 1, "silent_accuracy": 0.0, "false_facts": 1}
        assert report["by_category"]["type: preference"]["fact_precision"] == 0.5
        assert "failures" not in report

    def test_failures_name_what_was_missed_and_what_was_wrong(self, path):
        failures = {one["id"]: one for one in run(path, nothing, failures=True)["failures"]}
        assert failures["en-1"]["missed"] == ["preference: user jazz", "fact|attribute: user oslo"]
        assert failures["en-1"]["current"] == ["residence: Oslo"]
        assert "en-2" not in failures
        wrong = run(path, self.understands, failures=True)["failures"]
        assert [one["id"] for one in wrong] == ["en-2"]
        assert wrong[0]["false"] == ["preference: user loves 'the sea' []"]

    def test_saying_nothing_is_silence_and_no_precision(self, path):
        metrics = run(path, nothing)["metrics"]
        assert metrics["fact_precision"] == metrics["fact_recall"] == metrics["fact_f1"] == 0.0
        assert metrics["silent_accuracy"] == 1.0

    def test_words_of_an_assistant_are_counted_apart(self, path):
        evidence = (Evidence("m", "q", 0, 1, SAID_AT, SAID_AT, None, "assistant", next(iter(Trust))),)
        report = run(path, lambda _: [fact("preference", "user", "likes", "tea", evidence=evidence)])
        assert report["metrics"]["false_from_assistant"] == 3

    def test_a_value_is_not_current_beside_another_one(self, path):
        def two_homes(given: Mapping[str, Any]) -> list[Fact]:
            home = fact("attribute", "user", "lives_in", "Oslo", slot="residence")
            return [home, replace(home, object="Bergen")] if given["content"].startswith("I") else []

        assert run(path, two_homes)["metrics"]["current_accuracy"] == 0.0

    def test_what_was_held_back_does_not_count_and_what_was_replaced_does(self, path):
        def told(state: FactState) -> Extractor:
            return lambda _: [fact("preference", "user", "likes", "jazz", state=state)]

        assert run(path, told(FactState.QUARANTINED))["metrics"]["facts"] == 0
        assert run(path, told(FactState.SUPERSEDED))["metrics"]["facts"] == 3

    def test_every_example_has_an_owner_of_its_own_and_all_pages_are_read(self, path, monkeypatch):
        monkeypatch.setattr(extraction, "PAGE", 2)
        many = run(path, lambda _: [fact("fact", "user", "owns", f"boat {n}") for n in range(5)])
        assert many["metrics"]["facts"] == 15

    def test_a_sample_is_repeatable(self, path):
        assert run(path, self.understands, sample=2, seed=3)["questions"] == 2


class TestChains:
    @staticmethod
    def chain(history: list[str], **more: Any) -> dict[str, Any]:
        says = [f"I live in {place}." for place in history]
        messages = [
            {"role": "user", "time": day(2026, month, 1).isoformat(), "content": content}
            for month, content in enumerate(says, 1)
        ]
        given = {"id": "chain-en-1", "messages": messages, "slot": "residence", "subject": "user"}
        return {**given, "expect": history[-1], "history": history, **more}

    @staticmethod
    def ledger(*values: tuple[str, FactState]) -> Extractor:
        """Tells all the facts at the first message."""
        facts = [
            fact("attribute", "user", "lives_in", value, slot="residence", state=state, valid_from=day(2026, n, 1))
            for n, (value, state) in enumerate(values, 1)
        ]
        waiting = iter([facts])
        return lambda _: next(waiting, [])

    def figures(self, tmp_path: Path, history: list[str], extract: Extractor) -> dict[str, float]:
        report = run(put_lines(tmp_path / "chains.jsonl", [self.chain(history)]), extract)
        found = report["metrics"]
        return {name: found[f"chain_{name}"] for name in ("current_accuracy", "history_accuracy", "value_recall")}

    def test_a_reversal_is_a_third_stretch(self, tmp_path):
        old, now = FactState.SUPERSEDED, FactState.CURRENT
        told = self.ledger(("Oslo", old), ("Lisbon", old), ("Oslo", now))
        right = {"current_accuracy": 1.0, "history_accuracy": 1.0, "value_recall": 1.0}
        assert self.figures(tmp_path, ["Oslo", "Lisbon", "Oslo"], told) == right
        told = self.ledger(("Oslo", now), ("Lisbon", old))
        assert self.figures(tmp_path, ["Oslo", "Lisbon", "Oslo"], told)["history_accuracy"] == 0.0

    def test_two_current_values_are_one_too_many(self, tmp_path):
        told = self.ledger(("Oslo", FactState.CURRENT), ("Lisbon", FactState.CURRENT))
        found = self.figures(tmp_path, ["Oslo", "Lisbon"], told)
        assert (found["current_accuracy"], found["history_accuracy"]) == (0.0, 1.0)

    def test_a_value_nobody_expected_spoils_the_current_one(self, tmp_path):
        told = self.ledger(("Oslo", FactState.CURRENT), ("Denver", FactState.CURRENT))
        assert self.figures(tmp_path, ["Oslo"], told)["current_accuracy"] == 0.0

    def test_what_is_told_of_others_is_not_his(self, tmp_path):
        brother = fact("attribute", "my brother", "lives_in", "Oslo", slot="residence")
        assert self.figures(tmp_path, ["Oslo"], lambda _: [brother])["current_accuracy"] == 0.0

    def test_a_thing_may_stand_in_the_words(self, tmp_path):
        chain = self.chain(["Java 21"], subject="billing service", slot="version billing service")
        service = fact("config", "user", "uses", "Java 21", "the billing service runs on Java 21")
        report = run(put_lines(tmp_path / "chains.jsonl", [chain]), lambda _: [service], failures=True)
        assert report["metrics"]["chain_current_accuracy"] == 1.0
        assert report["by_category"]["slot: version"]["questions"] == 1
        assert report["failures"] == []


@pytest.fixture(scope="module")
def sets():
    return golden.load(SETS)


class TestOwnSets:
    """The sets that come with the project keep their promises."""

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_they_are_large_and_a_third_of_them_yields_nothing(self, sets, language):
        own = [one for one in sets[0] if one.language == language]
        assert len(own) >= 160
        assert sum(not one.expected for one in own) >= len(own) / 3
        assert sum(one.language == language for one in sets[1]) >= 50

    def test_ids_are_unique_and_pieces_stand_in_what_was_said(self, sets):
        examples, chains = sets
        ids = [one.id for one in (*examples, *chains)]
        assert len(set(ids)) == len(ids)
        for one in examples:
            words = "\n".join(said.content for said in one.said).casefold()
            pieces = [piece for want in one.expected for piece in want.has] + [p for fine in one.fine for p in fine]
            assert [piece for piece in pieces if not holds(words, piece)] == [], one.id
        for chain in chains:
            words = "\n".join(said.content for said in chain.said).casefold()
            assert [value for value in chain.history if not holds(words, value.casefold())] == [], chain.id
            assert chain.history[-1] == chain.expect

    def test_both_halves_have_every_frequent_topic(self, sets):
        topics = {part: {one.topic for one in sets[0] if one.part == part} for part in ("development", "check")}
        assert topics["check"] >= topics["development"]

    def test_nothing_understood_is_nothing_right(self):
        metrics = run(SETS, nothing)["metrics"]
        assert metrics["fact_recall"] == metrics["current_accuracy"] == metrics["chain_current_accuracy"] == 0.0
        assert metrics["silent_accuracy"] == 1.0


class TestRealMem:
    @pytest.fixture
    def folder(self, tmp_path):
        turns = [
            {"speaker": "User", "content": "I want to run a marathon in Vienna next autumn."},
            {"speaker": "Assistant", "content": "Then train three times a week."},
            {"speaker": "User", "content": "\u200b"},
        ]
        memories = [
            {"type": kind, "content": content, "source_role_snapshot": source}
            for kind, content, source in (
                ("Static", "【Goal】 User wants to run a marathon in Vienna.", "User"),
                ("Dynamic", "Training plan: three sessions a week.", "Assistant"),
            )
        ]
        session = {"session_uuid": "a1", "current_time": "2025-12-19 (Friday)", "dialogue_turns": turns}
        dialogues = [{**session, "extracted_memory": memories}, {**session, "extracted_memory": []}]
        content = {"_metadata": {"person_name": "Ann_Lee"}, "dialogues": dialogues}
        path = tmp_path / "Ann_Lee_dialogues_1k.json.gz"
        path.write_bytes(gzip.compress(json.dumps(content).encode()))
        return tmp_path

    def test_sessions_with_memories_are_read(self, folder):
        (session,) = realmem.load(folder)
        assert [one.role for one in session.said] == ["user", "assistant"]
        assert session.said[0].at == day(2025, 12, 19)
        assert session.gold[0] == GoldMemory("User wants to run a marathon in Vienna.", "Static", "user")

    def test_recall_support_and_coverage(self, folder):
        def understands(given: Mapping[str, Any]) -> list[Fact]:
            if given["role"] != "user":
                return []
            wants = fact("fact", "user", "wants", "x", "user wants to run a marathon in Vienna")
            return [wants, replace(wants, text="user owns a red bicycle")]

        report = run(folder, understands, failures=True)
        assert report["dataset"] == "realmem"
        assert report["questions"] == 2
        assert report["metrics"]["memory_recall"] == 0.5
        assert report["metrics"]["fact_support"] == 0.5
        assert report["metrics"]["facts_per_session"] == 2.0
        assert report["by_category"]["source: user"]["memory_recall"] == 1.0
        assert report["by_category"]["kind: dynamic"]["memory_coverage"] == 0.0
        assert report["failures"][0]["missed"] == ["Training plan: three sessions a week."]

    def test_half_of_the_words_is_enough_and_less_is_not(self):
        gold = GoldMemory("alpha beta gamma delta", "Static", "user")
        session = Dialogue("a", "Ann", (Said("user", None, "x", SAID_AT),), (gold,))
        assert memory_scores.compare(session, ["alpha beta"]).memories[0].found
        missed = memory_scores.compare(session, ["alpha epsilon zeta"]).memories[0]
        assert (missed.found, missed.coverage) == (False, 0.25)

    def test_one_word_in_common_supports_nothing(self):
        gold = GoldMemory("alpha beta gamma delta", "Static", "user")
        session = Dialogue("a", "Ann", (Said("user", None, "x", SAID_AT),), (gold,))
        assert memory_scores.compare(session, ["alpha", "alpha beta zeta", "alpha zeta"]).supported == 1

    def test_the_word_user_is_no_evidence(self):
        assert memory_scores.content_words("User likes the sea") == {"like", "sea"}


class TestInvalid:
    @pytest.mark.parametrize(
        ("broken", "named"),
        [
            ({"facts": None}, "facts"),
            ({"messages": []}, "messages"),
            ({"facts": [{**JAZZ, "type": ["taste"]}]}, "type"),
            ({"facts": [{**JAZZ, "has": []}]}, "has"),
            ({"facts": [{**JAZZ, "not": "no"}]}, "not"),
            ({"facts": [{**JAZZ, "when": ["2026-03-04", "2026-03-03"]}]}, "when"),
            ({"facts": [{**JAZZ, "when": ["soon", "later"]}]}, "when"),
            ({"current": {"residence": 3}}, "current"),
            ({"said_at": None}, "time"),
        ],
    )
    def test_what_is_wrong_is_named_with_its_line(self, tmp_path, broken, named):
        path = put_lines(tmp_path / "golden.jsonl", [{**SMALL[0], **broken}])
        with pytest.raises(DatasetInvalid, match=named) as caught:
            golden.load(path)
        assert "line 1" in str(caught.value)

    def test_an_empty_folder_says_what_it_should_hold(self, tmp_path):
        with pytest.raises(DatasetInvalid, match="no examples"):
            measure(tmp_path, lambda: Understanding(nothing), Choice(), Tools.silent())

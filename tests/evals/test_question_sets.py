"""Each published layout becomes the same neutral records."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from fusion_memory.evals.datasets import generic, lifebench, locomo, longmemeval
from fusion_memory.evals.records import sampled


def messages(conversation):
    return [message for session in conversation.sessions for message in session.messages]


def by_id(found):
    return {question.id: question for question in found.questions}


class TestLocomo:
    def test_turns_with_their_captions_speakers_and_times(self, locomo_file):
        found = locomo.load(locomo_file)
        [conversation] = found.conversations
        assert [session.id for session in conversation.sessions] == ["session_1", "session_2"]
        assert conversation.sessions[0].said_at == datetime(2024, 3, 3, 9, 5, tzinfo=UTC)
        assert [message.id for message in messages(conversation)] == ["D1:1", "D1:2", "D2:1", "D2:2"]
        assert messages(conversation)[2].content == "We painted the boat green. [photo: a green boat]"
        assert messages(conversation)[1].speaker == "Omar"

    def test_evidence_is_normalised_and_what_is_not_there_is_left_out(self, locomo_file):
        found = locomo.load(locomo_file)
        assert [sorted(question.gold) for question in found.questions] == [
            ["D1:1"],
            ["D1:2", "D2:2"],
            ["D2:1"],
            ["D1:1"],
        ]
        assert found.skipped == {locomo.NO_EVIDENCE: 1}
        assert [question.category for question in found.questions] == [
            "single-hop",
            "multi-hop",
            "temporal",
            "adversarial",
        ]
        assert found.apart == {"adversarial"}

    def test_questions_are_asked_after_the_last_session_that_took_place(self, locomo_file):
        found = locomo.load(locomo_file)
        assert {question.asked_at for question in found.questions} == {datetime(2024, 4, 1, 12, 30, tzinfo=UTC)}

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("D8:6; D9:17", ["D8:6", "D9:17"]),
            ("D:11:26", ["D11:26"]),
            ("D30:05", ["D30:5"]),
            ("D1:2 D1:3,D1:4", ["D1:2", "D1:3", "D1:4"]),
            ("D", []),
        ],
    )
    def test_turn_ids(self, text, expected):
        assert locomo.turn_ids([text]) == expected

    @pytest.mark.parametrize("beside", [True, False])
    def test_corrected_labels_are_the_gold_and_the_published_ones_stay(self, locomo_file, beside):
        rows = [
            {"sample_id": "conv-1", "question": "Which pet did Ines adopt?", "corrected_evidence": ["D2:1"]},
            {"sample_id": "conv-1", "question": "What is lost?", "corrected_evidence": ["D2:2"]},
            {"sample_id": "elsewhere", "question": "Which colour?", "corrected_evidence": ["D1:1"]},
        ]
        labels = locomo_file.with_name(locomo.LABELS_BESIDE if beside else "labels.jsonl")
        labels.write_text("".join(json.dumps(row) + "\n" for row in rows))
        found = locomo.load(locomo_file, None if beside else labels)
        first = found.questions[0]
        assert first.gold == {"D2:1"}
        assert first.other_gold == {"published": {"D1:1"}}
        assert "What is lost?" in [question.query for question in found.questions]
        assert found.skipped == {}
        assert found.notes == (f"labels: {labels.name}",)

    def test_a_question_asked_twice_takes_its_labels_in_order(self, locomo_file):
        samples = json.loads(locomo_file.read_text())
        samples[0]["qa"] = [samples[0]["qa"][0]] * 2
        locomo_file.write_text(json.dumps(samples))
        rows = [
            {"sample_id": "conv-1", "question": "Which pet did Ines adopt?", "corrected_evidence": [turn]}
            for turn in ("D1:2", "D2:2")
        ]
        locomo_file.with_name(locomo.LABELS_BESIDE).write_text("\n".join(map(json.dumps, rows)))
        assert [sorted(question.gold) for question in locomo.load(locomo_file).questions] == [["D1:2"], ["D2:2"]]


class TestLongMemEval:
    def test_official_questions_have_scopes_of_their_own_and_opaque_ids(self, longmemeval_file):
        found = longmemeval.load(longmemeval_file)
        assert found.unit == "session"
        assert found.skipped == {"abstention": 1}
        [question] = found.questions
        [conversation] = found.conversations
        assert question.scope == conversation.scope
        assert question.gold == {conversation.sessions[0].id}
        assert question.asked_at == datetime(2024, 5, 10, 8, 0, tzinfo=UTC)
        assert conversation.sessions[1].said_at == datetime(2024, 5, 2, 11, 30, tzinfo=UTC)
        given = [session.id for session in conversation.sessions] + [
            message.id for message in messages(conversation)
        ]
        assert not any("answer" in one or "noise" in one for one in given)
        assert found.published[conversation.sessions[0].id] == "answer_1"

    def test_a_blank_turn_is_left_out(self, longmemeval_file):
        [conversation] = longmemeval.load(longmemeval_file).conversations
        assert len(conversation.sessions[1].messages) == 2

    def test_a_session_id_that_occurs_twice_is_two_sessions(self, tmp_path):
        from set_layouts import official_question, put

        question = official_question()
        for name in ("haystack_session_ids", "haystack_dates", "haystack_sessions"):
            question[name] = [*question[name], question[name][0]]
        found = longmemeval.load(put(tmp_path / "twice.json", [question]))
        assert len({session.id for session in found.conversations[0].sessions}) == 4
        assert len(found.questions[0].gold) == 2

    def test_a_pool_is_stored_once_and_questions_name_their_sessions(self, longmemeval_folder):
        found = longmemeval.load(longmemeval_folder)
        assert found.name == "longmemeval/s48"
        [conversation], [question] = found.conversations, found.questions
        assert question.session_ids == tuple(session.id for session in conversation.sessions)
        assert len(question.session_ids) == 2
        assert len({session.said_at for session in conversation.sessions}) == 1
        assert conversation.sessions[0].said_at < question.asked_at

    def test_a_pool_in_scopes_of_their_own_keeps_the_dates(self, longmemeval_folder):
        found = longmemeval.load(longmemeval_folder, "m500", isolated=True)
        [conversation], [question] = found.conversations, found.questions
        assert question.session_ids == ()
        assert [session.said_at.day for session in conversation.sessions] == [1, 2, 3]

    def test_the_only_haystack_needs_no_name(self, longmemeval_folder):
        (longmemeval_folder / "s48.jsonl").unlink()
        assert longmemeval.load(longmemeval_folder).name == "longmemeval/m500"


class TestLifeBench:
    def test_people_are_apart_and_items_in_order_of_time(self, lifebench_folder):
        found = lifebench.load(lifebench_folder)
        wei, lan = found.conversations
        assert wei.scope != lan.scope
        assert [message.id for message in messages(wei)] == ["note:1", "sms:1"]
        assert messages(lan)[0].content == "牙医改到九点"
        assert found.skipped == {lifebench.NO_EVIDENCE: 1}
        first = by_id(found)["wei_0"]
        assert (first.scope, first.gold) == (wei.scope, {"sms:1", "note:1"})

    def test_a_question_is_asked_at_the_end_of_its_month_or_day(self, lifebench_folder):
        found = by_id(lifebench.load(lifebench_folder))
        assert found["wei_0"].asked_at == datetime(2025, 3, 31, 23, 59, 59, tzinfo=UTC)
        assert found["lan_0"].asked_at == datetime(2025, 8, 31, 23, 59, 59, tzinfo=UTC)


class TestGeneric:
    def test_messages_and_questions_in_any_order(self, generic_file):
        lines = generic_file.read_text("utf-8").splitlines()
        generic_file.write_text("\n".join(lines[3:] + lines[:3]), "utf-8")
        found = generic.load(generic_file)
        ann, bo = found.conversations
        assert [session.id for session in ann.sessions] == ["s1", "s2"]
        assert messages(bo)[0].said_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert [question.category for question in found.questions] == ["place", "all"]
        assert found.questions[1].session_ids == ("s2",)
        assert found.skipped == {generic.NO_GOLD: 1}

    def test_gold_may_be_sessions(self, generic_file):
        text = generic_file.read_text("utf-8").replace('"gold": ["m1"]', '"gold": ["s1"]')
        generic_file.write_text(text.replace('"gold": ["m2"]', '"gold": ["s2"]'), "utf-8")
        found = generic.load(generic_file, "session")
        assert (found.unit, found.questions[0].gold) == ("session", {"s1"})


class TestSample:
    def test_a_sample_keeps_order_and_only_what_it_needs(self, longmemeval_folder, generic_file):
        rng = np.random.default_rng(0)
        whole = generic.load(generic_file)
        assert sampled(whole, 5, rng) is whole
        one = sampled(whole, 1, rng)
        assert len(one.questions) == 1
        assert {conversation.scope for conversation in one.conversations} == {one.questions[0].scope}

    def test_sessions_outside_of_every_haystack_are_not_stored(self, generic_file):
        text = generic_file.read_text("utf-8").replace('"category": "place"', '"sessions": ["s1"]')
        generic_file.write_text(text, "utf-8")
        one = sampled(generic.load(generic_file), 1, np.random.default_rng(3))
        assert [session.id for session in one.conversations[0].sessions] == list(one.questions[0].session_ids)

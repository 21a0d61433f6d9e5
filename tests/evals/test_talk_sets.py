"""BEAM, MADial-Bench and RealMem become questions that cannot see their answers or the future."""

import copy
import json
from datetime import UTC, datetime

import pytest
from set_layouts import CHAT, FITTING, PROBES, PROJECT, TALKS, put, put_beam, put_madial

from fusion_memory import MemoryService
from fusion_memory.core.errors import DatasetInvalid
from fusion_memory.evals.datasets import beam, madial, realmem_questions
from fusion_memory.evals.run import Plan, Tools, run
from fusion_memory.testing.embedder import HashingEmbedder

QUICK = Plan(ks=(5,), resamples=20)


def refused(load, *expected):
    with pytest.raises(DatasetInvalid) as caught:
        load()
    for part in expected:
        assert part in caught.value.what, caught.value.what
    return caught.value


def changed(value, path, new):
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


class TestBeam:
    def test_marks_are_cut_off_and_anchors_hold_until_the_next(self, tmp_path):
        found = beam.load(put_beam(tmp_path))
        first, second = found.conversations[0].sessions
        assert [message.content for message in first.messages] == [
            "I plant basil.",
            "Water it daily.",
            "The shed is green.",
        ]
        assert first.said_at == datetime(2024, 3, 9, tzinfo=UTC)
        assert (second.said_at, len(second.messages)) == (datetime(2024, 4, 2, tzinfo=UTC), 1)

    def test_sources_are_gold_however_they_are_nested(self, tmp_path):
        found = beam.load(put_beam(tmp_path))
        assert {question.category: question.gold for question in found.questions} == {
            "update": {"m0", "m3"},
            "extraction": {"m2"},
        }
        assert found.skipped == {beam.NO_SOURCE: 1}
        assert {question.asked_at for question in found.questions} == {datetime(2024, 4, 2, tzinfo=UTC)}

    def test_chats_are_people_in_the_order_of_their_numbers(self, tmp_path):
        for name in ("10", "9", "1"):
            put_beam(tmp_path / name, changed(CHAT, [0, "turns", 1, 0, "content"], f"Chat {name}."))
        found = beam.load(tmp_path)
        assert [one.sessions[0].messages[-1].content for one in found.conversations] == [
            "Chat 1.",
            "Chat 9.",
            "Chat 10.",
        ]
        assert len({question.scope for question in found.questions}) == 3

    @pytest.mark.parametrize(
        ("path", "new", "expected"),
        [
            ([0, "turns"], {}, "entry 0: 'turns' should be a list"),
            ([1, "turns", 0], "hello", "turns[0]: 'turn' should be a list"),
            ([1, "turns", 0, 0, "id"], "3", "'id' should be a whole number"),
            ([0, "turns", 0, 1, "role"], "robot", "'role' should be one of assistant, user"),
            ([0, "turns", 0, 0, "content"], None, "'content' is missing"),
            ([0, "turns", 0, 0, "time_anchor"], "2024", "'time_anchor' should be a time like 'March-09-2024'"),
        ],
    )
    def test_a_wrong_chat_is_named(self, tmp_path, path, new, expected):
        refused(lambda: beam.load(put_beam(tmp_path, changed(CHAT, path, new))), "chat.json", expected)

    def test_wrong_questions_and_folders_are_named(self, tmp_path):
        error = refused(lambda: beam.load(tmp_path), "holds a chat.json")
        assert "one size" in error.fix
        refused(lambda: beam.load(put_beam(tmp_path, probes=[])), "probing_questions.json", "one JSON object")
        refused(lambda: beam.load(put_beam(tmp_path, probes={"abstention": PROBES["abstention"]})), "no question")


class TestMadial:
    def test_a_question_is_the_talk_before_the_memory_is_told(self, tmp_path):
        found = madial.load(put_madial(tmp_path))
        [question] = found.questions
        assert (question.query, question.context) == ("Assistant: 好主意！", ("Mia: 我想去海边。",))
        (alone,) = madial.load(tmp_path, context=False).questions
        assert (alone.query, alone.context) == ("Mia: 我想去海边。\nAssistant: 好主意！", ())
        assert "贝壳" not in question.query
        assert found.skipped == {madial.NO_MEMORY: 1}

    def test_ids_are_opaque_and_memories_in_order_of_time(self, tmp_path):
        found = madial.load(put_madial(tmp_path))
        told = found.conversations[0].sessions[0].messages
        assert [message.content for message in told] == ["Mia第一次滑雪。", "Mia在海边捡到一枚贝壳。"]
        assert found.questions[0].gold == {told[1].id}
        assert found.published[told[1].id] == "7"
        assert found.questions[0].asked_at == datetime(2024, 2, 1, tzinfo=UTC)

    def test_the_earliest_of_several_turns_counts_and_broken_lines_are_read(self, tmp_path):
        lines = ["<BOD>", '<Ann>: "We sail."', "<Sails are fine.>", '"Really?"', "tell", "tell more"]
        talk = {"dialogue": lines, "test-turn": [5, 4], "relevant-id": ["7"]}
        put_madial(tmp_path, talks=[talk], language="en")
        [question] = madial.load(tmp_path, "en").questions
        assert (*question.context, question.query) == ("Ann: We sail.", "Sails are fine.", "Really?")

    @pytest.mark.parametrize(
        ("path", "new", "expected"),
        [
            ([0, "test-turn"], [], "'test-turn' should be a list of places"),
            ([0, "test-turn"], [4], "(0 to 3)"),
            ([0, "dialogue"], "hello", "'dialogue' should be a list"),
            ([0, "relevant-id"], None, "'relevant-id' is missing"),
            ([0, "relevant-id"], [1], "no dialogue with a memory"),
        ],
    )
    def test_a_wrong_dialogue_is_named(self, tmp_path, path, new, expected):
        refused(lambda: madial.load(put_madial(tmp_path, talks=changed(TALKS, path, new))), "zh_dialogue", expected)

    def test_wrong_memories_are_named(self, tmp_path):
        refused(lambda: madial.load(tmp_path), "no file", "zh_memory.jsonl")
        refused(lambda: madial.load(put_madial(tmp_path, [*FITTING, FITTING[0]])), "line 3", "'7' occurs twice")
        refused(lambda: madial.load(put_madial(tmp_path, [{"1": "text"}])), "'1' should be an object")
        refused(lambda: madial.load(put_madial(tmp_path, [])), "no memories")


class TestRealMem:
    @pytest.fixture
    def folder(self, tmp_path):
        put(tmp_path / "Noor_Haddad_dialogues_1k.json", PROJECT)
        return tmp_path

    def test_a_question_knows_the_sessions_before_its_own_and_nothing_else(self, folder):
        found = realmem_questions.load(folder)
        [question] = found.questions
        first = found.conversations[0].sessions[0]
        assert (question.query, question.gold, question.session_ids) == (
            "What did I say I keep?",
            {first.id},
            (first.id,),
        )
        assert (question.category, question.asked_at) == ("Recall", datetime(2025, 3, 1, tzinfo=UTC))
        assert found.skipped == {realmem_questions.NO_EARLIER: 1}
        assert found.published[first.id] == "aaa"
        assert "aaa" not in first.id

    def test_a_question_brings_what_was_said_before_it_in_its_own_session(self, tmp_path):
        path = ["dialogues", 1, "dialogue_turns", 3, "memory_session_uuids"]
        file = put(tmp_path / "P_dialogues_1k.json", changed(PROJECT, path, ["aaa"]))
        first, second = realmem_questions.load(file).questions
        assert (first.context, second.context) == ((), ("What did I say I keep?", "Bees."))
        assert [question.context for question in realmem_questions.load(file, context=False).questions] == [(), ()]

    def test_a_later_session_cannot_answer(self, folder):
        found = realmem_questions.load(folder)
        outcome = run(found, lambda: MemoryService(embedder=HashingEmbedder()), QUICK, Tools.silent())
        for asked in (outcome.main, *outcome.ablations):
            [answer] = asked.answers
            assert answer.ranking == tuple(answer.question.gold)

    @pytest.mark.parametrize(
        ("path", "new", "expected"),
        [
            (["dialogues"], "none", "'dialogues' should be a list"),
            (["dialogues", 1, "session_uuid"], "aaa", "a session_uuid occurs twice"),
            (["dialogues", 1, "current_time"], "Sunday", "'current_time' should be a time like '2024-03-09'"),
            (["dialogues", 1, "dialogue_turns", 0, "speaker"], "Dog", "'speaker' should be one of User, Assistant"),
            (["dialogues", 1, "dialogue_turns", 1, "memory_session_uuids"], ["bbb"], "no question that earlier"),
        ],
    )
    def test_a_wrong_file_is_named(self, tmp_path, path, new, expected):
        file = put(tmp_path / "P_dialogues_1k.json", changed(PROJECT, path, new))
        refused(lambda: realmem_questions.load(file), expected)
        refused(lambda: realmem_questions.load(put(file, [])), "one JSON object")


def test_the_commands(tmp_path):
    from click.testing import CliRunner

    from fusion_memory.cli.application import ROOT
    from fusion_memory.cli.context import Doors

    sets = {
        "beam": put_beam(tmp_path / "beam"),
        "madial": put_madial(tmp_path / "madial"),
        "realmem": put(tmp_path / "P_dialogues_1k.json", PROJECT),
    }
    environment = {"FUSION_MEMORY_HOME": str(tmp_path / "home"), "FUSION_MEMORY_EMBEDDING_PROVIDER": "none"}
    for name, path in sets.items():
        words = ["eval", name, str(path), "--no-ablation", "--k", "5,20", "--json"]
        result = CliRunner().invoke(ROOT, words, obj=Doors(environment=environment))
        assert result.exit_code == 0, result.stderr
        report = json.loads(result.stdout)
        assert report["dataset"].startswith(name)
        assert report["metrics"]["recall@5"] > 0

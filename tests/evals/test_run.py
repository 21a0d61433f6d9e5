"""A run from file to report: what the memory is given, what it is asked, how it is scored."""

import json
import random

import pytest
from eval_fakes import FakeMemory, Guessing, Oracle
from set_layouts import official_question, put

from fusion_memory.evals.datasets import generic, lifebench, locomo, longmemeval
from fusion_memory.evals.report import (
    PER_QUESTION,
    PLOT_FILE,
    QUESTIONS_FILE,
    REPORT_FILE,
    missing_vectors,
    report_of,
    write,
)
from fusion_memory.evals.run import Plan, Tools, run

QUICK = Plan(ks=(1, 2), resamples=50)


def ran(found, memory, plan=QUICK):
    outcome = run(found, lambda: memory, plan, Tools.silent())
    return outcome, report_of(outcome)


def large_set(tmp_path, messages=150, questions=40):
    """Messages without anything in common; each question asks for one of them."""
    rows = [{"type": "message", "id": f"m{n}", "content": f"token{n} lies in drawer{n}"} for n in range(messages)]
    rows += [
        {"type": "question", "query": f"Where is token{n}?", "gold": [f"m{n}"], "category": f"c{n % 3}"}
        for n in range(questions)
    ]
    path = tmp_path / "large.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return generic.load(path)


def test_the_memory_is_given_messages_as_a_user_gives_them(locomo_file):
    memory = FakeMemory()
    ran(locomo.load(locomo_file), memory)
    first = memory.kept[0].message
    assert first["role"] == "user"
    assert first["name"] == "Ines"
    assert first["session_id"] == "session_1"
    assert f"{first['time']:%H:%M}" == "09:05"
    assert first["content"] == "I adopted a parrot named Kiwi."
    assert memory.closed


def test_questions_are_asked_with_every_recipe_and_their_own_present(locomo_file):
    memory = FakeMemory()
    found = locomo.load(locomo_file)
    ran(found, memory)
    assert [options.recipe for _, _, options in memory.asked] == [None] * 4 + ["keyword"] * 4 + ["vector"] * 4
    _, scope, options = memory.asked[0]
    assert scope == found.questions[0].scope
    assert options.asked_at == found.questions[0].asked_at
    assert (options.limit, options.group_by, options.trace) == (2, "memory", False)


def test_sessions_are_asked_as_sessions_of_the_haystack(longmemeval_folder):
    memory = FakeMemory()
    found = longmemeval.load(longmemeval_folder)
    _, report = ran(found, memory)
    options = memory.asked[0][2]
    assert options.group_by == "session"
    assert options.session_ids == found.questions[0].session_ids
    assert report["unit"] == "session"
    assert report["metrics"]["recall@1"] == 1


def test_no_gold_reaches_the_memory(longmemeval_file, longmemeval_folder):
    for found in (longmemeval.load(longmemeval_file), longmemeval.load(longmemeval_folder)):
        memory = FakeMemory()
        ran(found, memory)
        assert "answer_" not in repr(memory.kept) + repr(memory.asked)
        assert "has_answer" not in repr(memory.kept)


def test_an_oracle_scores_one(tmp_path, lifebench_folder, longmemeval_file):
    for found in (large_set(tmp_path), lifebench.load(lifebench_folder), longmemeval.load(longmemeval_file)):
        gold = {question.query: question.gold for question in found.questions}
        unit = "session_id" if found.unit == "session" else "id"
        oracle = Oracle(knows=lambda query, message, gold=gold, unit=unit: message[unit] in gold[query])
        _, report = ran(found, oracle, Plan(ks=(5, 10), resamples=20))
        assert set(report["metrics"].values()) == {1.0}
        assert set(map(tuple, report["intervals"].values())) == {(1.0, 1.0)}


def test_a_memory_that_guesses_scores_low(tmp_path):
    found = large_set(tmp_path)
    _, report = ran(found, Guessing(), Plan(ks=(10,), resamples=50))
    assert report["metrics"]["recall@10"] < 0.15
    assert report["metrics"]["mrr"] < 0.1
    _, honest = ran(found, FakeMemory(), Plan(ks=(10,), resamples=50))
    assert honest["metrics"]["recall@10"] == 1


def test_a_memory_that_loses_its_ids_scores_nothing(tmp_path):
    class Forgetful(FakeMemory):
        def add_batch(self, inputs, scope):
            return super().add_batch(({**message, "id": None} for message in inputs), scope)

    _, report = ran(large_set(tmp_path), Forgetful())
    assert set(report["metrics"].values()) == {0.0}


def test_a_memory_that_mixes_people_is_found_out(lifebench_folder):
    """Two people have an item of the same id; one person's item is no hit for the other."""
    found = lifebench.load(lifebench_folder)
    memory = FakeMemory()
    ran(found, memory)
    asked = {(query, scope) for query, scope, _ in memory.asked}
    assert asked == {(question.query, question.scope) for question in found.questions}


def test_the_report(locomo_file):
    _, report = ran(locomo.load(locomo_file), FakeMemory())
    names = {f"{name}@{k}" for name in ("recall", "any", "all", "ndcg") for k in (1, 2)} | {"mrr"}
    assert set(report["metrics"]) == names
    assert set(report["intervals"]) == names
    assert set(report["ablation"]) == {"keyword", "vector"}
    assert all(set(found) == names for found in report["ablation"].values())
    assert set(report["by_category"]) == {"single-hop", "multi-hop", "temporal", "adversarial"}
    assert report["by_category"]["multi-hop"]["questions"] == 1
    assert report["recipe"] == "balanced"
    assert report["skipped"] == {"no evidence in the conversation": 1}
    assert report["seconds"] >= 0
    assert report["stored"]["messages"] == 4
    assert report["searched"]["balanced"]["questions_per_second"] > 0
    assert report["headline"] == "recall@1"
    assert json.loads(json.dumps(report)) == report


def test_what_is_apart_is_not_in_the_headline(locomo_file):
    found = locomo.load(locomo_file)
    wrong = {question.query for question in found.questions if question.category == "adversarial"}
    gold = {question.query: question.gold for question in found.questions}
    oracle = Oracle(knows=lambda query, message: query not in wrong and message["id"] in gold[query])
    oracle.score = lambda query, message: (
        -1.0 if query in wrong and message["id"] in gold[query] else float(oracle.knows(query, message))
    )
    _, report = ran(found, oracle)
    assert report["questions"] == 3
    assert report["apart"] == ["adversarial"]
    assert report["metrics"]["all@2"] == 1
    assert report["by_category"]["adversarial"]["recall@2"] == 0


def test_other_labels_are_told_beside(locomo_file):
    row = {"sample_id": "conv-1", "question": "Which pet did Ines adopt?", "corrected_evidence": ["D2:1"]}
    locomo_file.with_name(locomo.LABELS_BESIDE).write_text(json.dumps(row))
    _, report = ran(locomo.load(locomo_file), FakeMemory())
    assert report["other_labels"]["published"]["questions"] == 1
    assert report["other_labels"]["published"]["recall@1"] == 1


def test_the_same_seed_gives_the_same_figures(tmp_path):
    found = large_set(tmp_path)

    def figures(seed):
        memory = Guessing(dice=random.Random(2))
        _, report = ran(found, memory, Plan(ks=(50,), seed=seed, resamples=50))
        return report["metrics"], report["intervals"], report["gain"]

    assert figures(1) == figures(1)
    assert figures(1)[0] == figures(2)[0]
    assert figures(1)[1] != figures(2)[1]


def test_missing_vectors_are_not_passed_over(locomo_file):
    _, report = ran(locomo.load(locomo_file), FakeMemory(degraded=("embedder_absent",)))
    assert missing_vectors(report)
    assert report["searched"]["balanced"]["degraded"] == {"embedder_absent": 4}
    _, report = ran(locomo.load(locomo_file), FakeMemory())
    assert not missing_vectors(report)


def test_written_reports_name_published_ids_and_hold_no_texts(longmemeval_file, tmp_path):
    outcome, report = ran(longmemeval.load(longmemeval_file), FakeMemory())
    write(report, outcome, tmp_path / "out")
    written = json.loads((tmp_path / "out" / REPORT_FILE).read_text())
    assert written == {name: value for name, value in report.items() if name != PER_QUESTION}
    lines = [json.loads(line) for line in (tmp_path / "out" / QUESTIONS_FILE).read_text().splitlines()]
    assert [line["recipe"] for line in lines] == ["balanced", "keyword", "vector"]
    assert lines[0]["gold"] == ["answer_1"]
    assert lines[0]["ranking"][0] == "answer_1"
    assert "Oslo" not in (tmp_path / "out" / QUESTIONS_FILE).read_text()


@pytest.mark.parametrize("categories", [["place", "time"], ["地点", "时间"], ["only"]])
def test_the_plot_is_a_picture(tmp_path, categories):
    matplotlib = pytest.importorskip("matplotlib")
    assert matplotlib
    from fusion_memory.evals.plot import draw

    rows = [{"type": "message", "id": "m", "content": "Ann lives in Porto since May."}]
    rows += [
        {"type": "question", "query": f"Where is Ann ({name})?", "gold": ["m"], "category": name}
        for name in categories
    ]
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    _, report = ran(generic.load(path), FakeMemory())
    draw(report, tmp_path / PLOT_FILE)
    assert (tmp_path / PLOT_FILE).read_bytes().startswith(b"\x89PNG\r\n")


def test_official_haystacks_are_stored_one_after_the_other(tmp_path):
    questions = [
        official_question(question_id=f"q{n}", question=f"Where did I book flight {n} to?") for n in range(3)
    ]
    found = longmemeval.load(put(tmp_path / "official.json", questions))
    opened = []

    def open_memory():
        assert all(memory.closed for memory in opened)
        opened.append(FakeMemory())
        return opened[-1]

    outcome = run(found, open_memory, QUICK, Tools.silent())
    assert len(opened) == 3
    assert all(len({kept.scope for kept in memory.kept}) == 1 for memory in opened)
    assert [answer.question.id for answer in outcome.main.answers] == ["q0", "q1", "q2"]
    assert [len(asked.answers) for asked in outcome.ablations] == [3, 3]
    assert outcome.stored.messages == 18
    assert report_of(outcome)["metrics"]["recall@1"] == 1

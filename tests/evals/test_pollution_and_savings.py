"""What belongs to somebody else is seen when it comes out, and tokens are weighed with the evidence they carry."""

import json
from dataclasses import dataclass

import pytest
from eval_fakes import FakeMemory
from set_layouts import GENERIC, put_lines

from fusion_memory import MemoryService
from fusion_memory.core.packs import ContextPack, PackItem
from fusion_memory.evals.datasets import generic, lifebench, longmemeval
from fusion_memory.evals.report import report_of
from fusion_memory.evals.run import Plan, Tools, run
from fusion_memory.evals.savings import LAST_MESSAGES
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.text.counting import count_tokens

QUICK = Plan(ks=(5,), resamples=20)


@dataclass
class Leaking(FakeMemory):
    """A broken memory: it searches everybody's memories."""

    def search(self, query, scope, options=None, **_):
        for kept in self.kept:
            found = super().search(query, kept.scope, options)
            if kept.scope != scope:
                return found
        return super().search(query, scope, options)


def reported(found, memory, plan=QUICK):
    return report_of(run(found, lambda: memory, plan, Tools.silent()))


def test_the_engine_lets_nothing_foreign_out(lifebench_folder):
    found = lifebench.load(lifebench_folder)
    plan = Plan(ks=(5,), resamples=20, savings=True)
    report = reported(found, MemoryService(embedder=HashingEmbedder()), plan)
    assert report["pollution"]["people"] == 2
    assert report["pollution"]["hits"] > 0
    assert (report["pollution"]["foreign"], report["pollution"]["rate"], report["pollution"]["questions"]) == (
        0,
        0,
        [],
    )


def test_a_leak_is_seen_although_the_ids_of_its_messages_are_the_same(lifebench_folder):
    """Both people have an item ``sms:1``: only whose it is tells them apart."""
    report = reported(lifebench.load(lifebench_folder), Leaking())
    assert report["pollution"]["rate"] > 0
    assert set(report["pollution"]["questions"]) == {"wei_0", "lan_0"}


def test_memories_of_their_own_have_one_person_each(longmemeval_file):
    report = reported(longmemeval.load(longmemeval_file), FakeMemory())
    assert (report["pollution"]["people"], report["pollution"]["foreign"]) == (1, 0)


@dataclass
class Packing(FakeMemory):
    """Packs the first hit and says that it took ten tokens."""

    def answer_context(self, query, scope, budget=None, options=None):
        hit = self.search(query, scope, options).hits[0]
        item = PackItem("[1]", hit.id, hit.span_id, hit.text, "", 10, hit.said_at)
        return ContextPack(query, hit.text, (item,), 10, budget or 0)


def long_talk(tmp_path, messages=60):
    rows = [
        {"type": "message", "id": f"m{n}", "content": f"word{n} again", "time": f"2024-01-01T10:{n:02}:00"}
        for n in range(messages)
    ]
    rows += [
        {"type": "question", "query": "word3?", "gold": ["m3"]},
        {"type": "question", "query": "word59?", "gold": ["m59", "m0"]},
    ]
    path = tmp_path / "long.jsonl"
    path.write_text("\n".join(map(json.dumps, reversed(rows))))
    return generic.load(path)


def test_savings_stand_beside_the_evidence_they_carry(tmp_path):
    found = long_talk(tmp_path)
    report = reported(found, Packing(), Plan(ks=(5,), resamples=20, savings=True))
    whole = sum(count_tokens(f"word{n} again") for n in range(60))
    last = sum(count_tokens(f"word{n} again") for n in range(60 - LAST_MESSAGES, 60))
    assert report["savings"] == {
        "questions": 2,
        "pack_tokens": 10,
        "pack_evidence": 0.75,
        "pack_complete": 0.5,
        "whole_tokens": whole,
        "saved": pytest.approx(1 - 10 / whole, abs=1e-4),
        "last_messages": LAST_MESSAGES,
        "last_tokens": last,
        "last_evidence": 0.25,
    }


def test_the_history_of_a_question_ends_with_its_sessions(longmemeval_folder):
    report = reported(longmemeval.load(longmemeval_folder), Packing(), Plan(ks=(5,), resamples=20, savings=True))
    sessions = longmemeval.load(longmemeval_folder).conversations[0].sessions
    assert report["savings"]["whole_tokens"] == sum(
        count_tokens(message.content) for session in sessions for message in session.messages
    )
    assert report["savings"]["pack_evidence"] == 1


def test_nothing_is_packed_unless_asked_for(tmp_path):
    assert reported(generic.load(put_lines(tmp_path / "own.jsonl", GENERIC)), FakeMemory())["savings"] == {}

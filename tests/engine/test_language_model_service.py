"""A service with a language model: it helps when it can, and costs nothing when it is down, slow, hung or wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.core.settings import EncodingSettings, LanguageModelSettings, Settings
from fusion_memory.engine import parts as assembly
from fusion_memory.engine.background import BackgroundWork
from fusion_memory.memory import second_readings
from fusion_memory.testing.chat_server import ChatServer, facts, hangs
from fusion_memory.testing.language_model import FactBook, ScriptedModel

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")
OFFLINE = Settings(encoding=EncodingSettings(mode="offline"))
SAID = "Since the move to Lisbon my sourdough starter is called Bruno."
TOLD = {
    "type": "fact",
    "subject": "user",
    "predicate": "named_starter",
    "object": "Bruno",
    "text": "The user's sourdough starter is called Bruno.",
    "quote": "my sourdough starter is called Bruno",
}
NOTHING = '{"facts": []}'


class Later:
    """A clock that tests move."""

    def __init__(self):
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()


class Hung:
    """A model that answers when it is released."""

    def __init__(self, reply=NOTHING):
        self.reply = reply
        self.asked, self.released = Event(), Event()
        self.prompts = []

    def __call__(self, prompt):
        self.prompts.append(prompt)
        self.asked.set()
        self.released.wait(60)
        return self.reply


def balance(memory, scope=ANA):
    """Read, withheld, failed, pending."""
    parts, access = memory._read(scope)
    with parts.database.read() as tx:
        found = second_readings.balance(tx, access)
    assert found.balanced
    assert memory.encoding_report(scope).balanced
    return found.read, found.withheld, found.failed, found.pending


def of_model(memory, scope=ANA):
    return [fact.object for fact in memory.facts(scope) if fact.method == "model"]


def test_what_a_model_sees_is_known_with_its_evidence():
    with MemoryService(embedder=None, llm=FactBook([TOLD])) as memory:
        (id_,) = memory.add(SAID, ANA).ids
        memory.memory_flush(ANA)
        (fact,) = (fact for fact in memory.facts(ANA) if fact.method == "model")
        assert (fact.object, fact.evidence[0].quote, fact.evidence[0].event_id) == ("Bruno", TOLD["quote"], id_)
        assert balance(memory) == (1, 0, 0, 0)


def test_an_addition_returns_while_the_model_hangs():
    model = Hung()
    with MemoryService(embedder=None, llm=model) as memory:
        try:
            assert memory.add(SAID, ANA).inserted == 1
            assert model.asked.wait(30)
            assert memory.add("I live in Porto.", ANA).inserted == 1
            assert memory.search("sourdough", ANA)[0].text == SAID
            assert "Porto" in [fact.object for fact in memory.facts(ANA)]
            assert balance(memory) == (0, 0, 0, 2)
        finally:
            model.released.set()
        memory.memory_flush(ANA)
        assert balance(memory) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    "answer",
    [
        ModelUnavailable("gone"),
        TimeoutError("late"),
        RuntimeError("CUDA is lost"),
        OSError(12, "Cannot allocate memory"),
        "Sorry, I cannot do that.",
        "",
        '{"facts": [{"object": "Bru',
    ],
    ids=repr,
)
def test_a_failing_model_fails_no_addition_and_is_asked_again(answer):
    clock = Later()
    model = ScriptedModel(answer)
    with MemoryService(embedder=None, llm=model, clock=clock, settings=OFFLINE) as memory:
        added = memory.add([SAID, "I live in Porto."], ANA)
        assert (added.inserted, added.degraded) == (2, ("embedder_absent",))
        assert memory.drain_update_queue() == {"claimed": 4, "processed": 2, "retried": 2, "failed": 0}
        assert balance(memory) == (0, 0, 0, 2)
        waiting = memory.list_background_tasks(ANA, "postponed")
        assert [(task.kind, task.attempts, bool(task.reason)) for task in waiting] == [("refine", 1, True)] * 2
        model._answers = (json.dumps({"facts": [TOLD]}),)
        clock.moment += timedelta(hours=2)
        memory.drain_update_queue()
        assert balance(memory) == (2, 0, 0, 0)
        assert of_model(memory) == ["Bruno"]


def test_what_a_model_cannot_read_is_given_up_and_listed_with_the_reason():
    settings = Settings(encoding=EncodingSettings(mode="offline", attempts=2))
    with MemoryService(embedder=None, llm=lambda _: "Sorry?", settings=settings) as memory:
        (id_,) = memory.add(SAID, ANA).ids
        for _ in range(3):
            memory.memory_flush(ANA)
        (dead,) = memory.list_background_tasks(ANA, "dead")
        assert (dead.kind, dead.memory_id, dead.reason) == ("refine", id_, "model_prose")
        assert balance(memory) == (0, 0, 1, 0)
        assert memory.get(id_, scope=ANA).content == SAID


def test_closing_does_not_wait_for_a_model_that_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr(assembly, "BackgroundWork", lambda drain: BackgroundWork(drain, patience_s=0.1))
    model = Hung()
    memory = MemoryService(tmp_path / "memory.db", embedder=None, llm=model)
    memory.add(SAID, ANA)
    assert model.asked.wait(30)
    worker = memory._parts.background._thread
    closing = Thread(target=memory.close)
    closing.start()
    closing.join(30)
    assert not closing.is_alive()
    assert worker.is_alive(), "it still waits for the model"
    model.released.set()
    worker.join(30)
    assert not worker.is_alive()
    with MemoryService(tmp_path / "memory.db", embedder=None, llm=FactBook([TOLD])) as again:
        assert balance(again) == (0, 0, 0, 1)
        again.drain_update_queue()
        assert balance(again) == (1, 0, 0, 0)
        assert of_model(again) == ["Bruno"]


def test_closing_ends_the_calls_of_a_model_that_the_service_opened(tmp_path, monkeypatch):
    pytest.importorskip("httpx2")
    monkeypatch.setattr(assembly, "BackgroundWork", lambda drain: BackgroundWork(drain, patience_s=0.1))
    asked = Event()

    def hang(_request):
        asked.set()
        return hangs()

    with ChatServer(hang, facts(TOLD)) as server:
        settings = Settings(
            llm=LanguageModelSettings(provider="openai", model="test", endpoint=server.address, timeout_s=30.0)
        )
        memory = MemoryService(tmp_path / "memory.db", embedder=None, settings=settings)
        memory.add(SAID, ANA)
        assert asked.wait(30)
        memory.close()
        with MemoryService(tmp_path / "memory.db", embedder=None, settings=settings) as again:
            again.drain_update_queue()
            assert of_model(again) == ["Bruno"]


def test_a_memory_that_is_erased_while_the_model_works_stays_erased():
    model = Hung(json.dumps({"facts": [TOLD]}))
    with MemoryService(embedder=None, llm=model) as memory:
        memory.add([SAID, "Bruno likes rye flour."], ANA)
        assert model.asked.wait(30)
        (gone, _) = (hit.id for hit in memory.search("sourdough Bruno", ANA))
        memory.forget(ANA, [gone])
        model.released.set()
        memory.memory_flush(ANA)
        assert "sourdough" in model.prompts[0]
        assert "sourdough" not in model.prompts[-1]
        assert of_model(memory) == []
        assert balance(memory) == (1, 0, 0, 0)
        memory.forget(ANA, everything=True)
        assert balance(memory) == (0, 0, 0, 0)


def test_two_services_on_one_file_double_nothing(tmp_path):
    together = Barrier(2)

    def model():
        book, first = (
            FactBook([{**TOLD, "object": f"loaf {n}", "quote": f"I baked loaf {n}"} for n in range(30)]),
            [],
        )

        def complete(prompt):
            if not first:
                first.append(prompt)
                together.wait(30)
            return book.complete(prompt)

        return ScriptedModel(complete)

    settings = OFFLINE
    with (
        MemoryService(tmp_path / "memory.db", embedder=None, llm=model(), settings=settings) as one,
        MemoryService(tmp_path / "memory.db", embedder=None, llm=model(), settings=settings) as other,
    ):
        one.add([{"content": f"I baked loaf {n} today.", "role": "user"} for n in range(30)], ANA)
        one._parts.encoder.drain(1_000)
        with one._parts.database.read() as tx:  # as if the lease of each had run out while its model was asked
            jobs = second_readings.due(tx, one._parts.clock.now(), 1_000)
        drains = [Thread(target=service._parts.second_reader.work, args=(jobs,)) for service in (one, other)]
        for drain in drains:
            drain.start()
        for drain in drains:
            drain.join(60)
        assert balance(one) == (30, 0, 0, 0)
        found = [fact for fact in other.facts(ANA, limit=1_000) if fact.predicate == "named_starter"]
        assert len({fact.object for fact in found}) == len(found) == 30
        assert {fact.times_seen for fact in found} == {1}
        made = [made for made in one.encoding_report(ANA).recent if made.method == "model"]
        assert all(made.fact_id for made in made)
        assert sum(one.encoding_report(ANA).decisions.values()) >= 30


@pytest.mark.parametrize(
    "private",
    ["Please don't remember that I have the flu.", "别记住我得了流感。"],
)
def test_what_is_not_to_be_remembered_is_not_shown_to_the_model(private):
    model = FactBook([TOLD])
    with MemoryService(embedder=None, llm=model) as memory:
        memory.add([SAID, private], Scope(user_id="ana", session_id="s"))
        memory.memory_flush(ANA)
        assert balance(memory) == (1, 1, 0, 0)
        assert not any("flu" in prompt.user or "流感" in prompt.user for prompt in model.prompts)


def test_two_owners_are_never_in_one_prompt():
    model = FactBook([TOLD])
    with MemoryService(embedder=None, llm=model, settings=OFFLINE) as memory:
        for scope, words in ((ANA, "apples"), (BEN, "bananas")):
            memory.add([f"I like {words}.", f"I bought {words}."], Scope(user_id=scope.user_id, session_id="main"))
        memory.drain_update_queue()
        assert len(model.prompts) == 2
        assert not any("apples" in prompt.user and "bananas" in prompt.user for prompt in model.prompts)


def test_offline_the_model_is_asked_only_when_the_queue_is_drained():
    model = FactBook([TOLD])
    with MemoryService(embedder=None, llm=model, settings=OFFLINE) as memory:
        memory.add(SAID, ANA)
        assert (memory._parts.background, model.prompts, memory.facts(ANA)) == (None, [], ())
        assert memory.drain_update_queue(1) == {"claimed": 1, "processed": 1, "retried": 0, "failed": 0}
        assert model.prompts == []
        memory.drain_update_queue()
        assert of_model(memory) == ["Bruno"]


def test_with_encoding_off_no_model_is_asked():
    model = FactBook([TOLD])
    settings = Settings(encoding=EncodingSettings(mode="off"))
    with MemoryService(embedder=None, llm=model, settings=settings) as memory:
        memory.add(SAID, ANA)
        memory.memory_flush(ANA)
        assert model.prompts == []
        assert memory.list_background_tasks(ANA) == ()


def test_a_rebuild_asks_the_model_again():
    model = FactBook([TOLD])
    with MemoryService(embedder=None, llm=model, settings=OFFLINE) as memory:
        memory.add(SAID, ANA)
        memory.add("I live in Porto.", ANA)
        memory.add(SAID, BEN)
        memory.drain_update_queue()
        before = {(fact.id, fact.text, fact.valid_from) for fact in memory.facts(ANA)}
        memory.refresh_current_views(ANA)
        assert balance(memory) == (0, 0, 0, 2)
        assert balance(memory, BEN) == (1, 0, 0, 0)
        memory.drain_update_queue()
        assert balance(memory) == (2, 0, 0, 0)
        assert {(fact.id, fact.text, fact.valid_from) for fact in memory.facts(ANA)} == before
        assert of_model(memory, BEN) == ["Bruno"]


def test_what_the_model_read_during_a_rebuild_is_not_lost():
    with MemoryService(embedder=None, llm=FactBook([TOLD]), settings=OFFLINE) as memory:
        memory.add(SAID, ANA)
        memory.drain_update_queue()
        rebuild = memory._parts.encoder.rebuild

        def meanwhile(access):
            memory._parts.second_reader.drain(10)
            return rebuild(access)

        object.__setattr__(memory._parts, "encoder", encoder := memory._parts.encoder)
        encoder.rebuild = meanwhile
        memory.refresh_current_views(ANA)
        assert balance(memory) == (0, 0, 0, 1)
        memory.drain_update_queue()
        assert of_model(memory) == ["Bruno"]
        report = memory.encoding_report(ANA)
        assert [made.method for made in report.recent].count("model") == 1


def test_after_a_rebuild_in_the_background_the_facts_are_there_again():
    with MemoryService(embedder=None, llm=FactBook([TOLD])) as memory:
        memory.add(SAID, ANA)
        memory.memory_flush(ANA)
        memory.refresh_current_views(ANA)
        memory.memory_flush(ANA)
        assert of_model(memory) == ["Bruno"]
        assert balance(memory) == (1, 0, 0, 0)


def test_a_flush_does_not_ask_again_for_what_the_background_is_reading():
    model = Hung()
    with MemoryService(embedder=None, llm=model) as memory:
        memory.add(SAID, ANA)
        assert model.asked.wait(30)
        flush = Thread(target=memory.memory_flush, args=(ANA,))
        flush.start()
        model.released.set()
        flush.join(30)
        assert balance(memory) == (1, 0, 0, 0)
        assert len(model.prompts) == 1


def test_what_the_calls_cost_is_kept():
    with MemoryService(embedder=None, llm=lambda _: NOTHING, settings=OFFLINE) as memory:
        memory.add(SAID, ANA)
        memory.drain_update_queue()
        with memory._parts.database.read() as tx:
            spent = second_readings.spent(tx, "extraction")
        assert (spent.calls, spent.failures) == (1, 0)
        assert spent.input_tokens > 100
        assert spent.output_tokens > 0


def test_work_in_the_background_outlives_any_failure():
    failed, done, tries = Event(), Event(), []

    def drain(limit):
        tries.append(limit)
        if len(tries) == 1:
            failed.set()
            raise ValueError("a defect")
        done.set()
        return {"claimed": 0, "processed": 0, "retried": 0, "failed": 0}

    work = BackgroundWork(drain, patience_s=30)
    work.wake()
    assert failed.wait(30)
    work.wake()
    assert done.wait(30)
    work.close()
    assert not work._thread.is_alive()
    work.wake()
    assert not work._thread.is_alive(), "nothing begins after the end"


def test_work_that_gets_nowhere_is_not_tried_without_end():
    tries, settled = [], Event()

    def drain(_limit):
        tries.append(1)
        settled.set()
        return {"claimed": 5, "processed": 0, "retried": 5, "failed": 0}

    work = BackgroundWork(drain, patience_s=30)
    work.wake()
    assert settled.wait(30)
    work.close()
    assert len(tries) == 1

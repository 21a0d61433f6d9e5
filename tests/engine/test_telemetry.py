"""What observers hear of a memory: names, counts and codes, and never a text."""

from __future__ import annotations

import json

import pytest
from opentelemetry import trace
from opentelemetry.context import get_current

from fusion_memory.core import telemetry
from fusion_memory.core.errors import EmptyText, LanguageModelFailed
from fusion_memory.core.scope import Scope
from fusion_memory.core.telemetry import Observation
from fusion_memory.engine.open_telemetry import instrument
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.embedder import HashingEmbedder

ANA = Scope(user_id="ana")
CANARY = "CANARY-7731"


class Listener:
    def __init__(self) -> None:
        self.heard: list[Observation] = []

    def begin(self, observation: Observation) -> object:
        return observation.operation

    def end(self, observation: Observation, begun: object) -> None:
        assert begun == observation.operation
        self.heard.append(observation)


class Broken(Listener):
    def begin(self, observation):
        raise RuntimeError("observers must not harm")

    def end(self, observation, begun):
        raise RuntimeError("observers must not harm")


@pytest.fixture
def listener():
    one = Listener()
    removals = [telemetry.install(Broken()), telemetry.install(one)]
    yield one
    for remove in removals:
        remove()


@pytest.fixture
def memory():
    with MemoryService(embedder=HashingEmbedder(16), llm=None, reranker=None) as service:
        yield service


def names(listener: Listener) -> list[str]:
    return [one.operation for one in listener.heard]


def test_calls_are_told_with_counts_and_times(memory, listener):
    memory.add([f"{CANARY} I live in Porto.", "I like tea."], ANA)
    memory.search(f"{CANARY}?", ANA, limit=1)
    memory.answer_context("Where do I live?", ANA, 500)
    told = {one.operation: one for one in listener.heard}
    assert told["upsert_memory"].attributes["gen_ai.memory.record.count"] == 2
    assert names(listener).count("search_memory") == 2
    assert told["search_memory"].attributes["fusion_memory.pack.budget_tokens"] == 500
    assert told["embeddings"].attributes["fusion_memory.texts"] >= 1
    assert all(one.seconds > 0 and one.error is None for one in listener.heard)


def test_no_text_is_told(memory, listener):
    memory.add(
        {"role": "user", "content": f"{CANARY} lives in {CANARY}", "name": CANARY}, ANA, metadata={"k": CANARY}
    )
    memory.search(CANARY, ANA)
    memory.answer(f"Who is {CANARY}?", ANA)
    memory.forget(ANA, everything=True)
    assert {"upsert_memory", "search_memory", "answer", "delete_memory"} <= set(names(listener))
    assert CANARY not in json.dumps([[one.operation, one.attributes, one.error] for one in listener.heard])


def test_an_error_is_told_by_its_code(memory, listener):
    with pytest.raises(EmptyText):
        memory.search("  ", ANA)
    assert listener.heard[-1].error == "empty_text"


def test_a_language_model_is_told_with_its_tokens_and_failures(listener):
    def model(asked: str) -> str:
        raise ValueError(CANARY)

    with MemoryService(embedder=None, llm=None, reranker=None) as memory:
        memory.add("I live in Porto.", ANA)
        memory.answer("Where do I live?", ANA, model=model)
        memory.answer("Where do I live?", ANA, model=lambda asked: '{"claims": []}')
    failed, answered = (one for one in listener.heard if one.operation == "chat")
    assert failed.error == LanguageModelFailed.code
    assert answered.attributes["gen_ai.usage.input_tokens"] > 0


def test_without_observers_nothing_is_kept():
    with telemetry.observing("search_memory") as seen:
        pass
    assert seen.seconds == 0


def test_scopes_are_collected_only_where_asked(memory):
    with telemetry.scopes_reached() as found:
        memory.add("I like tea.", ANA)
        memory.stats(Scope(user_id="bo"))
    memory.stats(Scope(user_id="cy"))
    assert found == {ANA, Scope(user_id="bo")}


class FakeSpan(trace.NonRecordingSpan):
    def __init__(self, name, kind, attributes, parent):
        super().__init__(trace.SpanContext(1, 2, False))
        self.name, self.kind, self.attributes, self.parent = name, kind, dict(attributes), parent
        self.status, self.ended = None, False

    def set_attributes(self, attributes):
        self.attributes |= attributes

    def set_attribute(self, key, value):
        self.attributes[key] = value

    def set_status(self, status, description=None):
        self.status = status

    def update_name(self, name):
        self.name = name

    def end(self, end_time=None):
        self.ended = True


class FakeTracer:
    def __init__(self):
        self.spans = []

    def start_span(self, name, kind=None, attributes=None):
        self.spans.append(FakeSpan(name, kind, attributes or {}, trace.get_current_span(get_current())))
        return self.spans[-1]


def test_spans_follow_the_conventions(memory):
    tracer = FakeTracer()
    remove = instrument(tracer)
    try:
        memory.add(f"{CANARY} lives in Porto.", ANA)
        memory.search(f"Where does {CANARY} live?", ANA)
        with pytest.raises(EmptyText):
            memory.search(" ", ANA)
    finally:
        remove()
    memory.search("afterwards", ANA)
    by_name = {span.name: span for span in tracer.spans}
    search = next(span for span in tracer.spans if span.attributes["gen_ai.operation.name"] == "search_memory")
    assert search.attributes["gen_ai.provider.name"] == "fusion_memory"
    assert search.attributes["gen_ai.memory.record.count"] == 1
    embeddings = [span for name, span in by_name.items() if name.startswith("embeddings ")]
    assert embeddings
    assert embeddings[0].kind is trace.SpanKind.CLIENT
    assert isinstance(embeddings[0].parent, FakeSpan)
    failed = tracer.spans[-1]
    assert failed.attributes["error.type"] == "empty_text"
    assert failed.status.status_code is trace.StatusCode.ERROR
    assert all(span.ended for span in tracer.spans)
    assert CANARY not in repr([(span.name, span.attributes) for span in tracer.spans])

"""Streams: answers part by part, and what happens as it happens, resumable across a restart."""

from __future__ import annotations

import json
import threading
import time

import httpx2
import pytest
from fastapi.testclient import TestClient

from fusion_memory.core.scope import Action, Bounds, Principal, Scope
from fusion_memory.core.settings import ServerSettings
from fusion_memory.engine.service import MemoryService
from fusion_memory.service import event_stream
from fusion_memory.service.app import create_app
from fusion_memory.service.options import ServiceOptions
from fusion_memory.service.routes import events
from fusion_memory.testing.served import serving

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(events, "LOOKED_EVERY_S", 0.02)


def parsed(lines):
    """Events of a stream as they come: id, kind, data."""
    told = {}
    for line in lines:
        if line == "" and "data" in told:
            yield told.get("id"), told["event"], json.loads(told["data"])
        if line == "":
            told = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            told[name] = value


def take(address, count, params, headers=None):
    """The first so many events."""
    with httpx2.stream("GET", f"{address}/v1/events", params=params, headers=headers or {}, timeout=20) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = []
        for one in parsed(answer.iter_lines()):
            found.append(one)
            if len(found) == count:
                return found
    return found


@pytest.fixture
def database(tmp_path):
    return tmp_path / "m.db"


def opened(database):
    return MemoryService(database, embedder=None, llm=None, reranker=None)


def test_a_reader_that_comes_back_misses_and_doubles_nothing_across_a_restart(database):
    with opened(database) as memory, serving(memory) as address:
        for number in range(4):
            memory.add(f"I like tea number {number}.", ANA)
        seen = take(address, 3, {"user_id": "ana", "after": "0-0"})
    with opened(database) as memory, serving(memory) as address:
        memory.add("I like rice.", ANA)
        rest = []
        cursor = seen[-1][0]
        while not any(data["action"] == "add" and data["cursor"].startswith("5-") for _, _, data in rest):
            rest += take(address, 1, {"user_id": "ana"}, {"Last-Event-ID": cursor})
            cursor = rest[-1][0]
        everything = take(address, len(seen) + len(rest), {"user_id": "ana", "after": "0-0"})
    assert seen + rest == everything
    assert len({number for number, _, _ in everything}) == len(everything)
    assert [kind for _, kind, _ in everything].count("ingest") == 5


def test_a_stream_tells_what_happens_while_it_is_open(database):
    with opened(database) as memory, serving(memory) as address:
        found = []
        reader = threading.Thread(target=lambda: found.extend(take(address, 1, {"user_id": "ana"})))
        reader.start()
        deadline = time.monotonic() + 20
        while reader.is_alive() and time.monotonic() < deadline:
            memory.add("I keep cats.", BEN)
            memory.add("I keep bees.", ANA)
            reader.join(0.05)
    assert found[0][1] == "ingest"
    assert found[0][2]["scope"]["user_id"] == "ana"


def test_streams_end_when_the_service_ends(database):
    with opened(database) as memory:
        with serving(memory) as address:
            kinds = []

            def read():
                with httpx2.stream("GET", f"{address}/v1/events", params={"user_id": "ana"}, timeout=20) as answer:
                    begun.set()
                    kinds.extend(kind for _, kind, _ in parsed(answer.iter_lines()))

            begun = threading.Event()
            reader = threading.Thread(target=read)
            reader.start()
            assert begun.wait(20)
        reader.join(20)
        assert not reader.is_alive()
        assert kinds == ["end"]


def test_a_stream_that_does_not_wait_ends_when_all_is_told(http, memory):
    memory.add("I like tea.", ANA)
    answer = http.get("/v1/events", params={"user_id": "ana", "after": "0-0", "wait": "false"})
    kinds = [kind for _, kind, _ in parsed(answer.text.splitlines())]
    assert kinds[0] == "ingest"
    assert kinds[-1] == "end"


def test_there_are_so_many_streams_at_a_time(memory):
    options = ServiceOptions(settings=ServerSettings(max_streams=1))
    app = create_app(memory, options=options)
    with TestClient(app) as http, app.state.life.streaming():
        refused = http.get("/v1/events", params={"user_id": "ana"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    "given", [{"params": {"user_id": "ana", "after": "x"}}, {"headers": {"Last-Event-ID": "1"}}]
)
def test_a_cursor_that_is_none_is_refused_before_the_stream_begins(http, given):
    given = {"params": {"user_id": "ana"}, **given}
    assert http.get("/v1/events", **given).json()["code"] == "invalid_option"


class Tenant:
    """Lets a caller in so many times."""

    left = 5

    def identify(self, request):
        self.left -= 1
        rights = frozenset({Action.READ}) if self.left < 0 else frozenset(Action)
        return Principal("key", rights, Bounds(workspace_id="acme"))

    recognise = identify


def test_a_tenant_hears_its_own_and_no_longer_than_its_key_holds(memory):
    gate = Tenant()
    app = create_app(memory, options=ServiceOptions(gate=gate))
    memory.add("mine", Scope(workspace_id="acme", user_id="ana"))
    memory.add("theirs", Scope(workspace_id="other", user_id="ana"))
    with TestClient(app) as http:
        answer = http.get("/v1/events", params={"after": "0-0"})
        denied = http.get("/v1/events", params={"workspace_id": "other", "user_id": "ana"})
    found = list(parsed(answer.text.splitlines()))
    assert {data["scope"]["workspace_id"] for _, kind, data in found if kind == "ingest"} == {"acme"}
    assert found[-1][1:] == ("problem", {**found[-1][2], "status": 403})
    assert denied.status_code == 403


def test_an_answer_comes_in_parts(http, memory):
    memory.add(["I live in Porto.", "I keep bees."], ANA)
    answer = http.post("/v1/answer/stream", json={"namespace": "ana", "query": "Where do I live?"})
    found = list(parsed(answer.text.splitlines()))
    assert [number for number, _, _ in found] == [str(number) for number in range(1, len(found) + 1)]
    assert [kind for _, kind, _ in found][-1] == "answer"
    assert "Porto" in found[-1][2]["text"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_question_that_is_none_is_refused_before_the_stream_begins(http):
    assert http.post("/v1/answer/stream", json={"namespace": "ana", "query": " "}).status_code == 422


def test_signs_of_life_while_a_part_is_made():
    import asyncio

    def slow():
        time.sleep(0.1)
        yield "part"

    async def read():
        return [part async for part in event_stream.told(slow(), 0.01)]

    told = asyncio.run(read())
    assert told[-1] == "part"
    assert told.count(None) == len(told) - 1 > 0


def test_data_never_breaks_an_event():
    assert event_stream.event("x", {"text": "a\n\nevent: y\r"}).count("\n") == 3

"""What the client does when things go wrong: tries again, tells errors as the engine does, hides the key."""

import asyncio
import json
import threading
from datetime import UTC, datetime

import pytest

from fusion_memory import AsyncMemoryClient, MemoryClient, Scope
from fusion_memory.client.problems import kinds
from fusion_memory.client.requests import Lost, Patience, Reply, Request, Tries, asked_wait_s
from fusion_memory.core.errors import (
    ConfigurationError,
    DatabaseLocked,
    FusionMemoryError,
    InvalidInput,
    InvalidScope,
    NotFound,
    ServiceClosed,
)
from fusion_memory.core.service_errors import ServiceUnreachable, TooManyRequests, UnreadableAnswer

httpx2 = pytest.importorskip("httpx2")

ANA = Scope(user_id="ana")
ADDED = {"ids": ["mem_1"], "inserted": 1}
KEY = "fm_a_very_secret_key"


class Network:
    """Answers requests from a list; an exception in it is raised."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def client(self, **more):
        more = {"api_key": KEY, **more}
        client = MemoryClient("http://memory.test/", network=httpx2.MockTransport(self), **more)
        self.pauses = []
        object.__setattr__(client._connection.service, "sleep", self.pauses.append)
        return client


def problem(code, status=422, headers=None, **more):
    told = {"code": code, "title": "T.", "detail": "What. Why.", "hint": "do this", "why": "Why.", **more}
    return httpx2.Response(status, json=told, headers=headers)


def test_a_call_goes_to_its_route_and_comes_back_as_a_record():
    network = Network(httpx2.Response(201, json=ADDED))
    with network.client() as memory:
        result = memory.add("I keep bees.", ANA, metadata={"a": 1})
    assert (result.ids, result.inserted) == (("mem_1",), 1)
    [asked] = network.asked
    assert (asked.method, str(asked.url)) == ("POST", "http://memory.test/v1/memories")
    assert json.loads(asked.content) == {
        "scope": {"user_id": "ana"},
        "input": "I keep bees.",
        "metadata": {"a": 1},
    }
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


def test_names_with_odd_letters_stay_within_their_place():
    network = Network(problem("not_found", 404))
    with network.client() as memory, pytest.raises(NotFound):
        memory.get("../x?y#1/2", "fact", ANA)
    assert network.asked[0].url.raw_path == b"/v1/facts/..%2Fx%3Fy%231%2F2?user_id=ana"


def test_a_write_whose_answer_was_lost_is_repeated_under_the_same_key():
    lost = httpx2.ReadError("reset")
    network = Network(lost, problem("database_locked", 503), httpx2.Response(201, json=ADDED))
    with network.client() as memory:
        assert memory.add("I keep bees.", ANA).inserted == 1
        network.outcomes.append(httpx2.Response(200, json=ADDED))
        memory.add("I keep bees.", ANA)
    keys = [asked.headers["Idempotency-Key"] for asked in network.asked]
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]
    assert len(network.pauses) == 2


def test_a_busy_service_says_how_long_to_wait():
    network = Network(problem("too_many_requests", 429, {"Retry-After": "7"}), httpx2.Response(200, json={"a": 1}))
    with network.client() as memory:
        assert memory.get_user_profile(ANA) == {"a": 1}
    assert network.pauses == [7.0]


def test_patience_ends():
    network = Network(*[problem("too_many_requests", 429, {"Retry-After": "1"})] * 3)
    with network.client(retries=2) as memory, pytest.raises(TooManyRequests) as failing:
        memory.stats(ANA)
    assert failing.value.retry_after_s == 1.0
    assert (len(network.asked), network.pauses) == (3, [1.0, 1.0])


def test_a_wait_beyond_patience_is_told_at_once():
    network = Network(problem("too_many_requests", 429, {"Retry-After": "86400"}))
    with network.client() as memory, pytest.raises(TooManyRequests):
        memory.stats(ANA)
    assert network.pauses == []


@pytest.mark.parametrize("code", sorted(kinds()))
def test_every_problem_becomes_the_error_that_the_engine_raises(code):
    network = Network(problem(code, 400))
    with network.client(retries=0) as memory, pytest.raises(FusionMemoryError) as failing:
        memory.stats(ANA)
    error = failing.value
    assert type(error) is kinds()[code]
    assert (error.what, error.why, error.fix) == ("What.", "Why.", "do this")


def test_a_problem_of_a_later_version_and_no_problem_at_all():
    network = Network(
        problem("code_of_tomorrow", 418),
        httpx2.Response(404, text="<html>nothing here</html>"),
        httpx2.Response(302, headers={"Location": "http://elsewhere.test"}),
        httpx2.Response(200, text="<html>a page</html>"),
        httpx2.Response(200, json={"memories": "many"}),
        httpx2.Response(200, content=b"\xff\xfe"),
    )
    with network.client() as memory:
        with pytest.raises(FusionMemoryError, match="What") as failing:
            memory.stats(ANA)
        assert failing.value.fix == "do this"
        for _ in range(5):
            with pytest.raises(UnreadableAnswer):
                memory.stats(ANA)
    assert len(network.asked) == 6


def test_a_request_that_its_route_does_not_take_says_where():
    network = Network(problem("invalid_request", errors=[{"where": "query/limit", "what": "too big"}]))
    with network.client() as memory, pytest.raises(InvalidInput) as failing:
        memory.entities(ANA, limit=10**9)
    assert "query/limit: too big" in failing.value.why


def test_nobody_there_is_a_clear_error():
    network = Network(*[httpx2.ConnectError("refused")] * 4, httpx2.ReadTimeout("slow"))
    with network.client() as memory:
        with pytest.raises(ServiceUnreachable, match=r"http://memory\.test") as failing:
            memory.stats(ANA)
        assert "Nothing was carried out" in failing.value.why
        object.__setattr__(memory._connection.service, "patience", Patience(retries=0))
        with pytest.raises(ServiceUnreachable) as failing:
            memory.add("x", ANA)
        assert "not known" in failing.value.why


def test_the_key_is_never_shown(monkeypatch):
    network = Network(*[httpx2.ConnectError("refused")] * 9, httpx2.Response(200, json={}))
    monkeypatch.setenv("FUSION_MEMORY_API_KEY", KEY)
    with network.client(api_key=None) as memory:
        told = [repr(memory), repr(memory._connection.service), str(memory._connection.service)]
        with pytest.raises(ServiceUnreachable) as failing:
            memory.stats(ANA)
        told += [str(failing.value), repr(failing.value)]
        assert network.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    assert not any(KEY in one for one in told)
    for bad in ("two words", "line\nend", "ключ"):
        with pytest.raises(ConfigurationError) as refused:
            MemoryClient("http://memory.test", api_key=bad)
        assert bad not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["", "memory.test", "ftp://memory.test", "http://", "http://me:word@memory.test", "http://a.test?x=1"],
)
def test_what_is_no_address_is_refused_without_repeating_it(address):
    with pytest.raises(ConfigurationError) as failing:
        MemoryClient(address)
    assert "word" not in str(failing.value).replace("password", "")


def test_arguments_are_those_of_the_protocol():
    with Network().client() as memory:
        with pytest.raises(TypeError):
            memory.stats(ANA, colour="blue")
        with pytest.raises(TypeError):
            memory.stats()
        with pytest.raises(InvalidScope):
            memory.stats({"user_id": "ana"})
        with pytest.raises(InvalidInput, match="cannot be sent"):
            memory.add("x", ANA, metadata={"a": object()})
    with pytest.raises(ServiceClosed):
        memory.stats(ANA)
    memory.close()


def test_a_default_scope_stands_in():
    network = Network(problem("not_found", 404))
    with network.client(default_scope=ANA) as memory, pytest.raises(NotFound):
        memory.get("mem_1")
    assert network.asked[0].url.params["user_id"] == "ana"


def test_large_batches_go_in_parts_and_are_counted_together():
    def answer(request):
        inputs = json.loads(request.content)["inputs"]
        ids = [f"mem_{one['id']}" for one in inputs]
        return httpx2.Response(
            201, json={"ids": ids, "inserted": len(ids), "degraded": ["x"], "redacted": {"k": 1}}
        )

    seen = []
    with MemoryClient("http://memory.test", network=httpx2.MockTransport(answer)) as memory:
        messages = ({"id": str(n), "content": "x" * (3 << 20 if n == 5 else 1)} for n in range(2_300))
        result = memory.add_batch(messages, ANA, progress=seen.append)
        assert memory.add_batch([], ANA).ids == ()
        with pytest.raises(InvalidInput):
            memory.add_batch("letters", ANA)
    assert seen == [5, 1, 1_000, 1_000, 294]
    assert result.ids == tuple(f"mem_{n}" for n in range(2_300))
    assert (result.inserted, result.degraded, result.redacted) == (2_300, ("x",), {"k": 5})


def test_pages_follow_the_link_to_the_end():
    event = {
        **dict.fromkeys(("workspace_id", "user_id", "agent_id", "run_id", "session_id", "app_id", "speaker")),
        "id": "mem_1",
        "content": "x",
        "kind": "message",
        "role": "user",
        "thread": "t",
        "seq": 1,
        **dict.fromkeys(("said_at", "recorded_at", "last_seen_at"), "2026-01-01T00:00:00+00:00"),
        "client_id": None,
        "origin": "api",
        "trust": "user",
        "metadata": {},
        "times_seen": 1,
        "identity": "i",
    }
    link = {"Link": '</v1/memories?user_id=ana&cursor=abc%3D>; rel="next"'}
    network = Network(httpx2.Response(200, json=[event], headers=link), httpx2.Response(200, json=[event]))
    with network.client() as memory:
        assert [one.id for one in memory.every_memory(ANA, role="user")] == ["mem_1", "mem_1"]
    assert network.asked[1].url.params["cursor"] == "abc="
    assert network.asked[1].url.params["role"] == "user"


def test_an_answer_comes_in_parts_and_a_broken_one_is_told():
    claim = {"text": "Yes.", "quotes": [], "supported": True, "reason": ""}
    first = f"event: claim\ndata: {json.dumps(claim)}\n\n: still here\n\n"
    told = json.dumps({"code": "language_model_failed", "detail": "D.", "hint": "h"})
    network = Network(
        httpx2.Response(200, text=first, headers={"Content-Type": "text/event-stream"}),
        httpx2.Response(200, text=f"{first}event: problem\ndata: {told}\n\n"),
        problem("empty_text", 422),
    )
    with network.client() as memory:
        for expected in (ServiceUnreachable, kinds()["language_model_failed"]):
            parts = memory.answer_stream("Do I keep bees?", ANA)
            assert next(parts).claim.text == "Yes."
            with pytest.raises(expected):
                next(parts)
        with pytest.raises(kinds()["empty_text"]):
            next(memory.answer_stream("", ANA))


def test_the_asynchronous_client_does_the_same():
    network = Network(
        httpx2.ReadError("reset"),
        httpx2.Response(201, json=ADDED),
        problem("not_found", 404),
        httpx2.Response(200, text='{"type":"header"}\n{"type":"end"}\n'),
    )

    async def run():
        async with AsyncMemoryClient("http://memory.test", network=httpx2.MockTransport(network)) as memory:
            assert (await memory.add("I keep bees.", ANA)).inserted == 1
            with pytest.raises(NotFound):
                await memory.trace("trace_1", ANA)
            lines = [line["type"] async for line in memory.export(ANA)]
            assert "search" in dir(memory)
            with pytest.raises(AttributeError):
                memory.nonsense  # noqa: B018
        return lines

    assert asyncio.run(run()) == ["header", "end"]
    assert network.asked[0].headers["Idempotency-Key"] == network.asked[1].headers["Idempotency-Key"]


def test_threads_share_a_client():
    def answer(request):
        return httpx2.Response(200, json={"user": request.url.params["user_id"]})

    with MemoryClient("http://memory.test", network=httpx2.MockTransport(answer)) as memory:
        found = {}
        threads = [
            threading.Thread(target=lambda n=n: found.update({n: memory.get_user_profile(Scope(user_id=str(n)))}))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {n: {"user": str(n)} for n in range(8)}


NOW = datetime(2026, 1, 1, tzinfo=UTC)
READ, WRITE = Request("GET", "/"), Request("POST", "/", repeatable=False)


@pytest.mark.parametrize(
    ("request_", "outcome", "again"),
    [
        (READ, Lost("reset", sent=True), True),
        (WRITE, Lost("reset", sent=True), False),
        (WRITE, Lost("refused", sent=False), True),
        (WRITE, Reply(503, {}, b""), True),
        (READ, Reply(502, {}, b""), True),
        (WRITE, Reply(502, {}, b""), False),
        (READ, Reply(409, {"retry-after": "1"}, b""), True),
        (READ, Reply(409, {}, b""), False),
        (READ, Reply(500, {}, b""), False),
        (READ, Reply(200, {}, b""), False),
    ],
)
def test_what_is_tried_again(request_, outcome, again):
    assert (Tries(Patience(), lambda: 1.0).pause_after(request_, outcome, NOW) is not None) == again


def test_pauses_grow_and_dates_are_read():
    tries = Tries(Patience(retries=9), lambda: 1.0)
    lost = Lost("reset", sent=True)
    assert [tries.pause_after(READ, lost, NOW) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 8.0, 8.0]
    assert asked_wait_s("Thu, 01 Jan 2026 00:00:30 GMT", NOW) == 30.0
    assert asked_wait_s("soon", NOW) is None
    assert asked_wait_s("Wed, 31 Dec 2025 00:00:00 GMT", NOW) == 0.0
    assert DatabaseLocked.code in kinds()

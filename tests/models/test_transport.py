"""Retries end, keys stay secret, every failure has a name; over a simulated and over a real socket."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from fusion_memory.core.errors import EmbeddingFailed, ModelError, ModelTimeout, ModelUnavailable
from fusion_memory.models.transport import Endpoint, JsonTransport, ModelCall, Patience, Surroundings

httpx2 = pytest.importorskip("httpx2")

KEY = "sk-very-secret"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Time:
    """Passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Calls:
    def __init__(self) -> None:
        self.seen: list[ModelCall] = []

    def record(self, call: ModelCall) -> None:
        self.seen.append(call)


class Bench:
    """A transport on a simulated network that answers by a script."""

    def __init__(self, *script: Any, timeout_s: float = 20.0, retries: int = 2) -> None:
        self.script = list(script)
        self.requests: list[Any] = []
        self.time, self.calls = Time(), Calls()
        around = Surroundings(
            sleep=self.time.sleep,
            monotonic=lambda: self.time.seconds,
            now=lambda: NOON,
            chance=lambda: 1.0,
            network=httpx2.MockTransport(self.answer),
        )
        endpoint = Endpoint("openai", "small", "https://models.test/v1/", KEY)
        self.transport = JsonTransport(endpoint, Patience(timeout_s, retries), self.calls, around)

    def answer(self, request: Any) -> Any:
        self.requests.append(request)
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def post(self) -> Any:
        return self.transport.post("/embeddings", {"input": ["a"]}, lambda body: body.get("tokens", 0))


def ok() -> Any:
    return httpx2.Response(200, json={"tokens": 7})


def busy(**headers: str) -> Any:
    return httpx2.Response(
        429, headers={name.replace("_", "-"): value for name, value in headers.items()}, text="slow"
    )


def test_an_answer_comes_back_and_is_accounted_for() -> None:
    bench = Bench(ok())
    assert bench.post() == {"tokens": 7}
    assert bench.calls.seen == [ModelCall("openai", "small", 0.0, 1, 7)]
    assert str(bench.requests[0].url) == "https://models.test/v1/embeddings"
    assert bench.requests[0].headers["Authorization"] == f"Bearer {KEY}"


def test_passing_failures_are_tried_again_with_growing_pauses() -> None:
    bench = Bench(httpx2.Response(503), httpx2.ConnectError("refused"), ok())
    assert bench.post() == {"tokens": 7}
    assert bench.time.slept == [0.25, 0.5]
    assert bench.calls.seen[0].tries == 3
    assert bench.calls.seen[0].seconds == 0.75


@pytest.mark.parametrize(
    ("header", "pause"),
    [("3", 3.0), ("Sat, 14 Mar 2026 12:00:05 GMT", 5.0), ("Sat, 14 Mar 2026 11:00:00 GMT", 0.0)],
)
def test_the_server_may_say_how_long_to_wait(header: str, pause: float) -> None:
    bench = Bench(busy(Retry_After=header), ok())
    assert bench.post() == {"tokens": 7}
    assert bench.time.slept == [pause]


def test_an_unreadable_wish_is_not_followed() -> None:
    bench = Bench(busy(Retry_After="soon"), ok())
    bench.post()
    assert bench.time.slept == [0.25]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    bench = Bench(busy(Retry_After="60"), timeout_s=20)
    with pytest.raises(EmbeddingFailed) as caught:
        bench.post()
    assert bench.time.slept == []
    assert "429" in caught.value.why
    assert bench.calls.seen == [ModelCall("openai", "small", 0.0, 1, 0, "embedding_failed")]


@pytest.mark.parametrize(
    ("step", "error", "tries"),
    [
        (lambda: httpx2.Response(500), EmbeddingFailed, 3),
        (lambda: httpx2.Response(400, text="too long"), EmbeddingFailed, 1),
        (lambda: httpx2.Response(302, headers={"Location": "https://elsewhere.test/"}), EmbeddingFailed, 1),
        (lambda: httpx2.Response(401), ModelUnavailable, 1),
        (lambda: httpx2.Response(404), ModelUnavailable, 1),
        (lambda: httpx2.Response(200, text="<html>"), EmbeddingFailed, 1),
        (lambda: httpx2.Response(200, text="[" * 100_000), EmbeddingFailed, 1),
        (lambda: httpx2.Response(200, json=[1]), EmbeddingFailed, 1),
        (lambda: httpx2.ReadTimeout("slow"), ModelTimeout, 3),
        (lambda: httpx2.ConnectError("refused"), ModelUnavailable, 3),
    ],
)
def test_each_failure_has_its_name_and_its_number_of_tries(
    step: Callable[[], Any], error: type[ModelError], tries: int
) -> None:
    bench = Bench(*[step() for _ in range(3)])
    with pytest.raises(error) as caught:
        bench.post()
    assert bench.calls.seen[0].tries == len(bench.requests) == tries
    assert caught.value.why
    assert caught.value.fix


def test_the_key_is_nowhere_to_be_read() -> None:
    bench = Bench(httpx2.Response(401, text=f"the key {KEY} is wrong"))
    with pytest.raises(ModelUnavailable) as caught:
        bench.post()
    assert KEY not in f"{caught.value} {caught.value!r} {bench.transport!r} {bench.transport.endpoint!r}"
    assert "***" in caught.value.why


@pytest.mark.parametrize("address", ["", "models.test", "ftp://models.test", "file:///etc/passwd"])
def test_an_address_must_be_one(address: str) -> None:
    with pytest.raises(ModelUnavailable, match="is not the address"):
        JsonTransport(Endpoint("openai", "small", address), Patience())


@contextmanager
def server(reply: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            reply(self)

        def log_message(self, *_: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}"
    finally:
        running.shutdown()
        running.server_close()


def test_over_a_real_socket_it_recovers() -> None:
    answers = iter([503, 200])

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(next(answers))
        request.send_header("Content-Length", "2")
        request.end_headers()
        request.wfile.write(b"{}")

    slept: list[float] = []
    with server(reply) as address:
        transport = JsonTransport(
            Endpoint("ollama", "m", address), Patience(), surroundings=Surroundings(sleep=slept.append)
        )
        assert transport.post("/api/embed", {}, lambda _: 0) == {}
        transport.close()
    assert len(slept) == 1


def test_over_a_real_socket_silence_ends_at_the_deadline() -> None:
    released = threading.Event()
    with server(lambda _: released.wait(30) or None) as address:
        transport = JsonTransport(Endpoint("ollama", "m", address), Patience(timeout_s=0.2, retries=5))
        with pytest.raises(ModelTimeout, match="did not answer within"):
            transport.post("/api/embed", {}, lambda _: 0)
        released.set()
        transport.close()


def test_nobody_there() -> None:
    with server(lambda _: None) as address:
        pass
    transport = JsonTransport(
        Endpoint("ollama", "m", address), Patience(retries=1), surroundings=Surroundings(sleep=lambda _: None)
    )
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        transport.post("/api/embed", {}, lambda _: 0)
    transport.close()

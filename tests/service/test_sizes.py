"""What is too large or too deep is refused before anybody reads it, and a late answer is no hanging one."""

from __future__ import annotations

import json
import threading

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.scope import Scope
from fusion_memory.core.settings import ServerSettings
from fusion_memory.engine.service import MemoryService
from fusion_memory.service.app import create_app
from fusion_memory.service.options import ServiceOptions
from fusion_memory.service.sizes import deeper_than

SMALL = ServerSettings(max_body_bytes=500, max_json_depth=4, max_headers=12, max_header_bytes=600)


@pytest.fixture
def small(memory):
    with TestClient(create_app(memory, options=ServiceOptions(settings=SMALL))) as http:
        yield http


def chunks(size):
    for _ in range(size // 100):
        yield b"x" * 100


def test_a_body_that_is_too_long(small):
    body = {"scope": {"user_id": "ana"}, "input": "x" * 600}
    refused = small.post("/v1/memories", json=body)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    streamed = small.post("/v1/memories", content=chunks(1_000))
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too_large")


def test_json_that_is_too_deep(small):
    body = {"scope": {"user_id": "ana"}, "input": "hi", "metadata": {"a": [[[["x"]]]]}}
    refused = small.post("/v1/memories", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "too_deep")
    body["metadata"] = {"a": [["[[[[[[[["]]}
    assert small.post("/v1/memories", json=body).status_code == 201


@pytest.mark.parametrize("body", [b"[" * 400, b'{"a":' * 80, b'"' + b"[" * 100, b"]" * 400])
def test_json_that_is_none(small, body):
    answer = small.post("/v1/memories", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


def test_too_many_or_too_long_headers(small):
    for headers in ({f"x-{number}": "1" for number in range(20)}, {"x-long": "x" * 700}):
        refused = small.get("/healthz", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (431, "headers_too_large")


def depth_of(value):
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


LEAVES = st.none() | st.integers() | st.text(alphabet='[]{}"\\ab', max_size=8)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(VALUES, st.integers(0, 6), st.booleans())
def test_depth_is_counted_exactly(value, most, plain):
    body = json.dumps(value, ensure_ascii=plain).encode()
    assert deeper_than(body, most) == (depth_of(value) > most)


@given(st.binary(max_size=200), st.integers(0, 5))
def test_any_bytes_are_judged(body, most):
    assert deeper_than(body, most) in (True, False)


def test_a_late_answer_is_a_503_and_the_work_is_done_all_the_same(memory):
    leave, left = threading.Event(), threading.Event()
    router = APIRouter()

    @router.get("/slow")
    def slow():
        leave.wait(20)
        left.set()
        return {}

    options = ServiceOptions(settings=ServerSettings(request_timeout_s=0.05), routers=(router,))
    with TestClient(create_app(memory, options=options)) as http:
        late = http.get("/slow")
        assert (late.status_code, late.json()["code"]) == (503, "timed_out")
        assert late.headers["retry-after"]
        leave.set()
        assert left.wait(20)


def exported_lines(count):
    with MemoryService(embedder=None, llm=None, reranker=None) as there:
        there.add_batch([f"I keep {number} bees." for number in range(count)], Scope(user_id="ana"))
        return [json.dumps(record).encode() + b"\n" for record in there.export(Scope(user_id="ana"))]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k1"}])
def test_an_export_longer_than_a_body_is_taken_in(memory, headers):
    settings = ServerSettings(max_body_bytes=1_000, max_import_bytes=20_000)
    lines = exported_lines(5)
    assert 1_000 < len(b"".join(lines)) < 20_000
    with TestClient(create_app(memory, options=ServiceOptions(settings=settings))) as http:
        for sent in (b"".join(lines), iter(lines)):
            done = http.post("/v1/import", params={"user_id": "ana"}, content=sent, headers=headers)
            assert done.status_code == 200, done.text
        assert (done.json()["imported"], done.json()["duplicates"]) == (0, 5)
        for sent in (b"".join(exported_lines(60)), iter(exported_lines(60)), b'"' + b"x" * 1_000 + b'"\n'):
            refused = http.post("/v1/import", params={"user_id": "ana"}, content=sent)
            assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert memory.stats(Scope(user_id="ana")).memories == 5


@pytest.mark.parametrize("kind", ["application/JSON", "application/json", "application/x-www-form-urlencoded"])
def test_depth_is_judged_whatever_the_type_is_called(small, kind):
    deep = b"[" * 6 + b"]" * 6
    there = {"Content-Type": kind}
    path = "/v1/import?user_id=ana" if "form" in kind else "/v1/memories"
    refused = small.post(
        path, content=b'{"scope": {"user_id": "ana"}, "input": "hi", "a": ' + deep + b"}", headers=there
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "too_deep")

"""``Idempotency-Key`` over HTTP: the answer comes again, and nothing is done twice."""

from __future__ import annotations

import os
import threading

import pytest
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from fusion_memory.core.errors import DatabaseLocked, InvalidOption
from fusion_memory.core.scope import Bounds, Principal, Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.service import once
from fusion_memory.service.app import create_app
from fusion_memory.service.caller import Calling
from fusion_memory.service.options import ServiceOptions

ANA = {"scope": {"user_id": "ana"}}
BEES = {**ANA, "input": "I keep bees."}
KEY = {"Idempotency-Key": "k1"}


def post(http, body=BEES, path="/v1/memories", **headers):
    return http.post(path, json=body, headers={**KEY, **headers})


def test_the_same_request_again_gets_the_same_answer(http, memory):
    first, again = post(http), post(http)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert memory.history(Scope(user_id="ana"))[-1].action == "recorded", "it was not even seen again"


def test_another_request_under_the_key_is_refused(http):
    post(http)
    for body, path in (({**BEES, "input": "I keep hens."}, "/v1/memories"), (BEES, "/add")):
        refused = post(http, body, path)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refused_request_leaves_the_key_free(http):
    assert post(http, {**ANA, "input": " "}).status_code == 422
    assert post(http).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 300])
def test_a_key_that_is_none(http, key):
    assert post(http, **{"Idempotency-Key": key}).json()["code"] == "invalid_option"


def test_reads_are_answered_anew(http, memory):
    memory.add("I keep bees.", Scope(user_id="ana"))
    asked = {**ANA, "query": "bees"}
    for _ in range(2):
        assert "idempotency-replayed" not in post(http, asked, "/v1/memories/search").headers


def test_an_answer_goes_with_the_memories_it_spoke_of(http):
    ids = post(http).json()["ids"]
    erase = {**ANA, "ids": ids}
    assert post(http, erase, "/v1/memories/forget", **{"Idempotency-Key": "k2"}).status_code == 200
    assert post(http, erase, "/v1/memories/forget", **{"Idempotency-Key": "k2"}).status_code == 200
    gone = post(http)
    assert (gone.status_code, gone.json()["code"]) == (410, "idempotency_gone")


def test_while_the_first_is_under_way(memory):
    entered, leave = threading.Event(), threading.Event()
    router = APIRouter()

    @router.post("/slow")
    def slow(caller: Calling):
        entered.set()
        leave.wait(20)
        caller.memory.add("done", Scope(user_id="ana"))
        return {"done": True}

    with TestClient(create_app(memory, options=ServiceOptions(routers=(router,)))) as http:
        answers = []
        worker = threading.Thread(target=lambda: answers.append(http.post("/slow", headers=KEY)))
        worker.start()
        assert entered.wait(20)
        waiting = http.post("/slow", headers=KEY)
        leave.set()
        worker.join()
        assert (waiting.status_code, waiting.json()["code"]) == (409, "idempotency_in_flight")
        assert int(waiting.headers["retry-after"]) >= 1
        assert answers[0].json() == {"done": True}
        assert http.post("/slow", headers=KEY).headers["idempotency-replayed"] == "true"


def router_with(answer):
    router = APIRouter()

    @router.post("/made")
    def made(caller: Calling):
        caller.memory.stats(Scope(user_id="ana"))
        return answer()

    return router


def test_a_secret_is_answered_once_and_never_kept(memory, tmp_path):
    secret = "fm_secret_CANARY"

    def answer():
        return JSONResponse({"key": secret}, headers={"Cache-Control": "no-store"})

    options = ServiceOptions(routers=(router_with(answer),))
    with (
        MemoryService(tmp_path / "m.db", embedder=None, llm=None, reranker=None) as kept,
        TestClient(create_app(kept, options=options)) as http,
    ):
        assert http.post("/made", headers=KEY).json() == {"key": secret}
        assert http.post("/made", headers=KEY).status_code == 410
    assert all(secret.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_request_that_failed_halfway_may_be_sent_again(memory):
    tries = []

    def answer():
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("halfway")
        return {"done": True}

    with TestClient(create_app(memory, options=ServiceOptions(routers=(router_with(answer),)))) as http:
        assert http.post("/made", headers=KEY).status_code == 500
        assert http.post("/made", json={"other": 1}, headers=KEY).status_code == 422
        assert http.post("/made", headers=KEY).json() == {"done": True}


def test_a_refusal_inside_frees_the_key(memory):
    def answer():
        raise InvalidOption("no")

    with TestClient(create_app(memory, options=ServiceOptions(routers=(router_with(answer),)))) as http:
        assert http.post("/made", headers=KEY).status_code == 422
        assert (
            memory.begin_once("k1", b"another", once.Once(None, ServiceOptions().settings)._terms).arrival == "new"
        )


class ByHeader:
    def identify(self, request):
        name = request.headers.get("who", "")
        return Principal(name, within=Bounds(workspace_id=request.headers.get("of")))


def test_callers_do_not_meet_each_others_keys(memory):
    with TestClient(create_app(memory, options=ServiceOptions(gate=ByHeader()))) as http:
        mine = post(http, who="a", of="acme")
        assert mine.status_code == 201
        assert "idempotency-replayed" not in post(http, who="b", of="acme").headers
        theirs = post(http, who="a", of="other")
        assert "idempotency-replayed" not in theirs.headers
        assert theirs.json()["ids"] != mine.json()["ids"]


def test_processes_that_are_gone_are_known():
    host = once.HOLDER.rsplit(":", 2)[0]
    assert not once.is_lost(once.HOLDER)
    assert once.is_lost(f"{host}:{os.getpid()}:earlier") == (os.name == "posix")
    assert not once.is_lost("elsewhere:1:x")
    assert not once.is_lost(f"{host}:{os.getppid()}:x")


@pytest.mark.parametrize("call", ["finish_once", "abandon_once"])
def test_an_answer_goes_out_although_the_book_cannot_be_written(http, monkeypatch, caplog, call):
    def refuse(*values, **named):
        raise DatabaseLocked

    monkeypatch.setattr(MemoryService, call, refuse)
    sent = BEES if call == "finish_once" else {**ANA, "input": " "}
    assert post(http, sent).status_code == (201 if call == "finish_once" else 422)
    assert "database_locked" in caplog.text


def test_a_telling_does_not_keep_a_secret_that_the_memory_left_out(tmp_path):
    token = "ghp_" + "A1b2" * 9
    with MemoryService(tmp_path / "m.db", embedder=None, llm=None, reranker=None) as memory:
        memory.add("My sister Eva lives in Rome.", Scope(user_id="ana"))
        with TestClient(create_app(memory)) as http:
            told = post(http, {**ANA, "text": f"remember that my key is {token}"}, "/v1/tell")
            plain = post(http, {**ANA, "text": f"my key is {token}"}, "/v1/tell", **{"Idempotency-Key": "k2"})
            named = {**ANA, "entity": "Eva", "alias": token}
            alias = post(http, named, "/v1/entities/aliases", **{"Idempotency-Key": "k3"})
    assert told.json()["added"]["redacted"] == {"github_token": 1}
    for reply in (told, plain, alias):
        assert reply.is_success, reply.text
        assert token not in reply.text
    assert not [one.name for one in tmp_path.iterdir() if token.encode() in one.read_bytes()]

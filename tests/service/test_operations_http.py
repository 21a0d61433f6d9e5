"""What operators see and do over HTTP: health, queues, resets, metrics, the access log, points."""

from __future__ import annotations

import json
import logging
import struct

import numpy as np
import pytest
from fastapi.testclient import TestClient

from fusion_memory.core.scope import Action, Bounds, Principal, Scope
from fusion_memory.core.settings import ServerSettings, TelemetrySettings
from fusion_memory.engine.service import MemoryService
from fusion_memory.service import points_form
from fusion_memory.service.app import create_app
from fusion_memory.service.options import ServiceOptions
from fusion_memory.testing.embedder import HashingEmbedder

ANA = Scope(user_id="ana")
CANARY = "Kingfisher8861"


@pytest.fixture
def meaning():
    with MemoryService(embedder=HashingEmbedder(16), llm=None, reranker=None) as memory:
        yield memory


def test_health_wants_no_key_and_readiness_says_why(memory):
    app = create_app(memory)
    with TestClient(app) as http:
        assert http.get("/healthz").json() == {"status": "ok"}
        assert http.get("/version").json()["name"] == "fusion-memory"
        ready = http.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        app.state.life.end()
        red = http.get("/readyz")
        assert red.status_code == 503
        assert red.json()["checks"][0] == {"name": "service", "status": "fail", "detail": "ends"}


def test_readiness_turns_red_on_backlog(memory, monkeypatch):
    from fusion_memory.memory import pipeline

    monkeypatch.setattr(pipeline, "oldest_due_s", lambda tx, at: 901.0)
    with TestClient(create_app(memory)) as http:
        red = http.get("/readyz")
    assert red.status_code == 503
    assert {one["name"] for one in red.json()["checks"] if one["status"] == "fail"} == {"backlog"}


def test_the_demo_of_a_minute(memory):
    """Seed, ask, look at the queues, the packs, the trail; reset a session."""
    options = ServiceOptions(settings=ServerSettings(dev="on"))
    with TestClient(create_app(memory, options=options)) as http:
        seeded = http.post("/v1/dev/seed", json={"namespace": "jia"})
        assert seeded.status_code == 201
        assert http.post("/v1/dev/seed", json={"namespace": "jia"}).json()["inserted"] == 0
        answer = http.post("/v1/answer", json={"namespace": "jia", "query": "Who builds the model?"}).json()
        assert "Ines" in answer["answer"]
        assert http.get("/v1/ops/stats").json()["memories"] == len(seeded.json()["ids"])
        assert http.get("/v1/ops/pipeline").status_code == 200
        assert http.get("/v1/ops/condensations", params={"user_id": "jia"}).status_code == 200
        assert http.get("/v1/ops/context_packs", params={"user_id": "jia"}).json()
        actions = {one["action"] for one in http.get("/v1/ops/audit", params={"user_id": "jia"}).json()}
        assert {"add", "dev_seed"} <= actions
        told = http.get("/v1/ops/procedural").json()
        assert told["prompts"]
        assert any(tool["path"] == "/v1/query" for tool in told["tools"])
        session = {"namespace": "jia", "session_id": "park-plans"}
        assert http.post("/v1/sessions/reset", json=session).status_code == 422
        counted = http.post("/v1/sessions/reset", json={**session, "dry_run": True}).json()
        done = http.post("/v1/sessions/reset", json={**session, "confirm": True, "clear_audit": True}).json()
        assert done["deleted"]["memories"] == counted["deleted"]["memories"] > 0
        assert done["audit_rows_deleted"] == 0
        events = http.get("/v1/ops/audit", params={"user_id": "jia", "limit": 1000}).json()
        assert "session_reset" in {one["action"] for one in events}


def test_seeding_is_off_by_default(http):
    refused = http.post("/v1/dev/seed", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "development_off")


class OfTenant:
    def identify(self, request):
        return Principal("key", frozenset(Action), Bounds(workspace_id="acme"))


def test_a_tenant_sees_its_own_and_no_metrics(memory):
    memory.add("mine", Scope(workspace_id="acme", user_id="ana"))
    memory.add(["theirs", "too"], Scope(workspace_id="other", user_id="ana"))
    with TestClient(create_app(memory, options=ServiceOptions(gate=OfTenant()))) as http:
        assert http.get("/v1/ops/stats").json()["memories"] == 1
        assert http.get("/metrics").status_code == 403
        assert http.get("/v1/ops/stats", params={"workspace_id": "other"}).status_code == 403


def metrics_of(text):
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def test_metrics_tell_counts_and_nothing_else(meaning):
    options = ServiceOptions(telemetry=TelemetrySettings(context_tokens=1_000))
    with TestClient(create_app(meaning, options=options)) as http:
        http.post("/v1/memories", json={"scope": {"user_id": CANARY}, "input": f"I live in {CANARY}."})
        http.post("/v1/query", json={"namespace": CANARY, "query": f"Where is {CANARY}?", "budget": 500})
        http.post("/v1/query", json={"namespace": "nobody", "query": "Where?"})
        http.get(f"/{CANARY}")
        http.get(f"/v1/memories/{CANARY}", params={"user_id": CANARY})
        http.request("BREW", "/v1/stats")
        answer = http.get("/metrics")
    text = answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert CANARY not in text
    found = metrics_of(text)
    posted = 'fusion_memory_http_requests_total{method="POST",route="/v1/memories",status="201"}'
    assert found[posted] == 1
    assert found['fusion_memory_http_requests_total{method="GET",route="(none)",status="404"}'] == 1
    assert found['fusion_memory_searches_total{found="yes"}'] == 1
    assert found['fusion_memory_searches_total{found="no"}'] == 1
    assert found["fusion_memory_injected_token_share_count"] == 2
    assert 0 < found["fusion_memory_pack_tokens_total"] < 500
    assert found["fusion_memory_memories"] == 1
    assert found["fusion_memory_database_bytes"] > 0
    assert found['fusion_memory_check_up{check="database"}'] == 1
    assert found['fusion_memory_operation_seconds_count{operation="search_memory"}'] == 2
    assert 'method="OTHER"' in text


def test_the_access_log_holds_no_content(http, caplog):
    with caplog.at_level(logging.INFO, logger="fusion_memory.access"):
        http.post("/v1/memories", json={"scope": {"user_id": CANARY}, "input": CANARY}, headers={"X-C": CANARY})
        http.get(f"/v1/memories/{CANARY}", params={"user_id": CANARY})
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "fusion_memory.access"]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/v1/memories", 201),
        ("/v1/memories/{memory_id}", 404),
    ]
    assert {"at", "request_id", "principal", "method", "ms", "bytes"} <= lines[0].keys()
    assert CANARY not in caplog.text


def read_points(content):
    """As docs/operations.md describes it."""
    magic, form, columns, count, total, told, rows, names = struct.unpack_from("<4sHHIIIII", content)
    assert (magic, form) == (b"FMPT", 1)
    description = json.loads(content[28 : 28 + told])
    table = np.frombuffer(content, "<f4", count * columns, 28 + told).reshape(count, columns)
    ids = content[28 + told + rows : 28 + told + rows + names].decode().split()
    assert len(content) == 28 + told + rows + names
    return description, table, ids, total


def test_points_come_in_bytes_and_not_again_when_they_are_known(meaning):
    ids = meaning.add([f"I like tea number {number}." for number in range(5)], ANA).ids
    with TestClient(create_app(meaning)) as http:
        answer = http.get("/v1/points", params={"user_id": "ana"})
        description, table, named, total = read_points(answer.content)
        assert description["columns"] == ["x", "y", "z", "type", "tier", "age_days", "times_seen"]
        assert tuple(named) == ids
        assert (total, table.shape) == (5, (5, 7))
        tag = {"If-None-Match": answer.headers["etag"]}
        assert http.get("/v1/points", params={"user_id": "ana"}, headers=tag).status_code == 304
        bare = http.get("/v1/points", params={"user_id": "ana", "ids": "false"}, headers=tag)
        assert read_points(bare.content)[2] == []
        meaning.add("I like rice.", ANA)
        assert http.get("/v1/points", params={"user_id": "ana"}, headers=tag).status_code == 200
        assert read_points(http.get("/v1/points", params={"user_id": "ben"}).content)[3] == 0


def test_blocks_of_points_begin_at_multiples_of_four(meaning):
    meaning.add("I like tea.", ANA)
    for ids in (True, False):
        assert len(points_form.written(meaning.points(ANA), ids=ids)) % 4 == 0

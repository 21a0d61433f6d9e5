"""Secrets of forty kinds, sent where callers and providers may send them: none reaches a log, an error, the audit
trail, a metric, a span or an event. What a memory holds is another matter.
"""

from __future__ import annotations

import json
import logging

import pytest
from fastapi.testclient import TestClient

from fusion_memory.core import telemetry
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.models.language_model import Prompt
from fusion_memory.service import watching
from fusion_memory.service.app import create_app
from fusion_memory.testing.embedder import HashingEmbedder

BODY = "Zq7Kp2Wx9Rt4Lm8Nv3Bc6Yd1"
KINDS = {
    "openai": f"sk-proj-{BODY}",
    "anthropic": f"sk-ant-api03-{BODY}",
    "aws_id": "AKIAZQ7KP2WX9RT4LM8N",
    "aws_secret": f"{BODY}/aB+cD1234567890",
    "aws_session": f"FwoGZXIvYXdz{BODY}",
    "github": f"ghp_{BODY}{BODY[:12]}",
    "github_app": f"ghs_{BODY}{BODY[:12]}",
    "github_fine": f"github_pat_{BODY}",
    "gitlab": f"glpat-{BODY[:20]}",
    "slack_bot": f"xoxb-1234567890-{BODY}",
    "slack_user": f"xoxp-1234567890-{BODY}",
    "slack_app": f"xapp-1-A01-{BODY}",
    "google_api": f"AIza{BODY}{BODY[:11]}",
    "google_oauth": f"ya29.{BODY}",
    "google_secret": f"GOCSPX-{BODY}",
    "stripe_live": f"sk_live_{BODY}",
    "stripe_restricted": f"rk_live_{BODY}",
    "stripe_hook": f"whsec_{BODY}",
    "twilio": f"SK{BODY}{BODY[:8]}",
    "sendgrid": f"SG.{BODY}.{BODY}",
    "mailgun": f"key-{BODY}",
    "npm": f"npm_{BODY}{BODY[:12]}",
    "pypi": f"pypi-AgEIcHlwaS5vcmc{BODY}",
    "huggingface": f"hf_{BODY}",
    "azure": f"{BODY}{BODY}==",
    "azure_sas": f"sig={BODY}%3D",
    "digitalocean": f"dop_v1_{BODY.lower()}",
    "cloudflare": f"cf-{BODY}",
    "heroku": f"HRKU-{BODY}",
    "databricks": f"dapi{BODY.lower()}",
    "telegram": f"123456789:AA{BODY}",
    "discord": f"MTk4NjIy.{BODY[:6]}.{BODY}",
    "jwt": f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ{BODY}.{BODY}",
    "basic": f"YWRtaW46{BODY}",
    "bearer": f"tok_{BODY}",
    "password": f"Pa55!{BODY}",
    "url_password": f"postgres://app:{BODY}@db.internal/x",
    "private_key": f"-----BEGIN PRIVATE KEY-----{BODY}-----END PRIVATE KEY-----",
    "ssh": f"AAAAB3NzaC1yc2EAAAADAQAB{BODY}",
    "own_key": f"fm_live_{BODY}",
}
ANA = {"user_id": "ana"}


class Spans:
    """Keeps what an observer hears, as a tracer would send it away."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def begin(self, observation) -> object:
        return None

    def end(self, observation, begun) -> None:
        self.heard.append(json.dumps([observation.operation, observation.attributes, observation.error]))


def model_that_leaks(secret):
    """A provider whose errors repeat the key it was called with."""

    class Leaking:
        def complete(self, prompt: Prompt):
            raise ValueError(f"401: incorrect API key provided: {secret}")

    return Leaking()


def requests(secret):
    """Places where a secret may come in; the last one of each is whether the place is an error."""
    plain = secret.replace("\n", "")
    yield "GET", "/v1/stats", {"params": ANA, "headers": {"Authorization": f"Bearer {plain}"}}
    yield "GET", "/v1/stats", {"params": ANA, "headers": {"X-Api-Key": plain, "Cookie": f"s={plain}"}}
    yield "GET", "/v1/stats", {"params": {**ANA, "api_key": plain}}
    yield "GET", f"/{plain.replace('/', '%2F')}", {}
    yield "GET", f"/v1/memories/{plain.replace('/', '%2F')}", {"params": ANA}
    yield "POST", "/v1/memories", {"json": {"scope": ANA, "input": "hi", plain: 1}}
    yield "POST", "/v1/memories", {"json": {"scope": ANA, "input": 5, "metadata": plain}}
    yield (
        "POST",
        "/v1/memories",
        {"content": b'{"key": "' + plain.encode(), "headers": {"Content-Type": plain[:40]}},
    )
    yield "POST", "/v1/memories", {"json": {"scope": ANA, "input": "hi"}, "headers": {"Idempotency-Key": plain}}
    yield "POST", "/v1/query", {"json": {"namespace": "ana", "query": "x", "recipe": plain}}
    yield "GET", "/v1/events", {"params": {**ANA, "wait": "false"}, "headers": {"Last-Event-ID": plain[:60]}}
    yield "GET", "/v1/memories", {"params": {**ANA, "cursor": plain}}
    yield "PUT", "/v1/stats", {"content": plain.encode()}


def told_of(secret, caplog):
    """Everything that leaves by another way than the memory: logs, audit, metrics, spans, events."""
    spans = Spans()
    remove = telemetry.install(spans)
    try:
        given = {"embedder": HashingEmbedder(16), "llm": model_that_leaks(secret), "reranker": None}
        with (
            MemoryService(**given) as memory,
            TestClient(create_app(memory), raise_server_exceptions=False) as http,
        ):
            memory.add("I keep bees.", Scope(**ANA))
            seen = []
            for verb, path, more in requests(secret):
                answer = http.request(verb, path, **more)
                if answer.status_code >= 400:
                    seen.append(answer.text)
            memory.answer("What do I keep?", Scope(**ANA))
            memory.process_background_tasks(Scope(**ANA), limit=10)
            seen += [
                http.get("/metrics").text,
                http.get("/readyz").text,
                http.get("/v1/ops/pipeline").text,
                http.get("/v1/ops/audit", params={"limit": 1000}).text,
                http.get("/v1/tasks", params=ANA).text,
                http.get("/v1/events", params={"after": "0-0", "wait": "false"}).text,
            ]
    finally:
        remove()
    return "\n".join([caplog.text, *seen, *spans.heard])


def core_of(secret):
    """The part of a secret that nothing else has; some places cut or escape the rest."""
    return next((part for part in (BODY, BODY.lower(), "ZQ7KP2WX9RT4LM8N") if part in secret), secret)


def test_there_are_forty_kinds():
    assert len(KINDS) == 40


@pytest.mark.campaign
def test_no_secret_is_told(full, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the client of this test, not the service
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    kinds = list(KINDS) if full else ["openai", "jwt", "url_password", "own_key"]
    for kind in kinds:
        caplog.clear()
        assert core_of(KINDS[kind]) not in told_of(KINDS[kind], caplog), kind


def test_a_log_that_writes_addresses_is_caught(caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    monkeypatch.setattr(watching, "_caller", lambda state: {"state": str(state), "secret": KINDS["openai"]})
    assert core_of(KINDS["openai"]) in told_of(KINDS["openai"], caplog)

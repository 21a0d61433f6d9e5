"""A caller cannot make the service call anywhere: no request takes an address, and none is followed."""

from __future__ import annotations

import socket

import pytest
from gate_fixtures import bearer, serving
from rights_requests import operations, request_of

from fusion_memory import Scope

DOCUMENT, OPERATIONS = operations()
WITH_BODY = [
    name for name, one in OPERATIONS.items() if "application/json" in one.get("requestBody", {}).get("content", {})
]
ADDRESSES = (
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:6379/",
    "http://[::1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://localhost.evil.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "//evil.example/x",
    "http://evil.example@127.0.0.1/",
    "http://127.0.0.1#@evil.example/",
    "dict://127.0.0.1:11211/",
    "\\\\evil.example\\share",
)
FIELDS = (
    "endpoint",
    "base_url",
    "url",
    "provider",
    "model",
    "llm",
    "embedding",
    "reranker",
    "webhook",
    "callback_url",
    "api_key",
    "settings",
    "path",
    "file",
    "proxy",
)


@pytest.fixture
def tenant(monkeypatch):
    with serving(limits={"key_per_minute": 0, "tenant_per_minute": 0}) as (http, memory):
        headers = bearer(memory.create_key(Scope(workspace_id="acme"), "x", ["admin"]).secret)

        def connect(self, address, *args):
            raise AssertionError(f"the service called {address}")

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: connect(None, args))
        yield http, headers


@pytest.mark.parametrize("name", WITH_BODY)
def test_no_request_takes_a_provider_or_an_address(tenant, name):
    http, headers = tenant
    verb, address, query, body = request_of(name, DOCUMENT, OPERATIONS[name])
    if not isinstance(body, dict):
        pytest.skip("its body is no object")
    for field, value in zip(FIELDS, ADDRESSES + ADDRESSES, strict=False):
        if field in body:
            continue
        reply = http.request(verb, address, params=query, json=body | {field: value}, headers=headers)
        assert reply.status_code == 422, (field, reply.text)


def test_an_address_in_a_text_is_a_text(tenant):
    http, headers = tenant
    for value in ADDRESSES:
        said = http.post(
            "/v1/memories", json={"input": f"See {value} for it.", "scope": {"user_id": "ana"}}, headers=headers
        )
        assert said.status_code in {200, 201}
        found = http.post(
            "/v1/memories/search", json={"query": value, "scope": {"user_id": "ana"}}, headers=headers
        )
        assert found.status_code == 200


def test_settings_are_the_operators(tenant):
    http, headers = tenant
    for header in ("X-LLM-Endpoint", "X-Forwarded-Host", "X-Original-URL", "Forwarded"):
        reply = http.get("/v1/stats?user_id=ana", headers={**headers, header: ADDRESSES[0]})
        assert reply.status_code == 200
        assert "169.254" not in reply.text + str(reply.headers)

"""Every operation of the service as one sound request, and every role that may send it.

The requests come from the contract: its paths, its examples. A few operations need a body of their own.
"""

from __future__ import annotations

import json
import re

from fusion_memory import Scope
from fusion_memory.service.contract import contract

ANA = {"user_id": "ana"}
HERE = {"workspace_id": "acme", **ANA}
ROLES = (
    "nobody",
    "read",
    "write",
    "admin",
    "elsewhere",
    "expired",
    "revoked",
    "operator",
)
"""No key; keys of the tenant with rights; an administrator of another tenant; keys that ended; an operator."""

ENDLESS = frozenset({"GET /v1/events"})
"""What answers for as long as the caller listens; a client without a socket would wait forever."""

BODIES = {
    "POST /v1/memories/forget": {"everything": True, "dry_run": True, "scope": HERE},
    "POST /v1/sessions/save": {"scope": HERE | {"session_id": "s1"}},
    "POST /v1/summaries/refresh": {"scope": HERE | {"session_id": "s1"}},
    "POST /v1/keys": {"label": "x", "rights": ["read"], "scope": {"workspace_id": "acme"}},
    "POST /v1/keys/{key_id}/rotate": {"scope": {"workspace_id": "acme"}},
    "POST /v1/import": {"records": []},
}
QUERIES = {
    "GET /v1/keys": {"workspace_id": "acme"},
    "DELETE /v1/keys/{key_id}": {"workspace_id": "acme"},
    "GET /v1/audit": {"workspace_id": "acme"},
    "GET /v1/audit/verify": {},
    "GET /v1/events": {"workspace_id": "acme", "user_id": "ana", "after": "0-0", "wait": "false"},
}


def operations():
    """``POST /v1/memories`` and its kin, with the operation of the contract."""
    document = contract()
    found = {}
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            found[f"{verb.upper()} {path}"] = operation
    return document, found


def keys_of(memory):
    """A secret for each role but nobody."""
    acme, beta = Scope(workspace_id="acme"), Scope(workspace_id="beta")
    found = {
        "read": memory.create_key(acme, "read", ["read"]).secret,
        "write": memory.create_key(acme, "write", ["read", "write"]).secret,
        "admin": memory.create_key(acme, "admin", ["admin"]).secret,
        "elsewhere": memory.create_key(beta, "elsewhere", ["admin"]).secret,
        "operator": memory.create_operator_key("operator").secret,
    }
    for state in ("expired", "revoked"):
        made = memory.create_key(acme, state, ["admin"])
        if state == "revoked":
            memory.revoke_key(made.key.id)
        else:
            memory.rotate_key(made.key.id, overlap_s=0.001)
        found[state] = made.secret
    return found


def request_of(name, document, operation):
    """Method, address, query and body of a sound request to an operation; it acts for ana in acme."""
    verb, _, path = name.partition(" ")
    address = re.sub(r"\{\w+\}", lambda place: "1" if "number" in place[0] else "mem_" + "0" * 26, path)
    query, body = dict(QUERIES.get(name, {})), None
    takes = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    if name not in QUERIES:
        query |= {key: value for key, value in {"workspace_id": "acme", **ANA}.items() if key in takes}
        for one in operation.get("parameters", ()):
            if one["in"] == "query" and one.get("required"):
                query[one["name"]] = example_of(one["schema"], document) or "x"
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        body = BODIES.get(name) or example_of(content["application/json"]["schema"], document)
        if isinstance(body, dict):
            body = json.loads(json.dumps(body))
            fields = fields_of(content["application/json"]["schema"], document)
            if "scope" in fields and name not in BODIES:
                body["scope"] = {"workspace_id": "acme", **ANA}
            if "workspace_id" in fields:
                body |= {"workspace_id": "acme", **ANA}
    return verb, address, query, body


def fields_of(schema, document):
    """The names of an object's fields."""
    return set(resolved(schema, document).get("properties", {}))


def resolved(schema, document):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def example_of(schema, document):
    """A value that fits a schema: its example, its default, or one made of its required parts."""
    schema = resolved(schema, document)
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example_of(schema[choice][0], document)
    if "enum" in schema or "const" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", ())
        return {name: example_of(schema["properties"][name], document) for name in wanted}
    return {"array": [], "string": "x", "integer": 1, "number": 1.0, "boolean": True}.get(kind)

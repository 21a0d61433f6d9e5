"""The contract of the service as OpenAPI 3.1: what FastAPI derives, and how every operation can fail.

``service.contract`` writes it down. This file must not know single routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.service.once import READING
from fusion_memory.service.problems import MEDIA_TYPE, STATUSES, TYPE_PREFIX

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "title": "Problem",
    "description": "What went wrong, in the form of RFC 9457, in the language that Accept-Language asks for.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "hint", "instance"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "The kind of problem; never changes its meaning.",
        },
        "title": {"type": "string", "description": "The kind of problem in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What happened this time, and why."},
        "code": {"type": "string", "description": "The kind of problem in one word."},
        "hint": {"type": "string", "description": "What to do about it."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "errors": {
            "type": "array",
            "description": "Where the request is wrong, and what is wrong there.",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}

REASONS: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "The caller is not known",
    403: "The caller may not do this here",
    404: "There is no such thing in this scope",
    409: "It does not fit what is there",
    410: "It was done, and its answer is not kept",
    412: "What is to be changed is in another version",
    413: "The request is too large",
    421: "The service does not answer to this name",
    422: "The request does not have the shape or the values of its route",
    429: "There were too many requests",
    431: "The headers are too large",
    500: "The service failed",
    502: "A model gave no usable reply",
    503: "The service or a part of it is not available now",
    504: "A model did not answer in time",
    507: "The disk is full",
}
"""Every status of a failure, and what it means."""

KEY_PARAMETER: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A request with a key is done once, however often it arrives; the answer comes again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "examples": ["8e03978e-40d5"]},
}

CHANGING = frozenset({"post", "patch", "put", "delete"})
ALWAYS = frozenset({400, 401, 403, 404, 421, 422, 429, 431, 500, 502, 503, 504, 507})
OPEN_PATHS = frozenset({"/health", "/healthz", "/readyz", "/version"})
"""What asks nothing of the memory and cannot fail."""


def install(app: FastAPI) -> None:
    """Let an application tell its contract."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(contract_of(app))
        return made

    app.openapi = openapi  # type: ignore[method-assign] # the way FastAPI documents


def operation_id(route: APIRoute) -> str:
    """A name for a route that stays when its function is renamed: ``post_v1_memories_search``."""
    verb = min(route.methods or {"get"}).lower()
    words = route.path_format.replace("{", "").replace("}", "").replace("-", "_").strip("/").replace("/", "_")
    return f"{verb}_{words}"


def contract_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application."""
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    for path, operations in made["paths"].items():
        for verb, operation in operations.items():
            if path not in OPEN_PATHS:
                _tell_failures(verb, operation)
            if verb in CHANGING and path not in READING:
                operation.setdefault("parameters", []).append(dict(KEY_PARAMETER))
    parts = made.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = dict(PROBLEM_SCHEMA)
    parts["responses"] = {f"Problem{status}": _response(status, reason) for status, reason in REASONS.items()}
    return made


def _tell_failures(verb: str, operation: dict[str, Any]) -> None:
    statuses = set(ALWAYS)
    if verb in CHANGING:
        statuses |= {409, 410, 413}
    if any(one["name"] == "if-match" for one in operation.get("parameters", ())):
        statuses.add(412)
    for status in sorted(statuses):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _response(status: int, reason: str) -> dict[str, Any]:
    kind = next((kind for kind, known in STATUSES.items() if known == status), FusionMemoryError)
    title = (kind.__doc__ or "").strip()
    example = {
        "type": TYPE_PREFIX + kind.code,
        "title": title,
        "status": status,
        "detail": f"{title} {kind.default_why}",
        "code": kind.code,
        "hint": kind.default_fix,
        "instance": "/v1/memories",
    }
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": f"{reason}.", "content": {MEDIA_TYPE: content}}

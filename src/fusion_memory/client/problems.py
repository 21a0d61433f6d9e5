"""Problems of the service as the errors that the engine raises: the same classes, by their code.

This file must not know how a reply came, nor which call it belongs to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import signature
from typing import Any

from fusion_memory.client.requests import Reply
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.service_errors import UnreadableAnswer

EXCERPT_CHARS = 200
WAIT = "retry_after_s"
LEAST_WAIT_S = 1.0
CORE = FusionMemoryError.__module__.rpartition(".")[0]


def error_of(reply: Reply) -> FusionMemoryError:
    """The error that a reply of status 400 or above tells."""
    problem = _object(reply.content)
    kind = kinds().get(str(problem.get("code")))
    if kind is None:
        return _unknown(reply, problem)
    detail, hint = str(problem.get("detail") or ""), str(problem.get("hint") or "")
    why = str(problem.get("why") or kind.default_why)
    error = kind.__new__(kind)  # some make their words of other arguments; here the words are there
    FusionMemoryError.__init__(
        error, detail.removesuffix(why).rstrip() or None, why=_with_places(why, problem), fix=hint or None
    )
    if WAIT in signature(kind.__init__).parameters:
        wait = reply.headers.get("retry-after", "")
        setattr(error, WAIT, float(wait) if wait.isdigit() else LEAST_WAIT_S)
    return error


@cache
def kinds() -> Mapping[str, type[FusionMemoryError]]:
    """Every kind of error by its code."""
    found = {kind.code: kind for kind in _below(FusionMemoryError) if kind.__module__.startswith(CORE)}
    return found | {FusionMemoryError.code: FusionMemoryError}


def _below(kind: type[FusionMemoryError]) -> Iterator[type[FusionMemoryError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _with_places(why: str, problem: Mapping[str, Any]) -> str:
    """The reason, with the places of a request that its route does not take."""
    places = problem.get("errors")
    if not isinstance(places, list):
        return why
    told = [f"{one.get('where')}: {one.get('what')}" for one in places if isinstance(one, dict)]
    return f"{why} {'; '.join(told)}." if told else why


def _unknown(reply: Reply, problem: Mapping[str, Any]) -> FusionMemoryError:
    """A problem of a code that this version does not know, or an answer of something else than the service."""
    if problem.get("code"):
        title = str(problem.get("title") or problem["code"])
        return FusionMemoryError(title, why=str(problem.get("detail") or ""), fix=str(problem.get("hint") or ""))
    text = " ".join(reply.content[: 4 * EXCERPT_CHARS].decode("utf-8", "replace").split())[:EXCERPT_CHARS]
    return UnreadableAnswer(
        f"The service answered with status {reply.status} and no problem description.",
        why=f"It begins with: {text or 'nothing'}",
    )

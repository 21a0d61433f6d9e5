"""From a call of :class:`MemoryApi` to a request, and from the reply to what the call returns.

The arguments are those of the protocol's own signatures and the answer is read by its return type, so that a new
call needs one line in :mod:`~fusion_memory.client.routes` and nothing here. Pure: nothing is sent.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, get_args, get_type_hints
from urllib.parse import quote
from uuid import uuid4

from fusion_memory.client.requests import Reply, Request
from fusion_memory.core.api import MemoryApi
from fusion_memory.core.errors import InvalidInput, InvalidScope
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.scope import Scope
from fusion_memory.core.service_errors import UnreadableAnswer
from fusion_memory.core.wire import Mismatch, decode, encode

IDEMPOTENCY_KEY = "Idempotency-Key"
READING = frozenset({"GET", "HEAD"})
IN_QUERY = READING | {"DELETE"}
SCOPE, LIMIT = "scope", "limit"

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a call goes.

    Attributes:
        method: GET and DELETE carry their arguments in the query, all others as a JSON body.
        path: with the names of arguments in braces.
        names: what an argument is called there, where it is called otherwise; empty: it is not sent.
        reads: whether a POST only reads, so that it may be repeated without a key.
        slow: whether it may take far longer than other calls.
    """

    method: str
    path: str
    names: Mapping[str, str] = field(default_factory=dict)
    reads: bool = False
    slow: bool = False


def bound(
    name: str, values: tuple[Any, ...], named: Mapping[str, Any], default_scope: Scope | None = None
) -> dict[str, Any]:
    """The arguments of a call by name, without those that are None.

    Raises:
        TypeError: they do not fit the call.
        InvalidScope: the call needs a scope, and there is none.
    """
    signature = signature_of(name)
    given = signature.bind(*values, **named).arguments
    if LIMIT in signature.parameters:
        given.setdefault(LIMIT, signature.parameters[LIMIT].default)
    overrides = next((one.name for one in signature.parameters.values() if one.kind is one.VAR_KEYWORD), "")
    if overrides in given or "options" in given:
        given["options"] = _options(given.get("options"), given.pop(overrides, {}))
    if SCOPE in signature.parameters:
        scope = given.get(SCOPE) or default_scope
        if scope is not None and not isinstance(scope, Scope):
            raise InvalidScope(f"A {type(scope).__name__} is no Scope.")
        if scope is None and signature.parameters[SCOPE].default is inspect.Parameter.empty:
            raise InvalidScope
        given[SCOPE] = scope
    return {name: value for name, value in given.items() if value is not None}


def request_of(route: Route, arguments: Arguments) -> Request:
    """The request that carries these arguments over a route.

    Raises:
        InvalidInput: an argument cannot be written as JSON.
    """
    try:
        written = {name: _sayable(value) for name, value in arguments.items() if name != SCOPE}
    except TypeError as error:
        raise InvalidInput("The call cannot be sent.", why=f"It holds what JSON cannot say: {error}.") from None
    path = route.path.format_map({name: quote(str(value), safe="") for name, value in written.items()})
    rest = {
        route.names.get(name, name): value
        for name, value in written.items()
        if f"{{{name}}}" not in route.path and route.names.get(name, name)
    }
    scope = _ids(arguments.get(SCOPE))
    if route.method in IN_QUERY:
        query = tuple(_pairs({**scope, **rest}))
        return Request(route.method, path, query, headers=key_for(route), slow=route.slow)
    body = {**({SCOPE: scope} if scope and route.names.get(SCOPE, SCOPE) else {}), **rest}
    return Request(route.method, path, body=as_json(body), headers=key_for(route), slow=route.slow)


def answer_of(name: str, reply: Reply) -> Any:  # noqa: ANN401 (whatever the call returns)
    """What a call returns, read from the reply."""
    return read(returned(name), json_of(reply))


def read(kind: Any, value: object) -> Any:  # noqa: ANN401 (a type hint, and what it stands for)
    """A value of the wire by its type.

    Raises:
        UnreadableAnswer: it is none of this type.
    """
    try:
        return decode(kind, value)
    except Mismatch as error:
        raise UnreadableAnswer(why=f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def json_of(reply: Reply) -> Any:  # noqa: ANN401 (any JSON value)
    """The JSON value of a reply; None when it has no content.

    Raises:
        UnreadableAnswer: it is no JSON.
    """
    if not reply.content:
        return None
    try:
        return json.loads(reply.content)
    except (ValueError, RecursionError):
        raise UnreadableAnswer(why="It is no JSON.") from None


def as_json(value: object) -> bytes:
    """A JSON value in bytes. What is no Unicode text is escaped, for the service to judge."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


@cache
def returned(name: str) -> Any:  # noqa: ANN401 (a type hint)
    """The type that a call returns; of an iterator that of its items."""
    hint = get_type_hints(getattr(MemoryApi, name))["return"]
    return get_args(hint)[0] if getattr(hint, "__origin__", None) is Iterator else hint


@cache
def signature_of(name: str) -> inspect.Signature:
    """The signature of a call, without ``self``."""
    full = inspect.signature(getattr(MemoryApi, name))
    return full.replace(parameters=list(full.parameters.values())[1:])


def _sayable(value: object) -> Any:  # noqa: ANN401 (any JSON value)
    """The JSON form of an argument; what an engine would refuse because JSON lacks it is refused here.

    Raises:
        TypeError: it, or something in it, has no JSON form.
    """
    written = encode(value)
    try:
        json.dumps(value, allow_nan=False, default=encode)
    except ValueError:
        raise TypeError("a number that is none") from None
    return written


def _options(given: object, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Options as a mapping of what was given, overrides first."""
    own = {} if given is None else dict(given) if isinstance(given, Mapping) else encode(given)
    both = {**own, **overrides}
    return {
        name: [value] if name in several() and isinstance(value, str) else value for name, value in both.items()
    }


@cache
def several() -> frozenset[str]:
    """The options that take several texts; one stands for a list of itself."""
    return frozenset(item.name for item in fields(SearchOptions) if item.default == ())


def _ids(scope: Scope | None) -> dict[str, Any]:
    return {} if scope is None else {name: one for name, one in encode(scope).items() if one is not None}


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield name, _word(one)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict) else str(value)


def key_for(route: Route) -> dict[str, str]:
    """A key of its own for a request that writes: its repetition is then answered, not carried out again."""
    return {} if route.method in READING or route.reads else {IDEMPOTENCY_KEY: uuid4().hex}

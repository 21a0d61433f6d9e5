"""Tokens: one pinned algorithm, required claims, no way around the signature."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from gate_fixtures import bearer, serving

from fusion_memory.core.access_settings import AuthSettings
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.scope import Action, Bounds
from fusion_memory.core.service_errors import Unauthenticated
from fusion_memory.service.tokens import Tokens

SECRET = "s" * 64
AUTH = {
    "jwt_algorithm": "HS256",
    "jwt_secret": SECRET,
    "jwt_issuer": "https://id.example",
    "jwt_audience": "memory",
}


def claims(**more):
    found = {
        "sub": "svc-1",
        "iss": "https://id.example",
        "aud": "memory",
        "workspace_id": "acme",
        "user_id": "ana",
        "exp": datetime.now(UTC) + timedelta(minutes=5),
        "scope": "openid memory:read write",
    } | more
    return {name: value for name, value in found.items() if value is not None}


def token(secret=SECRET, algorithm="HS256", headers=None, **more):
    return jwt.encode(claims(**more), secret, algorithm, headers=headers)


@pytest.fixture
def tokens():
    return Tokens(AuthSettings(**AUTH))


def test_a_token_says_who_where_and_what(tokens):
    found = tokens.principal(token(), "req_1")
    assert (found.id, found.kind, found.within, found.request_id) == (
        "token:svc-1",
        "token",
        Bounds("acme", "ana"),
        "req_1",
    )
    assert found.rights == {Action.READ, Action.WRITE, Action.FORGET}
    assert tokens.principal(token(scope=["read"])).rights == {Action.READ}
    assert tokens.principal(token(scope=None)).rights == frozenset()
    assert tokens.principal(token(scope="openid root memory:everything")).rights == frozenset()


@pytest.mark.parametrize(
    "more",
    [
        {"exp": None},
        {"iss": None},
        {"aud": None},
        {"sub": None},
        {"workspace_id": None},
        {"user_id": None},
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"aud": ["other"]},
        {"workspace_id": "*"},
        {"workspace_id": ""},
        {"workspace_id": " * "},
        {"workspace_id": 7},
        {"workspace_id": ["acme"]},
        {"user_id": ""},
        {"user_id": "a\nb"},
        {"sub": ""},
        {"sub": "x" * 201},
        {"sub": "a\nb"},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"nbf": datetime.now(UTC) + timedelta(hours=1)},
        {"iat": "x"},
    ],
)
def test_what_a_token_must_say(tokens, more):
    with pytest.raises(Unauthenticated):
        tokens.principal(token(**more))


def unsigned(header, body):
    parts = (json.dumps(one, default=str).encode() for one in (header, body))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_there_is_no_way_around_the_signature(tokens):
    body = claims(exp=4_000_000_000)
    good = token()
    head, middle, signature = good.split(".")
    forged = base64.urlsafe_b64encode(json.dumps(body | {"workspace_id": "beta"}).encode()).decode().rstrip("=")
    tries = [
        token(secret="t" * 40),
        jwt.encode(body, SECRET, "HS512"),
        jwt.encode(body, None, "none"),
        unsigned({"alg": "none"}, body) + ".",
        unsigned({"alg": "None"}, body) + ".",
        unsigned({"alg": "HS256"}, body) + ".",
        f"{head}.{forged}.{signature}",
        f"{head}.{middle}.",
        f"{head}.{middle}",
        good[:-2],
        "a.b.c",
        "...",
        "x" * 9_000,
        token(headers={"crit": ["x"], "x": 1}),
        "\x00",
        "",
    ]
    for tried in tries:
        with pytest.raises(Unauthenticated):
            tokens.principal(tried)


@pytest.mark.parametrize(
    "more",
    [
        {"jwt_algorithm": "none"},
        {"jwt_algorithm": "HS512"},
        {"jwt_algorithm": "hs256"},
        {"jwt_secret": "short"},
        {"jwt_secret": ""},
        {"jwt_issuer": ""},
        {"jwt_audience": ""},
        {"jwt_workspace_claim": ""},
        {"jwt_algorithm": "RS256"},
        {"jwt_algorithm": "RS256", "jwt_jwks": "https://id.example/keys"},
        {"jwt_algorithm": "ES256", "jwt_jwks": "/nowhere/keys.json"},
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(more):
    with pytest.raises(InvalidSetting):
        Tokens(AuthSettings(**{**AUTH, **more}))


def test_a_public_key_is_no_secret(tmp_path):
    """The old confusion: a token signed with HS256 and the text of the public key file as its secret."""
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    key = jwt.algorithms.ECAlgorithm.to_jwk(private.public_key(), as_dict=True) | {"kid": "one", "alg": "ES256"}
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [key]}))
    tokens = Tokens(AuthSettings(**{**AUTH, "jwt_algorithm": "ES256", "jwt_jwks": str(file)}))
    assert tokens.principal(jwt.encode(claims(), private, "ES256", headers={"kid": "one"})).id == "token:svc-1"
    for tried in (token(secret=file.read_text()), jwt.encode(claims(), private, "ES256", headers={"kid": "two"})):
        with pytest.raises(Unauthenticated):
            tokens.principal(tried)


def test_a_token_opens_the_door_to_its_own_memories_only():
    with serving(auth=AUTH) as (http, memory):
        headers = bearer(token())
        assert http.get("/v1/stats", headers=headers).status_code == 200
        for foreign in ({"workspace_id": "beta"}, {"user_id": "ben"}):
            assert http.get("/v1/stats", headers=headers, params=foreign).status_code == 403
        assert http.get("/v1/stats", headers=bearer(token(secret="t" * 40))).status_code == 401
        assert http.get("/v1/stats", headers=bearer(token(scope="openid"))).status_code == 403
        refused = [one for one in memory.audit().records if one.action == "refused"]
        assert [(one.principal, one.kind) for one in refused] == [("token", "anonymous")]
        from fusion_memory import Scope

        key = memory.create_key(Scope(workspace_id="acme"), "x")
        assert http.get("/v1/stats?user_id=x", headers=bearer(key.secret)).status_code == 200
    with serving(auth={**AUTH, "mode": "auto"}) as (http, _):
        assert http.get("/v1/stats?user_id=x").status_code == 401

"""Tokens (JWT): who calls, as another system signed it. Only one algorithm is taken, and it is pinned by settings.

Keys come from the environment or a file, never from a token or a network. Sources: RFC 7519, RFC 7517, RFC 8725
(best practices). This file must not know the memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt

from fusion_memory.core.errors import InvalidInput, InvalidSetting
from fusion_memory.core.keys import EVERY_WORKSPACE, RIGHTS, actions_of
from fusion_memory.core.scope import Bounds, Principal, Scope
from fusion_memory.core.service_errors import Unauthenticated
from fusion_memory.core.settings import AuthSettings

ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")
LEAST_SECRET_BYTES = 32
MOST_TOKEN_CHARS = 8_192
LEEWAY_S = 30
RIGHT_PREFIX = "memory:"
REQUIRED = ["exp", "iss", "aud", "sub"]


class Tokens:
    """Reads tokens by the settings.

    Raises:
        InvalidSetting: the settings cannot be used: no such algorithm, no secret or file, no issuer or audience.
    """

    def __init__(self, settings: AuthSettings) -> None:
        self._settings = settings
        _check(settings)
        self._jwks = Path(settings.jwt_jwks) if settings.jwt_algorithm != "HS256" else None
        self._read: tuple[int, Mapping[str | None, Any]] | None = None
        if self._jwks is not None:
            self._keys()

    def principal(self, token: str, request_id: str | None = None) -> Principal:
        """Whom a token names.

        Raises:
            Unauthenticated: it is not sound, not signed with our key, has expired, or names no workspace.
        """
        claims = self._claims(token)
        within = self._bounds(claims)
        rights = self._rights(claims)
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= 200:
            raise Unauthenticated("The token names nobody.")
        return Principal(
            f"token:{subject}", actions_of(rights) if rights else frozenset(), within, "token", request_id
        )

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > MOST_TOKEN_CHARS:
            raise Unauthenticated("The token is too long.")
        settings = self._settings
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != settings.jwt_algorithm or "crit" in header:
                raise Unauthenticated("The token is not signed as it must be.")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key_of(header.get("kid")),
                algorithms=[settings.jwt_algorithm],
                audience=settings.jwt_audience,
                issuer=settings.jwt_issuer,
                leeway=LEEWAY_S,
                options={"require": REQUIRED},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The token has expired.") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Unauthenticated("The token is not valid.") from None
        return claims

    def _key_of(self, kid: object) -> Any:  # noqa: ANN401 (PyJWT's own)
        if self._jwks is None:
            return self._settings.jwt_secret
        keys = self._keys()
        if kid is None and len(keys) == 1:
            return next(iter(keys.values()))
        if not isinstance(kid, str) or kid not in keys:
            raise Unauthenticated("The token is signed with an unknown key.")
        return keys[kid]

    def _keys(self) -> Mapping[str | None, Any]:
        """The keys of the file, read again when it changed, so that keys can be exchanged while serving."""
        if self._jwks is None:
            return {}
        try:
            changed = self._jwks.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                found = jwt.PyJWKSet.from_dict(json.loads(self._jwks.read_text("utf-8")))
                self._read = (changed, {key.key_id: key.key for key in found.keys if _fits(key, self._settings)})
        except (OSError, ValueError, AttributeError, jwt.PyJWTError) as error:
            if self._read is None:
                raise _unusable(f"auth.jwt_jwks cannot be read: {type(error).__name__}.") from None
        keys = self._read[1] if self._read else {}
        if not keys:
            raise _unusable(f"auth.jwt_jwks holds no key for {self._settings.jwt_algorithm}.")
        return keys

    def _bounds(self, claims: Mapping[str, Any]) -> Bounds:
        ids = {"workspace_id": claims.get(self._settings.jwt_workspace_claim)}
        if self._settings.jwt_user_claim:
            ids["user_id"] = claims.get(self._settings.jwt_user_claim)
        try:
            if None in ids.values():
                raise Unauthenticated("The token lacks a claim that says whose memories it is for.")
            Scope(**ids)
        except InvalidInput:
            raise Unauthenticated("A claim of the token is no id.") from None
        if str(ids["workspace_id"]).strip() == EVERY_WORKSPACE:
            raise Unauthenticated("The token names no workspace.")
        return Bounds(**ids)

    def _rights(self, claims: Mapping[str, Any]) -> list[str]:
        """The rights that are ours among those that the token names; others are for other systems."""
        given = claims.get(self._settings.jwt_rights_claim, "")
        words = given.split() if isinstance(given, str) else given if isinstance(given, list) else []
        names = [word.removeprefix(RIGHT_PREFIX) for word in words if isinstance(word, str)]
        return [name for name in names if name in RIGHTS]


def _check(settings: AuthSettings) -> None:
    algorithm = settings.jwt_algorithm
    if algorithm not in ALGORITHMS:
        raise _unusable(
            f"auth.jwt_algorithm = {algorithm!r} is none that is taken.", f"one of {', '.join(ALGORITHMS)}"
        )
    missing = [
        name for name in ("jwt_issuer", "jwt_audience", "jwt_workspace_claim") if not getattr(settings, name)
    ]
    if missing:
        raise _unusable(f"Tokens need auth.{missing[0]}.", f"set auth.{missing[0]}")
    if algorithm == "HS256":
        if len(settings.jwt_secret.encode()) < LEAST_SECRET_BYTES:
            raise _unusable(
                "auth.jwt_secret is too short.", "set FUSION_MEMORY_AUTH_JWT_SECRET to 32 bytes or more"
            )
        return
    if not settings.jwt_jwks:
        raise _unusable(f"{algorithm} needs auth.jwt_jwks, the file with the public keys.", "set auth.jwt_jwks")
    if "://" in settings.jwt_jwks:
        raise _unusable("auth.jwt_jwks is an address.", "fetch the file yourself and name its path")
    if not jwt.algorithms.has_crypto:
        raise _unusable(f"{algorithm} needs the package cryptography.", "pip install cryptography")


def _fits(key: Any, settings: AuthSettings) -> bool:  # noqa: ANN401 (PyJWT's own)
    return bool(key.algorithm_name == settings.jwt_algorithm and key.public_key_use in (None, "sig"))


def _unusable(what: str, fix: str = "fusion-memory config auth") -> InvalidSetting:
    return InvalidSetting(what, why="Without it nobody could be recognised by a token.", fix=fix)

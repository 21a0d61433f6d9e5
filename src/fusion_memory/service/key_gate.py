"""The gate that asks for a key or a token. It keeps nothing it was shown, so what is revoked ends at once."""

from __future__ import annotations

from fastapi import Request

from fusion_memory.core.keys import looks_like_key
from fusion_memory.core.rights_api import Recognition
from fusion_memory.core.scope import Principal
from fusion_memory.core.service_errors import Unauthenticated
from fusion_memory.service.limits import Limits, tenant_of
from fusion_memory.service.tokens import Tokens

BEARER = "bearer"


class KeyGate:
    """Tells who calls by ``Authorization: Bearer`` or ``X-API-Key``.

    Args:
        known: looks keys up.
        limits: how much a caller may ask for.
        tokens: reads tokens; None takes none.
        always: whether everybody needs a key; else only once a key was made.
    """

    def __init__(
        self, known: Recognition, limits: Limits, tokens: Tokens | None = None, *, always: bool = True
    ) -> None:
        self._known = known
        self._limits = limits
        self._tokens = tokens
        self._always = always or tokens is not None

    def identify(self, request: Request) -> Principal:
        """The principal of a request, within its limits.

        Only who sends a key that is none loses the patience of this service: whoever has a good one is let in from
        the same address all the same, and to send none is no attempt to guess one.

        Raises:
            Unauthenticated: it brings no key or token, or one that is not valid.
            TooManyRequests: the caller or its workspace is over its rate, or its address sent too many bad keys.
        """
        presented = _presented(request)
        try:
            principal = self._told_by(presented, request)
        except Unauthenticated:
            if presented is not None:
                self._require_patience(request)
            raise
        if presented is not None:
            request.state.tenant = tenant_of(principal)
            request.state.rate = self._limits.admit(principal)
        return principal

    def recognise(self, request: Request) -> Principal:
        """The principal of a request, looked up now; neither its rate nor its address is counted."""
        return self._told_by(_presented(request), request)

    def _told_by(self, presented: str | None, request: Request) -> Principal:
        request_id = getattr(request.state, "request_id", None)
        if presented is None and not self._always and not self._known.has_keys():
            return Principal("local", request_id=request_id)
        return self._recognised(presented, request_id)

    def _require_patience(self, request: Request) -> None:
        address = request.client.host if request.client else "?"
        self._limits.require_patience(address)
        self._limits.count_stranger(address)

    def _recognised(self, presented: str | None, request_id: str | None) -> Principal:
        if presented is None:
            raise Unauthenticated("The request carries no key.")
        if looks_like_key(presented) or self._tokens is None:
            return self._known.recognise_key(presented, request_id)
        try:
            return self._tokens.principal(presented, request_id)
        except Unauthenticated as refusal:
            self._known.note_refused("token", refusal.what, request_id)
            raise


def _presented(request: Request) -> str | None:
    """What the caller sent to be recognised by.

    Raises:
        Unauthenticated: it sent several, or in a form that is not known.
    """
    sent = request.headers.getlist("authorization")
    keys = request.headers.getlist("x-api-key")
    if len(sent) + len(keys) > 1:
        raise Unauthenticated("The request carries more than one key.")
    if keys:
        return keys[0]
    if not sent:
        return None
    scheme, _, value = sent[0].partition(" ")
    if scheme.lower() != BEARER or not value.strip():
        raise Unauthenticated("The header Authorization is not of the form: Bearer KEY.")
    return value.strip()

"""The gate: who calls. How it knows (keys, tokens, nothing at all) is its own affair; routes never ask."""

from __future__ import annotations

from typing import Protocol

from fastapi import Request

from fusion_memory.core.scope import Principal


class Gate(Protocol):
    """Tells who calls. It runs in a worker thread, once for every request that names a route."""

    def identify(self, request: Request) -> Principal:
        """The principal of a request.

        Raises:
            Unauthenticated: it is nobody who is known.
            TooManyRequests: the caller is over its rate.
        """
        ...

    def recognise(self, request: Request) -> Principal:
        """The same for a response that goes on for long: looked up again, counted as no request of its own.

        Raises:
            Unauthenticated: it is nobody who is known any more.
        """
        ...


class OpenGate:
    """Everybody is the person at this computer; for a service that only this computer reaches."""

    def identify(self, request: Request) -> Principal:
        """The local person, whoever asks."""
        del request
        return Principal.local()

    def recognise(self, request: Request) -> Principal:
        """The local person still."""
        del request
        return Principal.local()

"""Identifiers: sortable by time, unguessable, and handed in so that tests can count them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Protocol

from fusion_memory.core.clock import to_ms

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
TIME_CHARS = 10
RANDOM_BITS = 80


class IdSource(Protocol):
    """Where new identifiers come from."""

    def new(self, kind: str, at: datetime) -> str:
        """A new identifier of a kind, for instance ``mem_01jc...``; later ones sort later."""
        ...


class RandomIds:
    """ULID-shaped identifiers: 48 bits of time, 80 random bits, lower case, with a kind prefix."""

    def new(self, kind: str, at: datetime) -> str:
        """A new identifier from the given moment and the system's randomness."""
        return f"{kind}_{_base32(to_ms(at), TIME_CHARS)}{_base32(secrets.randbits(RANDOM_BITS), 16)}"


def new_secret(chars: int) -> str:
    """A random text of so many characters, five random bits each."""
    return _base32(secrets.randbits(5 * chars), chars)


def secret_key() -> bytes:
    """32 bytes that nobody can guess."""
    return secrets.token_bytes(32)


def _base32(number: int, width: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(width)))

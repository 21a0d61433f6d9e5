"""Keys of callers: made, found, ended. Only a salted hash of a secret is kept, so no row can be used as a key.

The secret is random, so a fast hash is enough; a pepper from the environment makes rows of a stolen file useless
for trying keys against. Source: RFC 7693 (BLAKE2, keyed). It must not know who asks, or over what.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.ids import new_secret
from fusion_memory.core.keys import (
    MARK,
    PREFIX_CHARS,
    SECRET_CHARS,
    ApiKey,
    NewApiKey,
    parts_of,
)
from fusion_memory.core.scope import Access, Bounds
from fusion_memory.storage.interface import Row, Transaction

ACTIVE, EXPIRED, REVOKED = "active", "expired", "revoked"
SALT_CHARS = 26
USE_TOLD_TO = timedelta(hours=1)
_BOUND = ("workspace_id", "user_id", "agent_id", "app_id")
_NO_ROW_SALT, _NO_ROW_HASH = bytes(16), bytes(32)


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key that is to be made."""

    id: str
    label: str
    rights: tuple[str, ...]
    within: Bounds | None
    expires_at: datetime | None


def create(tx: Transaction, access: Access, draft: KeyDraft, pepper: str, at: datetime) -> NewApiKey:
    """Keep a new key; its secret is in what comes back and nowhere else."""
    prefix, secret = new_secret(PREFIX_CHARS), new_secret(SECRET_CHARS)
    salt = blake2b(new_secret(SALT_CHARS).encode(), digest_size=16).digest()
    tx.run(
        "key_create",
        key_id=draft.id,
        prefix=prefix,
        salt=salt,
        hash=_hash(secret, salt, pepper),
        label=draft.label,
        rights=" ".join(draft.rights),
        operator=int(draft.within is None),
        **_columns(draft.within),
        created_at=to_ms(at),
        created_by=access.principal.id,
        expires_at=to_ms(draft.expires_at) if draft.expires_at else None,
    )
    made = by_id(tx, draft.id, at)
    if made is None:
        raise RuntimeError("a key that was just stored is not there")
    return NewApiKey(made, f"{MARK}_{prefix}_{secret}")


def recognised(tx: Transaction, presented: str, pepper: str, at: datetime) -> ApiKey | None:
    """The key of a text, in whatever state; None when there is none. It takes as long for a prefix nobody has."""
    parts = parts_of(presented)
    if parts is None:
        return None
    prefix, secret = parts
    row = tx.one("key_by_prefix", prefix=prefix)
    salt, kept = (row[-2], row[-1]) if row else (_NO_ROW_SALT, _NO_ROW_HASH)
    same = hmac.compare_digest(_hash(secret, salt, pepper), kept)
    return _key(row, at) if row and same else None


def by_id(tx: Transaction, key_id: str, at: datetime) -> ApiKey | None:
    """One key, whoever's."""
    row = tx.one("key_by_id", key_id=key_id)
    return _key(row, at) if row else None


def within(tx: Transaction, bounds: Bounds | None, limit: int, at: datetime) -> tuple[ApiKey, ...]:
    """The keys that are bound to at least these bounds, the newest first; every key without bounds."""
    if bounds is None:
        rows = tx.rows("keys_all", count=limit)
    else:
        rows = tx.rows("keys_of_workspace", **_columns(bounds), count=limit)
    return tuple(_key(row, at) for row in rows)


def any_made(tx: Transaction) -> bool:
    """Whether a key was ever made, told by the numbers given so far: the row of a key goes with its subject."""
    return tx.one("keys_given") is not None


def revoke(tx: Transaction, key: ApiKey, at: datetime) -> ApiKey:
    """End a key now; one that was revoked before keeps its moment."""
    tx.run("key_revoke", key_id=key.id, at=to_ms(at))
    return replace(key, revoked_at=key.revoked_at or at, state=REVOKED)


def expire(tx: Transaction, key: ApiKey, at: datetime) -> None:
    """Let a key end at a moment, unless it ends before."""
    tx.run("key_expire", key_id=key.id, at=to_ms(at))


def use_is_news(key: ApiKey, at: datetime) -> bool:
    """Whether a use now is to be written down: once an hour at most, so that reads stay reads."""
    return key.last_used_at is None or _hour(at) > key.last_used_at


def note_use(tx: Transaction, key: ApiKey, at: datetime) -> bool:
    """Write down, to the hour, that a key is in use; False when another process has done so."""
    return tx.run("key_used", key_id=key.id, at=to_ms(_hour(at))) > 0


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _hash(secret: str, salt: bytes, pepper: str) -> bytes:
    key = blake2b(pepper.encode(), digest_size=32).digest() if pepper else b""
    return blake2b(secret.encode(), digest_size=32, key=key, salt=salt, person=b"fusion-memorykey").digest()


def _columns(bounds: Bounds | None) -> dict[str, str]:
    return {name: (getattr(bounds, name) or "") if bounds else "" for name in _BOUND}


def _key(row: Row, at: datetime) -> ApiKey:
    expires, revoked, used = (from_ms(ms) if ms is not None else None for ms in row[11:14])
    state = REVOKED if revoked and revoked <= at else EXPIRED if expires and expires <= at else ACTIVE
    return ApiKey(
        id=row[0],
        prefix=f"{MARK}_{row[1]}",
        label=row[2],
        rights=tuple(row[3].split()),
        within=None if row[4] else Bounds(*(part or None for part in row[5:9])),
        state=state,
        created_at=from_ms(row[9]),
        created_by=row[10],
        expires_at=expires,
        revoked_at=revoked,
        last_used_at=used,
    )

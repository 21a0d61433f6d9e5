"""The book of requests that are done once: who asked under which key, and what was answered.

Keys and requests are kept as digests, an answer as it went out. When memories of an owner are erased, the answers
to requests about that owner go, and with them what tells the requests: only that a key was used remains until it
expires. This file must not know what a request asks for.
"""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_bytes
from typing import Final

from fusion_memory.core.clock import from_ms, to_ms
from fusion_memory.core.once import Arrival, Begun, KeptResponse, OnceTerms
from fusion_memory.core.scope import Access, Scope
from fusion_memory.memory import owners
from fusion_memory.storage.interface import Row, Transaction, Value

SALT_BYTES: Final = 16
MOST_BODY_BYTES: Final = 1024 * 1024
"""A longer answer is not kept."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a request: the caller's key, and the ticket of the attempt."""

    key: str
    ticket: str


def begin(
    tx: Transaction, access: Access, attempt: Attempt, digest: bytes, terms: OnceTerms, at: datetime
) -> Begun:
    """Whether a request is to be done; see :class:`~fusion_memory.core.once.OnceApi`."""
    drop_expired(tx, at)
    key_hash, lease_at = _key_hash(access, attempt.key), to_ms(at + timedelta(seconds=terms.lease_s))
    mine: dict[str, Value] = {"ticket": attempt.ticket, "holder": terms.holder, "lease_at": lease_at}
    row = tx.one("once_find", key_hash=key_hash)
    if row is None:
        salt, expires_at = token_bytes(SALT_BYTES), to_ms(at + timedelta(seconds=terms.keep_s))
        told: dict[str, Value] = {"salt": salt, "digest": _salted(digest, salt), "at": to_ms(at)}
        tx.run("once_open", key_hash=key_hash, expires_at=expires_at, **mine, **told)
        return Begun(Arrival.NEW, attempt.ticket, at)
    known = _known(row, digest, at, terms)
    if known is None:
        tx.run("once_take_over", key_hash=key_hash, **mine)
    return known or Begun(Arrival.NEW, attempt.ticket, from_ms(row[5]))


def finish(
    tx: Transaction,
    access: Access,
    attempt: Attempt,
    response: KeptResponse | None,
    reached: Set[Scope],
    *,
    plain: bool,
) -> bool:
    """Keep the answer of an attempt if it may be kept; whether it is.

    One about many owners, or about one without memories, may speak of people whose erasure would miss it.
    """
    mine: dict[str, Value] = {"key_hash": _key_hash(access, attempt.key), "ticket": attempt.ticket}
    running = tx.one("once_running", **mine)
    if running is None:
        return False
    owner_nos = {_owner_of(tx, access, scope) for scope in reached}
    if response is None or len(response.body) > MOST_BODY_BYTES or len(owner_nos) != 1:
        tx.run("once_withhold", **mine)
        return False
    owner_no = owner_nos.pop()
    if not plain and (owner_no == owners.NOBODY or _erased(tx, owner_no, running[0])):
        tx.run("once_withhold", **mine)
        return False
    headers = json.dumps(dict(response.headers))
    tx.run("once_finish", **mine, owner_no=owner_no, status=response.status, headers=headers, body=response.body)
    return True


def abandon(tx: Transaction, access: Access, attempt: Attempt, *, lost: bool) -> None:
    """Free the key of an attempt that did nothing; after one that was lost the same request may follow at once."""
    statement = "once_lose" if lost else "once_abandon"
    tx.run(statement, key_hash=_key_hash(access, attempt.key), ticket=attempt.ticket)


def erase(tx: Transaction, owner_no: int) -> int:
    """Erase the answers to requests about an owner; how many."""
    return tx.run("once_erase", owner_no=owner_no)


def _known(row: Row, digest: bytes, at: datetime, terms: OnceTerms) -> Begun | None:
    """What the book says of a request; None when an attempt at it was lost, so that it is to be done."""
    state, ticket, holder, salt, kept, first_at, lease_at, status, headers, body = row
    first = from_ms(first_at)
    if state == "gone":
        return Begun(Arrival.GONE, ticket, first)
    if not compare_digest(kept, _salted(digest, salt)):
        return Begun(Arrival.ANOTHER, ticket, first)
    if state == "done":
        return Begun(Arrival.DONE, ticket, first, KeptResponse(status, body, json.loads(headers)))
    left_s = (lease_at - to_ms(at)) / 1_000
    if left_s <= 0 or terms.is_lost(holder):
        return None
    return Begun(Arrival.UNDER_WAY, ticket, first, retry_after_s=left_s)


def _erased(tx: Transaction, owner_no: int, since_ms: int) -> bool:
    """Whether memories of an owner were erased since the request came: its answer may speak of them."""
    return tx.one("erased_since", owner_no=owner_no, since=since_ms) is not None


def _owner_of(tx: Transaction, access: Access, scope: Scope) -> int:
    return owners.find(tx, Access(access.principal, scope, access.action))


def _key_hash(access: Access, key: str) -> bytes:
    bounds = access.principal.within
    caller = [access.principal.id, astuple(bounds) if bounds else None, key]
    return blake2b(json.dumps(caller).encode(), digest_size=32).digest()


def _salted(digest: bytes, salt: bytes) -> bytes:
    return blake2b(digest, digest_size=32, key=salt).digest()


def drop_expired(tx: Transaction, at: datetime) -> int:
    """Forget the keys whose time is over; how many."""
    return tx.run("once_expire", at=to_ms(at))

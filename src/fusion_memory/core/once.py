"""What it takes to do a request once however often it arrives: a key of the caller's, and the answer given.

The engine keeps it beside the memories; the HTTP service asks for it with ``Idempotency-Key``. This file must not
know what a request asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from fusion_memory.core.scope import Scope


class Arrival(StrEnum):
    """How a request stands to those that came under its key before.

    ``NEW`` is to be done. ``DONE`` was answered, and the answer is known. ``UNDER_WAY`` is being done elsewhere.
    ``ANOTHER`` is not the request that the key was used for. ``GONE`` was answered, and the answer is not kept: it
    was erased with memories it spoke of, or was not to be kept.
    """

    NEW = "new"
    DONE = "done"
    UNDER_WAY = "under_way"
    ANOTHER = "another"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """An answer as it went out: its status, the headers that belong to it, its body."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Begun:
    """Whether a request is to be done.

    Attributes:
        arrival: how it stands.
        ticket: names this attempt; give it back at the end.
        first_at: when the first attempt under this key came.
        response: the answer of a request that was done.
        retry_after_s: when to ask again about one that is under way.
    """

    arrival: Arrival
    ticket: str
    first_at: datetime
    response: KeptResponse | None = None
    retry_after_s: float = 0.0


def nobody_is_lost(holder: str) -> bool:
    """Nothing is known of other processes: leases decide."""
    del holder
    return False


@dataclass(frozen=True, slots=True)
class OnceTerms:
    """How long things hold.

    Attributes:
        holder: names this process.
        lease_s: after so many seconds an attempt without an end counts as lost.
        keep_s: how long an answer is kept.
        is_lost: whether the process of that name is known to be gone, so that nobody need wait for its lease.
    """

    holder: str
    lease_s: float
    keep_s: float
    is_lost: Callable[[str], bool] = nobody_is_lost


class OnceApi(Protocol):
    """A book of what was asked under which key, each caller's own."""

    def begin_once(self, key: str, digest: bytes, terms: OnceTerms) -> Begun:
        """Whether the request of that digest is to be done; if it is, nobody else does it meanwhile."""
        ...

    def finish_once(
        self, key: str, ticket: str, response: KeptResponse | None, reached: Set[Scope], *, plain: bool = False
    ) -> bool:
        """It was done: keep its answer, or None for one that may not be kept; whether the answer is kept.

        Args:
            key: the same.
            ticket: of the attempt.
            response: what was answered.
            reached: the scopes it read or wrote; an answer is kept only where erasing one owner erases it.
            plain: the answer holds ids and counts only, so it may be kept although it tells of an erasure.
        """
        ...

    def abandon_once(self, key: str, ticket: str, *, lost: bool = False) -> None:
        """It was not done, so the key is free; ``lost``: it may have been, so only the same request may follow."""
        ...

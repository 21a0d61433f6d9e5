"""What travels: a request as it is asked for, the reply as it came, and the waiting between two tries.

Plain values and one rule; this file must not know the network, nor what is asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Query = tuple[tuple[str, str], ...]
"""Names and values of a query string; a name may come several times."""

BUSY = frozenset({429, 503})
AWAY = frozenset({502, 504})
CONFLICT = 409
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 8.0


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    Attributes:
        method, path: the path is percent-encoded and below the address of the service.
        query: of the path.
        body: JSON as bytes, or pieces of bytes that come only once, or None.
        headers: besides those of every request.
        repeatable: whether carrying it out twice is the same as once: it reads, or it has an idempotency key.
        slow: whether it may take far longer than others.
    """

    method: str
    path: str
    query: Query = ()
    body: bytes | Iterable[bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: ``headers`` by their lower-case names."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing came back, or not all of it. ``sent``: the request may have been carried out; ``why`` in words."""

    why: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds of silence to bear in one try, and in one that is slow; how many further tries there are."""

    timeout_s: float = 30.0
    retries: int = 3
    slow_timeout_s: float = 600.0


def chance() -> float:
    """A number from 0 to 1, so that clients do not all come back at once."""
    return random.random()  # noqa: S311 (no secret)


@dataclass(slots=True)
class Tries:
    """Counts the tries of one request and says whether there is another.

    A busy service (429, 503) did nothing, so every request is tried again, after as long as it asks for. Where it
    is not known what happened, only what is repeatable is tried again. Pauses double and have chance in them.
    """

    patience: Patience
    dice: Callable[[], float] = chance
    made: int = 0

    def pause_after(self, request: Request, outcome: Reply | Lost, now: datetime) -> float | None:
        """The seconds to wait before the next try; None when the outcome stands."""
        self.made += 1
        if self.made > self.patience.retries or not self._passing(request, outcome):
            return None
        asked = asked_wait_s(outcome.headers.get("retry-after"), now) if isinstance(outcome, Reply) else None
        if asked is not None:
            return asked if asked <= max(self.patience.timeout_s, LONGEST_PAUSE_S) else None
        whole = min(FIRST_PAUSE_S * 2.0 ** (self.made - 1), LONGEST_PAUSE_S)
        return whole * (0.5 + 0.5 * self.dice())

    @staticmethod
    def _passing(request: Request, outcome: Reply | Lost) -> bool:
        if isinstance(outcome, Lost):
            return request.repeatable or not outcome.sent
        if outcome.status in BUSY:
            return request.body is None or isinstance(request.body, bytes)  # pieces came, and come only once
        under_way = outcome.status == CONFLICT and "retry-after" in outcome.headers
        return request.repeatable and (outcome.status in AWAY or under_way)


def asked_wait_s(header: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header: a number or a date (RFC 9110, 10.2.3); None when there is none."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())

"""Time as a value that is handed in, so that tests and simulations can hold it still."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

from fusion_memory.core.errors import InvalidTime


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The present, zone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some start."""
        return time.monotonic()


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC; exact for every datetime, without floating point."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000 + delta.microseconds // 1_000


def from_ms(ms: int) -> datetime:
    """The UTC moment of milliseconds since 1970."""
    return datetime.fromtimestamp(ms // 1_000, UTC).replace(microsecond=ms % 1_000 * 1_000)


def parse_time(value: datetime | str | None) -> datetime | None:
    """Read a time given by a caller; no zone means UTC.

    Raises:
        InvalidTime: the value is neither a datetime nor an ISO 8601 text, or it has no year in UTC.
    """
    if value is None:
        return None
    moment = _read_iso(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise InvalidTime(f"A {type(value).__name__} is not a time.")
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidTime(f"{moment.isoformat()} is before the year 1 or after the year 9999 in UTC.") from None


def _read_iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidTime(f"{text[:60]!r} is not a time.") from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

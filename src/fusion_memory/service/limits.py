"""How much a caller may ask for: requests a minute by key, workspace and address, tokens a day by workspace.

A :class:`Meter` does the counting. The one here lives in this process, so several processes each allow the whole
amount; one that they share can take its place. Source: token bucket, Turner 1986. It must not know HTTP.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol

from fusion_memory.core.clock import Clock
from fusion_memory.core.scope import Principal
from fusion_memory.core.service_errors import TooManyRequests
from fusion_memory.core.settings import LimitSettings

NAMES_KEPT = 100_000
BURSTS_A_MINUTE = 12
"""A workspace's burst is what it may ask in five seconds, or that of one key where that is more."""

BYTES_OF_A_TOKEN = 4
"""About right for English (4 letters a token) and for Chinese (3 bytes a character, 0.7 tokens) alike."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute, of which ``burst`` may come at once; 0 a minute means no bound."""

    per_minute: int
    burst: int


@dataclass(frozen=True, slots=True)
class Level:
    """How a bucket stands: what is left in it, and the seconds until there is one again."""

    limit: int
    remaining: int
    wait_s: float

    @property
    def empty(self) -> bool:
        """Whether the request is one too many."""
        return self.wait_s > 0


class Meter(Protocol):
    """Counts by name. It is shared by threads."""

    def take(self, name: str, rate: Rate, now_s: float) -> Level:
        """Take one out of the bucket of a name, unless it is empty."""
        ...

    def look(self, name: str, rate: Rate, now_s: float) -> Level:
        """How the bucket of a name stands, taking nothing."""
        ...

    def add(self, name: str, day: str, amount: int) -> int:
        """Add to what a name has used on a day; the sum."""
        ...


class ProcessMeter:
    """A meter in the memory of this process; it forgets whoever was quiet longest."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._used: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def take(self, name: str, rate: Rate, now_s: float) -> Level:
        """Take one, unless it is empty."""
        with self._lock:
            left = self._filled(name, rate, now_s)
            taken = left - 1 if left >= 1 else left
            self._buckets[name] = (taken, now_s)
            _forget(self._buckets)
        return _level(rate, taken, empty=left < 1)

    def look(self, name: str, rate: Rate, now_s: float) -> Level:
        """How it stands."""
        with self._lock:
            left = self._filled(name, rate, now_s)
            self._buckets[name] = (left, now_s)
            _forget(self._buckets)
        return _level(rate, left, empty=left < 1)

    def add(self, name: str, day: str, amount: int) -> int:
        """Add to a day's use."""
        with self._lock:
            before = self._used.pop(name, (day, 0))
            used = (before[1] if before[0] == day else 0) + amount
            self._used[name] = (day, used)
            _forget(self._used)
        return used

    def _filled(self, name: str, rate: Rate, now_s: float) -> float:
        left, since = self._buckets.pop(name, (float(rate.burst), now_s))
        return min(float(rate.burst), left + max(0.0, now_s - since) * rate.per_minute / 60)


class Limits:
    """The limits of a service; each raises when a caller is over one."""

    def __init__(self, settings: LimitSettings, clock: Clock, meter: Meter | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._meter = meter or ProcessMeter()

    def admit(self, principal: Principal) -> Level | None:
        """Count a request of a caller that is known; how the scarcer of its buckets stands.

        Raises:
            TooManyRequests: its key, its workspace, or the day's tokens of its workspace are used up.
        """
        tenant = tenant_of(principal)
        burst = self._settings.burst
        wanted = [(f"caller {principal.id}", _rate(self._settings.key_per_minute, burst))]
        if tenant:
            self._require_tokens(tenant)
            most = self._settings.tenant_per_minute
            wanted.append((f"tenant {tenant}", _rate(most, max(burst, most // BURSTS_A_MINUTE))))
        levels = [self._meter.take(name, rate, self._clock.monotonic()) for name, rate in wanted if rate]
        _require(levels, "The caller sent too many requests.")
        return min(levels, key=lambda level: level.remaining, default=None)

    def require_patience(self, address: str) -> None:
        """Refuse an address that has sent too many keys that are none.

        Raises:
            TooManyRequests: it has.
        """
        rate = self._strangers()
        if rate is not None:
            level = self._meter.look(f"stranger {address}", rate, self._clock.monotonic())
            _require([level], "Too many invalid keys came from this address.")

    def count_stranger(self, address: str) -> None:
        """Count a key that is none."""
        rate = self._strangers()
        if rate is not None:
            self._meter.take(f"stranger {address}", rate, self._clock.monotonic())

    def spend(self, tenant: str, size_bytes: int) -> None:
        """Count what a workspace has sent and got."""
        if tenant and self._settings.tokens_per_day:
            self._meter.add(tenant, self._day(), -(-size_bytes // BYTES_OF_A_TOKEN))

    def _require_tokens(self, tenant: str) -> None:
        most = self._settings.tokens_per_day
        if most and self._meter.add(tenant, self._day(), 0) >= most:
            now = self._clock.now()
            tomorrow = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
            wait = (tomorrow - now).total_seconds()
            raise TooManyRequests("The day's tokens of this workspace are used up.", retry_after_s=wait)

    def _strangers(self) -> Rate | None:
        return _rate(self._settings.stranger_per_minute, self._settings.stranger_per_minute)

    def _day(self) -> str:
        return f"{self._clock.now():%Y-%m-%d}"


def tenant_of(principal: Principal) -> str:
    """The workspace that a caller is bound to; empty for nobody's."""
    return (principal.within.workspace_id or "") if principal.within else ""


def _rate(per_minute: int, burst: int) -> Rate | None:
    return Rate(per_minute, max(1, min(per_minute, burst))) if per_minute else None


def _require(levels: Sequence[Level], what: str) -> None:
    wait = max((level.wait_s for level in levels), default=0.0)
    if wait > 0:
        raise TooManyRequests(what, retry_after_s=wait)


def _level(rate: Rate, left: float, *, empty: bool) -> Level:
    return Level(rate.burst, int(left), (1 - left) * 60 / rate.per_minute if empty else 0.0)


def _forget(kept: OrderedDict[str, tuple[float, float]] | OrderedDict[str, tuple[str, int]]) -> None:
    while len(kept) > NAMES_KEPT:
        kept.popitem(last=False)

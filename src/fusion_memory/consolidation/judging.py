"""What a policy says of one memory: pure arithmetic on when it was said and used and what it told.

Tiers: hot is what searches bring again and again; warm what matters or was said or used lately; the rest is cold.
``superseded`` and the tier of what is often used follow S4.95 and S2.63 of the feature list. This file must not
know where memories are, nor what time it is: the moment is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fusion_memory.core.knowledge import FactType
from fusion_memory.core.policy import SHORT_TERM_DAYS, Deed, Expiry, Policy, Retention, Tier
from fusion_memory.memory.weighing import Weighed

DAY_MS: Final = 86_400_000
EPISODIC: Final = frozenset(
    {FactType.EVENT.value, FactType.TASK.value, FactType.ERROR.value, FactType.ACTION.value}
)
"""What happened rather than what is known: a memory that told nothing else fades."""

EXPIRED, SUPERSEDED, FADED, KEPT = "expired", "superseded", "faded", "kept"
USED, IDLE, MATTERS, LATELY = "used", "idle", "matters", "lately"
REASONS: Final = (EXPIRED, SUPERSEDED, FADED, KEPT, USED, IDLE, MATTERS, LATELY)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done with a memory, and why; what comes out of the archive gets its tier at once."""

    deed: Deed
    reason: str
    tier: Tier | None = None


def judge(memory: Weighed, policy: Policy, now_ms: int, *, held: bool = False) -> Verdict | None:
    """What a policy does with a memory at a moment; None: nothing.

    What is on hold only changes its tier; see :func:`end_of` for what would become of it.
    """
    end = None if held else end_of(memory, policy, now_ms)
    if end is not None:
        done = memory.archived and end.deed is Deed.ARCHIVE
        return None if done else end
    if memory.archived:
        others = memory.put_away == SUPERSEDED and not policy.superseded_days  # that task brings back what counts
        return None if held or others else Verdict(Deed.RESTORE, KEPT, tier_of(memory, policy, now_ms)[0])
    tier, reason = tier_of(memory, policy, now_ms)
    return None if tier.value == memory.tier else Verdict(Deed(tier.value), reason)


def end_of(memory: Weighed, policy: Policy, now_ms: int) -> Verdict | None:
    """Whether a memory is to be put away or erased, holds aside."""
    last = expires_ms(memory, policy)
    if last is not None and last <= now_ms:
        return Verdict(Deed.ERASE if policy.expiry is Expiry.ERASE else Deed.ARCHIVE, EXPIRED)
    if memory.retention == Retention.PERMANENT:
        return None
    gone = memory.superseded_ms
    if policy.superseded_days and gone is not None and now_ms - gone >= policy.superseded_days * DAY_MS:
        return Verdict(Deed.ARCHIVE, SUPERSEDED)
    if policy.archive_below and worth(memory, policy, now_ms) < policy.archive_below:
        return Verdict(Deed.ARCHIVE, FADED)
    return None


def expires_ms(memory: Weighed, policy: Policy) -> int | None:
    """When a memory's time is up, or None; its own metadata may say how long it stays."""
    days = policy.ttl_days
    if memory.retention == Retention.SHORT_TERM:
        days = min(days or SHORT_TERM_DAYS, SHORT_TERM_DAYS)
    elif memory.retention in {Retention.LONG_TERM, Retention.PERMANENT}:
        days = 0.0
    return memory.seen_ms + round(days * DAY_MS) if days else None


def tier_of(memory: Weighed, policy: Policy, now_ms: int) -> tuple[Tier, str]:
    """How near at hand a memory belongs, and why."""
    since_used = None if memory.used_ms is None else (now_ms - memory.used_ms) / DAY_MS
    if since_used is not None and memory.uses >= policy.hot_uses and since_used < policy.hot_days:
        return Tier.HOT, USED
    if memory.uses > policy.warm_uses:
        return Tier.WARM, USED
    if importance(memory, policy) >= policy.warm_importance:
        return Tier.WARM, MATTERS
    if age_days(memory, now_ms) < policy.warm_days:
        return Tier.WARM, LATELY
    return Tier.COLD, IDLE


def importance(memory: Weighed, policy: Policy) -> float:
    """How much a memory matters, 0 to 1: the most of what it told, weighted by type."""
    told = [value * policy.importance.get(kind, 1.0) for kind, value in memory.told]
    return min(max(told, default=policy.base_importance), 1.0)


def episodic(memory: Weighed) -> bool:
    """Whether a memory tells only of what happened."""
    return all(kind in EPISODIC for kind, _ in memory.told)


def age_days(memory: Weighed, at_ms: int) -> float:
    """Days since a memory was last said or used."""
    return max(at_ms - max(memory.seen_ms, memory.used_ms or memory.seen_ms), 0) / DAY_MS


def strength(memory: Weighed, policy: Policy, at_ms: int) -> float:
    """How much of a memory is left at a moment, 0 to 1."""
    return policy.strength(age_days(memory, at_ms), episodic=episodic(memory))


def worth(memory: Weighed, policy: Policy, at_ms: int) -> float:
    """Importance times strength."""
    return importance(memory, policy) * strength(memory, policy, at_ms)

"""What policies would do with an owner's memories, as a list; and doing exactly that.

A preview and an application make the same plan; only the second carries it out. Plans of one moment over unchanged
memories are equal, to the digest. Must not know: who asks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from fusion_memory.consolidation.judging import Verdict, end_of, judge
from fusion_memory.core.clock import to_ms
from fusion_memory.core.policy import Deed, Policy, PolicyCount, PolicyReport, Tier
from fusion_memory.core.scope import Access
from fusion_memory.memory import holds, keeping, owners, policies, weighing
from fusion_memory.memory.policies import Level
from fusion_memory.memory.weighing import Weighed
from fusion_memory.storage.interface import Transaction

EXAMPLES: Final = 5
TIERS: Final = (Deed.HOT, Deed.WARM, Deed.COLD)


@dataclass(frozen=True, slots=True)
class Item:
    """One memory with what is done to it."""

    event_no: int
    id: str
    verdict: Verdict


@dataclass(slots=True)
class Plan:
    """What is to be done in one owner's part of a scope."""

    access: Access
    at: datetime
    items: list[Item] = field(default_factory=list)
    memories: int = 0
    held: int = 0
    complete: bool = True

    def of(self, deed: Deed) -> list[Item]:
        """The items of one deed."""
        return [item for item in self.items if item.verdict.deed is deed]


def plan(
    tx: Transaction,
    access: Access,
    at: datetime,
    *,
    proposed: tuple[Level, Mapping[str, Any]] | None = None,
    most: int | None = None,
) -> Plan:
    """What the policies of a scope's owner, or imagined ones, would do at a moment; at most so many deeds."""
    made, now_ms = Plan(access, at), to_ms(at)
    by_session = policies.of_sessions(tx, access, proposed)
    for page in weighing.pages(tx, access):
        made.memories += len(page)
        held = holds.on_events(tx, access, [memory.event_no for memory in page])
        for memory in page:
            policy = by_session.get(memory.session_id or "", by_session[""])
            _decide(made, memory, policy, now_ms, held=memory.event_no in held)
            if most is not None and len(made.items) >= most:
                made.complete = False
                return made
    return made


def carry_out(tx: Transaction, made: Plan) -> None:
    """Do what a plan says but for its erasures, which need more than a transaction."""
    owner_no = owners.find(tx, made.access)
    for tier in TIERS:
        keeping.set_tier(tx, owner_no, [item.event_no for item in made.of(tier)], tier.value)
    by_reason: defaultdict[str, list[int]] = defaultdict(list)
    for item in made.of(Deed.ARCHIVE):
        by_reason[item.verdict.reason].append(item.event_no)
    for reason, numbers in by_reason.items():
        keeping.archive(tx, owner_no, numbers, reason, made.at)
    back = made.of(Deed.RESTORE)
    keeping.restore(tx, owner_no, [item.event_no for item in back])
    for nearness in Tier:
        keeping.set_tier(tx, owner_no, [i.event_no for i in back if i.verdict.tier is nearness], nearness.value)


def counts(made: Sequence[Plan]) -> tuple[PolicyCount, ...]:
    """How many memories for which reason, with examples."""
    found: defaultdict[tuple[Deed, str], list[str]] = defaultdict(list)
    for one in made:
        for item in one.items:
            found[item.verdict.deed, item.verdict.reason].append(item.id)
    order = list(Deed)
    return tuple(
        PolicyCount(deed, reason, len(ids), tuple(ids[:EXAMPLES]))
        for (deed, reason), ids in sorted(found.items(), key=lambda pair: (order.index(pair[0][0]), pair[0][1]))
    )


def report(
    made: Sequence[Plan], at: datetime, *, applied: bool = False, receipts: Sequence[str] = ()
) -> PolicyReport:
    """Plans of several owners as one report."""
    return PolicyReport(
        at=at,
        memories=sum(one.memories for one in made),
        counts=counts(made),
        held=sum(one.held for one in made),
        digest=digest(made),
        applied=applied,
        receipts=tuple(receipts),
    )


def digest(made: Sequence[Plan]) -> str:
    """What tells two lists of deeds apart: every memory, deed and reason is in it."""
    lines = sorted(f"{item.id} {item.verdict.deed} {item.verdict.reason}" for one in made for item in one.items)
    return blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()


def tally(made: Plan) -> Counter[str]:
    """How many memories by deed."""
    return Counter(item.verdict.deed.value for item in made.items)


def _decide(made: Plan, memory: Weighed, policy: Policy, now_ms: int, *, held: bool) -> None:
    verdict = judge(memory, policy, now_ms, held=held)
    if held and (end := end_of(memory, policy, now_ms)) is not None:
        made.held += end.deed is Deed.ERASE or not memory.archived
    if verdict is not None:
        made.items.append(Item(memory.event_no, memory.id, verdict))

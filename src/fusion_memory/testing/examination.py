"""After a crash: open what is left with a fresh service and hold it against the ledger.

This file must not know how the crash was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from fusion_memory.core.records import Event
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.ledger import Call, Ledger, Verdict
from fusion_memory.testing.soundness import defects
from fusion_memory.testing.workload import read_back

HEALTH = ("database", "memories", "audit")
SAMPLE = 10


def examine(database: Path, ledger: Ledger, rng: Random) -> tuple[Verdict, list[Call]]:
    """What is wrong with a database after a crash, and the additions that left nothing and may be repeated.

    The service is opened as users open it; opening it is part of what is examined.
    """
    try:
        with MemoryService(database, embedder=None) as memory:
            held = read_back(memory)
            verdict = ledger.judge(held)
            verdict.broken += [
                f"{check.name}: {check.detail}"
                for check in memory.health(deep=True)
                if check.name in HEALTH and check.status != "ok"
            ]
            undone = ledger.settle(held)
            if verdict.sound:
                verdict.lost += _unreachable(memory, ledger, rng)
        verdict.half_written += defects(database)
    except Exception as error:  # noqa: BLE001 (whatever it is: what cannot be read is lost)
        verdict = ledger.judge({})
        verdict.broken.append(f"what is left cannot be used: {error!r}")
        return verdict, []
    return verdict, undone


def _unreachable(memory: MemoryService, ledger: Ledger, rng: Random) -> Iterator[str]:
    """A sample of what was promised, fetched by id and searched by its own words."""
    for key, kept in filter(None, (ledger.some_alive(rng) for _ in range(SAMPLE))):
        event = memory.get(key, scope=kept.scope)
        if not isinstance(event, Event) or event.content != kept.text:
            yield f"{key} {kept.text[:40]!r} is not what get() returns"
        hits = memory.search(kept.text, kept.scope, recipe="keyword", limit=1)
        if [hit.id for hit in hits] != [key]:
            yield f"{key} {kept.text[:40]!r} is not found by its own words"

"""How fast memories are stored: one durable ``add`` at a time, and a stream in bulk. Both make their vectors."""

from __future__ import annotations

from contextlib import closing

from fusion_memory.evals.measures.figure import Figure, Target, median, percentile
from fusion_memory.evals.measures.workbench import PERSON, Workbench, message

ADDS = 200
WARM_UP_ADDS = 20
BULK_TURNS = 2_000
BULK_TURNS_FULL = 10_000


def add(bench: Workbench) -> list[Figure]:
    """Milliseconds of one ``add`` until it is durable and its vector is there."""
    with (
        closing(bench.empty()) as memory,
        bench.progress("storing", "messages", float(WARM_UP_ADDS + ADDS)) as advance,
    ):
        taken = []
        for turn in bench.turns(WARM_UP_ADDS + ADDS):
            started = bench.clock.monotonic()
            result = memory.add(message(turn), PERSON)
            taken.append((bench.clock.monotonic() - started) * 1_000)
            bench.degraded.update(result.degraded)
            advance(1)
    measured = taken[WARM_UP_ADDS:]
    detail = f"{ADDS} single adds, each durable and embedded"
    return [
        Figure("add.p50", median(measured), "ms", Target(25, 12), detail),
        Figure("add.p95", percentile(measured, 95), "ms", None, detail),
    ]


def ingest(bench: Workbench) -> list[Figure]:
    """Turns a second of one ``add_batch`` with vectors, nothing prepared."""
    count = BULK_TURNS_FULL if bench.full else BULK_TURNS
    with closing(bench.empty()) as memory:
        took = bench.store(memory, PERSON, bench.turns(count), count)
    detail = f"{count:,} turns of about 25 tokens, English and Chinese"
    return [Figure("ingest.rate", count / took, "turns/s", Target(150, more_is_better=True), detail)]

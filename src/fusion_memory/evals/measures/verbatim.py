"""Whether a stored text, asked for word for word, comes first, among 10,000 memories with near duplicates."""

from __future__ import annotations

import random

from fusion_memory.core.api import MemoryApi
from fusion_memory.evals.corpus import Turn
from fusion_memory.evals.measures.figure import Figure, Target
from fusion_memory.evals.measures.workbench import PERSON, Workbench

MEMORIES = 10_000
SAMPLE = 1_000


def verbatim(bench: Workbench) -> list[Figure]:
    """The percentage of texts that come back first when they are the question."""
    memory = bench.filled(MEMORIES)
    turns = list(bench.turns(MEMORIES))
    if not bench.full:
        dice = random.Random(bench.seed)  # noqa: S311 (a sample, no secret)
        turns = sorted(dice.sample(turns, SAMPLE), key=lambda turn: turn.number)
    missed = []
    with bench.progress("searching", "questions", float(len(turns))) as advance:
        for turn in turns:
            if not _comes_first(memory, turn):
                missed.append(turn.number)
            advance(1)
    near = sum(turn.near is not None for turn in turns)
    detail = f"{len(turns):,} of {MEMORIES:,} texts asked, {near:,} of them near duplicates"
    if missed:
        detail += f"; missed turns {', '.join(map(str, missed[:5]))}"
    share = 100 * (1 - len(missed) / len(turns))
    return [Figure("verbatim.rank1", share, "%", Target(99.9, 100, more_is_better=True), detail)]


def _comes_first(memory: MemoryApi, turn: Turn) -> bool:
    result = memory.search(turn.text, PERSON)
    return len(result) > 0 and result[0].client_id == f"turn-{turn.number}"

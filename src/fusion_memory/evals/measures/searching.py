"""How fast a search is, with the question's embedding, at several sizes of one person's memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fusion_memory.core.api import MemoryApi
from fusion_memory.evals import corpus
from fusion_memory.evals.measures.figure import Figure, Target, median, percentile, size_name
from fusion_memory.evals.measures.workbench import PERSON, Workbench

TARGETS: Mapping[int, Target] = {1_000: Target(20, 12), 10_000: Target(25, 15), 100_000: Target(40, 20)}
ONLY_FULL = 100_000
QUESTIONS = 200
WARM_UP_QUESTIONS = 20

EMBED, LANES = "embed", "recall"


def search(bench: Workbench) -> list[Figure]:
    """Milliseconds of a search at each size: median and 95th percentile, and where the time goes."""
    sizes = [size for size in TARGETS if bench.full or size < ONLY_FULL]
    return [figure for size in sizes for figure in _at_size(bench, size)]


def _at_size(bench: Workbench, size: int) -> list[Figure]:
    memory = bench.filled(size)
    questions = corpus.questions(WARM_UP_QUESTIONS + QUESTIONS, bench.seed + size)
    first = bench.seconds(lambda: memory.search(questions[0], PERSON)) * 1_000
    for question in questions[1:WARM_UP_QUESTIONS]:
        memory.search(question, PERSON)
    totals, laps = _asked(bench, memory, questions[WARM_UP_QUESTIONS:])
    embed, lanes = _lap(laps, EMBED), _lap(laps, LANES)
    rest = median(
        [total - lap.get(EMBED, 0.0) - lap.get(LANES, 0.0) for total, lap in zip(totals, laps, strict=True)]
    )
    name = f"search.{size_name(size)}"
    detail = f"embed {embed:.1f} + lanes {lanes:.1f} + rest {rest:.1f}; the first search {first:.0f}"
    return [
        Figure(f"{name}.p50", median(totals), "ms", TARGETS[size], detail),
        Figure(f"{name}.p95", percentile(totals, 95), "ms", None, f"{QUESTIONS} questions"),
    ]


def _asked(
    bench: Workbench, memory: MemoryApi, questions: Sequence[str]
) -> tuple[list[float], list[Mapping[str, float]]]:
    totals, laps = [], []
    with bench.progress("searching", "questions", float(len(questions))) as advance:
        for question in questions:
            started = bench.clock.monotonic()
            result = memory.search(question, PERSON)
            totals.append((bench.clock.monotonic() - started) * 1_000)
            laps.append(result.timings_ms)
            bench.degraded.update(result.degraded)
            advance(1)
    return totals, laps


def _lap(laps: Sequence[Mapping[str, float]], name: str) -> float:
    return median([lap.get(name, 0.0) for lap in laps])

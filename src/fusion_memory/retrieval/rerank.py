"""Choose what a reranker reads, lay it out, and weigh what it says. Pure.

A turn means little alone ("Yes, the blue one"), so a reranker reads it with the end of the turn before and the
start of the next one. The figures behind the constants stand in docs/adr/0010-reranking.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fusion_memory.memory.spans import Passage, Surroundings
from fusion_memory.retrieval.candidates import Candidates
from fusion_memory.retrieval.recipes import Recipe

RERANK = "rerank"
SMALLEST_SPREAD = 1e-9


def rows_to_read(
    order: Sequence[int], candidates: Candidates, most: int, *, by_session: bool, recipe: Recipe
) -> list[int]:
    """The rows a reranker reads, best first.

    Args:
        order: rows as they stand so far; by session, the best row of each conversation.
        candidates: all memories in the running.
        most: rows to read.
        by_session: conversations are wanted: then the best memories of each of the first conversations are read.
        recipe: says how many of a conversation.
    """
    if not by_session:
        return list(order[:most])
    of_thread: dict[int, list[int]] = {}
    threads = candidates.threads()
    wanted = {int(threads[row]) for row in order[: -(-most // recipe.rerank_per_session)]}
    for row in candidates.best_first().tolist():
        thread = int(threads[row])
        if thread in wanted and len(of_thread.setdefault(thread, [])) < recipe.rerank_per_session:
            of_thread[thread].append(row)
    return [row for first in order for row in of_thread.pop(int(threads[first]), [])][:most]


def as_read(passage: Passage, around: Surroundings | None) -> str:
    """A passage as a reranker reads it: who said it, and a little of what stands around it."""
    own = f"{passage.speaker}: {passage.text}" if passage.speaker else passage.text
    if around is None:
        return own
    parts = (around.before, own, around.after)
    return " ".join(" ".join(part.split()) for part in parts if part)


def weigh(candidates: Candidates, rows: Sequence[int], scores: Sequence[float], weight: float) -> None:
    """Give each row that was read its score in standard deviations, from the worst on; others get nothing.

    Counting from the worst keeps what was read above what was not, as the first ranking had it.
    """
    told = np.array(scores, dtype=np.float64)
    spread = float(told.std()) if len(told) > 1 else 0.0
    part = np.zeros(len(candidates))
    if spread > SMALLEST_SPREAD:
        part[list(rows)] = weight * (told - told.min()) / spread
    candidates.parts[RERANK] = part

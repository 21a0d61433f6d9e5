"""Choose what a reranker reads, lay it out, and weigh what it says. Pure.

A turn means little alone ("Yes, the blue one"), so a reranker reads it with the end of the turn before and the
start of the next one. The figures behind the constants stand in docs/adr/0010-reranking.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np

from fusion_memory.memory.spans import Passage, Surroundings
from fusion_memory.retrieval.candidates import Candidates
from fusion_memory.retrieval.recipes import EXACT, Recipe

RERANK = "rerank"
SMALLEST_SPREAD = 1e-9
SMALLEST_SCALE = 0.1

PASSAGE_CHARS, CONTEXT_CHARS = 200, 80
"""Of a passage, and of what stands on either side of a shorter one: some 50 to 80 English tokens."""


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


def as_read(passage: Passage, around: Surroundings | None, words: Collection[str]) -> str:
    """A passage as a reranker reads it: who said it, and a little of what stands around it if it is short.

    Args:
        passage: the candidate.
        around: what stands beside it; None: nothing is told.
        words: of the question; of a long passage the part that says most of them is kept.
    """
    text = " ".join(passage.text.split())
    own = telling_part(text, words, PASSAGE_CHARS)
    said = f"{passage.speaker}: {own}" if passage.speaker else own
    if around is None or len(own) < len(text):
        return said
    before, after = " ".join(around.before.split()), " ".join(around.after.split())
    return " ".join(part for part in (before, said, after) if part)


def telling_part(text: str, words: Collection[str], most: int) -> str:
    """At most so many characters of a text: where most of the words stand, else its beginning."""
    if len(text) <= most:
        return text
    low = text.lower()
    found = [(match.start(), word) for word in words for match in re.finditer(re.escape(word), low)]
    starts = sorted({min(max(at - most // 4, 0), len(text) - most) for at, _ in found}) or [0]
    start = max(starts, key=lambda first: len({word for at, word in found if first <= at < first + most}))
    return text[start : start + most]


def weigh(candidates: Candidates, rows: Sequence[int], scores: Sequence[float], weight: float) -> None:
    """Give each row that was read its score, on the scale of the ranking so far; others get nothing.

    Scores count from the worst one, which keeps what was read above what was not. Their spread becomes that of the
    rows' scores so far, times the weight: sums of a session's memories lie further apart than single memories.

    Args:
        candidates: all memories in the running.
        rows: those that were read.
        scores: of these rows.
        weight: 1: the reranker counts as much as everything before it.
    """
    told = np.array(scores, dtype=np.float64)
    spread = float(told.std()) if len(told) > 1 else 0.0
    part = np.zeros(len(candidates))
    if spread > SMALLEST_SPREAD:
        before = candidates.scores - candidates.parts.get(EXACT, 0.0)
        scale = max(float(before[list(rows)].std()), SMALLEST_SCALE)
        part[list(rows)] = weight * scale * (told - told.min()) / spread
    candidates.parts[RERANK] = part

"""Change the scores of candidates by what surrounds them: conversation, time, neighbours, day, age.

Pure: candidates, neighbours and the present are arguments. Every change is a named score part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fusion_memory.core.clock import to_ms
from fusion_memory.core.question import TimeSpan
from fusion_memory.core.records import Trust
from fusion_memory.retrieval.candidates import Candidates, Column, Keys
from fusion_memory.retrieval.fuse import standard
from fusion_memory.retrieval.recipes import VECTOR, Recipe
from fusion_memory.text.questions import names

DAY_MS = 86_400_000


def lift_threads(candidates: Candidates, threads: Mapping[str, float], recipe: Recipe) -> None:
    """Give every candidate a share of its conversation's own standing."""
    if not threads:
        return
    levels = dict(zip(threads, standard(list(threads.values()), zero=0.0), strict=True))
    lifts = [levels.get(place.thread, 0.0) for place in candidates.places]
    candidates.parts["thread"] = recipe.thread_weight * np.array(lifts)


def favour_time(candidates: Candidates, windows: Sequence[TimeSpan], recipe: Recipe) -> None:
    """Favour what was said in the time the question speaks of; a little outside counts a little."""
    if not windows or not recipe.time_weight:
        return
    said = candidates.said_ms()
    outside = np.min([_ms_outside(said, window) for window in windows], axis=0)
    closeness = np.clip(1.0 - outside / (recipe.time_slack_days * DAY_MS), 0.0, 1.0)
    candidates.parts["time"] = recipe.time_weight * closeness


def favour_speakers(candidates: Candidates, question: str, recipe: Recipe) -> None:
    """Favour what was said by those whom the question names, when it does not name everyone who speaks."""
    spoken = [place.speaker for place in candidates.places]
    speakers = {speaker for speaker in spoken if speaker}
    named = {speaker for speaker in speakers if names(question, speaker)}
    if recipe.speaker_weight and named and named < speakers:
        candidates.parts["speaker"] = np.where([speaker in named for speaker in spoken], recipe.speaker_weight, 0.0)


def lend(candidates: Candidates, recipe: Recipe) -> None:
    """Give the turns around each candidate shares of its own score; what its conversation gave it stays."""
    if not recipe.neighbour_shares or not len(candidates):
        return
    own = candidates.scores - candidates.parts.get("thread", 0.0)
    turns = candidates.turns()
    stride = int(turns.max()) + 2 * len(recipe.neighbour_shares) + 1
    keys = candidates.threads() * stride + turns
    order = np.argsort(keys)
    gains = np.zeros(len(own))
    for distance, share in enumerate(recipe.neighbour_shares, 1):
        for step in (-distance, distance):
            gains += share * _looked_up(keys[order], own[order], keys + step)
    candidates.parts["neighbours"] = gains


def share_days(candidates: Candidates, recipe: Recipe) -> None:
    """Let notes made outside any session count together by day, as the turns of a session do.

    Each receives a share of the best score among the notes of its day.
    """
    loose = ~candidates.in_session()
    if not recipe.day_share or not loose.any():
        return
    _, days = np.unique(candidates.said_ms() // DAY_MS, return_inverse=True)
    best = np.zeros(int(days.max()) + 1)
    np.maximum.at(best, days[loose], candidates.scores[loose])
    candidates.parts["day"] = np.where(loose, recipe.day_share * best[days], 0.0)


def fade(candidates: Candidates, now_ms: int, recipe: Recipe, half_life_days: float) -> None:
    """Let newer memories win ties: a small part that halves every half-life."""
    if recipe.recency_weight and half_life_days:
        age_days = np.maximum(now_ms - candidates.said_ms(), 0) / DAY_MS
        candidates.parts["recency"] = recipe.recency_weight * 0.5 ** (age_days / half_life_days)


def order(candidates: Candidates, *, by_session: bool, recipe: Recipe) -> Keys:
    """Rows best first; with ``by_session`` the best row of each conversation.

    Conversations stand in the order of what their best memories add up to, by the recipe's shares.
    """
    candidates.parts.pop("session", None)  # of an earlier ordering
    rows = candidates.best_first()
    if not by_session or not len(rows):
        return rows
    scores, threads = candidates.scores, candidates.threads()
    sums: dict[int, float] = {}
    seen: dict[int, int] = {}
    first: dict[int, int] = {}
    for row in rows.tolist():
        thread = int(threads[row])
        place = seen.get(thread, 0)
        first.setdefault(thread, row)
        if place < len(recipe.session_shares):
            sums[thread] = sums.get(thread, 0.0) + recipe.session_shares[place] * float(scores[row])
        seen[thread] = place + 1
    meaning = recipe.session_meaning * _own_meaning(candidates, threads)
    session = np.zeros(len(scores))
    for thread, row in first.items():
        session[row] = sums[thread] - scores[row] + meaning[thread]
    candidates.parts["session"] = session
    return np.array(sorted(first.values(), key=lambda row: -float(scores[row] + session[row])), dtype=np.int64)


def _own_meaning(candidates: Candidates, threads: Keys) -> Column:
    """The mean vector part of the two best memories of each conversation that no assistant said, by its number.

    A session is about what its people said: many answers near a question make none of it.
    """
    parts = candidates.parts.get(VECTOR, np.zeros(len(candidates)))
    theirs = np.array([place.trust != Trust.ASSISTANT for place in candidates.places], dtype=np.bool_)
    best = np.zeros((int(threads.max()) + 1, 2))
    for thread, value in zip(threads[theirs].tolist(), parts[theirs].tolist(), strict=True):
        if value > best[thread, 1]:
            best[thread] = sorted((value, best[thread, 0]), reverse=True)
    mean: Column = best.mean(axis=1)
    return mean


def _ms_outside(said_ms: Keys, window: TimeSpan) -> Column:
    before, after = to_ms(window.start) - said_ms, said_ms - to_ms(window.end)
    return np.maximum(np.maximum(before, after), 0).astype(np.float64)


def _looked_up(keys: Keys, values: Column, wanted: Keys) -> Column:
    """The values of wanted keys among sorted keys, 0 where there is none."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0.0)

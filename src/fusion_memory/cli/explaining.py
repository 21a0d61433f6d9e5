"""Why a memory came back, in words: which lanes found it and what its score is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fusion_memory.cli.messages import has, text
from fusion_memory.core.records import Hit, SearchResult

USUAL_TIER = "warm"
SHOWN = 0.0005  # smaller parts are 0.000 on the screen

Standings = Sequence[tuple[str, int, float]]


def reasons(lang: str, lanes: Standings, parts: Mapping[str, float], score: float) -> list[str]:
    """Two lines: who found it at which rank, and the sum that is its score."""
    found = [
        text(lang, "explain.lane", lane=named(lang, "lane", lane), rank=rank, score=f"{value:.3g}")
        for lane, rank, value in lanes
    ]
    shown = {name: value for name, value in parts.items() if abs(value) >= SHOWN}
    summed = [
        f"{'-' if value < 0 else '+'} {named(lang, 'part', name)} {abs(value):.3f}" for name, value in shown.items()
    ]
    return [
        text(lang, "explain.found", lanes=text(lang, "explain.comma").join(found) or text(lang, "explain.beside")),
        text(lang, "explain.score", score=f"{score:.3f}", parts=" ".join(summed).removeprefix("+ ") or "0"),
    ]


def hit_reasons(lang: str, hit: Hit) -> list[str]:
    """See :func:`reasons`."""
    found = reasons(lang, [(lane.lane, lane.rank, lane.score) for lane in hit.lanes], hit.parts, hit.score)
    kept = text(lang, "explain.archived" if hit.archived else "explain.kept", tier=named(lang, "near", hit.tier))
    return [*found, kept] if hit.archived or hit.tier != USUAL_TIER else found


def understood(lang: str, result: SearchResult) -> list[str]:
    """How the question was read: language, words, times, recipe."""
    plan = result.plan
    lines = [
        text(lang, "explain.language", language=named(lang, "language", plan.language), recipe=result.recipe),
        text(lang, "explain.terms", terms=text(lang, "explain.comma").join(plan.terms) or "-"),
        text(lang, "explain.kind", kind=named(lang, "asks", plan.kind.value)),
    ]
    lines += [
        text(
            lang,
            "explain.window",
            words=window.words,
            start=f"{window.start:%Y-%m-%d}",
            end=f"{window.end:%Y-%m-%d}",
        )
        for window in plan.windows
    ]
    return lines


def dropped(lang: str, drops: Sequence[tuple[str, str, float]]) -> list[str]:
    """What was a candidate and was left out."""
    return [
        text(lang, "explain.drop", id=span_id, reason=named(lang, "drop", reason), score=f"{score:.3f}")
        for span_id, reason, score in drops
    ]


def named(lang: str, family: str, name: str) -> str:
    """The word for a name that the engine uses; the name itself when it is new."""
    key = f"{family}.{name}"
    return text(lang, key) if has(lang, key) else name

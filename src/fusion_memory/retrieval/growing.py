"""Let the hits of a pack grow as far as its budget goes: to their exchange, their neighbourhood, their session.

A step is read only while there is room for it. Sessions take turns, so that none grows alone. It must not know how
a pack is laid out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from fusion_memory.core.scope import Access
from fusion_memory.memory import spans
from fusion_memory.memory.spans import Passage
from fusion_memory.retrieval.stretches import Portion
from fusion_memory.storage.interface import SpanFilter, Transaction
from fusion_memory.text.counting import count_tokens

EXCHANGES: Final = 10
"""Hits that bring the turn they answer, or that answers them."""

NEIGHBOURS: Final = 20
"""Hits whose neighbourhood is read."""

REACH: Final = 2
"""Turns of the neighbourhood on each side."""

SESSIONS: Final = 8
"""Sessions that may be read whole."""

WHOLE_SESSION: Final = 100_000
MOST_SPANS: Final = 4_000
_LINE_TOKENS: Final = 6
_ENOUGH: Final = 1.2  # what is offered may be so much more than the budget: some of it is passed over


@dataclass(frozen=True, slots=True)
class Ground:
    """Where growing reads: the snapshot, the ticket and the filter of the search."""

    tx: Transaction
    access: Access
    where: SpanFilter


def grown(ground: Ground, hits: Sequence[Portion], first: int, budget_tokens: int) -> list[Portion]:
    """The portions of a pack in the order of their worth.

    Args:
        ground: where to read.
        hits: best first.
        first: so many hits come before anything grows.
        budget_tokens: of the whole pack.
    """
    known = {portion.passage.span_id for portion in hits}
    offered = list(hits[:first])
    room = budget_tokens * _ENOUGH - _tokens(hits)
    if _tokens(offered) < budget_tokens:
        offered += _fresh(_exchanges(ground, hits[:EXCHANGES]), known)
    offered += hits[first:]
    for step in (_neighbourhoods, _sessions):
        if room <= 0:
            break
        more = list(_fresh(step(ground, hits), known))
        room -= _tokens(more)
        offered += more
    return offered


def _exchanges(ground: Ground, hits: Sequence[Portion]) -> Iterator[Portion]:
    """The turn that answers a hit, or that a hit answers."""
    beside = _turns(ground, hits, 1)
    for place, portion in enumerate(hits, 1):
        here = portion.passage
        before, after = beside.get((here.thread, here.seq - 1)), beside.get((here.thread, here.seq + 1))
        partner = after if asks(here.text) else before
        if partner is not None and (asks(here.text) or asks(partner.text) or here.role == "assistant"):
            yield Portion(partner, f"exchange of hit {place}", 0.0)


def _neighbourhoods(ground: Ground, hits: Sequence[Portion]) -> Iterator[Portion]:
    """The turns around the best hits and the rest of these hits themselves, sessions in turn."""
    best = hits[:NEIGHBOURS]
    beside = _turns(ground, best, REACH)
    own: dict[int, list[Passage]] = defaultdict(list)
    for passage in _own(ground, [portion.passage.event_no for portion in best]):
        own[passage.event_no].append(passage)
    by_session: dict[str, list[Portion]] = defaultdict(list)
    for place, portion in enumerate(best, 1):
        here = portion.passage
        near = [p for p in own[here.event_no] if abs(p.position - here.position) <= REACH]
        for far in range(1, REACH + 1):
            turns = (beside.get((here.thread, here.seq + step)) for step in (-far, far))
            near += [passage for passage in turns if passage is not None]
        by_session[here.thread] += [Portion(p, f"beside hit {place}", 0.0) for p in near]
    return _in_turn(by_session.values())


def _sessions(ground: Ground, hits: Sequence[Portion]) -> Iterator[Portion]:
    """The whole sessions of the best hits, from the hits outward, sessions in turn."""
    lists = []
    by_thread: dict[str, list[Passage]] = defaultdict(list)
    for portion in hits:
        by_thread[portion.passage.thread].append(portion.passage)
    left = MOST_SPANS
    for found in list(by_thread.values())[:SESSIONS]:
        events = [place.event_no for place in _places(ground, [found[0].event_no], WHOLE_SESSION)]
        turns = sorted(_own(ground, [found[0].event_no, *events][:left]), key=lambda p: (_far(p, found), p.seq))
        left -= len(turns)
        lists.append([Portion(p, "session of a hit", 0.0) for p in turns])
        if left <= 0:
            break
    return _in_turn(lists)


def asks(text: str) -> bool:
    """Whether a turn ends with a question."""
    return text.rstrip("\"'”’」』）)] \n").endswith(("?", "？", "吗", "呢"))


def _far(passage: Passage, hits: Sequence[Passage]) -> int:
    return min(abs(passage.seq - hit.seq) for hit in hits)


def _places(ground: Ground, event_nos: Sequence[int], reach: int) -> list[spans.Place]:
    near = spans.neighbours(ground.tx, ground.access, event_nos, reach)
    return spans.passing(ground.tx, ground.access, near, ground.where)


def _turns(ground: Ground, hits: Sequence[Portion], reach: int) -> dict[tuple[str, int], Passage]:
    """The first passages of the turns beside some hits, by thread and place in it."""
    found = [place.span_no for place in _places(ground, [hit.passage.event_no for hit in hits], reach)]
    passages = spans.passages(ground.tx, ground.access, found).values()
    return {(passage.thread, passage.seq): passage for passage in passages}


def _own(ground: Ground, event_nos: Sequence[int]) -> list[Passage]:
    """All passages of some events; a turn that is a passage itself is not told again by its chunks."""
    found = spans.of_events(ground.tx, ground.access, event_nos)
    return list(spans.passages(ground.tx, ground.access, found).values())


def _in_turn(lists: Iterable[Sequence[Portion]]) -> Iterator[Portion]:
    for row in zip_longest(*lists):
        yield from (portion for portion in row if portion is not None)


def _fresh(portions: Iterable[Portion], known: set[str]) -> Iterator[Portion]:
    for portion in portions:
        if portion.passage.span_id not in known:
            known.add(portion.passage.span_id)
            yield portion


def _tokens(portions: Sequence[Portion]) -> int:
    return sum(count_tokens(p.passage.text) + _LINE_TOKENS for p in portions)

"""A turn with a little of what stands around it, as one text.

Why it exists: "Yes, the second one" means nothing alone; embedding and reranking read a turn in its context.
Must not know: speakers, sessions, or scores. The turn itself always comes first in the budget; neighbours
get what is left, the nearest first, the end of what came before and the beginning of what follows.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Final

from fusion_memory.text.graphemes import safe_cut
from fusion_memory.text.scripts import HAN, HANGUL, KANA, UNSPACED

_SEPARATOR: Final = "\n"
_LEAST_USEFUL: Final = 8  # fewer characters of a neighbour say nothing


@cache
def _word_edge() -> re.Pattern[str]:
    unspaced = f"{HAN}{KANA}{HANGUL}{UNSPACED}"
    return re.compile(rf"(?<=[\W{unspaced}])(?=\S)|(?=[{unspaced}])")


def _beginning(text: str, budget: int) -> str:
    if len(text) <= budget:
        return text
    cut = safe_cut(text, budget)
    edge = max((match.start() for match in _word_edge().finditer(text, cut // 2, cut + 1)), default=cut)
    return text[: min(edge, cut)].rstrip()


def _ending(text: str, budget: int) -> str:
    if len(text) <= budget:
        return text
    start = len(text) - budget
    edge = _word_edge().search(text, start, start + budget // 2)
    place = edge.start() if edge else start
    while place < len(text) and safe_cut(text, place) != place:
        place += 1
    return text[place:].lstrip()


def _gather(turns: Sequence[str], budget: int, *, backward: bool) -> list[str]:
    """Neighbours in order of nearness until the budget is spent; blank ones are skipped."""
    taken: list[str] = []
    for turn in turns:
        room = budget - len(_SEPARATOR)
        text = turn.strip()
        if not text:
            continue
        if room < min(_LEAST_USEFUL, len(text)):
            break
        part = _ending(text, room) if backward else _beginning(text, room)
        taken.append(part)
        budget = room - len(part)
        if len(part) < len(text):
            break
    return taken


def window_text(turns: Sequence[str], index: int, before: int, after: int, budget_chars: int) -> str:
    """The turn at `index` with its neighbours, joined by newlines.

    Args:
        turns: the texts of one conversation, in order.
        index: which turn, 0-based.
        before: most turns taken from before it.
        after: most turns taken from after it.
        budget_chars: most characters of the result. The turn is cut at its end only when it alone exceeds
            the budget; the rest is shared by both sides, and what one side leaves the other may use.

    Raises:
        IndexError: there is no turn at `index`.
    """
    if not 0 <= index < len(turns):
        raise IndexError(f"no turn {index} among {len(turns)}")
    turn = _beginning(turns[index].strip(), max(0, budget_chars))
    left = max(0, budget_chars) - len(turn)
    earlier = [turns[i] for i in range(index - 1, max(-1, index - 1 - max(0, before)), -1)]
    later = turns[index + 1 : index + 1 + max(0, after)]
    following = _gather(later, left // 2, backward=False)
    preceding = _gather(earlier, left - _spent(following), backward=True)
    following = _gather(later, left - _spent(preceding), backward=False)
    return _SEPARATOR.join(chain(reversed(preceding), [turn] if turn else [], following))


def _spent(parts: list[str]) -> int:
    return sum(len(part) + len(_SEPARATOR) for part in parts)

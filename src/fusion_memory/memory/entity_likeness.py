"""Which two entities may be one, by the likeness of their names: a suggestion for a person, never a merge.

Why it exists: "Anna" and "Anna Petrova", "J. Smith" and "John Smith", a slip of the pen. Must not know: rows. Pairs
are found through shared words and through names that agree after one character is left out, so the work grows with
the names and not with their pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import Final

from fusion_memory.core.graph import MergeSuggestion
from fusion_memory.core.knowledge import Entity, EntityKind
from fusion_memory.text.similarity import canonical
from fusion_memory.text.simplified import simplify

MOST_IN_A_BLOCK: Final = 50
"""A word that more names share says nothing."""

_SHORTEST_SLIP: Final = 5
_TITLES: Final = ("老师", "医生", "教授", "先生", "女士", "经理", "阿姨", "叔叔", "总", "哥", "姐")
_FAMILIAR: Final = "小老阿"
_ENGLISH_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "captain", "judge"})
_LIKENESS: Final = {"short_form": 0.8, "initials": 0.7, "spelling": 0.6, "title": 0.5}


def suggestions(
    found: Sequence[Entity], limit: int = 50, apart: Collection[frozenset[str]] = ()
) -> list[MergeSuggestion]:
    """Pairs of entities of one kind that may be one by any of their names, the likeliest first.

    Args:
        found: entities, each once.
        limit: so many pairs.
        apart: ids of pairs that are known not to be one.
    """
    names = [(entity, _words(name)) for entity in found for name in (entity.name, *entity.aliases)]
    pairs: dict[frozenset[str], MergeSuggestion] = {}
    for block in _blocks(names):
        for (left, left_words), (right, right_words) in combinations(block, 2):
            if left.kind is not right.kind or left.id == right.id or {left.id, right.id} in apart:
                continue
            reason = _reason(left_words, right_words)
            if reason:
                keep, other = (left, right) if len(left.name) >= len(right.name) else (right, left)
                one = MergeSuggestion(keep, other, reason, _LIKENESS[reason])
                pair = frozenset((left.id, right.id))
                pairs[pair] = max(one, pairs.get(pair, one), key=lambda suggestion: suggestion.likeness)
    ordered = sorted(
        pairs.values(), key=lambda s: (-s.likeness, -s.keep.mentions - s.other.mentions, s.keep.id, s.other.id)
    )
    return ordered[:limit]


Named = tuple[Entity, tuple[str, ...]]


def _blocks(names: Sequence[Named]) -> Iterator[list[Named]]:
    blocks: defaultdict[str, list[Named]] = defaultdict(list)
    for named in names:
        for key in _keys(named[1], named[0].kind):
            blocks[key].append(named)
    return (block for block in blocks.values() if 1 < len(block) <= MOST_IN_A_BLOCK)


def _keys(words: tuple[str, ...], kind: EntityKind) -> set[str]:
    """What names that may be one have in common."""
    keys = set(words)
    whole = "".join(words)
    if len(whole) >= _SHORTEST_SLIP:
        keys |= {"-" + whole[:at] + whole[at + 1 :] for at in range(len(whole))} | {"-" + whole}
    if kind is EntityKind.PERSON and whole and not whole.isascii():
        keys.add("+" + whole[len(whole) == 2 and whole[0] in _FAMILIAR])
        keys.add("+" + whole[-2:])
    return keys


def _reason(left: tuple[str, ...], right: tuple[str, ...]) -> str | None:
    """Why two names may be one, or None."""
    short, long = sorted((left, right), key=lambda words: (len("".join(words)), words))
    if not short or short == long:
        return None
    if set(short) < set(long) and not set(long) - set(short) <= _ENGLISH_TITLES:
        return "title" if set(short) & _ENGLISH_TITLES else "short_form"
    if set(short) & _ENGLISH_TITLES and set(short) - _ENGLISH_TITLES <= set(long):
        return "title"
    if len(short) == len(long) > 1 and short[-1] == long[-1] and _initials(short[:-1], long[:-1]):
        return "initials"
    one, other = "".join(short), "".join(long)
    if not one.isascii():
        return _chinese(one, other)
    return "spelling" if len(one) >= _SHORTEST_SLIP and _one_slip(one, other) else None


def _chinese(short: str, long: str) -> str | None:
    """王老师 and 王建国, 小明 and 王小明."""
    if len(short) >= 2 and len(long) == 3 and len(short) == 2 and long.endswith(short):
        return "short_form"
    if short[0] in _FAMILIAR and len(short) == 2 and long.startswith(short[1]) and len(long) <= 3:
        return "title"
    for title in _TITLES:
        for one, other in ((short, long), (long, short)):
            if one.endswith(title) and other.startswith(one.removesuffix(title)) and 1 < len(other) <= 3:
                return None if other.endswith(_TITLES) else "title"
    return None


def _initials(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    pairs = zip(short, long, strict=True)
    return all(one == other or (len(min(one, other, key=len)) == 1 and one[0] == other[0]) for one, other in pairs)


def _one_slip(one: str, other: str) -> bool:
    """Whether one character too many, too few, wrong or swapped turns one name into the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if (
        one[start + 1 :] == other[start + 1 :]
        or one[start:] == other[start + 1 :]
        or one[start + 1 :] == other[start:]
    ):
        return True
    return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]


def _words(name: str) -> tuple[str, ...]:
    """The words of a name for comparison, without dots; an unspaced name is one word."""
    return tuple(simplify(canonical(name)).replace(".", " ").replace("·", " ").replace("-", " ").split())

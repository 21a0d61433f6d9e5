"""Which facts are worth comparing: pairs of one subject, kind and sense that share words, with their cosines.

Why it exists: compaction asks whether two are one, the resolver whether one ends the other; both look at the same
pairs, those with something new in them. No transaction is open while the embedder works. It decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fusion_memory.consolidation.care import Care
from fusion_memory.core.scope import Access
from fusion_memory.ingestion.dedup import LEXICALLY_NEAR
from fusion_memory.memory import near_facts
from fusion_memory.memory.near_facts import RESOLVED, Standing
from fusion_memory.storage.interface import Transaction
from fusion_memory.text.similarity import jaccard, shingles

PAIRS_A_RUN: Final = 400


@dataclass(frozen=True, slots=True)
class Pair:
    """Two facts that hold now, the one asserted earlier first, the share of words that they have in common."""

    older: Standing
    newer: Standing
    overlap: float


def pairs(tx: Transaction, access: Access, after: int) -> list[Pair]:
    """The pairs that have something told after a telling, the likest first."""
    found: list[Pair] = []
    for subject_key in near_facts.subjects_since(tx, access, after):
        for members in _alike(near_facts.current(tx, access, subject_key)):
            found += _near(members, after)
    found.sort(key=lambda pair: (-pair.overlap, pair.newer.known.fact_no, pair.older.known.fact_no))
    return found


def cosines(care: Care, found: Sequence[Pair]) -> dict[tuple[str, str], float]:
    """The cosines of the texts of some pairs; none without an embedder.

    Raises:
        ModelError: the embedder failed.
    """
    texts = list(dict.fromkeys(one.known.text for pair in found for one in (pair.newer, pair.older)))
    if care.embedder is None or not texts:
        return {}
    vectors = care.embedder.embed_passages(texts)
    place = {text: number for number, text in enumerate(texts)}
    told = ((pair.newer.known.text, pair.older.known.text) for pair in found)
    return {(new, old): float(vectors[place[new]] @ vectors[place[old]]) for new, old in told}


def _alike(standings: Iterable[Standing]) -> Iterator[list[Standing]]:
    """Facts of one type, predicate and sense that no rule gave a question of its own."""
    kinds: dict[tuple[str, str, bool], list[Standing]] = defaultdict(list)
    for one in standings:
        known = one.known
        if known.slot is None or known.slot.startswith(RESOLVED):
            kinds[known.type, known.predicate, known.positive].append(one)
    return (members for members in kinds.values() if len(members) > 1)


def _near(members: Sequence[Standing], after: int) -> Iterator[Pair]:
    """Pairs of facts, given the latest first, of which at least one was told after a telling."""
    words = [shingles(one.known.text) for one in members]
    for number, newer in enumerate(members):
        for other in range(number + 1, len(members)):
            older = members[other]
            if (
                older.known.group_no == newer.known.group_no
                or max(newer.known.fact_no, older.known.fact_no) <= after
            ):
                continue
            overlap = jaccard(words[number], words[other])
            if overlap >= LEXICALLY_NEAR:
                yield Pair(older, newer, overlap)

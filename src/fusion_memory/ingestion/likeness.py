"""Cosines of claims with what is known already, gathered before the write transaction opens.

Why it exists: a model must not be called while a transaction is open, yet the ladder asks for cosines inside one.
Only pairs that share words are compared, so that adding stays fast. A model that fails leaves the cosines unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fusion_memory.core.errors import ModelError
from fusion_memory.core.knowledge import Claim
from fusion_memory.ingestion.dedup import Bars, Cosine, comparable
from fusion_memory.ingestion.resolve import Said
from fusion_memory.memory import tellings
from fusion_memory.memory.claim_keys import in_normal_form, keys_of
from fusion_memory.storage.interface import Database
from fusion_memory.text.similarity import jaccard, shingles

PAIRS_PER_CLAIM = 8

Cosines = Callable[[Sequence[tuple[str, str]]], Sequence[float]]
"""The cosine of each pair of texts.

Raises:
    ModelError: there are none now.
"""


def unknown(_left: str, _right: str) -> float | None:
    """No cosine is known."""
    return None


def known_cosines(database: Database, batch: Sequence[Said], cosines: Cosines | None, bars: Bars) -> Cosine:
    """The cosines that a batch of events will ask for."""
    if cosines is None:
        return unknown
    pairs = sorted(_pairs(database, batch, bars))
    if not pairs:
        return unknown
    try:
        table = dict(zip(pairs, cosines(pairs), strict=True))
    except ModelError:
        return unknown
    return lambda left, right: table.get((left, right))


def _pairs(database: Database, batch: Sequence[Said], bars: Bars) -> set[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    earlier: list[Claim] = []
    with database.read() as tx:
        for said in batch:
            for claim in map(in_normal_form, said.reading.claims):
                keys = keys_of(claim)
                known = tellings.alike(tx, said.owner_no, keys, claim.predicate, said.event_no)
                texts = [other.text for other in known if comparable(claim, other)]
                texts += [c.text for c in earlier if (c.subject, c.type) == (claim.subject, claim.type)]
                pairs |= _near(claim.text, texts, bars)
                earlier.append(claim)
    return pairs


def _near(text: str, others: Sequence[str], bars: Bars) -> set[tuple[str, str]]:
    words = shingles(text)
    overlaps = sorted((jaccard(words, shingles(other)), other) for other in set(others) - {text})
    near = [other for share, other in overlaps if share >= bars.lexically_near]
    return {(text, other) for other in near[-PAIRS_PER_CLAIM:]}

"""What makes two claims one: keys of names and values, the hash of a claim, the id of a telling; all pure.

Why it exists: merging, superseding and rebuilding must agree on sameness. Must not know: rows or transactions.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.ids import ALPHABET
from fusion_memory.core.knowledge import Claim, FactType, Polarity
from fusion_memory.text.similarity import canonical, simhash
from fusion_memory.text.simplified import simplify

BAND_BITS: Final = (21, 21, 22)
"""Two fingerprints that differ in at most two of 64 bits agree in at least one of three parts."""

DATED: Final = frozenset({FactType.EVENT, FactType.TASK, FactType.ACTION})
"""Types of claim that are another one at another time; of any other a date only says since when."""

OPPOSITES: Final = {"dislikes": "likes", "hates": "likes"}
"""Verbs that say the contrary of another one: disliking is not liking."""

_OTHER: Final = {Polarity.POSITIVE: Polarity.NEGATIVE, Polarity.NEGATIVE: Polarity.POSITIVE}
_ARTICLE: Final = re.compile(r"^(?:the|a|an|my|our|your|his|her|their)\s+(?=\S)")
_THOUSANDS: Final = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_MARK: Final = re.compile(r"[^\w\s]|_")
_BETWEEN_DIGITS: Final = frozenset(".:/,-–")
_TELLING: Final = frozenset("%#&@*")


@dataclass(frozen=True, slots=True)
class ClaimKeys:
    """The keys of one claim; ``hash`` is that of the claim, ``fingerprint`` the 64-bit simhash of its words."""

    subject: str
    object: str
    previous: str | None
    hash: bytes
    fingerprint: int

    @property
    def bands(self) -> tuple[int, int, int]:
        """The three parts of the fingerprint, highest first."""
        return bands(self.fingerprint)


def key(words: str) -> str:
    """What spellings of a name or a value share: letters and digits, folded, without articles and blanks.

    ``VS Code`` and ``vscode`` are one, 陳美玲 and 陈美玲 too; ``1.5`` and ``15``, ``C`` and ``C++`` are not. Never
    empty for a text with a visible character.
    """
    folded = canonical(simplify(words))
    plain = _THOUSANDS.sub("", _ARTICLE.sub("", folded))
    return "".join(_MARK.sub(_kept, plain).split()) or folded


def in_normal_form(claim: Claim) -> Claim:
    """A claim in the one form that verbs and their contraries share: disliking is told as not liking.

    Rules and models may use either. That a dislike is over stays as it is told; its keys are those of the dislike.
    """
    if claim.ends or claim.predicate not in OPPOSITES:
        return claim
    return replace(claim, predicate=OPPOSITES[claim.predicate], polarity=_OTHER[claim.polarity])


def keys_of(claim: Claim) -> ClaimKeys:
    """The keys of a claim.

    With a slot the question counts, not the verb: ``works_at Acme`` and ``joined Acme`` as answers to
    ``employer`` are one claim. Without one the predicate does. A time counts for what happens, see :data:`DATED`.
    """
    subject, value = key(claim.subject), key(claim.object)
    day = to_ms(claim.when.start) if claim.when and claim.type in DATED and not claim.slot else None
    polarity = Polarity.POSITIVE if claim.ends else claim.polarity
    if claim.predicate in OPPOSITES:
        polarity = _OTHER[polarity]
    about = f"?{claim.slot}" if claim.slot else OPPOSITES.get(claim.predicate, claim.predicate)
    digest = _digest([subject, about, value, polarity.value, day], 16)
    previous = key(claim.previous) if claim.previous else None
    return ClaimKeys(subject, value, previous, digest, simhash(claim.text))


def telling_id(event_id: str, recorded_at: datetime, claim_hash: bytes, corrects: str | None = None) -> str:
    """The id of a telling: of the same form as other ids, but the same whenever it is made again."""
    tail = int.from_bytes(_digest([event_id, claim_hash.hex(), corrects], 10))
    return f"fact_{_base32(to_ms(recorded_at), 10)}{_base32(tail, 16)}"


def bands(fingerprint: int) -> tuple[int, int, int]:
    """The three parts of a 64-bit fingerprint, highest first."""
    low = BAND_BITS[2]
    middle = BAND_BITS[1]
    return (
        fingerprint >> (low + middle),
        fingerprint >> low & (1 << middle) - 1,
        fingerprint & (1 << low) - 1,
    )


def _kept(match: re.Match[str]) -> str:
    """A mark that carries meaning (3.5, 8:30, 3/4, -5, c++, c#, 50%, r&d, accents, emoji), else nothing."""
    mark, text, at = match.group(), match.string, match.start()
    if mark not in _BETWEEN_DIGITS:
        return mark if mark in _TELLING or unicodedata.category(mark)[0] in "SM" else ""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    minus = mark == "-" and not before.strip()
    return mark if after.isdigit() and (minus or before.isdigit()) else ""


def _base32(number: int, width: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(width)))


def _digest(parts: list[str | int | None], size: int) -> bytes:
    return blake2b(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode(), digest_size=size).digest()

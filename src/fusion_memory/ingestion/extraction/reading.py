"""The door: what one message says, as claims and names.

Why it exists: the write path asks one question of a text. Must not know: stores, gates, models. What an assistant,
a tool or a system says is never about the user; what asks not to be remembered is not; what gives orders to the
memory is data like everything else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fusion_memory.core.knowledge import Claim, EntityKind, Mention
from fusion_memory.core.records import EventKind
from fusion_memory.ingestion.extraction import chinese, names
from fusion_memory.ingestion.extraction.clauses import Clause, clauses
from fusion_memory.ingestion.extraction.corrections import corrected
from fusion_memory.ingestion.extraction.modality import judged
from fusion_memory.ingestion.extraction.rules import Situation, apply
from fusion_memory.text import temporal

VERSION: Final = "rules-2"
"""Grows when rules change what they read; memories read by an older version are read again on request."""

SPEAKING_ROLES: Final = frozenset({"user", "human"})
"""Who speaks for himself."""

WORKING_ROLES: Final = frozenset({"agent"})
"""Who reports on work: read for things (servers, versions, errors), never for persons."""

_WORDS: Final = re.compile(r"[A-Za-z]+")
_OWN: Final = frozenset({"i", "im", "my", "me", "we", "our", "us", "mine"})
_LONG: Final = 600
_MANY_WORDS: Final = 100
_FEW: Final = 2
"""A text of so many words with fewer of the speaker's own ones in a hundred is not about him."""

_SOMEBODY: Final = frozenset({EntityKind.PERSON, EntityKind.ANIMAL})
READ_CHARS: Final = 20_000
"""A message is read up to here, in code points."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says.

    Attributes:
        claims: in the order of the text.
        mentions: the names in it.
        dropped: how many clauses or claims were left out, by reason.
    """

    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


def read(
    content: str,
    *,
    role: str,
    speaker: str | None,
    said_at: datetime,
    kind: EventKind = EventKind.MESSAGE,
    named: tuple[Mention, ...] | None = None,
) -> Reading:
    """Read a message by rules.

    Args:
        content: the text, at most :data:`READ_CHARS` code points of it are read.
        role: who speaks: only ``user`` speaks about himself.
        speaker: the name of the speaker, if one is known; the subject of what he says of himself.
        said_at: when it was said, with a time zone; "yesterday" is the day before.
        kind: a document speaks for nobody.
        named: its names, when something else than the rules has found them.

    Raises:
        ValueError: ``said_at`` has no time zone.
    """
    if said_at.tzinfo is None:
        raise ValueError("said_at needs a time zone, for example datetime.now(UTC)")
    content = content[:READ_CHARS]
    speaks = role.lower() in SPEAKING_ROLES and kind is EventKind.MESSAGE
    named = names.mentions(content) if named is None else named
    if not speaks and role.lower() not in WORKING_ROLES:
        return Reading(mentions=named)
    times = temporal.mentions(content, said_at)
    masked, parts = clauses(content, speaker, times)
    people = frozenset(word for one in named if one.kind in _SOMEBODY for word in one.name.split())
    situation = Situation(speaker, content, times, things_only=not speaks, people=people, said_at=said_at)
    if any("zh" in clause.languages for clause in parts):
        meant = chinese.recut(masked, parts, times, said_at)
    else:
        meant = judged(masked, parts)
    claims, dropped = _read(meant, situation, [one for one in named if one.kind is EntityKind.PERSON])
    return Reading(tuple(claims), named, dropped)


def _read(
    parts: list[Clause], situation: Situation, people: Sequence[Mention]
) -> tuple[list[Claim], dict[str, int]]:
    dropped: Counter[str] = Counter()
    claims: list[Claim] = []
    seen: set[tuple[str, str, str, str]] = set()
    for number, clause in enumerate(parts):
        before = situation.person
        instead = corrected(parts, number, claims)
        if instead is not None and instead[1]:
            claims.pop()
        found = apply(clause, situation) if instead is None else [instead[0]]
        if situation.person is before:
            situation.person = _named(clause, people) or before
        if not found and clause.modality:
            dropped.update(sorted(clause.modality))
        for claim in found:
            key = (claim.subject, claim.predicate, claim.object.lower(), claim.polarity.value)
            if key in seen:
                dropped["said_twice"] += 1
                continue
            seen.add(key)
            claims.append(claim)
    if any("forget" in clause.modality for clause in parts):
        return [], {"asked_not_to_remember": len(claims)}
    if _impersonal(situation.content):
        kept = [claim for claim in claims if claim.subject == situation.self_name]
        dropped.update({"pasted": len(claims) - len(kept)} if len(kept) < len(claims) else {})
        claims = kept
    return claims, dict(dropped)


def _impersonal(content: str) -> bool:
    """Whether a long text speaks of nobody's own matters: a pasted article, story or specification."""
    words = _WORDS.findall(content) if len(content) > _LONG else ()
    return (
        len(words) >= _MANY_WORDS and sum(word.lower() in _OWN for word in words) * _MANY_WORDS < len(words) * _FEW
    )


def _named(clause: Clause, people: Sequence[Mention]) -> str | None:
    """The one person that an English clause names: whom "she" means in the next one."""
    if clause.language != "en":
        return None
    here = {one.name for one in people if clause.first <= one.first and one.last <= clause.last}
    return here.pop() if len(here) == 1 else None

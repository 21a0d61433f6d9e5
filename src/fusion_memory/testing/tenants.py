"""A town of owners whose names, words and ids are as confusable as can be, and what each of them may see.

Every memory carries a code that occurs nowhere else, or is word for word what other owners say, too.
This file must not read from a memory: it knows the truth because it said it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from fusion_memory.core.errors import NotFound
from fusion_memory.core.scope import Owner, Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing import sayings
from fusion_memory.testing.sayings import name_of, new_code
from fusion_memory.testing.workload import sentence

OWNERS = (
    Scope(user_id="ana"),
    Scope(user_id="Ana"),
    Scope(user_id="ana "),
    Scope(user_id="an%"),
    Scope(workspace_id="ana"),
    Scope(workspace_id="ana", user_id="ana"),
    Scope(agent_id="ana"),
    Scope(run_id="ana"),
    Scope(user_id="李雷"),
    Scope(workspace_id="李雷", agent_id="ana"),
)
ROLES = ("user", "assistant")
PLACES: Mapping[str, tuple[str | None, ...]] = {
    "session_id": (None, "s1", "s2", "s10"),
    "agent_id": (None, "ana", "ben"),
    "run_id": (None, "1", "2"),
    "app_id": (None, "chat", "mail"),
}
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 120
SHARED_SENTENCES = 25
FORGOTTEN = 3
STRANGER = Scope(workspace_id="ana", user_id="Ana")
"""Somebody who lives outside of the town and is nobody's business there."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One memory as it was said: where, by whom, when, and what."""

    owner: int
    place: Scope
    role: str
    said_at: datetime
    mood: int
    code: str
    text: str


class Town:
    """The owners of one memory service and all they said.

    ``said`` and ``gone`` hold what is there and what was erased, by id; ``pending`` counts what an owner has
    that was stored without its vector; ``values`` is what each keeps as a profile.

    Args:
        rng: decides what is said, and where.
        owners: how many, at most ten of them with their own kind of name.
    """

    def __init__(self, rng: Random, owners: int) -> None:
        self._rng = rng
        self.owners = [_owner(number) for number in range(owners)]
        self.said: dict[str, Truth] = {}
        self.gone: dict[str, Truth] = {}
        self.pending: Counter[int] = Counter()
        self.code_of: dict[str, str] = {}
        self._of_owner: defaultdict[Owner, dict[str, Truth]] = defaultdict(dict)
        self._texts: list[str] = []
        self._shared = [*sayings.ALIKE, *(sentence(rng, 6) for _ in range(SHARED_SENTENCES))]
        self.values: dict[Owner, dict[str, str]] = {}

    def settle(self, memory: MemoryService, memories: int) -> None:
        """Let every owner say so many things and forget a few of them. Some repeat themselves."""
        for number, owner in enumerate(self.owners):
            by_place: dict[Scope, list[Truth]] = {}
            for _ in range(memories):
                truth = self._saying(number, owner)
                by_place.setdefault(truth.place, []).append(truth)
            for place, truths in by_place.items():
                done = memory.add_batch([_message(truth) for truth in truths], place)
                self._register(done.ids, truths)
                self.pending[number] += done.pending
            self._forget(memory, owner)
            self._tidy(memory, owner)
            self.values[owner.owner] = {"motto": new_code(self._rng), "town": "Porto"}
            memory.update_user_profile(owner, self.values[owner.owner])

    def say(self, memory: MemoryService, owner: int, text: str) -> str:
        """Let one owner say something at large; the id it got."""
        truth = replace(self._saying(owner, self.owners[owner]), place=self.owners[owner], text=text, code="")
        [key] = memory.add([_message(truth)], truth.place).ids
        self._register([key], [truth])
        return key

    def rumour(self, rng: Random) -> str:
        """What a stranger might say, with a code that nobody in town may ever see."""
        code = new_code(rng)
        self.code_of[code] = "the stranger"
        return sayings.saying(rng, code) if rng.random() < 0.5 else f"{self.question(rng)} {code}"

    def visible(self, scope: Scope) -> dict[str, Truth]:
        """What a scope may see: its owner's memories within the places it names."""
        return {key: truth for key, truth in self._of_owner[scope.owner].items() if _within(truth, scope)}

    def narrowed(self, scope: Scope, rng: Random) -> Scope:
        """The scope of an owner narrowed to a random place."""
        return _place(rng, scope, chance=0.35)

    def question(self, rng: Random) -> str:
        """Words that somebody in town said, or somebody's very sentence, or words of nobody."""
        draw = rng.random()
        if draw < 0.2:
            return sentence(rng, rng.randint(1, 6))
        text = rng.choice(self._texts)
        if draw < 0.5:
            return text
        start = rng.randrange(len(text))
        return text[start : start + rng.randint(2, 40)].strip() or text

    def name(self, rng: Random, owner: Owner | None = None) -> str:
        """What somebody may be called: a name in use anywhere in town, or of one owner."""
        mine = [truth.code for truth in self._of_owner[owner].values()] if owner else [*self.code_of]
        return name_of(rng.choice([code for code in mine if code] or [new_code(rng)]))

    def _tidy(self, memory: MemoryService, owner: Scope) -> None:
        """Put one thing right, take another back, and say of two names that they are one."""
        facts = [fact for fact in memory.facts(owner) if fact.evidence][:2]
        for fact in facts[:1]:
            code = new_code(self._rng)
            self.code_of[code] = fact.evidence[0].event_id
            memory.correct(fact.id, owner, object=code)
        for fact in facts[1:]:
            memory.retract(fact.id, owner)
        named = memory.entities(owner)[:2]
        if len(named) == 2:
            with suppress(NotFound):  # somebody else's name, if it leaks: that is for the reads to find
                memory.merge_entities(owner, named[0].id, named[1].id)

    def _forget(self, memory: MemoryService, owner: Scope) -> None:
        ids = [key for key in self.visible(owner) if self.pending[self.said[key].owner] == 0][:FORGOTTEN]
        if ids:
            memory.forget(owner, ids)
            self.gone |= {key: self.said.pop(key) for key in ids}
            for key in ids:
                del self._of_owner[owner.owner][key]

    def _saying(self, number: int, owner: Scope) -> Truth:
        rng = self._rng
        code = new_code(rng)
        shared = rng.random() < 0.2
        return Truth(
            owner=number,
            place=_place(rng, owner, chance=0.5),
            role=rng.choice(ROLES),
            said_at=BEGINNING + timedelta(hours=rng.randrange(DAYS * 24)),
            mood=rng.randrange(4),
            code="" if shared else code,
            text=rng.choice(self._shared) if shared else sayings.saying(rng, code),
        )

    def _register(self, ids: tuple[str, ...] | list[str], truths: list[Truth]) -> None:
        for key, truth in zip(ids, truths, strict=True):
            self.said.setdefault(key, truth)
            self._of_owner[truth.place.owner].setdefault(key, truth)
            self._texts.append(truth.text)
            if truth.code:
                self.code_of[truth.code] = key


def strings(value: object, skipped: frozenset[str]) -> Iterator[str]:
    """Every text anywhere in a result, but for the fields skipped by name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, held in value.items():
            if name not in skipped:
                yield str(name)
                yield from strings(held, skipped)
    elif isinstance(value, list | tuple | set):
        for held in value:
            yield from strings(held, skipped)
    else:
        for name in getattr(value, "__dataclass_fields__", ()):
            if name not in skipped:
                yield from strings(getattr(value, name), skipped)


def _owner(number: int) -> Scope:
    if number < len(OWNERS):
        return OWNERS[number]
    return Scope(user_id=f"ana{number}")


def _place(rng: Random, owner: Scope, chance: float) -> Scope:
    """A place of an owner: some of the ids that the owner does not use for itself."""
    free = {name: rng.choice(values) for name, values in PLACES.items() if rng.random() < chance}
    if owner.user_id is None:  # otherwise an id of more weight would make it another owner
        keys = ("session_id", "app_id") if owner.agent_id is None else ("session_id", "app_id", "run_id")
        free = {name: value for name, value in free.items() if name in keys}
    return replace(owner, **free)


def within(place: Scope, scope: Scope) -> bool:
    """Whether a scope sees what happened in a place of its owner."""
    return all(getattr(place, name) == value for name, value in scope.narrowing.items())


def _within(truth: Truth, scope: Scope) -> bool:
    return within(truth.place, scope)


def _message(truth: Truth) -> dict[str, Any]:
    return {
        "content": truth.text,
        "role": truth.role,
        "time": truth.said_at,
        "metadata": {"mood": truth.mood},
    }

"""Judge what a read gave: nothing of it may belong to another owner or place, and it may not be counted in.

It knows the truth of the town, and of the memory only the records it gives away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from random import Random

from fusion_memory.core.errors import NotFound
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.sayings import codes_in
from fusion_memory.testing.tenants import Town, Truth, strings

ECHOES = frozenset({"query", "plan", "terms"})
"""Fields that repeat the question, which may quote what others said."""

_ID = re.compile(r"\bmem_[0-9a-z]{26}")
_MADE = re.compile(r"\b[a-z]+_[0-9a-hjkmnp-tv-z]{26}(?![0-9a-z])")
"""Identifiers of this program: their random letters may look like a code by chance."""

Visible = Mapping[str, Truth]


class Leak(Exception):
    """Something came back that must not."""


class Judge:
    """Compares results with the truth; ``texts`` counts what it looked at.

    Args:
        town: who said what.
    """

    def __init__(self, town: Town) -> None:
        self._town = town
        self.texts = 0

    def shows(self, result: object, visible: Visible, echoes: frozenset[str] = ECHOES) -> None:
        """Every id and every code anywhere in a result is of something visible.

        Raises:
            Leak: one is not.
        """
        for text in strings(result, echoes):
            self.texts += 1
            for key in (
                *_ID.findall(text),
                *(self._town.code_of.get(c, "a profile") for c in codes_in(_MADE.sub("", text))),
            ):
                if key not in visible:
                    raise Leak(f"{key} of {self._town.said.get(key)!r} came back")

    def is_all(self, found: Collection[str], visible: Visible) -> None:
        """What was found is all that is visible, and nothing else.

        Raises:
            Leak: it is not.
        """
        ids = set(found)
        if ids != visible.keys():
            raise Leak(f"{len(ids - visible.keys())} too many, {len(visible.keys() - ids)} missing")

    def not_found(self, reading: Callable[[], object], what: str) -> None:
        """A read of something that is not there for its scope says so, and no more.

        Raises:
            Leak: it was given away, or the refusal tells of it.
        """
        try:
            found = reading()
        except NotFound as refusal:
            if set(codes_in(str(refusal))) - set(codes_in(what)):
                raise Leak(f"the refusal tells what {what} says: {refusal}") from None
            return
        raise Leak(f"{what} was given away: {found!r}")


class Reads:
    """Random reads of one kind; :meth:`paths` gives them, each as often as it is to be chosen."""

    def __init__(self, memory: MemoryService, town: Town, rng: Random, judge: Judge) -> None:
        self.memory = memory
        self.town = town
        self.rng = rng
        self.judge = judge

    def paths(self) -> tuple[Callable[[Scope], None], ...]:
        """The reads; each raises :class:`Leak` when something is wrong with its answer."""
        raise NotImplementedError

    def reach(self, scope: Scope) -> tuple[bool, Visible]:
        """Whether a read crosses sessions, and what it may see then."""
        crossing = self.rng.random() < 0.3
        return crossing, self.town.visible(scope.across_sessions() if crossing else scope)

    def foreign(self, scope: Scope, count: int) -> list[str]:
        """Ids that the scope must not see: of other owners, and of its owner's other places."""
        visible = self.town.visible(scope)
        drawn = self.rng.sample(list(self.town.said), min(count, len(self.town.said)))
        return [key for key in drawn if key not in visible]

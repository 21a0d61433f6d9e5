"""The calls of the service that let a request be done once, however often it arrives."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import fields

from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.once import Begun, KeptResponse, OnceTerms
from fusion_memory.core.scope import Access, Action, Bounds, Scope
from fusion_memory.engine.calls import WHOLE_DATABASE, Calls
from fusion_memory.memory import once
from fusion_memory.memory.once import Attempt

MAX_KEY_CHARS = 255


class OnceCalls(Calls):
    """See :class:`~fusion_memory.core.once.OnceApi`. A caller's keys are its own: no other caller meets them."""

    def begin_once(self, key: str, digest: bytes, terms: OnceTerms) -> Begun:
        """Whether a request is to be done under a key; then nobody else does it until the lease is over.

        Raises:
            InvalidOption: the key is empty, too long, or not printable.
        """
        if not key.strip() or len(key) > MAX_KEY_CHARS or not key.isprintable():
            raise InvalidOption(
                f"An idempotency key is 1 to {MAX_KEY_CHARS} printable characters.", fix="send for instance a UUID"
            )
        now = self._parts.clock.now()
        attempt = Attempt(key, self._parts.ids.new("once", now))
        with self._parts.database.write() as tx:
            return once.begin(tx, self._own(), attempt, digest, terms, now)

    def finish_once(
        self, key: str, ticket: str, response: KeptResponse | None, reached: Set[Scope], *, plain: bool = False
    ) -> bool:
        """Keep the answer of an attempt for as long as its terms said, or note that it may not be kept."""
        with self._parts.database.write() as tx:
            return once.finish(tx, self._own(), Attempt(key, ticket), response, reached, plain=plain)

    def abandon_once(self, key: str, ticket: str, *, lost: bool = False) -> None:
        """Free the key of an attempt that did nothing; after one that was ``lost`` the same request may follow."""
        with self._parts.database.write() as tx:
            once.abandon(tx, self._own(), Attempt(key, ticket), lost=lost)

    def _own(self) -> Access:
        """The ticket of the caller's own book: it holds no memory, so it takes no right."""
        within = self._principal.within or Bounds()
        given = {item.name: limit for item in fields(within) if (limit := getattr(within, item.name))}
        place = Scope(**given) if given.keys() - {"app_id"} else WHOLE_DATABASE
        return Access(self._principal, place, Action.READ)

"""The call of the service that leafs through the memories of a scope."""

from __future__ import annotations

from datetime import datetime

from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.listing_api import MemoryPage
from fusion_memory.core.records import Trust
from fusion_memory.core.scope import Scope
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.memory import listing
from fusion_memory.memory.listing import Listed


class ListingCalls(Calls):
    """See :class:`~fusion_memory.core.listing_api.ListingApi`."""

    def memories(  # noqa: PLR0913 (filters, all optional and named)
        self,
        scope: Scope,
        *,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        role: str | None = None,
        speaker: str | None = None,
        origin: str | None = None,
        trust: str | None = None,
        as_of: datetime | str | None = None,
        allow_cross_session: bool = False,
        limit: int = 100,
        after: str | None = None,
    ) -> MemoryPage:
        """The memories of a scope, what was said last first, a page at a time.

        Args:
            scope: whose.
            since: only what was said from then on.
            until: only what was said before.
            role: only what was said in this role.
            speaker: only what this one said.
            origin: only what came in this way: ``"api"``, ``"log"``, ...
            trust: only what is believed as this, see :class:`~fusion_memory.core.records.Trust`.
            as_of: only what was recorded up to this moment.
            allow_cross_session: look beyond the scope's session.
            limit: so many, 1 to 1,000.
            after: the ``next`` of the page before, with the same filters.

        Raises:
            InvalidOption: the limit is out of range, ``trust`` is unknown, or ``after`` was changed.
            InvalidTime: a time cannot be read.
        """
        parts, access = self._read(scope, allow_cross_session)
        require_count("limit", limit, MAX_LIMIT)
        if trust is not None and trust not in Trust.__members__.values():
            raise InvalidOption(f"There is no trust {trust!r}.", fix=f"use one of {', '.join(Trust)}")
        between = parse_time(since), parse_time(until)
        wanted = Listed(*between, role, speaker, origin, trust, parse_time(as_of))
        with parts.database.read() as tx:
            return listing.page(tx, access, wanted, limit, after)

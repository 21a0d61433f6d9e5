"""The calls of the service on memory cards, what they save, and many facts in few lines."""

from __future__ import annotations

from fusion_memory.consolidation import condense as condensing
from fusion_memory.consolidation.care import Care
from fusion_memory.core.cards import Condensation, CondensationReport
from fusion_memory.core.clock import parse_time
from fusion_memory.core.condensation_api import Moment
from fusion_memory.core.digests import CompactFacts
from fusion_memory.core.layers import Cause
from fusion_memory.core.scope import Action, Scope
from fusion_memory.core.settings import Settings
from fusion_memory.engine import upkeep
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import condensations, digests, events, facts
from fusion_memory.memory.facts import FactQuery

MOST_FACTS = 100_000


class CondensationCalls(Calls):
    """See :class:`~fusion_memory.core.condensation_api.CondensationApi`."""

    _settings: Settings

    def condensations(
        self, scope: Scope, *, limit: int = 100, history: bool = False, as_of: Moment | None = None
    ) -> tuple[Condensation, ...]:
        """The memory cards of the scope's sessions, the latest session first.

        Args:
            scope: whose.
            limit: so many, 1 to 1,000.
            history: all versions that are kept, not only the latest of each session.
            as_of: as they stood at that moment; what was erased since is gone from them all the same.

        Raises:
            InvalidOption: the limit is out of range.
        """
        parts, access = self._read(scope)
        require_count("limit", limit, MAX_LIMIT)
        moment = parse_time(as_of)
        with parts.database.read() as tx:
            return condensations.of_scope(tx, access, limit=limit, history=history, as_of=moment)

    def condense(self, scope: Scope) -> tuple[Condensation, ...]:
        """Make the cards of the scope's session, or of all its sessions, anew; those cards.

        What waits for the rules is read first. Where a language model is configured it writes the cards
        (``condensation.model``); whatever is wrong with its answer, a card is made of the ledger and the session's
        own sentences.
        """
        parts, access = self._enter(Action.WRITE, scope)
        upkeep.read_what_is_due(parts, access)
        care = care_of(parts, self._settings)
        made = [condensing.condense(care, access, one) for one in condensing.due(care, access, Cause.REQUEST)]
        with parts.database.read() as tx:
            return condensations.of_scope(tx, access, limit=max(len(made), 1)) if any(made) else ()

    def condensation_report(self, scope: Scope) -> CondensationReport:
        """How many sessions of the scope have a card, of what lines, and the tokens that cards save."""
        parts, access = self._read(scope)
        with parts.database.read() as tx:
            return condensations.report(tx, access)

    def compact_facts(self, scope: Scope, max_facts: int | None = None) -> CompactFacts:
        """What is true now: so many facts one by one, the most important first, the others in digest lines.

        A digest cites every source of every fact in it; nothing is stored or taken away.

        Args:
            scope: whose.
            max_facts: facts told one by one, 0 for all; from the settings (``compaction.max_facts``) when absent.

        Raises:
            InvalidOption: the number is out of range.
        """
        parts, access = self._understood(scope)
        most = self._settings.compaction.max_facts if max_facts is None else max_facts
        if most:
            require_count("max_facts", most, MOST_FACTS)
        with parts.database.read() as tx:
            now = events.present(tx, access, parts.clock.now())
            return digests.compacted(facts.pages(tx, access, FactQuery(states=facts.CURRENT), now), most, now)


def care_of(parts: Parts, settings: Settings) -> Care:
    """What care tasks work with, of an open service."""
    return Care(parts.database, parts.embedder, parts.answering, settings, parts.clock, parts.ids)

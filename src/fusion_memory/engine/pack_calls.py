"""The calls of the service on context packs: make one, show it again, compare it, make it anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fusion_memory.core.packs import ContextPack, PackDiff, PackNote, Recall, StoredPack, difference
from fusion_memory.core.records import SearchOptions
from fusion_memory.core.scope import Access, Action, Scope
from fusion_memory.engine import packing, repacking
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_BUDGET_TOKENS, MAX_LIMIT, require_count
from fusion_memory.engine.options import resolve as options_of
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import packs


class PackCalls(Calls):
    """See :class:`~fusion_memory.core.api.MemoryApi`."""

    def answer_context(
        self,
        query: str,
        scope: Scope,
        budget: int | None = None,
        options: SearchOptions | Mapping[str, Any] | None = None,
    ) -> ContextPack:
        """Pack the evidence for a question into at most ``budget`` tokens, each line with its citation.

        Args:
            query: a question or words.
            scope: whose memories.
            budget: tokens of the text; from the settings when absent, more for the recipe ``deep``.
            options: of the search.

        Raises:
            InvalidOption: the budget is out of range.
        """
        return self._packed(query, scope, budget, options)[1].pack

    def recall(
        self,
        query: str,
        scope: Scope,
        budget: int | None = None,
        options: SearchOptions | Mapping[str, Any] | None = None,
    ) -> Recall:
        """Search once, and have both the hits and the pack of their evidence, which comes at the price of the pack.

        Args:
            query: a question or words.
            scope: whose memories.
            budget: tokens of the pack; from the settings when absent.
            options: of the search.

        Raises:
            InvalidOption: the budget is out of range.
        """
        (parts, access), made = self._packed(query, scope, budget, options)
        result = replace(made.offer.result, working=made.pack.working)
        return Recall(result, made.pack, packing.source_tokens(parts, access, result))

    def _packed(
        self, query: str, scope: Scope, budget: int | None, options: SearchOptions | Mapping[str, Any] | None
    ) -> tuple[tuple[Parts, Access], packing.Packed]:
        parts, access = self._enter(Action.READ, scope)
        wanted = options_of(options, {}, self._settings.retrieval)
        tokens = packing.budget_of(budget, wanted, self._settings.retrieval)
        require_count("budget", tokens, MAX_BUDGET_TOKENS)
        return (parts, access), packing.packed(parts, access, query, wanted, tokens)

    def packs(self, scope: Scope, limit: int = 20) -> tuple[PackNote, ...]:
        """The packs handed out lately where the scope can see, the latest first.

        Raises:
            InvalidOption: the limit is out of range.
        """
        parts, access = self._enter(Action.READ, scope)
        require_count("limit", limit, MAX_LIMIT)
        parts.traces.flush()
        with parts.database.read() as tx:
            return packs.listed(tx, access, limit)

    def pack(self, pack_id: str, scope: Scope) -> StoredPack:
        """A pack that was handed out, its texts read again; lines whose memory was erased are gone, and named.

        Raises:
            NotFound: there is no such pack in the scope, or it was pruned.
        """
        parts, access = self._enter(Action.READ, scope)
        return repacking.shown(parts, access, pack_id)

    def replay_pack(self, pack_id: str, scope: Scope, *, now: bool = False) -> ContextPack:
        """Make a pack anew with the question, budget and options it had, in the place where it was asked.

        The talk before the question is not kept (ADR 14), so the pack is made without it.

        Args:
            pack_id: which.
            scope: whose.
            now: from what is known now; else from what was known when it was handed out.

        Raises:
            NotFound: there is no such pack in the scope.
            InvalidInput: its question went with a memory that was erased.
        """
        parts, access = self._enter(Action.READ, scope)
        access, query, budget, options = repacking.asked_again(parts, access, pack_id, now=now)
        wanted = options_of(options, {}, self._settings.retrieval)
        return packing.packed(parts, access, query, wanted, budget).pack

    def diff_packs(self, first: str, second: str, scope: Scope) -> PackDiff:
        """How two packs that were handed out differ, line by line.

        Raises:
            NotFound: one of them is not in the scope.
        """
        return difference(self.pack(first, scope).pack, self.pack(second, scope).pack)

"""The calls of the service by which a person says what names mean: merge, split, alias, and what may be one."""

from __future__ import annotations

from fusion_memory.core.clock import parse_time
from fusion_memory.core.graph import MergeSuggestion
from fusion_memory.core.knowledge import Entity
from fusion_memory.core.knowledge_api import Moment
from fusion_memory.core.scope import Action, Scope
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.memory import entity_names


class NamingCalls(Calls):
    """See :class:`~fusion_memory.core.knowledge_api.KnowledgeApi`."""

    def merge_entities(self, scope: Scope, keep: str, other: str, reason: str = "") -> Entity:
        """Let two names mean one entity from now on; where each mention came from stays known.

        Args:
            scope: whose; what was named in its session, when it has one.
            keep: the entity that stays, by id or any name.
            other: the one that it is, too, likewise.
            reason: why, for whoever looks later.

        Raises:
            NotFound: one of them is not in the scope.
            InvalidInput: they are one already.
        """
        parts, access = self._enter(Action.WRITE, scope)
        why = parts.redactor.text(reason)
        with parts.database.write() as tx:
            return entity_names.merge(tx, access, keep, other, why, parts.clock.now())

    def split_entity(self, scope: Scope, name: str, reason: str = "") -> Entity:
        """Undo the last merge that joined this name with others; the entity as it stands then.

        No text that says otherwise joins the two again; merging them does.

        Args:
            scope: whose.
            name: the one that was merged into another, by id or by any of the names it had then.
            reason: why, for whoever looks later.

        Raises:
            NotFound: nobody of that name was spoken of in the scope.
            InvalidInput: it was not merged into another one.
        """
        parts, access = self._enter(Action.WRITE, scope)
        why = parts.redactor.text(reason)
        with parts.database.write() as tx:
            return entity_names.split(tx, access, name, why, parts.clock.now())

    def add_alias(self, scope: Scope, entity: str, alias: str) -> Entity:
        """Let an entity have another name, whether or not anybody used it.

        Raises:
            NotFound: nobody of that name was spoken of in the scope.
            InvalidInput: the alias is empty, or names another entity; merge the two then.
        """
        parts, access = self._enter(Action.WRITE, scope)
        clean = parts.redactor.text(alias)
        with parts.database.write() as tx:
            return entity_names.add_alias(tx, access, entity, clean, parts.clock.now())

    def remove_alias(self, scope: Scope, entity: str, alias: str) -> Entity:
        """Take a name away from an entity; one that somebody used stands alone from now on.

        Raises:
            NotFound: nobody of that name was spoken of in the scope.
            InvalidInput: the alias is no other name of the entity.
        """
        parts, access = self._enter(Action.WRITE, scope)
        clean = parts.redactor.text(alias)
        with parts.database.write() as tx:
            return entity_names.remove_alias(tx, access, entity, clean, parts.clock.now())

    def merge_suggestions(
        self,
        scope: Scope,
        *,
        limit: int = 50,
        as_of: Moment | None = None,
        allow_cross_session: bool = False,
    ) -> tuple[MergeSuggestion, ...]:
        """Pairs of entities that may be one by their names, the likeliest first, each with its reason.

        Nothing is merged. A pair that was split is not suggested again.

        Raises:
            InvalidOption: the limit is out of range.
        """
        parts, access = self._understood(scope, allow_cross_session)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            return tuple(entity_names.suggestions(tx, access, limit, parse_time(as_of)))

"""What every memory must do with what it understood, as a suite that runs against any ``MemoryApi``.

It stands beside :class:`~fusion_memory.testing.conformance.MemoryConformance`, which includes it.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Protocol

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.errors import FusionMemoryError, NotFound
from fusion_memory.core.knowledge import Entity, Polarity
from fusion_memory.core.scope import Scope

ANA = Scope(user_id="ana")
BEN = Scope(user_id="ben")
SAID = ("My colleague Anna Petrova lives in Berlin.", "I called Anna about the trip.", "我的同事王小明住在上海。")


class ClosableMemory(MemoryApi, Protocol):
    """A memory that a test may use as a context manager."""

    def __enter__(self) -> MemoryApi: ...
    def __exit__(self, *details: Any) -> None: ...  # noqa: ANN401 (exception details)


class KnowledgeConformance:
    """The suite. Tests are independent: each opens its own empty memory."""

    @abstractmethod
    def open_memory(self) -> ClosableMemory:
        """An empty memory."""

    def test_a_merge_is_undone_exactly(self) -> None:
        """Split gives back both as they were; nobody else's names can be joined or split."""
        with self.open_memory() as memory:
            memory.add(list(SAID), ANA)
            before = _named(memory, ANA)
            merged = memory.merge_entities(ANA, "Anna Petrova", "Anna", "same person")
            assert merged.aliases == ("Anna",)
            assert memory.merge_suggestions(ANA) == ()
            memory.split_entity(ANA, "Anna")
            assert _named(memory, ANA) == before
            for call in (
                lambda: memory.merge_entities(BEN, "Anna Petrova", "Anna"),
                lambda: memory.split_entity(BEN, "Anna"),
                lambda: memory.add_alias(BEN, "Anna", "Annie"),
                lambda: memory.remove_alias(BEN, "Anna", "Annie"),
            ):
                _refused(call, NotFound)
            _refused(lambda: memory.split_entity(ANA, "Anna Petrova"), FusionMemoryError)

    def test_names_that_may_be_one_are_suggested_with_a_reason(self) -> None:
        """Until a person decides."""
        with self.open_memory() as memory:
            memory.add(list(SAID), ANA)
            [one] = memory.merge_suggestions(ANA)
            assert (one.keep.name, one.other.name, one.reason) == ("Anna Petrova", "Anna", "short_form")
            assert memory.merge_suggestions(BEN) == ()

    def test_an_alias_by_hand_comes_and_goes(self) -> None:
        """In any script; nothing else changes."""
        with self.open_memory() as memory:
            memory.add(list(SAID), ANA)
            before = _named(memory, ANA)
            assert memory.add_alias(ANA, "王小明", "Xiaoming").aliases == ("Xiaoming",)
            assert memory.entity_graph("xiaoming", ANA).centre.name == "王小明"
            memory.remove_alias(ANA, "王小明", "Xiaoming")
            assert _named(memory, ANA) == before

    def test_disliking_has_one_form_in_every_language(self) -> None:
        """Said in another language it is the same fact; liking it now takes its place."""
        with self.open_memory() as memory:
            for text in ("I hate Jazz.", "我讨厌Jazz。", "I don't like Jazz."):
                memory.add(text, ANA)
            [fact] = memory.get_current_views(ANA, "current_preferences")[0].facts
            told = (fact.predicate, fact.polarity, fact.object, fact.times_seen)
            assert told == ("likes", Polarity.NEGATIVE, "Jazz", 3)

    def test_recent_messages_come_by_preset_and_within_a_budget(self) -> None:
        """Those of the session, or of all sessions when asked."""
        here, there = Scope(user_id="ana", session_id="here"), Scope(user_id="ana", session_id="there")
        with self.open_memory() as memory:
            memory.record_message(there, "user", "one")
            memory.record_message(here, "user", "two")
            assert [event.content for event in memory.working_memory(here)] == ["two"]
            assert [event.content for event in memory.working_memory(here, preset="user")] == ["one", "two"]
            assert [event.content for event in memory.working_memory(here, preset="user", budget=1)] == ["two"]
            _refused(lambda: memory.working_memory(here, preset="nonsense"), FusionMemoryError)


def _named(memory: MemoryApi, scope: Scope) -> dict[str, Entity]:
    return {entity.id: entity for entity in memory.entities(scope, limit=1_000)}


def _refused(call: Any, kind: type[FusionMemoryError]) -> None:  # noqa: ANN401 (any call)
    told = ""
    try:
        call()
    except kind as error:
        told = error.fix
    assert told, f"{kind.__name__} was expected, with a way out"

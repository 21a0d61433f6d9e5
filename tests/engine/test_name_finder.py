"""A finder of names that a caller brings is used, and nothing it does costs an event."""

from __future__ import annotations

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import ModelTimeout
from fusion_memory.core.knowledge import EntityKind, Mention

ANA = Scope(user_id="ana")
SAID = "My friend Clara moved to Porto with quetzal7."


def found(text, name, kind=EntityKind.PROJECT, **more):
    return Mention(name, kind, text.index(name), text.index(name) + len(name), **more)


def names(memory):
    return {entity.name for entity in memory.entities(ANA)}


def opened(finder):
    return MemoryService(embedder=None, llm=None, name_finder=finder)


def told(memory):
    report = memory.encoding_report(ANA)
    assert report.balanced
    return {name: count for name, count in report.reasons.items() if name.startswith("names")}


def test_its_names_are_the_entities():
    asked = []

    def finder(content):
        asked.append(content)
        return [found(content, "quetzal7")]

    with opened(finder) as memory:
        memory.add(SAID, ANA)
        assert names(memory) == {"quetzal7"}
        assert memory.entities(ANA)[0].kind is EntityKind.PROJECT
        assert told(memory) == {"names: name_finder": 1}
        assert "Clara lives in Porto" in {fact.text for fact in memory.facts(ANA)}
    assert asked == [SAID]


def test_an_alias_it_tells_joins_two_names():
    def finder(content):
        return (found(content, "quetzal7"), found(content, "Clara", EntityKind.PERSON, alias_of="quetzal7"))

    with opened(finder) as memory:
        memory.add(SAID, ANA)
        assert memory.entity("Clara", ANA).name == "quetzal7"


def raising(error):
    def finder(_content):
        raise error

    return finder


@pytest.mark.parametrize(
    ("finder", "reason"),
    [
        (raising(RuntimeError("secret words")), "name_finder_failed"),
        (raising(ModelTimeout()), "name_finder_timeout"),
        (lambda _: [Mention("Zoe", EntityKind.PERSON, 0, 3)], "name_finder_unusable"),
        (lambda _: [Mention("", EntityKind.PERSON, 4, 4)], "name_finder_unusable"),
        (lambda _: ["Clara"], "name_finder_unusable"),
        (lambda _: None, "name_finder_failed"),
    ],
)
def test_where_it_fails_the_rules_find_them_and_the_event_is_read(finder, reason):
    with MemoryService(embedder=None, llm=None) as plain, opened(finder) as memory:
        for one in (plain, memory):
            one.add(SAID, ANA)
        assert names(memory) == names(plain) != set()
        assert {fact.text for fact in memory.facts(ANA)} == {fact.text for fact in plain.facts(ANA)}
        assert told(memory) == {f"names: {reason}": 1}
        assert "secret" not in str(memory.encoding_report(ANA))


def test_reading_again_asks_it_again():
    down = [True]

    def finder(content):
        if down[0]:
            raise RuntimeError
        return [found(content, "quetzal7")]

    with opened(finder) as memory:
        memory.add(SAID, ANA)
        assert "quetzal7" not in names(memory)
        down[0] = False
        memory.refresh_current_views(ANA)
        assert names(memory) == {"quetzal7"}
        assert told(memory) == {"names: name_finder": 1}


def test_of_overlapping_names_the_surest_is_taken():
    def finder(content):
        return [found(content, "Clara", confidence=0.9), found(content, "friend Clara", confidence=0.5)]

    with opened(finder) as memory:
        memory.add(SAID, ANA)
        assert names(memory) == {"Clara"}

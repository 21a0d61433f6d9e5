"""Words that ask not to be remembered reach what they mean: the message itself, or the one just before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fusion_memory import MemoryService, Scope

HERE = Scope(user_id="ines", session_id="talk")


@pytest.fixture
def memory() -> Iterator[MemoryService]:
    with MemoryService(embedder=None) as service:
        yield service


def _texts(memory: MemoryService, state: str = "current") -> list[str]:
    return [fact.text for fact in memory.facts(HERE, state=state)]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("I live in Turku and I'm allergic to nuts.", "Please don't remember that."),
        ("I live in Turku.", "Actually, don't remember what I just said."),
        ("我住在成都，我对花生过敏。", "刚才那句别记。"),
        ("我住在成都。", "请不要记住刚才说的话"),
    ],
)
def test_the_message_just_before_is_taken_back(memory: MemoryService, said: str, asked: str) -> None:
    memory.add("My name is Ines.", HERE)
    before = len(_texts(memory))
    memory.add(said, HERE)
    made = len(_texts(memory)) - before
    memory.add([{"role": "assistant", "content": "Noted!"}], HERE)
    result = memory.add(asked, HERE)
    assert result.taken_back == made > 0
    assert len(_texts(memory)) == before
    assert len(_texts(memory, "retracted")) == made
    memory.add("Thanks, that is all.", HERE)
    assert len(_texts(memory)) == before


def test_what_was_taken_back_stays_so_when_all_is_read_anew(memory: MemoryService) -> None:
    memory.add("I live in Turku.", HERE)
    memory.add("Don't remember that.", HERE)
    memory.refresh_current_views(HERE)
    assert _texts(memory) == []


@pytest.mark.parametrize(
    "asked",
    ["Don't write this down: I was fired.", "Don't remember this: I hate my job.", "请不要记住这个：我离婚了。"],
)
def test_a_message_that_names_its_matter_takes_nothing_back(memory: MemoryService, asked: str) -> None:
    memory.add("I live in Turku.", HERE)
    assert memory.add(asked, HERE).taken_back == 0
    assert _texts(memory) == ["user lives in Turku"]


def test_another_conversation_is_left_alone(memory: MemoryService) -> None:
    memory.add("I live in Turku.", HERE)
    assert memory.add("Don't remember that.", Scope(user_id="ines", session_id="other")).taken_back == 0
    assert _texts(memory) == ["user lives in Turku"]

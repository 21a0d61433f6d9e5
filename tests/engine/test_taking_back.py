"""Words that ask not to be remembered reach what they mean: the message itself, or the one just before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.settings import EncodingSettings, Settings
from fusion_memory.testing.notebook import SetClock
from fusion_memory.testing.reader import ScriptedExtractor, claim

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


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def timed(clock: SetClock) -> Iterator[MemoryService]:
    with MemoryService(embedder=None, llm=None, clock=clock) as service:
        yield service


def _said(memory: MemoryService, *contents: str, role: str = "user", here: Scope = HERE) -> list[str]:
    return [memory.add([{"role": role, "content": content}], here).ids[0] for content in contents]


def _objects(memory: MemoryService, state: str = "current") -> list[str]:
    return sorted(fact.object for fact in memory.facts(HERE, state=state))


ALLERGY = [
    ("I'm allergic to nuts.", "I live in Turku.", "Don't remember that."),
    ("我对花生过敏。", "我住在成都。", "刚才那句别记。"),
]


@pytest.mark.parametrize(("kept", "withdrawn", "asked"), ALLERGY)
def test_what_was_erased_since_makes_nothing_else_meant(
    memory: MemoryService, kept: str, withdrawn: str, asked: str
) -> None:
    _said(memory, kept)
    allergy = _texts(memory)
    gone = _said(memory, withdrawn)
    _said(memory, asked)
    memory.forget(HERE, gone)
    memory.refresh_current_views(HERE)
    assert _texts(memory) == allergy != []
    with MemoryService(embedder=None, llm=None) as other:
        other.import_records(list(memory.export(HERE)))
        assert _texts(other) == allergy
        other.refresh_current_views(HERE)
        assert _texts(other) == allergy


@pytest.mark.parametrize("answered", [True, False])
def test_a_message_erased_before_the_request_makes_nothing_else_meant(
    memory: MemoryService, answered: bool
) -> None:
    _said(memory, "I'm allergic to nuts.")
    gone = _said(memory, "I live in Turku.")
    if answered:
        _said(memory, "Noted!", role="assistant")
    memory.forget(HERE, gone)
    _said(memory, "Don't remember that.")
    assert _objects(memory) == ["nuts"]


@pytest.mark.parametrize(("kept", "withdrawn", "asked"), ALLERGY)
def test_a_copy_does_not_read_what_was_taken_back(
    memory: MemoryService, kept: str, withdrawn: str, asked: str
) -> None:
    _said(memory, kept)
    _said(memory, withdrawn, asked)
    current, back = _texts(memory), _texts(memory, "retracted")
    with MemoryService(embedder=None, llm=None) as other:
        other.import_records(list(memory.export(HERE)))
        assert (_texts(other), _texts(other, "retracted")) == (current, back)
        other.refresh_current_views(HERE)
        assert (_texts(other), _texts(other, "retracted")) == (current, back)
        report = other.encoding_report(HERE)
        assert report.balanced
        assert report.reasons["empty: taken_back"] == 1


def test_a_message_taken_back_unread_stays_unread() -> None:
    offline = Settings(encoding=EncodingSettings(mode="offline"))
    with MemoryService(embedder=None, llm=None, settings=offline) as memory:
        _said(memory, "I'm allergic to nuts.", "I live in Turku.", "Don't remember that.")
        memory.refresh_current_views(HERE)  # reads them for the first time, so what is asked for is done
        assert _objects(memory) == ["nuts"]
        records = list(memory.export(HERE))
    bare = [record for record in records if record["type"] == "memory"]
    assert [record.get("taken_back", False) for record in bare] == [False, True, False]


def test_a_gap_before_a_request_that_is_read_late_makes_nothing_else_meant() -> None:
    offline = Settings(encoding=EncodingSettings(mode="offline"))
    with MemoryService(embedder=None, llm=None, settings=offline) as memory:
        _said(memory, "I'm allergic to nuts.")
        gone = _said(memory, "I live in Turku.")
        _said(memory, "Don't remember that.")
        memory.forget(HERE, gone)
        memory.drain_update_queue()
        assert _objects(memory) == ["nuts"]


def test_a_correction_outlives_the_message_that_was_taken_back(memory: MemoryService) -> None:
    _said(memory, "I live in Turku.")
    memory.correct(memory.facts(HERE)[0].id, HERE, object="Oulu")
    _said(memory, "Don't remember that.")
    assert _objects(memory) == ["Oulu"]
    memory.refresh_current_views(HERE)
    assert _objects(memory) == ["Oulu"]


def test_a_correction_made_after_the_request_outlives_a_rebuild(memory: MemoryService) -> None:
    _said(memory, "I live in Turku.", "Don't remember that.")
    back = memory.facts(HERE, state="retracted")[0]
    memory.correct(back.id, HERE, object="Oulu")
    memory.refresh_current_views(HERE)
    assert _objects(memory) == ["Oulu"]


@pytest.mark.parametrize(
    ("turns", "back"),
    [
        ([("user", "Noted.")], []),
        ([("assistant", "Noted.")], ["Turku"]),
        ([("assistant", "Noted."), ("assistant", "What else?")], []),
        ([("tool", "It rains.")], []),
        ([("assistant", "记下了。")], ["Turku"]),
    ],
)
def test_only_an_answer_may_stand_between(
    memory: MemoryService, turns: list[tuple[str, str]], back: list[str]
) -> None:
    _said(memory, "I live in Turku.")
    for role, content in turns:
        _said(memory, content, role=role)
    _said(memory, "Don't remember that.")
    assert _objects(memory, "retracted") == back


def test_another_speaker_is_not_meant(memory: MemoryService) -> None:
    memory.add([{"role": "user", "speaker": "Ana", "content": "I live in Turku."}], HERE)
    memory.add([{"role": "user", "speaker": "Ben", "content": "Don't remember that."}], HERE)
    assert _objects(memory) == ["Turku"]


@pytest.mark.parametrize(("minutes", "back"), [(29, ["Turku"]), (31, []), (-1, [])])
def test_long_ago_is_not_just_before(timed: MemoryService, clock: SetClock, minutes: int, back: list[str]) -> None:
    _said(timed, "I live in Turku.")
    later = clock.now() + timedelta(minutes=minutes)
    timed.add([{"role": "user", "content": "Don't remember that.", "said_at": later}], HERE)
    assert _objects(timed, "retracted") == back


def test_calls_without_a_session_are_no_conversation(memory: MemoryService) -> None:
    nowhere = Scope(user_id="ines")
    _said(memory, "I live in Turku.", "Don't remember that.", here=nowhere)
    assert [fact.object for fact in memory.facts(nowhere)] == ["Turku"]
    talk = ["I like jazz.", "Please don't remember that."]
    memory.add([{"role": "user", "content": content} for content in talk], nowhere)
    assert [fact.object for fact in memory.facts(nowhere)] == ["Turku"]


def test_what_was_said_again_counts_by_the_last_time(timed: MemoryService, clock: SetClock) -> None:
    for content in ("I live in Turku.", "I'm allergic to nuts.", "I live in Turku.", "Don't remember that."):
        _said(timed, content)
        clock.moment += timedelta(minutes=20)
    assert (_objects(timed), _objects(timed, "retracted")) == (["nuts"], ["Turku"])


def test_an_answer_given_again_is_an_answer(timed: MemoryService, clock: SetClock) -> None:
    for content in ("I'm allergic to nuts.", "I live in Turku."):
        _said(timed, content)
        _said(timed, "Noted!", role="assistant")
        clock.moment += timedelta(minutes=1)
    _said(timed, "Don't remember that.")
    assert (_objects(timed), _objects(timed, "retracted")) == (["nuts"], ["Turku"])


def test_no_model_reads_again_what_was_taken_back() -> None:
    withdrawn = "I live in Turku."
    model = ScriptedExtractor({withdrawn: [claim("lives_near", "Ruissalo")]})
    offline = Settings(encoding=EncodingSettings(mode="offline"))
    with MemoryService(embedder=None, extractor=model, settings=offline) as memory:
        _said(memory, withdrawn)
        memory.drain_update_queue()
        assert _objects(memory) == ["Ruissalo", "Turku"]
        _said(memory, "Don't remember that.")
        memory.drain_update_queue()
        assert _objects(memory) == []
        shown = sum(withdrawn in contents for contents in model.shown)
        memory.refresh_current_views(HERE)
        memory.drain_update_queue()
        assert sum(withdrawn in contents for contents in model.shown) == shown == 1
        assert _objects(memory) == []
        assert memory.encoding_report(HERE).balanced

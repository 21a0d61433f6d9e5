from datetime import UTC, datetime

import pytest

from fusion_memory import Scope
from fusion_memory.core.errors import InvalidInput, InvalidMetadata, InvalidScope, InvalidTime
from fusion_memory.core.records import EventKind
from fusion_memory.ingestion.normalise import Defaults, stream, turns

ANA = Defaults(Scope(user_id="ana"))


def test_a_text_is_said_by_the_user():
    [turn] = turns("I live in Porto.", ANA)
    assert (turn.content, turn.role, turn.kind) == ("I live in Porto.", "user", EventKind.MESSAGE)
    assert turn.said_at is None


def test_a_message_keeps_everything_it_carries():
    [turn] = turns(
        {
            "role": "Assistant",
            "content": "Noted.",
            "name": "Bot",
            "id": 17,
            "time": "2026-03-14T09:30:00+01:00",
            "session_id": "s1",
            "metadata": {"topic": "travel"},
            "mood": "calm",
        },
        Defaults(Scope(user_id="ana"), metadata={"source": "chat"}),
    )
    assert (turn.role, turn.speaker, turn.client_id, turn.session_id) == ("assistant", "Bot", "17", "s1")
    assert turn.said_at == datetime(2026, 3, 14, 8, 30, tzinfo=UTC)
    assert turn.metadata == {"topic": "travel", "mood": "calm", "source": "chat"}


def test_a_message_may_come_in_parts():
    [turn] = turns({"role": "user", "content": [{"type": "text", "text": "one"}, "two", {"type": "image"}]}, ANA)
    assert turn.content == "one\ntwo"


def test_a_document_is_no_conversation():
    [turn] = turns({"type": "document", "text": "Chapter one."}, ANA)
    assert (turn.kind, turn.role) == (EventKind.DOCUMENT, "document")


def test_the_time_of_the_call_holds_for_messages_without_one():
    first, second = turns(
        ["a", {"content": "b", "time": "2026-01-02"}], Defaults(Scope(user_id="ana"), session_time="2026-01-01")
    )
    assert (first.said_at.day, second.said_at.day) == (1, 2)


@pytest.mark.parametrize("bad", [None, 7, b"bytes", {"role": "user"}, [None], [["nested"]], {"content": 7}])
def test_what_is_no_input_is_refused(bad):
    with pytest.raises(InvalidInput):
        turns(bad, ANA)


def test_a_bad_time_is_refused():
    with pytest.raises(InvalidTime):
        turns({"content": "a", "time": "soon"}, ANA)


@pytest.mark.parametrize(
    "metadata", ["text", {1: "a"}, {"a": object()}, {"a": float("nan")}, {"a": "x" * 70_000}, {"a": {1, 2}}]
)
def test_metadata_is_a_json_object_of_modest_size(metadata):
    with pytest.raises(InvalidMetadata):
        turns({"content": "a", "metadata": metadata}, ANA)


def test_a_message_of_another_session_is_refused():
    defaults = Defaults(Scope(user_id="ana", session_id="s1"))
    with pytest.raises(InvalidScope):
        turns({"content": "a", "session_id": "s2"}, defaults)
    assert turns({"content": "a", "session_id": "s1"}, defaults)[0].session_id == "s1"
    assert turns("a", defaults)[0].session_id == "s1"


@pytest.mark.parametrize("field", ["name", "id", "session_id"])
def test_names_and_ids_are_printable(field):
    with pytest.raises(InvalidInput):
        turns({"content": "a", field: "x\ny"}, ANA)


def test_a_stream_flattens_lists():
    given = ["a", {"content": "b"}, ["c", {"content": "d"}]]
    assert [turn.content for turn in stream(given, ANA)] == ["a", "b", "c", "d"]

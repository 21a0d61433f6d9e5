"""An import takes in what an export can hold, and nothing that no other call would take."""

import json
from hashlib import blake2b

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidInput, InvalidMetadata
from fusion_memory.core.settings import IngestSettings, Settings

ANA = Scope(user_id="ana")
NOON = "2026-01-01T12:00:00+00:00"
SOUND = {
    "type": "memory",
    "id": "mem_x1",
    "scope": {"user_id": "ana"},
    "session_id": None,
    "thread": "t1",
    "kind": "message",
    "role": "user",
    "speaker": None,
    "content": "I live in Oslo.",
    "client_id": None,
    **dict.fromkeys(("said_at", "recorded_at", "last_seen_at"), NOON),
    "times_seen": 1,
    "origin": "api",
    "metadata": {},
    "identity": "00" * 16,
}


def nested(depth):
    return json.loads("[" * depth + "]" * depth)


def exported(*records):
    digest = blake2b(digest_size=16)
    for record in records:
        written = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest.update(written.encode("utf-8", "surrogatepass"))
    end = {"type": "end", "count": len(records), "by_hand": 0, "digest": digest.hexdigest()}
    return [{"type": "header", "format": "fusion-memory.export.v2"}, *records, end]


@pytest.fixture
def memory():
    with MemoryService(embedder=None, llm=None, reranker=None) as service:
        yield service


def test_a_sound_one_is_taken_in(memory):
    full = {"session_id": "s1", "speaker": "Ana", "client_id": "c1", "metadata": {"a": nested(60)}, "times_seen": 3}
    assert memory.import_records(exported(SOUND | full)).imported == 1
    assert memory.get("mem_x1", "memory", ANA).times_seen == 3


ODD = [
    {"id": ""},
    {"id": 5},
    {"id": "a\x00"},
    {"thread": "\ud800"},
    {"session_id": " "},
    {"session_id": 5},
    {"session_id": "a\nb"},
    {"session_id": "x" * 10_000},
    {"client_id": [1]},
    {"client_id": "\ud800"},
    {"speaker": {"a": 1}},
    {"role": "r" * 5_000},
    {"role": None},
    {"origin": "\x00"},
    {"kind": ["message"]},
    {"content": ""},
    {"content": 5},
    {"content": "a\x00b"},
    {"content": "a\ud800b"},
    {"content": "x" * 3_000_000},
    {"times_seen": -5},
    {"times_seen": 0},
    {"times_seen": True},
    {"times_seen": 1e30},
    {"times_seen": 10**30},
    {"times_seen": float("inf")},
    {"said_at": None},
    {"said_at": 5},
    {"said_at": "0001-01-01T00:00:00+14:00"},
    {"recorded_at": "9999-12-31T23:59:59-14:00"},
    {"last_seen_at": "yesterday"},
    {"metadata": [["a", 1]]},
    {"metadata": {"a": "\ud800"}},
    {"metadata": {"a": float("nan")}},
    {"metadata": {"a": "x" * 200_000}},
    {"metadata": {"a": nested(600)}},
    {"identity": ""},
    {"identity": 7},
    {"identity": "zz"},
    {"scope": {"user_id": "a\nb"}},
    {"scope": 5},
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:40])
def test_what_no_other_call_would_take_is_refused(memory, odd):
    with pytest.raises(InvalidInput):
        memory.import_records(exported(SOUND | odd))
    assert memory.stats(ANA).memories == 0


def test_a_length_that_is_set_holds_for_imports():
    short = Settings(ingest=IngestSettings(max_chars=10))
    with MemoryService(embedder=None, settings=short) as memory, pytest.raises(InvalidInput, match="characters"):
        memory.import_records(exported(SOUND))


def test_messages_are_judged_by_the_same_measure(memory):
    with pytest.raises(InvalidMetadata, match="deep"):
        memory.add({"content": "hi", "metadata": {"a": nested(64)}}, ANA)
    loop = {}
    loop["a"] = loop["b"] = loop
    with pytest.raises(InvalidMetadata):
        memory.add({"content": "hi", "metadata": loop}, ANA)
    for odd in ({"role": "\ud800"}, {"origin": "a\x00"}):
        with pytest.raises(InvalidInput):
            memory.add({"content": "hi", **odd}, ANA)
    memory.add({"content": "hi", "metadata": {"a": nested(63)}}, ANA)
    with MemoryService(embedder=None, llm=None, reranker=None) as copy:
        assert copy.import_records(list(memory.export(ANA))).imported == 1

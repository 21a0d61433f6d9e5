"""A read changes nothing that was said or set, needs no right to write, and answers where none is possible."""

from __future__ import annotations

import pytest

from fusion_memory import MemoryService, Principal, Scope
from fusion_memory.core.errors import DatabaseCorrupt, DatabaseLocked, DatabaseReadOnly, DiskFull
from fusion_memory.core.scope import Action
from fusion_memory.core.settings import EncodingSettings, Settings

ANA = Scope(user_id="ana")
TALK = Scope(user_id="ana", session_id="s1")
PLACES = ("wall", "door", "pond", "gate", "shed", "barn")
SAID = [f"I planted {n} apple trees in my garden near the {place}." for n, place in enumerate(PLACES)]


@pytest.fixture
def path(tmp_path):
    target = tmp_path / "memory.db"
    with MemoryService(target, embedder=None, llm=None) as memory:
        memory.add([*SAID, "I am allergic to peanuts.", "I live in Porto."], TALK)
    return target


def opened(path, **more):
    return MemoryService(path, embedder=None, llm=None, **more)


def read_all(memory):
    return memory.get_session_summaries(ANA), memory.core_memory(ANA), memory.facts(ANA)


def test_the_right_to_read_is_enough(path):
    reader = Principal("reader", frozenset({Action.READ}))
    with opened(path) as memory:
        before = list(memory.export(ANA))[:-1]
    with opened(path, principal=reader) as memory:
        summaries, core, facts = read_all(memory)
        assert summaries
        assert "peanuts" in core.text
        assert facts
    with opened(path) as memory:
        after = [record for record in memory.export(ANA) if record["type"] not in ("core_fact", "end")]
        assert after == before


def test_what_did_not_change_is_not_written_again(path, monkeypatch):
    with opened(path) as memory:
        told = read_all(memory)

        def write():
            raise AssertionError("nothing was to be written")

        monkeypatch.setattr(memory._parts.database, "write", write)
        assert read_all(memory) == told


@pytest.mark.parametrize("error", [DatabaseLocked, DatabaseReadOnly, DiskFull])
def test_where_nothing_can_be_written_a_read_answers_from_what_is_there(path, monkeypatch, error):
    with opened(path) as memory:

        def write():
            raise error

        monkeypatch.setattr(memory._parts.database, "write", write)
        summaries, core, facts = read_all(memory)
        assert (summaries, core.text) == ((), "")
        assert facts


def test_a_damaged_database_is_not_passed_over(path, monkeypatch):
    with opened(path) as memory:

        def write():
            raise DatabaseCorrupt

        monkeypatch.setattr(memory._parts.database, "write", write)
        with pytest.raises(DatabaseCorrupt):
            memory.core_memory(ANA)


def test_with_encoding_off_the_report_balances_and_says_that_nothing_was_asked(tmp_path):
    off = Settings(encoding=EncodingSettings(mode="off"))
    with opened(tmp_path / "off.db", settings=off) as memory:
        memory.add(["I live in Porto.", "I keep bees."], ANA)
        report = memory.encoding_report(ANA)
        assert report.balanced
        assert (report.accepted, report.empty, report.not_asked, report.pending) == (2, 2, 2, 0)
        assert report.reasons == {"empty: not_asked": 2}
        assert memory.facts(ANA) == ()
        assert memory.list_background_tasks(ANA) == ()
        with opened(tmp_path / "copy.db", settings=off) as copy:
            copy.import_records(memory.export(ANA))
            assert copy.encoding_report(ANA).not_asked == 2
    with opened(tmp_path / "off.db") as memory:
        assert memory.facts(ANA) == ()
        memory.refresh_current_views(ANA)
        assert [fact.object for fact in memory.facts(ANA, slot="residence")] == ["Porto"]
        report = memory.encoding_report(ANA)
        assert report.balanced
        assert report.not_asked == 0

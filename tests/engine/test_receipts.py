"""Erasures leave receipts that can be verified, and do not come back out of older backups; subjects go entirely."""

from __future__ import annotations

import shutil

import pytest

from fusion_memory import MemoryService, Principal, Scope
from fusion_memory.core.errors import InvalidScope, NotFound, StorageError
from fusion_memory.core.scope import Action
from fusion_memory.core.settings import Settings, StorageSettings
from fusion_memory.engine import build
from fusion_memory.memory import subjects
from fusion_memory.storage import sidecar

ANA, BEN = Scope(workspace_id="acme", user_id="ana"), Scope(workspace_id="acme", user_id="ben")
ALL = Scope(workspace_id="*")
TEXTS = ["I love green tea.", "I moved to Porto in May.", "My sister Julia has a boat."]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "memory.db"


def opened(path):
    return MemoryService(path, embedder=None, llm=None)


def test_an_erasure_leaves_a_receipt(path):
    with opened(path) as memory:
        ids = memory.add(TEXTS, ANA).ids
        done = memory.forget(ANA, [ids[2]])
        found = memory.verify_receipt(done.receipt, ANA)
        assert found.valid, found.checks
        assert {check.name for check in found.checks} == {
            "unchanged", "in_audit", "audit_chain", "tombstones", "gone", "beside",
        }  # fmt: skip
        receipt = found.receipt
        assert (receipt.by, receipt.cause, receipt.memories, receipt.despite) == ("local", "forget", 1, ())
        assert receipt.gone["events"] == receipt.gone["spans"] == 1
        assert receipt.gone["facts"] >= 1
        assert memory.receipts(ANA) == (receipt,) == memory.receipts(ALL)
        assert memory.receipts(BEN) == ()
        with pytest.raises(NotFound):
            memory.verify_receipt(done.receipt, BEN)
        assert memory.forget(ANA, everything=True, dry_run=True).receipt is None


def test_a_receipt_that_was_touched_is_told(path):
    with opened(path) as memory:
        memory.add(TEXTS, ANA)
        done = memory.forget(ANA, everything=True)
        writer = memory._parts.database._writer
        writer.execute("UPDATE receipts SET body = replace(body, '\"memories\": 3', '\"memories\": 2')")
        failed = {check.name for check in memory.verify_receipt(done.receipt, ANA).checks if not check.ok}
        assert failed == {"unchanged"}


def test_what_came_back_is_told(path):
    with opened(path) as memory:
        memory.add(TEXTS, ANA)
        records = list(memory.export(ANA))
        done = memory.forget(ANA, everything=True)
        memory.import_records(records)
        found = memory.verify_receipt(done.receipt, ANA)
        assert {check.name: check.detail for check in found.checks if not check.ok} == {"gone": "3"}


def test_an_older_backup_does_not_bring_back_what_was_erased(path, tmp_path):
    with opened(path) as memory:
        ids = memory.add(TEXTS, ANA).ids
        memory.add(TEXTS, BEN)
        memory.update_user_profile(BEN, {"nickname": "Benny"})
        memory.backup(tmp_path / "old.db")
        kept = memory.add("I keep bees.", ANA).ids
        memory.forget(ANA, [ids[0], *kept])
        memory.forget_subject(BEN)
        memory.backup(tmp_path / "new.db")
    shutil.copyfile(tmp_path / "old.db", path)
    with opened(path) as memory:
        assert {event.id for event in memory.memories(ANA).items} == set(ids[1:])
        assert memory.stats(BEN).memories == 0
        assert memory.get_user_profile(BEN) == {}
        with memory._parts.database.read() as tx:
            assert [row[2] for row in tx.rows("owner_columns")] == ["ana"]
        replayed = memory.receipts(ALL)
        assert {receipt.cause for receipt in replayed} == {"replay"}
        assert all(memory.verify_receipt(receipt.id, ALL).valid for receipt in replayed)
        assert memory._parts.database.check() == []
    before = path.with_name("memory.db.erasures").read_bytes()
    with opened(path) as memory:
        assert len(memory.receipts(ALL)) == len(replayed)
    assert path.with_name("memory.db.erasures").read_bytes() == before
    shutil.copyfile(tmp_path / "new.db", path)
    with opened(path) as memory:
        assert memory.stats(ANA).memories == 2


def test_a_subject_that_comes_back_is_welcome(path, tmp_path):
    with opened(path) as memory:
        memory.add(TEXTS, BEN)
        memory.backup(tmp_path / "old.db")
        memory.forget_subject(BEN)
        again = memory.add("Here I am again.", BEN).ids
        memory.backup(tmp_path / "between.db")
        gone = memory.add("Not for long.", BEN).ids
        memory.forget(BEN, list(gone))
    shutil.copyfile(tmp_path / "between.db", path)
    with opened(path) as memory:
        assert tuple(event.id for event in memory.memories(BEN).items) == again


def test_a_file_beside_that_was_lost_is_written_again(path):
    with opened(path) as memory:
        memory.add(TEXTS, ANA)
        memory.forget(ANA, everything=True)
    beside = path.with_name("memory.db.erasures")
    held = sidecar.read(beside)
    assert beside.stat().st_mode & 0o777 == 0o600
    beside.unlink()
    with opened(path):
        assert sidecar.read(beside) == held or sidecar.read(beside).digests == held.digests
    beside.write_text(beside.read_text() + "memory 12 abc")  # torn by a power cut
    with opened(path) as memory:
        memory.add("I keep bees.", ANA)
        memory.forget(ANA, everything=True)
    assert len(sidecar.read(beside).digests) == len(TEXTS) + 1


def test_a_strange_file_beside_is_refused(path):
    path.with_name("memory.db.erasures").write_text("hello\n")
    with pytest.raises(StorageError, match="not a list of erasures"):
        opened(path)


def test_a_database_of_another_line_is_compared_anew(path, tmp_path):
    with opened(tmp_path / "other.db") as other:
        other.add(TEXTS, ANA)
        other.forget(ANA, everything=True)
        other.add("I keep bees.", BEN)
    with opened(path) as memory:
        memory.add(TEXTS, ANA)
        memory.forget(ANA, everything=True)
    shutil.copyfile(tmp_path / "other.db", path)
    with opened(path) as memory:
        assert memory.stats(BEN).memories == 1
        memory.forget(BEN, everything=True)
        assert memory.verify_receipt(memory.receipts(BEN)[0].id, BEN).valid


def test_every_table_says_what_becomes_of_it_when_a_subject_goes(path):
    """A new table fails here: name it in memory/subjects.py, and erase in it what is its owner's."""
    with opened(path) as memory, memory._parts.database.read() as tx:
        assert subjects.unnamed(tx) == []
        names = {row[0] for row in tx.rows("schema_tables")}
    said = [subjects.WITH_ITS_MEMORIES, subjects.BY_OWNER, subjects.OTHERWISE, subjects.NOBODYS]
    assert set().union(*said) == names
    twice = set(subjects.BY_OWNER) & (set(subjects.OTHERWISE) | set(subjects.NOBODYS))
    assert twice == set()


def test_a_subject_goes_from_every_table(path):
    mark = "zanzibar"
    gone = Scope(workspace_id="acme", user_id=mark)
    with opened(path) as memory:
        for scope in (gone, BEN):
            memory.add(
                [f"I moved to Porto number {n} with {scope.user_id}." for n in range(8)],
                Scope(workspace_id="acme", user_id=scope.user_id, session_id=f"{scope.user_id} monday"),
            )
            memory.condense(Scope(workspace_id="acme", user_id=scope.user_id, session_id=f"{scope.user_id} monday"))
        memory.add([f"My sister {mark} loves tea.", f"I love {mark} tea."], gone, metadata={"tag": mark})
        memory.update_user_profile(gone, {"nickname": mark})
        memory.set_policy(gone, preset="ttl-90")
        memory.release_hold(memory.hold(gone, mark).id, gone)
        memory.add_alias(gone, memory.entities(gone)[0].name, f"the {mark}")
        memory.core_memory(gone)
        memory.search(f"{mark}?", gone)
        memory.answer_context(f"{mark}?", gone)
        done = memory.forget_subject(gone)
        assert memory.verify_receipt(done.receipt, gone).valid
        with memory._parts.database.read() as tx:
            assert mark not in {row[2] for row in tx.rows("owner_columns")}
        tables = [
            row[0]
            for row in memory._parts.database._writer.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        for table in tables:
            rows = memory._parts.database._writer.execute(f"SELECT * FROM {table}").fetchall()
            assert mark not in repr(rows).lower(), table
        assert memory.stats(BEN).memories == 8
        with pytest.raises(NotFound):
            memory.forget_subject(gone)


@pytest.mark.parametrize(
    "scope", [Scope(workspace_id="acme"), Scope(user_id="ana", session_id="s"), Scope(user_id="ana", app_id="a")]
)
def test_a_subject_is_one_owner(path, scope):
    with opened(path) as memory, pytest.raises(InvalidScope):
        memory.forget_subject(scope)


def test_who_may_forget_may_forget_a_subject(path):
    with opened(path) as memory:
        memory.add(TEXTS, ANA)
        ana = memory.acting_as(Principal("ana", frozenset({Action.FORGET})))
        assert len(ana.forget_subject(ANA, dry_run=True).ids) == 3
        assert len(ana.forget_subject(ANA).ids) == 3


def test_restoring_erases_again_at_once(path, tmp_path):
    settings = Settings(storage=StorageSettings(path=str(path)))
    with opened(path) as memory:
        ids = memory.add(TEXTS, ANA).ids
        memory.backup(tmp_path / "old.db")
        memory.forget(ANA, [ids[0]])
    path.with_name("memory.db.erasures").unlink()  # a process died before it could write it
    build.restore(settings, tmp_path, tmp_path / "old.db")
    with opened(path) as memory:
        assert {event.id for event in memory.memories(ANA).items} == set(ids[1:])
        assert memory.receipts(ANA)[0].cause == "replay"

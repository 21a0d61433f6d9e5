"""Full, unreadable and failing disks, and locked files: a named error, nothing half-written, and it goes on."""

from __future__ import annotations

from contextlib import closing
from itertools import count

import apsw
import pytest
from faults import ANA, BEN, refused, trial

from fusion_memory import MemoryService
from fusion_memory.core.errors import DatabaseLocked, DiskFull, StorageError
from fusion_memory.core.settings import Settings, StorageSettings
from fusion_memory.testing.soundness import defects
from fusion_memory.testing.workload import read_back

pytestmark = pytest.mark.campaign

TEXTS = ["The violin is in the blue case.", "小提琴在蓝色的盒子里。", "We moved the piano. " * 40]
FAULTS = {
    "full": ("write", apsw.SQLITE_FULL, DiskFull),
    "unwritable": ("write", apsw.SQLITE_IOERR_WRITE, StorageError),
    "unsyncable": ("sync", apsw.SQLITE_IOERR_FSYNC, StorageError),
    "unreadable": ("read", apsw.SQLITE_IOERR_READ, StorageError),
}


def moments(full: bool, step: int):
    """Which operation fails: every one up to the last, or a few of them."""
    return count(1) if full else (1, 2, *range(5, 400, step))


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "until-repaired"])
@pytest.mark.parametrize("fault", FAULTS)
def test_an_addition_on_a_failing_disk(tmp_path, full, fault, lasting):
    kind, code, error_kind = FAULTS[fault]
    tried = 0
    for nth in moments(full, 47):
        with trial(tmp_path / str(nth)) as t:
            with t.open() as memory:
                t.work(memory, 4)
            with t.open() as memory:
                call = t.begin(TEXTS)
                t.disk.arm(kind, code, nth, lasting=lasting)
                error = refused(lambda: t.store(memory, call))  # noqa: B023 (called at once)
                failed = t.disk.failed
                t.disk.repair()
                assert error is None or isinstance(error, error_kind), error
                assert failed or error is None
                t.store(memory, t.begin(["Life goes on."]))
                if error:
                    t.store(memory, call)
                assert memory.search("小提琴", ANA)
            t.assert_sound()
        tried += 1
        if not failed:
            break
    assert tried > 2


@pytest.mark.parametrize("fault", FAULTS)
def test_erasing_and_caring_on_a_failing_disk(tmp_path, full, fault):
    kind, code, _ = FAULTS[fault]
    for nth in moments(full, 97):
        with trial(tmp_path / str(nth)) as t:
            with t.open(embedder=None) as memory:
                t.work(memory, 6)
            with t.open() as memory:
                t.store(memory, t.begin(TEXTS))
                call = t.ledger.begin_forget(ANA, t.rng, 3)
                t.disk.arm(kind, code, nth, lasting=True)
                for deed in (
                    lambda: memory.forget(ANA, call.ids),  # noqa: B023 (called at once)
                    memory.catch_up,
                    memory.reindex,
                    lambda: memory.search("violin", ANA),
                    lambda: memory.stats(ANA),
                    lambda: list(memory.export()),
                    lambda: memory.health(deep=True),
                ):
                    refused(deed)
                failed = t.disk.failed
                t.disk.repair()
                memory.reindex()
            t.assert_sound()
        if not failed:
            break


@pytest.mark.parametrize("fault", FAULTS)
def test_opening_on_a_failing_disk(tmp_path, full, fault):
    kind, code, error_kind = FAULTS[fault]
    for nth in moments(full, 41):
        with trial(tmp_path / str(nth)) as t:
            t.disk.arm(kind, code, nth, lasting=True)
            error = refused(lambda: t.open().close())
            failed = t.disk.failed
            t.disk.repair()
            assert error is None or isinstance(error, error_kind), error
            with t.open() as memory:
                t.store(memory, t.begin(TEXTS))
            t.assert_sound()
        if not failed:
            break


def test_an_erasure_held_up_by_a_reader_is_completed_by_calling_again(tmp_path):
    impatient = Settings(storage=StorageSettings(busy_timeout_s=0.05))
    with MemoryService(tmp_path / "memory.db", embedder=None, settings=impatient) as memory:
        [key] = memory.add("The secret phrase is xyzzy-4471.", ANA).ids
        with closing(apsw.Connection(str(tmp_path / "memory.db"))) as reader:
            reader.execute("BEGIN; SELECT count(*) FROM events").fetchall()
            assert isinstance(refused(lambda: memory.forget(ANA, [key])), DatabaseLocked)
        refused(lambda: memory.forget(ANA, [key]))
        remains = [file.name for file in tmp_path.iterdir() if b"xyzzy-4471" in file.read_bytes()]
        assert remains == []


def test_a_locked_database_is_waited_for_and_then_named(tmp_path):
    impatient = Settings(storage=StorageSettings(busy_timeout_s=0.05))
    with MemoryService(tmp_path / "memory.db", embedder=None, settings=impatient) as memory:
        memory.add("The shed is locked.", ANA)
        with closing(apsw.Connection(str(tmp_path / "memory.db"))) as other:
            other.execute("BEGIN IMMEDIATE")
            for deed in (
                lambda: memory.add("Nobody hears this.", ANA),
                lambda: memory.add_batch(["Nor", "this."], BEN),
                lambda: memory.forget(ANA, everything=True),
            ):
                assert isinstance(refused(deed), DatabaseLocked)
            assert [hit.text for hit in memory.search("shed", ANA)] == ["The shed is locked."]
            assert memory.stats(ANA).memories == 1
            other.execute("ROLLBACK")
        memory.add("The shed is open.", ANA)
        assert {kept.text for kept in read_back(memory).values()} == {"The shed is locked.", "The shed is open."}
    assert defects(tmp_path / "memory.db") == []

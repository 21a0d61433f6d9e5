"""Disks that are full, fail or lie: a named error, nothing half-written, and work goes on when they are well."""

from __future__ import annotations

import apsw
import pytest
from storage_rows import Said, found, new_owner, raw, say

from fusion_memory.core.errors import DatabaseCorrupt, DiskFull, StorageError
from fusion_memory.storage.connect import open_database


class FailingFile(apsw.VFSFile):
    """A file whose writes fail while the file system says so."""

    def __init__(self, system, name, flags):
        super().__init__(system.under, name, flags)
        self.system = system

    def xWrite(self, data, offset):  # noqa: N802 (SQLite's name)
        self.system.meet()
        super().xWrite(data, offset)


class FailingDisk(apsw.VFS):
    """A file system that fails its writes with a given error once armed."""

    def __init__(self, name):
        self.under = ""
        self.error, self.left = None, 0
        super().__init__(name, "")

    def xOpen(self, name, flags):  # noqa: N802 (SQLite's name)
        return FailingFile(self, name, flags)

    def meet(self):
        if self.error is not None:
            if self.left <= 0:
                raise self.error
            self.left -= 1


@pytest.fixture
def disk():
    disk = FailingDisk("failing")
    yield disk
    disk.unregister()


def test_a_full_database_takes_no_part_of_a_transaction(database):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "before")
        pages = raw(tx, "PRAGMA page_count")[0][0]
        raw(tx, f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(DiskFull) as caught, database.write() as tx:
        say(database, tx, owner, *(Said(["during"], content="x" * 5_000) for _ in range(100)))
    assert "space" in caught.value.fix
    assert found(database, owner, "during") == []
    assert database.check() == []
    with database.write() as tx:
        raw(tx, "PRAGMA max_page_count = 1000000")
        say(database, tx, owner, "after")
    assert len(found(database, owner, "before", "after")) == 2


@pytest.mark.parametrize("after", [0, 1, 3, 10])
@pytest.mark.parametrize(("error", "kind"), [(apsw.FullError, DiskFull), (apsw.IOError, StorageError)])
def test_a_write_that_fails_takes_the_whole_transaction_with_it(path, disk, after, error, kind):
    database = open_database(path, vfs="failing")
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "before")
    disk.error, disk.left = error(), after
    with pytest.raises(kind), database.write() as tx:
        say(database, tx, owner, *(Said([f"during{n}"], content="x" * 3_000) for n in range(30)))
    disk.error = None
    assert found(database, owner, "during1") == []
    with database.write() as tx:
        say(database, tx, owner, "after")
    assert len(found(database, owner, "before", "after")) == 2
    database.close()
    reopened = open_database(path)
    assert reopened.check() == []
    assert len(found(reopened, owner, "before", "after", "during1")) == 2
    reopened.close()


def test_a_disk_that_fails_at_creation_leaves_no_database(path, disk):
    disk.error, disk.left = apsw.FullError(), 2
    with pytest.raises(DiskFull):
        open_database(path, vfs="failing")
    disk.error = None
    database = open_database(path)
    assert database.check() == []
    database.close()


def test_a_damaged_page_is_named(path):
    database = open_database(path)
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, *(Said([f"w{n}"], content="text " * 200) for n in range(200)))
        root = raw(tx, "SELECT rootpage FROM sqlite_schema WHERE name = 'postings'")[0][0]
    database.close()
    content = bytearray(path.read_bytes())
    start = (root - 1) * 4096
    content[start : start + 4096] = b"\x55" * 4096
    path.write_bytes(content)
    database = open_database(path)
    with pytest.raises(DatabaseCorrupt) as caught:
        found(database, owner, "w7")
    assert "restore" in caught.value.fix
    assert database.check() != []
    database.close()


def test_a_cut_file_is_named(path):
    database = open_database(path)
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, *(Said([f"w{n}"], content="text " * 200) for n in range(200)))
    database.close()
    path.write_bytes(path.read_bytes()[: 40 * 4096])
    with pytest.raises(StorageError):
        _read_everything(path, owner)


def _read_everything(path, owner):
    database = open_database(path)
    try:
        problems = database.check()
        if problems:
            raise DatabaseCorrupt(problems[0])
        found(database, owner, "w1")
    finally:
        database.close()

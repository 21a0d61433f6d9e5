"""Backup and restore: verified, durable, never half a file, never over something that is not a backup."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import threading

import pytest
from storage_rows import found, new_owner, raw, say

from fusion_memory.core.errors import (
    BackupInvalid,
    ConfigurationError,
    DatabaseLocked,
    DatabaseReadOnly,
    InvalidOption,
    WrongKey,
)
from fusion_memory.storage.connect import open_database, restore
from fusion_memory.storage.sqlite import copying


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def fill(database, text="hello world", name="ann"):
    with database.write() as tx:
        owner = new_owner(tx, name)
        say(database, tx, owner, text)
    return owner


@pytest.mark.parametrize("key", [None, "secret"])
def test_a_backup_is_one_file_that_opens(opened, tmp_path, key):
    database = opened(key=key)
    owner = fill(database)
    copy = tmp_path / "copies" / "one.backup"
    database.backup(copy)
    assert names(copy.parent) == ["one.backup"]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert (b"hello" in copy.read_bytes()) is (key is None)
    assert found(opened(copy, key=key), owner, "hello")


def test_a_database_in_memory_can_be_backed_up(opened, tmp_path):
    database = opened(":memory:")
    owner = fill(database)
    database.backup(tmp_path / "copy")
    assert found(opened(tmp_path / "copy"), owner, "hello")
    with pytest.raises(InvalidOption, match="not encrypted"):
        opened(":memory:", key="k").backup(tmp_path / "plain")


def test_a_backup_is_taken_while_others_write(database, opened, tmp_path):
    owner = fill(database)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with database.write() as tx:
                say(database, tx, owner, "more words")

    thread = threading.Thread(target=write)
    thread.start()
    for number in range(5):
        database.backup(tmp_path / f"{number}.backup")
    stop.set()
    thread.join()
    for number in range(5):
        copy = opened(tmp_path / f"{number}.backup")
        assert copy.check() == []
        assert found(copy, owner, "hello")


def test_an_older_backup_is_replaced_and_nothing_else(database, tmp_path, path):
    owner = fill(database)
    copy = tmp_path / "copy"
    database.backup(copy)
    with database.write() as tx:
        say(database, tx, owner, "newer")
    database.backup(copy)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (a)")
    other.close()
    (tmp_path / "letter.txt").write_text("Dear friend, this is a letter.")
    for target in (path, tmp_path, tmp_path / "other.db", tmp_path / "letter.txt"):
        with pytest.raises(InvalidOption):
            database.backup(target)
    assert (tmp_path / "letter.txt").read_text() == "Dear friend, this is a letter."
    reopened = open_database(copy)
    assert found(reopened, owner, "newer")
    reopened.close()


def test_a_copy_that_fails_verification_leaves_the_older_backup(database, tmp_path, monkeypatch):
    fill(database)
    copy = tmp_path / "copy"
    database.backup(copy)
    before = copy.read_bytes()

    def damaged(file, key):
        raise BackupInvalid

    monkeypatch.setattr(copying, "verify", damaged)
    with pytest.raises(BackupInvalid):
        database.backup(copy)
    assert copy.read_bytes() == before
    assert [name for name in names(tmp_path) if "partial" in name] == []


def test_a_failing_disk_while_copying_leaves_nothing(database, tmp_path, monkeypatch):
    fill(database)

    def full(place):
        raise OSError(28, "No space left on device", str(place))

    monkeypatch.setattr(copying, "sync", full)
    with pytest.raises(Exception, match="disk is full"):
        database.backup(tmp_path / "copy")
    assert names(tmp_path) == ["memory.db", "memory.db-shm", "memory.db-wal"]


@pytest.mark.parametrize("key", [None, "secret"])
def test_restore_puts_the_backup_in_place_and_keeps_the_old_file(opened, tmp_path, path, key):
    database = opened(key=key)
    owner = fill(database, "old")
    database.backup(tmp_path / "copy")
    with database.write() as tx:
        say(database, tx, owner, "newer")
    database.close()
    aside = restore(tmp_path / "copy", path, key=key)
    assert aside is not None
    assert aside.parent == path.parent
    assert found(opened(key=key), owner, "newer") == []
    assert found(opened(aside, key=key), owner, "newer")
    again = restore(tmp_path / "copy", tmp_path / "fresh" / "m.db", key=key)
    assert again is None
    assert found(opened(tmp_path / "fresh" / "m.db", key=key), owner, "old")


def test_restore_replaces_a_damaged_file_too(opened, tmp_path, path):
    database = opened()
    owner = fill(database)
    database.backup(tmp_path / "copy")
    database.close()
    content = path.read_bytes()
    for damage in (content[:1000], b"scrambled" * 1000, content[:4096] + bytes(len(content) - 4096), b""):
        path.write_bytes(damage)
        aside = restore(tmp_path / "copy", path)
        assert aside.read_bytes() == damage
        restored = open_database(path)
        assert found(restored, owner, "hello")
        restored.close()
    assert (
        len([name for name in names(tmp_path) if "replaced" in name and not name.endswith(("-shm", "-wal"))]) == 4
    )


def test_what_is_no_sound_backup_is_refused_and_changes_nothing(opened, tmp_path, path):
    database = opened()
    fill(database)
    database.backup(tmp_path / "copy")
    database.close()
    content = (tmp_path / "copy").read_bytes()
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (a)")
    other.close()
    newer = bytearray(content)
    newer[60:64] = (999).to_bytes(4, "big")
    middle = len(content) // 2
    damaged = {
        "cut": content[:-4096],
        "scrambled": content[:middle] + bytes(reversed(content[middle:])),
        "text": b"not a database at all",
        "empty": b"",
        "newer": bytes(newer),
    }
    before = path.read_bytes()
    for name, bad in damaged.items():
        (tmp_path / name).write_bytes(bad)
    for name in (*damaged, "other.db", "missing", ""):
        with pytest.raises(BackupInvalid):
            restore(tmp_path / name, path)
    with pytest.raises(BackupInvalid, match="the database itself"):
        restore(path, path)
    assert path.read_bytes() == before
    assert [name for name in names(tmp_path) if "partial" in name or "replaced" in name] == []


def test_an_encrypted_backup_needs_its_key(opened, tmp_path, path):
    database = opened(key="k")
    fill(database)
    database.backup(tmp_path / "copy")
    database.close()
    for key in ("other", None):
        with pytest.raises(BackupInvalid):
            restore(tmp_path / "copy", path, key=key)
    with pytest.raises(WrongKey):
        open_database(path, key="other")


def test_memory_and_servers_are_no_places_to_restore_to(tmp_path):
    for target in (":memory:", "postgresql://host/db"):
        with pytest.raises(ConfigurationError):
            restore(tmp_path / "copy", target)


def test_restore_waits_for_nobody_and_refuses_a_database_in_use(database, tmp_path, path):
    owner = fill(database)
    database.backup(tmp_path / "copy")
    with pytest.raises(DatabaseLocked, match="in use"):
        restore(tmp_path / "copy", path, busy_timeout_s=0.05)
    assert found(database, owner, "hello")
    assert names(tmp_path) == ["copy", "memory.db", "memory.db-shm", "memory.db-wal"]


def _hold(path, ready, done):
    database = open_database(path)
    with database.read() as tx:
        raw(tx, "SELECT 1")
        ready.set()
        done.wait()
    database.close()
    os._exit(0)


def test_restore_refuses_a_database_that_another_process_has_open(database, tmp_path, path):
    fill(database)
    database.backup(tmp_path / "copy")
    database.close()
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(path, ready, done))
    process.start()
    ready.wait()
    with pytest.raises(DatabaseLocked):
        restore(tmp_path / "copy", path, busy_timeout_s=0.05)
    done.set()
    process.join()
    assert restore(tmp_path / "copy", path) is not None


def test_a_backup_of_a_read_only_opening(database, opened, tmp_path):
    owner = fill(database)
    reading = opened(read_only=True)
    reading.backup(tmp_path / "copy")
    assert found(opened(tmp_path / "copy"), owner, "hello")
    with pytest.raises(DatabaseReadOnly), reading.write():
        pass

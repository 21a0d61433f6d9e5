"""Migrations: by one process, in one transaction, after a verified backup; or not at all."""

from __future__ import annotations

import os

import pytest
from storage_rows import found, new_owner, raw, say
from test_transactions import in_processes

from fusion_memory.core.errors import DatabaseReadOnly, DiskFull, StorageError
from fusion_memory.storage.connect import open_database
from fusion_memory.storage.sqlite import copying, schema
from fusion_memory.storage.sqlite.schema import Migration

OLD = schema.latest()


@pytest.fixture
def second(monkeypatch):
    """Adds a further migration of the given SQL."""

    def add(sql):
        steps = (*schema.migrations(), Migration(OLD + 1, sql))
        monkeypatch.setattr(schema, "migrations", lambda: steps)

    return add


def old_database(path, key=None):
    database = open_database(path, key=key)
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "hello")
    database.close()
    return owner


def version(database):
    with database.read() as tx:
        return raw(tx, "PRAGMA user_version")[0][0]


def test_the_steps_are_numbered_without_gaps():
    assert [step.version for step in schema.migrations()] == list(range(1, schema.latest() + 1))


def test_a_gap_is_refused(monkeypatch, tmp_path):
    for name in ("0001_a.sql", "0003_b.sql"):
        (tmp_path / "migrations").mkdir(exist_ok=True)
        (tmp_path / "migrations" / name).write_text("SELECT 1;")
    monkeypatch.setattr(schema, "files", lambda _package: tmp_path)
    schema.migrations.cache_clear()
    with pytest.raises(ValueError, match="not numbered"):
        schema.migrations()
    schema.migrations.cache_clear()


@pytest.mark.parametrize("key", [None, "secret"])
def test_an_older_schema_is_backed_up_and_brought_up_to_date(path, opened, second, key):
    owner = old_database(path, key)
    second("CREATE TABLE added (a); INSERT INTO added VALUES (1);")
    database = opened(key=key)
    assert version(database) == OLD + 1
    assert found(database, owner, "hello")
    backup = path.with_name(f"memory.db.schema-{OLD}.backup")
    assert backup.exists()
    second("CREATE TABLE other (a);")
    restored = opened(backup, key=key)
    assert found(restored, owner, "hello")
    assert len(list(path.parent.glob(f"memory.db.schema-{OLD}.backup*"))) >= 1


def test_a_new_database_needs_no_backup(path, opened, second):
    second("CREATE TABLE added (a);")
    assert version(opened()) == OLD + 1
    assert list(path.parent.glob("*.backup")) == []


def test_a_step_that_fails_leaves_the_old_schema(path, opened, second, monkeypatch):
    owner = old_database(path)
    second("CREATE TABLE added (a); INSERT INTO nonsense VALUES (1);")
    with pytest.raises(StorageError, match="nonsense"):
        open_database(path)
    monkeypatch.undo()
    database = opened()
    assert version(database) == OLD
    assert found(database, owner, "hello")
    with database.read() as tx:
        assert raw(tx, "SELECT count(*) FROM sqlite_schema WHERE name = 'added'") == [(0,)]


def test_without_a_backup_there_is_no_migration(path, second, monkeypatch):
    old_database(path)
    second("CREATE TABLE added (a);")

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copying, "copy_verified", full)
    with pytest.raises(DiskFull):
        open_database(path)
    monkeypatch.undo()
    database = open_database(path)
    assert version(database) == OLD
    database.close()


def test_a_read_only_opening_does_not_migrate(path, second):
    old_database(path)
    second("CREATE TABLE added (a);")
    with pytest.raises(DatabaseReadOnly):
        open_database(path, read_only=True)


def _open_with_second_step(path, start):
    steps = (*schema.migrations(), Migration(OLD + 1, "CREATE TABLE added (a);"))
    schema.migrations = lambda: steps
    while not start.exists():
        pass
    database = open_database(path, busy_timeout_s=30.0)
    sound = version(database) == OLD + 1 and database.check() == []
    database.close()
    os._exit(0 if sound else 1)


@pytest.mark.parametrize("old", [False, True])
def test_processes_that_start_at_once_all_succeed(path, tmp_path, old):
    if old:
        old_database(path)
    start = tmp_path / "start"
    start.touch()
    assert in_processes(_open_with_second_step, [(path, start)] * 4) == [0] * 4
    assert len(list(tmp_path.glob("*.backup"))) == int(old)

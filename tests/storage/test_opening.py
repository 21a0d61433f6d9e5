"""Which files are opened, which are refused, by which name; what is refused stays as it was."""

from __future__ import annotations

import sqlite3
import stat

import apsw
import pytest
from ordinary_user import as_ordinary_user, shared_folder
from storage_rows import found, new_owner, raw, say

from fusion_memory.core.errors import (
    ConfigurationError,
    DatabaseCorrupt,
    DatabaseReadOnly,
    DatabaseTooNew,
    InvalidSetting,
    NotADatabase,
    StorageError,
    WrongKey,
)
from fusion_memory.storage.connect import open_database


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_new_file_is_private_and_comes_back(opened, path):
    database = opened()
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(database, tx, owner, "hello world")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert found(database, owner, "hello") == spans
    database.close()
    assert found(opened(), owner, "hello") == spans


def test_missing_folders_are_made(opened, tmp_path):
    path = tmp_path / "a" / "b" / "memory.db"
    opened(str(path))
    assert path.exists()


def test_an_empty_file_is_a_new_database(opened, path):
    path.touch()
    assert opened().check() == []


def test_files_are_configured_for_durability_and_erasure(database):
    with database.read() as reading, database.write() as writing:
        for tx in (reading, writing):
            asked = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "trusted_schema")
            told = [raw(tx, f"PRAGMA {name}")[0][0] for name in asked]
            assert told == ["wal", 2, 1, 1, 0]
            assert raw(tx, "PRAGMA cell_size_check") == [(1,)]
            assert raw(tx, "PRAGMA application_id") == [(0x464D656D,)]


def test_a_weaker_durability_can_be_planted_by_tests_only(opened):
    with opened(synchronous="NORMAL").write() as tx:
        assert raw(tx, "PRAGMA synchronous") == [(1,)]


@pytest.mark.parametrize("content", [b"Dear diary,\n", "今天天气很好。".encode() * 100, b"\0" * 5000, b"x" * 4096])
def test_another_kind_of_file_is_refused_untouched(path, content):
    path.write_bytes(content)
    with pytest.raises(NotADatabase):
        open_database(path)
    assert contents(path.parent) == {path.name: content}


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(NotADatabase, match="folder"):
        open_database(tmp_path)


@pytest.mark.parametrize("wal", [False, True])
def test_another_applications_database_is_refused_untouched(path, wal):
    other = sqlite3.connect(path)
    if wal:
        other.execute("PRAGMA journal_mode = wal")
    other.executescript("CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine'); PRAGMA user_version = 7")
    before = contents(path.parent)
    with pytest.raises(NotADatabase, match="another application's"):
        open_database(path)
    assert contents(path.parent) == before
    other.close()


def test_another_applications_encrypted_database_is_refused(path):
    other = apsw.Connection(str(path))
    other.pragma("cipher", "aegis")
    other.pragma("key", "k")
    other.execute("CREATE TABLE notes (text)")
    other.close()
    with pytest.raises(NotADatabase, match="another application's"):
        open_database(path, key="k")


@pytest.mark.parametrize("key", [None, "secret"])
def test_a_newer_schema_is_refused_untouched(opened, path, key):
    database = opened(key=key)
    with database.write() as tx:
        raw(tx, "PRAGMA user_version = 999")
    database.close()
    before = contents(path.parent)
    with pytest.raises(DatabaseTooNew, match="schema 999") as caught:
        open_database(path, key=key)
    assert "upgrade" in caught.value.fix
    assert contents(path.parent)[path.name] == before[path.name]
    if key is None:  # an encrypted version can only be read with journals open, which may stay behind, empty
        assert contents(path.parent) == before


def test_a_newer_schema_still_in_the_journal_is_refused(opened, path):
    database = opened()
    with database.write() as tx:
        raw(tx, "PRAGMA user_version = 999")
    with pytest.raises(DatabaseTooNew):
        open_database(path)


def test_the_journal_of_a_newer_version_that_died_is_left_alone(opened, path, tmp_path):
    database = opened()
    with database.write() as tx:
        raw(tx, "PRAGMA user_version = 999")
    folder = tmp_path / "after the crash"
    folder.mkdir()
    for file in tmp_path.glob("memory.db*"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "memory.db-shm").unlink()
    before = contents(folder)
    with pytest.raises(DatabaseTooNew):
        open_database(folder / path.name)
    after = contents(folder)
    assert {name: after[name] for name in before} == before


def test_a_key_encrypts_and_only_it_decrypts(opened, path):
    database = opened(key="sesame 芝麻 '\"")
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "buried treasure")
    database.close()
    assert b"treasure" not in path.read_bytes()
    assert found(opened(key="sesame 芝麻 '\""), owner, "treasure")
    with pytest.raises(WrongKey):
        open_database(path, key="sesam")
    with pytest.raises(NotADatabase, match="not a Fusion Memory database") as caught:
        open_database(path)
    assert "key" in caught.value.why


def test_a_changed_byte_of_an_encrypted_file_is_noticed(opened, path):
    database = opened(key="k")
    with database.write() as tx:
        new_owner(tx)
    database.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    try:
        problems = opened(key="k").check()
    except DatabaseCorrupt as error:  # what was changed is read when the file is opened
        problems = [error.what]
    assert any("damaged" in problem for problem in problems)


def test_a_key_for_a_plain_file_is_named(opened, path):
    opened().close()
    with pytest.raises(WrongKey, match="not encrypted"):
        open_database(path, key="k")


def test_a_key_for_a_text_file_is_no_wrong_key(path):
    path.write_text("Dear diary, today I wrote nothing of interest.\n")
    with pytest.raises(NotADatabase):
        open_database(path, key="k")


@pytest.mark.parametrize("target", ["postgresql://localhost/memory", "redis://x", "", "  ", "a\0b"])
def test_what_is_no_file_is_a_matter_of_configuration(target):
    with pytest.raises(ConfigurationError):
        open_database(target)


def test_a_server_address_says_what_is_served():
    with pytest.raises(InvalidSetting, match="postgresql://") as caught:
        open_database("postgresql://someone:secret@host/db")
    assert "secret" not in str(caught.value)
    assert "SQLite" in caught.value.why


def test_read_only_reads_and_refuses_to_write(opened, path):
    database = opened()
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(database, tx, owner, "hello")
    reading = opened(read_only=True)
    assert found(reading, owner, "hello") == spans
    with pytest.raises(DatabaseReadOnly), reading.write():
        pass
    reading.scrub()
    assert reading.size_bytes() > 0


def test_read_only_makes_no_file(path):
    with pytest.raises(StorageError):
        open_database(path, read_only=True)
    assert not path.exists()


def test_a_file_this_user_may_not_write():
    with shared_folder() as folder:
        path = folder / "memory.db"
        database = open_database(path)
        with database.write() as tx:
            owner = new_owner(tx)
            say(database, tx, owner, "hello")
        database.close()
        path.chmod(0o444)
        before = contents(folder)

        def attempt():
            with open_database(path).write():
                pass

        assert as_ordinary_user(attempt) == "DatabaseReadOnly"
        assert contents(folder) == before


def test_a_folder_this_user_may_not_write():
    with shared_folder() as folder:
        assert as_ordinary_user(lambda: open_database(folder / "memory.db")) == "DatabaseReadOnly"
        assert list(folder.iterdir()) == []


def test_a_file_this_user_may_not_see():
    with shared_folder() as folder:
        path = folder / "memory.db"
        open_database(path).close()
        path.chmod(0)
        assert as_ordinary_user(lambda: open_database(path)) == "DatabaseReadOnly"


def test_the_rights_of_journals_follow_the_file(database, path):
    with database.write() as tx:
        new_owner(tx)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert len(list(path.parent.iterdir())) == 3

"""``rekey`` encrypts, changes the key and decrypts; the key comes from a file, a command or the environment."""

import stat
import sys

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import DatabaseLocked, InvalidSetting, NotADatabase, WrongKey
from fusion_memory.core.settings import Layer, Settings, StorageSettings, resolve
from fusion_memory.storage import connect

ANA = ("--user-id", "ana")


def test_there_and_back(cli, tmp_path):
    cli("add", "I keep bees.", *ANA)
    database, first, second = cli.home / "memory.db", tmp_path / "first.key", tmp_path / "second.key"
    assert b"I keep bees." in database.read_bytes()

    run = cli("rekey", "--generate", str(first))
    assert (run.out.strip(), str(first) in run.err) == (str(database), True)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert len(first.read_text().strip()) == 43
    assert b"I keep bees." not in database.read_bytes()
    assert "FUSION_MEMORY_STORAGE_KEY" in cli("search", "bees", *ANA, code=6).err

    cli.environment["FUSION_MEMORY_STORAGE_KEY_FILE"] = str(first)
    assert "I keep bees." in cli("search", "bees", *ANA).out
    cli("rekey", "--generate", str(second))
    assert cli("search", "bees", *ANA, code=6).err
    cli.environment["FUSION_MEMORY_STORAGE_KEY_FILE"] = str(second)
    cli("add", "I keep hens.", *ANA)
    cli("rekey", "--decrypt")
    del cli.environment["FUSION_MEMORY_STORAGE_KEY_FILE"]
    assert "I keep hens." in cli("search", "hens", *ANA).out
    assert not [file.name for file in cli.home.iterdir() if "partial" in file.name]


def test_what_cannot_be_done_changes_nothing(cli, tmp_path):
    cli("add", "I keep bees.", *ANA)
    before = (cli.home / "memory.db").read_bytes()
    open_to_all = tmp_path / "open.key"
    open_to_all.write_text("key\n")
    open_to_all.chmod(0o644)
    empty = tmp_path / "empty.key"
    empty.touch(0o600)
    assert "chmod 600" in cli("rekey", "--new-key-file", str(open_to_all), code=5).err
    assert "is empty" in cli("rekey", "--new-key-file", str(empty), code=5).err
    assert "cannot be read" in cli("rekey", "--new-key-file", str(tmp_path / "none"), code=5).err
    assert "cannot be made" in cli("rekey", "--generate", str(empty), code=5).err
    assert "The new key is the old one." in cli("rekey", "--decrypt", code=2).err
    assert "--generate" in cli("rekey", code=2).err
    assert (cli.home / "memory.db").read_bytes() == before


def test_it_needs_the_database_alone_and_the_right_key(tmp_path):
    file = tmp_path / "memory.db"
    with MemoryService(file, embedder=None) as memory:
        memory.add("I keep bees.", Scope(user_id="ana"))
        with pytest.raises(DatabaseLocked):
            connect.rekey(file, None, "key", busy_timeout_s=0.1)
    connect.rekey(file, None, "key")
    with pytest.raises(WrongKey):
        connect.rekey(file, "wrong", None)
    with pytest.raises(NotADatabase):
        connect.rekey(file, None, "other")


def test_the_key_may_come_from_a_command(tmp_path):
    file, python = tmp_path / "memory.db", sys.executable.replace("\\", "/")
    storage = StorageSettings(key_command=f"{python} -c \"print('k1 with blanks')\"")
    with MemoryService(file, embedder=None, settings=Settings(storage=storage)) as memory:
        memory.add("I keep bees.", Scope(user_id="ana"))
    with MemoryService(
        file, embedder=None, settings=Settings(storage=StorageSettings(key="k1 with blanks"))
    ) as memory:
        assert len(memory.search("bees", Scope(user_id="ana"))) == 1


@pytest.mark.parametrize(
    "storage",
    [
        StorageSettings(key="a", key_command="echo a"),
        StorageSettings(key_command="no-such-program-here"),
        StorageSettings(key_command="false"),
        StorageSettings(key_command="true"),
        StorageSettings(key_command="'"),
        StorageSettings(key_file="/no/such/file"),
    ],
)
def test_a_key_that_cannot_be_had_is_said_and_nothing_is_made(tmp_path, storage):
    with pytest.raises(InvalidSetting):
        MemoryService(tmp_path / "memory.db", embedder=None, settings=Settings(storage=storage))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["storage.key_file", "storage.key_command"])
def test_a_project_file_cannot_run_a_command(name):
    with pytest.raises(InvalidSetting):
        resolve([Layer("project", {name: "x"}, trusted=False)])


def test_the_home_folder_is_its_owners_alone(cli):
    cli("add", "I keep bees.", *ANA)
    assert stat.S_IMODE(cli.home.stat().st_mode) == 0o700
    for file in cli.home.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_nobody_writes_while_the_key_changes_and_the_old_file_is_blank(tmp_path, monkeypatch):
    from fusion_memory.core.errors import StorageError
    from fusion_memory.storage.sqlite import rekeying

    file, ana, refused = tmp_path / "memory.db", Scope(user_id="ana"), []
    with MemoryService(file, embedder=None) as memory:
        memory.add("I keep bees.", ana)
    former = file.open("rb")
    verify = rekeying.verify

    def meanwhile(part, key):
        impatient = Settings(storage=StorageSettings(busy_timeout_s=0.1))
        with pytest.raises(StorageError) as caught, MemoryService(file, embedder=None, settings=impatient) as other:
            other.add("I keep hens.", ana)
        refused.append(caught.value.code)
        verify(part, key)

    monkeypatch.setattr(rekeying, "verify", meanwhile)
    connect.rekey(file, None, "key")
    assert refused == ["database_locked"]
    assert not former.read().strip(b"\0")
    former.close()
    with MemoryService(file, embedder=None, settings=Settings(storage=StorageSettings(key="key"))) as memory:
        assert memory.stats(ana).memories == 1

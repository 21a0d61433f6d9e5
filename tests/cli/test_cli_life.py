"""The service as a person runs it: set up, start, look, restart, crash, end; real processes on a real port."""

import json
import os
import signal
import stat
import sys
import urllib.request

import pytest

from fusion_memory.core.errors import AlreadyRunning, ServiceFailed
from fusion_memory.service import starting
from fusion_memory.service.running import LOCK, RECORD, RunningService, claimed, left_behind, running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

RECORD_OF_US = RunningService(os.getpid(), "", "0.0", "memory.db", "2026-01-01T00:00:00+00:00")


@pytest.fixture
def service(cli):
    """The command line; whatever service it started is gone afterwards."""
    cli.environment |= {"PATH": os.environ["PATH"], "FUSION_MEMORY_RERANKER_KIND": "none"}
    yield cli
    found = running(cli.home)
    if found is not None:
        os.kill(found.pid, signal.SIGKILL)


def test_from_start_to_stop(service):
    started = service("start", "--port", "0")
    address = started.out.strip()
    found = running(service.home)
    assert (found.address, found.arguments) == (address, ("--port", "0"))
    assert "was running already" in service("start").err
    with urllib.request.urlopen(f"{address}/v1/stats?user_id=ana") as reply:
        assert json.load(reply)["memories"] == 0
    state = service("status", "--json").json
    assert (state["running"], state["pid"]) == (True, found.pid)
    assert address in service("status").out
    assert "A service runs" in service("serve", code=10).err

    again = service("restart").out.strip()
    other = running(service.home)
    assert (other.address, other.arguments) == (again, ("--port", "0"))
    assert other.pid != found.pid

    assert "has ended" in service("stop").err
    assert running(service.home) is None
    assert not (service.home / RECORD).exists()
    assert service("status", code=3).out == "No service runs for this home folder.\n"
    assert "No service runs" in service("stop").err
    assert all(not file.stat().st_mode & 0o077 for file in service.home.rglob("*"))


def test_what_a_crash_leaves_behind_stops_nobody(service):
    service("start", "--port", "0")
    found = running(service.home)
    os.kill(found.pid, signal.SIGKILL)
    assert starting._gone(service.home, found.pid, 10)
    assert left_behind(service.home)
    assert "without clearing up" in service("status", code=3).err
    assert "the record of a service that is gone" in service("doctor", "--fix", "--user-id", "ana").err
    assert not left_behind(service.home)
    service("start", "--port", "0")
    assert running(service.home).pid != found.pid
    service("stop", "--force")


def test_a_service_that_cannot_start_says_why(service):
    with open_port() as port:
        run = service("start", "--port", str(port), code=10)
    assert "ended at once" in run.err
    assert f"cannot listen on 127.0.0.1:{port}" in run.err
    assert f"cannot listen on 127.0.0.1:{port}" in service("logs").out
    assert service("logs", "-n", "0").out == ""
    assert "服务没有按要求运行" in service("start", "--host", "203.0.113.7", "--lang", "zh", code=10).err
    assert running(service.home) is None


def test_one_service_for_a_home_folder(tmp_path):
    with claimed(tmp_path, RECORD_OF_US) as claim:
        assert running(tmp_path) == RECORD_OF_US
        with pytest.raises(AlreadyRunning, match="already"), claimed(tmp_path, RECORD_OF_US):
            pass
        claim.announce("http://127.0.0.1:1")
        assert running(tmp_path).address == "http://127.0.0.1:1"
    assert running(tmp_path) is None


def test_a_record_is_believed_only_while_its_lock_is_held(tmp_path):
    (tmp_path / RECORD).write_text(json.dumps({"pid": 1, "address": "http://127.0.0.1:1"}))
    assert running(tmp_path) is None
    (tmp_path / LOCK).touch()
    assert running(tmp_path) is None
    assert left_behind(tmp_path)


def test_a_service_that_does_not_end_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(starting, "_signal", lambda *_: None)
    with claimed(tmp_path, RECORD_OF_US), pytest.raises(ServiceFailed, match="has not ended"):
        starting.stop(tmp_path, 0.2)


def test_the_log_is_followed_over_its_turning(tmp_path):
    log = tmp_path / "service.log"
    log.write_text("old\n")
    lines = starting.follow(log)
    log.open("a").close()
    with log.open("a") as file:
        file.write("one\ntwo\nhalf")
    # the first look is taken when the first line is asked for, so what was there by then is old
    with log.open("a") as file:
        file.write("\n")
    import threading

    threading.Timer(0.3, lambda: log.write_text("new\n")).start()
    assert next(lines) == "new"
    assert starting.tail(log, 5) == ["new"]
    assert starting.tail(tmp_path / "none", 5) == []


def open_port():
    import contextlib
    import socket

    @contextlib.contextmanager
    def held():
        with socket.create_server(("127.0.0.1", 0)) as taken:
            yield taken.getsockname()[1]

    return held()


def test_init_asks_and_enter_takes_what_works_offline(cli):
    run = cli("init", "--local-test", stdin="\n\n\n\nana\n")
    file = cli.home / "config.toml"
    assert (run.out.strip(), file.read_text()) == (str(file), "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "stored and found" in run.err
    assert cli("use", "--json").json["scope"] == {"user_id": "ana"}
    assert "exists already" in cli("init", "--yes", code=2).err


def test_init_writes_what_differs_and_no_key(cli, tmp_path):
    answers = f"{tmp_path}/here.db\nopenai\nhttps://models.example/v1\nsmall\nnone\nopenai\nhttps://models.example/v1\nbig\nana\n"
    cli.environment["FUSION_MEMORY_LLM_API_KEY"] = "not-to-be-written"
    run = cli("init", stdin=answers)
    written = (cli.home / "config.toml").read_text()
    assert "export FUSION_MEMORY_LLM_API_KEY=" in run.err
    assert "not-to-be-written" not in written
    assert written == (
        f'[storage]\npath = "{tmp_path}/here.db"\n\n'
        '[embedding]\nprovider = "openai"\nendpoint = "https://models.example/v1"\nmodel = "small"\n\n'
        '[reranker]\nkind = "none"\n\n'
        '[llm]\nprovider = "openai"\nendpoint = "https://models.example/v1"\nmodel = "big"\n'
    )
    cli("init", "--yes", "--force", "--embedding", "none", "--db", str(tmp_path / "x.db"), "--user-id", "ben")
    assert (cli.home / "config.toml.before").read_text() == written
    assert cli("config", "storage.path").out.strip() == str(tmp_path / "x.db")
    assert cli("use", "--json").json["scope"] == {"user_id": "ben"}


def test_init_refuses_what_contradicts_itself(cli):
    assert "choose one" in cli("init", "--yes", "--wizard", code=2).err
    assert cli("init", "--yes", "--embedding", "magic", code=2).err
    assert not (cli.home / "config.toml").exists()


def test_upgrade_says_what_is_due_and_does_it(cli):
    cli("add", "I keep bees.", "--user-id", "ana")
    state = cli("upgrade", "--dry-run", "--json").json["schema"]
    assert state["version"] == state["latest"]
    assert "Everything is up to date." in cli("upgrade").err
    make_older(cli.home / "memory.db", state["latest"])
    run = cli("upgrade", "--dry-run")
    assert "1 step is due" in run.err
    assert "Nothing was changed" in run.err
    assert "9999_later" in run.out
    assert "1 step done" in cli("upgrade").err
    assert cli("search", "bees", "--user-id", "ana").out


@pytest.fixture(autouse=True)
def _migrations(monkeypatch):
    """A step more than the program has, for the test that asks for one."""
    from fusion_memory.storage.sqlite import schema

    steps = schema.migrations()
    monkeypatch.setattr(schema, "migrations", lambda: (*steps, *EXTRA))
    yield
    EXTRA.clear()


EXTRA = []


def make_older(file, latest):
    """Let the program know one step more than the database has."""
    from fusion_memory.storage.sqlite.schema import Migration

    assert file.exists()
    EXTRA.append(Migration(latest + 1, "CREATE TABLE later (x)", "9999_later"))


def test_doctor_takes_the_rights_of_others_away(cli):
    cli("add", "I keep bees.", "--user-id", "ana")
    cli.home.chmod(0o755)
    (cli.home / "logs").mkdir(mode=0o755)
    (cli.home / "logs" / "service.log").touch(0o644)
    assert "can be read by other users" in cli("doctor", "--user-id", "ana").out
    run = cli("doctor", "--fix", "--user-id", "ana")
    assert "can no longer read" in run.err
    assert "can be read by other users" not in run.out
    assert stat.S_IMODE((cli.home / "logs" / "service.log").stat().st_mode) == 0o600


def test_many_may_look_at_once_and_none_sees_a_service_that_is_gone(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with claimed(tmp_path, RECORD_OF_US):
        record = (tmp_path / RECORD).read_text()
    (tmp_path / RECORD).write_text(record)
    with ThreadPoolExecutor(8) as lookers:
        assert set(lookers.map(lambda _: running(tmp_path), range(2_000))) == {None}

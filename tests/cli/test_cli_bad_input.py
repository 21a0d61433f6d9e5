"""Bad input: a named error, an exit code, three lines, one thing that helps; nothing half-written."""

import os
import sqlite3
import subprocess
import sys

import pytest

from fusion_memory.core import errors

NAMED = [
    (("add", ""), 2, "empty_text"),
    (("add", " \n\t"), 2, "empty_text"),
    (("add", "a\x00b"), 2, "invalid_text"),
    (("add", "bad \udc80 text"), 2, "invalid_text"),
    (("add", "text", "--name", "\udc80"), 2, "invalid_input"),
    (("add", "text", "--time", "yesterday-ish"), 2, "invalid_time"),
    (("add", "text", "--metadata", "{"), 2, "invalid_metadata"),
    (("add", "text", "--metadata", "[1]"), 2, "invalid_metadata"),
    (("add", "text", "--metadata", '{"a": NaN}'), 2, "invalid_metadata"),
    (("add",), 2, "invalid_input"),
    (("add", "one text", "--file", "notes.md"), 2, "invalid_input"),
    (("add", "one text", "another text", "--id", "m1"), 2, "invalid_input"),
    (("add", "I", "moved", "to", "Porto"), 2, "invalid_input"),
    (("add", "--file", "-", "--id", "m1"), 2, "invalid_input"),
    (("add", "--file", "missing.txt"), 2, "file"),
    (("export", "."), 2, "file"),
    (("add", "--file", "."), 2, "file"),
    (("search", ""), 2, "empty_text"),
    (("search", "\udc80"), 2, "invalid_text"),
    (("search", "tea", "-k", "0"), 2, "invalid_option"),
    (("search", "tea", "-k", "-3"), 2, "invalid_option"),
    (("search", "tea", "-k", "1000000000"), 2, "invalid_option"),
    (("search", "tea", "--recipe", "spicy"), 2, "invalid_option"),
    (("search", "tea", "--since", "soon"), 2, "invalid_time"),
    (("ask", "tea", "--budget", "0"), 2, "invalid_option"),
    (("ask", "tea", "--budget", "1000000000"), 2, "invalid_option"),
    (("history", "-k", "0"), 2, "invalid_option"),
    (("get", "mem_none"), 3, "not_found"),
    (("get", "mem_none#0"), 3, "not_found"),
    (("get", "trace_none"), 3, "not_found"),
    (("get", "x", "--type", "cat"), 2, "invalid_option"),
    (("trace", "trace_none"), 3, "not_found"),
    (("forget",), 2, "invalid_input"),
    (("forget", "x", "--all"), 2, "invalid_input"),
    (("forget", "mem_none"), 3, "not_found"),
    (("config", "retreival.limit"), 5, "unknown_setting"),
    (("stats", "--set", "retrieval.limits=3"), 5, "unknown_setting"),
    (("stats", "--set", "retrieval.limit=many"), 5, "invalid_setting"),
    (("stats", "--set", "storage.key=secret"), 5, "secret_in_file"),
    (("restore", "missing.db"), 6, "backup_invalid"),
    (("import", "missing.jsonl"), 2, "file"),
    (("serach", "tea"), 2, "usage"),
    (("search", "tea", "--limits", "3"), 2, "usage"),
    (("search", "tea", "-k", "many"), 2, "usage"),
    (("search",), 2, "usage"),
    (("stats", "--set", "nonsense"), 2, "usage"),
    (("stats", "--lang", "fr"), 2, "usage"),
    (("stats", "--user", ""), 2, "invalid_scope"),
    (("stats", "--user", "a\tb"), 2, "invalid_scope"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "name"), NAMED, ids=lambda part: str(part)[:40])
def test_bad_input_has_a_name(ana, words, code, name):
    error = ana(*words, "--json", code=code).error
    assert error["code"] == name
    assert set(error) == {"code", "message", "why", "fix"}
    assert all(error.values())
    assert ana("stats", "--json").json["memories"] == 3


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("words", "code", "name"), NAMED[::4], ids=lambda part: str(part)[:40])
def test_a_person_reads_three_lines_and_no_traceback(ana, words, code, name, lang):
    run = ana("--lang", lang, *words, code=code)
    assert run.out == ""
    lines = run.err.splitlines()
    assert len(lines) == 3
    labels = ("Error: ", "Why:   ", "Fix:   ") if lang == "en" else ("错误:", "原因:", "解决:")
    assert all(line.startswith(label) for line, label in zip(lines, labels, strict=True))


def test_a_near_miss_gets_a_suggestion(cli):
    assert "search" in cli("serach", code=2).err.splitlines()[1]
    assert "--limit" in cli("search", "x", "--limits", "3", code=2).err.splitlines()[1]
    assert cli("config", "retreival.limit", "--json", code=5).error["fix"] == "fusion-memory config retrieval.limit"


def test_unquoted_words_come_back_with_quotes(cli):
    assert (
        cli("--user", "u", "add", "I", "moved", code=2).err.splitlines()[2] == 'Fix:   fusion-memory add "I moved"'
    )


@pytest.mark.parametrize(
    "question",
    [
        '"',
        '""',
        "AND",
        "tea AND",
        "NEAR(tea milk)",
        "text:tea",
        "tea*",
        "-tea",
        "(tea",
        "^tea",
        "'; DROP TABLE",
        "%",
        "\\",
    ],
)
def test_operators_and_quotes_are_only_words(ana, question):
    assert "hits" in ana("search", "--json", "--", question).json


def test_a_text_of_five_megabytes_is_named(ana):
    error = ana("add", "-", "--json", stdin="x" * 5_000_000, code=2).error
    assert error["code"] == "text_too_long"
    assert "--set ingest.max_chars" in error["fix"]
    assert ana("stats", "--json").json["memories"] == 3


def test_an_endless_stdin_is_not_read_to_its_end(ana):
    ana("add", "-", "--set", "ingest.max_chars=100", stdin="x" * 1_000, code=2)


def test_stdin_that_is_not_utf_8_is_named_with_its_place(ana):
    error = ana("add", "-", "--json", stdin=b"abc\xff\xfe", code=2).error
    assert error["code"] == "invalid_text"
    assert "byte 3" in error["message"]


def test_arguments_that_are_not_utf_8_are_named(cli):
    run = cli.process("--user", "u", "add", b"bad \xff text", "--json")
    assert (run.code, run.error["code"]) == (2, "invalid_text")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("{", "invalid_input"),
        ("5", "invalid_input"),
        ("{}", "invalid_input"),
        ('{"content": ""}', "empty_text"),
        ('{"content": "a\\u0000b"}', "invalid_text"),
        ('{"content": "\\ud800"}', "invalid_text"),
        ("[" * 100_000, "invalid_input"),
    ],
)
def test_a_bad_line_is_named_and_nothing_of_the_file_is_stored(ana, tmp_path, line, name):
    (tmp_path / "chat.jsonl").write_text('{"content": "fine"}\n\n' + line + "\n")
    error = ana("add", "--file", "chat.jsonl", "--json", code=2).error
    assert error["code"] == name
    assert "line 3" in error["message"]
    assert ana("stats", "--json").json["memories"] == 3


def test_another_scope_sees_nothing(ana):
    memory_id = ana("search", "Atlas", "--json").json["hits"][0]["id"]
    assert ana("get", memory_id, "--user", "bob", "--json", code=3).error["code"] == "not_found"
    assert ana("forget", memory_id, "--user", "bob", "--json", code=3).error["code"] == "not_found"
    assert ana("search", "Atlas", "--user", "bob", "--json").json["hits"] == []
    assert ana("stats", "--json").json["memories"] == 3


def test_a_locked_database_is_named(ana):
    hold = (
        "import sqlite3, sys; database = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "database.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    # a process of its own: file locks do not stop two SQLite libraries of one process
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(ana.home / "memory.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        error = ana("add", "text", "--set", "storage.busy_timeout_s=0.1", "--json", code=6).error
        holder.stdin.close()
    assert error["code"] == "database_locked"
    assert error["fix"] == "fusion-memory add --set storage.busy_timeout_s=60 ..."
    ana("add", "text")


def test_another_kind_of_file_is_named_and_left_alone(cli, tmp_path):
    other = tmp_path / "photo.jpg"
    other.write_bytes(b"\xff\xd8\xff\xe0 not a database, really not" * 100)
    before = other.read_bytes()
    assert cli("--db", str(other), "--user", "u", "stats", "--json", code=6).error["code"] == "not_a_database"
    assert other.read_bytes() == before


def test_a_database_from_the_future_is_named(ana):
    with sqlite3.connect(ana.home / "memory.db") as database:
        database.execute("PRAGMA user_version = 9999")
    database.close()
    assert ana("stats", "--json", code=6).error["code"] == "database_too_new"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_database_is_named(ana):
    (ana.home / "memory.db").chmod(0o400)
    ana.home.chmod(0o500)
    try:
        assert ana("add", "text", "--json", code=6).error["code"] == "database_read_only"
    finally:
        ana.home.chmod(0o700)


class Failing:
    """A memory that fails in one way."""

    def __init__(self, error):
        self.error = error

    def __getattr__(self, name):
        def fail(*_args, **_kwargs):
            raise self.error

        return (lambda: None) if name == "close" else fail


@pytest.mark.parametrize(
    "error",
    [
        errors.DiskFull(),
        errors.DatabaseReadOnly(),
        errors.ModelTimeout(),
        errors.AccessDenied(),
        errors.ServiceClosed(),
    ],
    ids=lambda error: error.code,
)
@pytest.mark.parametrize(
    "words",
    [
        ("add", "text"),
        ("search", "x"),
        ("ask", "x"),
        ("get", "x"),
        ("history",),
        ("stats",),
        ("facts",),
        ("views", "--refresh"),
        ("timeline",),
        ("compare", "a", "b"),
        ("profiles",),
        ("entities",),
        ("entities", "--suggest"),
        ("merge", "a", "b"),
        ("split", "a"),
        ("alias", "a", "b"),
        ("conflicts",),
        ("correct", "x", "y"),
        ("retract", "x", "--yes"),
        ("report", "encoding"),
        ("tasks", "--process"),
        ("backup",),
        ("reindex",),
    ],
    ids=lambda words: words[0],
)
def test_what_the_memory_says_decides_the_exit_code(cli, words, error):
    cli.open_service = lambda _settings, _folder: Failing(error)
    told = cli("--user", "u", *words, "--json", code=error.exit_code).error
    assert told["code"] == error.code


def test_a_full_disk_under_a_file_is_a_full_disk(cli):
    cli.open_service = lambda _settings, _folder: Failing(OSError(28, "No space left on device", "x.db"))
    assert cli("--user", "u", "stats", "--json", code=6).error["code"] == "disk_full"


def test_the_unexpected_is_told_calmly_and_debug_shows_it_all(cli):
    cli.open_service = lambda _settings, _folder: Failing(ZeroDivisionError("oops"))
    run = cli("--user", "u", "stats", code=1)
    assert len(run.err.splitlines()) == 3
    assert run.err.splitlines()[2] == "Fix:   fusion-memory stats --debug"
    assert "Traceback" in cli("--user", "u", "stats", "--debug", code=1).err


def test_ctrl_c_is_quiet(cli):
    cli.open_service = lambda _settings, _folder: Failing(KeyboardInterrupt())
    run = cli("--user", "u", "stats", code=130)
    assert run.err == "Stopped. What was stored stays; repeating the command is safe.\n"

"""At a terminal: tables wrap, colours can be switched off, bars go away, erasing everything asks first."""

import json
import os
import re
import select
import subprocess
import sys

import pytest

from fusion_memory.cli.columns import cell_width

pty = pytest.importorskip("pty", reason="needs a Unix terminal")

COMMAND = [sys.executable, "-m", "fusion_memory.cli"]
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LONG = "A long memory about a ferry across the bay: we left at nine and saw two dolphins. 很长的一段话。"


def at_terminal(cli, *words, answer=b"", columns=72, **environment):
    """Run with all three streams on a terminal; the exit code and everything shown."""
    ours, theirs = pty.openpty()
    settings = {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "40", "LC_ALL": "C.UTF-8"}
    inherited = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "CI"}}
    process = subprocess.Popen(
        [*COMMAND, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**inherited, **settings, **cli.environment, **environment},
    )
    os.close(theirs)
    os.write(ours, answer)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # the other end is closed
            break
        shown += piece
        if not piece:
            break
    os.close(ours)
    return process.wait(60), shown.decode().replace("\r\n", "\n")


def test_hits_wrap_inside_their_column(cli):
    cli("--user", "u", "add", LONG, "--name", "李雷")
    cli("--user", "u", "add", "A ferry.", "--name", "Ana")
    code, shown = at_terminal(cli, "--user", "u", "search", "ferry")
    assert code == 0
    lines = [line for line in CONTROL.sub("", shown).splitlines() if "fusion-memory" not in line]
    assert all(cell_width(line) <= 72 for line in lines)
    starts = {
        cell_width(line[: line.index(word)])
        for line in lines
        for word in ("A long", "A ferry", "mem_")
        if word in line
    }
    assert len(starts) == 1
    assert "很长的一段话" in "".join(line.strip() for line in lines)


def test_colours_can_be_switched_off(cli):
    assert "\x1b[32m" in at_terminal(cli, "doctor")[1]
    assert "\x1b[32m" not in at_terminal(cli, "doctor", NO_COLOR="1")[1]


def test_a_stored_text_is_neither_markup_nor_an_escape_sequence(cli):
    cli("--user", "u", "add", "tea [bold red]hot[/] :smile: \x1b[31mred\x07")
    shown = CONTROL.sub("", at_terminal(cli, "--user", "u", "search", "tea")[1])
    assert "[bold red]hot[/] :smile: ␛[31mred␇" in shown
    memory_id = re.search(r"mem_\w+", shown)[0]
    assert "␛[31mred␇" in at_terminal(cli, "--user", "u", "get", memory_id)[1]


def test_a_bar_shows_what_is_done_and_goes_away(cli, tmp_path):
    lines = (json.dumps({"content": f"message {number}"}) for number in range(600))
    (tmp_path / "chat.jsonl").write_text("\n".join(lines))
    code, shown = at_terminal(cli, "--user", "u", "add", "--file", "chat.jsonl")
    assert code == 0
    assert "/600 messages" in CONTROL.sub("", shown)
    assert shown.rstrip().splitlines()[-1].startswith("Keyword search only")
    assert "600 stored, 0 already known." in shown


def test_no_bar_with_json_or_away_from_a_terminal(cli, tmp_path):
    (tmp_path / "chat.jsonl").write_text('{"content": "one"}\n')
    code, shown = at_terminal(cli, "--user", "u", "add", "--file", "chat.jsonl", "--json")
    assert code == 0
    assert json.loads(shown)["inserted"] == 1
    assert "━" not in cli("--user", "u", "add", "--file", "chat.jsonl").err


@pytest.mark.parametrize(("answer", "code", "left"), [(b"y\n", 0, 0), (b"n\n", 130, 1), (b"\n", 130, 1)])
def test_erasing_everything_asks_at_a_terminal(cli, answer, code, left):
    cli("--user", "u", "add", "one text")
    told, shown = at_terminal(cli, "--user", "u", "forget", "--all", answer=answer)
    assert told == code
    assert "Erase 1 memory" in shown
    assert cli("--user", "u", "stats", "--json").json["memories"] == left


@pytest.mark.parametrize(("answer", "code", "state"), [(b"y\n", 0, "retracted"), (b"n\n", 130, "current")])
def test_taking_back_asks_at_a_terminal(cli, answer, code, state):
    cli("--user", "u", "add", "I live in Lisbon.")
    [fact] = cli("--user", "u", "facts", "--json").json
    told, shown = at_terminal(cli, "--user", "u", "retract", fact["id"], answer=answer)
    assert told == code
    assert "Take back: user lives in Lisbon?" in shown
    assert [one["state"] for one in cli("--user", "u", "facts", "--state", "all", "--json").json] == [state]


def test_every_page_is_shown_without_a_traceback(cli):
    cli("--user", "u", "add", LONG, "I moved from Lisbon to Porto.", "I love jazz. I met Ann on May 3, 2025.")
    trace_id = cli("--user", "u", "search", "ferry", "--json").json["trace_id"]
    for words in (
        ("trace", trace_id),
        ("history",),
        ("stats",),
        ("config",),
        ("config", "recipes"),
        ("ask", "ferry"),
        ("facts", "--state", "all", "--evidence"),
        ("views",),
        ("timeline",),
        ("compare", "Porto", "Ann"),
        ("profiles",),
        ("entities",),
        ("conflicts",),
        ("report", "encoding"),
        ("report", "profiles"),
        ("tasks",),
    ):
        code, shown = at_terminal(cli, "--user", "u", *words, "--lang", "zh")
        assert code == 0, shown
        assert "Traceback" not in shown

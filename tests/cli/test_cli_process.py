"""The command line as a process: entry points, pipes, signals, locales."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "fusion_memory.cli"]


def test_the_classic_lines_run_as_printed(cli):
    scope = ("--db", "x.db", "--workspace-id", "w", "--user-id", "u")
    run = cli.process(*scope, "add", "Atlas moved to the new office. 阿特拉斯搬到了新办公室。")
    assert run.code == 0, run.err
    assert "Atlas" in cli.process(*scope, "search", "Where is Atlas?").out
    assert "Atlas" in cli.process(*scope, "search", "Where is Atlas?", "--allow-cross-session").out
    assert "[1]" in cli.process(*scope, "answer-context", "Where is Atlas?").out
    assert "Atlas" in cli.process(*scope, "history", "--entity", "Atlas").out


def test_the_locale_chooses_the_language(cli):
    assert "用法" in cli.process("--help", LC_ALL="zh_CN.UTF-8").out
    assert "用法" in cli.process("--help", LC_ALL="", LC_MESSAGES="", LANG="zh_TW.UTF-8").out
    assert "Usage" in cli.process("--help", LC_ALL="de_DE.UTF-8").out
    assert "Usage" in cli.process("--help", "--lang=en", LC_ALL="zh_CN.UTF-8").out


def test_data_is_utf_8_in_every_locale(cli):
    cli.process("--user", "u", "add", "会议改到周五。")
    for locale in ("C", "POSIX", "en_US.ISO-8859-1"):
        run = cli.process(
            "--user", "u", "search", "Friday 周五", "--json", LC_ALL=locale, PYTHONIOENCODING="latin-1"
        )
        assert run.json["hits"][0]["text"] == "会议改到周五。"


def test_a_closed_pipe_is_quiet(cli):
    lines = "\n".join(json.dumps({"content": f"message number {number} " + "x" * 200}) for number in range(2_000))
    assert cli.process("--user", "u", "add", "--file", "-", stdin=lines.encode()).code == 0
    environment = {**os.environ, **cli.environment}
    with subprocess.Popen(
        [*COMMAND, "--user", "u", "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(60) == 141
    assert told == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_an_error(cli):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*COMMAND, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 6
    assert len(done.stderr.splitlines()) == 3


def test_ctrl_c_leaves_with_130_and_no_traceback(cli):
    script = (
        "import os, signal, sys, types\n"
        "sys.argv = ['fusion-memory', '--user', 'u', 'add', '-']\n"
        "def interrupted(_size):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    signal.pause()\n"
        "sys.stdin = types.SimpleNamespace(buffer=types.SimpleNamespace(read=interrupted))\n"
        "from fusion_memory.cli.main import main\n"
        "main()\n"
    )
    environment = {**os.environ, **cli.environment, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert done.returncode == 130
    assert done.stderr == "Stopped. What was stored stays; repeating the command is safe.\n"

"""The command line in a test: its own home folder, keyword search only, the streams apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from fusion_memory.cli import lazy
from fusion_memory.cli.application import ROOT
from fusion_memory.cli.context import Doors


@dataclass(frozen=True)
class Run:
    """What one call left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def error(self):
        """The error of a call with --json."""
        assert self.out == ""
        return json.loads(self.err)["error"]


class Cli:
    """Calls the command line in this process or in one of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {"FUSION_MEMORY_HOME": str(home), "FUSION_MEMORY_EMBEDDING_PROVIDER": "none"}
        self.open_service = lazy.open_service

    def __call__(self, *words: str, stdin: str | bytes | None = None, code: int = 0) -> Run:
        doors = Doors(open_service=self.open_service, environment=self.environment)
        result = CliRunner().invoke(ROOT, list(words), input=stdin, obj=doors)
        run = Run(result.exit_code, result.stdout, result.stderr)
        assert run.code == code, f"{words}: exit {run.code}\n{run.out}\n{run.err}"
        return run

    def process(self, *words: str | bytes, stdin: bytes = b"", **environment: str) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "fusion_memory.cli", *words],
            input=stdin,
            capture_output=True,
            env={**os.environ, "LC_ALL": "C.UTF-8", **self.environment, **environment},
            timeout=120,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """A command line with an empty home."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path / "home")


@pytest.fixture
def ana(cli):
    """A command line that remembers the user ana, with three memories."""
    cli("use", "--user", "ana")
    cli("add", "I moved from Lisbon to Porto in May.", "--time", "2026-03-02", "--name", "Ana", "--session", "s1")
    cli("add", "Atlas is the name of my dog.", "--time", "2026-03-05", "--session", "s1")
    cli("add", "会议改到周五下午三点。", "--time", "2026-03-09", "--name", "李雷", "--session", "s2")
    return cli

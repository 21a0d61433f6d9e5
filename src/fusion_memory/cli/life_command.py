"""``start``, ``stop``, ``restart``, ``status``, ``logs``: the service in the background of this home folder."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fusion_memory import __version__
from fusion_memory.cli import lazy
from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.service import starting
from fusion_memory.service.running import RunningService, clear, left_behind, running

NOT_RUNNING = 3
"""The exit code of ``status`` when nothing runs, as service managers know it."""
PATIENCE_S = 60.0
STOP_PATIENCE_S = 20.0
READY = "/readyz"
OK, NOT_READY = 200, 503

WAIT = click.option("--wait", type=click.FloatRange(1, 3_600), default=PATIENCE_S, metavar="SECONDS")
HOST = click.option("--host", metavar="ADDRESS")
PORT = click.option("--port", type=click.IntRange(0, 65_535), metavar="N")


@command("start")
@HOST
@PORT
@click.option("--storage-backend", "--storage", type=click.Choice(("sqlite",)), default="sqlite")
@WAIT
@with_call
def start(call: Call, host: str | None, port: int | None, storage_backend: str, wait: float) -> None:
    """Start the service."""
    del storage_backend
    lazy.require_service()
    before = running(call.home)
    found = starting.start(call.home, _arguments(call, host, port), _environment(call), wait)
    call.out.show(_form(found), lambda: call.out.line(found.address))
    call.out.note("start.runs" if before else "start.done", pid=found.pid, address=found.address)
    if found.version != __version__:
        call.out.note("status.skew", running=found.version, installed=__version__)


@command("stop")
@click.option("--force", is_flag=True)
@click.option("--wait", type=click.FloatRange(1, 3_600), default=STOP_PATIENCE_S, metavar="SECONDS")
@with_call
def stop(call: Call, force: bool, wait: float) -> None:
    """End the service."""
    found = starting.stop(call.home, wait, force=force)
    clear(call.home)
    call.out.show({"stopped": found is not None, "pid": found.pid if found else None}, lambda: None)
    call.out.note("stop.done" if found else "status.none", pid=found.pid if found else 0)


@command("restart")
@HOST
@PORT
@WAIT
@with_call
def restart(call: Call, host: str | None, port: int | None, wait: float) -> None:
    """End the service and start it again."""
    lazy.require_service()
    before = starting.stop(call.home, STOP_PATIENCE_S)
    changed = _arguments(call, host, port)
    arguments = changed or (list(before.arguments) if before else [])
    found = starting.start(call.home, arguments, _environment(call), wait)
    call.out.show(_form(found), lambda: call.out.line(found.address))
    call.out.note("start.done", pid=found.pid, address=found.address)


@command("status")
@with_call
def status(call: Call) -> None:
    """Say whether the service runs."""
    found = running(call.home)
    if found is None:
        call.out.show({"running": False}, lambda: call.out.line(call.out.words("status.none")))
        if left_behind(call.home):
            call.out.note("status.left_behind")
        raise click.exceptions.Exit(NOT_RUNNING)
    code = starting.status_of(found.address, READY) if found.address else None
    call.out.show(_form(found) | {"running": True, "ready": code == OK}, lambda: _show(call, found, code))
    if found.version != __version__:
        call.out.note("status.skew", running=found.version, installed=__version__)


@command("logs")
@click.option("--lines", "-n", type=click.IntRange(0, 100_000), default=40, metavar="N")
@click.option("--follow", "-f", is_flag=True)
@with_call
def logs(call: Call, lines: int, follow: bool) -> None:
    """Show what the service wrote."""
    log = starting.log_of(call.home)
    if not log.is_file():
        call.out.note("logs.none", path=log)
    for line in starting.tail(log, lines):
        call.out.line(line)
    if follow:
        for line in starting.follow(log):
            call.out.line(line)


def _arguments(call: Call, host: str | None, port: int | None) -> list[str]:
    """What ``serve`` is started with, so that it means the same from any folder."""
    given: list[str] = []
    if host is not None:
        given += ["--host", host]
    if port is not None:
        given += ["--port", str(port)]
    if "db" in call.flags:
        given += ["--db", str(Path(call.flags["db"]).expanduser().absolute())]
    if call.project_file is not None:
        given += ["--config", str(call.project_file.absolute())]
    for name, value in dict(call.flags.get("settings", {})).items():
        given += ["--set", f"{name}={value}"]
    return given


def _environment(call: Call) -> dict[str, str]:
    return {**os.environ, **call.doors.environment}


def _form(found: RunningService) -> dict[str, Any]:
    return asdict(found)


def _show(call: Call, found: RunningService, code: int | None) -> None:
    words = call.out.words
    state = {OK: "status.ready", NOT_READY: "status.not_ready", None: "status.silent"}.get(code, "status.ready")
    rows = [
        (words("status.state"), words(state)),
        (words("status.address"), found.address or "-"),
        (words("status.process"), str(found.pid)),
        (words("status.since"), f"{found.since:%Y-%m-%d %H:%M:%S %Z}"),
        (words("status.version"), found.version),
        (words("status.database"), found.database),
        (words("status.log"), found.log or "-"),
    ]
    call.out.table(Table([[Cell(name, "dim"), Cell(value)] for name, value in rows]))

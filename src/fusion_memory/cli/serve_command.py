"""``serve``: the memory over HTTP, until it is told to end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from fusion_memory import __version__
from fusion_memory.cli import lazy
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.service.running import RunningService, claimed, running
from fusion_memory.service.starting import LOG_OPTION

BACKENDS = ("sqlite",)


@command("serve")
@click.option("--host", metavar="ADDRESS")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="N")
@click.option("--storage-backend", type=click.Choice(BACKENDS), default="sqlite", show_default=True)
@click.option(LOG_OPTION, "log", default="", metavar="FILE")
@with_call
def serve(call: Call, host: str | None, port: int | None, storage_backend: str, log: str) -> None:
    """Serve the memory over HTTP."""
    del storage_backend  # there is one; the option is known to those who come from other systems
    lazy.require_service()
    settings = call.settings
    server = replace(
        settings.server,
        host=settings.server.host if host is None else host,
        port=settings.server.port if port is None else port,
    )
    with _announced(call, log) as announce:

        def ready(address: str) -> None:
            announce(address)
            call.out.note("serve.ready", address=address)

        lazy.serve(replace(settings, server=server), call.home, ready)


@contextmanager
def _announced(call: Call, log: str) -> Iterator[Callable[[str], None]]:
    """Be known as the service of this home folder; beside one of another database, serve unannounced.

    Raises:
        AlreadyRunning: this database is served already.
    """
    record = RunningService(
        pid=os.getpid(),
        address="",
        version=__version__,
        database=str(_whole(call.database)),
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        arguments=tuple(_own_arguments(sys.argv)),
        log=log,
    )
    other = running(call.home)
    if other is not None and other.database != record.database:
        yield lambda _: None
        return
    with claimed(call.home, record) as claim:
        yield claim.announce


def _whole(database: Path | str) -> Path | str:
    return database.absolute() if isinstance(database, Path) else database


def _own_arguments(words: list[str]) -> list[str]:
    """What came after ``serve`` on the command line of this process."""
    own = words[words.index("serve") + 1 :] if "serve" in words else []
    return own[2:] if own[:1] == [LOG_OPTION] else own

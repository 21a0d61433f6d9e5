"""``serve``: the memory over HTTP, until it is told to end."""

from __future__ import annotations

from dataclasses import replace

import click

from fusion_memory.cli import lazy
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.options import command

SERVICE_PACKAGES = frozenset({"fastapi", "starlette", "pydantic", "uvicorn"})
BACKENDS = ("sqlite",)


@command("serve")
@click.option("--host", metavar="ADDRESS")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="N")
@click.option("--storage-backend", type=click.Choice(BACKENDS), default="sqlite", show_default=True)
@with_call
def serve(call: Call, host: str | None, port: int | None, storage_backend: str) -> None:
    """Serve the memory over HTTP."""
    del storage_backend  # there is one; the option is known to those who come from other systems
    settings = call.settings
    server = replace(
        settings.server,
        host=settings.server.host if host is None else host,
        port=settings.server.port if port is None else port,
    )
    try:
        lazy.serve(
            replace(settings, server=server),
            call.home,
            lambda address: call.out.note("serve.ready", address=address),
        )
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in SERVICE_PACKAGES:
            raise
        raise Refusal("serve.missing", 'pip install "fusion-memory[service]"', name=error.name) from None

"""Composition: settings, an open memory, the application, a socket. The only file here that knows the engine."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.settings import Settings
from fusion_memory.engine.build import open_service
from fusion_memory.engine.open_telemetry import instrument
from fusion_memory.service.app import create_app
from fusion_memory.service.guarding import guarded, require_guarded
from fusion_memory.service.options import ServiceOptions
from fusion_memory.service.watching import ACCESS

BACKLOG = 512


def serve(settings: Settings, folder: Path, ready: Callable[[str], None] | None = None) -> None:
    """Serve the memory that the settings name until the process is told to end; requests under way are finished.

    A worker does what is due in the background, unless the settings leave that to ``fusion-memory worker``.

    Args:
        settings: all of them; those of ``[server]`` say where to listen.
        folder: holds the database when the settings name none.
        ready: hears the address once requests are taken.

    Raises:
        InvalidSetting: the address cannot be listened on, or would let anybody in.
    """
    require_guarded(settings)
    listener = listening(settings.server.host, settings.server.port)
    if settings.server.access_log == "on":
        write_access_log()
    with listener, traced(settings), open_service(settings, folder) as memory:
        options = guarded(settings, memory, ServiceOptions(settings=settings.server, telemetry=settings.telemetry))
        config = uvicorn.Config(
            create_app(memory, options=options),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=math.ceil(settings.server.drain_s),
        )
        memory.start_worker()
        if ready is not None:
            ready(address_of(listener))
        LivingServer(config).run(sockets=[listener])


class LivingServer(uvicorn.Server):
    """Ends in order: readiness turns red and streams end, no new requests are taken, those under way end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; new requests are still taken for ``server.red_s`` seconds, so that a balancer sees the red first."""
        state = self.config.app.state  # type: ignore[union-attr] # an application of create_app
        state.life.end()
        await asyncio.sleep(state.options.settings.red_s)
        await super().shutdown(sockets)


@contextmanager
def traced(settings: Settings) -> Iterator[None]:
    """Make OpenTelemetry spans inside, where the settings want them.

    Raises:
        ConfigurationError: they do, and OpenTelemetry is not installed.
    """
    if settings.telemetry.spans != "on":
        yield
        return
    remove = instrument()
    try:
        yield
    finally:
        remove()


def write_access_log() -> None:
    """Let the access log go to standard error, one JSON object a line."""
    if not ACCESS.handlers:
        out = logging.StreamHandler()
        out.setFormatter(logging.Formatter("%(message)s"))
        ACCESS.addHandler(out)
    ACCESS.setLevel(logging.INFO)
    ACCESS.propagate = False


def address_of(listener: socket.socket) -> str:
    """Where a socket listens, as people type it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on the address.

    Raises:
        InvalidSetting: the port is taken, or the address is none of this computer's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidSetting(
            f"The service cannot listen on {host}:{port}: {reason}.",
            why="Another program listens there, or the address is not this computer's.",
            fix=f"choose another port, for instance --port {port + 1 if port < 65_535 else 8765}",
        ) from None

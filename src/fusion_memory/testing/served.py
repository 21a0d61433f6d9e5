"""A memory behind a real service on this computer: what runs against it goes through HTTP and back.

The service runs in a thread of this process, on a port that is free. Needs the extras ``service`` and ``http``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from types import TracebackType
from typing import Any, Self

import uvicorn

from fusion_memory.client.memory import MemoryClient
from fusion_memory.engine.service import MemoryService
from fusion_memory.service.app import create_app
from fusion_memory.service.options import ServiceOptions
from fusion_memory.service.serving import LivingServer, address_of, listening

LOOPBACK = "127.0.0.1"
START_S = 30.0
LOOK_S = 0.005


class ServedMemory(MemoryClient):
    """A client that brings its service along; closing it closes both.

    Args:
        memory: the open memory that is served; it is closed at the end.
        options: of the service; everybody may do everything when absent.
        client: further arguments of :class:`MemoryClient`.
    """

    def __init__(
        self,
        memory: MemoryService,
        options: ServiceOptions | None = None,
        **client: Any,  # noqa: ANN401 (those of MemoryClient)
    ) -> None:
        self.engine = memory
        self._serving = serving(memory, options)
        super().__init__(self._serving.__enter__(), **client)

    def close(self) -> None:
        """Close the connections, end the service, close the memory."""
        super().close()
        self._serving.__exit__(None, None, None)
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def serving(
    memory: MemoryService, options: ServiceOptions | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[str]:
    """Serve an open memory for as long as the block runs; its address."""
    with listening(LOOPBACK, 0) as listener:
        config = uvicorn.Config(create_app(memory, options=options), log_level="error", access_log=False)
        server = LivingServer(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = clock() + START_S
        while not server.started:
            if not thread.is_alive() or clock() > deadline:
                raise RuntimeError("the service did not start")
            time.sleep(LOOK_S)
        try:
            yield address_of(listener)
        finally:
            server.should_exit = True
            thread.join(START_S)

"""The application: a memory, served over HTTP. It composes the parts of this room and opens nothing itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from fusion_memory import __version__
from fusion_memory.core import telemetry
from fusion_memory.core.served import ServedMemory
from fusion_memory.service import docs_page, openapi, problems
from fusion_memory.service.deadline import Deadline
from fusion_memory.service.doors import Doors
from fusion_memory.service.life import Life
from fusion_memory.service.meter import Meter
from fusion_memory.service.once import Once
from fusion_memory.service.options import ServiceOptions
from fusion_memory.service.routes import ROUTERS
from fusion_memory.service.sizes import Sizes
from fusion_memory.service.watching import Watched

TITLE = "Fusion Memory"
DESCRIPTION = (
    "Long-term memory for AI agents: durable, offline, English and Chinese, every answer with its evidence."
)


def create_app(memory: ServedMemory, *, options: ServiceOptions | None = None) -> FastAPI:
    """The application on an open memory.

    Args:
        memory: stays open when the application ends: whoever opened it closes it.
        options: gate, limits and companions; those of one person at this computer when absent.
    """
    options = options or ServiceOptions()
    app = FastAPI(
        title=TITLE,
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=openapi.operation_id,
    )
    app.state.memory = memory
    app.state.options = options
    app.state.life = Life(options.settings.max_streams)
    app.state.meter = Meter(options.telemetry)
    app.add_middleware(Once, settings=options.settings)
    app.add_middleware(Sizes, settings=options.settings)
    app.add_middleware(Deadline, timeout_s=options.settings.request_timeout_s)
    problems.install(app)
    openapi.install(app)
    docs_page.install(app)
    if options.doors is not None:
        app.add_middleware(Doors, rules=options.doors)
    app.add_middleware(Watched, meter=app.state.meter, log=options.settings.access_log == "on")
    for router in (*ROUTERS, *options.routers):
        app.include_router(router)
    app.add_middleware(problems.LastResort)  # the outermost: added after all others
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the companions; the memory is left as it was."""
    options: ServiceOptions = app.state.options
    life: Life = app.state.life
    with ExitStack() as beside:
        beside.callback(telemetry.install(app.state.meter))
        for companion in options.companions:
            beside.enter_context(await run_in_threadpool(companion))
        try:
            yield
        finally:
            life.end()

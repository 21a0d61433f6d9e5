"""A guarded service in a test: an open memory, settings, keys, and a client that speaks to it by its own name."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

from fastapi.testclient import TestClient

from fusion_memory import MemoryService
from fusion_memory.core.access_settings import AuthSettings, LimitSettings
from fusion_memory.core.settings import Settings
from fusion_memory.service.app import create_app
from fusion_memory.service.guarding import guarded
from fusion_memory.service.options import ServiceOptions

HERE = "http://127.0.0.1:8765"


def settings_with(auth=None, limits=None, host="127.0.0.1"):
    found = Settings()
    return replace(
        found,
        auth=AuthSettings(**{"mode": "on", **(auth or {})}),
        limits=LimitSettings(**(limits or {})),
        server=replace(found.server, host=host),
    )


@contextmanager
def serving(memory=None, auth=None, limits=None, clock=None, host="127.0.0.1", base=HERE):
    """A client of a guarded service, and the memory behind it."""
    settings = settings_with(auth, limits, host)
    own = memory or MemoryService(embedder=None, llm=None, settings=settings)
    options = guarded(settings, own, ServiceOptions(settings=settings.server), clock)
    with TestClient(create_app(own, options=options), base_url=base) as http:
        yield http, own
    if memory is None:
        own.close()


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}

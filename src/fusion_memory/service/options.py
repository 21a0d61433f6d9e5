"""What a service is made with besides its memory: the gate, the limits, and what runs beside it.

Everything has a default that suits one person on one computer. This file must not know settings files.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from fastapi import APIRouter, Request

from fusion_memory.core.settings import ServerSettings, TelemetrySettings
from fusion_memory.service.doors import DoorRules
from fusion_memory.service.gate import Gate, OpenGate

Companion = Callable[[], AbstractContextManager[object]]
"""Something that runs while the service serves: entered when it starts, left when it ends."""


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """How to serve.

    Attributes:
        gate: tells who calls.
        settings: limits and sizes.
        telemetry: what operators learn.
        doors: whom the threshold lets by; None lets everybody by, for tests.
        routers: further routes, beside those of ``service.routes``.
        companions: what runs beside the service, for instance a worker; left in reverse order when it ends.
    """

    gate: Gate = field(default_factory=OpenGate)
    settings: ServerSettings = field(default_factory=ServerSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    doors: DoorRules | None = None
    routers: tuple[APIRouter, ...] = ()
    companions: tuple[Companion, ...] = ()


def options_of(request: Request) -> ServiceOptions:
    """The options of the service that a request came to."""
    options = request.app.state.options
    if not isinstance(options, ServiceOptions):
        raise TypeError("this application was not made by create_app")
    return options

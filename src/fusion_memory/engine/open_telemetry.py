"""OpenTelemetry spans of what a memory does and of the models it asks (extra ``telemetry``).

Why it exists: whoever traces an agent sees the memory's part in it. It must not know any call of the service: it
hears of them as :mod:`fusion_memory.core.telemetry` tells, names and counts, so a span never holds a text. Its
attributes are those for generative AI of mid-2026 (``gen_ai.memory.*``, ``gen_ai.usage.*``, in development).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from fusion_memory.core import telemetry
from fusion_memory.core.errors import ConfigurationError
from fusion_memory.core.telemetry import CHAT, EMBEDDINGS, MODEL, RERANK, Observation

PROVIDER: Final = "fusion_memory"
CLIENT_CALLS: Final = frozenset({CHAT, EMBEDDINGS, RERANK})
"""What another system may do for us; everything else happens here."""


def instrument(tracer: Any = None) -> Callable[[], None]:  # noqa: ANN401 (an opentelemetry Tracer, which is optional)
    """Make a span of every call and every use of a model, from now on; call what is returned to end that.

    Args:
        tracer: an ``opentelemetry.trace.Tracer``; the one of the global provider when absent.

    Raises:
        ConfigurationError: OpenTelemetry is not installed.
    """
    try:
        trace, context = import_module("opentelemetry.trace"), import_module("opentelemetry.context")
    except ImportError:
        raise ConfigurationError(
            "OpenTelemetry is not installed.",
            why="Spans need its API.",
            fix='pip install "fusion-memory[telemetry]", or set telemetry.spans=off',
        ) from None
    return telemetry.install(Spans(trace, context, tracer or trace.get_tracer("fusion_memory")))


class Spans:
    """An observer that makes one span of each observation, a child of the one that is open around it."""

    def __init__(self, trace: Any, context: Any, tracer: Any) -> None:  # noqa: ANN401 (optional modules)
        self._trace = trace
        self._context = context
        self._tracer = tracer

    def begin(self, observation: Observation) -> object:
        """Open the span and make it the current one."""
        kind = self._trace.SpanKind
        span = self._tracer.start_span(
            observation.operation,
            kind=kind.CLIENT if observation.operation in CLIENT_CALLS else kind.INTERNAL,
            attributes={"gen_ai.operation.name": observation.operation, "gen_ai.provider.name": PROVIDER},
        )
        return span, self._context.attach(self._trace.set_span_in_context(span))

    def end(self, observation: Observation, begun: object) -> None:
        """Fill the span and close it; an error is told by its code."""
        opened: Any = begun
        span, token = opened
        self._context.detach(token)
        if model := observation.attributes.get(MODEL):
            span.update_name(f"{observation.operation} {model}")
        span.set_attributes(observation.attributes)
        if observation.error:
            span.set_attribute("error.type", observation.error)
            span.set_status(self._trace.Status(self._trace.StatusCode.ERROR))
        span.end()

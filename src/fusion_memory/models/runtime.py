"""Open a model file in onnxruntime: the one place that knows this runtime and how it is set.

onnxruntime is imported when the first model opens (0.1 s), not with this file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from fusion_memory.core.errors import ModelUnavailable

NO_TELEMETRY = "ORT_DISABLE_TELEMETRY"
"""Read by onnxruntime when it is imported. Its wheels for Linux otherwise report usage and keep a device id."""

_MOST_THREADS = 4  # of one call: more gain little on sentences and take the machine from its other users
_ERRORS_ONLY = 3

# The fused operator adds and normalises in one pass but without vector instructions: 4 times slower.
_SLOW_FUSIONS = ["SkipLayerNormFusion"]


class Session(Protocol):
    """A loaded model; safe to run from several threads."""

    def run(self, outputs: Sequence[str] | None, inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """The named outputs, or all."""
        ...


def default_threads() -> int:
    """The processors this process may use, at most four."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


def open_session(model: bytes | str, threads: int = 0) -> Session:
    """Load a model file, given as bytes or by its path, for the processor.

    Args:
        model: the file.
        threads: of one call; 0 for the default.

    Raises:
        ModelUnavailable: onnxruntime is not installed, or refuses the file.
    """
    os.environ.setdefault(NO_TELEMETRY, "1")
    try:
        import onnxruntime  # 0.1 s and 60 MB: only when a model is really opened
    except ImportError as error:
        raise ModelUnavailable("The model runtime onnxruntime is not installed.", why=f"{error}.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or default_threads()
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Threads that spin answer no faster here and keep a processor busy between calls.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session: Session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOW_FUSIONS
        )
    except Exception as error:
        raise ModelUnavailable("The model file cannot be loaded.", why=f"onnxruntime: {error}.") from error
    return session

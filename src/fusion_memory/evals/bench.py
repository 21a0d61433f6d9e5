"""Measure the speed and the exactness of this product on this machine, and say how each figure stands.

The list of what is measured; each measurement is a file of ``measures``.
"""

from __future__ import annotations

import difflib
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fusion_memory import __version__
from fusion_memory.core.errors import InvalidOption
from fusion_memory.evals.measures.activation import activation
from fusion_memory.evals.measures.figure import Figure
from fusion_memory.evals.measures.isolation import isolation
from fusion_memory.evals.measures.model import model
from fusion_memory.evals.measures.searching import search
from fusion_memory.evals.measures.service import service
from fusion_memory.evals.measures.startup import startup
from fusion_memory.evals.measures.storing import add, ingest
from fusion_memory.evals.measures.verbatim import verbatim
from fusion_memory.evals.measures.workbench import Workbench

Measure = Callable[[Workbench], list[Figure]]

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "startup": startup,
        "model": model,
        "add": add,
        "ingest": ingest,
        "search": search,
        "service": service,
        "activation": activation,
        "verbatim": verbatim,
        "isolation": isolation,
    }
)
"""Every measurement by its name, in the order they are taken."""


def chosen(names: Sequence[str]) -> list[str]:
    """The measurements to take, in their order; all when none is named.

    Raises:
        InvalidOption: there is none of that name.
    """
    for name in names:
        if name not in MEASURES:
            close = difflib.get_close_matches(name, MEASURES, n=1)
            raise InvalidOption(
                f"There is no measurement {name!r}.",
                why=f"There are {', '.join(MEASURES)}.",
                fix=f"fusion-memory bench {close[0] if close else ''}".rstrip(),
            )
    return [name for name in MEASURES if name in names or not names]


def report_of(figures: Sequence[Figure], bench: Workbench, seconds: float) -> dict[str, Any]:
    """The figures as plain JSON values, with what a reader needs to place them."""
    return {
        "figures": {figure.name: _as_json(figure) for figure in figures},
        "degraded": sorted(bench.degraded),
        "machine": machine(),
        "full": bench.full,
        "seed": bench.seed,
        "seconds": round(seconds, 1),
        "version": __version__,
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def _as_json(figure: Figure) -> dict[str, Any]:
    target = figure.target
    return {
        "value": round(figure.value, 3),
        "unit": figure.unit,
        "floor": target.floor if target else None,
        "aim": target.aim if target else None,
        "verdict": figure.verdict.value,
        "detail": figure.detail,
    }

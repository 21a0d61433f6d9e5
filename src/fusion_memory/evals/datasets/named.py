"""A question set by one word and a path: ``locomo=FILE``, ``longmemeval/m500=FOLDER``, ``madial/en=FOLDER``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from fusion_memory.core.errors import InvalidOption
from fusion_memory.evals.datasets import beam, generic, lifebench, locomo, longmemeval, madial, realmem_questions
from fusion_memory.evals.records import QuestionSet

Loader = Callable[[Path, str], QuestionSet]
"""Reads a path; the text is the part that was named, empty for none."""


def _plain(load: Callable[[Path], QuestionSet]) -> Loader:
    return lambda path, _part: load(path)


LOADERS: Mapping[str, Loader] = MappingProxyType(
    {
        "beam": _plain(beam.load),
        "generic": lambda path, part: generic.load(path, "session" if part == "session" else "message"),
        "lifebench": _plain(lifebench.load),
        "locomo": _plain(locomo.load),
        "longmemeval": lambda path, part: longmemeval.load(path, part or None),
        "madial": lambda path, part: madial.load(path, "en" if part == "en" else "zh"),
        "realmem": _plain(realmem_questions.load),
    }
)


def load(given: str) -> QuestionSet:
    """Read ``SET=PATH`` or ``SET/PART=PATH``.

    Raises:
        InvalidOption: there is no such set.
        DatasetInvalid: the path does not hold it.
    """
    name, sign, path = given.partition("=")
    kind, _, part = name.partition("/")
    if not sign or kind not in LOADERS or not path:
        raise InvalidOption(
            f"{given!r} is no question set.",
            why="It is SET=PATH or SET/PART=PATH.",
            fix=f"SET is one of {', '.join(LOADERS)}",
        )
    return LOADERS[kind](Path(path), part)

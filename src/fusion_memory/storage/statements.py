"""Named SQL: the only SQL there is stands in ``.sql`` files, each statement under a ``-- name:`` line.

A later layer (a dialect's folder) replaces statements of an earlier one (the shared folder); within
a layer a name is used once. This file must not know any driver or what a statement means.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

SHARED = "sql"
_MARK = "-- name:"


class UnknownStatement(KeyError):
    """A statement was called by a name that no ``.sql`` file has: a defect of the caller."""


class Statements:
    """Statement texts by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = MappingProxyType(dict(texts))

    def __getitem__(self, name: str) -> str:
        try:
            return self._texts[name]
        except KeyError:
            raise UnknownStatement(f"there is no statement named {name!r}") from None

    def __iter__(self) -> object:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@cache
def load(*layers: str) -> Statements:
    """The statements of the given folders below this package, later folders before earlier ones.

    Raises:
        ValueError: a name stands twice in one layer.
    """
    texts: dict[str, str] = {}
    for layer in layers:
        texts |= _layer(files(__package__).joinpath(layer))
    return Statements(texts)


def parse(text: str, source: str) -> dict[str, str]:
    """The statements of one file: what follows each ``-- name:`` line, up to the next."""
    found: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for line in text.splitlines():
        if line.startswith(_MARK):
            name = line.removeprefix(_MARK).strip()
            if name in found:
                raise ValueError(f"{source}: the statement {name!r} stands twice")
            lines = found[name] = []
        elif lines is not None:
            lines.append(line)
    return {name: "\n".join(body).strip() for name, body in found.items()}


def _layer(folder: Traversable) -> dict[str, str]:
    texts: dict[str, str] = {}
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name):
        for name, body in parse(file.read_text("utf-8"), file.name).items():
            if name in texts:
                raise ValueError(f"{file.name}: the statement {name!r} stands in another file of {folder.name} too")
            texts[name] = body
    return texts

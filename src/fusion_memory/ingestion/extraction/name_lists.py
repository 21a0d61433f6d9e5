"""The word lists of the name rules, read once from ``names_en.toml`` and ``names_zh.toml``.

Why it exists: what is a name is data, how names are found is code. Must not know: any rule.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

_FOLDER: Final = "fusion_memory.ingestion.extraction"


class Lists:
    """The lists of one language, by ``table.key``: ``lists["people.titles"]`` is a frozen set of words."""

    def __init__(self, tables: dict[str, dict[str, str]]) -> None:
        self._sets = {
            f"{table}.{key}": _items(text) for table, entries in tables.items() for key, text in entries.items()
        }

    def __getitem__(self, name: str) -> frozenset[str]:
        return self._sets[name]


@cache
def lists(language: str) -> Lists:
    """The lists of ``en`` or ``zh``."""
    text = files(_FOLDER).joinpath(f"names_{language}.toml").read_text("utf-8")
    return Lists(tomllib.loads(text))


def _items(text: str) -> frozenset[str]:
    """Items are divided by commas where there are any, else by blanks."""
    parts = text.split(",") if "," in text else text.split()
    return frozenset(" ".join(part.split()) for part in parts if part.strip())

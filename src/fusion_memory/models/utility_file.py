"""Utility models on disk: JSON that says what it is, what it was trained on and how it did."""

from __future__ import annotations

import json
from pathlib import Path

from fusion_memory.core.errors import UtilityModelInvalid
from fusion_memory.core.utility import UtilityModel, from_json

MOST_BYTES = 1_000_000


def read_utility_model(path: Path) -> UtilityModel:
    """Read a model.

    Raises:
        UtilityModelInvalid: the file is not there, or holds none that fits.
    """
    try:
        raw = path.read_bytes()
        value = json.loads(raw) if len(raw) <= MOST_BYTES else None
    except OSError as error:
        raise UtilityModelInvalid(f"{path} cannot be read: {error.strerror or error}.") from None
    except ValueError:
        raise UtilityModelInvalid(f"{path} is not JSON.") from None
    return from_json(value, str(path))


def write_utility_model(model: UtilityModel, path: Path) -> None:
    """Write a model whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(model.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)

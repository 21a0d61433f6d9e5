"""Records as JSON values, for every command alike: field names are the records' own, times are ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any


def json_form(value: Any) -> Any:  # noqa: ANN401 (any record)
    """The value as what :func:`json.dumps` accepts."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: json_form(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): json_form(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return [json_form(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Path) else value

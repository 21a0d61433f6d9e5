"""The bytes of ``GET /v1/points``: small enough to draw 20,000 memories at once. docs/operations.md says each byte.

Everything is little-endian, every block begins at a multiple of four. This file must not know what is drawn.
"""

from __future__ import annotations

import json
import struct
from typing import Final

from fusion_memory.core.operations import Points

MAGIC: Final = b"FMPT"
FORM: Final = 1
HEAD: Final = struct.Struct("<4sHHIIIII")
"""Magic, form, columns, points, points in the scope, bytes of the description, of the rows, of the ids."""

MEDIA_TYPE: Final = "application/octet-stream"


def written(points: Points, *, ids: bool) -> bytes:
    """Head, description (JSON), rows (float32), ids (UTF-8, one a line; absent unless asked for)."""
    told = {"columns": list(points.columns), "explained": list(points.explained), "version": points.version}
    description = _filled(json.dumps(told, separators=(",", ":")).encode())
    names = _filled("\n".join(points.ids).encode()) if ids else b""
    head = HEAD.pack(
        MAGIC,
        FORM,
        len(points.columns),
        len(points.ids),
        points.total,
        len(description),
        len(points.rows),
        len(names),
    )
    return head + description + points.rows + names


def _filled(block: bytes) -> bytes:
    """A block with blanks up to a multiple of four bytes."""
    return block + b" " * (-len(block) % 4)

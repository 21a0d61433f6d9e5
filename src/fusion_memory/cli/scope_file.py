"""The remembered scope: ``fusion-memory use --user u1`` writes it, every other command reads it.

A small JSON file in the home folder, replaced atomically. It must not know the database.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fusion_memory.core.errors import FusionMemoryError, InvalidSetting
from fusion_memory.core.scope import Scope

FILE_NAME = "scope.json"
FIELDS = ("workspace_id", "user_id", "agent_id", "run_id", "session_id", "app_id")
"""From wide to narrow: naming one drops the remembered ones to its right."""


def load(home: Path) -> dict[str, str]:
    """The remembered ids by field name; empty when nothing is remembered.

    Raises:
        InvalidSetting: the file is not one that :func:`save` wrote.
    """
    path = home / FILE_NAME
    try:
        held = json.loads(path.read_text("utf-8"))
        ids = {name: value for name, value in {**held}.items() if name in FIELDS}
        if ids:
            Scope(**ids)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (ValueError, TypeError, FusionMemoryError):
        raise InvalidSetting(
            f"{path} holds no scope.",
            why="Something other than Fusion Memory wrote this file.",
            fix="fusion-memory use --clear",
        ) from None
    return ids


def save(home: Path, ids: Mapping[str, str]) -> None:
    """Remember these ids, all or nothing."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=home, prefix=FILE_NAME)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(dict(ids), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(home / FILE_NAME)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def clear(home: Path) -> None:
    """Remember nothing any more."""
    (home / FILE_NAME).unlink(missing_ok=True)


def merged(remembered: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The ids that count: given ones win, and the first new one drops what was remembered below it.

    So ``--session-id s2`` keeps the remembered user, while ``--user-id u2`` never reads in the
    session of the remembered user.
    """
    ids: dict[str, str] = {}
    keep = True
    for name in FIELDS:
        if name in given:
            keep = keep and remembered.get(name) == given[name]
            ids[name] = given[name]
        elif keep and name in remembered:
            ids[name] = remembered[name]
    return ids

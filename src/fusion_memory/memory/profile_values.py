"""The profile of an owner as plain keys and JSON values: set by a caller, given back as set, never searched.

Why it exists: an application keeps a few settings about a person beside what the person said. Must not know: facts,
or what a key means. The audit trail outlives an erasure, so it counts the keys that changed and names none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fusion_memory.core.clock import to_ms
from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.scope import MAX_ID_CHARS, Access
from fusion_memory.memory import audit, owners
from fusion_memory.storage.interface import Transaction

MAX_VALUE_BYTES: Final = 16 * 1024
MAX_PROFILE_BYTES: Final = 128 * 1024
MAX_KEYS: Final = 500


def get(tx: Transaction, access: Access) -> dict[str, Any]:
    """The whole profile of the scope's owner, by key; empty when nothing was set."""
    rows = tx.rows("profile_values", owner_no=owners.find(tx, access))
    return {key: json.loads(value) for key, value in rows}


def update(tx: Transaction, access: Access, updates: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Merge values into the profile and return all of it.

    The merge is shallow: a value replaces the one under its key whole, None removes the key.

    Raises:
        InvalidInput: a key or value cannot be kept, or the profile would grow too large. Nothing was changed when
            the caller's transaction is left by this error.
    """
    written = {_key(key): None if value is None else _value(key, value) for key, value in updates.items()}
    if not written:
        return get(tx, access)
    owner_no = owners.ensure(tx, access, at)
    for key, value in written.items():
        if value is None:
            tx.run("profile_value_drop", owner_no=owner_no, key=key)
        else:
            tx.run("profile_value_set", owner_no=owner_no, key=key, value=value, at=to_ms(at))
    _require_room(tx, owner_no)
    changed = {
        "set": sum(value is not None for value in written.values()),
        "removed": sum(value is None for value in written.values()),
    }
    audit.record(tx, access, "profile", [], changed, at)
    return get(tx, access)


def erase_all(tx: Transaction, access: Access) -> int:
    """Erase the profile of the scope's owner; the number of keys that are gone."""
    return tx.run("profile_values_clear", owner_no=owners.find(tx, access))


def checked(key: object, value: str) -> tuple[str, str]:
    """A key and a value in the form of JSON, as they are kept.

    Raises:
        InvalidInput: one of them cannot be kept.
    """
    return _key(key), _value(str(key), json.loads(value))


def _key(key: object) -> str:
    if not isinstance(key, str) or not key.strip() or len(key) > MAX_ID_CHARS or not key.isprintable():
        raise InvalidInput(
            f"A profile key must be 1 to {MAX_ID_CHARS} printable characters.", fix="shorten or clean the key"
        )
    return key


def _value(key: str, value: Any) -> str:  # noqa: ANN401 (any JSON value, judged here)
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
        size = len(written.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(
            f"The value of {key!r} cannot be written as JSON: {error}.", fix="pass JSON values"
        ) from None
    if size > MAX_VALUE_BYTES:
        raise InvalidInput(
            f"The value of {key!r} takes {size:,} bytes; {MAX_VALUE_BYTES:,} are allowed.",
            fix="keep long texts as memories, with add()",
        )
    return written


def _require_room(tx: Transaction, owner_no: int) -> None:
    rows = tx.rows("profile_values", owner_no=owner_no)
    size = sum(len(key.encode()) + len(value.encode()) for key, value in rows)
    if len(rows) > MAX_KEYS or size > MAX_PROFILE_BYTES:
        raise InvalidInput(
            f"The profile would have {len(rows):,} keys and {size:,} bytes.",
            why=f"{MAX_KEYS:,} keys and {MAX_PROFILE_BYTES:,} bytes are allowed.",
            fix="remove keys by setting them to None",
        )

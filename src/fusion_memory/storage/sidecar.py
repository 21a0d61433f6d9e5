"""A small file beside the database that survives when the database is replaced by an older copy of itself.

It holds a random key and lines of a kind, a time and a digest: nothing that says anything without the key and the
thing it was made of. Lines are only added, whole; a torn last one is passed over. This file must not know what the
lines are about.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fusion_memory.core.errors import StorageError

HEAD: Final = "fusion-memory erasures 1"
SUFFIX: Final = ".erasures"
KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Mark:
    """One line: what kind of thing, when in milliseconds since 1970, and its digest."""

    kind: str
    at: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What the file holds; no key when there is no such file."""

    key: bytes | None = None
    marks: tuple[Mark, ...] = ()
    digests: frozenset[bytes] = field(default_factory=frozenset)


def read(path: Path) -> Sidecar:
    """What a sidecar holds.

    Raises:
        StorageError: the file cannot be read, or is no sidecar.
    """
    try:
        lines = path.read_text("ascii").splitlines(keepends=True)
    except FileNotFoundError:
        return Sidecar()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} cannot be read: {error}.", fix="make it readable, or move it away") from None
    key = _key_of(path, lines[0].rstrip("\n") if lines else "")
    marks = tuple(mark for line in lines[1:] if (mark := _mark(line)) is not None)
    return Sidecar(key, marks, frozenset(mark.digest for mark in marks))


def glance(path: Path) -> tuple[bytes | None, int]:
    """The key and the number of lines, without reading what they say.

    Raises:
        StorageError: as :func:`read` does.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None, 0
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error}.", fix="make it readable, or move it away") from None
    first = text.partition(b"\n")[0]
    return _key_of(path, first.decode("ascii", "replace")), text.count(b"\n") - 1


def add(path: Path, key: bytes, marks: Iterable[Mark]) -> None:
    """Add lines, and reach the disk before returning; the file is made when it is missing, for its owner alone.

    Raises:
        StorageError: the file cannot be written.
    """
    text = "".join(f"{mark.kind} {mark.at} {mark.digest.hex()}\n" for mark in marks)
    try:
        handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
        try:
            fresh = os.fstat(handle).st_size == 0
            lead = f"{HEAD} {key.hex()}\n" if fresh else ("" if _ends_whole(handle) else "\n")
            os.write(handle, (lead + text).encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)
        if fresh:
            _sync_folder(path.parent)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.",
            why="What was erased is gone, but could come back out of an older backup.",
            fix="make the folder writable, then call again",
        ) from error


def _key_of(path: Path, line: str) -> bytes:
    head, _, key = line.rpartition(" ")
    try:
        found = bytes.fromhex(key)
    except ValueError:
        found = b""
    if head != HEAD or len(found) != KEY_BYTES:
        raise StorageError(
            f"{path} is not a list of erasures.",
            why="It keeps what was erased from coming back out of a backup.",
            fix="move it away if it is not yours; erasures made before are then not replayed on restored backups",
        )
    return found


def _mark(line: str) -> Mark | None:
    parts = line.split()
    if not line.endswith("\n") or len(parts) != 3 or not parts[1].isdecimal():
        return None
    try:
        return Mark(parts[0], int(parts[1]), bytes.fromhex(parts[2]))
    except ValueError:
        return None


def _ends_whole(handle: int) -> bool:
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) == b"\n"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

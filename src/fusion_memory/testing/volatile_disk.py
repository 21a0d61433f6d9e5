"""A disk with a volatile cache, as a value: what was written, what was synced, what a power cut may leave.

Writes, changes of length and changes of the folder stay in the cache until a sync names them. A cut keeps
an arbitrary part of what was unsynced: nothing, all, a prefix, some writes, some sectors of some writes.
This file must not know SQLite, a real file or a clock.

Source of the model: "All File Systems Are Not Created Equal" (Pillai et al., OSDI 2014), persistence
properties of writes and directory operations; sectors as in "Atomic Commit In SQLite".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from random import Random

SECTORS = (512, 4096)
"""Bytes a disk writes in one piece; a write is torn at multiples of it."""


class Survival(StrEnum):
    """What a cut does to everything unsynced."""

    NOTHING = "nothing"
    EVERYTHING = "everything"
    PREFIX = "prefix"  # in order, the last write torn
    WRITES = "writes"  # each write by itself, so also a later one without an earlier one
    SECTORS = "sectors"  # each sector of each write by itself


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes on their way to a place in a file."""

    turn: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file on its way to a length."""

    turn: int
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A name on its way into the folder, or out of it (``file`` None)."""

    turn: int
    name: str
    file: File | None


@dataclass(eq=False, slots=True)
class File:
    """One file: what is surely on the disk, and what is still in the cache, in order."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write | Truncate] = field(default_factory=list)


class VolatileDisk:
    """One folder on such a disk.

    Args:
        files: what is surely there at the start, by name.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self._turn = 0
        self._durable = {name: File(bytearray(content)) for name, content in (files or {}).items()}
        self._current = dict(self._durable)
        self._pending: list[Entry] = []

    def create(self, name: str) -> None:
        """Make sure that a name exists."""
        if name not in self._current:
            self._change(name, File())

    def delete(self, name: str) -> None:
        """Take a name out of the folder."""
        if name in self._current:
            self._change(name, None)

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Write into the cache."""
        self._current[name].pending.append(Write(self._next(), offset, data))

    def truncate(self, name: str, size: int) -> None:
        """Change a length, in the cache."""
        self._current[name].pending.append(Truncate(self._next(), size))

    def sync(self, name: str) -> None:
        """Bring one file's bytes and length to the disk; not its name."""
        file = self._current[name]
        for change in file.pending:
            _apply(file.durable, change)
        file.pending.clear()

    def sync_folder(self) -> None:
        """Bring the folder's names to the disk."""
        self._durable = dict(self._current)
        self._pending.clear()

    def after_cut(self, rng: Random, survival: Survival | None = None) -> dict[str, bytes]:
        """The files, by name, that are found when the power comes back; one of the possible outcomes.

        Args:
            rng: decides what survives; the same state of it gives the same outcome.
            survival: how; drawn when None.
        """
        waiting = [entry.turn for entry in self._pending]
        waiting += [change.turn for file in self._files() for change in file.pending]
        until = rng.choice([min(waiting) - 1, *waiting]) if waiting else self._turn
        chance = _Chance(rng, survival or rng.choice(list(Survival)), until)
        folder = dict(self._durable)
        for entry in chance.of_folder(self._pending):
            if entry.file is None:
                folder.pop(entry.name, None)
            else:
                folder[entry.name] = entry.file
        return {name: bytes(_image(file, chance)) for name, file in folder.items()}

    def _files(self) -> set[File]:
        created = [entry.file for entry in self._pending if entry.file is not None]
        return {*self._durable.values(), *created}

    def _change(self, name: str, file: File | None) -> None:
        self._pending.append(Entry(self._next(), name, file))
        if file is None:
            del self._current[name]
        else:
            self._current[name] = file

    def _next(self) -> int:
        self._turn += 1
        return self._turn


class _Chance:
    """One draw of what survives."""

    def __init__(self, rng: Random, survival: Survival, until: int) -> None:
        self._rng = rng
        self._survival = survival
        self._share = rng.random()
        self._sector = rng.choice(SECTORS)
        self._until = until

    def of_folder(self, entries: list[Entry]) -> list[Entry]:
        """The folder's changes that survive: file systems keep them in order, so always a prefix."""
        match self._survival:
            case Survival.NOTHING:
                return []
            case Survival.EVERYTHING:
                return entries
            case Survival.PREFIX:
                return [entry for entry in entries if entry.turn <= self._until]
            case _:
                return entries[: self._rng.randint(0, len(entries))]

    def of_file(self, change: Write | Truncate) -> list[Write | Truncate]:
        """What survives of one change: it, parts of it, or nothing."""
        match self._survival:
            case Survival.NOTHING:
                return []
            case Survival.EVERYTHING:
                return [change]
            case Survival.PREFIX:
                return self._up_to_the_cut(change)
            case Survival.WRITES:
                return [change] if self._rng.random() < self._share else []
            case Survival.SECTORS:
                return [part for part in self._parts(change) if self._rng.random() < self._share]

    def _up_to_the_cut(self, change: Write | Truncate) -> list[Write | Truncate]:
        if change.turn != self._until:
            return [change] if change.turn < self._until else []
        parts = self._parts(change)
        return parts[: self._rng.randint(0, len(parts))]

    def _parts(self, change: Write | Truncate) -> list[Write | Truncate]:
        if isinstance(change, Truncate):
            return [change]
        first, end = change.offset, change.offset + len(change.data)
        edges = [first, *range(first - first % self._sector + self._sector, end, self._sector), end]
        return [Write(change.turn, a, change.data[a - first : b - first]) for a, b in pairwise(edges)]


def _image(file: File, chance: _Chance) -> bytearray:
    image = bytearray(file.durable)
    for change in file.pending:
        for part in chance.of_file(change):
            _apply(image, part)
    return image


def _apply(content: bytearray, change: Write | Truncate) -> None:
    """Make a change to a file's bytes; a gap before a write is filled with zeroes."""
    if isinstance(change, Truncate):
        del content[change.size :]
        content.extend(bytes(max(0, change.size - len(content))))
        return
    content.extend(bytes(max(0, change.offset - len(content))))
    content[change.offset : change.offset + len(change.data)] = change.data

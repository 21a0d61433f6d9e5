"""Back a database up while it is being written, restore every copy, and compare it with what was acknowledged.

A copy must hold everything that was acknowledged before it was begun, nothing that was begun after it was done,
each saying whole, and nothing that was erased before. This file must not know how a copy is made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread

from fusion_memory.core.records import Event as Said
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.storage.connect import restore
from fusion_memory.testing.soundness import defects

OWNERS = tuple(Scope(workspace_id="acme", user_id=name) for name in ("ana", "ben", "eve"))
WRITERS = 3
MOST_TEXTS = 12
FORGET_EVERY = 7
HEALTH = ("database", "memories", "audit")

Backup = Callable[[MemoryService, Path], object]


@dataclass(slots=True)
class Report:
    """What a campaign of backups found."""

    seed: int
    backups: int = 0
    good: int = 0
    acknowledged: int = 0
    erased: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every copy was good, and there was something to lose."""
        return self.backups == self.good > 0 and self.acknowledged > 0

    def __str__(self) -> str:
        return (
            f"backups: {self.good} of {self.backups} good (seed {self.seed}), taken while {self.acknowledged:,} "
            f"memories were acknowledged and {self.erased:,} erased"
        )


@dataclass(slots=True)
class _Book:
    """What was promised so far; counters only grow, so a moment is a number."""

    lock: Lock = field(default_factory=Lock)
    moment: int = 0
    begun: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    leaving: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def note(self, book: dict[str, int], keys: list[str]) -> int:
        """Note keys in one of the books; the moment it was."""
        with self.lock:
            self.moment += 1
            book.update(dict.fromkeys(keys, self.moment))
            return self.moment


def run(folder: Path, *, backups: int = 5, seed: int = 1, backup: Backup | None = None) -> Report:
    """Write with several threads, take copies meanwhile, then restore and compare each.

    Args:
        folder: an empty folder for the files.
        backups: how many copies.
        seed: decides what is said; the threads' timing is the machine's.
        backup: another way to copy; it may plant a fault.
    """
    report, book, done = Report(seed), _Book(), Event()
    failures: list[str] = []
    taken: list[tuple[Path, int, int]] = []
    with MemoryService(folder / "memory.db", embedder=None, llm=None) as memory:

        def work(number: int) -> None:
            try:
                _write(memory, book, Random(seed * 100 + number), number, done)  # noqa: S311 (not a secret)
            except BaseException as error:  # noqa: BLE001 (told in the report)
                failures.append(repr(error))

        threads = [Thread(target=work, args=(number,)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        for number in range(backups):
            _wait_for_more(book, failures)
            target = folder / f"copy-{number}.db"
            before = book.note({}, [])
            (backup or MemoryService.backup)(memory, target)
            taken.append((target, before, book.note({}, [])))
        done.set()
        for thread in threads:
            thread.join()
    report.backups, report.acknowledged, report.erased = len(taken), len(book.kept), len(book.left)
    report.wrong += failures
    for target, before, after in taken:
        wrong = _compare(folder / "restored" / f"{target.stem}.db", target, book, (before, after))
        report.wrong += wrong
        report.good += not wrong
    return report


def _wait_for_more(book: _Book, failures: list[str]) -> None:
    """Wait until something more is acknowledged, so that copies differ."""
    enough = len(book.kept) + MOST_TEXTS
    while len(book.kept) < enough and not failures:
        time.sleep(0.01)


def _write(memory: MemoryService, book: _Book, rng: Random, number: int, done: Event) -> None:
    """Say things and erase some, until told to stop."""
    mine: dict[str, tuple[Scope, str]] = {}
    step = 0
    while not done.is_set() or step < FORGET_EVERY:
        step += 1
        scope = rng.choice(OWNERS)
        count = rng.randint(1, MOST_TEXTS)
        texts = [f"{number}.{step}.{place} I moved to place {rng.random()}" for place in range(count)]
        book.note(book.begun, texts)
        ids = memory.add(texts, scope).ids
        book.note(book.kept, texts)
        mine |= {text: (scope, key) for text, key in zip(texts, ids, strict=True)}
        if step % FORGET_EVERY == 0:
            text = rng.choice(list(mine))
            scope, key = mine.pop(text)
            book.note(book.leaving, [text])
            memory.forget(scope, [key])
            book.note(book.left, [text])


def _compare(place: Path, copy: Path, book: _Book, between: tuple[int, int]) -> list[str]:
    """What is wrong with a copy, once it is restored as a person restores it."""
    before, after = between
    try:
        restore(copy, place)
        with MemoryService(place, embedder=None, llm=None) as memory:
            held = {event.content for scope in OWNERS for event in _events(memory, scope)}
            checks = [check for check in memory.health(deep=True) if check.name in HEALTH]
        unwell = [f"{one.name}: {one.detail}" for one in checks if one.status != "ok"] + defects(place)
    except Exception as error:  # noqa: BLE001 (whatever it is, the copy is not good)
        return [f"{copy.name} cannot be used: {error!r}"]
    end = 1 << 60
    lost = [t for t, at in book.kept.items() if at <= before and book.leaving.get(t, end) > after and t not in held]
    early = [t for t in held if book.begun.get(t, end) > after]
    back = [t for t in held if book.left.get(t, end) <= before]
    return [
        *(f"{copy.name}: {one}" for one in unwell),
        *(f"{copy.name} lost {text!r}" for text in lost),
        *(f"{copy.name} holds {text!r}, which was said later or never" for text in early),
        *(f"{copy.name} holds {text!r}, which was erased" for text in back),
    ]


def _events(memory: MemoryService, scope: Scope) -> Iterator[Said]:
    place = None
    while True:
        page = memory.memories(scope, limit=1_000, after=place)
        yield from page.items
        place = page.next
        if place is None:
            return

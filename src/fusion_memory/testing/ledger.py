"""What was promised: every call is noted before it is made and again when it has returned.

After a crash the ledger is held against what the memory gives back. A call that returned must have all
its effect; one that had not returned must have all of it or none. This file must not know how a crash
is made, nor the database.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from random import Random
from threading import Lock
from typing import Any

from fusion_memory.core.scope import Scope

GROUP = 256
"""Messages of a batch that are promised to be stored together."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One memory as it was promised, and as it must come back."""

    scope: Scope
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call: texts to be stored, or the ids of memories to be erased."""

    number: int
    scope: Scope
    texts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Verdict:
    """What a crash did that it must not do, in words, and how many promises were looked at."""

    promised: int = 0
    lost: list[str] = field(default_factory=list)
    half_written: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.half_written or self.broken)

    def __iadd__(self, other: Verdict) -> Verdict:
        self.promised += other.promised
        self.lost += other.lost
        self.half_written += other.half_written
        self.broken += other.broken
        return self


class Ledger:
    """Promises of one database. Safe to share between threads.

    Args:
        first: the number before that of the first call; keep numbers unique over the lives of a database.
        sink: is handed every entry as one line of JSON, before the call and after it.
    """

    def __init__(self, first: int = 0, sink: Callable[[str], None] | None = None) -> None:
        self._alive: dict[str, Kept] = {}
        self._erased: set[str] = set()
        self._open: dict[int, Call] = {}
        self._leaving: dict[str, Kept] = {}
        self._borrowed: set[str] = set()
        self._number = first
        self.acknowledged = 0
        self._sink = sink
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._alive)

    @property
    def number(self) -> int:
        """The number of the latest call."""
        return self._number

    def begin_add(self, scope: Scope, make_texts: Callable[[int], Sequence[str]]) -> Call:
        """Note that texts are about to be stored; they are made with the number of the call."""
        with self._lock:
            self._number += 1
            call = Call(self._number, scope, tuple(make_texts(self._number)))
            return self._begin(call)

    def begin_forget(self, scope: Scope, rng: Random, most: int) -> Call | None:
        """Note that some memories of a scope are about to be erased; None when there is none."""
        with self._lock:
            held = [k for k, kept in self._alive.items() if kept.scope == scope and k not in self._borrowed]
            if not held:
                return None
            self._number += 1
            ids = rng.sample(held, min(len(held), rng.randint(1, most)))
            return self._begin(Call(self._number, scope, ids=tuple(ids)))

    def returned(self, call: Call, ids: Sequence[str] = ()) -> None:
        """Note that a call has returned; ``ids`` are those of what it stored."""
        with self._lock:
            self._note({"n": call.number, "ids": list(ids)})
            self._close(call, ids)
            self.acknowledged += len(ids)

    def open_adds(self) -> list[Call]:
        """The additions that had not returned."""
        return [call for call in self._open.values() if call.texts]

    def some_alive(self, rng: Random) -> tuple[str, Kept] | None:
        """One memory that was promised, or None."""
        with self._lock:
            key = rng.choice(list(self._alive)) if self._alive else None
            return (key, self._alive[key]) if key else None

    @contextmanager
    def borrowed(self, rng: Random) -> Iterator[tuple[str, Kept] | None]:
        """One memory that nobody erases inside the block."""
        with self._lock:
            free = [key for key in self._alive if key not in self._borrowed]
            key = rng.choice(free) if free else ""
            self._borrowed.add(key)
            found = (key, self._alive[key]) if free else None
        yield found
        with self._lock:
            self._borrowed.discard(key)

    def judge(self, held: Mapping[str, Kept]) -> Verdict:
        """Hold the ledger against everything that the memory gives back."""
        verdict = Verdict(promised=len(self._alive))
        for key, kept in self._alive.items():
            if held.get(key) != kept:
                was = "is gone" if key not in held else f"came back as {held[key]!r}"
                verdict.lost.append(f"{key} {kept.text[:40]!r} was acknowledged and {was}")
        texts = Counter(kept.text for kept in held.values())
        known = self._alive.keys() | self._leaving.keys()
        expected = {text for call in self._open.values() for text in call.texts}
        for key, kept in held.items():
            if key in self._erased:
                verdict.broken.append(f"{key} was erased and came back")
            elif key not in known and kept.text not in expected:
                verdict.broken.append(f"{key} {kept.text[:40]!r} was never said")
            if texts[kept.text] > 1:
                verdict.broken.append(f"{key} {kept.text[:40]!r} is there {texts[kept.text]} times")
        for call in self._open.values():
            verdict.half_written += _halves(call, held.keys() if call.ids else texts.keys())
        return verdict

    def settle(self, held: Mapping[str, Kept]) -> list[Call]:
        """Take over what open calls turned out to have done; the additions that left nothing are returned."""
        ids = {kept.text: key for key, kept in held.items()}
        undone = []
        for call in list(self._open.values()):
            if call.ids and call.ids[0] in held:
                self._alive |= {key: self._leaving.pop(key) for key in call.ids if key in self._leaving}
                del self._open[call.number]
            elif call.ids or all(text in ids for text in call.texts):
                self._close(call, [ids[text] for text in call.texts])
            else:
                undone.append(call)
        return undone

    def reopen(self, call: Call) -> None:
        """Note that a call is made once more, with the same texts."""
        self._begin(call)

    def lines(self) -> Iterator[str]:
        """Everything promised and everything open, as the entries of a fresh ledger."""
        for number, (key, kept) in enumerate(self._alive.items(), -len(self._alive)):
            yield json.dumps(_entry(Call(number, kept.scope, (kept.text,))), ensure_ascii=False)
            yield json.dumps({"n": number, "ids": [key]})
        for call in self._open.values():
            yield json.dumps(_entry(call), ensure_ascii=False)

    def replay(self, lines: Iterable[str]) -> None:
        """Take over the entries of another ledger; a torn last line counts as not written."""
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                return
            if "scope" in entry:
                self._enter(Call(entry["n"], Scope(**entry["scope"]), tuple(entry["texts"]), tuple(entry["ids"])))
            else:
                self._close(self._open[entry["n"]], entry["ids"])
                self.acknowledged += len(entry["ids"])

    def _begin(self, call: Call) -> Call:
        self._note(_entry(call))
        self._enter(call)
        return call

    def _enter(self, call: Call) -> None:
        self._number = max(self._number, call.number)
        self._open[call.number] = call
        self._leaving |= {key: self._alive.pop(key) for key in call.ids if key in self._alive}

    def _close(self, call: Call, ids: Sequence[str]) -> None:
        self._open.pop(call.number, None)
        for key, text in zip(ids, call.texts, strict=True):
            self._alive[key] = Kept(call.scope, text)
        for key in call.ids:
            self._leaving.pop(key, None)
            self._erased.add(key)

    def _note(self, entry: Mapping[str, Any]) -> None:
        if self._sink:
            self._sink(json.dumps(entry, ensure_ascii=False))


def _entry(call: Call) -> dict[str, Any]:
    scope = {name: value for name, value in asdict(call.scope).items() if value is not None}
    return {"n": call.number, "scope": scope, "texts": call.texts, "ids": call.ids}


def _halves(call: Call, present: Iterable[str]) -> Iterator[str]:
    wanted, found = call.ids or call.texts, set(present)
    step = len(wanted) if call.ids else GROUP
    for start in range(0, len(wanted), step):
        group = wanted[start : start + step]
        there = sum(one in found for one in group)
        if 0 < there < len(group):
            deed = "erasure" if call.ids else "addition"
            yield f"{deed} {call.number}: {there} of {len(group)} are there"

"""What an agent does with its memory all day, at random: say, repeat, ask, erase, in English and Chinese.

Every call that changes something is noted in a ledger before and after. This file must not know how the
process or the machine is going to die.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.ledger import Call, Kept, Ledger

ENGLISH = [
    *(
        "garden",
        "train",
        "violin",
        "harvest",
        "letter",
        "kitchen",
        "river",
        "mountain",
        "doctor",
        "window",
        "paint",
    ),
    *("ticket", "winter", "bakery", "harbour", "lantern", "engine", "cousin", "museum", "bridge", "planted"),
    *("repaired", "borrowed", "promised", "visited", "cooked", "measured", "forgot"),
]
CHINESE = [
    *("花园", "火车", "小提琴", "收获", "信件", "厨房", "河流", "山峰", "医生", "窗户", "油漆", "车票", "冬天"),
    *("面包店", "港口", "种下", "修理", "借来", "答应", "拜访"),
]
OWNERS = (Scope(user_id="ana"), Scope(user_id="李雷"), Scope(workspace_id="lab", agent_id="scribe"))

BATCH = 10
"""From so many messages on they are added as a batch."""

MOST_ALIVE = 1_500
"""Beyond so many memories the agent erases more than it says, so that long campaigns stay quick."""


class Workload:
    """One agent at work.

    Args:
        rng: decides everything.
        ledger: where calls are noted.
        vectors: whether the memory has an embedder, so that vectors can be caught up with.
        big_batches: whether some batches take several transactions.
    """

    def __init__(self, rng: Random, ledger: Ledger, *, vectors: bool, big_batches: bool = False) -> None:
        self._rng = rng
        self._ledger = ledger
        self._vectors = vectors
        self._big_batches = big_batches
        self._deeds: dict[Callable[[MemoryService, Scope], None], int] = {
            self._say: 40,
            self._converse: 15,
            self._file: 3,
            self._import: 4,
            self._repeat: 6,
            self._forget: 8,
            self._ask: 12,
            self._care: 4,
        }

    def step(self, memory: MemoryService) -> None:
        """Make one random call."""
        scope = self._rng.choice(OWNERS)
        if len(self._ledger) > MOST_ALIVE:
            self._forget(memory, scope, MOST_ALIVE // 3)
        [deed] = self._rng.choices(list(self._deeds), list(self._deeds.values()))
        deed(memory, scope)

    def retry(self, memory: MemoryService, call: Call) -> None:
        """Make an addition once more that had not returned."""
        self._ledger.reopen(call)
        self._store(memory, call)

    def _say(self, memory: MemoryService, scope: Scope) -> None:
        self._add(memory, scope, 1)

    def _converse(self, memory: MemoryService, scope: Scope) -> None:
        self._add(memory, scope, self._rng.randint(2, 8))

    def _file(self, memory: MemoryService, scope: Scope) -> None:
        self._add(memory, scope, 1, words=self._rng.randint(300, 1_000))

    def _import(self, memory: MemoryService, scope: Scope) -> None:
        many = self._big_batches and self._rng.random() < 0.15
        self._add(memory, scope, self._rng.randint(300, 600) if many else self._rng.randint(BATCH, 2 * BATCH))

    def _care(self, memory: MemoryService, _scope: Scope) -> None:
        if self._vectors:
            memory.catch_up() if self._rng.random() < 0.75 else memory.reindex()

    def _add(self, memory: MemoryService, scope: Scope, count: int, words: int | None = None) -> None:
        rng = self._rng

        def make(number: int) -> list[str]:
            return [f"{number}.{place} {sentence(rng, words or rng.randint(3, 30))}" for place in range(count)]

        self._store(memory, self._ledger.begin_add(scope, make))

    def _store(self, memory: MemoryService, call: Call) -> None:
        messages = [as_message(call.number, place, text) for place, text in enumerate(call.texts)]
        add = memory.add if len(messages) < BATCH else memory.add_batch
        self._ledger.returned(call, add(messages, call.scope).ids)

    def _repeat(self, memory: MemoryService, _scope: Scope) -> None:
        with self._ledger.borrowed(self._rng) as found:
            if found is None:
                return
            key, kept = found
            number, _, place = kept.text.partition(" ")[0].partition(".")
            done = memory.add(as_message(int(number), int(place), kept.text), kept.scope)
            if done.ids != (key,) or done.inserted:
                raise RuntimeError(f"{key} was said again and became {done.ids[0]}")

    def _forget(self, memory: MemoryService, scope: Scope, most: int = 5) -> None:
        call = self._ledger.begin_forget(scope, self._rng, most)
        if call:
            memory.forget(scope, call.ids)
            self._ledger.returned(call)

    def _ask(self, memory: MemoryService, scope: Scope) -> None:
        memory.search(sentence(self._rng, 4), scope, recipe="keyword" if self._rng.random() < 0.5 else None)


def as_message(number: int, place: int, text: str) -> dict[str, Any]:
    """A message whose id, session and voice follow from its number, so that a retry is the same message."""
    message: dict[str, Any] = {"content": text, "role": ("user", "assistant")[place % 2], "id": f"{number}.{place}"}
    if number % 3:
        message["session_id"] = f"s{number % 7}"
    if len(text) > 2_000:
        message["kind"] = "document"
    return message


def sentence(rng: Random, words: int) -> str:
    """Random words, English, Chinese or both."""
    style = rng.random()
    if style < 0.4:
        return " ".join(rng.choices(ENGLISH, k=words)) + "."
    if style < 0.8:
        return "".join(rng.choices(CHINESE, k=words)) + "。"
    return " ".join(rng.choices([*ENGLISH, *CHINESE], k=words))


def read_back(memory: MemoryService) -> Mapping[str, Kept]:
    """Everything a memory holds, by id, through its public face."""
    records: Sequence[Mapping[str, Any]] = [r for r in memory.export() if r["type"] == "memory"]
    return {record["id"]: Kept(Scope(**record["scope"]), record["content"]) for record in records}

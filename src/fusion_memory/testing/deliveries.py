"""The same messages delivered again and again by many clients, while the service is killed and started again.

Whatever is delivered, and whichever answers are lost with the process, each message is stored once: its id and its
words say which saying it is. Runs real server processes; needs the extras ``service`` and ``http``.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from fusion_memory.client.memory import MemoryClient
from fusion_memory.core.scope import Scope
from fusion_memory.evals.server_process import ServerProcess

SCOPE = Scope(user_id="ana", session_id="deliveries")
SETTINGS = {"embedding.provider": "none", "llm.provider": "none", "reranker.kind": "none"}
CLIENTS = 8
RETRIES = 12

FAULT = """
import itertools
from fusion_memory.ingestion import identity
_fresh = itertools.count()
_digest = identity._digest
identity._digest = lambda *parts: _digest(next(_fresh), *parts)
"""
"""A prelude that switches off what makes two deliveries one saying."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What was delivered and what is stored.

    Attributes:
        messages, times: so many messages, each delivered so often.
        acknowledged: deliveries that were answered.
        restarts: how often the service was killed and started again meanwhile.
        stored: memories in the end.
        missing, doubled: messages that are not there, and that are there more than once.
        answers: messages for which two deliveries were answered with different memory ids.
    """

    messages: int
    times: int
    acknowledged: int
    restarts: int
    stored: int
    missing: int
    doubled: int
    answers: int

    @property
    def sound(self) -> bool:
        """Whether every delivery was answered and every message is stored once."""
        whole = self.acknowledged == self.messages * self.times and self.stored == self.messages
        return whole and not (self.missing or self.doubled or self.answers)


@dataclass(slots=True)
class _Told:
    """The ids that deliveries were answered with."""

    ids: dict[int, set[str]] = field(default_factory=dict)
    count: int = 0
    lock: Lock = field(default_factory=Lock)

    def note(self, number: int, memory_id: str) -> int:
        with self.lock:
            self.ids.setdefault(number, set()).add(memory_id)
            self.count += 1
            return self.count


def run(
    folder: Path, *, messages: int, times: int = 5, restarts: int = 1, seed: int = 0, prelude: str = ""
) -> Deliveries:
    """Deliver, kill, start again, count.

    Args:
        folder: for the database.
        messages: how many.
        times: how often each is delivered.
        restarts: how often the service is killed, spread over the deliveries.
        seed: of the order of deliveries.
        prelude: a fault to plant in the service, such as :data:`FAULT`.
    """
    order = [number for number in range(messages) for _ in range(times)]
    random.Random(seed).shuffle(order)  # noqa: S311 (no secret)
    kill_after = {len(order) * place // (restarts + 1) for place in range(1, restarts + 1)}
    told = _Told()
    server = ServerProcess(folder / "deliveries.db", SETTINGS, prelude)
    restarting = Lock()
    with server:

        def deliver(part: Sequence[int]) -> None:
            with MemoryClient(server.address, api_key="", retries=RETRIES) as memory:
                for number in part:
                    [memory_id] = memory.add(message(number), SCOPE).ids
                    if told.note(number, memory_id) in kill_after:
                        with restarting:
                            server.kill()
                            server.start()

        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(deliver, [order[client::CLIENTS] for client in range(CLIENTS)]))
        with MemoryClient(server.address, api_key="") as memory:
            stored = [event.client_id for event in memory.every_memory(SCOPE, limit=500)]
    return _judged(messages, times, restarts, told, stored)


def message(number: int) -> dict[str, str]:
    """A message with an id of its own; many have the same words."""
    return {"id": f"message-{number}", "role": "user", "content": f"I planted {number % 50} tulips near the pond."}


def _judged(messages: int, times: int, restarts: int, told: _Told, stored: Sequence[str | None]) -> Deliveries:
    counts = Counter(stored)
    return Deliveries(
        messages=messages,
        times=times,
        acknowledged=told.count,
        restarts=restarts,
        stored=len(stored),
        missing=sum(counts[f"message-{number}"] == 0 for number in range(messages)),
        doubled=sum(count > 1 for count in counts.values()),
        answers=sum(len(ids) > 1 for ids in told.ids.values()),
    )

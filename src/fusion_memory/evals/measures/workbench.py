"""What every measurement is handed: ways to open memories and the model, time, and somebody who watches.

A filled memory is built once and shared by the measurements that only read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.clock import Clock, SystemClock
from fusion_memory.core.scope import Scope
from fusion_memory.evals import corpus
from fusion_memory.evals.corpus import Turn
from fusion_memory.evals.records import owner
from fusion_memory.evals.run import Progress

PERSON = owner(1)


class Model(Protocol):
    """What is measured of an embedding model."""

    def embed_queries(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 (vectors, which are not looked at)
        """Vectors of questions."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 (vectors, which are not looked at)
        """Vectors of passages."""
        ...

    def close(self) -> None:
        """Release it."""
        ...


OpenAt = Callable[[Path, bool], MemoryApi]
"""Opens the memory in a file, made when it is missing. With True, vectors seen in an earlier run come from a cache:
for filling a memory before the measurement, never for what is measured."""

OpenModel = Callable[[Path | None], Model | None]
"""Loads the configured model, keeping prepared files in a folder (None: the usual one); None when there is none."""

Spreading = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Spreads activation from seeds over a network: levels in, levels out, one for each node."""

OpenNetwork = Callable[[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]], Spreading]
"""Prepares a network: how many nodes, where each edge begins, where it ends, its weight."""


@dataclass(slots=True)
class Workbench:
    """The tools of one bench run; leaving its block closes what it opened.

    Attributes:
        open_at: opens a memory; see :data:`OpenAt`.
        open_model: loads the model; see :data:`OpenModel`.
        open_network: prepares what spreads activation; see :data:`OpenNetwork`.
        folder: empty scratch space for memories and model files.
        full: measure at full size, which takes many minutes.
    """

    open_at: OpenAt
    open_model: OpenModel
    open_network: OpenNetwork
    folder: Path
    progress: Progress
    clock: Clock = field(default_factory=SystemClock)
    full: bool = False
    seed: int = 0
    degraded: set[str] = field(default_factory=set)
    _files: int = 0
    _filled: dict[int, MemoryApi] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    def filled(self, count: int) -> MemoryApi:
        """A memory in which :data:`PERSON` has ``count`` memories: the first turns of the corpus, by number."""
        if count not in self._filled:
            file = self._new_file()
            with closing(self.open_at(file, True)) as memory:
                self.store(memory, PERSON, self.turns(count), count)
            self._filled[count] = self._open.enter_context(closing(self.open_at(file, False)))
        return self._filled[count]

    def kept(self, count: int, scope: Scope) -> Path:
        """The closed file of a memory in which a scope has the first ``count`` turns of the corpus, understood."""
        file = self._new_file()
        with closing(self.open_at(file, True)) as memory:
            self.store(memory, scope, self.turns(count), count)
            memory.memory_flush(scope)
        return file

    def empty(self, *, prepared: bool = False) -> MemoryApi:
        """An empty memory, for the caller to close; ``prepared`` as in :data:`OpenAt`."""
        return self.open_at(self._new_file(), prepared)

    def turns(self, count: int) -> Iterator[Turn]:
        """The first ``count`` turns of the corpus."""
        return corpus.turns(count, self.seed)

    def store(self, memory: MemoryApi, scope: Scope, turns: Iterator[Turn], count: int) -> float:
        """Store turns in one stream; the seconds it took."""
        with self.progress("storing", "messages", float(count)) as advance:

            def inputs() -> Iterator[dict[str, Any]]:
                for turn in turns:
                    yield message(turn)
                    advance(1)

            started = self.clock.monotonic()
            result = memory.add_batch(inputs(), scope)
            took = self.clock.monotonic() - started
        self.degraded.update(result.degraded)
        if result.pending and not result.degraded:
            self.degraded.add(f"vectors_pending:{result.pending}")
        return took

    def _new_file(self) -> Path:
        self._files += 1
        return self.folder / f"bench-{self._files}.db"

    def seconds(self, work: Callable[[], object]) -> float:
        """How long something takes."""
        started = self.clock.monotonic()
        work()
        return self.clock.monotonic() - started

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def message(turn: Turn) -> dict[str, Any]:
    """A turn as a message of a conversation: twenty turns a session, two voices."""
    return {
        "id": f"turn-{turn.number}",
        "role": "assistant" if turn.number % 2 else "user",
        "content": turn.text,
        "session_id": f"session-{turn.number // 20}",
    }

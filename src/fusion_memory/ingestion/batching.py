"""Gathers messages per scope and works on them together: fewer, larger calls of what is dear.

Why it exists: an agent hands over one message at a time, while extraction is better and cheaper with ten. Must
not know: what working on a batch means; that, storing, and the clock are handed in.

What "accepted" promises depends on the mode. ``durable=True``: every message is recorded, raw and durable,
before :meth:`BatchProcessor.buffer_conversation` returns, and only the work on it waits; a crash loses nothing,
since what is due also stands in the store. ``durable=False``: a message is in this process alone until its batch
is stored; it is not acknowledged, and a crash loses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType
from typing import Any, Protocol, Self

from fusion_memory.core.clock import Clock, SystemClock
from fusion_memory.core.errors import InvalidOption, ServiceClosed
from fusion_memory.core.layers import Cadence, Cause
from fusion_memory.core.scope import Scope
from fusion_memory.ingestion.normalise import Defaults, turns
from fusion_memory.text.acceptance import require_text
from fusion_memory.text.counting import count_tokens

Message = str | Mapping[str, Any]

MAX_CHARS = 1_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one scope that are worked on together.

    Attributes:
        messages: in the order they came; those without a time carry the moment they came.
        ids: the memory ids of recorded messages, one each; empty when nothing was recorded yet.
        cause: why now.
        tokens: estimated tokens of all messages.
    """

    scope: Scope
    messages: tuple[Message, ...]
    ids: tuple[str, ...]
    cause: Cause
    tokens: int


@dataclass(frozen=True, slots=True)
class FlushResult:
    """What a flush did: the batch it handed over and what the store returned for it."""

    batch: Batch
    outcome: Any

    @property
    def cause(self) -> Cause:
        """Why the flush happened."""
        return self.batch.cause

    def __repr__(self) -> str:
        return f"FlushResult({len(self.batch.messages)} messages, {self.cause.value}, {self.batch.scope!r})"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of messages handed over.

    Attributes:
        ids: their memory ids when they are durable; empty when they only wait.
        waiting: messages of the scope that still wait.
        flushes: the flushes this call set off, in order.
    """

    ids: tuple[str, ...]
    waiting: int
    flushes: tuple[FlushResult, ...]


class Store(Protocol):
    """Works on a batch. Raising keeps the batch waiting."""

    def __call__(self, batch: Batch) -> Any:  # noqa: ANN401 (whatever the store tells its caller)
        """Store the messages, or encode the recorded ones."""
        ...


class Record(Protocol):
    """Stores messages raw and durable, all or none, and returns one memory id each."""

    def __call__(self, scope: Scope, messages: Sequence[Message]) -> Sequence[str]:
        """Record the messages."""
        ...


@dataclass(slots=True)
class _Waiting:
    """The messages of one scope, with ids when recorded, and their tokens."""

    messages: list[tuple[Message, str | None, int]] = field(default_factory=list)
    touched_at: float = 0.0
    turn: Lock = field(default_factory=Lock)
    """Held while the messages are handed over."""

    @property
    def tokens(self) -> int:
        return sum(tokens for _, _, tokens in self.messages)


class BatchProcessor:
    """Buffers conversations per scope and hands them over when they are due.

    Args:
        store: works on a batch. When it raises, the batch waits on and the error reaches the caller.
        record: stores messages at once; required when ``durable``.
        durable: record first, batch only the work. False: hold the messages back, unacknowledged.
        cadence: when a scope's messages are due; see :class:`Cadence`.
        clock: where the present and idle seconds come from.
        max_chars: longest message accepted.

    Raises:
        InvalidOption: durable, without a ``record``.

    Scopes are flushed independently, and one scope by one thread at a time, so no message is handed over twice
    in a row without an error in between; a store must not call back for the same scope. There is no thread behind
    this: idle scopes are flushed by :meth:`flush_idle`, which the owner calls now and then, and by the next message
    of that scope.
    """

    def __init__(
        self,
        store: Store,
        *,
        record: Record | None = None,
        durable: bool = True,
        cadence: Cadence | None = None,
        clock: Clock | None = None,
        max_chars: int = MAX_CHARS,
    ) -> None:
        if durable and record is None:
            raise InvalidOption(
                "Durable batching needs a way to record messages.", fix="pass record=..., or durable=False"
            )
        self._store = store
        self._record = record if durable else None
        self._cadence = cadence or Cadence()
        self._clock = clock or SystemClock()
        self._max_chars = max_chars
        self._waiting: dict[Scope, _Waiting] = {}
        self._lock = Lock()
        self._closed = False

    def buffer_conversation(self, scope: Scope, messages: Message | Sequence[Message]) -> Accepted:
        """Take messages in, and flush their scope when it is due.

        Messages that waited for longer than the cadence's idle time are flushed before the new ones join, as
        the conversation they belong to is over.

        Args:
            scope: where they belong; its session is part of it.
            messages: a message or several, as ``add`` takes them.

        Raises:
            InvalidInput: a message cannot be kept; none of the call was taken in.
            ServiceClosed: after :meth:`close`.
            Exception: whatever ``record`` raised, and then nothing was taken in; or whatever ``store`` raised,
                and then all of it was: its note says so. Do not hand it over again, call :meth:`flush`.
        """
        self._require_open()
        ready = self._checked(scope, [messages] if isinstance(messages, str | Mapping) else list(messages))
        flushes, error = self._tried(scope, self._idle_cause(scope))
        ids = tuple(self._record(scope, [message for message, _ in ready])) if self._record and ready else ()
        self._join(scope, ready, ids)
        if error is None:
            further, error = self._tried(scope, self._full_cause(scope))
            flushes += further
        if error is not None:
            error.add_note("The messages of this call were taken in and wait; flush() hands them over again.")
            raise error
        return Accepted(ids, self.waiting(scope), tuple(flushes))

    def flush(self, scope: Scope, cause: Cause = Cause.REQUEST) -> FlushResult | None:
        """Hand over what waits in a scope; None when nothing does.

        Raises:
            Exception: whatever the store raised; the messages wait on.
        """
        waiting = self._waiting.get(scope)
        if waiting is None:
            return None
        with waiting.turn:
            with self._lock:
                taken = list(waiting.messages)
            if not taken:
                return None
            batch = _batch(scope, taken, cause)
            outcome = self._store(batch)
            with self._lock:
                del waiting.messages[: len(taken)]
                if not waiting.messages and self._waiting.get(scope) is waiting:
                    del self._waiting[scope]
        return FlushResult(batch, outcome)

    def end_session(self, scope: Scope) -> FlushResult | None:
        """Say that a session is over; its messages are handed over, unless the cadence says otherwise."""
        return self.flush(scope, Cause.SESSION_END) if self._cadence.at_session_end else None

    def flush_idle(self) -> tuple[FlushResult, ...]:
        """Hand over what waits in scopes that have been idle for long enough."""
        with self._lock:
            scopes = list(self._waiting)
        return self._each({scope: self._idle_cause(scope) for scope in scopes})

    def flush_all(self, cause: Cause = Cause.REQUEST) -> tuple[FlushResult, ...]:
        """Hand over what waits in every scope; scopes after one that fails are tried as well.

        Raises:
            Exception: the first error, after all scopes were tried; what failed waits on.
        """
        with self._lock:
            scopes = list(self._waiting)
        return self._each(dict.fromkeys(scopes, cause))

    def waiting(self, scope: Scope | None = None) -> int:
        """Messages that wait, in a scope or in all."""
        with self._lock:
            if scope is not None:
                return len(self._waiting[scope].messages) if scope in self._waiting else 0
            return sum(len(waiting.messages) for waiting in self._waiting.values())

    def close(self) -> tuple[FlushResult, ...]:
        """Hand over everything and take nothing more in. After an error, closing again tries again.

        Raises:
            Exception: the first error of a store; what failed waits on.
        """
        with self._lock:
            self._closed = True
        return self.flush_all(Cause.CLOSE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _require_open(self) -> None:
        if self._closed:
            raise ServiceClosed("The batch processor is closed.", fix="open a new one")

    def _checked(self, scope: Scope, given: list[Message]) -> list[tuple[Message, int]]:
        """The messages, copied, with their tokens; those that are held back say when they came.

        What cannot be stored is refused here: in a batch it would keep all others from being stored. The moment
        also makes a batch that is handed over twice the same memories.
        """
        ready = []
        for message, turn in zip(given, turns(given, Defaults(scope)), strict=True):
            require_text(turn.content, self._max_chars)
            own: Message = message if isinstance(message, str) else dict(message)
            if not self._record and turn.said_at is None:
                own = {**({"content": own} if isinstance(own, str) else own), "time": self._clock.now()}
            ready.append((own, count_tokens(turn.content)))
        return ready

    def _join(self, scope: Scope, ready: list[tuple[Message, int]], ids: tuple[str, ...]) -> None:
        named = ids if self._record else (None,) * len(ready)
        rows = [(message, name, tokens) for (message, tokens), name in zip(ready, named, strict=True)]
        with self._lock:
            if self._closed and self._record:
                return  # closed meanwhile; what is recorded is due in the store, flushed or not
            self._require_open()
            if rows:
                waiting = self._waiting.setdefault(scope, _Waiting())
                waiting.messages += rows
                waiting.touched_at = self._clock.monotonic()

    def _full_cause(self, scope: Scope) -> Cause | None:
        with self._lock:
            waiting = self._waiting.get(scope)
            return self._cadence.cause(len(waiting.messages), waiting.tokens) if waiting else None

    def _idle_cause(self, scope: Scope) -> Cause | None:
        with self._lock:
            waiting = self._waiting.get(scope)
            if waiting is None:
                return None
            idle_s = self._clock.monotonic() - waiting.touched_at
            return Cadence(0, 0, self._cadence.idle_s).cause(len(waiting.messages), 0, idle_s)

    def _tried(self, scope: Scope, cause: Cause | None) -> tuple[list[FlushResult], Exception | None]:
        """The flush for a cause, if there is one, or the error of the store."""
        try:
            done = self.flush(scope, cause) if cause else None
        except Exception as error:  # noqa: BLE001 (the caller raises it once the rest of its work is done)
            return [], error
        return [done] if done else [], None

    def _each(self, causes: Mapping[Scope, Cause | None]) -> tuple[FlushResult, ...]:
        done: list[FlushResult] = []
        errors: list[Exception] = []
        for scope, cause in causes.items():
            flushes, error = self._tried(scope, cause)
            done += flushes
            errors += [error] if error else []
        if errors:
            errors[0].add_note(f"{len(errors)} of {len(causes)} scopes could not be flushed; their messages wait.")
            raise errors[0]
        return tuple(done)


def _batch(scope: Scope, taken: list[tuple[Message, str | None, int]], cause: Cause) -> Batch:
    return Batch(
        scope=scope,
        messages=tuple(message for message, _, _ in taken),
        ids=tuple(memory_id for _, memory_id, _ in taken if memory_id is not None),
        cause=cause,
        tokens=sum(tokens for _, _, tokens in taken),
    )

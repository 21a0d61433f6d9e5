"""What reads events with a language model, as the write path sees it.

Why it exists: a caller may bring an extractor of its own. It must not know models, prompts, gates or stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fusion_memory.core.knowledge import Claim
from fusion_memory.core.records import Event


class TurnRead(Protocol):
    """One event as the model read it; ``failed`` says why it did not."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What it claims; empty when it failed."""
        ...

    @property
    def failed(self) -> str | None:
        """None when all of it was read."""
        ...


class Usage(Protocol):
    """What the calls of a reading took."""

    @property
    def calls(self) -> int:
        """Calls, repairs included."""
        ...

    @property
    def failures(self) -> int:
        """Calls that brought nothing."""
        ...

    @property
    def input_tokens(self) -> int:
        """Tokens sent."""
        ...

    @property
    def output_tokens(self) -> int:
        """Tokens received."""
        ...

    @property
    def seconds(self) -> float:
        """Time waited."""
        ...


class ModelRead(Protocol):
    """What a model made of events, one turn each, in order."""

    @property
    def turns(self) -> Sequence[TurnRead]:
        """One per event."""
        ...

    @property
    def usage(self) -> Usage:
        """What it took."""
        ...


class Extractor(Protocol):
    """Reads events with a model. It should not raise: why an event was not read stands in the reading."""

    def read(self, saids: Sequence[Event]) -> ModelRead:
        """Read events, those of one conversation in order."""
        ...

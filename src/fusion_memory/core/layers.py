"""What lies between the raw record and a search: the recent window, when to work, summaries, core memory.

Frozen values with the sizes other systems are known by, as presets by name. This file must not know how any of
it is stored or found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fusion_memory.core.knowledge import Fact
from fusion_memory.core.records import brief


class Reach(StrEnum):
    """Whose recent messages are at hand: those of the scope's session, or of all its sessions."""

    SESSION = "session"
    USER = "user"


@dataclass(frozen=True, slots=True)
class WorkingWindow:
    """How much of the conversation counts as recent.

    Attributes:
        messages: the newest so many; 0: no working memory.
        ttl_s: only what was said and recorded within so many seconds; 0: however long ago.
        reach: the scope's session, or all its sessions. A scope without a session has but one window.
        tokens: the newest of them that have so many tokens together; 0: no bound.
    """

    messages: int = 20
    ttl_s: float = 1_800.0
    reach: Reach = Reach.SESSION
    tokens: int = 0


WORKING_WINDOWS: Mapping[str, WorkingWindow] = {
    "default": WorkingWindow(),
    "user": WorkingWindow(reach=Reach.USER),
    "memos": WorkingWindow(20, 3_600.0),
    "openclaw": WorkingWindow(20, 0.0, Reach.USER),
    "memori": WorkingWindow(20, 7 * 86_400.0, Reach.USER),
}
"""Windows by name: ours, and those of the systems whose behaviour they repeat."""


class Cause(StrEnum):
    """Why derived work was done now."""

    FIRST = "first"
    MESSAGES = "messages"
    TOKENS = "tokens"
    IDLE = "idle"
    SESSION_END = "session_end"
    CLOSE = "close"
    REQUEST = "request"
    HEALED = "healed"  # something of what it was made of was erased


@dataclass(frozen=True, slots=True)
class Cadence:
    """When waiting messages are due to be worked on: whichever comes first. 0: never for that cause.

    Attributes:
        messages: at so many messages.
        tokens: at so many estimated tokens.
        idle_s: after so many seconds without a further message.
        at_session_end: when the session is said to be over.
    """

    messages: int = 10
    tokens: int = 1_200
    idle_s: float = 300.0
    at_session_end: bool = True

    def cause(self, messages: int, tokens: int = 0, idle_s: float = 0.0) -> Cause | None:
        """Why so many waiting messages are due, or None; nothing waiting is never due."""
        if messages <= 0:
            return None
        if 0 < self.messages <= messages:
            return Cause.MESSAGES
        if 0 < self.tokens <= tokens:
            return Cause.TOKENS
        return Cause.IDLE if 0 < self.idle_s <= idle_s else None


CADENCES: Mapping[str, Cadence] = {
    "default": Cadence(),
    "openclaw": Cadence(10, 1_200, 0.0),
    "openclaw-drain": Cadence(8, 0, 7_200.0),
    "memos": Cadence(4, 0, 0.0, at_session_end=False),
    "fusion": Cadence(6, 0, 0.0),
    "each": Cadence(1, 0, 0.0),
}
"""Cadences by name: ours, those of other systems, and ``each`` for no waiting at all."""


@dataclass(frozen=True, slots=True)
class SummarySize:
    """How long a summary may be and when a session is due for one.

    Attributes:
        chars: most code points of the text.
        sources: most messages it may quote.
        after: new messages that make a session due.
    """

    chars: int = 1_400
    sources: int = 40
    after: int = 6


SUMMARY_SIZES: Mapping[str, SummarySize] = {
    "default": SummarySize(),
    "session": SummarySize(chars=1_800),
    "memos": SummarySize(after=4),
}
"""Sizes by name; ``session`` is that of a session saved when it closes."""


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """What a session was about, in its own words: derived, rebuilt at will, and gone with any source of it.

    Attributes:
        sources: ids of the memories it quotes, in order; ``messages`` counts those that were read for it.
        method: ``"extractive"``, or the name of a model.
        cause, fresh: why it was made, and how many messages were new then.
        version: 1, 2, 3 ... of the same session.
        source_tokens, tokens: estimated tokens of what was read and of the text.
    """

    id: str
    session_id: str
    text: str
    sources: tuple[str, ...]
    messages: int
    first_said_at: datetime
    last_said_at: datetime
    method: str
    cause: Cause
    fresh: int
    version: int
    source_tokens: int
    tokens: int
    created_at: datetime

    def __repr__(self) -> str:
        return (
            f"SessionSummary({self.session_id!r} v{self.version}, {len(self.sources)} of {self.messages} messages, "
            f"{self.cause.value}, {self.created_at:%Y-%m-%d}: {brief(self.text)!r})"
        )


@dataclass(frozen=True, slots=True)
class SchemaSentence:
    """A sentence that stands for a session, and the memory that says it."""

    memory_id: str
    text: str


@dataclass(frozen=True, slots=True)
class SessionSchema:
    """What a session was about at a glance: derived whenever it is asked for, and never stored.

    Attributes:
        session_id: of the session.
        keywords: its telling words, the weightiest first, each with its TF-IDF weight.
        sentences: those that represent it, in the order said.
        chunks: passages of the session; ``messages`` counts those that were read.
    """

    session_id: str
    keywords: Mapping[str, float]
    sentences: tuple[SchemaSentence, ...]
    chunks: int
    messages: int
    first_said_at: datetime
    last_said_at: datetime

    def __repr__(self) -> str:
        return f"SessionSchema({self.session_id!r}, {self.messages} messages: {', '.join(self.keywords)})"


@dataclass(frozen=True, slots=True)
class CoreFact:
    """A fact that is always at hand, with the importance (0 to 1) it was chosen by and the reasons, as codes."""

    fact: Fact
    importance: float
    promoted_at: datetime
    reasons: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"CoreFact({self.importance:.2f}, {brief(self.fact.text)!r}, since {self.promoted_at:%Y-%m-%d})"


@dataclass(frozen=True, slots=True)
class CoreItem:
    """One line of the core memory: its citation, the fact, the memories that say so, and why it is here (codes)."""

    citation: str
    fact_id: str
    event_ids: tuple[str, ...]
    text: str
    tokens: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CoreMemory:
    """The core facts as a text to put before a model once, as marked data; ``dropped`` did not fit the budget."""

    text: str
    items: tuple[CoreItem, ...]
    tokens: int
    budget_tokens: int
    dropped: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"CoreMemory({len(self.items)} facts, {self.tokens} of {self.budget_tokens} tokens)\n{self.text}"

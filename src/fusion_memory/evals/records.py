"""What every question set is turned into: conversations to store, questions to ask, and what should come back.

A loader ends here and a run starts here; neither knows the other. Ids are those that the memory is
given; where a published id would tell the answer, it is an opaque one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import numpy as np

from fusion_memory.core.scope import Scope

WORKSPACE = "evaluation"

Unit = Literal["message", "session"]
"""What a question's gold counts: single messages, or whole sessions."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said. ``said_at`` overrides the time of its session; ``id`` becomes the client id."""

    id: str
    content: str
    role: str = "user"
    speaker: str | None = None
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Messages that belong together, in order. Without an id they are a plain stream."""

    id: str | None
    said_at: datetime | None
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything one scope is told."""

    scope: Scope
    sessions: tuple[Session, ...]

    @property
    def size(self) -> int:
        """How many messages it has."""
        return sum(len(session.messages) for session in self.sessions)


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its evidence.

    Attributes:
        gold: ids of the units that hold the evidence; never empty.
        context: what was said right before the question, oldest first, where an agent would have it at hand.
        asked_at: the present of the question, None for now.
        session_ids: the only sessions that count as this question's memory; empty for all.
        other_gold: the evidence according to other labels, by their name.
    """

    id: str
    query: str
    scope: Scope
    gold: frozenset[str]
    category: str
    asked_at: datetime | None = None
    session_ids: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    other_gold: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question set, ready to run.

    Attributes:
        headline: the metric that published results name first.
        apart: categories that are asked and reported but left out of the headline metrics.
        skipped: questions that were not asked, by reason.
        separate: each conversation is stored in a memory of its own, because all together would be too much.
        published: the published id of each opaque one, for reading reports; empty when they are the same.
        notes: what a reader of the figures has to know.
    """

    name: str
    unit: Unit
    headline: str
    conversations: tuple[Conversation, ...]
    questions: tuple[Question, ...]
    apart: frozenset[str] = frozenset()
    skipped: Mapping[str, int] = field(default_factory=dict)
    separate: bool = False
    published: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def owner(number: int) -> Scope:
    """The scope of the ``number``-th person of a question set."""
    return Scope(workspace_id=WORKSPACE, user_id=f"person-{number}")


def sampled(given: QuestionSet, most: int, rng: np.random.Generator) -> QuestionSet:
    """At most ``most`` questions drawn at random, in their old order, with only the memories they need.

    Sessions that no drawn question's haystack names are left out, so that a quick try is quick.
    """
    if most >= len(given.questions):
        return given
    places = sorted(rng.choice(len(given.questions), size=most, replace=False).tolist())
    questions = tuple(given.questions[place] for place in places)
    conversations = tuple(
        kept for conversation in given.conversations if (kept := _needed(conversation, questions)).sessions
    )
    note = f"a random sample of {most} of {len(given.questions)} questions"
    return replace(given, questions=questions, conversations=conversations, notes=(*given.notes, note))


def _needed(conversation: Conversation, questions: tuple[Question, ...]) -> Conversation:
    about = [question for question in questions if question.scope == conversation.scope]
    if not about:
        return replace(conversation, sessions=())
    if not all(question.session_ids for question in about):
        return conversation
    wanted = {session_id for question in about for session_id in question.session_ids}
    return replace(conversation, sessions=tuple(s for s in conversation.sessions if s.id in wanted))

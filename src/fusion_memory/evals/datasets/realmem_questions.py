"""RealMem as questions: which earlier sessions does an assistant need to answer this turn; the unit is a session.

The layout is that of ``realmem.py``. A turn with ``is_query`` is a question, asked on the day of its session; its
gold are the ``memory_session_uuids`` of the assistant's turn that follows. Sessions stand in the order in which
they took place, which their days do not always keep; a question searches those before its own and no other, so
neither its own session nor a later one can answer it.

An assistant that answers has the turns of its own session before it. They can be given as context: what was said
there before the question, which is no gold and not yet in the memory. It is off where the caller wants none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fusion_memory.core.scope import Scope
from fusion_memory.evals.datasets.reading import Entry, invalid, says_nothing
from fusion_memory.evals.datasets.realmem import day_of, files_of, said_in, whole_of
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session, owner

WITH_CONTEXT = "a question brings what was said before it in its own session"
WITHOUT_CONTEXT = "a question stands alone"
NO_EARLIER = "no earlier session is needed"


@dataclass(frozen=True, slots=True)
class Person:
    """One file: whose scope it is, its sessions as they stand there, and opaque ids by published ones."""

    scope: Scope
    sessions: Sequence[Entry]
    own_ids: dict[str, str]


def load(path: Path, *, context: bool = True) -> QuestionSet:
    """Read the folder or one of its files; with ``context``, a question brings the turns before it.

    Raises:
        DatasetInvalid: something is not in this layout.
    """
    people = [_person(file, number) for number, file in enumerate(files_of(path), 1)]
    found = [question for person in people for question in _questions(person, context)]
    questions = tuple(question for question in found if question.gold)
    if not questions:
        raise invalid(
            str(path), "it holds no question that earlier sessions answer.", fix="pass the folder of the set"
        )
    skipped = len(found) - len(questions)
    return QuestionSet(
        name="realmem",
        unit="session",
        headline="recall@5",
        conversations=tuple(_conversation(person) for person in people),
        questions=questions,
        skipped={NO_EARLIER: skipped} if skipped else {},
        published={own: given for person in people for given, own in person.own_ids.items()},
        notes=(
            "a question searches the sessions before its own",
            WITH_CONTEXT if context else WITHOUT_CONTEXT,
        ),
    )


def _person(file: Path, number: int) -> Person:
    sessions = whole_of(file).entries("dialogues")
    own_ids = {session.text("session_uuid"): f"p{number}-s{place}" for place, session in enumerate(sessions)}
    if len(own_ids) != len(sessions):
        raise invalid(str(file), "a session_uuid occurs twice.")
    return Person(owner(number), sessions, own_ids)


def _conversation(person: Person) -> Conversation:
    return Conversation(person.scope, tuple(_session(entry, person) for entry in person.sessions))


def _session(entry: Entry, person: Person) -> Session:
    own = person.own_ids[entry.text("session_uuid")]
    messages = (
        Message(id=f"{own}:{place}", content=said.content, role=said.role)
        for place, said in enumerate(said_in(entry))
    )
    return Session(own, day_of(entry), tuple(messages))


def _questions(person: Person, context: bool) -> Iterator[Question]:
    """Every question of a person; without gold where nothing earlier is named."""
    own_ids = list(person.own_ids.values())
    for place, session in enumerate(person.sessions):
        earlier = tuple(own_ids[:place])
        turns = session.entries("dialogue_turns")
        for number, turn in enumerate(turns[:-1]):
            if turn.value.get("is_query") is not True:
                continue
            named = {person.own_ids.get(given) for given in turns[number + 1].texts("memory_session_uuids")}
            yield Question(
                id=f"{own_ids[place]}/{number}",
                query=turn.text("content"),
                scope=person.scope,
                gold=frozenset(own for own in earlier if own in named),
                category=turn.optional_text("category_name") or "other",
                asked_at=day_of(session),
                session_ids=earlier,
                context=_before(turns[:number]) if context else (),
            )


def _before(turns: Sequence[Entry]) -> tuple[str, ...]:
    """What was said in some turns, without those that say nothing."""
    texts = (turn.value.get("content") for turn in turns)
    return tuple(text for text in texts if isinstance(text, str) and not says_nothing(text))

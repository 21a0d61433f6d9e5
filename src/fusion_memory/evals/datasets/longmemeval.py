"""LongMemEval (Wu et al., ICLR 2025): questions about a long history of chats; the unit is a session.

Two layouts. The official one is a JSON list of questions, each with its own ``haystack_sessions``,
``haystack_session_ids`` and ``haystack_dates``. The pooled one is a folder with ``sessions.jsonl`` (every
session once: ``session_id``, ``turns``) and one ``NAME.jsonl`` per haystack size, whose questions name their
sessions in ``haystack`` as pairs of id and date. Published: github.com/xiaowu0162/LongMemEval.

Published session ids tell the answer (gold ones start with ``answer_``), so the memory is given opaque ones.
Abstention questions (``_abs``) have nothing to retrieve and are skipped.

In the pooled layout a session has another date in every haystack. Storing the pool once is therefore done
without dates: every session gets the same one. ``isolated`` stores each question's haystack in a memory of its
own, with its dates, as it is done for the official layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from fusion_memory.core.errors import DatasetInvalid
from fusion_memory.core.scope import Scope
from fusion_memory.evals.datasets.reading import (
    Entry,
    example_time,
    invalid,
    json_lines,
    json_list,
    read_time,
    says_nothing,
    shown,
)
from fusion_memory.evals.records import Conversation, Message, Question, QuestionSet, Session, owner

POOL_FILE = "sessions.jsonl"
DEFAULT_HAYSTACK = "s48"
ABSTENTION = "_abs"
SKIPPED_ABSTENTION = "abstention"
TIME = "%Y/%m/%d (%a) %H:%M"

_ROLES = frozenset({"user", "assistant", "system", "tool"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as both layouts state it, with its haystack as sessions in order."""

    id: str
    query: str
    category: str
    asked_at: datetime | None
    haystack: tuple[Session, ...]
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read: where, what it is called, its questions, how many were skipped, the published ids."""

    path: Path
    name: str
    asked: Sequence[Asked]
    skipped: int
    published: Mapping[str, str]


def load(path: Path, haystack: str | None = None, *, isolated: bool = False) -> QuestionSet:
    """Read either layout: a file is the official one, a folder the pooled one.

    Args:
        path: the JSON file or the folder.
        haystack: which ``NAME.jsonl`` of the folder; :data:`DEFAULT_HAYSTACK` or the only one when absent.
        isolated: store each pooled haystack in a memory of its own, not the pool once.

    Raises:
        DatasetInvalid: something is not in its layout.
    """
    if path.is_dir():
        return _pooled(path, _haystack_file(path, haystack), isolated)
    if haystack is not None:
        raise DatasetInvalid(
            f"{path} is no folder, so it has no haystack {haystack!r}.",
            why="--haystack chooses a file of the pooled layout.",
            fix=f"fusion-memory eval longmemeval {path}",
        )
    return _official(path)


def _official(path: Path) -> QuestionSet:
    published: dict[str, str] = {}
    asked = []
    entries = json_list(path)
    for place, entry in enumerate(entries):
        if ABSTENTION not in entry.text("question_id"):
            asked.append(_official_question(entry, f"q{place}", published))
    return _in_own_scopes(Read(path, "longmemeval", asked, len(entries) - len(asked), published))


def _official_question(entry: Entry, prefix: str, published: dict[str, str]) -> Asked:
    given_ids, dates = entry.texts("haystack_session_ids"), entry.texts("haystack_dates")
    bodies = entry.items("haystack_sessions")
    if not len(given_ids) == len(dates) == len(bodies):
        raise entry.expected("haystack_sessions", f"as long as haystack_session_ids ({len(given_ids)})")
    ids = [f"{prefix}-s{place}" for place in range(len(bodies))]
    published.update(zip(ids, given_ids, strict=True))
    sessions = tuple(
        Session(own, _date(date, entry), _messages(body, own, f"{entry.where}, haystack_sessions[{place}]"))
        for place, (own, date, body) in enumerate(zip(ids, dates, bodies, strict=True))
    )
    answers = set(entry.texts("answer_session_ids"))
    gold = {own for own, given in zip(ids, given_ids, strict=True) if given in answers}
    return _asked(entry, sessions, gold, answers - set(given_ids))


def _pooled(folder: Path, file: Path, isolated: bool) -> QuestionSet:
    pool, published = _pool(folder / POOL_FILE)
    opaque = {given: own for own, given in published.items()}
    entries = list(json_lines(file))
    asked = [
        _pooled_question(entry, pool, opaque) for entry in entries if ABSTENTION not in entry.text("question_id")
    ]
    read = Read(file, f"longmemeval/{file.stem}", asked, len(entries) - len(asked), published)
    return _in_own_scopes(read) if isolated else _in_one_scope(read)


def _pool(path: Path) -> tuple[dict[str, tuple[Message, ...]], dict[str, str]]:
    """The messages of each session by its opaque id, and the published id of each."""
    pool: dict[str, tuple[Message, ...]] = {}
    published: dict[str, str] = {}
    for place, entry in enumerate(json_lines(path)):
        own = f"s{place}"
        published[own] = entry.text("session_id")
        pool[own] = _messages(entry.items("turns"), own, f"{entry.where}, turns")
    if len(set(published.values())) != len(published):
        raise invalid(str(path), "a session_id occurs twice.")
    return pool, published


def _pooled_question(entry: Entry, pool: Mapping[str, tuple[Message, ...]], opaque: Mapping[str, str]) -> Asked:
    sessions = []
    for place, pair in enumerate(entry.items("haystack")):
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise invalid(f"{entry.where}, haystack[{place}]", f"expected [session id, date], not {shown(pair)}.")
        if pair[0] not in opaque:
            raise invalid(f"{entry.where}, haystack[{place}]", f"{POOL_FILE} has no session {pair[0]!r}.")
        own = opaque[pair[0]]
        sessions.append(Session(own, _date(pair[1], entry), pool[own]))
    answers = set(entry.texts("answer_session_ids"))
    in_haystack = {session.id for session in sessions}
    gold = {opaque[given] for given in answers if opaque.get(given) in in_haystack}
    missing = {given for given in answers if opaque.get(given) not in in_haystack}
    return _asked(entry, tuple(sessions), gold, missing)


def _asked(entry: Entry, haystack: tuple[Session, ...], gold: set[str], missing: set[str]) -> Asked:
    if missing or not gold:
        named = ", ".join(sorted(missing)) or "none given"
        raise invalid(entry.where, f"answer_session_ids are not all in the haystack ({named}).")
    return Asked(
        id=entry.text("question_id"),
        query=entry.text("question"),
        category=entry.text("question_type"),
        asked_at=entry.time("question_date", TIME),
        haystack=haystack,
        gold=frozenset(gold),
    )


def _in_own_scopes(read: Read) -> QuestionSet:
    scopes = [owner(number) for number in range(1, len(read.asked) + 1)]
    pairs = list(zip(read.asked, scopes, strict=True))
    return replace(
        _question_set(read),
        conversations=tuple(Conversation(scope, asked.haystack) for asked, scope in pairs),
        questions=tuple(_question(asked, scope, ()) for asked, scope in pairs),
        separate=True,
        notes=("each question has a memory of its own",),
    )


def _in_one_scope(read: Read) -> QuestionSet:
    scope = owner(1)
    before = min((asked.asked_at for asked in read.asked if asked.asked_at), default=None)
    day = before - timedelta(days=1) if before else None
    used = {session.id: replace(session, said_at=day) for asked in read.asked for session in asked.haystack}
    return replace(
        _question_set(read),
        conversations=(Conversation(scope, tuple(used.values())),),
        questions=tuple(_question(asked, scope, _ids(asked.haystack)) for asked in read.asked),
        notes=("the pool is stored once, undated; each question searches the sessions of its haystack",),
    )


def _question_set(read: Read) -> QuestionSet:
    """The set without its conversations and questions."""
    if not read.asked:
        raise invalid(str(read.path), "it holds no question with evidence.")
    return QuestionSet(
        name=read.name,
        unit="session",
        headline="recall@5",
        conversations=(),
        questions=(),
        skipped={SKIPPED_ABSTENTION: read.skipped} if read.skipped else {},
        published=read.published,
    )


def _question(asked: Asked, scope: Scope, session_ids: tuple[str, ...]) -> Question:
    return Question(
        id=asked.id,
        query=asked.query,
        scope=scope,
        gold=asked.gold,
        category=asked.category,
        asked_at=asked.asked_at,
        session_ids=session_ids,
    )


def _ids(sessions: Iterable[Session]) -> tuple[str, ...]:
    return tuple(session.id for session in sessions if session.id)


def _messages(turns: object, session_id: str, where: str) -> tuple[Message, ...]:
    if not isinstance(turns, list):
        raise invalid(where, f"expected a list of turns, not {shown(turns)}.")
    return tuple(
        Message(id=f"{session_id}:{place}", content=content, role=role)
        for place, turn in enumerate(turns)
        for role, content in [_turn(turn, f"{where}[{place}]")]
        if content
    )


def _turn(turn: object, where: str) -> tuple[str, str | None]:
    """The role and the text of a turn; the published sets have a few turns without text."""
    if not isinstance(turn, Mapping):
        raise invalid(where, f"expected an object, not {shown(turn)}.")
    entry = Entry(turn, where)
    role = entry.text("role")
    if role not in _ROLES:
        raise entry.expected("role", f"one of {', '.join(sorted(_ROLES))}")
    content = turn.get("content")
    return role, None if isinstance(content, str) and says_nothing(content) else entry.text("content")


def _date(text: str, entry: Entry) -> datetime:
    moment = read_time(text, TIME)
    if moment is None:
        raise invalid(entry.where, f"{text!r} is no date like {example_time(TIME)!r}.")
    return moment


def _haystack_file(folder: Path, name: str | None) -> Path:
    if not (folder / POOL_FILE).is_file():
        raise invalid(str(folder), f"the pooled layout has a file {POOL_FILE}; it is not there.")
    known = sorted(file.stem for file in folder.glob("*.jsonl") if file.name != POOL_FILE)
    if name is None:
        name = known[0] if len(known) == 1 else DEFAULT_HAYSTACK
    if name not in known:
        raise invalid(
            str(folder),
            f"there is no haystack {name!r}.",
            fix=f"pass --haystack {' or '.join(known)}" if known else f"put NAME.jsonl beside {POOL_FILE}",
        )
    return folder / f"{name}.jsonl"

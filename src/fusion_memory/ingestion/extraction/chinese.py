"""Chinese sentences as the rules see them: who is spoken of, then what is said of him.

Why it exists: Chinese has no spaces, drops the subject whenever it is clear, strings clauses together with commas
and puts adverbs and times before or after the subject. A clause becomes readings ``subject|predicate``, the
subject being a lead: 其实我最近在学日语 reads ``我|在学日语``, as does the second part of 我在这，最近在学日语.
Must not know: rules, claims. Matching is done on simplified characters; offsets are those of the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, pairwise
from typing import Final

from fusion_memory.core.knowledge import TimeMention, TimeRole
from fusion_memory.ingestion.extraction import masks
from fusion_memory.ingestion.extraction.chinese_marks import marked
from fusion_memory.ingestion.extraction.chinese_opening import (
    Opening,
    named_at,
    opening,
    read_from,
    titled_at,
    topic_end,
)
from fusion_memory.ingestion.extraction.chinese_script import plain
from fusion_memory.ingestion.extraction.clauses import Clause
from fusion_memory.ingestion.extraction.grammar import Book, book, compiled
from fusion_memory.ingestion.extraction.modality import judged

SAID_OF: Final = "|"
"""Stands between the subject of a reading and what is said of him: ``~|`` of what once was,
``^|`` of what is over, ``>|`` of what is to come, ``@|`` of what is so as a rule; a backtick
before it: the clause itself does not name the subject. ``&|`` keeps what opens a clause: 今后, 周末."""

SPEAKER: Final = "我"
UNCLEAR: Final = ""
"""The subject of a clause that somebody is the subject of, and nobody can tell who."""

SOMEBODY: Final = "某"
"""The subject of a clause about a person who was brought in without a name."""

_SPREADING: Final = ("hypothetical", "reported", "injected")
_LOCAL: Final = ("asked", "hedged", "forget")
_LATIN_PER_HAN: Final = 3
_THIRD: Final = "他她"
_BEFORE: Final = " ,、:;.。!！-—~*·#"
_AFTER: Final = " ,、:;.。!！…~\n"


@dataclass(slots=True)
class Thread:
    """Whom the clauses so far were about; None when they named nobody, :data:`UNCLEAR` when it cannot be told.

    ``asked`` is the sentence in which something was last asked for: what follows there describes what is wanted.
    ``loosely`` says that ``person`` was only mentioned by the way; ``heading`` is the mark of a list that goes on.
    ``calls``: the message calls somebody, who is the one to be reminded then.
    """

    subject: str | None = None
    sentence: int = -1
    injected: bool = False
    material: bool = False
    asked: int = -1
    person: str | None = None
    loosely: bool = False
    heading: str = ""
    masked: str = ""
    calls: bool = False

    def written(self, clause: Clause, first: int, stop: int) -> str:
        """A stretch of a clause in the characters it was written with."""
        return self.masked[clause.first + first : clause.first + stop]


def recut(masked: str, parts: Sequence[Clause], times: Sequence[TimeMention], said_at: datetime) -> list[Clause]:
    """The clauses with their modality, those of Chinese sentences cut and read anew.

    Args:
        masked: the masked text.
        parts: the clauses of all its sentences, in order.
        times: the times of the text.
        said_at: what lies after it is in the future.
    """
    done: list[Clause] = []
    thread = Thread(masked=masked)
    for _, group in groupby(parts, key=lambda part: part.sentence):
        sentence = list(group)
        first, last = sentence[0].first, sentence[-1].last
        if book("zh").pattern("modality.pasted").match(masked, masked.rfind("\n", 0, first) + 1):
            continue
        if not is_chinese(masked[first:last]):
            sentence = judged(masked, sentence)
            thread.injected = thread.injected or any("injected" in clause.modality for clause in sentence)
            added = frozenset({"injected"} if thread.injected else ())
            done += [replace(clause, modality=clause.modality | added) for clause in sentence]
            continue
        clauses = _judged(masked, _joined(masked, _cut(masked, sentence[0], last), times), thread)
        found, thread.heading = marked(
            [_read(clause, times, said_at, thread) for clause in clauses], thread.heading
        )
        done += found
    return done


def is_chinese(text: str) -> bool:
    """Whether a sentence is Chinese, however many foreign names stand in it."""
    data = book("zh")
    han = len(data.pattern("persons.han").findall(text))
    latin = len(compiled("[A-Za-z]+(?:['’.-][A-Za-z]+)*").findall(text))
    return bool(data.rules) and han >= 2 and han * _LATIN_PER_HAN >= latin


def _cut(masked: str, opening: Clause, last: int) -> list[Clause]:
    """The clauses of one sentence in plain writing, without the marks between them."""
    data, text = book("zh"), plain(masked)
    cuts = [(opening.first, opening.first)]
    for match in data.pattern("clauses.boundaries").finditer(text, opening.first, last):
        keeps = match[0] in {":", " "} and data.pattern("clauses.keep").search(text[cuts[-1][1] : match.start()])
        if not keeps:
            cuts.append(match.span())
    cuts.append((last, last))
    found: list[Clause] = []
    for (_, start), (stop, _) in pairwise(cuts):
        stretch = text[start:stop].rstrip(_AFTER)
        said = stretch.lstrip(_BEFORE)
        if said:
            first = start + len(stretch) - len(said)
            found.append(Clause(said, first, first + len(said), "zh", ("zh",), sentence=opening.sentence))
    return found


def _joined(masked: str, clauses: list[Clause], times: Sequence[TimeMention]) -> list[Clause]:
    """The clauses with those of nothing but a time joined to the next: 下周三，我要去北京."""
    alone = {(time.first, time.last) for time in times}
    done: list[Clause] = []
    for clause in reversed(clauses):
        if done and (clause.first, clause.last) in alone:
            after = done[-1]
            done[-1] = replace(after, text=plain(masked[clause.first : after.last]), first=clause.first)
        else:
            done.append(clause)
    return done[::-1]


def _judged(masked: str, clauses: list[Clause], thread: Thread) -> list[Clause]:
    """The clauses with their modality; see :mod:`modality` for what spreads.

    A doubt reaches on over the clauses that name no subject of their own.
    """
    if not clauses:
        return []
    data = book("zh")
    asking = (
        masked[clauses[-1].last - 1 : clauses[-1].last + 3].strip().startswith(("?", "？"))
        or clauses[-1].text[-1] == "?"
    )
    asks = _first_asking(data, clauses) if asking else len(clauses)
    if data.pattern("modality.tag").fullmatch(clauses[-1].text.rstrip("?？ ")) is not None:
        asks = 0
    spreading: set[str] = set()
    offers = False
    done = []
    for number, clause in enumerate(clauses):
        fits = {name for name in (*_SPREADING, *_LOCAL) if data.pattern(f"modality.{name}").search(clause.text)}
        if data.pattern("modality.resume").match(clause.text):
            spreading -= {"hedged"}
        spreading |= fits & {*_SPREADING, "hedged"}
        thread.injected = thread.injected or "injected" in fits
        modality = spreading | (fits - {"asked"})
        modality |= {"question"} if "asked" in fits or number >= asks else set()
        modality |= {"injected"} if thread.injected else set()
        modality |= {"reported"} if thread.material else set()
        modality |= {"quoted"} if masks.MASK in clause.text else set()
        done.append(replace(clause, modality=frozenset(modality)))
        offers = offers or data.pattern("modality.material").search(clause.text) is not None
        thread.material = thread.material or data.pattern("modality.fiction").search(clause.text) is not None
        follows = masked[clause.last : clause.last + 3].lstrip(" 。！!")[:1]
        thread.material = thread.material or (offers and follows in {":", "：", "\n"})
    return done


def _first_asking(data: Book, clauses: Sequence[Clause]) -> int:
    if data.pattern("modality.either").match(clauses[-1].text):
        return 0
    for number, clause in enumerate(clauses):
        if data.pattern("modality.asked").search(clause.text):
            return number
    return len(clauses) - 1


def _read(clause: Clause, times: Sequence[TimeMention], said_at: datetime, thread: Thread) -> Clause:
    """The clause with its readings; the thread goes on with whom it was about."""
    if _called_to(clause, thread.masked):
        thread.subject, thread.sentence, thread.calls = None, clause.sentence, True
        return clause
    if book("zh").pattern("clauses.about").match(clause.text) is not None:
        return clause
    if thread.calls and book("zh").pattern("modality.reminding").match(clause.text) is not None:
        return replace(clause, modality=clause.modality | {"reported"})
    inside = [time for time in times if clause.first <= time.first and time.last <= clause.last]
    once = [time for time in inside if time.recurrence is None]
    if any(_ahead(time, clause, said_at) for time in once):
        clause = replace(clause, modality=clause.modality | {"future"})
    if thread.sentence != clause.sentence and thread.subject != SPEAKER:
        thread.subject = UNCLEAR if thread.subject else None
    thread.sentence = clause.sentence
    if book("zh").pattern("modality.request").search(clause.text) is not None:
        thread.asked = clause.sentence
    elif (
        thread.asked == clause.sentence and book("zh").pattern("modality.specified").match(clause.text) is not None
    ):
        clause = replace(clause, modality=clause.modality | {"hypothetical"})
    spans = {time.first - clause.first: time.last - clause.first for time in once}
    opened = opening(clause.text, spans)
    titled = titled_at(clause.text, opening(clause.text, spans, named=True).start)
    if titled is not None:
        thread.subject = thread.person = thread.written(clause, *titled.span("who"))
        said = opening(clause.text, spans, titled.end("who"), named=True)
        return replace(clause, readings=(*_said_of(clause, thread.subject, said), read_from(clause, 0, "")))
    opened = _resolved(opened, clause, thread)
    readings = tuple(_readings(clause, opened, spans, thread))
    thread.subject = _next_subject(clause, opened, thread)
    return replace(clause, readings=readings)


def _called_to(clause: Clause, masked: str) -> bool:
    """Whether a message opens by calling somebody, whom the rest of it is not about: 王姐，我今天不来了."""
    data = book("zh")
    if masked[: clause.first].strip() or not data.pattern("persons.vocative").fullmatch(clause.text):
        return False
    return data.pattern("persons.talking").match(masked, clause.last) is not None


def _ahead(time: TimeMention, clause: Clause, said_at: datetime) -> bool:
    """Whether a time puts its clause into the future; 最喜欢的季节是夏天 only names one."""
    if book("zh").pattern("clauses.names_time").search(clause.text, 0, time.first - clause.first):
        return False
    return time.start > said_at or (time.role is TimeRole.BY and time.end > said_at)


def _resolved(opened: Opening, clause: Clause, thread: Thread) -> Opening:
    """The opening with 他 or 她 put in the place of whom the clauses before spoke of."""
    data = book("zh")
    if opened.subject is not None and data.pattern("persons.third").fullmatch(opened.subject):
        called = data.pattern("persons.called").match(clause.text, opened.start)
        if called is not None and (thread.person is None or thread.loosely):
            whose, thread.loosely = thread.person, False
            thread.person = thread.written(clause, *called.span("name"))
            return replace(opened, subject=whose or thread.person)
        if thread.person is None and (mine := data.pattern("persons.is_my").match(clause.text, opened.start)):
            thread.person, thread.loosely = mine["kin"], True
        return replace(opened, subject=thread.person or opened.subject)
    if opened.subject is not None and opened.subject[0] in _THIRD:
        relation = opened.subject.lstrip(_THIRD + "们家的")
        return replace(opened, subject=f"{thread.person}的{relation}" if thread.person else opened.subject)
    before = thread.person
    _note_person(opened, clause, thread)
    if thread.person is not before:
        thread.loosely = False
    elif (kin := list(data.pattern("persons.kin_said").finditer(clause.text))) and (
        before is None or thread.loosely
    ):
        thread.person, thread.loosely = kin[-1]["kin"], True
    return opened


def _note_person(opened: Opening, clause: Clause, thread: Thread) -> None:
    """Keep whom the clause names, for the 他 or 她 that may follow."""
    data = book("zh")
    if opened.subject is not None and data.pattern("persons.relations").fullmatch(opened.subject):
        thread.person = opened.subject
    elif (named := data.pattern("persons.names_any").search(clause.text)) is not None:
        thread.person = thread.written(clause, *named.span())
    elif names := list(named_at(clause.text, opened.start)):
        thread.person = thread.written(clause, *names[0])


def _readings(clause: Clause, opened: Opening, spans: dict[int, int], thread: Thread) -> Iterator[Clause]:
    data = book("zh")
    if opened.subject is None:
        for first, stop in named_at(clause.text, opened.start):
            rest = opening(clause.text, spans, stop, named=True)
            yield from _said_of(clause, thread.written(clause, first, stop), _with(rest, opened))
        if thread.subject is None and not data.pattern("persons.elsewhere").match(clause.text):
            bare = replace(clause, modality=clause.modality | {"bare"})
            yield from _said_of(bare, SPEAKER, opened, told=False)
        elif thread.subject and not data.pattern("persons.you").fullmatch(thread.subject):
            yield from _said_of(clause, thread.subject, opened, told=False)
        if (fronted := topic_end(clause.text, opened.start)) is not None:
            rest = opening(clause.text, spans, fronted)
            yield from _said_of(clause, SPEAKER, _with(rest, opened))
    elif not data.pattern("persons.you").fullmatch(opened.subject):
        yield from _said_of(clause, opened.subject, opened)
    else:
        yield read_from(replace(clause, modality=clause.modality | {"bare"}), 0, "")
        return
    openers = opening(clause.text, spans, named=True)
    yield read_from(clause, openers.start, "")
    if openers.start > 0:
        yield read_from(clause, 0, f"&{SAID_OF}")


def _said_of(clause: Clause, subject: str, opened: Opening, *, told: bool = True) -> Iterator[Clause]:
    end = SAID_OF if told else f"`{SAID_OF}"
    over = book("zh").pattern("clauses.over").match(clause.text, opened.start)
    if over is not None:
        yield read_from(clause, over.start("rest"), f"{subject}^{end}")
    mark = "~" if opened.past else "@" if opened.habit else ">" if "future" in clause.modality else ""
    yield read_from(clause, opened.start, f"{subject}{mark}{end}")


def _with(rest: Opening, before: Opening) -> Opening:
    """What opens a clause after its name, with what stood before the name."""
    return replace(rest, past=before.past or rest.past, habit=before.habit or rest.habit)


def _next_subject(clause: Clause, opened: Opening, thread: Thread) -> str | None:
    """Whom the next clause is about when it names nobody."""
    data = book("zh")
    introduced = data.pattern("persons.introduced").search(clause.text)
    if introduced is not None:
        return _introduced(introduced, opened.subject or thread.subject or SPEAKER)
    if opened.subject is not None:
        return SPEAKER if data.pattern("persons.first").fullmatch(opened.subject) else opened.subject
    if names := list(named_at(clause.text, opened.start)):
        return thread.written(clause, *names[0]) if len(names) == 1 else UNCLEAR
    if topic_end(clause.text, opened.start) is not None:
        return SPEAKER
    return UNCLEAR if data.pattern("persons.other").match(clause.text, opened.start) else thread.subject


def _introduced(match: re.Match[str], owner: str) -> str:
    """Whom a clause brings in, to speak of from then on: 我养了一只猫, 我有个妹妹."""
    groups = match.groupdict()
    if named := groups.get("named") or groups.get("named2"):
        return str(named)
    if groups.get("pet"):
        return f"{SPEAKER}的{groups['pet']}"
    return f"{SPEAKER}{groups['kin']}" if groups.get("kin") and owner.startswith(SPEAKER) else SOMEBODY

"""The golden sets for understanding: short conversations with every fact that should come of them, and chains.

JSON lines. An example; the fields of the second line may be left out, in a message and a fact as well::

    {"id": "en-001", "said_at": "2026-03-04T10:00:00+00:00", "messages": [...], "facts": [...],
     "fine": [["jazz"]], "current": {"residence": "Lisbon"}, "topic": "preference", "language": "en"}

    a message: {"role": "user", "content": "...", "speaker": "Ann", "time": "2026-03-05T10:00:00+00:00"}
    a fact:    {"type": ["preference"], "subject": "user", "has": ["jazz"],
                "not": false, "when": ["2026-03-01", "2026-03-02"]}

``facts`` empty: nothing may come of it. ``not`` true: it is not so; missing: either telling is right. ``when`` is
half-open. A chain, one question whose answer changes::

    {"id": "chain-en-01", "messages": [{..., "time": "..."}], "slot": "residence", "subject": "user",
     "expect": "Lisbon", "history": ["Oslo", "Lisbon"]}

The first half of the lines of a file is for development, the second for checking.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from fusion_memory.core.knowledge import FactType
from fusion_memory.evals.datasets.reading import Entry, invalid, json_lines
from fusion_memory.evals.fact_records import Chain, Example, Expected, Said
from fusion_memory.text.language import dominant_language

EXAMPLES = "golden*.jsonl"
CHAINS = "chains*.jsonl"
LANGUAGES = ("en", "zh")
NO_TOPIC = "other"

_TYPES = frozenset(kind.value for kind in FactType)


def load(path: Path) -> tuple[tuple[Example, ...], tuple[Chain, ...]]:
    """Read a file of examples or of chains, or a folder with ``golden*.jsonl`` and ``chains*.jsonl``.

    Raises:
        DatasetInvalid: something is not in this layout, or there is nothing.
    """
    files = [path] if path.is_file() else sorted({*path.glob(EXAMPLES), *path.glob(CHAINS)})
    examples: list[Example] = []
    chains: list[Chain] = []
    for file in files:
        entries = list(json_lines(file))
        if entries and "expect" in entries[0].value:
            chains += [_chain(entry) for entry in entries]
        else:
            examples += [_example(entry, place, len(entries)) for place, entry in enumerate(entries)]
    if not examples and not chains:
        raise invalid(str(path), "it holds no examples.", fix=f"pass a file, or a folder with {EXAMPLES}")
    return tuple(examples), tuple(chains)


def _example(entry: Entry, place: int, count: int) -> Example:
    said = _said(entry, entry.time("said_at"))
    current = entry.entry("current").value if entry.value.get("current") is not None else {}
    if not all(isinstance(value, str) and value for value in current.values()):
        raise entry.expected("current", "an object of texts")
    return Example(
        id=entry.text("id"),
        language=_language(entry, said),
        part="development" if place < count // 2 else "check",
        topic=entry.optional_text("topic") or NO_TOPIC,
        said=said,
        expected=tuple(_expected(fact) for fact in entry.entries("facts")),
        fine=tuple(_pieces(entry, "fine", item) for item in entry.value.get("fine") or []),
        current=dict(current),
    )


def _chain(entry: Entry) -> Chain:
    said = _said(entry, None)
    return Chain(
        id=entry.text("id"),
        language=_language(entry, said),
        said=said,
        slot=entry.text("slot"),
        subject=entry.text("subject"),
        expect=entry.text("expect"),
        history=_pieces(entry, "history", entry.items("history")),
    )


def _said(entry: Entry, default: datetime | None) -> tuple[Said, ...]:
    said = []
    for message in entry.entries("messages"):
        at = message.time("time") or default
        if at is None:
            raise message.expected("time", "a time, here or as said_at")
        role = message.optional_text("role") or "user"
        said.append(Said(role, message.optional_text("speaker"), message.text("content"), at))
    if not said:
        raise entry.expected("messages", "at least one message")
    return tuple(said)


def _language(entry: Entry, said: Sequence[Said]) -> str:
    """The language that is told, or the one that what was said is written in."""
    told = entry.optional_text("language") or entry.text("id").partition("-")[0]
    return told if told in LANGUAGES else dominant_language("\n".join(one.content for one in said))


def _expected(fact: Entry) -> Expected:
    types = fact.texts("type")
    if not types or not _TYPES.issuperset(types):
        raise fact.expected("type", "a list of fact types")
    denied = fact.value.get("not")
    if denied is not None and not isinstance(denied, bool):
        raise fact.expected("not", "true or false")
    start, end = _days(fact)
    subject = fact.optional_text("subject") or ""
    return Expected(tuple(types), subject, _pieces(fact, "has", fact.items("has")), denied, start, end)


def _pieces(entry: Entry, name: str, given: object) -> tuple[str, ...]:
    pieces = given if isinstance(given, list) else []
    if not pieces or not all(isinstance(piece, str) and piece for piece in pieces):
        raise entry.expected(name, "a list of pieces of text")
    return tuple(pieces)


def _days(fact: Entry) -> tuple[datetime | None, datetime | None]:
    given = fact.texts("when")
    if not given:
        return None, None
    try:
        start, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in given)
    except ValueError:
        raise fact.expected("when", "two days like '2026-03-01'") from None
    if start >= end:
        raise fact.expected("when", "a first day and a later one, which is left out")
    return start, end

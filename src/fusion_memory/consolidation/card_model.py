"""A memory card by a language model: what it is asked, and what of its answer may stand.

A line must name messages that were shown, its words must be borne by them, and what it says of a person must come
from one. An answer that names a message which does not exist is worth nothing as a whole. This file must not know
the database's tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fusion_memory.consolidation import asking
from fusion_memory.consolidation.care import Care
from fusion_memory.core.cards import MOST_LINES, Bucket
from fusion_memory.memory.card_text import LONGEST_LINE, PEOPLE
from fusion_memory.memory.condensations import CardDraft, DraftLine, limited
from fusion_memory.memory.summaries import Material, Said, worth_quoting
from fusion_memory.models.language_model import Prompt
from fusion_memory.text.counting import count_tokens
from fusion_memory.text.grounding import strange_numbers, support

PURPOSE: Final = "condensation"
MOST_TOKENS: Final = 6_000
"""A session is shown from its end, up to so many tokens."""

LEAST_SUPPORT: Final = 0.6
"""The share of a line's telling words that its messages must have."""

REPLY_TOKENS: Final = 1_500
_WRITTEN: Final = tuple(bucket for bucket in Bucket if bucket is not Bucket.EXCERPT)
_OF_PEOPLE: Final = frozenset({Bucket.PREFERENCES, Bucket.CONSTRAINTS, Bucket.DECISIONS})

_SYSTEM: Final = (
    "You condense a conversation into a memory card, as one JSON object and nothing else:\n"
    '{"facts": [{"text": "...", "sources": [1, 4]}], "preferences": [], "constraints": [], "decisions": [], '
    '"risks": [], "actions": []}\n'
    "text     one short sentence that can be understood alone, in the words and the language of the messages\n"
    "sources  the numbers of the messages that say so; a line without them is worthless\n"
    "At most: %(most)s. Only what was said; no guesses, no courtesies, nothing about the conversation itself. What "
    "an assistant proposes is no preference, constraint or decision before a person agrees. "
    "中文对话用中文书写。\n" + asking.MATERIAL
)


def written(care: Care, found: Material, plain: CardDraft) -> CardDraft | None:
    """The card as the model writes it, with the excerpt of the plain one; None when it cannot be used."""
    shown = _shown(found)
    if care.language_model is None or not shown:
        return None
    mark = asking.fence(care, [said.text for said in shown])
    most = ", ".join(f"{bucket.value} {MOST_LINES[bucket]}" for bucket in _WRITTEN)
    told = "\n".join(
        f"{mark} message {number}: {said.speaker or said.role}, {said.said_at:%Y-%m-%d}\n{said.text}"
        for number, said in enumerate(shown, 1)
    )
    prompt = Prompt(_SYSTEM % {"most": most, "fence": mark}, told, REPLY_TOKENS, json=True)
    answer = asking.ask(care, PURPOSE, prompt)
    if answer is None:
        return None
    lines = _lines(answer[0], shown)
    if not lines:
        return None
    excerpt = [line for line in plain.lines if line.bucket is Bucket.EXCERPT]
    method = f"model/{answer[1]}" if answer[1] else "model"
    return CardDraft(found, limited([*lines, *excerpt]), method, tuple(shown))


def _shown(found: Material) -> list[Said]:
    """The last messages that fit, without those that nobody is to remember."""
    shown: list[Said] = []
    left = MOST_TOKENS
    for said in reversed(worth_quoting(found)):
        left -= count_tokens(said.text)
        if left < 0:
            break
        shown.append(said)
    return shown[::-1]


def _lines(answer: Mapping[str, Any], shown: Sequence[Said]) -> list[DraftLine]:
    """The lines that may stand; none at all when one names a message that was not shown."""
    kept: list[DraftLine] = []
    for bucket in _WRITTEN:
        entries = answer.get(bucket.value)
        for entry in entries if isinstance(entries, list) else []:
            sources = _sources(entry, len(shown))
            if sources is None:
                return []
            said = [shown[number - 1] for number in sources]
            text = asking.words(entry.get("text"), LONGEST_LINE)
            if text and _borne(text, said) and _by_people(bucket, said):
                kept.append(DraftLine(bucket, text, tuple(one.event_id for one in said)))
    return kept


def _sources(entry: object, count: int) -> list[int] | None:
    """The numbers of the messages that an entry names; None when it names none, or one that there is not."""
    told = entry.get("sources") if isinstance(entry, Mapping) else None
    if not isinstance(told, list) or not told:
        return None
    numbers = [one for one in told if isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= count]
    return sorted(set(numbers)) if len(numbers) == len(told) else None


def _borne(text: str, said: Sequence[Said]) -> bool:
    told = "\n".join(f"{one.speaker or one.role} {one.said_at:%Y-%m-%d} {one.text}" for one in said)
    return support(text, told) >= LEAST_SUPPORT and not strange_numbers(text, told)


def _by_people(bucket: Bucket, said: Sequence[Said]) -> bool:
    return bucket not in _OF_PEOPLE or any(one.role in PEOPLE for one in said)

"""The shape of the tables of trigger wordings: one record per way of asking, and what is said around it.

Why it exists: the English and the Chinese table must fit one reader. Must not know: any wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class TriggerKind(StrEnum):
    """What the words ask the memory to do. ``FORGET`` is a proposal, never an erasure."""

    REMEMBER = "remember"
    RECALL = "recall"
    SEARCH = "search"
    ORGANISE = "organise"
    FORGET = "forget"
    DO_NOT_REMEMBER = "do_not_remember"


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of asking: a pattern matched where a sentence begins, after its opener.

    The groups ``rest`` and ``object`` hold the payload, ``rest`` before ``object`` unless it is empty. ``inner``
    wordings are looked for at the beginning of every clause.
    """

    kind: TriggerKind
    pattern: str
    inner: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Wordings:
    """The table of one language; ``<name>`` in a pattern stands for the fragment of that name.

    Attributes:
        fragments: parts of patterns, which may use those named before them.
        cues: a sentence without any of these asks nothing; keeps the search short.
        opener: what may stand before a request: greetings, interjections, a name that is called.
        asking_politely: a question with one of these is a request in the form of a question.
        never: beginnings of sentences that only look like a request.
        pronoun: objects that point at what was said before.
        following: words that point at all that comes after.
        tail: politeness at the end of a payload.
        wordings: in order; the first that matches counts.
    """

    fragments: Mapping[str, str]
    cues: str
    opener: str
    asking_politely: str
    never: tuple[str, ...]
    pronoun: str
    following: str
    tail: str
    wordings: tuple[Wording, ...] = field(default=())

    def written(self, pattern: str) -> str:
        """The pattern with its fragments written out."""
        for name, fragment in reversed(list(self.fragments.items())):
            pattern = pattern.replace(f"<{name}>", f"(?:{fragment})")
        return pattern

"""Which sayings of a session speak of the same things: written with the sayings, gone with either of them.

Why it exists: comparing words when asked would read whole sessions; one comparison when a saying comes in is cheap.
An edge depends on its two texts and their places alone, so a rebuild gives what was written one by one, and an
erasure takes nothing but the erased saying's own edges. Must not know: who reads, or how activation spreads.

Source: session edges from three shared meaningful words on are S2.61 of the feature list. Only counts are stored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from fusion_memory.core.scope import Access
from fusion_memory.memory import events, owners
from fusion_memory.storage.interface import Row, Transaction
from fusion_memory.text.sharing import Words, shared, words_of
from fusion_memory.text.tokens import terms

LEAST_SHARED: Final = 3
REACH: Final = 16
"""A saying is compared with so many turns before it in its session."""

PAGE: Final = 256


@dataclass(frozen=True)
class _Said:
    """A saying of a session; its words are looked for when they are first compared."""

    event_no: int
    seq: int
    spelled: str
    speaker: str | None

    @cached_property
    def words(self) -> Words:
        """Its meaningful words; the name of who said it stands in front of its terms."""
        found = self.spelled.split()
        return words_of(found[len(terms(self.speaker)) :] if self.speaker else found)

    @property
    def may_share(self) -> bool:
        return len(self.words.spaced) + len(self.words.pairs) >= LEAST_SHARED


def note(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> None:
    """Associate new sayings with those before them in their sessions.

    Args:
        tx: the transaction that stores them; their terms are indexed already.
        owner_no: whose.
        event_nos: the sayings.
    """
    if event_nos:
        rows = tx.rows("association_texts", owner_no=owner_no, event_nos=list(event_nos), reach=REACH)
        tx.run_many("association_put", list(_edges(rows, frozenset(event_nos))))


def rebuild(tx: Transaction, access: Access) -> int:
    """Associate everything in the scope anew; how many sayings were read."""
    owner_no, numbers = owners.find(tx, access), sorted(events.numbers(tx, access, None))
    for start in range(0, len(numbers), PAGE):
        note_again(tx, owner_no, numbers[start : start + PAGE])
    return len(numbers)


def note_again(tx: Transaction, owner_no: int, event_nos: Sequence[int]) -> None:
    """Associate sayings with those before them as if they came in now."""
    tx.run("associations_forget", event_nos=list(event_nos))
    note(tx, owner_no, event_nos)


def _edges(rows: Sequence[Row], wanted: frozenset[int]) -> Iterator[dict[str, int]]:
    """The edges from wanted sayings to those up to :data:`REACH` turns before; rows by thread and turn."""
    window: deque[_Said] = deque(maxlen=REACH)
    before = None
    for event_no, thread, seq, speaker, spelled in rows:
        if thread != before:
            window.clear()
            before = thread
        said = _Said(event_no, seq, spelled, speaker)
        if event_no in wanted and said.may_share:
            for earlier in window:
                count = shared(said.words, earlier.words)
                if count >= LEAST_SHARED and seq - earlier.seq <= REACH:
                    yield {"later_no": event_no, "earlier_no": earlier.event_no, "shared": count}
        window.append(said)

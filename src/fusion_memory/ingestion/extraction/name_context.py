"""What the words around an English name say it is: "my sister", "works at", "moved to", "named".

Why it exists: the same capitalised word is a person after "told" and a city after "moved to". Must not know: lists
of places, firms or products; it looks at the neighbours only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fusion_memory.core.knowledge import EntityKind
from fusion_memory.ingestion.extraction.name_lists import lists
from fusion_memory.ingestion.extraction.name_tokens import Token

_REACH: Final = 8
_OPENING: Final = 4
"""So many words may stand before the comma of "No worries, Nate!"."""


@dataclass(frozen=True, slots=True)
class Around:
    """The words before and after a run of capitalised words."""

    words: list[Token]
    start: int
    end: int

    def before(self, distance: int = 1) -> str:
        """The word so many places before, in lower case; empty beyond the sentence."""
        at = self.start - distance
        between = self.words[max(at + 1, 0) : self.start + 1]
        if at < 0 or any(word.initial for word in between):
            return ""
        return self.words[at].low

    @property
    def after(self) -> str:
        """The next word in lower case; empty at the end of the clause."""
        if self.end >= len(self.words) or self.words[self.end].apart:
            return ""
        return self.words[self.end].low

    @property
    def apart(self) -> bool:
        """Whether punctuation stands before the run."""
        return self.words[self.start].apart

    def introduced(self) -> EntityKind | None:
        """What "a dog named X", "the app X", "my friend, X" call it; None when nothing introduces it."""
        named = lists("en")
        one, two, three = self.before(), self.before(2), self.before(3)
        if (
            one in named["named.cues"]
            and not self.apart
            and not (one == "called" and two in {"i", "he", "she", "we", "they", "who"})
        ) or (one in {"is", "was", "be"} and two in named["named.name_words"]):
            return self._nearest_noun() or EntityKind.PERSON
        if one in {"her", "him", "me", "them"} and two in {"call", "calls", "called", "named", "name"}:
            return self._nearest_noun() or EntityKind.PERSON
        if one in {"name's", "name"} and two in _near("possessors") | {"s"} and not self.apart:
            return EntityKind.PERSON
        if (
            (
                two in {"named", "name", "naming", "call", "renamed"}
                and one in {"it", "to"} | named["people.relations"]
            )
            or (three in {"named", "renamed", "call", "name", "calls"} and two in _near("possessors"))
            or (one == "to" and three in {"the", "renamed"} and self.before(4) == "renamed")
        ):
            return noun_kind(one) or noun_kind(two) or self._nearest_noun()
        return self._apposition(one, two)

    def _apposition(self, one: str, two: str) -> EntityKind | None:
        kind = noun_kind(one)
        if kind is EntityKind.PROJECT or (
            kind is EntityKind.PERSON
            and (not self.apart or two in _near("possessors") or self.before(3) in _near("possessors"))
        ):
            return kind
        if kind is EntityKind.PERSON and self.before(3) in {"from", "of"}:
            return kind
        return kind if kind is not None and not self.apart and two in _near("possessors") else None

    def _nearest_noun(self) -> EntityKind | None:
        """The kind of the nearest noun before that can have a name."""
        for distance in range(1, _REACH):
            word = self.before(distance)
            if not word:
                return None
            if kind := noun_kind(word):
                return kind
        return None

    def of_work(self) -> bool:
        """Whether somebody works, studies or was hired there."""
        known = lists("en")
        one = self.before()
        if one == "the":
            one = self.before(2)
            earlier = {self.before(distance) for distance in range(3, 7)}
        else:
            earlier = {self.before(distance) for distance in range(2, 6)}
        if one in known["organisations.before"]:
            return True
        for word in ("at", "for", "from", "by"):
            if one == word:
                return bool(earlier & known[f"organisations.before_{word}"])
        if one == "with":
            return bool(
                earlier & {"job", "interview", "interviewed", "position", "bank", "contract", "role", "meeting"}
            )
        return one == "of" and bool(earlier & known["organisations.heads"])

    def of_place(self) -> bool:
        """Whether somebody is there, goes there or comes from there."""
        one, two = self.before(), self.before(2)
        if one == "the":
            one, two = two, self.before(3)
        if one == "in" and two in _near("not_there"):
            return False
        if one in _near("living") or one in _near("seeing"):
            return True
        if one in {"to", "toward", "towards"}:
            return two in _near("motion") or self.before(3) in _near("motion")
        return one == "from" and (two in _near("origin") or self.before(3) in {"moved", "flew", "came"})

    def of_person(self) -> bool:
        """Whether it does or is done to what only a person does or suffers."""
        known = lists("en")
        one, two, three = self.before(), self.before(2), self.before(3)
        if one in known["people.verbs_before"] and not self.apart:
            return True
        if one == "with" and ({two, three} & _near("company")):
            return True
        if one == "and" and two in known["given.words"] and self.words[self.start - 2].capital:
            return True
        if one in {"to", "with"} and two in known["people.speaking_to"]:
            return True
        if one in {"from", "by"} and ({two, three} & known["people.hearing_from"]):
            return True
        return self.does_as_people_do() or self.spoken_to()

    def does_as_people_do(self) -> bool:
        """Whether a verb of people follows, or "and I"."""
        after = self.after
        return after in lists("en")["people.verbs_after"] or (
            after == "and"
            and self.end + 1 < len(self.words)
            and self.words[self.end + 1].low in {"i", "his", "her", "my"}
        )

    def spoken_to(self) -> bool:
        """Whether it is greeted: "Thanks, Ben!"."""
        if self.end - self.start > 2:
            return False
        if self.before() in _near("greetings") or self.before(2) in _near("greetings"):
            return True
        if not self.apart or self.start == 0 or self.words[self.start].initial:
            return False
        opening = next(
            (n for n in range(1, _OPENING + 2) if self.start - n < 0 or self.words[self.start - n].initial), 9
        )
        return opening <= _OPENING and (self.end == len(self.words) or self.words[self.end].initial)

    def of_work_of_art(self) -> bool:
        """Whether it is read, watched or played."""
        one = self.before()
        if one in lists("en")["works.articles"]:
            one = self.before(2)
        return one in lists("en")["works.before"] and not self.apart


def noun_kind(word: str) -> EntityKind | None:
    """What kind of thing a noun names that stands beside a name: "sister" a person, "startup" an organisation."""
    known = lists("en")
    for key, kind in (
        ("people.relations", EntityKind.PERSON),
        ("named.animals", EntityKind.ANIMAL),
        ("named.projects", EntityKind.PROJECT),
        ("named.works", EntityKind.WORK),
        ("named.products", EntityKind.PRODUCT),
        ("named.organisations", EntityKind.ORGANISATION),
        ("named.places", EntityKind.PLACE),
        ("named.things", EntityKind.THING),
    ):
        if word in known[key]:
            return kind
    return None


def _near(name: str) -> frozenset[str]:
    """A list of words that stand around names."""
    return lists("en")[f"around.{name}"]

"""Whether a clause speaks of the past or of what is to come, from the verbs around a time.

Why it exists: "I met her on Friday" and "we meet on Friday" name different days. Must not know: dates.

The rule: the clause decides, and in English after it the rest of its sentence. English goes by the nearest cue
before the time and then the nearest after it, Chinese by the nearest after it and then the nearest before it,
because that is where each language puts its verb. A clause without a cue tells nothing.
"""

import re
from bisect import bisect_left
from functools import cache
from typing import Final, Literal, NamedTuple, TypeAlias

Tense: TypeAlias = Literal["past", "told", "future", ""]
"""`told`: somebody told or fixed it in the past; when it is, is open."""


def _words(lines: str) -> frozenset[str]:
    return frozenset(lines.split())


_PAST: Final = _words(
    """was were did had went got met saw made came took left bought began told said gave found thought knew felt
    kept held brought wrote ran won lost sent built fell broke spent paid spoke rode drove grew drew flew ate
    drank slept taught caught fought chose forgot quit broke woke wore sold swam sang became heard stood
    understood led sat lay been done gone seen born taken stuck threw hung dealt meant shot bit hid rose
    shook stole swore tore dug fed fled froze struck wound didn wasn weren hadn earlier previously back
    joined read"""
)
_FUTURE: Final = _words(
    """will ll shall going gonna plan plans planning want wants wanna hope hopes hoping intend intends must
    should need needs let lets can might could would due deadline expires upcoming coming soon remind submit
    please starts begins opens closes ends leaves arrives departs lands meets"""
)
_ARRANGED: Final = _words(
    """decided agreed promised planned scheduled booked invited supposed expected arranged postponed moved
    delayed reserved confirmed set rescheduled"""
)
_REPORTED: Final = _words(
    """told gave said heard announced mentioned confirmed texted emailed wrote called moved changed pushed shifted
    rescheduled got learned learnt found"""
)
_LOOK: Final = 12  # cues and clauses on either side of a time that are looked at
_TELLING: Final = _PAST | _FUTURE | _ARRANGED | {"have", "has"}
_TO: Final = frozenset(["to", "for", "until"])
_BE: Final = _words("am is are m re s be being isn aren get gets getting")
_NOT_ED: Final = _words("need speed indeed hundred red bed shed feed seed weed embed proceed exceed breed")
_NOT_ING: Final = _words(
    """thing something anything nothing everything morning evening king ring spring string during meeting"""
)
_CHINESE: Final = (
    r"(?P<past>(?<![为除罢])了(?![解不])|(?<![通不超经])过(?![来去年程节分期后几两])|已经?|刚|曾|出生|生于|当时|那时|毕业的"
    r"|[买来去做建盖写识见拍签搬考学结离辞领养订租换毕生]的(?!话|时)|(?<=[号日月年])上的"
    r"|(?<=[号日月年点天周])(?![要会想能可])[^，。！？\s的要会]{1,6}的(?=$|[，。！？,.!?\s])"
    r"|[玩吃聊睡聚唱喝]得(?:很|非常|特别|挺|真)|(?<![要快走])啦(?=$|[！。，!,.～~])|没(?!有?空))"
    r"|(?P<tied>(?:定|改|安排|约|推迟|延期?|提前|挪|调)(?:在|到|于|至)了?)"
    r"|(?P<future>(?<![开机社约聚年大宴晚误体学议])会(?![议员计场面])|(?<![重主首次纪简概需])要(?![求是点素])|将(?!军|来)"
    r"|打算|准备|计划|想要?|需要|必须|得(?=[去交做在把])|到期|截止|提醒|预约|待会|即将|希望|答应|约了|约好|请(?!了|过|假)"
    r"|别忘|记得|见吧|吧(?=$|[，。！？]))"
)
_CLAUSE: Final = re.compile(
    r"[,，、:：;；—()（）]|\b(?:and|but|or|because|so|then|while|when|that|although|though)\b", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(r"[。！？\n]|[.!?;](?=\s|$)")
_WORD: Final = re.compile(r"[A-Za-z]+")


class _Cue(NamedTuple):
    """Where a cue stands and what it tells; `wide` for Chinese, `tied` if it belongs to the time right after it."""

    at: int
    end: int
    tense: Tense
    wide: bool = False
    tied: bool = False


class _Sentence(NamedTuple):
    """The cues of a sentence in order, where they stand, and where its clauses meet."""

    cues: list[_Cue]
    places: list[int]
    breaks: list[tuple[int, int]]


class Tenses:
    """The tense around the places of one text; what a sentence says is read once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends = [match.start() for match in _SENTENCE_END.finditer(text)]
        self._read: dict[int, _Sentence] = {}

    def sentence(self, place: int) -> tuple[int, int]:
        """Where the sentence around a place begins and ends."""
        number = bisect_left(self._ends, place)
        first = self._ends[number - 1] + 1 if number else 0
        return first, self._ends[number] if number < len(self._ends) else len(self._text)

    def around(self, start: int, end: int) -> Tense:
        """The tense of the clause of `text[start:end]`; empty when nothing tells it."""
        first, last = self.sentence(start)
        last = max(last, end)
        known = self._read.get(first)
        if known is None:
            breaks = [match.span() for match in _CLAUSE.finditer(self._text, first, last)]
            cues = _cues(self._text, first, last)
            known = self._read[first] = _Sentence(cues, [cue.at for cue in cues], breaks)
        nearest = bisect_left(known.places, start)
        cues = [cue for cue in known.cues[max(0, nearest - _LOOK) : nearest + _LOOK] if not start <= cue.at < end]
        if not cues:
            return ""
        number = bisect_left(known.breaks, (start, start))
        low = known.breaks[number - 1][1] if number else first
        high = next((place for place, _ in known.breaks[number : number + _LOOK] if place >= end), last)
        near = _nearest([cue for cue in cues if low <= cue.at < high], start)
        if near:
            return near
        elsewhere = _nearest([cue for cue in cues if not cue.wide], start)
        return "told" if elsewhere == "past" else elsewhere


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when a text first needs it: at import it would cost every program."""
    return re.compile(pattern)


def _nearest(cues: list[_Cue], start: int) -> Tense:
    ahead = [cue for cue in cues if cue.at >= start]
    behind = [cue for cue in cues if cue.at < start]
    if behind and behind[-1].tied and behind[-1].end >= start:
        return "future"
    if ahead and ahead[0].wide:
        return ahead[0].tense
    if behind:
        return behind[-1].tense
    return ahead[0].tense if ahead else ""


def _cues(text: str, first: int, last: int) -> list[_Cue]:
    words = [(match.start(), match.group().lower()) for match in _WORD.finditer(text, first, last)]
    found = []
    for number, (place, word) in enumerate(words):
        if word not in _TELLING and not word.endswith(("ed", "ing")):
            continue
        before = words[number - 1][1] if number else ""
        after = words[number + 1][1] if number + 1 < len(words) else ""
        tense = _english(word, before, after)
        if tense:
            found.append(_Cue(place, place + len(word), tense))
    found.extend(
        _Cue(
            match.end() - 1,
            match.end(),
            "past" if match.lastgroup == "past" else "future",
            True,
            match.lastgroup == "tied",
        )
        for match in _compiled(_CHINESE).finditer(text, first, last)
    )
    return sorted(found)


def _english(word: str, before: str, after: str) -> Tense:  # noqa: PLR0911 (one case a line)
    if word == "moved" and after == "to":
        return "told"  # a meeting to Friday, or a person to Lisbon
    if after in _TO and (word in _ARRANGED or (after == "to" and word in ("have", "has", "got"))):
        return "future"
    if word in _FUTURE:
        return "past" if word == "going" and before in ("was", "were") else "future"
    if word in _REPORTED and before not in _BE:
        return "told"
    if word in _PAST and (before not in _BE or before == "s"):
        return "past"
    if before in _BE:
        return "future" if word.endswith("ing") and word not in _NOT_ING else ""
    ends = word.endswith("ed") and len(word) > len("aged") - 1
    return "past" if ends and word not in _NOT_ED else ""

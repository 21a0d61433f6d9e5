"""Chinese names of people: a family name, what a given name is made of, and what stands on either side.

Why it exists: 高兴 begins with a family name and is none, so the neighbours decide. Must not know: places,
organisations or works. Texts are in simplified characters; see ``names_zh``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from fusion_memory.core.knowledge import EntityKind, Mention
from fusion_memory.ingestion.extraction.name_lists import lists
from fusion_memory.ingestion.extraction.name_words_zh import characters, words

SURE: Final = 0.9
LIKELY: Final = 0.75

_DOTTED: Final = re.compile("[\u4e00-\u9fff]{1,7}(?:[·・][\u4e00-\u9fff]{1,7}){1,3}")
_LATIN_NAME: Final = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?(?![A-Za-z])")
_NICK_GIVEN: Final = frozenset("明红美丽芳强刚华军燕雪玲敏杰伟娜静婷雨辉鹏飞亮玉梅兰慧芬勇涛")
_INSIDE: Final = "的地得一二两三几多很太"
_PLAIN_TITLES: Final = frozenset(
    {"师傅", "阿姨", "太太", "大姐", "叔叔", "先生", "女士", "医生", "大夫", "教授", "警官", "护士"}
)
_NOT_GIVEN: Final = frozenset({"先生", "老师", "今天", "昨天", "明天", "同学", "宝贝", "宝宝", "朋友"})
_SHORT_TITLES: Final = frozenset("总董工哥姐叔婶姨伯嫂兄")
_WEAK_ENDS: Final = frozenset("小大老一上中下发爱提想来去会为可能有进先推")
_START, _CUE, _KNOWN, _NAMED = 1, 2, 3, 4
_ENDS_A_LABEL: Final = ("：", ":", "）", ")", "（", "(", "、", " ")


def mentions(text: str) -> Iterator[Mention]:
    """People in a text of simplified characters."""
    for dotted in _DOTTED.finditer(text):
        yield _mention(text, dotted.start(), dotted.end(), SURE)
    surnames, compound, nicks = (
        characters("people.surnames"),
        words("people.compound"),
        characters("people.nicknames"),
    )
    starts = _starts()
    match: re.Match[str] | None = starts.search(text)
    while match:
        at = match.start()
        char, found = text[at], None
        if double := compound.at(text, at):
            found = _full(text, at, double)
        if found is None and char in surnames:
            found = _titled(text, at) or _full(text, at, 1)
        if found is None and char in nicks:
            found = _nickname(text, at)
        if found is not None:
            yield found
        match = starts.search(text, found.last if found else at + 1)
    yield from _foreign(text)
    yield from _latin(text)


@cache
def _starts() -> re.Pattern[str]:
    """The characters that a name may begin with."""
    first = {name[0] for name in lists("zh")["people.compound"]}
    return re.compile(f"[{''.join(first | characters('people.surnames') | characters('people.nicknames'))}]")


def left(text: str, at: int) -> int:
    """How well a name may begin here: 0 not, 1 as a clause begins, 2 after a cue, 3 after 我朋友, 4 after 叫."""
    if at == 0 or not han(text[at - 1]):
        before = text[max(0, at - 1) : at]
        if before in '“「『"' and before and at > 1 and words("people.introduced").ending(text, at - 1):
            return _NAMED
        return _START
    if words("people.introduced").ending(text, at):
        return _NAMED
    if words("people.relations").ending(text, at):
        return _KNOWN
    return _CUE if words("people.before").ending(text, at) else 0


def right(text: str, at: int) -> bool:
    """Whether a name may end here."""
    return at >= len(text) or not han(text[at]) or bool(words("people.after", "people.titles").at(text, at))


def han(char: str) -> bool:
    """Whether a character is an ideograph."""
    return "\u3400" <= char <= "\u9fff"


def _full(text: str, at: int, surname: int) -> Mention | None:
    """A family name and one or two characters of a given name."""
    begins = left(text, at)
    if not begins:
        return _unannounced(text, at) if surname == 1 else None
    common = words("people.no_names").at(text, at, 2)
    ambiguous = surname == 1 and text[at] in characters("people.ambiguous")
    rare = surname == 1 and text[at] in characters("people.rare")
    for given in (2, 1, 0) if surname == 2 else (2, 1):
        last = at + surname + given
        if last > len(text) or (common and common >= min(last - at, 3)) or (common and begins < _NAMED):
            continue
        if rare and begins < _NAMED and not (begins == _KNOWN and given == 2 and _strong(text, last) == 2):
            continue
        if not _given(text, at, surname, last, begins):
            continue
        sure = right(text, last) and _enough(text, last, given, begins, ambiguous)
        if sure or (given == 2 and surname == 1 and _strong(text, last) and not right(text, last - 1)):
            return _mention(text, at, last, SURE if sure and begins > _START and not ambiguous else LIKELY + 0.05)
    return None


def _unannounced(text: str, at: int) -> Mention | None:
    """A full name without a cue before it: both characters of the given name are hardly anything else."""
    last = at + 3
    if last > len(text) or text[at] in characters("people.rare") or words("people.no_names").at(text, at, 2):
        return None
    strong, after_particle = _strong(text, last), text[at - 1] in "的了着位名"
    if strong + after_particle < 2 or not strong or not _given(text, at, 1, last, _START):
        return None
    return _mention(text, at, last, LIKELY) if right(text, last) else None


def _strong(text: str, last: int) -> int:
    """How many of the two characters before ``last`` hardly stand in anything but names."""
    known, weak = characters("people.given"), characters("people.weak")
    return sum(char in known and char not in weak for char in text[last - 2 : last])


def _given(text: str, at: int, surname: int, last: int, begins: int) -> bool:
    """Whether the characters after the family name make a given name."""
    given = text[at + surname : last]
    if not given:
        return begins >= _KNOWN or bool(words("people.titles").at(text, last))
    if any(not han(char) or (char in characters("people.function") and char not in "和为") for char in given):
        return False
    if len(given) == 2 and (
        given in _NOT_GIVEN or given[0] in _SHORT_TITLES or (given[1] in _WEAK_ENDS and begins < _KNOWN)
    ):
        return False
    known = characters("people.given")
    if all(char in known for char in given) or given == text[at : at + surname] or surname == 2:
        return True
    return begins >= _KNOWN and not any(char in _INSIDE for char in given)


def _enough(text: str, last: int, given: int, begins: int, ambiguous: bool) -> bool:
    """At the start of a clause a short or ambiguous name needs a verb of people after it."""
    if begins > _START or (given == 2 and not ambiguous):
        return True
    if not ambiguous or (given == 2 and text[last : last + 1] in _ENDS_A_LABEL):
        return True
    return words("people.speaking").at(text, last) > 0 or bool(words("people.titles").at(text, last, 2))


def _titled(text: str, at: int) -> Mention | None:
    """王老师, 李总: one family name and a title."""
    length = words("people.titles").at(text, at + 1)
    if not length or words("people.no_names").at(text, at, 2) >= 2:
        return None
    last = at + 1 + length
    plain = text[at + 1 : last] in _PLAIN_TITLES and text[at] not in characters("people.ambiguous")
    begins = left(text, at) or (_CUE if plain or text[at - 1] in "的位了着过" else 0)
    if not begins or (length == 1 and not right(text, last)):
        return None
    if (
        length == 1
        and text[at] in characters("people.ambiguous")
        and begins == _START
        and text.startswith(("是",), last)
    ):
        return None
    return _mention(text, at, last, SURE)


def _nickname(text: str, at: int) -> Mention | None:
    """小王, 老李, 阿明."""
    begins = left(text, at)
    if not begins or words("people.no_nicknames").at(text, at, 2):
        return None
    first, after = text[at], text[at + 1 : at + 2]
    if first == "阿":
        fits = after in characters("people.given")
    elif first == "大":
        fits = begins >= _KNOWN and after in characters("people.surnames")
    else:
        fits = after in characters("people.surnames") or (first == "小" and after in _NICK_GIVEN)
    if not after or not fits or not right(text, at + 2):
        return None
    return _mention(text, at, at + 2, SURE if begins > _START else LIKELY + 0.05)


def _foreign(text: str) -> Iterator[Mention]:
    """史密斯先生: a foreign name in Chinese characters before a title."""
    known, titles = characters("people.foreign"), words("people.titles")
    for match in re.finditer("先生|女士|小姐|太太|教授|博士|夫人", text):
        if not titles.at(text, match.start()):
            continue
        first = match.start()
        while first > 0 and match.start() - first < 5 and text[first - 1] in known:
            first -= 1
        if match.start() - first >= 2 and left(text, first):
            yield _mention(text, first, match.start(), LIKELY)


def _latin(text: str) -> Iterator[Mention]:
    """同事Tom, 英文名是Cindy: a Latin name that Chinese words introduce."""
    for match in _LATIN_NAME.finditer(text):
        at = match.start()
        at -= at > 0 and text[at - 1] == " "
        if at > 0 and (
            words("people.relations", "people.introduced").ending(text, at)
            or text[:at].endswith(("名是", "名叫", "我叫", "他叫", "她叫", "认识了", "认识"))
        ):
            yield Mention(match[0], EntityKind.PERSON, match.start(), match.end(), LIKELY + 0.1)


def _mention(text: str, first: int, last: int, confidence: float) -> Mention:
    return Mention(text[first:last], EntityKind.PERSON, first, last, confidence)

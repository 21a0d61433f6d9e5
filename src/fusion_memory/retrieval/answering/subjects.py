"""Of whom a quote speaks, and whether a claim speaks of the same: my sister's allergy is not mine. Pure.

By listed words and the order of clauses, in English and Chinese; it must not know packs or models. It prefers to
refuse. A clause without a subject of its own has that of the clause before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_KIN_EN: Final = """
mother mom mum mama mommy mummy; father dad papa daddy; sister sis; brother bro; parent folks; wife; husband;
spouse; partner; girlfriend; boyfriend; fiance fiancee fiancé fiancée; son; daughter; kid child children; baby;
twin; cousin; uncle; aunt auntie; nephew; niece; grandmother grandma granny nana; grandfather grandpa granddad;
grandson; granddaughter; ex; friend buddy; boss manager; colleague coworker co-worker; teammate;
roommate flatmate housemate; neighbor neighbour; teacher; classmate; dog puppy; cat kitten
"""
_KIN_ZH: Final = """
妈妈 母亲 老妈 妈; 爸爸 父亲 老爸 爸; 父母 爸妈; 姐姐 姐; 妹妹 妹; 哥哥 哥; 弟弟 弟; 妻子 老婆 太太 爱人;
丈夫 老公 先生; 儿子; 女儿 闺女; 孩子 小孩 宝宝; 爷爷; 奶奶; 外公 姥爷; 外婆 姥姥; 叔叔; 阿姨; 舅舅; 姑姑;
姨妈; 表哥; 表姐; 表弟; 表妹; 堂哥; 堂姐; 堂弟; 堂妹; 侄子; 侄女; 外甥; 岳父; 岳母; 婆婆; 公公; 女朋友 女友;
男朋友 男友; 朋友 闺蜜; 同事; 同学; 室友 舍友; 老板 领导 上司; 邻居; 老师; 狗狗 狗; 猫咪 猫
"""
_KIN: Final = {
    word: words.split()[0] for words in f"{_KIN_EN};{_KIN_ZH}".split(";") for word in words.split() if words.strip()
}


def _any_of(words: str) -> str:
    return "|".join(map(re.escape, sorted(words.replace(";", " ").split(), key=lambda word: -len(word))))


_EN: Final = rf"(?P<en>{_any_of(_KIN_EN)})s?(?:-in-law)?"
_ZH: Final = rf"(?P<zh>{_any_of(_KIN_ZH)})"
_ALL_KIN: Final = re.compile(rf"\b{_EN}\b|{_ZH}", re.IGNORECASE)
_CLAUSE: Final = re.compile(
    r"[,;:，；：。!?！？\n]|\.(?=\s|$)|\b(?:but|and|while|whereas|because|though|although|so|that|think|believe|guess|"
    r"know|heard|said|says)\b|但是?|而且?|可是|不过|因为|所以|觉得|知道|听说|(?<!小)说",
    re.IGNORECASE,
)
_OPENING: Final = r"^\W*(?:(?:yes|no|well|oh|now|today|yesterday|recently|actually|also|then|when|if|since)\b\W*)*"
_SIZED: Final = r"(?:[\w'’-]+ ){0,2}?"
_KIN_SUBJECT: Final = re.compile(
    rf"{_OPENING}(?:(?:my|our|his|her|their|your|the|a|an|one of my|both my) {_SIZED})?{_EN}\b(?!\W*$)"
    rf"|^\W*(?:[也又还就今昨天现在最近其实]*)(?:我们?|咱们?|俺|他们?|她们?)?(?:家)?(?:的)?(?:[大小二三亲]|一个|有个)?{_ZH}",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"\b(?:he|she|they)\b(?!\W*$)|^\W*[也又还就]*(?<!其)[他她](?!的?我)|\b(?:he|she|they)['’]", re.IGNORECASE
)
_OWNED: Final = re.compile(
    rf"{_OPENING}(?:my|our)\s+([\w'’-]+)(?:\s+([\w'’-]+))?|^\W*我们?的(\w)(\w)", re.IGNORECASE
)
_SELF: Final = re.compile(r"\b(?:i|we|my|our)\b|我|咱|俺", re.IGNORECASE)
_SPEAKS_OF_SELF: Final = re.compile(r"\b(?:i|user|speaker)\b(?!['’]s)|用户(?!的)|我(?!们?的)|说话者", re.IGNORECASE)
_SOMEBODY: Final = re.compile(r"\b(?:he|she|they|his|her|their|someone|somebody)\b|(?<!其)[他她]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence with its subject as far as that is told.

    Attributes:
        text: the words.
        first, last: its place in the text it was cut from.
        kin: the relative, friend or animal it is about; empty: none.
        other: whether it is about somebody who is only called he, she or they.
        owned: the first words of a thing that belongs to the speaker and is what the clause is about.
        own: whether it speaks of the speaker.
    """

    text: str
    first: int
    last: int
    kin: str = ""
    other: bool = False
    owned: tuple[str, ...] = ()
    own: bool = False


def clauses(text: str) -> list[Clause]:
    """The clauses of a sentence in order, each with its subject, its own or that of the clause before it."""
    edges = [0, *(cut.end() for cut in _CLAUSE.finditer(text)), len(text)]
    made: list[Clause] = []
    for first, last in pairwise(edges):
        if text[first:last].strip():
            made.append(_clause(text[first:last], first, made[-1] if made else None))
    return made


def _clause(text: str, first: int, before: Clause | None) -> Clause:
    last = first + len(text)
    related = _KIN_SUBJECT.search(text)
    if related:
        return Clause(text, first, last, kin=_group(related))
    if _OTHER.search(text):
        return Clause(text, first, last, other=True)
    owned = _OWNED.search(text)
    if owned:
        return Clause(text, first, last, owned=tuple(word for word in owned.groups() if word))
    if before is None or _SELF.search(text):
        return Clause(text, first, last, own=_SELF.search(text) is not None)
    return Clause(text, first, last, before.kin, before.other, before.owned, before.own)


def kin_of(text: str) -> frozenset[str]:
    """The relatives and others that a text names, one word for each kind."""
    return frozenset(map(_group, _ALL_KIN.finditer(text)))


def speaks_of_self(claim: str) -> bool:
    """Whether a claim is about the user as such, not about what the user has."""
    return _SPEAKS_OF_SELF.search(claim) is not None


def speaks_of_another(claim: str, clause: Clause, named: bool) -> bool:
    """Whether a clause is about another person or thing than the claim.

    Args:
        claim: the claim.
        clause: of the quote.
        named: whether the claim has a name, not the speaker's, that may be who the clause is about.
    """
    of_self = speaks_of_self(claim)
    kin = kin_of(claim)
    if clause.kin:
        return clause.kin not in kin and (of_self or bool(kin) or not named)
    if clause.other:
        return not kin and not _SOMEBODY.search(claim) and (of_self or not named)
    return clause.own and bool(kin - kin_of(clause.text)) and not of_self


def _group(match: re.Match[str]) -> str:
    return _KIN[(match.group("en") or match.group("zh")).lower()]

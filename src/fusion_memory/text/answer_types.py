"""What a question wants as its answer, and whether a sentence has such a thing, in English and Chinese.

Why it exists: "how much was it?" is answered by a number, so a sentence without one is no answer. Must not know:
memories, scores. Closed classes only: question words, number words, colours, kin; no topic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final

from fusion_memory.text.simplified import simplify
from fusion_memory.text.stopwords import ENGLISH
from fusion_memory.text.temporal import mentions


class Wanted(StrEnum):
    """The kind of thing that answers."""

    TIME = "time"
    NUMBER = "number"
    COUNT = "count"
    AGE = "age"
    DURATION = "duration"
    PERSON = "person"
    NAME = "name"
    PLACE = "place"
    COLOUR = "colour"
    CONTACT = "contact"
    REASON = "reason"
    YES_NO = "yes_no"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question wants, and which of its words say only that.

    Attributes:
        wanted: the kind of thing.
        frame: stretches of the question that name the kind and need not stand in the answer.
        noun: the stretch that names what is asked for ("which INSTRUMENT"), which the answer may leave out.
    """

    wanted: Wanted
    frame: tuple[str, ...] = ()
    noun: str = ""


_EN: Final[tuple[tuple[Wanted, str], ...]] = (
    (
        Wanted.AGE,
        r"\b(?P<frame>how old)\b|\bwhat(?: is|'s) (?:my|his|her|their|\w+'s) (?P<frame2>age)\b",
    ),
    (
        Wanted.DURATION,
        r"\b(?P<frame>how long|how late|how many (?:minutes|hours|days|weeks|months|years))\b",
    ),
    (
        Wanted.NUMBER,
        (
            r"\b(?P<frame>how much|what price|how high|how tall|how heavy|how far|how big|how large)\b"
            r"(?:.*\b(?P<frame2>cost|costs|charge|charged|pay|paid|price)\b)?"
        ),
    ),
    (
        Wanted.CONTACT,
        (
            r"\b(?:telephone|phone|mobile|passport|account|card|licence|license) (?:number|no)\b|"
            r"\bwhat (?:is|was|'s) the number of (?:my|his|her|their|our|the)\b|\b(?:e-?mail|address)\b"
        ),
    ),
    (Wanted.COUNT, r"\b(?P<frame>how many)\b|\b(?P<frame2>number of)\b"),
    (
        Wanted.TIME,
        (
            r"^(?P<frame>when)\b|"
            r"\b(?:what|which) (?P<noun>date|day|time|year|month|week|weekday|season)\b|"
            r"\bsince (?P<frame2>when)\b|\bwhen (?:did|do|does|is|was|are|were|will|has|have)\b"
        ),
    ),
    (Wanted.COLOUR, r"\b(?:what|which) (?P<noun>colou?r)s?\b"),
    (
        Wanted.NAME,
        (
            r"\bwhat (?:is|was|are|were|do|does|did)\b.*\b(?P<frame>called|named?)\b|"
            r"\b(?:what|which)\b.*\b(?P<frame2>names?) (?:of|is|was)\b"
        ),
    ),
    (
        Wanted.PERSON,
        r"^(?:with |to |from |for |by )?(?:who|whom|whose)\b|\bwho(?:m|se)?\b(?= (?:did|do|does|is|was|has))",
    ),
    (Wanted.PLACE, r"^(?:to |from )?where\b|\b(?:what|which) (?P<noun>place|city|town|country|village)\b"),
    (Wanted.REASON, r"^why\b|\bwhat (?:is|was) the (?P<frame>reason)\b"),
    (
        Wanted.YES_NO,
        r"^(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|am)(?:n't)? ",
    ),
    (
        Wanted.THING,
        (
            r"\b(?:what|which)(?: kind of| sort of| type of)? "
            r"(?!(?:is|was|are|were|do|does|did|has|have|had|will|would|should|can|could|of|to)\b)"
            r"(?P<noun>[a-z][\w-]+)"
        ),
    ),
)
_ZH: Final[tuple[tuple[Wanted, str], ...]] = (
    (Wanted.AGE, r"(?P<frame>几岁|多少岁|多大年纪|多大岁数|多大(?!的|码)|年龄)"),
    (Wanted.DURATION, r"(?P<frame>多久|多长时间|几(?:个小时|天|周|个月|年|分钟)|多少(?:天|年|个月|小时))"),
    (
        Wanted.CONTACT,
        r"(?:电话|手机|护照|账|帐|卡|驾照|身份证)(?:号码?)|(?:电话|邮箱|地址)(?=是|多少|$|[?？])",
    ),
    (Wanted.NUMBER, r"(?P<frame>多少钱|什么价|价格|花了多少|收了多少|是多少|多高|多重|多远|身高)"),
    (
        Wanted.TIME,
        r"(?P<frame>什么时候|何时|几点|哪天|哪一天|几号|几月|星期几|周几|哪年|哪一年|什么时间|时间)",
    ),
    (Wanted.COUNT, r"(?P<frame>几|多少)(?P<noun>[个只条本幅页根间位名张辆次家支棵种员人字件])"),
    (Wanted.COLOUR, r"什么(?P<noun>颜色)|哪种(?P<noun2>颜色)"),
    (
        Wanted.NAME,
        r"(?P<frame>叫什么名字|叫什么|名字是什么|名字叫什么|姓什么|怎么称呼|名字)",
    ),
    (Wanted.PERSON, r"(?P<frame>是谁|谁|哪位(?P<noun>[\u4e00-\u9fff]{0,2}))"),
    (Wanted.REASON, r"(?P<frame>为什么|为何|什么原因|怎么会)"),
    (Wanted.PLACE, r"(?P<frame>在哪里|在哪儿|去哪里|去哪儿|哪里|哪儿|什么地方|在哪|哪个城市)"),
    (Wanted.YES_NO, r"(?P<frame>吗[?？]?$|是不是|有没有|会不会|能不能)"),
    (
        Wanted.THING,
        r"(?P<frame>什么|哪个|哪家|哪部|哪种|哪些|哪款)(?P<noun>[\u4e00-\u9fff]{0,3})|(?P<frame2>怎么样|如何)",
    ),
)
_NUMBER_WORDS: Final = (
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|hundred|thousand|dozen|couple|both|half|twice|once|pair|single"
)
_COLOURS: Final = (
    r"red|blue|green|yellow|black|white|grey|gray|brown|orange|purple|pink|violet|turquoise|beige"
    r"|silver|golden|gold|crimson|navy|teal|maroon|cream|scarlet"
)
_KIN: Final = (
    r"mother|father|mum|mom|dad|sister|brother|son|daughter|wife|husband|aunt|uncle|cousin|grandma"
    r"|grandpa|grandmother|grandfather|niece|nephew|boyfriend|girlfriend|partner|fiance|fiancee|friend"
    r"|neighbour|neighbor|boss|colleague|mother-in-law|father-in-law|teacher|doctor|flatmate|roommate"
    r"|somebody|someone|everyone|nobody"
)
_OPENERS: Final = (
    "Yesterday Today Tomorrow Tonight Maybe Perhaps Actually Well Also Then Later Next Last Every Sometimes Often "
    "Still Yes Please Thanks Sorry Honestly Somebody Someone Everybody Nobody People One Two Three Four Five"
)
_PLACE_EN: Final = (
    r"\b(?:in|at|on|to|from|near|into|inside|under|behind|beside|by|around|outside|above|below|opposite|next to|"
    r"with)\s+(?!(?:time|once|all|me|it|him|her|them|that|this)\b)\w"
)
_ZH_NUMBER: Final = r"[\d〇零一二两三四五六七八九十百千万半双]"
_ZH_PLACE: Final = r"[在到去从往住回于至][^,，。!！?？]{1,}"
_CALENDAR: Final = (
    "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|"
    "October|November|December"
)
_NO_NAME: Final = "|".join(sorted({word.capitalize() for word in ENGLISH} | set(_OPENERS.split())))
_EN_NAME: Final = (
    rf"(?<![.!?]\s)(?<!^)\b(?!I\b|I'|{_CALENDAR})[A-Z][\w'-]+|\b(?:Mr|Mrs|Ms|Dr|Prof)\.? [A-Z]\w+|"
    rf"^(?!(?:{_NO_NAME})\b)[A-Z][a-z]+(?<!ing)(?<!ly)(?= [a-z])"
)


def asking(question: str) -> Asking:
    """What a question wants; a thing when it does not say."""
    plain = simplify(question.strip())
    chinese = re.search(r"[\u4e00-\u9fff]", plain) is not None
    for wanted, pattern in _compiled(chinese):
        match = pattern.search(plain)
        if match:
            found = match.groupdict()
            frame = tuple(text for name, text in found.items() if name.startswith("frame") and text)
            noun = next((text for name, text in found.items() if name.startswith("noun") and text), "")
            return Asking(wanted, frame, noun)
    return Asking(Wanted.THING)


def has(wish: Asking, sentence: str, question: str, said_at: datetime) -> bool:
    """Whether a sentence has a thing of the kind that does not stand in the question already."""
    wanted = wish.wanted
    test = _TESTS.get(wanted)
    if test is None:
        return True
    if wanted is Wanted.TIME:
        return bool(mentions(sentence, said_at))
    plain, asked = simplify(sentence), simplify(question).casefold()
    chinese = re.search(r"[\u4e00-\u9fff]", plain) is not None
    source = test[1] if chinese else test[0]
    if wanted is Wanted.COUNT and wish.noun and chinese:
        source = rf"(?:{_ZH_NUMBER}+|\d+)\s*{wish.noun}"
    pattern = re.compile(source, 0 if wanted in _CASED else re.IGNORECASE)
    found = [match.group() for match in pattern.finditer(plain)]
    return any(thing.casefold().strip() not in asked for thing in found)


_CASED: Final = frozenset({Wanted.PERSON, Wanted.NAME})
_EN_NUMBER: Final = rf"\d[\d.,:]*|\b(?:{_NUMBER_WORDS})\b"
_ZH_NAME: Final = r"(?:叫做?|姓|名字?[是叫]|是)[^,，。!！?？的]{1,6}"
_TESTS: Final[dict[Wanted, tuple[str, str]]] = {
    Wanted.TIME: ("", ""),
    Wanted.NUMBER: (
        _EN_NUMBER,
        rf"(?:{_ZH_NUMBER}+|\d[\d.,]*)(?![\d.个只条本幅页根间位名张辆次家支棵种件小天年月日岁号点半起直定样])",
    ),
    Wanted.COUNT: (_EN_NUMBER + r"|\ban?\b", rf"{_ZH_NUMBER}+\s*[个只条本幅页根间位名张辆次家支棵种件]|\d+"),
    Wanted.AGE: (_EN_NUMBER, rf"(?:{_ZH_NUMBER}+|\d+)\s*(?:多)?岁|(?:满|今年)(?:{_ZH_NUMBER}+|\d+)"),
    Wanted.DURATION: (
        rf"(?:{_EN_NUMBER}|\ban?\b|\bfew\b|\bseveral\b)[\w\s-]{{0,12}}(?:second|minute|hour|day|week|month|year|decade)",
        rf"(?:{_ZH_NUMBER}+|\d+|几)\s*个?半?(?:多)?(?:秒|分钟|小时|钟头|天|周|星期|月|年)",
    ),
    Wanted.CONTACT: (r"(?!(?:19|20)\d\d\b)\b\d{3,}|\S+@\S+|\b\d+ [A-Z]\w+", r"\d{3,}|\S+@\S+|[路街号弄]"),
    Wanted.PERSON: (_EN_NAME + "|" + rf"\b(?i:{_KIN})\b", r"[\u4e00-\u9fff]{1,}"),
    Wanted.NAME: (_EN_NAME + r"|\b(?:called|named|name is|name's)\s+\S+", _ZH_NAME),
    Wanted.PLACE: (_PLACE_EN, _ZH_PLACE),
    Wanted.COLOUR: (rf"\b(?:{_COLOURS})\b", r"[红蓝绿黄黑白灰棕橙紫粉金银青褐][色的]?|咖啡色|米色"),
}


@cache
def _compiled(chinese: bool) -> tuple[tuple[Wanted, re.Pattern[str]], ...]:
    rows = _ZH if chinese else _EN
    return tuple((wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in rows)

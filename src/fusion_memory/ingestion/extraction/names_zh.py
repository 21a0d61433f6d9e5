"""Chinese names: works, places, organisations, products and whatever 叫 introduces; people stand in ``people_zh``.

Why it exists: see ``names``. Must not know: English rules. Rules and lists are in simplified characters; a text is
folded one for one before it is read, so that 陳美玲 and 台北市 are found and offsets stay valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from fusion_memory.core.knowledge import EntityKind, Mention
from fusion_memory.ingestion.extraction import people_zh
from fusion_memory.ingestion.extraction.name_words_zh import characters, words
from fusion_memory.ingestion.extraction.people_zh import SURE, han
from fusion_memory.text.simplified import simplify

_WORK: Final = re.compile(r"《([^《》\n]{1,60})》")
_PROJECT: Final = re.compile(r"[“「『\"]([^“”「」『』\"\n]{1,20})[”」』\"](?=项目|计划|工程)")
_INTRODUCED: Final = re.compile(
    r"(?:名字?叫做?|名为|取名叫?|起名叫?|改名叫?|叫做|叫作|[叫喊称](?=[^\s])(?:他|她|它|我)?|(?:小名|乳名|昵称|外号|绰号|网名|艺名|笔名)(?:是|叫|为)?|(?:名字|全名|名称|代号)(?:是|叫|为))[“「『\"]?"
)
_BYNAME: Final = re.compile("小名|乳名|昵称|外号|绰号|网名|艺名|笔名")
_NO_INTRODUCTION: Final = (
    "车",
    "外卖",
    "救护车",
    "醒",
    "人",
    "停",
    "好",
    "苦",
    "板",
    "号",
    "我",
    "你",
    "他",
    "什么",
    "啥",
    "不",
    "了",
    "过",
    "出",
    "起",
    "来",
    "去",
    "大家",
    "声",
    "做",
)
_NOT_AFTER: Final = ("人", "话", "菜", "语", "式", "味", "版", "货", "裔", "籍", "文")
_CITY: Final = re.compile("[市省](?!场|区|中心|民|长(?!大))")
_MEASURE: Final = re.compile(r"(?:[一这那哪某几两每]|同一|另一)[家所个间座位]$")
_NUMBERED: Final = frozenset("第一二两三四五六七八九十几条座个些每某另全半")
_NOUNS: Final = (
    ("animals", EntityKind.ANIMAL),
    ("products.nouns", EntityKind.PRODUCT),
    ("projects.nouns", EntityKind.PROJECT),
    ("works.cues", EntityKind.WORK),
)
_FIRM: Final = ("公司", "店", "品牌", "餐厅", "企业", "机构", "学校", "组织", "工作室", "咖啡馆", "医院", "团队")
_TOWN: Final = ("城市", "村", "镇", "地方", "小镇", "小区", "岛", "县", "村子", "山")
_SOMEONE: Final = (
    "我",
    "他",
    "她",
    "你",
    "名字",
    "孩子",
    "小孩",
    "人",
    "男生",
    "女生",
    "女孩",
    "男孩",
    "姑娘",
    "小伙子",
    "先生",
    "老师",
    "的",
    "姓",
)
_LONGEST_PLACE, _LONGEST_FIRM, _BACK = 6, 14, 12


def mentions(text: str) -> list[Mention]:
    """The names in the Han characters of a text, and Latin names that Chinese words introduce; they may overlap."""
    plain = simplify(text)
    found = [
        *_marked(plain),
        *_listed(plain),
        *_places(plain),
        *_organisations(plain),
        *_introduced(plain),
        *people_zh.mentions(plain),
    ]
    return found if plain == text else [replace(m, name=text[m.first : m.last]) for m in found]


def _marked(text: str) -> Iterator[Mention]:
    """《Works》 and “projects”."""
    for match in _WORK.finditer(text):
        yield Mention(match[1], EntityKind.WORK, match.start(1), match.end(1), 0.95)
    for match in _PROJECT.finditer(text):
        yield Mention(match[1], EntityKind.PROJECT, match.start(1), match.end(1), SURE)


def _listed(text: str) -> Iterator[Mention]:
    """Countries, cities, firms and products of the lists."""
    for first, end in words("places.names").all(text):
        last = end + bool(_CITY.match(text, end))
        inside = words("people.no_names").at(text, first, 2) > last - first
        if not inside and not text.startswith(_NOT_AFTER, last):
            yield Mention(text[first:last], EntityKind.PLACE, first, last, SURE)
    for first, last in words("organisations.names").all(text):
        name = text[first:last]
        if name not in words("organisations.brands") or _employer(text, first, last):
            yield Mention(name, EntityKind.ORGANISATION, first, last, 0.91)
    for first, last in words("products.names").all(text):
        yield Mention(text[first:last], EntityKind.PRODUCT, first, last, 0.91)


def _employer(text: str, first: int, last: int) -> bool:
    after = ("公司", "工作", "上班", "实习", "任职", "做", "当", "总部")
    return text.startswith(after, last) or text[:first].endswith(
        ("入职", "加入", "加入了", "考上", "考上了", "毕业于", "就读于")
    )


def _places(text: str) -> Iterator[Mention]:
    """朝阳区, 中山路: a place by its last word, after a word such as 在 or after another place."""
    suffixes, names = words("places.suffixes"), words("places.names")
    end_of_last = -1
    for first, last in suffixes.all(text):
        start = _start_of_place(text, first, end_of_last)
        if start is None:
            continue
        if (known := names.at(text, start)) and start + known < first and start + known + 1 <= first:
            start = start + known + (text[start + known] in "市省" and start + known + 1 < first)
        name = text[start:last]
        if (
            first - start < 1
            or (first - start == 1 and text[first:last] not in {"市", "县"})
            or words("places.no_places").ending(text, last) >= 2
        ):
            continue
        if words("places.continued").at(text, last - 1, 2):
            continue
        if any(char in characters("people.function") or char in _NUMBERED for char in text[start:first]) or not han(
            text[start]
        ):
            continue
        end_of_last = last
        yield Mention(name, EntityKind.PLACE, start, last, SURE)


def _start_of_place(text: str, first: int, end_of_last: int) -> int | None:
    """Where the name before a suffix begins: after a cue, after another place, or not at all."""
    for start in range(first - 1, max(-1, first - _LONGEST_PLACE - 1), -1):
        if not han(text[start]):
            return None
        if start == end_of_last or words("places.before").ending(text, start):
            return start if first - start > 1 or text[first] in "市县" else None
        if words("places.names").ending(text, start) or (
            text[start - 1 : start] in {"市", "省", "区", "县"} and start < first - 1
        ):
            return start
        if (start == 0 or not han(text[start - 1])) and words("places.names").at(text, start):
            return start
    return None


def _organisations(text: str) -> Iterator[Mention]:
    """蓝天科技有限公司, 浙江大学: an organisation by its last word, back to where its name begins."""
    for first, last in words("organisations.suffixes").all(text):
        start = _start_of_firm(text, first)
        if start is None:
            continue
        part, suffix = text[start:first], text[first:last]
        if words("organisations.general").made_of(part) or (suffix == "局" and not _of_a_place(part)):
            continue
        if suffix in words("organisations.houses") and not _of_a_place(part):
            continue
        yield Mention(text[start:last], EntityKind.ORGANISATION, start, last, 0.92)


def _of_a_place(part: str) -> bool:
    place = words("places.names").at(part, 0)
    return bool(place and not words("organisations.general").made_of(part[place:] or "一家")) or part.endswith(
        ("市", "省", "县")
    )


def _start_of_firm(text: str, first: int) -> int | None:
    """Where the name before 公司 or 大学 begins."""
    function = characters("people.function")
    cues = words("organisations.before", "places.before", "people.before")
    start = first
    while (
        start > 0
        and first - start < _LONGEST_FIRM
        and (han(text[start - 1]) or (text[start - 1].isascii() and text[start - 1].isalnum()))
    ):
        if _MEASURE.search(text, max(0, start - 3), start):
            return start if first - start >= 2 else None
        if (
            first - start >= 2
            and cues.ending(text, start)
            and not words("organisations.names", "places.names").ending(text, start + 1)
        ):
            return start
        if text[start - 1] in function and not (first - start < 2 and text[start - 1] in "和为"):
            return start if first - start >= 2 else None
        start -= 1
    return start if first - start >= 2 else None


def _introduced(text: str) -> Iterator[Mention]:
    """What 叫 introduces: 猫叫团子, 一个叫可乐的金毛, 项目叫星火计划."""
    for match in _INTRODUCED.finditer(text):
        first = match.end()
        if text.startswith(_NO_INTRODUCTION, first) or first >= len(text) or not han(text[first]):
            continue
        last = _end_of_name(text, first)
        if last is None or words("people.no_names").at(text, first, 2) >= last - first:
            continue
        kind = _called(text, match.start(), last)
        if kind is not None:
            yield Mention(text[first:last], kind, first, last, SURE if kind is not EntityKind.PERSON else 0.85)


def _end_of_name(text: str, first: int) -> int | None:
    """Where an introduced name ends: 2 to 8 characters up to the next boundary."""
    function = characters("people.function")
    for last in range(first + 1, min(len(text), first + 8) + 1):
        if last == len(text) or not han(text[last]) or (last - first >= 2 and people_zh.right(text, last)):
            if last - first < 2:
                return None
            return last + words("projects.nouns").at(text, last)
        if text[last] in function:
            return last if last - first >= 2 else None
    return None


def _called(text: str, cue: int, last: int) -> EntityKind | None:
    """The kind of what is called so: by the noun before 叫, by the noun after 的, or by who is spoken of."""
    if text.startswith(("叫他", "叫她", "称他", "称她", "喊他", "喊她"), cue) or _BYNAME.match(text, cue):
        return EntityKind.PERSON
    begin = cue
    while begin > 0 and cue - begin < _BACK and text[begin - 1] not in "，。！？；：,.!?;:\n":
        begin -= 1
    before = text[begin:cue]
    after = text[last + 1 : last + 5] if text[last : last + 1] == "的" else ""
    for name, kind in _NOUNS:
        known = words("people.animals" if name == "animals" else name)
        if (
            known.ending(text, cue)
            or (after and known.at(after, 0))
            or (name == "animals" and any(True for _ in known.all(before)))
        ):
            return kind
    if before.endswith(_FIRM) or after.startswith(_FIRM):
        return EntityKind.ORGANISATION
    if before.endswith(_TOWN) or after.startswith(_TOWN):
        return EntityKind.PLACE
    person = words("people.relations")
    if (
        before.endswith(_SOMEONE)
        or person.ending(text, cue)
        or (after and (person.at(after, 0) or after.startswith(_SOMEONE)))
    ):
        return EntityKind.PERSON
    return (
        EntityKind.PERSON
        if any(before.startswith(who) for who in ("我", "他", "她")) and len(before) <= 6
        else None
    )

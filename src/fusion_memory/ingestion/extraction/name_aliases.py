"""Two names for one: "Robert (Bob)", "also known as", 又叫, 外号, said in so many words.

Why it exists: the registry joins two names only when a text says that they are one. Must not know: how names are
found, or the registry. Likeness of spelling is never a reason here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from fusion_memory.core.knowledge import EntityKind, Mention
from fusion_memory.text.simplified import simplify

_LONGEST: Final = 60
"""So many characters may stand between the two names."""

_BETWEEN: Final = re.compile(
    r"""[\s,，(（]*(?:
        (?:also|better|otherwise|formerly)\s(?:known|called)\s(?:as\s)?(?:just\s)?
        | a\.?k\.?a\.?:?\s | alias\s | nicknamed\s | who\s(?:usually\s)?goes\sby\s | goes\sby\s | or\sjust\s
        | (?:is\s)?short\sfor\s | (?:is\s)?(?:his|her|their|my)\snickname\s(?:for\s)?
        | [^.!?。！？]{0,24}?(?:we|everyone|everybody|people|friends|they|i|family)\s
          (?:(?:all|just|usually|always|often)\s)*
          calls?\s(?:her|him|them)\s
        | (?:又|也|还)(?:叫|名|称)(?:做|作)? | 人称
        | (?:(?:别|本|原|全|曾用|英文|中文|小|乳|网|笔|艺)名|外号|绰号|昵称|简称|代号)(?:是|叫|为)?
        | (?:我们|大家|朋友们?|同事们?|家里人|家人|别人|同学们?)?(?:都|也|一般|平时|通常|习惯)*
          (?:叫|喊|称呼?)(?:他|她|它)(?:做|作|为)?
    )["“'「『(（]*""",
    re.VERBOSE | re.IGNORECASE,
)
_OPENED: Final = re.compile(r"""\s?[(（]["“'「]?""")
_CLOSED: Final = re.compile(r"""["”'」]?[)）]""")


def joined(text: str, found: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions with ``alias_of`` set where the text says that a name is another one's.

    Args:
        text: the text they stand in.
        found: its mentions in order, without overlap.
    """
    linked = list(found)
    for at in range(1, len(linked)):
        before, after = linked[at - 1], linked[at]
        if after.first - before.last <= _LONGEST and after.name != before.name and _says_so(text, before, after):
            name = before.alias_of or before.name
            kind = before.kind if after.kind is EntityKind.THING else after.kind
            linked[at] = replace(after, kind=kind, alias_of=name)
    return tuple(linked)


def _says_so(text: str, before: Mention, after: Mention) -> bool:
    between = simplify(text[before.last : after.first])
    if after.kind not in {before.kind, EntityKind.THING}:
        return False
    if _OPENED.fullmatch(between):
        short = before.kind is EntityKind.PERSON and " " not in after.name
        return short and _CLOSED.match(text, after.last) is not None
    return _BETWEEN.fullmatch(between) is not None

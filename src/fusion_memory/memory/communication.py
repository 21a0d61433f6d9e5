"""Which facts say how somebody wants to be spoken to: language, tone, length and form of answers, form of address.

Why it exists: a profile of it (S1.46) draws on instructions and on preferences, and on few of either. Pure; it must
not know rows. Words are looked for in the fact's own text, in both languages, precise before complete.
"""

from __future__ import annotations

import re
from typing import Final

from fusion_memory.core.knowledge import Fact, FactType

COMMUNICATION_STYLE: Final = "communication_style"
ADDRESSED: Final = "form of address"
"""The slot of how somebody is to be called."""

_TOLD: Final = frozenset({FactType.INSTRUCTION, FactType.CONSTRAINT})
_MANNER: Final = re.compile(
    r"\b(?:answers|repl(?:y|ies)|responses?|explanations?|tone|wording|phrasing|emojis?|jargon|buzzwords|small talk"
    r"|bullet points?|bulleted|step[- ]by[- ]step|concise(?:ly)?|succinct(?:ly)?|verbose|wordy"
    r"|plain (?:english|words)|formal(?:ly)?|informal(?:ly)?|sugar-?coat(?:ing)?)\b"
    r"|回答|回复|答复|语气|口吻|措辞|表情(?:符号|包)?|颜文字|简洁|简短|简明|啰嗦|官腔|客套话?|术语|正式(?:的)?语气|称呼",
    re.IGNORECASE,
)
_SPEAKING: Final = re.compile(
    r"\b(?:(?:answer|respond|reply|speak|talk|write|explain|call|address|text)\b(?! the (?:door|phone|bell|call)\b)"
    r"|be (?:brief|direct|blunt|polite|honest|casual|friendly)\b|keep it (?:short|brief|simple)\b)"
    r"|用[^,，。]{1,6}(?:文|语|话)|说话|讲话|叫(?:我|user)|直接一点|说重点|别废话|不要废话",
    re.IGNORECASE,
)


def about_communication(fact: Fact) -> bool:
    """Whether a fact says how its subject, or whoever gives the instruction, wants to be spoken to."""
    if fact.slot == ADDRESSED:
        return True
    if fact.type in _TOLD:
        return bool(_MANNER.search(fact.text) or _SPEAKING.search(fact.text))
    return fact.type is FactType.PREFERENCE and bool(_MANNER.search(fact.text))

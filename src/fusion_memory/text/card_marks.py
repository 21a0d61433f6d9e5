"""Lines of a message that say themselves what they are: "Decision: we ship on Friday", "约束：预算不超过五万".

Why it exists: people who keep notes mark them, in English and Chinese, and what is marked need not be guessed. The
marks are those of S3.52 of the feature list and their everyday variants. Must not know cards, roles or sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

_WORDS: Final[Mapping[str, str]] = {
    "facts": r"facts?|key facts?|事实|已知信息|背景",
    "preferences": r"preferences?|偏好|喜好",
    "constraints": r"constraints?|limits?|requirements?|rules?|约束|约束条件|限制|要求|规则",
    "decisions": r"decisions?|decided|决策|决定|结论",
    "risks": r"risks?|concerns?|风险|隐患|担忧",
    "actions": r"actions?|action items?|to-?dos?|next steps?|tasks?|行动|行动项|待办|待办事项|下一步|任务",
}
_LINE: Final = re.compile(
    r"^[ \t]*(?:[-*•·>#]+[ \t]*|\d{1,2}[.)、．][ \t]*)?(?:\*\*|【|\[)?(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items())
    + r")(?:\*\*|】|\])?[ \t]*[:：](?:\*\*)?[ \t]*(?P<told>\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)


def marked(text: str) -> Iterator[tuple[str, str]]:
    """What a text marks: the kind (``facts``, ``preferences`` ...) and the words behind the mark, in order."""
    for match in _LINE.finditer(text):
        kind = next(name for name in _WORDS if match.group(name))
        yield kind, " ".join(match.group("told").split())

"""Make foreign text harmless inside a marked text: readable, but unable to end the marks or forge parts.

Why it exists: what a memory quotes may have been written to be obeyed. Must not know: packs, prompts, models. What
is exchanged has the same NFKC form as before, so that a quote of the result is still found in the source.
"""

import re
from functools import cache
from typing import Final

LONGEST_NAME: Final = 60
"""A speaker's name is shown up to here, code points."""

_WIDE: Final = {ord("<"): "＜", ord(">"): "＞"}


@cache
def _hidden() -> re.Pattern[str]:
    """Characters that are not seen: controls, marks of direction, tags, selectors beyond the emoji ones."""
    return re.compile(
        "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
        "\U000e0000-\U000e0fff]"
    )


@cache
def _citation() -> re.Pattern[str]:
    return re.compile(r"\[(?=\s*[A-Za-z]?\d+\s*\])")


def defused(text: str) -> str:
    """The text on one line, without what is not seen, and without marks that this program makes itself."""
    line = " ".join(_hidden().sub("", text).split())
    return _citation().sub("［", line).translate(_WIDE)


def defused_name(name: str) -> str:
    """A name that cannot be taken for the end of itself."""
    return defused(name)[:LONGEST_NAME].replace(":", "：").strip() or "?"

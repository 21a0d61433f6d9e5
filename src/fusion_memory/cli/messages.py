"""Every word the command line says, by key, in English and Chinese.

The two catalogues have the same keys and the same placeholders; a test holds them to it.
"""

from __future__ import annotations

from fusion_memory.cli.words_en import WORDS as ENGLISH
from fusion_memory.cli.words_zh import WORDS as CHINESE

CATALOGUES = {"en": ENGLISH, "zh": CHINESE}


def text(lang: str, key: str, **values: object) -> str:
    """The message of a key with its placeholders filled.

    Raises:
        KeyError: there is no such key.
    """
    return CATALOGUES[lang][key].format(**values)


def has(lang: str, key: str) -> bool:
    """Whether there is a message of this key."""
    return key in CATALOGUES[lang]


def raw(lang: str, key: str) -> str:
    """The message of a key as written, braces included; empty when there is none."""
    return CATALOGUES[lang].get(key, "")

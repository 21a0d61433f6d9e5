"""Every word the command line says, by key, in English and Chinese.

The two catalogues have the same keys and the same placeholders; a test holds them to it.
"""

from __future__ import annotations

from fusion_memory.cli import (
    words_answers_en,
    words_answers_zh,
    words_asking_en,
    words_asking_zh,
    words_capture_en,
    words_capture_zh,
    words_care,
    words_governance,
    words_jobs,
    words_knowledge_en,
    words_knowledge_zh,
    words_life,
    words_measure,
    words_naming,
    words_privacy,
    words_rights,
    words_service,
    words_sessions_en,
    words_sessions_zh,
    words_utility,
)
from fusion_memory.cli.words_en import WORDS as ENGLISH
from fusion_memory.cli.words_zh import WORDS as CHINESE

PARTS = {
    "en": (
        ENGLISH,
        words_answers_en.WORDS,
        words_asking_en.WORDS,
        words_capture_en.WORDS,
        words_care.ENGLISH,
        words_jobs.ENGLISH,
        words_governance.ENGLISH,
        words_knowledge_en.WORDS,
        words_life.ENGLISH,
        words_measure.ENGLISH,
        words_naming.ENGLISH,
        words_rights.ENGLISH,
        words_service.ENGLISH,
        words_privacy.ENGLISH,
        words_sessions_en.WORDS,
        words_utility.ENGLISH,
    ),
    "zh": (
        CHINESE,
        words_answers_zh.WORDS,
        words_asking_zh.WORDS,
        words_capture_zh.WORDS,
        words_care.CHINESE,
        words_jobs.CHINESE,
        words_governance.CHINESE,
        words_knowledge_zh.WORDS,
        words_life.CHINESE,
        words_measure.CHINESE,
        words_naming.CHINESE,
        words_rights.CHINESE,
        words_service.CHINESE,
        words_privacy.CHINESE,
        words_sessions_zh.WORDS,
        words_utility.CHINESE,
    ),
}
"""The files of words of each language; no key stands in two of them."""

CATALOGUES = {lang: {key: words for part in parts for key, words in part.items()} for lang, parts in PARTS.items()}


class Count(int):
    """A number that knows its noun: ``{count:memory|memories}`` becomes ``1 memory`` or ``2,000 memories``."""

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        return f"{int(self):,} {one if self == 1 else many}" if bar else format(int(self), spec)


def text(lang: str, key: str, **values: object) -> str:
    """The message of a key with its placeholders filled.

    Raises:
        KeyError: there is no such key.
    """
    counted = {name: Count(value) if type(value) is int else value for name, value in values.items()}
    return CATALOGUES[lang][key].format(**counted)


def has(lang: str, key: str) -> bool:
    """Whether there is a message of this key."""
    return key in CATALOGUES[lang]


def raw(lang: str, key: str) -> str:
    """The message of a key as written, braces included; empty when there is none."""
    return CATALOGUES[lang].get(key, "")

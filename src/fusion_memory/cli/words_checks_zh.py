"""What the doctor's checks say, in Chinese: patterns of the English sentences of ``engine.health``.

A sentence that is not here stays English; a test runs the doctor and looks for such ones.
"""

from __future__ import annotations

import re

_SENTENCES = [
    (r"sound, (.+)", r"完好,\1"),
    (r"none: searches find words, not meanings", "无:检索只比较词语,不比较语义"),
    (r"none yet", "尚无"),
    (r"stored as (.+), the model makes (.+)", r"存储的是 \1,而模型生成的是 \2"),
    (r"every passage has its vector", "每个片段都有向量"),
    (r"(\d+) memories wait for vectors(.*)", r"\1 条记忆在等待向量\2"),
    (r"every memory matches its hash", "每条记忆都与其哈希相符"),
    (r"(\d+) memories do not match their hash, first (.+)", r"\1 条记忆与其哈希不符,第一条是 \2"),
    (r"the chain is whole", "记录链完整"),
    (r"the chain breaks at row (\d+)", r"记录链在第 \1 行断开"),
]
SENTENCES = [(re.compile(pattern), words) for pattern, words in _SENTENCES]


def in_chinese(sentence: str) -> str:
    """The sentence in Chinese, or as it is when it is not known here."""
    for pattern, words in SENTENCES:
        found = pattern.fullmatch(sentence)
        if found:
            return found.expand(words)
    return sentence

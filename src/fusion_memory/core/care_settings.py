"""Settings of background care: when sessions are condensed, what is always at hand, how facts are tidied.

Why it exists: they belong together and are many. It must not know where values come from; ``settings`` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.model_settings import described


@dataclass(frozen=True, slots=True)
class SummarySettings:
    """When a session is summarised, and how long the summary is."""

    after: int = described(6, "new messages that make a session due", "会话新增多少条消息后需要摘要")
    sources: int = described(40, "most messages a summary quotes", "摘要最多引用的消息数")
    chars: int = described(1_400, "length of a session summary, characters", "会话摘要的字符数")


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """The few facts that are always at hand."""

    tokens: int = described(400, "tokens of the core memory text", "核心记忆文本的 token 数")
    conscious_ingest: str = described(
        "on",
        "on or off: choose by importance what is always at hand; off: core memory stays empty",
        "on 或 off:按重要程度选出随时可用的事实;off:核心记忆保持为空",
    )


@dataclass(frozen=True, slots=True)
class CondensationSettings:
    """When a session becomes a memory card."""

    preset: str = described(
        "default",
        "when a session is due: default, memos, openclaw, openclaw-drain, fusion or each",
        "会话何时凝练:default、memos、openclaw、openclaw-drain、fusion 或 each",
    )
    least: int = described(3, "fewer messages make no card of their own accord", "少于此消息数的会话不自动凝练")
    orphan_minutes: float = described(
        120.0, "a session without a message for so long is over; 0: never", "会话静默多少分钟后视为结束;0 表示从不"
    )
    versions: int = described(20, "versions of a card that are kept", "每张卡片保留的版本数")
    model: str = described(
        "on",
        "on or off: the language model writes cards where one is configured",
        "on 或 off:配置了语言模型时由它撰写卡片",
    )


@dataclass(frozen=True, slots=True)
class CompactionSettings:
    """How facts are tidied: near-equal ones joined, many told in few lines, open conflicts decided."""

    cosine: float = described(
        0.9, "least cosine of two facts that are joined, 0 to 1", "合并两条事实所需的最低余弦相似度,0 到 1"
    )
    cluster: int = described(10, "most facts joined as one in one run", "一次运行中合为一条的最多事实数")
    after: int = described(20, "new facts that make compaction worthwhile", "新增多少条事实后才值得整理")
    max_facts: int = described(
        0,
        "facts of an owner told one by one; the others as digest lines; 0: all (memori: 20)",
        "逐条显示的事实数,其余汇成概括行;0 表示全部(memori:20)",
    )
    resolver: str = described(
        "on",
        "on or off: the language model decides conflicts that rules leave open",
        "on 或 off:由语言模型裁决规则未能解决的冲突",
    )
    archive_days: float = described(
        30.0,
        "days after which what was superseded leaves search views; 0: never",
        "被取代的事实多少天后移出检索视图;0 表示从不",
    )


def is_on(name: str, value: str) -> bool:
    """Whether a setting that is on or off is on.

    Raises:
        InvalidSetting: it is neither.
    """
    if value not in ("on", "off"):
        raise InvalidSetting(f"{name} = {value!r} is unknown.", fix="one of on, off")
    return value == "on"

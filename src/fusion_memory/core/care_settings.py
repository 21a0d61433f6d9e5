"""Settings of background care: when sessions are condensed, what is always at hand, how facts are tidied.

Why it exists: they belong together and are many. It must not know where values come from; ``settings`` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.model_settings import described


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

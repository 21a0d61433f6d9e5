"""Settings of background care: who works, when, and how patiently.

Why it exists: care runs while nobody asks, so all that steers it stands in one place. It must not know any task.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.model_settings import described


@dataclass(frozen=True, slots=True)
class CareSettings:
    """What keeps memory healthy while nobody asks."""

    worker: str = described(
        "auto",
        "who works in the background: auto (the server does), on (every process that opens the memory), off "
        "(fusion-memory worker only)",
        "由谁在后台工作:auto(服务进程)、on(每个打开记忆库的进程)或 off(仅 fusion-memory worker)",
    )
    preset: str = described(
        "default",
        "schedule: default, vector-mind, memos, openclaw, memori or off",
        "时间表:default、vector-mind、memos、openclaw、memori 或 off",
    )
    schedule: str = described(
        "",
        "entries instead of the preset's, for instance: promotion every 6h; backup daily 03:00 /7; compaction off",
        "替换预设中的条目,例如:promotion every 6h; backup daily 03:00 /7; compaction off",
    )
    time_zone: str = described(
        "",
        "zone of daily times, such as Asia/Shanghai or +08:00; empty: the preset's own, else UTC",
        "每日时刻所用的时区,如 Asia/Shanghai 或 +08:00;留空用预设的时区,否则为 UTC",
    )
    attempts: int = described(5, "tries of one job before it is given up", "单个作业放弃前的尝试次数")
    lease_s: float = described(
        60.0, "seconds after which a silent worker's job is taken over", "工作进程失联多少秒后由他人接手其作业"
    )
    keep_days: float = described(14.0, "days that finished jobs stay listed", "已结束的作业保留多少天")

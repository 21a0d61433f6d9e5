"""Settings of models: which ones turn texts into vectors, read what was said, and order what was found.

Why it exists: they are a third of all settings. It must not know where values come from; ``settings`` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def described(default: Any, en: str, zh: str, *, shown: bool = True) -> Any:  # noqa: ANN401 (dataclasses.field is typed as its default)
    """A field of a section: its default, and what it means in English and Chinese; a secret is not ``shown``."""
    return field(default=default, repr=shown, metadata={"en": en, "zh": zh})


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """Which model turns texts into vectors."""

    provider: str = described(
        "auto", "auto, local, hub, openai, ollama or none", "auto、local、hub、openai、ollama 或 none"
    )
    model: str = described("", "model name; empty: the provider's default", "模型名;留空用默认模型")
    endpoint: str = described("", "address of an HTTP provider", "HTTP 提供方的地址")
    dimension: int = described(0, "dimension an HTTP model returns; 0: ask it", "HTTP 模型的维度;0 表示询问模型")
    timeout_s: float = described(20.0, "seconds one call may take", "单次调用的秒数上限")
    retries: int = described(2, "further tries after a passing failure", "临时失败后的重试次数")
    batch: int = described(32, "texts per call", "每次调用的文本数")
    threads: int = described(0, "threads of the local model; 0: all cores up to 4", "本地模型线程数;0 为自动")
    api_key: str = described(
        "", "key of an HTTP provider (environment only)", "HTTP 提供方密钥(仅限环境变量)", shown=False
    )


@dataclass(frozen=True, slots=True)
class LanguageModelSettings:
    """Which language model reads what was said a second time, in the background."""

    provider: str = described("none", "openai, ollama or none", "openai、ollama 或 none")
    model: str = described("", "model name", "模型名")
    endpoint: str = described("", "address of the provider", "提供方的地址")
    timeout_s: float = described(60.0, "seconds one call may take", "单次调用的秒数上限")
    retries: int = described(2, "further tries after a passing failure", "临时失败后的重试次数")
    max_reply_tokens: int = described(1_500, "longest reply, tokens", "回复的最大长度(token)")
    max_claims: int = described(12, "most claims of one message", "单条消息的最多陈述数")
    profile: str = described(
        "default",
        "how it reads: default (everything), or lightmem (users' own words by topic, without courtesies)",
        "读取方式:default(全部内容)或 lightmem(只读用户的话,按话题分段,略去客套)",
    )
    pre_compress: str = described(
        "",
        "on or off: leave out mere courtesies; empty: by the profile",
        "on 或 off:略去客套话;留空由 profile 决定",
    )
    messages_use: str = described(
        "", "all or user_only; empty: by the profile", "all(全部)或 user_only(仅用户);留空由 profile 决定"
    )
    topic_segment: str = described(
        "", "on or off: part batches by topic; empty: by the profile", "on 或 off:按话题分批;留空由 profile 决定"
    )
    max_distill_tokens: int = described(2_200, "most tokens of messages in one call", "单次调用的最多消息 token 数")
    topic_token_threshold: int = described(
        600, "a topic of fewer tokens waits for the next one", "少于此 token 数的话题与下一个一起读"
    )
    batch_messages: int = described(
        32, "most messages of a session read together, 1 to 32", "同一会话一起读取的最多消息数,1 到 32"
    )
    max_calls: int = described(0, "most calls for one batch; 0: no bound", "每批最多调用次数;0 表示不限")
    budget_s: float = described(
        0.0, "no call begins after so many seconds of one batch; 0: no bound", "每批超过此秒数后不再调用;0 表示不限"
    )
    api_key: str = described("", "key of the provider (environment only)", "提供方密钥(仅限环境变量)", shown=False)


@dataclass(frozen=True, slots=True)
class RerankerSettings:
    """Which model reads the best candidates of a search again, together with the question."""

    kind: str = described(
        "auto",
        "auto, none, local, http, llm, lexical or sentence-transformers",
        "auto、none、local、http、llm、lexical 或 sentence-transformers",
    )
    model: str = described("", "model name; empty: the kind's default", "模型名;留空用默认模型")
    endpoint: str = described(
        "", "address of an HTTP reranker, without /rerank", "HTTP 重排服务的地址(不含 /rerank)"
    )
    top_n: int = described(0, "candidates it reads; 0: as the recipe says", "重排的候选条数;0 表示由配方决定")
    timeout_ms: int = described(
        0,
        "longest wait for it, milliseconds; 0: 1,000, for llm and sentence-transformers 20,000",
        "等待重排的上限(毫秒);0 表示 1000,llm 与 sentence-transformers 为 20000",
    )
    weight: float = described(
        0.0, "what its score counts; 0: as the recipe says", "重排得分的权重;0 表示由配方决定"
    )
    threads: int = described(0, "threads of a local reranker; 0: all cores up to 4", "本地重排线程数;0 为自动")
    api_key: str = described(
        "", "key of an HTTP reranker (environment only)", "HTTP 重排服务密钥(仅限环境变量)", shown=False
    )

"""Settings: what can be configured, and where each value came from.

Precedence: flag > environment > project file > user file > default. Reading files and the
environment is the caller's work; this file judges what they hold. Unknown names are refused with a
suggestion, secrets are taken from the environment only, and every value knows its origin.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_type_hints

from fusion_memory.core.errors import InvalidSetting, SecretInFile, UnknownSetting

ENV_PREFIX = "FUSION_MEMORY_"
HOME_VARIABLE = ENV_PREFIX + "HOME"
SECRETS = frozenset({"storage.key", "embedding.api_key", "llm.api_key", "reranker.api_key"})
ADDRESSES = frozenset({"embedding.endpoint", "llm.endpoint", "reranker.endpoint"})
"""Where memories are sent: a project file, which may come with a checkout from anywhere, cannot say it."""


def _setting(default: Any, en: str, zh: str) -> Any:  # noqa: ANN401 (dataclasses.field is typed as its default)
    return field(default=default, metadata={"en": en, "zh": zh})


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where memories are kept."""

    path: str = _setting(
        "", "database file; empty: memory.db in the home folder", "数据库文件;留空则为主目录下的 memory.db"
    )
    busy_timeout_s: float = _setting(10.0, "seconds to wait for another writer", "等待其他写入者的秒数")
    vector_memory_mb: int = _setting(512, "memory for vector indexes, MiB", "向量索引可用内存(MiB)")
    key: str = _setting("", "encryption key (environment only)", "加密密钥(仅限环境变量)")


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """Which model turns texts into vectors."""

    provider: str = _setting(
        "auto", "auto, local, hub, openai, ollama or none", "auto、local、hub、openai、ollama 或 none"
    )
    model: str = _setting("", "model name; empty: the provider's default", "模型名;留空用默认模型")
    endpoint: str = _setting("", "address of an HTTP provider", "HTTP 提供方的地址")
    dimension: int = _setting(0, "dimension an HTTP model returns; 0: ask it", "HTTP 模型的维度;0 表示询问模型")
    timeout_s: float = _setting(20.0, "seconds one call may take", "单次调用的秒数上限")
    retries: int = _setting(2, "further tries after a passing failure", "临时失败后的重试次数")
    batch: int = _setting(32, "texts per call", "每次调用的文本数")
    threads: int = _setting(0, "threads of the local model; 0: all cores up to 4", "本地模型线程数;0 为自动")
    api_key: str = _setting("", "key of an HTTP provider (environment only)", "HTTP 提供方密钥(仅限环境变量)")


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """How texts are cut and kept."""

    max_chars: int = _setting(1_000_000, "longest text of one memory, characters", "单条记忆的最大字符数")
    chunk_chars: int = _setting(250, "length of a chat chunk, characters", "聊天分块长度(字符)")
    chunk_overlap_chars: int = _setting(50, "overlap of chat chunks, characters", "聊天分块重叠(字符)")
    document_tokens: int = _setting(1_000, "length of a document chunk, tokens", "文档分块长度(token)")
    document_overlap_tokens: int = _setting(150, "overlap of document chunks, tokens", "文档分块重叠(token)")


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """What of a captured log is worth keeping; what is added directly is never filtered."""

    han_chars: int = _setting(4, "a text of so many Chinese characters passes", "达到此汉字数的文本通过")
    words: int = _setting(3, "a text of so many words passes", "达到此单词数的文本通过")
    chars: int = _setting(30, "a text of so many visible characters passes", "达到此可见字符数的文本通过")
    brief: str = _setting(
        "judge",
        "a shorter one: judge (dropped when it is fillers only), drop or keep",
        "更短的文本:judge(只有应答词时舍弃)、drop 或 keep",
    )
    tiers: str = _setting("default", "tier preset: default or vector-mind", "分层预设:default 或 vector-mind")


@dataclass(frozen=True, slots=True)
class EncodingSettings:
    """How facts are drawn from what was said."""

    mode: str = _setting(
        "sync",
        "sync: while adding; offline: when the queue is drained; off",
        "sync:写入时;offline:排空队列时;off:关闭",
    )
    attempts: int = _setting(3, "readings of one memory before it is given up", "单条记忆读取失败后放弃前的次数")
    min_confidence: float = _setting(
        0.5, "a claim below it is held back (0 to 1)", "低于此置信度的陈述被搁置(0 到 1)"
    )


@dataclass(frozen=True, slots=True)
class LanguageModelSettings:
    """Which language model reads what was said a second time, in the background."""

    provider: str = _setting("none", "openai, ollama or none", "openai、ollama 或 none")
    model: str = _setting("", "model name", "模型名")
    endpoint: str = _setting("", "address of the provider", "提供方的地址")
    timeout_s: float = _setting(60.0, "seconds one call may take", "单次调用的秒数上限")
    retries: int = _setting(2, "further tries after a passing failure", "临时失败后的重试次数")
    max_reply_tokens: int = _setting(1_500, "longest reply, tokens", "回复的最大长度(token)")
    max_claims: int = _setting(12, "most claims of one message", "单条消息的最多陈述数")
    profile: str = _setting(
        "default",
        "how it reads: default (everything), or lightmem (users' own words by topic, without courtesies)",
        "读取方式:default(全部内容)或 lightmem(只读用户的话,按话题分段,略去客套)",
    )
    pre_compress: str = _setting(
        "",
        "on or off: leave out mere courtesies; empty: by the profile",
        "on 或 off:略去客套话;留空由 profile 决定",
    )
    messages_use: str = _setting(
        "", "all or user_only; empty: by the profile", "all(全部)或 user_only(仅用户);留空由 profile 决定"
    )
    topic_segment: str = _setting(
        "", "on or off: part batches by topic; empty: by the profile", "on 或 off:按话题分批;留空由 profile 决定"
    )
    max_distill_tokens: int = _setting(2_200, "most tokens of messages in one call", "单次调用的最多消息 token 数")
    topic_token_threshold: int = _setting(
        600, "a topic of fewer tokens waits for the next one", "少于此 token 数的话题与下一个一起读"
    )
    batch_messages: int = _setting(
        32, "most messages of a session read together, 1 to 32", "同一会话一起读取的最多消息数,1 到 32"
    )
    max_calls: int = _setting(0, "most calls for one batch; 0: no bound", "每批最多调用次数;0 表示不限")
    budget_s: float = _setting(
        0.0, "no call begins after so many seconds of one batch; 0: no bound", "每批超过此秒数后不再调用;0 表示不限"
    )
    api_key: str = _setting("", "key of the provider (environment only)", "提供方密钥(仅限环境变量)")


@dataclass(frozen=True, slots=True)
class WorkingSettings:
    """How much of the conversation at hand counts as recent."""

    preset: str = _setting(
        "default",
        "default, user, memos, openclaw or memori; what is set below counts before it",
        "default、user、memos、openclaw 或 memori;下面单独设置的值优先",
    )
    messages: int = _setting(20, "recent messages kept at hand", "随时可用的最近消息条数")
    minutes: float = _setting(
        30.0, "only those of so many minutes; 0: however old", "仅限最近多少分钟内;0 表示不限"
    )
    reach: str = _setting("session", "session, or user for all sessions", "session,或 user 表示所有会话")
    tokens: int = _setting(0, "tokens they may have together; 0: no bound", "它们合计的 token 上限;0 表示不限")


@dataclass(frozen=True, slots=True)
class SummarySettings:
    """When a session is summarised, and how long the summary is."""

    after: int = _setting(6, "new messages that make a session due", "会话新增多少条消息后需要摘要")
    sources: int = _setting(40, "most messages a summary quotes", "摘要最多引用的消息数")
    chars: int = _setting(1_400, "length of a session summary, characters", "会话摘要的字符数")


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """The few facts that are always at hand."""

    tokens: int = _setting(400, "tokens of the core memory text", "核心记忆文本的 token 数")


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How memories are found and packed."""

    recipe: str = _setting("balanced", "retrieval recipe", "检索配方")
    limit: int = _setting(10, "results of a search", "检索结果条数")
    budget_tokens: int = _setting(2_000, "tokens of a context pack", "上下文包的 token 预算")
    deep_budget_tokens: int = _setting(16_000, "the same for the recipe deep", "配方 deep 的上下文包 token 预算")
    half_life_days: float = _setting(30.0, "half-life of recency, days", "新近度的半衰期(天)")
    utility_model: str = _setting(
        "", "file of a trained utility model; empty: none", "训练好的效用模型文件;留空表示不用"
    )
    utility_mode: str = _setting(
        "shadow",
        "shadow: the model only writes down its opinion; live: it orders the hits once it is good enough",
        "shadow:只记录模型的看法;live:达到门槛后由模型排序",
    )
    utility_threshold: float = _setting(
        0.01,
        "sure gain in nDCG@10 on held-out questions before a model goes live",
        "模型上线所需的留出题 nDCG@10 增益",
    )
    traces_kept: int = _setting(200, "recall traces kept per owner", "每个所有者保留的检索记录数")


@dataclass(frozen=True, slots=True)
class RerankerSettings:
    """Which model reads the best candidates of a search again, together with the question."""

    kind: str = _setting("auto", "auto, none, local, http, llm, lexical, sentence-transformers", "重排方式")
    model: str = _setting("", "model name; empty: the kind's default", "模型名;留空用默认模型")
    endpoint: str = _setting(
        "", "address of an HTTP reranker, without /rerank", "HTTP 重排服务的地址(不含 /rerank)"
    )
    top_n: int = _setting(0, "candidates it reads; 0: as the recipe says", "重排的候选条数;0 表示由配方决定")
    timeout_ms: int = _setting(0, "longest wait, ms; 0: 1,000, or 20,000 by kind", "等待上限(毫秒);0 为按种类")
    weight: float = _setting(0.0, "what its score counts; 0: as the recipe says", "重排权重;0 表示由配方决定")
    threads: int = _setting(0, "threads of a local reranker; 0: all cores up to 4", "本地重排线程数;0 为自动")
    api_key: str = _setting("", "key of an HTTP reranker (environment only)", "HTTP 重排服务密钥(仅限环境变量)")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings by section, and the origin of each value by its dotted name."""

    storage: StorageSettings = StorageSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    ingest: IngestSettings = IngestSettings()
    capture: CaptureSettings = CaptureSettings()
    encoding: EncodingSettings = EncodingSettings()
    llm: LanguageModelSettings = LanguageModelSettings()
    working: WorkingSettings = WorkingSettings()
    summary: SummarySettings = SummarySettings()
    core: CoreSettings = CoreSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    reranker: RerankerSettings = RerankerSettings()
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """Where the value of a dotted name came from: ``default`` or the label of a layer."""
        return self.origins.get(name, "default")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as a person sees it."""

    name: str
    kind: type
    default: Any
    help_en: str
    help_zh: str
    secret: bool

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return ENV_PREFIX + self.name.replace(".", "_").upper()


@dataclass(frozen=True, slots=True)
class Layer:
    """Values from one place: its label as shown to people, and dotted names to raw values.

    ``trusted`` is False for files that did not come from the person who runs this.
    """

    label: str
    values: Mapping[str, Any]
    may_hold_secrets: bool = False
    trusted: bool = True


def catalogue() -> tuple[Setting, ...]:
    """Every setting there is, in order of section and field."""
    return tuple(_CATALOGUE.values())


def file_layer(label: str, toml_text: str, *, trusted: bool = True) -> Layer:
    """The layer of a TOML file with one table per section.

    Raises:
        InvalidSetting: the text is not TOML.
    """
    try:
        tables = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSetting(f"{label} is not valid TOML: {error}.", fix=f"correct {label}") from None
    values: dict[str, Any] = {}
    for section, table in tables.items():
        if isinstance(table, dict):
            values |= {f"{section}.{name}": value for name, value in table.items()}
        else:
            values[section] = table
    return Layer(label, values, trusted=trusted)


def environment_layer(environment: Mapping[str, str]) -> Layer:
    """The layer of the environment variables that start with ``FUSION_MEMORY_``."""
    by_variable = {setting.variable: setting.name for setting in catalogue()}
    values: dict[str, Any] = {}
    for variable, value in environment.items():
        if variable.startswith(ENV_PREFIX) and variable != HOME_VARIABLE:
            if variable not in by_variable:
                raise UnknownSetting(f"{variable} is no setting.", fix=_suggestion(variable, by_variable))
            values[by_variable[variable]] = value
    return Layer("environment", values, may_hold_secrets=True)


def resolve(layers: tuple[Layer, ...]) -> Settings:
    """Merge layers, the first one winning, into typed settings.

    Raises:
        UnknownSetting: a layer names something that does not exist.
        InvalidSetting: a value is of the wrong kind.
        SecretInFile: a secret stands where it could be shared.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in reversed(layers):
        for name, raw in layer.values.items():
            values[name] = _judge(layer, name, raw)
            origins[name] = layer.label
    sections = {
        section.name: _SECTIONS[section.name](
            **{
                name.partition(".")[2]: value
                for name, value in values.items()
                if name.startswith(section.name + ".")
            }
        )
        for section in fields(Settings)
        if section.name in _SECTIONS
    }
    return Settings(**sections, origins=origins)


def _judge(layer: Layer, name: str, raw: Any) -> Any:  # noqa: ANN401 (raw input of any type)
    setting = _CATALOGUE.get(name)
    if setting is None:
        raise UnknownSetting(f"{name!r} in {layer.label} is no setting.", fix=_suggestion(name, _CATALOGUE))
    if setting.secret and not layer.may_hold_secrets:
        raise SecretInFile(f"{name} stands in {layer.label}.", fix=f"remove it and set {setting.variable}")
    if name in ADDRESSES and not layer.trusted:
        raise InvalidSetting(
            f"{name} stands in {layer.label}.",
            why="A project file cannot say where memories are sent.",
            fix=f"set {setting.variable}, or put it into the user file: fusion-memory config path",
        )
    try:
        return _convert(setting.kind, raw)
    except ValueError:
        raise InvalidSetting(
            f"{name} = {raw!r} is not of kind {setting.kind.__name__}.",
            why=f"The value came from {layer.label}.",
            fix=f"set it to a value like {setting.default!r}",
        ) from None


def _convert(kind: type, raw: Any) -> Any:  # noqa: ANN401 (raw input of any type)
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise ValueError(raw)  # noqa: TRY004 (one kind of refusal, turned into InvalidSetting by the caller)
    if kind is str:
        return str(raw)
    number = kind(raw)
    if number < 0 or number != number:  # noqa: PLR0124 (the test for NaN)
        raise ValueError(raw)
    return number


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else "fusion-memory config"


_SECTIONS: dict[str, type] = {
    "storage": StorageSettings,
    "embedding": EmbeddingSettings,
    "ingest": IngestSettings,
    "capture": CaptureSettings,
    "encoding": EncodingSettings,
    "llm": LanguageModelSettings,
    "working": WorkingSettings,
    "summary": SummarySettings,
    "core": CoreSettings,
    "retrieval": RetrievalSettings,
    "reranker": RerankerSettings,
}


def _build_catalogue() -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for section, kind in _SECTIONS.items():
        hints = get_type_hints(kind)
        for item in fields(kind):
            name = f"{section}.{item.name}"
            found[name] = Setting(
                name, hints[item.name], item.default, item.metadata["en"], item.metadata["zh"], name in SECRETS
            )
    return found


_CATALOGUE = _build_catalogue()

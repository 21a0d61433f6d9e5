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
from types import MappingProxyType
from typing import Any, get_type_hints

from fusion_memory.core.access_settings import AuthSettings, LimitSettings
from fusion_memory.core.care_settings import (
    CompactionSettings,
    CondensationSettings,
    CoreSettings,
    SummarySettings,
)
from fusion_memory.core.errors import InvalidSetting, SecretInFile, UnknownSetting
from fusion_memory.core.model_settings import EmbeddingSettings, LanguageModelSettings, RerankerSettings, described
from fusion_memory.core.schedule_settings import CareSettings
from fusion_memory.core.server_settings import ClientSettings, ServerSettings, TelemetrySettings

__all__ = [
    "ADDRESSES",
    "ENV_PREFIX",
    "HOME_VARIABLE",
    "SECRETS",
    "AuthSettings",
    "CaptureSettings",
    "CareSettings",
    "CompactionSettings",
    "CondensationSettings",
    "CoreSettings",
    "EmbeddingSettings",
    "EncodingSettings",
    "IngestSettings",
    "LanguageModelSettings",
    "Layer",
    "LimitSettings",
    "RerankerSettings",
    "RetrievalSettings",
    "ServerSettings",
    "Setting",
    "Settings",
    "StorageSettings",
    "SummarySettings",
    "TelemetrySettings",
    "WorkingSettings",
    "catalogue",
    "environment_layer",
    "file_layer",
    "resolve",
]

ENV_PREFIX = "FUSION_MEMORY_"
HOME_VARIABLE = ENV_PREFIX + "HOME"
API_KEY_VARIABLE = ENV_PREFIX + "API_KEY"  # of a client; like the home folder it is no setting
SECRETS = frozenset(
    {"storage.key", "embedding.api_key", "llm.api_key", "reranker.api_key", "auth.pepper", "auth.jwt_secret"}
)
ADDRESSES = frozenset({"embedding.endpoint", "llm.endpoint", "reranker.endpoint"})
"""Where memories are sent: a project file, which may come with a checkout from anywhere, cannot say it."""

AT_HOME: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "embedding.provider": frozenset({"auto", "local", "none"}),
        "llm.provider": frozenset({"none"}),
        "reranker.kind": frozenset({"auto", "local", "lexical", "none"}),
        "capture.redact": frozenset({"on"}),
        "capture.redact_except": frozenset({""}),
    }
)
"""Who reads memories: a project file may choose among these only, none of which sends or fetches anything."""

OPERATED = frozenset({"auth", "client", "limits", "server", "telemetry", "storage.key_file", "storage.key_command"})
"""Sections and settings that are the operator's: a project file cannot set anything of them."""


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where memories are kept."""

    path: str = described(
        "", "database file; empty: memory.db in the home folder", "数据库文件;留空则为主目录下的 memory.db"
    )
    busy_timeout_s: float = described(10.0, "seconds to wait for another writer", "等待其他写入者的秒数")
    vector_memory_mb: int = described(512, "memory for vector indexes, MiB", "向量索引可用内存(MiB)")
    key: str = described("", "encryption key (environment only)", "加密密钥(仅限环境变量)", shown=False)
    key_file: str = described("", "file with the encryption key on its first line", "首行为加密密钥的文件")
    key_command: str = described("", "command that prints the encryption key", "输出加密密钥的命令")


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """How texts are cut and kept."""

    max_chars: int = described(1_000_000, "longest text of one memory, characters", "单条记忆的最大字符数")
    chunk_chars: int = described(250, "length of a chat chunk, characters", "聊天分块长度(字符)")
    chunk_overlap_chars: int = described(50, "overlap of chat chunks, characters", "聊天分块重叠(字符)")
    document_tokens: int = described(1_000, "length of a document chunk, tokens", "文档分块长度(token)")
    document_overlap_tokens: int = described(150, "overlap of document chunks, tokens", "文档分块重叠(token)")


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """What of a captured log is worth keeping; what is added directly is never filtered."""

    han_chars: int = described(4, "a text of so many Chinese characters passes", "达到此汉字数的文本通过")
    words: int = described(3, "a text of so many words passes", "达到此单词数的文本通过")
    chars: int = described(30, "a text of so many visible characters passes", "达到此可见字符数的文本通过")
    brief: str = described(
        "judge",
        "a shorter one: judge (dropped when it is fillers only), drop or keep",
        "更短的文本:judge(只有应答词时舍弃)、drop 或 keep",
    )
    tiers: str = described("default", "tier preset: default or vector-mind", "分层预设:default 或 vector-mind")
    redact: str = described(
        "on", "take credentials out of everything that is kept: on or off", "保存前去除其中的凭证:on 或 off"
    )
    redact_except: str = described(
        "", "kinds of credentials to leave in, with commas between", "保留不去除的凭证类型,以逗号分隔"
    )


@dataclass(frozen=True, slots=True)
class EncodingSettings:
    """How facts are drawn from what was said."""

    mode: str = described(
        "sync",
        "sync: while adding; offline: when the queue is drained; off",
        "sync:写入时;offline:排空队列时;off:关闭",
    )
    attempts: int = described(3, "readings of one memory before it is given up", "单条记忆读取失败后放弃前的次数")
    min_confidence: float = described(
        0.5, "a claim below it is held back (0 to 1)", "低于此置信度的陈述被搁置(0 到 1)"
    )


@dataclass(frozen=True, slots=True)
class WorkingSettings:
    """How much of the conversation at hand counts as recent."""

    preset: str = described(
        "default",
        "default, user, memos, openclaw or memori; what is set below counts before it",
        "default、user、memos、openclaw 或 memori;下面单独设置的值优先",
    )
    messages: int = described(20, "recent messages kept at hand", "随时可用的最近消息条数")
    minutes: float = described(
        30.0, "only those of so many minutes; 0: however old", "仅限最近多少分钟内;0 表示不限"
    )
    reach: str = described("session", "session, or user for all sessions", "session,或 user 表示所有会话")
    tokens: int = described(0, "tokens they may have together; 0: no bound", "它们合计的 token 上限;0 表示不限")


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How memories are found and packed."""

    recipe: str = described("balanced", "retrieval recipe", "检索配方")
    limit: int = described(10, "results of a search", "检索结果条数")
    budget_tokens: int = described(2_000, "tokens of a context pack", "上下文包的 token 预算")
    deep_budget_tokens: int = described(16_000, "the same for the recipe deep", "配方 deep 的上下文包 token 预算")
    half_life_days: float = described(30.0, "half-life of recency, days", "新近度的半衰期(天)")
    utility_model: str = described(
        "", "file of a trained utility model; empty: none", "训练好的效用模型文件;留空表示不用"
    )
    utility_mode: str = described(
        "shadow",
        "shadow: the model only writes down its opinion; live: it orders the hits once it is good enough",
        "shadow:只记录模型的看法;live:达到门槛后由模型排序",
    )
    utility_threshold: float = described(
        0.01,
        "sure gain in nDCG@10 on held-out questions before a model goes live",
        "模型上线所需的留出题 nDCG@10 增益",
    )
    refiner: str = described(
        "off",
        "language model that reads questions: off, auto (where the rules say little) or always",
        "由语言模型解读问题:off、auto(规则不足时)或 always",
    )
    refiner_timeout_ms: int = described(800, "longest wait for it, milliseconds", "等待它的上限(毫秒)")
    refiner_confidence: float = described(0.7, "least confidence it must state, 0 to 1", "采纳所需的置信度(0 到 1)")
    traces_kept: int = described(200, "recall traces kept per owner", "每个所有者保留的检索记录数")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings by section, and the origin of each value by its dotted name."""

    storage: StorageSettings = StorageSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()  # noqa: RUF009 (frozen)
    ingest: IngestSettings = IngestSettings()
    capture: CaptureSettings = CaptureSettings()
    encoding: EncodingSettings = EncodingSettings()
    llm: LanguageModelSettings = LanguageModelSettings()  # noqa: RUF009 (frozen)
    working: WorkingSettings = WorkingSettings()
    summary: SummarySettings = SummarySettings()  # noqa: RUF009 (frozen)
    core: CoreSettings = CoreSettings()  # noqa: RUF009 (frozen)
    condensation: CondensationSettings = CondensationSettings()  # noqa: RUF009 (frozen)
    compaction: CompactionSettings = CompactionSettings()  # noqa: RUF009 (frozen)
    care: CareSettings = CareSettings()  # noqa: RUF009 (frozen)
    retrieval: RetrievalSettings = RetrievalSettings()
    reranker: RerankerSettings = RerankerSettings()  # noqa: RUF009 (frozen)
    server: ServerSettings = ServerSettings()  # noqa: RUF009 (frozen)
    telemetry: TelemetrySettings = TelemetrySettings()  # noqa: RUF009 (frozen)
    client: ClientSettings = ClientSettings()  # noqa: RUF009 (frozen)
    auth: AuthSettings = AuthSettings()  # noqa: RUF009 (frozen)
    limits: LimitSettings = LimitSettings()  # noqa: RUF009 (frozen)
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
        if variable.startswith(ENV_PREFIX) and variable not in (HOME_VARIABLE, API_KEY_VARIABLE):
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
    away = name in ADDRESSES or (name in AT_HOME and raw not in AT_HOME[name])
    if away and not layer.trusted:
        raise InvalidSetting(
            f"{name} stands in {layer.label}.",
            why="A project file cannot say where memories are sent.",
            fix=f"set {setting.variable}, or put it into the user file: fusion-memory config path",
        )
    if not OPERATED.isdisjoint((name, name.partition(".")[0])) and not layer.trusted:
        raise InvalidSetting(
            f"{name} stands in {layer.label}.",
            why="A project file cannot say how a service is run, or who may call it.",
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
    "condensation": CondensationSettings,
    "compaction": CompactionSettings,
    "care": CareSettings,
    "retrieval": RetrievalSettings,
    "reranker": RerankerSettings,
    "server": ServerSettings,
    "telemetry": TelemetrySettings,
    "client": ClientSettings,
    "auth": AuthSettings,
    "limits": LimitSettings,
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

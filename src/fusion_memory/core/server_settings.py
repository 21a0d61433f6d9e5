"""Settings of the HTTP service: what it accepts, how long it waits, what it tells operators.

Why it exists: they concern operators alone, so a project file, which may come with a checkout from anywhere, cannot
set them. It must not know where values come from; ``settings`` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusion_memory.core.model_settings import described


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the HTTP service listens, what it accepts and how long it waits."""

    host: str = described("127.0.0.1", "address it listens on", "监听地址")
    port: int = described(8765, "port it listens on; 0: any that is free", "监听端口;0 表示任一空闲端口")
    page: int = described(50, "items on a page of a list, unless a request says", "列表每页的条数(请求未指定时)")
    max_text_chars: int = described(
        20_000, "longest text of POST /v1/ingest, characters", "POST /v1/ingest 的最长文本(字符)"
    )
    max_body_bytes: int = described(8_388_608, "longest request body, bytes", "请求体的最大字节数")
    max_import_bytes: int = described(
        1_073_741_824, "longest export that POST /v1/import takes, bytes", "POST /v1/import 接受的导出的最大字节数"
    )
    max_json_depth: int = described(32, "deepest nesting of a JSON body", "JSON 请求体的最大嵌套层数")
    max_headers: int = described(64, "most headers of a request", "单个请求的最多头部数")
    max_header_bytes: int = described(16_384, "longest headers together, bytes", "请求头部的总字节上限")
    request_timeout_s: float = described(
        60.0,
        "seconds until a request is answered with 503; 0: however long",
        "请求超过此秒数返回 503;0 表示不限",
    )
    drain_s: float = described(
        10.0, "seconds that requests in flight get at shutdown", "关闭时留给未完成请求的秒数"
    )
    red_s: float = described(
        0.0,
        "seconds between red readiness and the end of new requests, at shutdown",
        "关闭时,就绪检查变红到不再接收新请求之间的秒数",
    )
    backlog_age_s: float = described(
        900.0,
        "work that waits longer turns readiness red, seconds; 0: never",
        "积压超过此秒数则就绪检查变红;0 表示不检查",
    )
    idempotency_hours: float = described(
        24.0, "hours a response is kept for its Idempotency-Key", "按 Idempotency-Key 保留响应的小时数"
    )
    heartbeat_s: float = described(15.0, "seconds between signs of life on an event stream", "事件流心跳间隔(秒)")
    max_streams: int = described(64, "most event streams open at a time", "同时打开的事件流上限")
    access_log: str = described(
        "on", "on or off: one JSON line a request, without content", "on 或 off:每个请求一行 JSON,不含内容"
    )
    dev: str = described(
        "off", "on or off: routes for trying out, such as seeding a story", "on 或 off:试用路由,例如写入演示故事"
    )


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """What operators learn of calls; never what they were about."""

    spans: str = described(
        "off",
        "on or off: OpenTelemetry spans of calls and models (fusion-memory[telemetry])",
        "on 或 off:调用与模型的 OpenTelemetry 跨度(fusion-memory[telemetry])",
    )
    context_tokens: int = described(
        32_768,
        "tokens an agent has for a prompt: what share of them packs take is measured",
        "智能体提示词可用的 token 数:用于度量上下文包所占份额",
    )
    price_per_1k_input: float = described(
        0.0,
        "price of 1,000 input tokens of the language model; 0: costs are not told",
        "语言模型每 1000 个输入 token 的价格;0 表示不计费用",
    )
    price_per_1k_output: float = described(
        0.0, "price of 1,000 output tokens of the language model", "语言模型每 1000 个输出 token 的价格"
    )


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Which service keeps the memories; its key is read from FUSION_MEMORY_API_KEY only."""

    url: str = described(
        "", "address of a service that keeps the memories; empty: this computer", "保存记忆的服务地址;留空为本机"
    )
    timeout_s: float = described(30.0, "seconds of silence before a request counts as lost", "请求无响应的最长秒数")
    retries: int = described(3, "further tries when the service is busy or away", "服务忙或无应答时的重试次数")

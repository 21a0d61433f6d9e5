"""What only a service can answer: errors of requests and callers, beside the tree of ``core.errors``.

The HTTP service raises them and its client raises them again, besides two of its own. ``WORDS_ZH`` says
them in Chinese. This file must not know statuses: those stand in ``service.problems``.
"""

from __future__ import annotations

from fusion_memory.core.errors import AccessDenied, FusionMemoryError, InvalidInput, InvalidOption


class Unauthenticated(AccessDenied):
    """The caller is not known."""

    code = "unauthenticated"
    default_why = "The request carries no valid key."
    default_fix = "send Authorization: Bearer KEY"


class ForbiddenOrigin(AccessDenied):
    """Web pages of this origin may not call."""

    code = "forbidden_origin"
    default_why = "The header Origin names a page that was not allowed."
    default_fix = "whoever runs the service can allow it: auth.allowed_origins"


class MisdirectedRequest(FusionMemoryError):
    """The service does not answer to this name."""

    code = "misdirected_request"
    default_why = "The header Host names another server, as a page does that was redirected to this computer."
    default_fix = "call it by its own name; whoever runs it can allow another: auth.allowed_hosts"


class TooManyRequests(FusionMemoryError):
    """There were too many requests."""

    code = "too_many_requests"
    default_why = "The caller is over its rate."
    default_fix = "wait as long as Retry-After says"

    def __init__(
        self,
        what: str | None = None,
        *,
        why: str | None = None,
        fix: str | None = None,
        retry_after_s: float = 1.0,
    ) -> None:
        super().__init__(what, why=why, fix=fix)
        self.retry_after_s = retry_after_s


class MalformedRequest(InvalidInput):
    """The request cannot be read."""

    code = "malformed_request"
    default_why = "Its body is no valid JSON."
    default_fix = "send a JSON object as application/json"


class InvalidRequest(InvalidOption):
    """The request does not have the shape of its route."""

    code = "invalid_request"
    default_why = "A field is missing, unknown, of the wrong type or out of range."
    default_fix = "see errors, and the schema of the route in /openapi.json"


class BadCursor(InvalidOption):
    """The cursor cannot be used."""

    code = "bad_cursor"
    default_why = "It was changed, or it belongs to another list."
    default_fix = "use a cursor as it came, with the same filters, or begin without one"


class TooLarge(InvalidInput):
    """The request is too large."""

    code = "too_large"
    default_why = "Its body is over server.max_body_bytes."
    default_fix = "send it in parts, or raise the setting server.max_body_bytes"


class TooDeep(InvalidInput):
    """The request is nested too deeply."""

    code = "too_deep"
    default_why = "Its body is nested deeper than server.max_json_depth."
    default_fix = "send flatter JSON"


class HeadersTooLarge(InvalidInput):
    """The headers of the request are too large."""

    code = "headers_too_large"
    default_why = "They are over server.max_headers or server.max_header_bytes."
    default_fix = "send fewer or shorter headers"


class TimedOut(FusionMemoryError):
    """The request took too long."""

    code = "timed_out"
    default_why = "It is over server.request_timeout_s; what it asked for may still be done."
    default_fix = "ask for less, or send it again with the same Idempotency-Key"


class KeyUsedOtherwise(InvalidInput):
    """The Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"
    default_why = "A key stands for one request: its method, address and body."
    default_fix = "send this request with a key of its own"


class StillUnderWay(InvalidInput):
    """A request with this Idempotency-Key is under way."""

    code = "idempotency_in_flight"
    default_why = "The first one has not been answered yet."
    default_fix = "wait as long as Retry-After says and send it again"

    def __init__(self, what: str | None = None, *, retry_after_s: float = 1.0) -> None:
        super().__init__(what)
        self.retry_after_s = retry_after_s


class AnswerGone(FusionMemoryError):
    """The answer to this Idempotency-Key is not kept."""

    code = "idempotency_gone"
    default_why = (
        "The request was done; its answer was erased with the memories it spoke of, or was not to be kept."
    )
    default_fix = "read what is there; use a new key to do it again"


class DevelopmentOff(AccessDenied):
    """This service does not offer that."""

    code = "development_off"
    default_why = "The route is for trying out, and server.dev is off."
    default_fix = "set server.dev=on where nothing is at stake"


class Conflicting(InvalidInput):
    """The request does not fit what is there."""

    code = "conflict"
    default_why = "What it wants to change changed meanwhile, or is being changed."
    default_fix = "read it again, then decide"


class StaleVersion(InvalidInput):
    """What is to be changed is not in that version."""

    code = "stale_version"
    default_why = "If-Match names another version than the present one."
    default_fix = "read it again and send its ETag"


class NoSuchRoute(FusionMemoryError):
    """There is no such route."""

    code = "no_such_route"
    default_why = "The path names nothing that this service offers."
    default_fix = "see /docs"


class MethodNotAllowed(FusionMemoryError):
    """The route does not take this method."""

    code = "method_not_allowed"
    default_why = "The header Allow names those that it takes."
    default_fix = "see /docs"


class Unexpected(FusionMemoryError):
    """The service failed."""

    code = "internal"
    default_why = "This is not expected; it may be a defect of Fusion Memory."
    default_fix = "try again; if it stays, tell whoever runs the service"


class ServiceUnreachable(FusionMemoryError):
    """The memory service cannot be reached."""

    code = "service_unreachable"
    exit_code = 8
    default_why = "Nothing answers at its address; whether a call under way was carried out is not known."
    default_fix = "start it: fusion-memory serve, or check its address"


class NotOffered(FusionMemoryError):
    """The service does not take this call."""

    code = "not_offered"
    exit_code = 2
    default_why = "It works on the files of the computer that keeps the memory."
    default_fix = "run it there, without --server"


class UnreadableAnswer(FusionMemoryError):
    """The service answered what its client cannot read."""

    code = "unreadable_answer"
    exit_code = 8
    default_why = "It is another program, or a Fusion Memory of another version."
    default_fix = "check the address and the versions of both sides"


WORDS_ZH = {
    "service_unreachable": (
        "无法连接记忆服务。",
        "该地址没有应答;进行中的调用是否已完成尚不可知。",
        "启动它:fusion-memory serve,或检查地址",
    ),
    "not_offered": (
        "服务不接受这个调用。",
        "它操作的是保存记忆的那台计算机上的文件。",
        "在那台计算机上运行,不带 --server",
    ),
    "unreadable_answer": (
        "服务的应答无法读取。",
        "它是别的程序,或版本不同的 Fusion Memory。",
        "检查地址以及两边的版本",
    ),
    "unauthenticated": ("不认识调用者。", "请求中没有有效的密钥。", "发送 Authorization: Bearer 密钥"),
    "forbidden_origin": (
        "此来源的网页不可调用。",
        "Origin 头指明的网页未被允许。",
        "服务的运行者可以允许它:auth.allowed_origins",
    ),
    "misdirected_request": (
        "本服务不使用这个名字。",
        "Host 头指的是别的服务器,例如被重定向到本机的网页。",
        "使用它自己的名字;服务的运行者可以允许别的名字:auth.allowed_hosts",
    ),
    "too_many_requests": ("请求太多。", "超过了允许的速率。", "按 Retry-After 等待后重试"),
    "malformed_request": ("请求无法读取。", "正文不是有效的 JSON。", "以 application/json 发送一个 JSON 对象"),
    "invalid_request": (
        "请求不符合此路由的格式。",
        "有字段缺失、未知、类型不对或超出范围。",
        "见 errors,以及 /openapi.json 中此路由的格式",
    ),
    "bad_cursor": (
        "游标无法使用。",
        "它被改动过,或属于另一个列表。",
        "原样使用游标并保持筛选条件,或不带游标重新开始",
    ),
    "too_large": (
        "请求太大。",
        "正文超过了 server.max_body_bytes。",
        "分几次发送,或调高设置 server.max_body_bytes",
    ),
    "too_deep": ("请求嵌套太深。", "正文的嵌套超过了 server.max_json_depth。", "发送嵌套更浅的 JSON"),
    "headers_too_large": (
        "请求头部太大。",
        "头部超过了 server.max_headers 或 server.max_header_bytes。",
        "减少或缩短头部",
    ),
    "timed_out": (
        "请求耗时太长。",
        "超过了 server.request_timeout_s;所请求的事仍可能完成。",
        "减少请求的内容,或以相同的 Idempotency-Key 重发",
    ),
    "idempotency_key_reused": (
        "此 Idempotency-Key 已用于另一个请求。",
        "一个键只代表一个请求:其方法、地址和正文。",
        "为此请求使用新的键",
    ),
    "idempotency_in_flight": (
        "使用此 Idempotency-Key 的请求正在进行。",
        "第一个请求尚未得到答复。",
        "按 Retry-After 等待后重发",
    ),
    "idempotency_gone": (
        "此 Idempotency-Key 的答复已不保留。",
        "请求已完成;其答复已随所涉记忆一同抹除,或本不应保留。",
        "读取现有内容;若要重做,请使用新的键",
    ),
    "development_off": (
        "本服务不提供此功能。",
        "此路由仅供试用,而 server.dev 为 off。",
        "在无关紧要处设置 server.dev=on",
    ),
    "conflict": ("请求与现有内容不符。", "要更改的内容已被更改,或正在更改。", "重新读取后再决定"),
    "stale_version": ("要更改的不是这个版本。", "If-Match 指的不是当前版本。", "重新读取,并发送它的 ETag"),
    "no_such_route": ("没有这个路由。", "此路径不是本服务提供的。", "见 /docs"),
    "method_not_allowed": ("此路由不接受这种方法。", "Allow 头列出了可用的方法。", "见 /docs"),
    "internal": (
        "服务出错。",
        "这不在预料之中,可能是 Fusion Memory 的缺陷。",
        "请重试;若仍失败,请告知服务的运行者",
    ),
}
"""Title, reason and fix of each in Chinese, by code."""

"""What the service says in English and Chinese: hints that fit a caller over HTTP where others name commands.

This file must not know how a problem is made.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

LANGUAGES = ("en", "zh")

HINTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "not_found": "check the id and the scope; GET /v1/memories lists what is there",
        "invalid_scope": "name workspace_id, user_id, agent_id or run_id",
        "access_denied": "use a key that holds the right for this scope",
        "text_too_long": "send the text in parts",
    },
    "zh": {
        "not_found": "检查 id 和范围;GET /v1/memories 列出现有的记忆",
        "invalid_scope": "指明 workspace_id、user_id、agent_id 或 run_id",
        "access_denied": "使用在此范围内拥有该权限的密钥",
        "text_too_long": "分几次发送文本",
    },
}
"""Hints by language and code, in the place of the error's own general one."""


def language_of(request: Request) -> str:
    """The language of a request by its ``Accept-Language``: the first it names that is spoken here, else English.

    Weights count as RFC 9110 says; a language with weight 0 is not wanted.
    """
    wanted = sorted(_weighted(request.headers.get("accept-language", "")), key=lambda one: -one[1])
    return next((name for name, weight in wanted if weight > 0 and name in LANGUAGES), LANGUAGES[0])


def _weighted(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header.split(",")[:20]:
        name, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            weight = 0.0
        found.append((name.strip().lower().partition("-")[0], weight))
    return found


PAGE: Mapping[str, Mapping[str, str]] = {
    "en": {
        "intro": (
            "Every failure is a problem of RFC 9457, in the language of <code>Accept-Language</code>. "
            'Machines read <a href="/openapi.json">openapi.json</a>.'
        ),
        "path": "path",
        "query": "query",
        "header": "header",
        "cookie": "cookie",
        "required": ", required",
        "body": "Body:",
        "responses": "Responses:",
    },
    "zh": {
        "intro": (
            "所有失败都以 RFC 9457 的格式返回,语言由 <code>Accept-Language</code> 决定。机器可读的契约见 "
            '<a href="/openapi.json">openapi.json</a>。'
        ),
        "path": "路径",
        "query": "查询",
        "header": "头部",
        "cookie": "Cookie",
        "required": ",必填",
        "body": "正文:",
        "responses": "响应:",
    },
}
"""The words of the page of routes itself."""

TAGS_ZH: Mapping[str, str] = {
    "agent": "智能体",
    "memories": "记忆",
    "evidence and answers": "证据与回答",
    "facts": "事实",
    "entities": "实体",
    "time and views": "时间与视图",
    "conversations": "对话",
    "the person": "关于用户",
    "care": "维护",
    "governance": "治理",
    "keys": "密钥与审计",
    "other names": "别名",
    "events": "事件",
    "operations": "运维",
    "health": "健康状况",
}
"""The groups of routes in Chinese."""

"""The words of ``redact`` and of what was taken out while adding, in English and Chinese with the same keys."""

from __future__ import annotations

ENGLISH = {
    "redact.short": "See which credentials would be taken out of a text",
    "redact.help": (
        "Keys, tokens, passwords and the like never reach the memory: a mark such as [redacted:github_token] "
        "stands in their place, in messages, metadata and questions alike, and the audit trail counts them. This "
        "shows what would go from a text. Nothing is stored. Settings: capture.redact, capture.redact_except."
    ),
    "redact.source": "a text file, or - for stdin",
    "redact.kinds": "list every kind that is known",
    "redact.encoding": "encoding of the file (utf-8)",
    "redact.examples": (
        "fusion-memory redact notes.txt\ntail app.log | fusion-memory redact -\nfusion-memory redact --kinds"
    ),
    "redact.one": "Name a file, or ask for --kinds.",
    "redact.one.why": "It shows one or the other.",
    "redact.done": "{count:credential|credentials} taken out: {kinds}",
    "add.redacted": "{count:credential was|credentials were} taken out before anything was kept: {kinds}",
}

CHINESE = {
    "redact.short": "查看一段文本中哪些凭证会被去除",
    "redact.help": (
        "密钥、令牌、密码之类不会进入记忆:消息、元数据和提问中的凭证都会换成 [redacted:github_token] 这样的标记,"
        "审计记录只计数。此命令显示一段文本中会去除什么,不保存任何内容。相关设置:capture.redact、"
        "capture.redact_except。"
    ),
    "redact.source": "文本文件,或用 - 表示标准输入",
    "redact.kinds": "列出能识别的全部类型",
    "redact.encoding": "文件编码(utf-8)",
    "redact.examples": (
        "fusion-memory redact notes.txt\ntail app.log | fusion-memory redact -\nfusion-memory redact --kinds"
    ),
    "redact.one": "请指定一个文件,或使用 --kinds。",
    "redact.one.why": "两者只能选一。",
    "redact.done": "已去除 {count} 个凭证:{kinds}",
    "add.redacted": "保存之前已去除 {count} 个凭证:{kinds}",
}

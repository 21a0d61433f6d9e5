"""The words of the commands ``serve`` and ``memories`` in English and Chinese, with the same keys."""

from __future__ import annotations

ENGLISH = {
    # memories
    "memories.short": "Leaf through what was said, the latest first",
    "memories.help": "Page by page: --after takes the place where the page before ended; keep the other options.",
    "memories.since": "only what was said from then on",
    "memories.until": "only what was said before",
    "memories.role": "only what was said in this role",
    "memories.speaker": "only what this person said",
    "memories.origin": "only what came in this way: api, log ...",
    "memories.trust": "only what is believed as user, assistant, tool, document or unknown",
    "memories.limit": "so many, 1 to 1,000 (100)",
    "memories.after": "where the page before ended",
    "memories.examples": (
        "fusion-memory memories --since 2026-03-01\nfusion-memory memories --role assistant --limit 20"
    ),
    "memories.nothing": "Nothing like that was said in this scope.",
    "memories.more": "There is more: fusion-memory memories --after {after} ...",
    # serve
    "serve.short": "Serve the memory over HTTP",
    "serve.help": (
        "For programs in any language; the page /docs of the service lists its routes. It listens to this computer "
        "only, unless callers must show who they are. The models are loaded once and stay. Ctrl-C ends it; what it "
        "is doing is finished first."
    ),
    "serve.host": "address to listen on; else server.host",
    "serve.port": "port to listen on, 0 for any that is free; else server.port",
    "serve.storage_backend": "where memories are kept",
    "serve.examples": (
        "fusion-memory serve\nfusion-memory serve --port 9000 --db work.db\n"
        "curl 'http://127.0.0.1:8765/v1/stats?user_id=ana'"
    ),
    "serve.ready": "Serving at {address}; {address}/docs lists the routes. Ctrl-C ends it.",
    "serve.missing": "The HTTP service is not installed ({name} is missing).",
    "serve.missing.why": "Its packages come with the extra 'service'.",
}

CHINESE = {
    # memories
    "memories.short": "浏览说过的话,最近的在前",
    "memories.help": "逐页浏览:--after 接上一页结束的位置,其他选项保持不变。",
    "memories.since": "只看从那时起说的",
    "memories.until": "只看在那之前说的",
    "memories.role": "只看以此角色说的",
    "memories.speaker": "只看此人说的",
    "memories.origin": "只看以此方式进入的:api、log 等",
    "memories.trust": "只看可信来源为 user、assistant、tool、document 或 unknown 的",
    "memories.limit": "条数,1 到 1,000(100)",
    "memories.after": "上一页结束的位置",
    "memories.examples": (
        "fusion-memory memories --since 2026-03-01\nfusion-memory memories --role assistant --limit 20"
    ),
    "memories.nothing": "此范围内没有说过这样的话。",
    "memories.more": "还有更多:fusion-memory memories --after {after} ...",
    # serve
    "serve.short": "通过 HTTP 提供记忆服务",
    "serve.help": (
        "供任何语言的程序使用;服务的 /docs 页面列出全部路由。除非调用者必须表明身份,否则只监听本机。"
        "模型只加载一次。按 Ctrl-C 结束;进行中的请求会先完成。"
    ),
    "serve.host": "监听地址;省略则用 server.host",
    "serve.port": "监听端口,0 表示任一空闲端口;省略则用 server.port",
    "serve.storage_backend": "记忆存放在哪里",
    "serve.examples": (
        "fusion-memory serve\nfusion-memory serve --port 9000 --db work.db\n"
        "curl 'http://127.0.0.1:8765/v1/stats?user_id=ana'"
    ),
    "serve.ready": "服务地址 {address};{address}/docs 列出全部路由。按 Ctrl-C 结束。",
    "serve.missing": "未安装 HTTP 服务(缺少 {name})。",
    "serve.missing.why": "它的依赖在附加组件 service 中。",
}

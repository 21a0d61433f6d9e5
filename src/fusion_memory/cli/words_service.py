"""The words of the command ``serve`` in English and Chinese, with the same keys in the same order."""

from __future__ import annotations

ENGLISH = {
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

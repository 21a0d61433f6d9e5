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
    # rekey
    "rekey.short": "Encrypt the database, change its key, or decrypt it",
    "rekey.help": (
        "Every page is encrypted and authenticated. The key is never given on the command line: --generate makes a "
        "new random one in a file that only you can read. The key so far comes from the settings. Nobody else may "
        "have the database open. Backups made before keep the key that they had."
    ),
    "rekey.generate": "make a new key in this file and use it",
    "rekey.new_key_file": "use the key on the first line of this file",
    "rekey.decrypt": "leave the database unencrypted",
    "rekey.examples": (
        "fusion-memory rekey --generate ~/.config/fusion-memory.key\n"
        "export FUSION_MEMORY_STORAGE_KEY_FILE=~/.config/fusion-memory.key\nfusion-memory rekey --decrypt"
    ),
    "rekey.one": "Say what the database should be put under: --generate, --new-key-file or --decrypt.",
    "rekey.one.why": "One of them is needed.",
    "rekey.encrypted": (
        "Encrypted. From now on set FUSION_MEMORY_STORAGE_KEY_FILE={path}. Without that key nobody can read it: "
        "keep a copy apart."
    ),
    "rekey.decrypted": "The database is not encrypted any more: unset the key.",
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
    # rekey
    "rekey.short": "加密数据库、更换密钥或解密",
    "rekey.help": (
        "每一页都经过加密和认证。密钥从不写在命令行上:--generate 会在只有你能读取的文件中生成新的随机密钥。"
        "当前密钥取自配置。其他进程不能同时打开数据库。此前的备份仍使用原来的密钥。"
    ),
    "rekey.generate": "在此文件中生成新密钥并使用",
    "rekey.new_key_file": "使用此文件首行的密钥",
    "rekey.decrypt": "让数据库不再加密",
    "rekey.examples": (
        "fusion-memory rekey --generate ~/.config/fusion-memory.key\n"
        "export FUSION_MEMORY_STORAGE_KEY_FILE=~/.config/fusion-memory.key\nfusion-memory rekey --decrypt"
    ),
    "rekey.one": "请说明要怎样做:--generate、--new-key-file 或 --decrypt。",
    "rekey.one.why": "必须且只能选一种。",
    "rekey.encrypted": (
        "已加密。今后请设置 FUSION_MEMORY_STORAGE_KEY_FILE={path}。没有这个密钥谁也无法读取:请另存一份。"
    ),
    "rekey.decrypted": "数据库不再加密:请取消密钥设置。",
}

"""The words of ``keys`` and ``audit`` in English and Chinese, with the same keys in the same order."""

from __future__ import annotations

ENGLISH = {
    "keys.short": "Keys of callers of the service: make, list, end, exchange",
    "keys.help": (
        "A key is bound to the workspace that is named here, and to a user, agent and app where they are named; an "
        "operator's key is bound to none. It is shown once and kept as a hash only. Rights: read, write (also "
        "forget), workspace (what belongs to the workspace itself), admin (everything there); without --right: "
        "read and write. A revoked key ends at once."
    ),
    "keys.what": "what to do",
    "keys.ids": "revoke and rotate take one key id, create and list none; {what} takes {count:id|ids}.",
    "keys.ids.why": "fusion-memory keys list shows the ids.",
    "keys.label": "what the key is for",
    "keys.rights": "a right: read, write, workspace or admin; may be repeated",
    "keys.days": "days until it ends; never without",
    "keys.operator": "an operator's key: every workspace and the whole database",
    "keys.overlap": "seconds for which the old key stays good beside the new one",
    "keys.examples": (
        "fusion-memory keys create --workspace acme --label 'nightly import' --right read --right write --days 90\n"
        "fusion-memory keys create --operator --label backups\n"
        "fusion-memory keys list --workspace acme\n"
        "fusion-memory keys rotate key_0192 --overlap 3600\n"
        "fusion-memory keys revoke key_0192"
    ),
    "keys.whose": "A key belongs to a workspace or to an operator.",
    "keys.whose.why": "Name --workspace, or say --operator, not both.",
    "keys.no_label": "The key has no label.",
    "keys.no_label.why": "Later nobody knows what a key without a label is for.",
    "keys.once": "This is the only time that the key {id} is shown.",
    "keys.revoked": "Ended: {id} ({label}).",
    "keys.none": "There are no keys here.",
    "keys.operator_key": "operator",
    "keys.state.active": "active",
    "keys.state.expired": "expired",
    "keys.state.revoked": "revoked",
    "choice.keys": "{name!r} is nothing that keys can do; there is {known}.",
    "choice.keys.why": "The first word says what to do.",
    "choice.right": "There is no right {name!r}; there is {known}.",
    "choice.right.why": "A key is given rights by name.",
    # audit
    "audit.short": "What was done, by whom; check that the trail is as it was",
    "audit.help": (
        "The trail holds ids and counts, never content. With --workspace only what was done there. --verify reads "
        "the whole chain, names the first row that is not as it was (exit code 1), and prints its head. A head "
        "that was kept elsewhere and is given with --head proves that no row up to it was changed or taken away."
    ),
    "audit.verify": "check the chain and print its head",
    "audit.head": "a head that was printed earlier; it must still be in the chain",
    "audit.action": "only deeds of this name: add, forget, denied, refused, login, key.create, ...",
    "audit.principal": "only of this caller, for instance key:key_0192",
    "audit.request_id": "only of this request",
    "audit.since": "from this time on",
    "audit.until": "before this time",
    "audit.limit": "how many at most",
    "audit.before": "only rows before this number",
    "audit.examples": (
        "fusion-memory audit --action denied --since 2026-03-01\n"
        "fusion-memory audit --workspace acme --json\n"
        "fusion-memory audit --verify --head 5:00112233445566778899aabbccddeeff"
    ),
    "audit.head_alone": "--head is for checking.",
    "audit.head_alone.why": "It is compared with the chain, which only --verify reads.",
    "audit.whole": "{rows:row|rows}, each as it was. Keep the head elsewhere.",
    "audit.none": "Nothing of that kind was done.",
    "audit.more": "More: --before {before}",
    "audit.reason.altered": "Row {row} was changed.",
    "audit.reason.missing": "Rows are missing from row {row} on.",
    "audit.reason.truncated": "The end of the trail was taken away from row {row} on.",
    "audit.reason.head": "Row {row} is not that of the head: rows were taken away or written anew.",
    "fix.not_found.keys": "fusion-memory keys list",
}

CHINESE = {
    "keys.short": "服务调用者的密钥:新建、列出、吊销、更换",
    "keys.help": (
        "密钥绑定到此处指明的工作区,如指明用户、代理或应用则一并绑定;运维密钥不绑定任何工作区。密钥只显示一次,"
        "只保存哈希。权限:read(读)、write(写,含忘记)、workspace(工作区自身的内容)、admin(其中一切);"
        "不给 --right 时为 read 和 write。吊销立即生效。"
    ),
    "keys.what": "做什么",
    "keys.ids": "revoke 和 rotate 需要一个密钥 id,create 和 list 不需要;{what} 需要 {count} 个。",
    "keys.ids.why": "fusion-memory keys list 列出 id。",
    "keys.label": "密钥的用途",
    "keys.rights": "一项权限:read、write、workspace 或 admin;可重复",
    "keys.days": "多少天后失效;不给则不失效",
    "keys.operator": "运维密钥:所有工作区和整个数据库",
    "keys.overlap": "旧密钥与新密钥同时有效的秒数",
    "keys.examples": (
        "fusion-memory keys create --workspace acme --label 夜间导入 --right read --right write --days 90\n"
        "fusion-memory keys create --operator --label 备份\n"
        "fusion-memory keys list --workspace acme\n"
        "fusion-memory keys rotate key_0192 --overlap 3600\n"
        "fusion-memory keys revoke key_0192"
    ),
    "keys.whose": "密钥要么属于一个工作区,要么属于运维。",
    "keys.whose.why": "给出 --workspace 或 --operator,二者择一。",
    "keys.no_label": "密钥没有说明用途。",
    "keys.no_label.why": "没有说明的密钥,日后没人知道它的用途。",
    "keys.once": "密钥 {id} 只在此时显示一次。",
    "keys.revoked": "已吊销:{id}({label})。",
    "keys.none": "这里没有密钥。",
    "keys.operator_key": "运维",
    "keys.state.active": "有效",
    "keys.state.expired": "已过期",
    "keys.state.revoked": "已吊销",
    "choice.keys": "keys 不会 {name!r};可用的有 {known}。",
    "choice.keys.why": "第一个词说明做什么。",
    "choice.right": "没有权限 {name!r};可用的有 {known}。",
    "choice.right.why": "权限按名字授予。",
    # audit
    "audit.short": "谁做了什么;并核对记录是否原样",
    "audit.help": (
        "记录只含 id 和计数,从不含内容。给出 --workspace 时只列其中的操作。--verify 读取整条链,指出第一处不再原样的"
        "行(退出码 1),并打印链头。另行保存的链头用 --head 给出,可证明到它为止没有行被改动或取走。"
    ),
    "audit.verify": "核对整条链并打印链头",
    "audit.head": "先前打印的链头;它必须仍在链中",
    "audit.action": "只列此名称的操作:add、forget、denied、refused、login、key.create 等",
    "audit.principal": "只列此调用者的操作,例如 key:key_0192",
    "audit.request_id": "只列此请求的操作",
    "audit.since": "从此时间起",
    "audit.until": "此时间之前",
    "audit.limit": "最多多少条",
    "audit.before": "只列此编号之前的行",
    "audit.examples": (
        "fusion-memory audit --action denied --since 2026-03-01\n"
        "fusion-memory audit --workspace acme --json\n"
        "fusion-memory audit --verify --head 5:00112233445566778899aabbccddeeff"
    ),
    "audit.head_alone": "--head 用于核对。",
    "audit.head_alone.why": "它与整条链比较,只有 --verify 才读取链。",
    "audit.whole": "{rows} 行,均为原样。请把链头另行保存。",
    "audit.none": "没有这类操作。",
    "audit.more": "更多:--before {before}",
    "audit.reason.altered": "第 {row} 行被改动。",
    "audit.reason.missing": "从第 {row} 行起有缺失。",
    "audit.reason.truncated": "从第 {row} 行起,记录的末尾被取走。",
    "audit.reason.head": "第 {row} 行与链头不符:有行被取走或重写。",
    "fix.not_found.keys": "fusion-memory keys list",
}

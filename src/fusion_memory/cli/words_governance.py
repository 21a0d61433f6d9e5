"""The words of ``policy``, ``receipt`` and the ends of memories in English and Chinese, keys in the same order."""

from __future__ import annotations

ENGLISH = {
    "policy.short": "What memories are kept by: show, set, preview, apply, legal holds",
    "policy.help": (
        "A policy stands at a level: the whole database, a workspace, a user (agent, run) or a session; a narrower "
        "level says only what it wants otherwise. preview says what a policy would do, set keeps it, apply does "
        "exactly what its preview says. Nothing is erased unless the policy says expiry=erase. What is on hold is "
        "neither archived nor erased. decay shows how strong memories are now and in 7, 30 and 90 days."
    ),
    "policy.what": "what to do; show without it",
    "policy.given": "fields as name=value (an empty value takes one back); ids for hold and decay, one for release",
    "policy.preset": "permanent, ttl-90, short_term, long_term, superseded-30 or memori",
    "policy.afresh": "forget what this level said before",
    "policy.at": "as if it were that moment",
    "policy.reason": "why it is held",
    "policy.everything": "the level of the whole database",
    "policy.yes": "do not ask before erasing",
    "policy.examples": (
        "fusion-memory policy --user ana\n"
        "fusion-memory policy preview --preset ttl-90\n"
        "fusion-memory policy set ttl_days=90 archive_below=0.05\n"
        "fusion-memory policy apply\n"
        "fusion-memory policy hold --reason 'matter 12' --workspace acme\n"
        "fusion-memory policy release hold_0192 --workspace acme"
    ),
    "choice.policy": "There is no {name!r} of policies. There is: {known}.",
    "policy.nothing": "There is nothing to set.",
    "policy.nothing.why": "A policy is set by fields as name=value, or by --preset.",
    "policy.no_sign": "{word!r} has no '='.",
    "policy.no_sign.why": "A field is written as name=value.",
    "policy.no_reason": "A hold needs a reason.",
    "policy.no_reason.why": "Whoever meets it later has to know the matter.",
    "policy.one_hold": "Say which hold to release.",
    "policy.one_hold.why": "release takes one id; policy show lists the holds.",
    "policy.set_done": "Set. Nothing was applied yet: fusion-memory policy preview.",
    "policy.ask": "Erase {count:memory|memories} for good?",
    "policy.confirm": "The policy would erase {count:memory|memories}.",
    "policy.confirm.why": "Erasing cannot be undone, and nobody could be asked.",
    "policy.held": "On hold as {id}: neither archived nor erased until it is released.",
    "policy.released": "Released: {id}.",
    "policy.planned": "{count:memory|memories} of {of} would change.",
    "policy.applied": "{count:memory|memories} of {of} changed.",
    "policy.on_hold": "{count:memory|memories} would be put away or erased, but for a legal hold.",
    "policy.strengths": "Tier, importance, strength now, in 7, in 30 and in 90 days.",
    "deed.hot": "to hot",
    "deed.warm": "to warm",
    "deed.cold": "to cold",
    "deed.archive": "archive",
    "deed.restore": "bring back",
    "deed.erase": "erase",
    "because.expired": "their time is up",
    "because.superseded": "all they told was superseded",
    "because.faded": "of little worth by now",
    "because.kept": "the policy keeps them now",
    "because.used": "often used",
    "because.idle": "neither said nor used for long",
    "because.matters": "important",
    "because.lately": "said or used lately",
    "level.default": "built in",
    "level.database": "whole database",
    "level.workspace": "workspace",
    "level.owner": "owner",
    "level.session": "session",
    "level.memories": "single memories",
    "ended.forget": "asked for",
    "ended.policy": "by policy",
    "ended.subject": "a whole subject",
    "ended.replay": "back from a backup",
    "receipt.short": "Receipts of erasures, and whether they still hold",
    "receipt.help": (
        "Every erasure leaves a receipt without content: when, by whom, how many rows of which table, what was "
        "derived anew. With an id it is verified: unchanged, in the audit trail, and nothing of it came back. "
        "Leaves with 10 when it does not hold."
    ),
    "receipt.receipt_id": "the id of a receipt; none to list them",
    "receipt.everything": "of every owner",
    "receipt.examples": "fusion-memory receipt --user ana\nfusion-memory receipt rcpt_0192 --user ana",
    "receipt.none": "Nothing was erased yet.",
    "receipt.ok": "yes",
    "receipt.bad": "NO",
    "receipt.valid": "The receipt holds.",
    "receipt.invalid": "The receipt does not hold.",
    "receipt.copies": "{count:copy|copies} of the database stood beside it when this was erased: out of reach.",
    "proof.unchanged": "the receipt is as it was written",
    "proof.in_audit": "the audit trail names it",
    "proof.audit_chain": "the audit trail is whole",
    "proof.tombstones": "what it names is noted",
    "proof.gone": "nothing of it is in the database",
    "proof.beside": "the file beside the database names it",
    "forget.subject": "erase this user from every table, the name included",
    "forget.despite_hold": "override legal holds, and say why; audited",
    "forget.receipt": "Receipt: {id}",
    "backup.keep": "keep so many of the copies in the folder of backups; older ones go",
    "backup.removed": "{count:older copy|older copies} removed.",
}

CHINESE = {
    "policy.short": "记忆按什么规则保存:查看、设置、预览、执行、法律保留",
    "policy.help": (
        "策略设在某一级:整个数据库、工作区、用户(智能体、运行)或会话;较窄的一级只说它要改变的。"
        "preview 说明策略将会做什么,set 保存策略,apply 所做的与预览完全一致。"
        "只有策略写明 expiry=erase 才会抹除。处于保留的内容既不归档也不抹除。"
        "decay 显示记忆现在以及 7、30、90 天后的强度。"
    ),
    "policy.what": "要做什么;省略则查看",
    "policy.given": "以 name=value 给出的字段(空值表示收回);hold 和 decay 后为 id;release 后为一个 id",
    "policy.preset": "permanent、ttl-90、short_term、long_term、superseded-30 或 memori",
    "policy.afresh": "忘掉这一级以前的设置",
    "policy.at": "假设在那一时刻",
    "policy.reason": "保留的原因",
    "policy.everything": "整个数据库这一级",
    "policy.yes": "抹除前不再询问",
    "policy.examples": (
        "fusion-memory policy --user ana\n"
        "fusion-memory policy preview --preset ttl-90\n"
        "fusion-memory policy set ttl_days=90 archive_below=0.05\n"
        "fusion-memory policy apply\n"
        "fusion-memory policy hold --reason '案件 12' --workspace acme\n"
        "fusion-memory policy release hold_0192 --workspace acme"
    ),
    "choice.policy": "策略没有 {name!r} 这一项。可用:{known}。",
    "policy.nothing": "没有要设置的内容。",
    "policy.nothing.why": "策略用 name=value 字段或 --preset 设置。",
    "policy.no_sign": "{word!r} 中没有 '='。",
    "policy.no_sign.why": "字段写作 name=value。",
    "policy.no_reason": "保留需要原因。",
    "policy.no_reason.why": "以后遇到它的人要知道所为何事。",
    "policy.one_hold": "请指明要解除的保留。",
    "policy.one_hold.why": "release 需要一个 id;policy show 会列出保留。",
    "policy.set_done": "已设置,尚未执行:fusion-memory policy preview。",
    "policy.ask": "永久抹除 {count} 条记忆?",
    "policy.confirm": "策略将抹除 {count} 条记忆。",
    "policy.confirm.why": "抹除无法撤销,且无人可以询问。",
    "policy.held": "已保留,编号 {id}:解除之前既不归档也不抹除。",
    "policy.released": "已解除:{id}。",
    "policy.planned": "{of} 条记忆中有 {count} 条将会改变。",
    "policy.applied": "{of} 条记忆中有 {count} 条已改变。",
    "policy.on_hold": "若无法律保留,{count} 条记忆将被归档或抹除。",
    "policy.strengths": "层、重要度、现在以及 7、30、90 天后的强度。",
    "deed.hot": "移到热层",
    "deed.warm": "移到温层",
    "deed.cold": "移到冷层",
    "deed.archive": "归档",
    "deed.restore": "取回",
    "deed.erase": "抹除",
    "because.expired": "期限已到",
    "because.superseded": "所说的全部已被取代",
    "because.faded": "如今价值很低",
    "because.kept": "策略现在保留它们",
    "because.used": "经常使用",
    "because.idle": "很久没有提到或用到",
    "because.matters": "重要",
    "because.lately": "最近提到或用到",
    "level.default": "内置",
    "level.database": "整个数据库",
    "level.workspace": "工作区",
    "level.owner": "所有者",
    "level.session": "会话",
    "level.memories": "单条记忆",
    "ended.forget": "应要求",
    "ended.policy": "按策略",
    "ended.subject": "整个主体",
    "ended.replay": "来自旧备份",
    "receipt.short": "抹除的凭据,以及它们是否仍然成立",
    "receipt.help": (
        "每次抹除都会留下不含内容的凭据:何时、由谁、每张表多少行、哪些内容重新推导。"
        "给出 id 则核验:未被改动、在审计记录中、且没有内容重新出现。不成立时以退出码 10 结束。"
    ),
    "receipt.receipt_id": "凭据的 id;省略则列出",
    "receipt.everything": "所有所有者的",
    "receipt.examples": "fusion-memory receipt --user ana\nfusion-memory receipt rcpt_0192 --user ana",
    "receipt.none": "还没有抹除过。",
    "receipt.ok": "是",
    "receipt.bad": "否",
    "receipt.valid": "凭据成立。",
    "receipt.invalid": "凭据不成立。",
    "receipt.copies": "抹除时数据库旁有 {count} 份副本:无法触及。",
    "proof.unchanged": "凭据与写下时一致",
    "proof.in_audit": "审计记录中有它",
    "proof.audit_chain": "审计记录完整",
    "proof.tombstones": "所涉内容均已登记",
    "proof.gone": "数据库中没有其中任何内容",
    "proof.beside": "数据库旁的文件中有登记",
    "forget.subject": "从所有表中抹除此用户,名字也不留",
    "forget.despite_hold": "越过法律保留并说明原因;会被审计",
    "forget.receipt": "凭据:{id}",
    "backup.keep": "备份文件夹中保留这么多份;更早的删除",
    "backup.removed": "已删除 {count} 份较早的备份。",
}

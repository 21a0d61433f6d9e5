"""The words of the commands on background care, in both languages."""

from __future__ import annotations

ENGLISH = {
    "condensations.short": "Show what sessions came to, as memory cards, the latest first",
    "condensations.help": (
        "A card has facts, preferences, constraints, decisions, risks, actions and an excerpt; each line has its "
        "memories (--json). A line goes with any memory it was made of. Cards are made in the background when a "
        "session is due (fusion-memory config condensation), and with --refresh at once."
    ),
    "condensations.refresh": "make the cards of the scope's session, or of all its sessions, anew",
    "condensations.history": "all versions that are kept, not only the latest of each session",
    "condensations.as-of": "the cards as they stood at that moment",
    "condensations.limit": "how many, 1 to 1,000 (100)",
    "condensations.examples": (
        "fusion-memory condensations --refresh\nfusion-memory condensations --session s7 --history\n"
        "fusion-memory report condensations"
    ),
    "condensations.nothing": "There are no memory cards yet; fusion-memory condensations --refresh makes them.",
    "condensations.sources": "{count:,} of {messages:message|messages} cited",
    "condensations.saved": "{tokens:,} of {source_tokens:,} tokens ({share} saved)",
    "condensations.refresh_alone": "--refresh goes with no other option.",
    "condensations.refresh_alone.why": "It shows the cards that it makes.",
    "cause.healed": "an erased memory",
    "facts.max_facts": "so many facts one by one, the most important first, and the others in digest lines; 0: all",
    "facts.digests": "The others, in few lines",
    "facts.digest": "{count:fact|facts} of {memories:memory|memories}",
    "facts.compact_alone": "--max-facts goes only with --evidence and the scope.",
    "facts.compact_alone.why": "It tells everything that is true now.",
    "report.cards": "{sessions:session|sessions} with a card, {versions:version|versions} kept.",
    "report.saved": "{tokens:,} tokens instead of {source_tokens:,}: {share} saved.",
    "report.uncited": "Lines without a source: {count:,}. This is a defect.",
    "report.unlabelled": "Memory cards have no labels.",
    "report.unlabelled.why": "--labels goes with encoding and profiles.",
    "report.card_lines": "Lines of the latest cards",
    "report.card_causes": "Why they were made",
    "report.card_methods": "How they were made",
    "bucket.facts": "facts",
    "bucket.preferences": "preferences",
    "bucket.constraints": "constraints",
    "bucket.decisions": "decisions",
    "bucket.risks": "risks",
    "bucket.actions": "actions",
    "bucket.raw_excerpt": "excerpt",
}

CHINESE = {
    "condensations.short": "以记忆卡片显示各会话的要点,最近的在前",
    "condensations.help": (
        "卡片包含事实、偏好、约束、决策、风险、行动和摘录,每一行都有所依据的记忆(--json)。"
        "所依据的任一记忆被抹除时,该行随之消失。会话到期时在后台生成"
        "(fusion-memory config condensation),加 --refresh 则立即生成。"
    ),
    "condensations.refresh": "重新生成范围内的会话(或其全部会话)的卡片",
    "condensations.history": "显示保留的全部版本,而不只是每个会话的最新版",
    "condensations.as-of": "那一时刻的卡片",
    "condensations.limit": "个数,1 到 1,000(100)",
    "condensations.examples": (
        "fusion-memory condensations --refresh\nfusion-memory condensations --session s7 --history\n"
        "fusion-memory report condensations"
    ),
    "condensations.nothing": "这里还没有记忆卡片;用 fusion-memory condensations --refresh 生成。",
    "condensations.sources": "{messages:,} 条消息中引用了 {count:,} 条",
    "condensations.saved": "{source_tokens:,} token 凝练为 {tokens:,}(节省 {share})",
    "condensations.refresh_alone": "--refresh 不能与其他选项一起使用。",
    "condensations.refresh_alone.why": "它显示的就是刚生成的卡片。",
    "cause.healed": "有记忆被抹除",
    "facts.max_facts": "逐条显示最重要的若干条事实,其余汇成概括行;0 表示全部",
    "facts.digests": "其余事实,概括如下",
    "facts.digest": "{count:,} 条事实,依据 {memories:,} 条记忆",
    "facts.compact_alone": "--max-facts 只能与 --evidence 和范围选项一起使用。",
    "facts.compact_alone.why": "它讲述当前成立的全部事实。",
    "report.cards": "有卡片的会话:{sessions:,} 个,保留版本:{versions:,} 个。",
    "report.saved": "{source_tokens:,} token 凝练为 {tokens:,}:节省 {share}。",
    "report.uncited": "没有来源的行:{count:,}。这是缺陷。",
    "report.unlabelled": "记忆卡片没有标注。",
    "report.unlabelled.why": "--labels 用于 encoding 和 profiles。",
    "report.card_lines": "最新卡片的行",
    "report.card_causes": "生成的缘由",
    "report.card_methods": "生成的方式",
    "bucket.facts": "事实",
    "bucket.preferences": "偏好",
    "bucket.constraints": "约束",
    "bucket.decisions": "决策",
    "bucket.risks": "风险",
    "bucket.actions": "行动",
    "bucket.raw_excerpt": "摘录",
}

"""Chinese words of the commands on packs and answers."""

from __future__ import annotations

WORDS = {
    "ask.short": "根据记忆回答问题并附引文;没有依据时如实说明",
    "ask.help": (
        "配置了语言模型(fusion-memory config llm)时由它措辞,否则直接引用记忆。每个陈述都与其引文核对,"
        "没有依据的会被略去。"
        "没有答案的问题以退出码 9 结束。"
    ),
    "ask.budget": "回答所用证据的 token 数",
    "ask.model_name": "使用所配置提供方的这个模型",
    "ask.no_model": "不用语言模型:直接引用记忆",
    "ask.stream": "每个陈述核对后立即显示;与 --json 一起时每行一个 JSON 文档",
    "ask.examples": (
        'fusion-memory ask "安娜吃什么?"\nfusion-memory ask "我住在哪里?" --no-model\n'
        'fusion-memory ask "音乐会是什么时候?" --stream --json'
    ),
    "ask.both": "--model 不能与 --no-model 一起使用。",
    "ask.both.why": "一个要求使用语言模型,另一个要求不用。",
    "ask.no_provider": "没有配置语言模型。",
    "ask.no_provider.why": "--model 指的是 llm.provider 的模型,而它是 none。",
    "ask.refused": "略去 {count} 个陈述:记忆不能证实模型所说。",
    "ask.abstained": "没有答案:{reason}。",
    "ask.made": "{how};证据:fusion-memory pack show {pack}",
    "ask.by_model": "由语言模型回答,已核对",
    "ask.by_extractive": "直接引自记忆",
    "abstention.no_evidence": "这里没有提到",
    "abstention.contradictory": "这里的说法互相矛盾",
    "abstention.model_failed": "语言模型出错,而这里没有逐字提到",
    "abstention.unsupported": "语言模型所说没有记忆作为依据",
    "degraded.model_failed": "语言模型出错({detail});回答直接引自记忆。",
    "context.short": "为一个问题打包证据,可直接交给模型",
    "context.help": "在 token 预算内输出带引用编号的内容。answer-context 是同一个命令。",
    "context.budget": "上下文包可用的 token 数",
    "context.examples": 'fusion-memory context "安娜吃什么?" --budget 500',
    "context.packed": "{count} 段,{tokens:,} / {budget:,} token。重现:fusion-memory pack show {pack}",
    "pack.short": "查看已经给出的上下文包:重现、比较、重新生成",
    "pack.help": (
        "list:最近的包;show ID:重现一个;diff ID ID:比较两个;replay ID:按当时所知重新生成,并说明差异。"
        "包只保存 id,不保存文本:引用的记忆被抹除后,该行随之消失,并会指明。"
    ),
    "pack.what": "list、show、diff 或 replay",
    "pack.ids": "pack {what} 需要的 id 个数是 {count}。",
    "pack.ids.why": "list 不需要 id,show 和 replay 需要一个,diff 需要两个。",
    "pack.now": "按现在所知重新生成",
    "pack.limit": "列出多少个,1 到 1,000(20)",
    "pack.examples": (
        "fusion-memory pack list\nfusion-memory pack show pack_01kk7q...\n"
        "fusion-memory pack replay pack_01kk7q... --now"
    ),
    "pack.none": "还没有给出过上下文包。",
    "pack.question_gone": "(已抹除)",
    "pack.gone": "{count} 行已不在,之后被抹除:{lines}",
    "pack.intact": "与给出时逐字相同。",
    "pack.changed": "行相同,但有事实后来被更正,因此文字有所不同。",
    "pack.same": "没有差异:两者共有 {kept} 行。",
    "pack.differ": "仅之前有 {removed} 行,仅之后有 {added} 行,共有 {kept} 行。",
    "choice.pack": "没有 pack {name!r};已知的有:{known}。",
    "choice.pack.why": "上下文包可以列出、重现、比较和重新生成。",
    "field.contract": "契约",
    "field.tokens": "token 数",
}

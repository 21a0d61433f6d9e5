"""Chinese words of the commands on packs and answers."""

from __future__ import annotations

WORDS = {
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

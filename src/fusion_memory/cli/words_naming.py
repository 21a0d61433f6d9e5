"""The words of the commands on names: merge, split, alias, and pairs that may be one; in both languages."""

from __future__ import annotations

ENGLISH = {
    "entities.suggesting": "show pairs that may be one by their names, and why; nothing is merged",
    "entities.suggest_alone": "--suggest stands alone: without --kind, --graph and --hops.",
    "entities.suggest_alone.why": "It compares all names of the scope.",
    "entities.no_suggestions": "No two names here look like one.",
    "entities.to_merge": "To make two of them one: fusion-memory merge {keep} {other}",
    "likeness.short_form": "one name is part of the other",
    "likeness.initials": "the initials fit",
    "likeness.spelling": "one character differs",
    "likeness.title": "a title with the same name",
    # merge
    "merge.short": "Let two names mean one entity from now on",
    "merge.help": "Where each mention came from stays known. Undo it with split.",
    "merge.keep": "the one that stays: an id or a name",
    "merge.other": "the one that is the same",
    "merge.reason": "why, for whoever looks later",
    "merge.examples": 'fusion-memory merge Robert Bob --reason "same person"\nfusion-memory entities --suggest',
    "merge.done": "{other} means {keep} from now on.",
    # split
    "split.short": "Undo a merge: let a name stand for itself again",
    "split.help": (
        "Undoes the last merge that joined this name with others; each has again the names and mentions it had. "
        "A name that a message made an alias stands alone, too. No later message joins the two again, only merge."
    ),
    "split.name": "the one that was merged into another: an id or a name",
    "split.reason": "why, for whoever looks later",
    "split.examples": 'fusion-memory split Bob --reason "two people"',
    "split.done": "{name} stands alone again.",
    # alias
    "alias.short": "Give an entity another name, or take one away",
    "alias.help": (
        "The entity is found by the alias from now on, whether or not anybody used it. With --remove a name that "
        "was only set goes; one that was used stands alone."
    ),
    "alias.name": "the entity: an id or any of its names",
    "alias.alias": "the other name",
    "alias.remove": "take this name away instead",
    "alias.examples": 'fusion-memory alias "Robert Chen" Bobby\nfusion-memory alias "Robert Chen" Bobby --remove',
    "alias.done": "{alias} means {name} from now on.",
    "alias.removed": "{alias} no longer means {name}.",
    "fix.not_found.merge": "fusion-memory entities",
    "fix.not_found.split": "fusion-memory entities",
    "fix.not_found.alias": "fusion-memory entities",
}

CHINESE = {
    "entities.suggesting": "按名字列出可能是同一个的两个实体及理由;不会合并任何内容",
    "entities.suggest_alone": "--suggest 要单独使用,不能与 --kind、--graph 或 --hops 一起。",
    "entities.suggest_alone.why": "它比较范围内的全部名字。",
    "entities.no_suggestions": "这里没有看起来是同一个的两个名字。",
    "entities.to_merge": "要让其中两个成为一个:fusion-memory merge {keep} {other}",
    "likeness.short_form": "一个名字是另一个的一部分",
    "likeness.initials": "首字母相符",
    "likeness.spelling": "只差一个字符",
    "likeness.title": "同名加称呼",
    # merge
    "merge.short": "此后让两个名字指同一个实体",
    "merge.help": "每次提及的出处依然保留。用 split 撤销。",
    "merge.keep": "保留的实体:id 或名字",
    "merge.other": "与它相同的实体",
    "merge.reason": "理由,供日后查看",
    "merge.examples": 'fusion-memory merge 罗伯特 鲍勃 --reason "同一个人"\nfusion-memory entities --suggest',
    "merge.done": "此后 {other} 即 {keep}。",
    # split
    "split.short": "撤销合并:让一个名字重新独立",
    "split.help": (
        "撤销最近一次把此名字与别的名字合在一起的合并;双方恢复各自的名字和提及。消息里说成别名的名字也会独立出来。"
        "以后的消息不会再把两者合在一起,只有 merge 会。"
    ),
    "split.name": "被并入的实体:id 或名字",
    "split.reason": "理由,供日后查看",
    "split.examples": 'fusion-memory split 鲍勃 --reason "是两个人"',
    "split.done": "{name} 重新独立。",
    # alias
    "alias.short": "给实体加一个名字,或去掉一个",
    "alias.help": (
        "此后用别名也能找到该实体,不论是否有人用过它。"
        "加上 --remove 时,只是设置过的名字会消失,有人用过的则独立出来。"
    ),
    "alias.name": "实体:id 或任一名字",
    "alias.alias": "另一个名字",
    "alias.remove": "改为去掉此名字",
    "alias.examples": "fusion-memory alias 罗伯特 小罗\nfusion-memory alias 罗伯特 小罗 --remove",
    "alias.done": "此后 {alias} 即 {name}。",
    "alias.removed": "{alias} 不再指 {name}。",
    "fix.not_found.merge": "fusion-memory entities",
    "fix.not_found.split": "fusion-memory entities",
    "fix.not_found.alias": "fusion-memory entities",
}

"""The words of the commands on conversations, in Chinese; ``words_sessions_en`` says the same in English."""

from __future__ import annotations

WORDS = {
    "section.converse": "对话",
    # tell
    "tell.short": "用平常的话说,由记忆照办",
    "tell.help": (
        "记住、回忆、搜索、整理,或不要记住;没有要求的话作为消息存入。要求忘记时只是提议:"
        "不会抹除任何内容,而是给出可以抹除的命令。"
    ),
    "tell.words": "您要说的话;引号可以省略",
    "tell.examples": (
        'fusion-memory tell "记住我对花生过敏"\n'
        'fusion-memory tell "你还记得 Atlas 吗?"\n'
        'fusion-memory tell "整理一下记忆"\n'
        'fusion-memory tell "忘掉关于柏林的一切"'
    ),
    "tell.added": "已作为消息存入。",
    "tell.remember": "已记住:{payload}",
    "tell.do_not_remember": "不会从中得出事实。消息本身保留;要抹除请用 forget。",
    "tell.taken_back": "上一条消息中已收回的事实:{count} 条。",
    "tell.known": "已经有了,没有存入新的内容。",
    "tell.organise": "已整理。",
    "tell.forget": "没有抹除任何内容。要抹除这 {count:,} 条,请去掉想保留的 id 后执行:{command}",
    "tell.forget_nothing": "没有找到可以忘记的内容,也没有抹除任何内容。",
    "tell.forget_all": "如果是指全部内容:{command}",
    "did.claimed": "等待处理",
    "did.processed": "完成",
    "did.retried": "推迟",
    "did.failed": "放弃",
    "did.summaries": "做了摘要的会话",
    "did.promoted": "新进入核心记忆的事实",
    "did.demoted": "退出核心记忆的事实",
    # working、summaries、save-session
    "working.short": "显示对话中最近的消息,最早的在前",
    "working.help": (
        "条数和时限都是设置,见 fusion-memory config working。这些消息与检索结果并列,从不占用其中的位置。"
    ),
    "working.preset": (
        "default(20 条、30 分钟、本会话)、user(同上,所有会话)、memos(一小时)、openclaw(不限时间、所有会话)"
        "或 memori(七天、所有会话)"
    ),
    "working.messages": "最多条数,0 到 10,000",
    "working.minutes": "仅限最近多少分钟内;0 表示不限",
    "working.reach": "session 为本会话,user 为所有会话",
    "working.budget": "只要合计不超过此 token 数的最新消息;0 表示不限",
    "working.examples": (
        "fusion-memory working --session s7\nfusion-memory working --preset user --budget 500\n"
        "fusion-memory working --as-of 2026-03-01T12:00"
    ),
    "choice.preset": "没有工作记忆预设 {name!r}。",
    "choice.preset.why": "可用的有:{known}。",
    "choice.reach": "没有范围 {name!r}。",
    "choice.reach.why": "可用的有:{known}。",
    "working.nothing": "最近这里没有说过什么。",
    "summaries.short": "用原话显示各个会话的内容,最近的在前",
    "summaries.help": "先为到期的会话生成摘要。所引用的消息被抹除时,摘要也随之消失。",
    "summaries.refresh": "重新为范围内的会话生成摘要,不论是否到期",
    "summaries.schema": "显示有五个或更多片段的会话的关键词和代表性句子,当场生成",
    "summaries.limit": "个数,1 到 1,000(100)",
    "summaries.examples": (
        "fusion-memory summaries\nfusion-memory summaries --schema\nfusion-memory summaries --refresh --session s7"
    ),
    "summaries.nothing": "还没有可以做摘要的内容。",
    "summaries.no_schema": "这里还没有达到五个片段的会话。",
    "summaries.chunks": "{messages:,} 条消息,{count:,} 个片段",
    "summaries.schema_only": "--refresh 不能与 --schema 一起使用。",
    "summaries.schema_only.why": "每次显示都会重新生成。",
    "summaries.more": "这是最近的 {count:,} 个,可能还有更多:--limit 1000",
    "summaries.quoted": "{messages:,} 条消息中引用了 {count:,} 条",
    "summaries.made": "第 {version} 版,缘由:{cause}",
    "summaries.refresh_one": "--limit 不能与 --refresh 一起使用。",
    "summaries.refresh_one.why": "重新生成的只是一个会话的摘要。",
    "save-session.short": "结束一个会话:原样保留,或另附摘要",
    "save-session.mode": "raw:原样;summary:另附较长的摘要(raw)",
    "save-session.examples": "fusion-memory save-session --session s7 --mode summary",
    "save-session.raw": "会话 {session} 原样保留。",
    "save-session.summary": "会话 {session} 已保留,并附有摘要。",
    "save-session.empty": "会话 {session} 中没有可以做摘要的内容。",
    "session.needed": "范围中没有会话。",
    "session.needed.why": "这个操作针对一个会话。",
    "cause.first": "最初的消息",
    "cause.messages": "新的消息",
    "cause.tokens": "内容较多",
    "cause.idle": "对话停顿",
    "cause.session_end": "会话结束",
    "cause.close": "程序结束",
    "cause.request": "应要求",
    # core、about
    "core.short": "显示随时可用的少数重要事实,可一次性交给模型",
    "core.help": (
        "事实按重要程度选出:怎么称呼、不能吃什么、一贯的要求。每条都有引用编号;用 --json 还会给出所依据的记忆。"
    ),
    "core.budget": "文本可用的 token 数(设置项:fusion-memory config core)",
    "core.examples": "fusion-memory core\nfusion-memory core --budget 200 --json",
    "core.nothing": "还没有足够重要的内容。",
    "core.no_room": "没有一条事实放得进这个预算;请用 --budget 提高。",
    "core.size": "{count:,} 条事实,{tokens:,} / {budget:,} token",
    "core.dropped": "有 {count:,} 条事实超出预算,没有列出。",
    "about.short": "显示或设置关于范围所有者的值",
    "about.help": (
        "普通的键和值,原样给回,从不参与检索。VALUE 是 JSON 时按 JSON 保存,否则按文本保存;null 表示去掉该值。"
        "没有提到的保持不变。"
    ),
    "about.pairs": "要设置的值,例如 language=zh 或 quiet=true",
    "about.removed": "去掉此值;可重复给出",
    "about.examples": (
        'fusion-memory about\nfusion-memory about name=小安 \'languages=["pt", "zh"]\'\n'
        "fusion-memory about --remove languages"
    ),
    "about.nothing": "这里没有保存任何值。",
    "about.no_pair": "{word!r} 不是 KEY=VALUE。",
    "about.no_pair.why": "每个词设置一个值。没有改动任何内容。",
    "about.twice": "同一个键给出了两次。",
    "about.twice.why": "一个键对应一个值,或者没有值。没有改动任何内容。",
    # get
    "field.type": "类型",
    "field.state": "状态",
    "field.holds": "成立时间",
    "field.subject": "关于",
    "field.predicate": "关系",
    "field.object": "值",
    "field.slot": "所答问题",
    "field.confidence": "可信度",
    "field.when": "提到的时间",
    "field.supersedes": "取代了",
    "field.superseded_by": "被取代于",
    "field.name": "名字",
    "field.aliases": "又名",
    "field.mentions": "提到次数",
    "field.seen": "提到的日期",
    "field.merged_from": "合并自",
}

"""The words of ``eval`` and ``bench`` in English and Chinese, with the same keys in the same order."""

from __future__ import annotations

ENGLISH = {
    "eval.help": (
        "A question set is stored in a memory of its own, which is removed afterwards; your memories are not "
        "touched. Every question is asked with the configured recipe and, beside it, by keyword only and by "
        "vector only. The sets are published by their authors; this command takes the path of your copy."
    ),
    "eval.examples": (
        "fusion-memory eval locomo locomo10.json\nfusion-memory eval longmemeval longmemeval_s.json --report out\n"
        "fusion-memory eval generic questions.jsonl --k 1,5"
    ),
    "locomo.short": "LoCoMo: turns of very long conversations",
    "locomo.help": (
        "The published JSON file. Categories 1 to 4 make the headline; adversarial questions are reported apart. "
        "Corrected labels in qa_corrected.jsonl beside the file are used when they are there."
    ),
    "locomo.path": "the published JSON file",
    "locomo.labels": "corrected labels, JSON lines",
    "longmemeval.short": "LongMemEval: sessions of a long chat history",
    "longmemeval.help": (
        "The official JSON file, or a folder with sessions.jsonl (the pool) and one NAME.jsonl for each haystack "
        "size. A pool is stored once, undated, and each question searches the sessions of its haystack; with "
        "--isolated each haystack is stored in a memory of its own, with its dates. Abstention questions are "
        "skipped."
    ),
    "longmemeval.path": "the official JSON file, or a folder in the pooled layout",
    "longmemeval.haystack": "which NAME.jsonl of the folder; s48 when absent",
    "longmemeval.isolated": "store each haystack of a pool in a memory of its own",
    "lifebench.short": "LifeBench: items of a year in several people's lives",
    "lifebench.help": "A folder with items.jsonl or items.jsonl.gz, and qa.jsonl.",
    "lifebench.path": "the folder",
    "beam.short": "BEAM: messages of long chats about projects",
    "beam.help": (
        "The folder of one size, with a folder for each chat: chat.json and probing_questions/. Marks of the "
        "generator are cut off, time anchors hold until the next one, questions without sources are skipped."
    ),
    "beam.path": "the folder of one size, or of one chat",
    "madial.short": "MADial-Bench: the memory that fits a talk, without being asked",
    "madial.help": (
        "The folder with zh_memory.jsonl and zh_dialogue.jsonl, or the same with en. Each dialogue up to the line "
        "that recalls a memory is a question: its last line is asked, the lines before it are the context. All "
        "memories are in one scope."
    ),
    "madial.path": "the folder",
    "madial.language": "which half of the set: zh or en",
    "madial.no_context": "ask with all lines together, without context",
    "realmem.short": "RealMem: the earlier sessions that an assistant needs",
    "realmem.help": (
        "The folder with the *_dialogues_*.json files, or one of them. Each question searches the sessions before "
        "its own; later ones are stored and cannot answer. What was said before it in its own session, as an "
        "assistant has it at hand, is the context."
    ),
    "realmem.path": "the folder, or the file of one person",
    "realmem.no_context": "ask each question alone",
    "generic.short": "Your own questions about your own memories",
    "generic.help": (
        "JSON lines of two types. A message: type, id, content; perhaps role, name, time, session, scope. A "
        "question: type, query, gold (a list of ids); perhaps category, asked_at, sessions, scope, id."
    ),
    "generic.path": "the JSON lines",
    "generic.unit": "what gold names: message or session",
    "generic.examples": (
        'echo \'{"type": "message", "id": "m1", "content": "Ann moved to Porto."}\' > q.jsonl\n'
        'echo \'{"type": "question", "query": "Where does Ann live?", "gold": ["m1"]}\' >> q.jsonl\n'
        "fusion-memory eval generic q.jsonl"
    ),
    "extraction.short": "Understanding: facts read out of conversations, and answers that change",
    "extraction.help": (
        "A folder with golden*.jsonl and chains*.jsonl, one such file, or a folder of RealMem. Every example is "
        "told to an owner of its own and read back: precision and recall of facts, what is current, histories."
    ),
    "extraction.path": "the examples: a file or a folder",
    "extraction.failures": "show also what was missed and what was wrong",
    "extraction.sample": "a random sample of so many examples and so many chains",
    "extraction.seed": "of the sample",
    "extraction.examples": "fusion-memory eval extraction golden/ --failures",
    "extraction.title": "{name} · {count:example|examples}",
    "extraction.took": "{seconds:,.1f} s in all.",
    "dates.short": "Times: statements with the times they tell, and statements that only seem to",
    "dates.help": (
        "JSON lines with text, said_at and times (start, end, granularity, role, recurrence); a line without times "
        "is a trap. A statement is right when all its times are found so, and nothing else is."
    ),
    "dates.path": "the statements",
    "dates.failures": "show also what was read otherwise",
    "dates.examples": "fusion-memory eval dates tests/text/temporal_en.jsonl --failures",
    "dates.title": "{name} · {count:statement|statements}",
    "any.no_ablation": "do not ask by keyword only and by vector only",
    "any.without": "beside it, the recipe without each of its lanes and steps, with intervals",
    "any.sweep": "ask with other values too: FIELD=VALUE,VALUE (several make a grid), or each, weights, mmr, decay",
    "any.pack_tokens": "--savings with packs of this budget",
    "any.savings": "also pack the evidence: tokens beside the whole history and the last messages",
    "any.ks": "cut-offs of the metrics",
    "any.sample": "a random sample of so many questions",
    "any.seed": "of samples and intervals",
    "any.report": "a folder for report.json, questions.jsonl and plot.png",
    "any.no_plot": "a report without its picture, which needs the extra plot",
    "any.cache": "where vectors are kept between runs",
    "any.no_cache": "make every vector anew",
    "bench.help": (
        "Figures are taken in one run on made-up text, in a scratch memory that is removed afterwards. Vectors "
        "that only fill a memory before a measurement are kept between runs; what is measured is never prepared."
    ),
    "bench.names": "startup, model, add, ingest, search, service, activation, verbatim, isolation; all when absent",
    "bench.full": "full size: 100,000 memories, every text asked; takes many minutes",
    "bench.examples": "fusion-memory bench\nfusion-memory bench search verbatim --full",
    "eval.title": "{name} · {questions:,} questions · unit: {unit} · recipe: {recipe}",
    "eval.questions": "questions",
    "eval.all": "all",
    "eval.interval": "{metric}, {level} interval",
    "eval.beside": "with {recipe}",
    "eval.gain": "gain {difference} ({low} … {high})",
    "eval.savings": (
        "A pack has {pack_tokens:,.0f} tokens and {pack_evidence:.1%} of the evidence, all of it for "
        "{pack_complete:.1%} of the questions; the whole history has "
        "{whole_tokens:,.0f} tokens ({saved:.1%} saved); the last {last_messages} messages have {last_tokens:,.0f} "
        "tokens and {last_evidence:.1%} of it."
    ),
    "eval.clean": "Pollution 0: none of {hits:,} hits belongs to another of the {people} people.",
    "eval.polluted": "POLLUTION: {foreign:,} of {hits:,} hits were never told by the one who asked ({rate:.3%}).",
    "sweep.title": "{name} · {questions:,} questions · {recipe} and its variants",
    "sweep.tune": "choice ({count})",
    "sweep.check": "check ({count})",
    "sweep.gain": "gain",
    "sweep.interval": "{level} interval",
    "sweep.base": "as it is",
    "sweep.best.better": (
        "Best on the half for choosing: {label}. On the other half it gains {difference} ({low} … {high}): better."
    ),
    "sweep.best.worse": (
        "Best on the half for choosing: {label}. On the other half it loses {difference} ({low} … {high}): worse."
    ),
    "sweep.best.open": (
        "Best on the half for choosing: {label}. On the other half {difference} ({low} … {high}): "
        "no difference shown."
    ),
    "eval-compare.short": "Compare two reports question by question",
    "eval-compare.help": (
        "The differences of the second report to the first, paired by question, with intervals and a verdict in "
        "words, for all questions and by category. A report is a folder of --report or the output of --json."
    ),
    "eval-compare.first": "the report before: a folder or a JSON file",
    "eval-compare.second": "the report after",
    "eval-compare.fail_if_worse": "leave with 1 when the headline metric is worse",
    "eval-compare.margin": "a loss of the headline metric that is let pass",
    "eval-compare.seed": "seed of the intervals",
    "eval-compare.examples": (
        "fusion-memory eval locomo locomo10.json --json > before.json\n"
        "fusion-memory eval compare before.json after.json --fail-if-worse --margin 0.01"
    ),
    "eval-compare.title": "{name} · {questions:,} questions in both",
    "eval-compare.first_side": "before: {path} ({recipe}, version {version})",
    "eval-compare.second_side": "after: {path} ({recipe}, version {version})",
    "eval-compare.before": "before",
    "eval-compare.after": "after",
    "eval-compare.difference": "difference",
    "eval-compare.interval": "95% interval",
    "eval-compare.better": "better",
    "eval-compare.worse": "worse",
    "eval-compare.open": "open",
    "eval-compare.unpaired": "{count:,} questions are in one report only and were left out.",
    "eval-compare.verdict.better": "Better: {metric} {difference} ({low} … {high}).",
    "eval-compare.verdict.worse": "Worse: {metric} {difference} ({low} … {high}).",
    "eval-compare.verdict.open": "No difference shown: {metric} {difference} ({low} … {high}).",
    "eval.labels": "labels: {name}",
    "eval.apart": "not in the headline",
    "eval.skipped": "Skipped: {what}.",
    "eval.note": "Note: {what}.",
    "eval.took": (
        "Stored {messages:,} messages in {stored:.1f} s; {rate:,.1f} questions/s; {seconds:,.1f} s in all. "
        "Vectors seen before come from the cache, so times are not those of a first run."
    ),
    "eval.written": "Written to {folder}.",
    "eval.degraded": "These figures were taken without all vectors; they do not measure the whole product.",
    "bench.floor": "target",
    "bench.aim": "aim",
    "bench.verdict.aim": "aim reached",
    "bench.verdict.floor": "target reached",
    "bench.verdict.missed": "missed",
    "bench.took": "{system}, Python {python}, {cores} cores; {seconds:,.0f} s.",
    "bench.degraded": "Taken without: {what}. These figures do not measure the whole product.",
}

CHINESE = {
    "eval.help": (
        "问题集存入单独的记忆库,结束后删除;不会动到你的记忆。每个问题先用配置的配方检索,再分别只用关键词、只用向量检索。"
        "问题集由其作者发布,这里给出你手中副本的路径。"
    ),
    "eval.examples": (
        "fusion-memory eval locomo locomo10.json\nfusion-memory eval longmemeval longmemeval_s.json --report out\n"
        "fusion-memory eval generic questions.jsonl --k 1,5"
    ),
    "locomo.short": "LoCoMo:超长对话中的轮次",
    "locomo.help": (
        "已发布的 JSON 文件。第 1 至 4 类计入总分,对抗性问题单独报告。"
        "文件旁有 qa_corrected.jsonl 时使用其中的更正标注。"
    ),
    "locomo.path": "已发布的 JSON 文件",
    "locomo.labels": "更正标注,JSON Lines",
    "longmemeval.short": "LongMemEval:长期聊天记录中的会话",
    "longmemeval.help": (
        "官方 JSON 文件;或一个文件夹,内有 sessions.jsonl(会话池)和每种规模一个 NAME.jsonl。会话池不带日期只存一次,"
        "每个问题只检索自己的会话;加 --isolated 则每个问题的会话带日期存入单独的记忆库。跳过拒答类问题。"
    ),
    "longmemeval.path": "官方 JSON 文件,或会话池布局的文件夹",
    "longmemeval.haystack": "文件夹中的哪个 NAME.jsonl;默认 s48",
    "longmemeval.isolated": "把会话池中每个问题的会话存入单独的记忆库",
    "lifebench.short": "LifeBench:数人一年生活中的条目",
    "lifebench.help": "文件夹,内有 items.jsonl 或 items.jsonl.gz,以及 qa.jsonl。",
    "lifebench.path": "文件夹",
    "beam.short": "BEAM:关于项目的长聊天中的消息",
    "beam.help": (
        "一种规模的文件夹,每个聊天一个子文件夹,内有 chat.json 和 probing_questions/。"
        "去掉生成器的标记,时间标注沿用到下一个为止,跳过没有出处的问题。"
    ),
    "beam.path": "一种规模或一个聊天的文件夹",
    "madial.short": "MADial-Bench:无需发问,与当前谈话相合的记忆",
    "madial.help": (
        "含有 zh_memory.jsonl 和 zh_dialogue.jsonl(或 en)的文件夹。"
        "每段对话取到提起记忆的那一行之前:最后一行作为问题,更早的各行作为上下文。所有记忆在同一范围内。"
    ),
    "madial.path": "文件夹",
    "madial.language": "用哪一半:zh 或 en",
    "madial.no_context": "不用上下文,把各行合在一起提问",
    "realmem.short": "RealMem:助手需要的先前会话",
    "realmem.help": (
        "含有 *_dialogues_*.json 的文件夹,或其中一个文件。每个问题只检索它之前的会话;之后的会话已存入,但不能作答。"
        "它所在会话中此前说过的话(助手手边就有)作为上下文。"
    ),
    "realmem.path": "文件夹,或一个人的文件",
    "realmem.no_context": "每个问题单独提问",
    "generic.short": "针对自己记忆的自己的问题",
    "generic.help": (
        "两种 JSON 行。消息:type、id、content,可有 role、name、time、session、scope。"
        "问题:type、query、gold(id 列表),可有 category、asked_at、sessions、scope、id。"
    ),
    "generic.path": "JSON Lines 文件",
    "generic.unit": "gold 指的是什么:message(消息)或 session(会话)",
    "generic.examples": (
        'echo \'{"type": "message", "id": "m1", "content": "小安搬到了波尔图。"}\' > q.jsonl\n'
        'echo \'{"type": "question", "query": "小安住在哪里？", "gold": ["m1"]}\' >> q.jsonl\n'
        "fusion-memory eval generic q.jsonl"
    ),
    "extraction.short": "理解:从对话中读出的事实,以及会变的答案",
    "extraction.help": (
        "含有 golden*.jsonl 和 chains*.jsonl 的文件夹、其中一个文件,或 RealMem 的文件夹。"
        "每个例子讲给各自所有者的记忆再读回来:事实的精确率和召回率、当前的内容、变化的历史。"
    ),
    "extraction.path": "例子:文件或文件夹",
    "extraction.failures": "同时显示遗漏和错误之处",
    "extraction.sample": "随机抽取这么多个例子和这么多条变化链",
    "extraction.seed": "抽样的随机种子",
    "extraction.examples": "fusion-memory eval extraction golden/ --failures",
    "extraction.title": "{name} · {count:,} 个例子",
    "extraction.took": "共 {seconds:,.1f} 秒。",
    "dates.short": "时间:带时间的句子,以及只是看起来带时间的句子",
    "dates.help": (
        "JSON Lines,含 text、said_at 和 times(start、end、granularity、role、recurrence);times 为空的是陷阱。"
        "所有时间都按此找到、且没有多余,才算读对。"
    ),
    "dates.path": "句子",
    "dates.failures": "同时显示读得不同之处",
    "dates.examples": "fusion-memory eval dates tests/text/temporal_zh.jsonl --failures",
    "dates.title": "{name} · {count:,} 个句子",
    "any.no_ablation": "不做只用关键词、只用向量的对照",
    "any.without": "另外逐一去掉配方的每个通道和步骤,并给出区间",
    "any.sweep": "另外用其他取值检索:字段=值,值(多个组成网格),或 each、weights、mmr、decay",
    "any.pack_tokens": "同 --savings,证据包用这个预算",
    "any.savings": "另外打包证据:与全部历史和最近消息相比的 token 数",
    "any.ks": "指标的截断位置",
    "any.sample": "随机抽取这么多问题",
    "any.seed": "抽样和区间的随机种子",
    "any.report": "存放 report.json、questions.jsonl 和 plot.png 的文件夹",
    "any.no_plot": "报告不带图;画图需要 plot 附加包",
    "any.cache": "两次运行之间保存向量的文件夹",
    "any.no_cache": "所有向量重新计算",
    "bench.help": (
        "所有数字在一次运行中测得,使用生成的文本和临时记忆库,结束后删除。"
        "只为测量前填充记忆库的向量会在两次运行之间保留;被测量的部分从不预先准备。"
    ),
    "bench.names": "startup、model、add、ingest、search、service、activation、verbatim、isolation;省略则全部",
    "bench.full": "完整规模:10 万条记忆,逐条提问;需要很多分钟",
    "bench.examples": "fusion-memory bench\nfusion-memory bench search verbatim --full",
    "eval.title": "{name} · {questions:,} 个问题 · 单位:{unit} · 配方:{recipe}",
    "eval.questions": "问题数",
    "eval.all": "全部",
    "eval.interval": "{metric} 的 {level} 区间",
    "eval.beside": "采用 {recipe}",
    "eval.gain": "增益 {difference}({low} … {high})",
    "eval.savings": (
        "证据包 {pack_tokens:,.0f} 个 token,含 {pack_evidence:.1%} 的证据,{pack_complete:.1%} 的问题证据齐全;"
        "全部历史 {whole_tokens:,.0f} 个 token"
        "(节省 {saved:.1%});最近 {last_messages} 条消息 {last_tokens:,.0f} 个 token,含 {last_evidence:.1%} 的证据。"
    ),
    "eval.clean": "污染率 0:{hits:,} 条结果中没有一条属于 {people} 人中的他人。",
    "eval.polluted": "污染:{hits:,} 条结果中有 {foreign:,} 条不是提问者讲过的({rate:.3%})。",
    "sweep.title": "{name} · {questions:,} 个问题 · {recipe} 及其变体",
    "sweep.tune": "选择({count})",
    "sweep.check": "检验({count})",
    "sweep.gain": "增益",
    "sweep.interval": "{level} 区间",
    "sweep.base": "原样",
    "sweep.best.better": "在用于选择的一半上最好:{label}。在另一半上增益 {difference}({low} … {high}):更好。",
    "sweep.best.worse": "在用于选择的一半上最好:{label}。在另一半上损失 {difference}({low} … {high}):更差。",
    "sweep.best.open": "在用于选择的一半上最好:{label}。在另一半上 {difference}({low} … {high}):看不出差别。",
    "eval-compare.short": "逐个问题比较两份报告",
    "eval-compare.help": (
        "第二份报告相对第一份的差异,按问题配对,给出区间和文字结论,包括总体和各类别。"
        "报告可以是 --report 的文件夹,也可以是 --json 的输出。"
    ),
    "eval-compare.first": "之前的报告:文件夹或 JSON 文件",
    "eval-compare.second": "之后的报告",
    "eval-compare.fail_if_worse": "主指标变差时以 1 退出",
    "eval-compare.margin": "主指标可以容忍的损失",
    "eval-compare.seed": "区间的随机种子",
    "eval-compare.examples": (
        "fusion-memory eval locomo locomo10.json --json > before.json\n"
        "fusion-memory eval compare before.json after.json --fail-if-worse --margin 0.01"
    ),
    "eval-compare.title": "{name} · 两边共有 {questions:,} 个问题",
    "eval-compare.first_side": "之前:{path}({recipe},版本 {version})",
    "eval-compare.second_side": "之后:{path}({recipe},版本 {version})",
    "eval-compare.before": "之前",
    "eval-compare.after": "之后",
    "eval-compare.difference": "差异",
    "eval-compare.interval": "95% 区间",
    "eval-compare.better": "更好",
    "eval-compare.worse": "更差",
    "eval-compare.open": "未定",
    "eval-compare.unpaired": "{count:,} 个问题只在一份报告中,未计入。",
    "eval-compare.verdict.better": "更好:{metric} {difference}({low} … {high})。",
    "eval-compare.verdict.worse": "更差:{metric} {difference}({low} … {high})。",
    "eval-compare.verdict.open": "看不出差别:{metric} {difference}({low} … {high})。",
    "eval.labels": "标注:{name}",
    "eval.apart": "不计入总分",
    "eval.skipped": "跳过:{what}。",
    "eval.note": "说明:{what}。",
    "eval.took": (
        "存入 {messages:,} 条消息用时 {stored:.1f} 秒;每秒 {rate:,.1f} 个问题;共 {seconds:,.1f} 秒。"
        "见过的文本的向量取自缓存,因此用时不同于首次运行。"
    ),
    "eval.written": "已写入 {folder}。",
    "eval.degraded": "测量时缺少部分向量,这些数字不代表完整的产品。",
    "bench.floor": "目标",
    "bench.aim": "理想",
    "bench.verdict.aim": "达到理想",
    "bench.verdict.floor": "达到目标",
    "bench.verdict.missed": "未达到",
    "bench.took": "{system},Python {python},{cores} 核;{seconds:,.0f} 秒。",
    "bench.degraded": "测量时缺少:{what}。这些数字不代表完整的产品。",
}

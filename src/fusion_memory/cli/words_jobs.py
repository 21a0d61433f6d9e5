"""The words of ``jobs``, ``care`` and ``worker`` in English and Chinese, with the same keys in the same order."""

from __future__ import annotations

ENGLISH = {
    "jobs.short": "Show background jobs, try one again, or cancel it",
    "jobs.help": (
        "Jobs are larger work than that on one memory (see tasks): care, rebuilding, reindexing, backups. One that "
        "fails is tried again later and given up after care.attempts tries, with the reason. Workers do them: the "
        "server, or fusion-memory worker."
    ),
    "jobs.what": "list (the default), show, retry or cancel",
    "jobs.job_id": "the id of a job",
    "jobs.state": "only queued, running, done, dead or cancelled",
    "jobs.everybody": "of every owner and of the whole database",
    "jobs.limit": "show so many (50)",
    "jobs.examples": (
        "fusion-memory jobs\nfusion-memory jobs --all --state dead\nfusion-memory jobs retry job_0192 --all"
    ),
    "jobs.ids": "'jobs {what}' was given an id too many or too few.",
    "jobs.ids.why": "A list takes no id; everything else takes one.",
    "jobs.none": "There are no such jobs.",
    "jobs.more": "There are more; --limit shows them.",
    "jobs.everything": "everything",
    "jobstate.queued": "queued",
    "jobstate.running": "running",
    "jobstate.done": "done",
    "jobstate.dead": "given up",
    "jobstate.cancelled": "cancelled",
    "field.job_kind": "kind",
    "field.job_scope": "of",
    "field.job_state": "state",
    "field.job_progress": "progress",
    "field.job_counts": "did",
    "field.job_reason": "failed",
    "field.job_tries": "tries",
    "field.job_created": "queued",
    "field.job_available": "not before",
    "field.job_finished": "ended",
    "choice.deed": "There is no {name!r} here. There is: {known}.",
    "choice.deed.why": "It is none of the words that this command knows.",
    "choice.job_state": "There is no job state {name!r}. There is: {known}.",
    "choice.job_state.why": "A job is in one of these states.",
    "care.short": "Show what keeps memory healthy and when, or run some of it now",
    "care.help": (
        "Care runs in the background where a worker does: in the server, or fusion-memory worker. The settings "
        "care.preset and care.schedule say when; care.worker says who."
    ),
    "care.what": "list (the default) of tasks, schedule, or run",
    "care.task": "the task to run, or backup",
    "care.everybody": "for every owner; tasks of the whole database need it",
    "care.later": "leave it to a worker",
    "care.examples": (
        "fusion-memory care schedule\nfusion-memory care run profiles\nfusion-memory care run housekeeping --all"
    ),
    "care.task_wanted": "'care {what}' was given a task too many or too few.",
    "care.task_wanted.why": "Only run takes a task.",
    "care.off": "Nothing runs by itself: care.preset is off.",
    "care.last": "last for {time}",
    "care.next": "next {time}",
    "care.messages": "when the messages are there",
    "care.unavailable": "not in this version",
    "care.nobody": "There is nobody to care for yet.",
    "caretask.condensation": "makes a memory card of each session that is due",
    "caretask.orphans": "closes sessions that were left alone",
    "caretask.promotion": "chooses the facts that are always at hand",
    "caretask.profiles": "brings profiles up to date",
    "caretask.backfill": "makes vectors that are missing",
    "caretask.closure": "completes the associations between memories",
    "caretask.archive": "puts away what was superseded long ago",
    "caretask.resolver": "settles what contradicts",
    "caretask.compaction": "merges what says the same",
    "caretask.policy": "does what the policies say: tiers, archive, expiry",
    "caretask.housekeeping": "drops finished jobs and old marks",
    "worker.short": "Work in the background until told to end",
    "worker.help": (
        "Does what is queued and what is due: embedding, reading, jobs, and care on its schedule. Several workers "
        "may share a database, also beside the server. On SIGTERM it finishes its piece of work, or gives it back."
    ),
    "worker.once": "do what is due now, and end",
    "worker.kinds": "only these: extract, embed, refine, care, rebuild, reindex, backup, schedule",
    "worker.examples": "fusion-memory worker\nfusion-memory worker --once --kinds embed,extract",
    "worker.works": "Working on {database}. Ctrl-C ends it.",
    "worker.ended": "Ended; what was not finished was given back.",
    "worker.nothing": "Nothing is due.",
}

CHINESE = {
    "jobs.short": "显示后台作业,重试或取消其中之一",
    "jobs.help": (
        "作业是比单条记忆的处理(见 tasks)更大的工作:维护、重建、重新嵌入、备份。失败的作业稍后重试,"
        "达到 care.attempts 次后放弃并记下原因。由服务进程或 fusion-memory worker 完成。"
    ),
    "jobs.what": "list(默认)、show、retry 或 cancel",
    "jobs.job_id": "作业的 id",
    "jobs.state": "只看 queued、running、done、dead 或 cancelled",
    "jobs.everybody": "所有所有者以及整个数据库的作业",
    "jobs.limit": "显示的条数(50)",
    "jobs.examples": (
        "fusion-memory jobs\nfusion-memory jobs --all --state dead\nfusion-memory jobs retry job_0192 --all"
    ),
    "jobs.ids": "“jobs {what}” 的 id 多了或少了。",
    "jobs.ids.why": "列表不需要 id,其余的都需要一个。",
    "jobs.none": "没有这样的作业。",
    "jobs.more": "还有更多,可用 --limit 显示。",
    "jobs.everything": "全部",
    "jobstate.queued": "排队中",
    "jobstate.running": "进行中",
    "jobstate.done": "已完成",
    "jobstate.dead": "已放弃",
    "jobstate.cancelled": "已取消",
    "field.job_kind": "种类",
    "field.job_scope": "对象",
    "field.job_state": "状态",
    "field.job_progress": "进度",
    "field.job_counts": "结果",
    "field.job_reason": "失败原因",
    "field.job_tries": "尝试",
    "field.job_created": "排队于",
    "field.job_available": "不早于",
    "field.job_finished": "结束于",
    "choice.deed": "这里没有 {name!r},可用:{known}。",
    "choice.deed.why": "此命令不认识这个词。",
    "choice.job_state": "没有作业状态 {name!r},可用:{known}。",
    "choice.job_state.why": "作业处于这些状态之一。",
    "care.short": "显示维护任务及其时间表,或现在运行其中之一",
    "care.help": (
        "维护在有工作进程的地方于后台进行:服务进程或 fusion-memory worker。"
        "何时进行由 care.preset 和 care.schedule 决定,由谁进行由 care.worker 决定。"
    ),
    "care.what": "list(默认,任务列表)、schedule(时间表)或 run(运行)",
    "care.task": "要运行的任务,或 backup",
    "care.everybody": "对每个所有者;针对整个数据库的任务必须加上",
    "care.later": "交给工作进程",
    "care.examples": (
        "fusion-memory care schedule\nfusion-memory care run profiles\nfusion-memory care run housekeeping --all"
    ),
    "care.task_wanted": "“care {what}” 的任务名多了或少了。",
    "care.task_wanted.why": "只有 run 需要任务名。",
    "care.off": "没有自动运行的任务:care.preset 为 off。",
    "care.last": "上次 {time}",
    "care.next": "下次 {time}",
    "care.messages": "消息足够时",
    "care.unavailable": "此版本没有",
    "care.nobody": "还没有需要维护的对象。",
    "caretask.condensation": "为到期的会话生成记忆卡片",
    "caretask.orphans": "结束被搁置的会话",
    "caretask.promotion": "选出随时可用的事实",
    "caretask.profiles": "更新画像",
    "caretask.backfill": "补齐缺少的向量",
    "caretask.closure": "补全记忆之间的联想",
    "caretask.archive": "归档早已被取代的内容",
    "caretask.resolver": "处理相互矛盾之处",
    "caretask.compaction": "合并说法相同的内容",
    "caretask.policy": "执行策略:分层、归档、到期",
    "caretask.housekeeping": "清理已结束的作业和旧标记",
    "worker.short": "在后台工作,直到被要求结束",
    "worker.help": (
        "完成排队和到期的工作:嵌入、读取、作业,以及按时间表进行的维护。多个工作进程可以共用一个数据库,"
        "也可以与服务进程并存。收到 SIGTERM 时完成手头的工作,或将其交还。"
    ),
    "worker.once": "完成现在到期的工作后结束",
    "worker.kinds": "只做这些:extract、embed、refine、care、rebuild、reindex、backup、schedule",
    "worker.examples": "fusion-memory worker\nfusion-memory worker --once --kinds embed,extract",
    "worker.works": "正在处理 {database}。按 Ctrl-C 结束。",
    "worker.ended": "已结束;未完成的工作已交还。",
    "worker.nothing": "没有到期的工作。",
}

"""The words of ``feedback`` and ``train-utility`` in English and Chinese, with the same keys in the same order."""

from __future__ import annotations

ENGLISH = {
    "feedback.short": "Say whether a memory that a search brought was of use",
    "feedback.help": (
        "Said again, the later word counts. With the id of the search (--trace, see search --json) the ranking "
        "can be trained on it: see train-utility --feedback. Without an id: what was said so far."
    ),
    "feedback.memory_id": "the id of a memory; none to list what was said",
    "feedback.said": "it was of use, or it was not",
    "feedback.trace_id": "the search that had brought it",
    "feedback.examples": (
        "fusion-memory search 'Where does Ann live?' --json\n"
        "fusion-memory feedback mem_0192 --useful --trace trace_0192\nfusion-memory feedback"
    ),
    "feedback.half": "The id and the word on it belong together.",
    "feedback.half.why": "Feedback names a memory and says --useful or --useless; with neither it lists.",
    "feedback.useful": "Noted: {id} was of use.",
    "feedback.useless": "Noted: {id} was of no use.",
    "feedback.no_trace": "Without --trace the ranking cannot be trained on it.",
    "feedback.yes": "of use",
    "feedback.no": "of no use",
    "feedback.none": "Nothing was said yet.",
    "train-utility.short": "Train a model that judges how useful each hit is",
    "train-utility.help": (
        "A hit counts as useful when it holds the evidence of its question, or when feedback says so. Whole "
        "questions are kept for validation; sets given with --check are never trained on. The report sets the "
        "model's order beside the present one. A model works in the shadow: it only writes down its opinion. With "
        "retrieval.utility_mode = live it orders the hits, once its sure gain reaches retrieval.utility_threshold."
    ),
    "train-utility.data": "a set to train on: locomo, longmemeval/s48, lifebench, beam, madial, realmem, generic",
    "train-utility.held_out": "a set that is only judged on",
    "train-utility.with_feedback": "also train on the feedback in the scope",
    "train-utility.target": "where to save the model",
    "train-utility.sample": "a random sample of this many questions of each set",
    "train-utility.share": "share of the questions kept for validation",
    "train-utility.l2": "weight of the penalty on large weights",
    "train-utility.seed": "seed of the split and of the intervals",
    "train-utility.examples": (
        "fusion-memory train-utility --data locomo=locomo10.json --check lifebench=life/ --save-model model.json\n"
        "fusion-memory search kettle --set retrieval.utility_model=model.json --json"
    ),
    "train-utility.nothing": "There is nothing to train on.",
    "train-utility.nothing.why": "Neither a question set nor feedback was named.",
    "train-utility.questions": "questions",
    "train-utility.accuracy": "accuracy",
    "train-utility.none": "of 'none'",
    "train-utility.ndcg_now": "nDCG@10 now",
    "train-utility.ndcg_model": "model",
    "train-utility.gain": "gain",
    "train-utility.interval": "95% interval",
    "train-utility.mrr_now": "MRR now",
    "train-utility.mrr_model": "model",
    "train-utility.on.train": "trained on",
    "train-utility.on.validation": "validation",
    "train-utility.weights": "Heaviest features: {weights}.",
    "train-utility.ready": "It may go live: sure gain {gain} (at least {low}), threshold {threshold}.",
    "train-utility.shadow": "It stays in the shadow: gain {gain} (at least {low}), threshold {threshold}.",
    "train-utility.saved": "Saved to {file}. Use it: --set retrieval.utility_model={file}",
}

CHINESE = {
    "feedback.short": "说明检索带来的一条记忆是否有用",
    "feedback.help": (
        "再次说明时以后一次为准。附上检索的 id(--trace,见 search --json)后可用来训练排序,"
        "见 train-utility --feedback。不给 id 则列出已有的反馈。"
    ),
    "feedback.memory_id": "记忆的 id;省略则列出已有的反馈",
    "feedback.said": "有用,或没有用",
    "feedback.trace_id": "带来它的那次检索",
    "feedback.examples": (
        "fusion-memory search '小安住在哪里?' --json\n"
        "fusion-memory feedback mem_0192 --useful --trace trace_0192\nfusion-memory feedback"
    ),
    "feedback.half": "id 和评价要一起给出。",
    "feedback.half.why": "反馈要指明一条记忆并给出 --useful 或 --useless;两者都没有则列出。",
    "feedback.useful": "已记下:{id} 有用。",
    "feedback.useless": "已记下:{id} 没有用。",
    "feedback.no_trace": "没有 --trace,无法用它训练排序。",
    "feedback.yes": "有用",
    "feedback.no": "没有用",
    "feedback.none": "还没有反馈。",
    "train-utility.short": "训练判断每条结果是否有用的模型",
    "train-utility.help": (
        "结果含有问题的证据,或反馈说有用,即视为有用。整道问题留作验证;用 --check 给出的问题集从不参与训练。"
        "报告把模型的排序与现有排序并列。模型默认在影子中工作,只记录看法;retrieval.utility_mode = live 时,"
        "可靠增益达到 retrieval.utility_threshold 后由它排序。"
    ),
    "train-utility.data": "训练用的问题集:locomo、longmemeval/s48、lifebench、beam、madial/en、realmem 或 generic",
    "train-utility.held_out": "只用来评判的问题集",
    "train-utility.with_feedback": "同时用范围内的反馈训练",
    "train-utility.target": "模型保存到哪里",
    "train-utility.sample": "每个问题集随机抽取这么多问题",
    "train-utility.share": "留作验证的问题比例",
    "train-utility.l2": "对大权重的惩罚系数",
    "train-utility.seed": "划分和区间的随机种子",
    "train-utility.examples": (
        "fusion-memory train-utility --data locomo=locomo10.json --check lifebench=life/ --save-model model.json\n"
        "fusion-memory search 水壶 --set retrieval.utility_model=model.json --json"
    ),
    "train-utility.nothing": "没有可供训练的内容。",
    "train-utility.nothing.why": "既没有给出问题集,也没有要求使用反馈。",
    "train-utility.questions": "问题数",
    "train-utility.accuracy": "准确率",
    "train-utility.none": "全判无用",
    "train-utility.ndcg_now": "现有 nDCG@10",
    "train-utility.ndcg_model": "模型",
    "train-utility.gain": "增益",
    "train-utility.interval": "95% 区间",
    "train-utility.mrr_now": "现有 MRR",
    "train-utility.mrr_model": "模型",
    "train-utility.on.train": "训练",
    "train-utility.on.validation": "验证",
    "train-utility.weights": "权重最大的特征:{weights}。",
    "train-utility.ready": "可以上线:增益 {gain}(至少 {low}),门槛 {threshold}。",
    "train-utility.shadow": "留在影子中:增益 {gain}(至少 {low}),门槛 {threshold}。",
    "train-utility.saved": "已保存到 {file}。使用:--set retrieval.utility_model={file}",
}

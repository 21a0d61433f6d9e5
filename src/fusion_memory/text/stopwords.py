"""Function words of English and Chinese that a question may lose without losing its subject.

Why it exists: a natural-language question is mostly grammar, and grammar matches everything. Must not know:
any topic: these are closed-class words (articles, pronouns, auxiliaries, prepositions, question words,
particles) and nothing else. Used on queries only; the index keeps every word.
"""

from typing import Final

ENGLISH: Final = frozenset(
    """
    a an the this that these those
    i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself
    she her hers herself it its itself they them their theirs themselves one ones
    who whom whose which what when where why how whoever whatever whichever
    am is are was were be been being do does did doing done have has had having
    can could may might must shall should will would ought
    cant couldnt didnt doesnt dont hadnt hasnt havent isnt arent wasnt werent wont wouldnt shouldnt mustnt
    im ive id youre youve hes shes theyre theyve weve thats whats wheres whos hows lets
    and or but nor so yet if then else than because as while although though unless whether
    of at by for with about against between into through during to from in on onto upon off over under
    within without out up down toward towards via per
    not no yes any some such each every either neither both all few more most other another same own
    very too also just only even ever never again once here there now
    please tell give let s t d ll m re ve
    """.split()
)

# Longest first at every place; particles and pronouns that also build content words are shielded below.
CHINESE: Final = frozenset(
    """
    的 地 得 了 着 过 吗 呢 吧 啊 呀 嘛 啦 哦 哈 嗯 么 之 其 所
    我 你 您 他 她 它 我们 你们 您们 他们 她们 它们 咱们 咱 自己 大家 人家
    这 那 这个 那个 这些 那些 这里 那里 这儿 那儿 这样 那样 这么 那么 此 该
    什么 为什么 怎么 怎样 怎么样 如何 谁 哪 哪个 哪些 哪里 哪儿 哪位 哪天 哪年 多少 几 几个 多久 多大 何时 何地 何 为何
    是 是不是 有 有没有 没有 没 不 不是 别 未 无 在 于 到 从 向 往 对 对于 关于 至于 给 把 被 让 使 叫 由 以 为 为了 因为 因 由于
    和 与 跟 同 及 以及 或 或者 还是 而 而且 并 并且 但 但是 可是 不过 然而 却 则 即 若 如果 要是 虽然 虽 尽管 即使 只要 只有 除了
    也 都 又 还 再 就 才 只 很 太 更 最 非常 十分 比较 已 已经 曾 曾经 正在 将 会 能 能够 可以 可 应该 应当 要 想 得到 需要 请 请问 告诉
    上 下 里 中 内 外 前 后 时 时候 之前 之后 以前 以后 期间 当 当时
    个 位 件 次 些 一个 一些 一下 一次 有些 某 某个 每 每个 各 各个 等 等等 吗？
    """.split()
) - {"吗？"}

SHIELDED: Final = frozenset(
    """
    目的 的确 的士 地方 地址 地点 地区 地铁 地图 地球 当地 本地 场地 基地 土地 内地 外地 得分 获得 心得 了解 除了 为了 着急 着装 过程 过去 过年
    过敏 通过 经过 超过 不过 难过 度过 之间 其他 其实 其中 尤其 所有 所以 所谓 厕所 场所 研究所 自我 其它 他人
    现在 存在 所在 实在 正在 在线 在职 是否 于是 但是 还是 总是 有关 有趣 有效 有名 所有 拥有 没收 不同 不足 不满 不良 不安 不错 无法 无聊 无线
    到达 迟到 报到 从事 服从 方向 向导 往来 交往 往往 对话 对方 对象 对手 反对 绝对 面对 相对 给予 把握 被子 使用 大使 天使 叫做 自由 理由 由来
    以上 以下 以外 以内 可以 行为 作为 认为 成为 因素 原因 和平 和谐 温和 总和 参与 与会 跟踪 跟进 同学 同事 同意 同样 共同 合同 及时 及格 来得及 或许 而已
    并发 合并 还款 归还 还原 再见 成就 就业 就是 就诊 才能 人才 天才 只是 太阳 太太 更新 更换 最后 最近 最终 最初 已婚 将来 将军 即将 会议 会员 会计 机会 社会 聚会
    晚会 约会 开会 年会 能力 能源 功能 智能 性能 可能 可爱 可口 认可 许可 应用 要求 重要 主要 需要 要点 摘要 想法 想象 理想 思想 梦想 上海 上班 上学 上课 上午 上周 上线
    早上 晚上 网上 下班 下午 下周 下载 下雨 地下 里程 公里 里面 中国 中文 中心 中午 中学 集中 内容 内部 国内 外国 外面 国外 海外 外卖 外套 前面 前天 前年 目前 后面
    后天 后来 后台 然后 时间 小时 及时 准时 平时 临时 按时 随时 时代 个人 个性 位置 单位 职位 座位 文件 邮件 软件 硬件 条件 附件 事件 证件 当前 当然 相当 应当 等级 平等 等待
    这边 那边 几何 如何 每天 每年 每月 每周 每次 各种 各地 以为 无论 大家 家人 人家
    """.split()
)
"""Words that hold a function character yet carry meaning; met first, they keep it from being cut out."""

LONGEST_CHINESE: Final = max(map(len, CHINESE | SHIELDED))

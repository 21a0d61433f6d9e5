"""How kinds of questions are worded in Chinese: data for :mod:`questions`.

Why it exists: wordings are edited without touching the reader. Must not know: English, or how they are applied.
Text is simplified before it is read.
"""

from collections.abc import Mapping
from typing import Final

from fusion_memory.core.question import QuestionKind

_BEFORE: Final = (
    r"(?:之前|以前|上次|上回|刚才|刚刚|曾经?|先前|那天|前几天|前面|早些时候|最初|当时|都|给我|跟我|为我|帮我|向我)*"
)

KINDS: Final[Mapping[QuestionKind, str]] = {
    QuestionKind.ASSISTANT_REFERENCE: (
        rf"(?:你|您){_BEFORE}(?:说|推荐|建议|提到?|给|列|写|告诉|讲|介绍|解释|提供|回答|起草|描述)(?:出|到)?(?:过|的|了|我的)|"
        r"(?:你|您)的(?:建议|推荐|回答|回复|解释|方案|答案|清单)"
    ),
    QuestionKind.INSTRUCTION: (
        r"(?:你|您)(?:应该|该|要|得)(?:怎么|如何|怎样|用什么)(?:回答|回复|称呼|写|说|叫)|"
        r"我(?:给你|对你|让你)?(?:定|立|提|要求)(?:过|的|了)?"
        r"[^,。]{0,6}(?:规矩|规则|要求|指令)|(?:用|要|想要)什么(?:格式|语气|风格|语言)"
    ),
    QuestionKind.CONTRADICTION: (
        r"矛盾|不一致|前后不|对不上|自相|改(?:了|过|变)?主意|"
        r"(?:不是|没)说过.{0,20}吗|变卦|出尔反尔"
    ),
    QuestionKind.SUMMARIZATION: (
        r"总结|概括|概述|回顾|梳理|小结|归纳|汇总|概况|来龙去脉|(?:聊|谈|讨论)(?:过|了)(?:些)?什么|"
        r"(?:介绍|说|讲|聊)(?:一下|说|讲|聊)[^?？]{0,20}(?:情况|经过|过程|经历)|(?:所有|全部|一切)(?:的)?(?:事|情况|信息)|了解多少"
    ),
    QuestionKind.EVENT_ORDERING: (
        r"先后|顺序|次序|(?:哪|谁)[^?？,，]{0,12}(?:更早|最早|先|更晚|最晚|在前|在后)|先[^?？]{1,30}还是|"
        r"(?:之前|以前|前)还是(?:之后|以后|后)|依次"
    ),
    QuestionKind.ABSTENTION: (
        r"(?:有没有|是否|有无)(?:曾经?|跟你|和你|对你|告诉|向你)*(?:说|提|讲|聊|告诉|谈)|(?:说|提|讲|聊|谈)(?:到|起)?过[^?？]{0,30}吗|"
        r"(?:知道|记得)[^?？,，]{0,20}(?:是不是|有没有|是否)"
    ),
    QuestionKind.TEMPORAL_LOOKUP: (
        r"什么时候|何时|几点|几号|哪(?:一)?(?:天|年|日|周|月|个月|个星期|个季度)|多久|几天|多少天|多长时间|几(?:个)?(?:月|星期|小时|年)|"
        r"星期几|周几|礼拜几|啥时候|什么日子|什么时间|多大(?:年纪|岁数)|时间是"
    ),
    QuestionKind.KNOWLEDGE_UPDATE: (
        r"现在|目前|当前|最新|最近一次|如今|眼下|现阶段|至今|"
        r"(?:还|仍)(?:在|是|有|住|用|会|然)|截至"
    ),
    QuestionKind.MULTI_SESSION: (
        r"多少|几(?:次|个|本|家|位|种|件|条|部|场|人|趟|只|项|名|遍|回|门|份|座|辆|笔|篇|款)|一共|总共|合计|共计|累计|所有|全部|哪些|"
        r"哪几|列(?:出|举)|分别|每(?:次|个|天|周|月)|平均|都有(?:谁|什么|哪)|频率|共同"
    ),
    QuestionKind.PREFERENCE: (
        r"推荐|建议|喜欢|偏好|最爱|爱(?:吃|喝|看|听|玩|用)|偏爱|讨厌|习惯|有(?:什么|没有)(?:好|合适)|适合|(?:帮|替)我(?:选|挑|想|找|安排|规划)|"
        r"送(?:什么|点什么|啥)|怎么(?:选|安排)好"
    ),
}
"""A question of a kind matches its pattern."""

STANDING: Final = r"(?:是|叫|在|有|住|用|做|吃|喝)(?:什么|谁|哪|多少|几|啥|怎样)|(?:吗|么|呢)[?？]?$|怎么样"
"""A state is asked for."""

GONE: Final = (
    r"了(?:吗|没|什么|几|多少|谁|哪)|过(?:吗|什么|几|多少|哪|谁|的)|"
    r"以前|之前|当时|曾|原来|原先|昨|前天|上(?:周|个?月|次|回)|"
    r"去年|那时|当初|最初|起初"
)
"""Words with which a question looks back."""

OWN_WORDS: Final = (
    r"我(?:之前|以前|上次|曾经?|跟你|和你|对你|向你)*(?:说|提|讲|告诉|聊|写)(?:到|起)?(?:过|的|了|你)"
)
"""The user's own words are asked for."""

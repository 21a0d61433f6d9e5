"""What kinds of Chinese sentences say, one way of saying it each, and what is said of nobody in particular."""

from datetime import UTC, datetime

import pytest

from fusion_memory.core.knowledge import Polarity
from fusion_memory.ingestion.extraction.reading import read

SAID_AT = datetime(2026, 5, 13, 10, tzinfo=UTC)  # a Wednesday


def claims_of(text: str):
    return read(text, role="user", speaker=None, said_at=SAID_AT).claims


SAYS = [
    ("我更喜欢晚上写代码", "prefers", "晚上写代码"),
    ("我习惯早上先喝一杯温水", "prefers", "早上先喝一杯温水"),
    ("医生说我不能喝酒", "avoids", "酒"),
    ("医生让我少吃油腻的", "must_observe", "少吃油腻"),
    ("我是O型血", "blood_type_is", "O型"),
    ("我妹妹叫Lily", "sibling_of", "Lily"),
    ("我初中毕业", "graduated_from", "初中"),
    ("我的预算是5000到7000元", "budget_is", "5000到7000元"),
    ("我一般晚上十一点睡", "schedule_is", "晚上十一点睡"),
    ("我表姐在英国读博", "does", "在英国读博"),
    ("我姐嫁到了广州", "does", "嫁到了广州"),
    ("我男朋友比我大三岁", "age_is", "比我大三岁"),
    ("我婆婆跟我们一起住", "lives_with", "跟我们一起住"),
    ("我还欠小王三百块钱", "owes", "欠小王三百块"),
    ("香菜我一口都不吃", "dislikes", "香菜"),
    ("我也不敢坐缆车", "dislikes", "不敢坐缆车"),
    ("我爱好摄影和爬山", "likes", "爬山"),
    ("我英语口语不太行", "can_do", "英语口语不太行"),
    ("酒店要带泳池的", "constraint_is", "酒店要带泳池的"),
    ("座位必须靠窗", "constraint_is", "座位必须靠窗"),
    ("工期不能超过三个月", "constraint_is", "工期不能超过三个月"),
    ("工作日基本没空", "constraint_is", "工作日基本没空"),
    ("回复我的时候用中文", "instruction", "用中文"),
    ("你说话可以直接一点", "instruction", "直接一点"),
    ("遇到不确定的地方先问我", "instruction", "先问我"),
    ("所有金额用人民币表示", "instruction", "人民币"),
    ("请把答案控制在三句话以内", "instruction", "三句话"),
    ("导出的Excel是乱码", "error_is", "乱码"),
    ("这个bug是时区导致的", "caused_by", "时区"),
    ("昨天家里锅炉坏了", "happened", "锅炉"),
    ("我科目一过了", "happened", "科目一"),
    ("明早九点有个面试", "plans_to", "面试"),
    ("这次团建定在莫干山", "located_in", "莫干山"),
    ("我拿到了字节的offer", "happened", "拿到了字节的offer"),
    ("我们只从 release 分支发布", "constraint_is", "release"),
]


@pytest.mark.parametrize(("text", "predicate", "says"), SAYS)
def test_says(text, predicate, says):
    assert any(claim.predicate == predicate and says in claim.object for claim in claims_of(text)), claims_of(text)


SAYS_NOTHING = [
    "这个思路很清晰，操作性也强。",
    "关于预约和协调时间，有什么高效的方法吗？",
    "对，就是这个意思！",
    "从选题、制作到推广，一下子都理顺了。",
    "您解释得很清楚，我心里有底多了。",
    "别提了，累得不行。",
    "总觉得没时间。",
    "道理我都懂。",
    "比单纯复述更有说服力。",
    "王姐，您最近身体怎么样？",
    "光会干活不行。",
    "特别是周中，怎么安排才好？",
    "晚上吃打卤面，你回来的时候带点馒头。",
    "如果资金到不了怎么办？",
    "我可能会去日本，还没定。",
]


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_says_nothing(text):
    assert claims_of(text) == ()


def test_whom_a_message_calls_is_not_whom_it_is_about():
    assert {claim.subject for claim in claims_of("老陈，周末我要去乡下，你帮我看下店。")} <= {"user"}


def test_an_allergy_that_is_over_ends():
    (claim,) = claims_of("我现在不对花生过敏了。")
    assert claim.ends
    assert claim.object == "花生"
    assert claim.polarity is Polarity.POSITIVE

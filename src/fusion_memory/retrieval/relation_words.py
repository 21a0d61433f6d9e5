"""In which words people ask for a relation, in English and Chinese: "where do I live" asks for ``lives_in``.

Why it exists: a fact told as "moved to Porto" answers a question that says "live". Must not know: memories, scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from fusion_memory.retrieval.wording import Phrase, spelled

RELATION_WORDS: Final[Mapping[str, str]] = {
    "lives_in": "live home residence 住 居住 住处 住址",
    "works_at": "work job employer company 工作 上班 就职 单位 公司",
    "works_as": "work job profession occupation living 工作 职业 做什么工作",
    "works": "work job 工作",
    "name_is": "name called 名字 姓名",
    "age_is": "old age years 岁 年龄 年纪 多大",
    "has_pet": "pet have own 养 宠物",
    "pet_name_is": "pet name called 名字 宠物",
    "allergic_to": "allergy allergic 过敏",
    "favourite_is": "favourite favorite like best 最喜欢 最爱",
    "likes": "like love enjoy 喜欢 爱 爱好",
    "prefers": "prefer like 偏好 更喜欢",
    "partner_is": "partner boyfriend girlfriend relationship 伴侣 对象 男朋友 女朋友",
    "married_to": "married spouse husband wife 结婚 配偶 妻子 丈夫 老婆 老公",
    "speaks": "speak language 说 语言",
    "learning": "learn study 学 学习",
    "studies": "study major subject 学习 专业",
    "studies_at": "study school university college 学校 上学 读书 大学",
    "from_place": "from origin hometown born 来自 老家 家乡 哪里人",
    "born_on": "born birthday birth 出生 生日",
    "phone_is": "phone telephone number 电话 手机号",
    "email_is": "email mail address 邮箱 邮件",
    "uses": "use tool 用 使用",
    "bought": "buy purchase 买 购买",
    "visited": "visit go travel 去 参观 旅行",
    "budget_is": "budget 预算",
    "deadline_is": "deadline due 截止 期限 到期",
    "eats": "eat diet food 吃 饮食",
    "diet_is": "diet eat vegetarian vegan 饮食 吃",
    "takes_medication": "medicine medication take 药 吃药",
    "has_condition": "condition illness disease health 病 健康",
    "drives": "drive car 开 车",
    "owns": "own have 有 拥有",
    "colleague_of": "colleague work with 同事",
    "sibling_of": "brother sister sibling 兄弟 姐妹",
    "parent_of": "parent child children son daughter 孩子 儿子 女儿",
    "child_of": "parent mother father 父母 爸爸 妈妈",
    "friend_of": "friend 朋友",
}
"""Words of questions by predicate."""


def words_for(predicate: str) -> str:
    """The words of a relation, its own name included."""
    return f"{predicate.replace('_', ' ')} {RELATION_WORDS.get(predicate, '')}".rstrip()


def asks_for(phrases: Sequence[Phrase], predicate: str, slot: str | None) -> bool:
    """Whether a question has words of a relation or of the question that it answers."""
    text = _spelled_words(predicate, slot)
    return any(f" {' '.join(phrase)} " in text for phrase in phrases)


@lru_cache(maxsize=4_096)
def _spelled_words(predicate: str, slot: str | None) -> str:
    return spelled(f"{words_for(predicate)} {slot or ''}")

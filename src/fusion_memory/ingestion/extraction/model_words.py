"""What models call predicates, slots and speakers, and what we call them: data of the structured reading.

Why it exists: claims of the rules and of a model must meet under one name. Must not know: prompts, texts, models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from fusion_memory.core.knowledge import FactType

LONGEST_PREDICATE: Final = 40

_PREDICATES: Final[Mapping[str, str]] = {
    "lives_in": "live_in resides_in reside_in living_in lives_at moved_to relocated_to resident_of located_at_home",
    "from_place": "comes_from is_from come_from originates_from hometown_is",
    "works_at": "work_at works_for work_for employed_by employed_at employer_is working_at joined",
    "works_as": "work_as job_is job_title_is occupation_is profession_is has_job role_is",
    "studies_at": "study_at attends_school school_is",
    "name_is": "has_name is_named is_called called named",
    "age_is": "has_age is_aged aged",
    "born_on": "birthday_is has_birthday birth_date_is was_born_on date_of_birth_is",
    "likes": "like loves love enjoys enjoy is_fond_of fond_of adores likes_to is_interested_in interested_in",
    "dislikes": "dislike hates hate does_not_like doesnt_like detests",
    "prefers": "prefer would_rather has_preference",
    "allergic_to": "is_allergic_to has_allergy has_allergy_to allergy_is",
    "diet_is": "has_diet follows_diet",
    "owns": "own has_item possesses",
    "has_pet": "has_a_pet owns_pet has_dog has_cat",
    "married_to": "is_married_to spouse_is husband_is wife_is",
    "plans_to": "plan_to intends_to is_planning_to planning_to will plans is_going_to",
    "must_do": "has_to must needs_to need_to should_do todo",
    "decided_to": "decides_to has_decided_to decided",
    "uses": "use is_using using",
    "speaks": "speak speaks_language",
    "can_do": "can knows_how_to is_able_to able_to has_skill",
    "learning": "learns is_learning studying_language",
    "visited": "travelled_to traveled_to went_to has_visited",
    "deadline_is": "has_deadline due_on due_by is_due_on",
    "budget_is": "has_budget",
    "version_is": "has_version is_at_version",
    "status_is": "has_status",
    "located_in": "location_is is_located_in is_in",
    "working_on": "works_on is_working_on project_is",
}

_CHINESE_PREDICATES: Final[Mapping[str, str]] = {
    "lives_in": "住在 居住在 居住地 搬到",
    "works_at": "工作于 就职于 任职于 公司",
    "works_as": "职业 职位 担任",
    "likes": "喜欢 爱好 热爱 喜爱",
    "dislikes": "不喜欢 讨厌",
    "prefers": "偏好 更喜欢",
    "name_is": "名字 姓名 叫",
    "age_is": "年龄",
    "born_on": "生日 出生于",
    "allergic_to": "过敏 对…过敏",
    "owns": "拥有",
    "plans_to": "计划 打算",
    "must_do": "必须 需要",
    "decided_to": "决定",
    "uses": "使用",
    "visited": "去过",
}

PREDICATE_ALIASES: Final[Mapping[str, str]] = {
    alias: name
    for table in (_PREDICATES, _CHINESE_PREDICATES)
    for name, aliases in table.items()
    for alias in aliases.split()
}

SLOT_OF: Final[Mapping[str, str]] = {
    "lives_in": "residence",
    "from_place": "origin",
    "works_at": "employer",
    "works_as": "job_title",
    "studies_at": "school",
    "name_is": "name",
    "age_is": "age",
    "born_on": "birthday",
    "diet_is": "diet",
    "married_to": "spouse",
    "budget_is": "budget",
}
"""Predicates that have one object at a time whatever the model says."""

_SLOTS: Final = frozenset(SLOT_OF.values()) | {"editor", "phone", "framework", "operating system", "email"}
_SLOT_ALIASES: Final[Mapping[str, str]] = {
    "home": "residence",
    "city": "residence",
    "address": "residence",
    "company": "employer",
    "workplace": "employer",
    "job": "job_title",
    "job title": "job_title",
    "occupation": "job_title",
    "profession": "job_title",
    "birth date": "birthday",
    "hometown": "origin",
    "wife": "spouse",
    "husband": "spouse",
}
_OPEN_SLOT: Final = re.compile(r"(?:favourite|deadline|version|location|status) \S.*|\w.{0,30} of \S.*")

USUAL_PREDICATE: Final[Mapping[FactType, str]] = {
    FactType.PREFERENCE: "prefers",
    FactType.DECISION: "decided_to",
    FactType.EVENT: "happened",
    FactType.TASK: "must_do",
    FactType.INSTRUCTION: "instruction",
    FactType.SKILL: "can_do",
    FactType.CONSTRAINT: "constraint_is",
    FactType.ERROR: "error_is",
    FactType.RISK: "risk_is",
    FactType.CONFIG: "config_is",
}
"""What a claim of a type says when the model names no predicate; else ``states``."""

_SELF: Final = frozenset(
    {"user", "the user", "i", "me", "my", "myself", "we", "us", "speaker", "the speaker", "author", "writer"}
    | {
        "human",
        "the writer",
        "the person",
        "用户",
        "该用户",
        "我",
        "本人",
        "自己",
        "我们",
        "说话人",
        "说话者",
        "使用者",
    }
)
_NOBODY: Final = frozenset(
    {"he", "she", "it", "they", "him", "her", "them", "this", "that", "these", "those", "there", "someone"}
    | {"somebody", "people", "everyone", "who", "one", "you", "your", "unknown", "subject"}
    | {
        "他",
        "她",
        "它",
        "他们",
        "她们",
        "它们",
        "这",
        "那",
        "这个",
        "那个",
        "有人",
        "大家",
        "你",
        "您",
        "你们",
        "某人",
    }
)
_OWNED: Final = re.compile(r"^(?:(?:the )?user(?:'s|’s)?\s+|my\s+|(?:用户|我)的?)", re.IGNORECASE)
_OF_SPEAKER: Final = re.compile(r"(?:(?:the )?user|i)\b(?!['’]s\b)|(?:该?用户|我)(?![的们])", re.IGNORECASE)
_ADDRESSED: Final = re.compile(
    r"\b(?:user|user's|users|you|you're|you've|you'd|you'll|your|yours|yourself)\b|用户|使用者|你|您", re.IGNORECASE
)
_PASSED_ON: Final = re.compile(
    r"\b(?:he|she|they|him|her|his|hers|them|their|you|you're|your|you've)\b|[他她你您]", re.IGNORECASE
)


def predicate(told: str, kind: FactType) -> str:
    """A model's word for a relation in our spelling: snake case, known ones under their own name."""
    known = PREDICATE_ALIASES.get(told.strip())
    if known:
        return known
    name = re.sub(r"[^a-z0-9]+", "_", told.lower().replace("'", "")).strip("_")[:LONGEST_PREDICATE].rstrip("_")
    if not re.search("[a-z]", name):
        return USUAL_PREDICATE.get(kind, "states")
    return PREDICATE_ALIASES.get(name, name)


def slot(told: str, relation: str) -> str | None:
    """The slot of a claim: by its predicate, else the model's word when it names one of the known questions.

    A wrong slot makes facts replace each other that can all be true, so an unknown one is none.
    """
    if relation in SLOT_OF:
        return SLOT_OF[relation]
    name = " ".join(told.lower().replace("_", " ").split()).replace("favorite", "favourite")
    name = _SLOT_ALIASES.get(name, name)
    return name if name in _SLOTS or _OPEN_SLOT.fullmatch(name) else None


def means_speaker(subject: str) -> bool:
    """Whether a subject is the person who wrote the message."""
    return subject.lower().strip(" .'\"") in _SELF


def begins_with_speaker(text: str) -> bool:
    """Whether a sentence is about the person who wrote the message: "The user lives in ...", 用户喜欢..."""
    return _OF_SPEAKER.match(text) is not None


def means_nobody(subject: str) -> bool:
    """Whether a subject is a pronoun that says nothing alone, or missing."""
    return not subject.strip() or subject.lower().strip(" .'\"") in _NOBODY


def without_owner(subject: str) -> str:
    """What is left of a subject that belongs to the speaker: "user's sister" is a sister."""
    return _OWNED.sub("", subject) or subject


def addresses_user(text: str) -> bool:
    """Whether a text speaks of the user or to somebody."""
    return _ADDRESSED.search(text) is not None


def has_pronoun(text: str) -> bool:
    """Whether a text may mean somebody whom it does not name."""
    return _PASSED_ON.search(text) is not None

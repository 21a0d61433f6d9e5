"""What a question asks for is read from its words, alike in both languages."""

import pytest

from fusion_memory.core.question import QuestionKind as Kind
from fusion_memory.core.question import Voice
from fusion_memory.text.questions import kind_of, names_in, voice_of, wants_current

KINDS = {
    Kind.FACTUAL_EXACT: ("What colour is Nadia's bicycle?", "娜娜的自行车是什么颜色的?"),
    Kind.TEMPORAL_LOOKUP: ("When did we move the server room?", "机房是哪天搬的?"),
    Kind.EVENT_ORDERING: (
        "Which did I finish first, the survey or the fence?",
        "问卷和围栏我先做完的是哪个,先后顺序?",
    ),
    Kind.CONTRADICTION: (
        "Is there anything inconsistent in what I told about my shifts?",
        "我说的排班有没有前后矛盾?",
    ),
    Kind.KNOWLEDGE_UPDATE: ("Which bank does Nadia currently work at?", "娜娜目前在哪家银行上班?"),
    Kind.MULTI_SESSION: ("How many plants did I buy for the balcony?", "我给阳台一共买了几盆花?"),
    Kind.ABSTENTION: ("Did I ever mention a boat?", "我有没有提过一条船?"),
    Kind.SUMMARIZATION: ("Give me a recap of the move.", "帮我总结一下搬家的事。"),
    Kind.PREFERENCE: ("Can you recommend a tent for me?", "给我推荐一顶帐篷吧。"),
    Kind.INSTRUCTION: ("How should you sign my letters?", "你应该怎么称呼我?"),
    Kind.ASSISTANT_REFERENCE: ("What was the second tent you suggested?", "你上次推荐的第二顶帐篷叫什么?"),
}


@pytest.mark.parametrize(("kind", "questions"), KINDS.items())
def test_every_kind_is_told_in_both_languages(kind, questions):
    assert [kind_of(question) for question in questions] == [kind, kind]


def test_every_kind_has_an_example():
    assert set(KINDS) == set(Kind)


def test_traditional_characters_ask_the_same():
    assert kind_of("你上次推薦的帳篷叫什麼?") == Kind.ASSISTANT_REFERENCE


@pytest.mark.parametrize(
    ("question", "voice"),
    [
        ("What was the tent you suggested?", Voice.ASSISTANT),
        ("你推荐过哪顶帐篷?", Voice.ASSISTANT),
        ("What did I say about the tent?", Voice.USER),
        ("我说过帐篷怎么了?", Voice.USER),
        ("Where is the tent?", None),
    ],
)
def test_whose_words_are_asked_for(question, voice):
    assert voice_of(question) == voice


@pytest.mark.parametrize(
    ("question", "current"),
    [
        ("Where does Nadia live?", True),
        ("What is my phone number?", True),
        ("娜娜现在住哪儿?", True),
        ("Where did Nadia live before?", False),
        ("娜娜以前住在哪里?", False),
        ("When did I move?", False),
    ],
)
def test_the_present_is_told_from_the_past(question, current):
    assert wants_current(question) is current


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Nadia say to Tom Lee about Paris?", ("Nadia", "Tom Lee", "Paris")),
        ("Nadia's bicycle?", ("Nadia",)),
        ("Which bicycle is hers?", ()),
        ("Did I read “The Long Ships”?", ("The Long Ships",)),
        ("我读过《长船》吗?", ("长船",)),
        ("", ()),
    ],
)
def test_names_are_found(question, names):
    assert names_in(question) == names

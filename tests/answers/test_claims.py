"""What a model may claim beside a quote: every word is borne out, of the same person; fair claims pass."""

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.packs import ContextPack, PackItem
from fusion_memory.retrieval.answering.contract import Grounds, checked
from fusion_memory.retrieval.answering.reply import ToldClaim, ToldQuote

ANA = Scope(user_id="ana")


def reason_of(said, question, claim, *, quote="", name=None):
    """Why a claim is refused that quotes a memory, all of it unless told; empty when it is supported."""
    with MemoryService(embedder=None, llm=None) as memory:
        [id_] = memory.add({"role": "user", "content": said, "time": "2026-03-02", "name": name}, ANA).ids
        event = memory.get(id_, "memory", ANA)
    item = PackItem("[1]", id_, f"{id_}#0", said, "", 1, event.said_at, end=len(said))
    grounds = Grounds(ContextPack(question, said, (item,), 1, 100), {id_: event})
    found = checked(ToldClaim(claim, (ToldQuote("[1]", quote or said),)), grounds)
    assert found.supported == (not found.reason)
    return found.reason


@pytest.mark.parametrize(
    ("said", "question", "claim"),
    [
        ("I bought a red Toyota.", "Which car did I buy?", "The user bought a blue Toyota."),
        ("I bought a red Toyota in May.", "Which car?", "The user bought a blue Toyota in May."),
        ("I drink tea every morning.", "What do I drink?", "The user drinks coffee every morning."),
        ("I play the violin on Wednesdays.", "What do I play?", "The user plays the violin on Wednesdays badly."),
        ("I live in Porto with two cats.", "Where do I live?", "The user lives in Porto with two dogs."),
        (
            "My sprint review is in the large room.",
            "Where is the review?",
            "The sprint review is in the small room.",
        ),
        ("The rent is due on March 9.", "When is the rent due?", "The rent is due on April 9."),
        ("小红喜欢喝绿茶。", "谁喜欢喝绿茶?", "小明喜欢喝绿茶。"),
        ("我住在上海浦东。", "我住在哪里?", "用户住在北京浦东。"),
        ("我喜欢喝茶。", "我喜欢喝什么?", "用户喜欢喝咖啡。"),
        ("我买了红色的丰田。", "我买了什么车?", "用户买了蓝色的丰田。"),
        ("我在南京大学教书。", "我在哪里教书?", "用户在北京大学教书。"),
        ("我3月9日看牙医。", "我什么时候看牙医?", "用户9月3日看牙医。"),
        ("Hong likes tea.", "What does Ming like?", "Ming likes tea."),
        ("I drink tea every morning.", "Do I drink coffee?", "The user drinks coffee every morning."),
        ("小红喜欢喝绿茶。", "小明喜欢喝什么?", "小明喜欢喝绿茶。"),
        ("我在上海浦东买了房子,三室一厅。", "我在北京浦东的房子几室?", "用户在北京浦东的房子是三室一厅。"),
        ("我周三学小提琴。", "我周三学什么?", "用户周三学大提琴。"),
    ],
)
def test_a_word_that_no_quote_has_is_refused(said, question, claim):
    assert reason_of(said, question, claim) == "not_in_quote"


@pytest.mark.parametrize(
    ("said", "question", "claim", "quote"),
    [
        ("My sister is allergic to nuts.", "What am I allergic to?", "The user is allergic to nuts.", ""),
        (
            "My sister is allergic to nuts.",
            "Am I allergic?",
            "The user is allergic to nuts.",
            "is allergic to nuts",
        ),
        (
            "My sister came by, is allergic to nuts.",
            "Am I allergic?",
            "The user is allergic to nuts.",
            "allergic to nuts",
        ),
        ("I think my older brother is allergic to nuts.", "Am I allergic?", "The user is allergic to nuts.", ""),
        ("She is allergic to nuts.", "What am I allergic to?", "The user is allergic to nuts.", ""),
        ("I live in Porto, but they live in Rome.", "Where do I live?", "The user lives in Rome.", ""),
        (
            "My sister is allergic to nuts.",
            "What is my brother allergic to?",
            "The brother is allergic to nuts.",
            "",
        ),
        ("I am allergic to nuts.", "What is my sister allergic to?", "Your sister is allergic to nuts.", ""),
        ("My landlady plays the cello.", "What do I play?", "The user plays the cello.", ""),
        ("我妹妹对花生过敏。", "我对什么过敏?", "用户对花生过敏。", ""),
        ("我妹妹对花生过敏。", "我对什么过敏?", "用户对花生过敏。", "对花生过敏"),
        ("我妹妹住在上海,对花生过敏。", "我对什么过敏?", "用户对花生过敏。", ""),
        ("他对花生过敏。", "我对什么过敏?", "用户对花生过敏。", ""),
        ("她住在上海。", "我住在哪里?", "用户住在上海。", ""),
        ("我觉得我的老板喜欢爵士乐。", "我喜欢什么?", "用户喜欢爵士乐。", ""),
    ],
)
def test_what_is_said_of_another_is_not_said_of_the_user(said, question, claim, quote):
    assert reason_of(said, question, claim, quote=quote) == "another_subject"


FAIR = [
    ("I live in Porto.", "Where do I live?", "The user lives in Porto."),
    ("I live in Porto.", "Where do I live?", "Ana lives in Porto."),
    ("I live in Porto with my sister.", "Where do I live?", "The user lives in Porto."),
    ("I told my sister that I moved to Porto.", "Where did I move?", "The user moved to Porto."),
    ("My sister lives in Rome, but I live in Porto.", "Where do I live?", "The user lives in Porto."),
    ("My sister is allergic to nuts.", "What is my sister allergic to?", "The user's sister is allergic to nuts."),
    ("My sister Maria is allergic to nuts.", "What is Maria allergic to?", "Maria is allergic to nuts."),
    ("My mum lives in Rome.", "Where does my mother live?", "The user's mother lives in Rome."),
    ("She is allergic to nuts.", "What is Maria allergic to?", "Maria is allergic to nuts."),
    ("My sister said she drove to Rome.", "Who drove to Rome?", "The user's sister drove to Rome."),
    (
        "I drove to Rome and bought three lamps.",
        "What did I buy?",
        "The user was driving to Rome and buys 3 lamps.",
    ),
    ("I have 2 cats.", "How many cats do I have?", "The user has two cats."),
    ("I pay 1,200 euros of rent.", "What is my rent?", "The user pays 1,200 euros of rent."),
    ("I saw the dentist yesterday.", "When did I see the dentist?", "The user saw the dentist on March 1, 2026."),
    ("I saw the dentist yesterday.", "When did I see the dentist?", "On 2026-03-01 the user saw the dentist."),
    (
        "It is on March 9 at 10:30.",
        "When is my dentist appointment?",
        "The dentist appointment is on March 9 at 10:30.",
    ),
    ("My dentist appointment is on March 9.", "When is my appointment?", "The appointment is on March 9."),
    ("我住在波尔图。", "我住在哪里?", "用户住在波尔图。"),
    ("我住在波尔圖。", "我住在哪里?", "用户提到他住在波尔图。"),
    ("我喜欢喝绿茶。", "我喜欢什么茶?", "用户说喜欢绿茶。"),
    ("我和妹妹住在上海。", "我住在哪里?", "用户住在上海。"),
    ("我妹妹住在北京,我住在上海。", "我住在哪里?", "用户住在上海。"),
    ("我妹妹对花生过敏。", "我妹妹对什么过敏?", "用户的妹妹对花生过敏。"),
    ("我养了三只猫。", "我养了几只猫?", "用户养了3只猫。"),
    ("我昨天看了牙医。", "我什么时候看了牙医?", "用户在2026年3月1日看了牙医。"),
    ("我3月9号看牙医。", "我什么时候看牙医?", "用户3月9日看牙医。"),
]


@pytest.mark.parametrize(("said", "question", "claim"), FAIR)
def test_a_fair_claim_passes(said, question, claim):
    assert reason_of(said, question, claim, name="Ana" if "Ana" in claim else None) == ""


def test_another_speaker_is_no_name_of_the_user():
    asked = ("I live in Porto.", "Where does Ben live?", "Ana lives in Porto.")
    assert reason_of(*asked, name="Ana") == ""
    assert reason_of(*asked, name="Cleo") == "not_in_quote"

"""What counts as the way somebody wants to be spoken to, and the profile it makes."""

from __future__ import annotations

import pytest

from fusion_memory import MemoryService, Scope

ANA = Scope(user_id="ana")
MANNER = [
    "Always answer me in French.",
    "Please keep your answers short.",
    "Call me Bob.",
    "Never use emojis when you reply.",
    "Please be formal with me.",
    "I prefer short answers.",
    "I like concise explanations with examples.",
    "I prefer bullet points over long paragraphs.",
    "以后用中文回答我。",
    "回答请简洁一点。",
    "叫我小林。",
    "不要用表情符号。",
    "说话直接一点。",
    "我喜欢简短的回答。",
]
OTHER = [
    "Never share my phone number.",
    "Always run the tests before committing.",
    "I prefer tea over coffee.",
    "I like short stories.",
    "提交之前一定要跑测试。",
    "我喜欢短篇小说。",
    "I live in Porto.",
]


def told(*said):
    with MemoryService(embedder=None, llm=None) as memory:
        memory.add(list(said), ANA)
        found = memory.get_entity_profile("user", ANA, "communication_style")
        return [
            {evidence.quote for fact in one.facts for evidence in fact.evidence} for one in found
        ], memory.facts(ANA)


@pytest.mark.parametrize("text", MANNER)
def test_the_manner_of_speaking_makes_the_profile(text):
    found, _ = told(text, "以后用英文回复我。" if text.isascii() else "Always reply in English.")
    assert len(found) == 1
    assert len(found[0]) == 2


@pytest.mark.parametrize("text", OTHER)
def test_what_concerns_something_else_does_not(text):
    found, facts = told(text, "Always answer me in French.", "Please keep your answers short.")
    assert facts
    assert len(found) == 1
    assert len(found[0]) == 2


def test_once_said_makes_no_profile_and_the_types_stay_as_they_are():
    assert told(MANNER[0])[0] == []
    with MemoryService(embedder=None, llm=None) as memory:
        memory.add(MANNER[:6], ANA)
        types = {profile.type: profile for profile in memory.get_entity_profile("user", ANA)}
        assert {"communication_style", "instruction"} <= types.keys()
        assert {fact.id for fact in types["instruction"].facts} <= {
            f.id for f in types["communication_style"].facts
        }

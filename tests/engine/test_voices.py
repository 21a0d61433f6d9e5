"""Whose words a question asks for is heard in a search, not only in the parts that a ranking is made of."""

import pytest

from fusion_memory import MemoryService, Scope

ANA = Scope(user_id="ana")


@pytest.fixture
def memory():
    with MemoryService(embedder=None, llm=None, reranker=None) as service:
        yield service


@pytest.mark.parametrize("name", ["Nadia", "娜娜"])
def test_whom_a_question_names_comes_first(memory, name):
    turns = [{"role": "user", "speaker": who, "content": "The boat is painted."} for who in ("Tom", name, "Rui")]
    memory.add(turns, ANA, "2026-03-02")
    first, *others = memory.search(f"{name} boat painted", ANA, trace=False)
    assert first.speaker == name
    assert "speaker" in first.parts
    assert all("speaker" not in hit.parts for hit in others)


def test_an_assistant_is_heard_in_full_when_it_is_asked_for(memory):
    turns = [{"role": "assistant", "content": "Take the red tent."}, {"role": "user", "content": "A tent leaks."}]
    memory.add(turns, ANA, "2026-03-02")

    def counted(question):
        return next(h.parts["keyword"] for h in memory.search(question, ANA) if h.role == "assistant")

    assert counted("Which tent did you suggest?") > 1.5 * counted("Which tent did we suggest?")

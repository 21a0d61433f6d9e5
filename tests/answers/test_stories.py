"""Short stories in two languages, each with questions that it answers and questions that it does not.

The figures are those of the product without any model, with keyword search only.
"""

from pathlib import Path

import pytest

from fusion_memory import MemoryService, Scope

HERE = Path(__file__).parent


def stories(name):
    """The blocks of a file: what is said, then ``? question = answer|answer`` and ``! question without answer``."""
    for block in (HERE / name).read_text("utf-8").strip().split("\n\n"):
        lines = block.split("\n")
        said = [message(line) for line in lines if line[0] not in "?!"]
        yield said, [line for line in lines if line[0] == "?"], [line for line in lines if line[0] == "!"]


def message(line):
    day, text = line.split(" ", 1)
    role, mark, words = text.partition("assistant: ")
    said = {"role": "assistant", "content": words} if mark and not role else {"role": "user", "content": text}
    return {**said, "time": day, "session_id": "talk"}


def judged(name):
    """The share of questions answered with the right words, and of the others left without an answer."""
    right, silent = [], []
    with MemoryService(embedder=None, llm=None) as memory:
        for number, (said, answered, unanswered) in enumerate(stories(name)):
            scope = Scope(user_id=f"person-{number}")
            memory.add(said, scope)
            for line in answered:
                question, _, gold = line[2:].partition(" = ")
                answer = memory.answer(question, scope, options={"asked_at": "2026-07-01"})
                found = any(words.casefold() in answer.text.casefold() for words in gold.split("|"))
                right.append(found and answer.evidence_supported)
                assert answer.evidence_supported or answer.abstained
            for line in unanswered:
                answer = memory.answer(line[2:], scope, options={"asked_at": "2026-07-01"})
                silent.append(bool(answer.abstained))
    return sum(right) / len(right), sum(silent) / len(silent), len(right)


@pytest.mark.parametrize("name", ["stories_en.txt", "stories_zh.txt"])
def test_what_was_said_is_answered_and_what_was_not_is_not(name):
    right, silent, count = judged(name)
    assert count == 60
    assert right >= 0.9
    assert silent >= 0.9

"""A pack finds by index what the whole ledger would have told it."""

from datetime import UTC, datetime, timedelta

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.scope import Access, Action, Principal, reaching
from fusion_memory.memory import at_hand

ANA = Scope(user_id="ana")
TREES = (
    "oak ash elm pine fir yew birch beech maple willow alder hazel rowan lime plum pear cherry olive".split()  # noqa: SIM905 (a list of words)
)
START = datetime(2026, 1, 1, tzinfo=UTC)
TOLD = [
    "I live in Lisbon.",
    "I am allergic to peanuts.",
    "我喜欢喝绿茶。",
    "My sister Eva lives in Rome.",
    "I work as a nurse.",
    "Please always answer in English.",
    "I moved to Porto last week.",
    "I decided to buy a bicycle.",
    "我对花生过敏。",
    "I don't like coriander.",
    "I like coriander.",
]
ANSWERS = {
    "Where do I live?": ["Porto"],
    "What am I allergic to?": ["peanuts", "花生"],
    "我喜欢喝什么?": ["绿茶"],
    "Where did I live before?": ["Lisbon", "Porto"],
    "Do I like coriander?": ["coriander"],
    "What does my sister do?": ["Eva"],
}


@pytest.fixture(scope="module")
def memory():
    with MemoryService(embedder=None) as opened:
        for day, text in enumerate(TOLD):
            opened.add({"content": text, "time": (START + timedelta(days=day)).isoformat()}, ANA)
        opened.add_batch([f"I like the {name} tree." for name in TREES], ANA)
        opened.memory_flush(ANA)
        yield opened


def lines_of(pack):
    """The lines of what was understood."""
    told = ("current", "history", "contradictions", "instructions")
    return {(part.name, line.text) for part in pack.sections if part.name in told for line in part.lines}


@pytest.mark.parametrize("question", ANSWERS)
def test_the_sections_have_what_the_whole_ledger_has(memory, monkeypatch, question):
    quick = lines_of(memory.answer_context(question, ANA, budget=2_000))
    monkeypatch.setattr(at_hand, "covers", lambda _: False)
    whole = lines_of(memory.answer_context(question, ANA, budget=2_000))
    for word in ANSWERS[question]:
        assert {line for line in whole if word in line[1]} <= quick
        assert any(word in text for _, text in whole), word


def test_the_latest_of_every_kind_are_at_hand_and_no_more(memory):
    pack = memory.answer_context("What is new?", ANA)
    assert all(len(view.facts) <= at_hand.LATEST for view in pack.current_views)
    everything = {view.type: len(view.facts) for view in memory.get_current_views(ANA)}
    assert sum(len(view.facts) for view in pack.current_views) < sum(everything.values())
    assert {view.type for view in pack.current_views} == {name for name, count in everything.items() if count}


def test_a_narrowed_scope_reads_its_own_facts():
    within = Access(Principal.local(), Scope(user_id="ana", session_id="s"), Action.READ)
    assert not at_hand.covers(within)
    assert at_hand.covers(reaching(within, True))

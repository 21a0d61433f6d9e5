"""What an embedder is shown of a conversation, and what stays of it when a part is erased."""

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.models.passage import before
from fusion_memory.testing.embedder import HashingEmbedder

TALK = Scope(user_id="ana", session_id="s1")


class Listener(HashingEmbedder):
    """Remembers which passages it was shown, with what stood before them, and lets that change the vector."""

    def __init__(self):
        super().__init__(64)
        self.shown = []

    def embed_passages(self, texts):
        self.shown += [(str(text), before(text)) for text in texts]
        return super().embed_passages([f"{before(text)} {text}" for text in texts])


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def memory(listener, tmp_path):
    with MemoryService(tmp_path / "memory.db", embedder=listener, llm=None) as service:
        yield service


def test_a_turn_is_shown_after_the_one_before_it_in_its_session(memory, listener):
    memory.add(["Which car shall I buy?", "The blue one."], TALK)
    memory.add("Where is it parked?", TALK)
    assert listener.shown == [
        ("Which car shall I buy?", ""),
        ("The blue one.", "Which car shall I buy?"),
        ("Where is it parked?", "The blue one."),
    ]


def test_notes_outside_a_session_stand_alone(memory, listener):
    memory.add(["Which car shall I buy?", "The blue one."], Scope(user_id="ana"))
    assert [context for _, context in listener.shown] == ["", ""]


def test_a_long_turn_is_shown_with_the_end_of_what_it_said_before(memory, listener):
    memory.add("The garden needs water every morning. " * 20, TALK)
    first, *others = [context for _, context in listener.shown]
    assert first == ""
    assert others
    assert all(len(context) == 80 for context in others)


def test_erasing_a_turn_takes_its_part_in_the_next_vector(memory, listener):
    secret, kept = memory.add(["My code is 7741.", "Did you get that?"], TALK).ids
    (before_it,) = score_of(memory, "Did you get that?")
    listener.shown.clear()
    memory.forget(TALK, [secret])
    assert listener.shown == [("Did you get that?", "")]
    assert memory.stats(TALK).pending == 0
    (after_it,) = score_of(memory, "Did you get that?")
    assert after_it > before_it + 0.05
    assert memory.search("Did you get that?", TALK)[0].id == kept


def score_of(memory, text):
    found = memory.search(text, TALK, recipe="vector")
    return [hit.lanes[0].score for hit in found if hit.text == text]


def test_many_messages_are_read_at_the_first_question_about_facts(memory):
    bo = Scope(user_id="bo")
    texts = [f"Today I saw {number} birds." for number in range(299)] + ["I live in Porto."]
    memory.add_batch(texts, bo)
    assert memory.encoding_report(bo).pending == 300
    assert "facts_pending:300" in memory.answer_context("birds", bo).degraded
    assert [fact.object for fact in memory.facts(bo, slot="residence")] == ["Porto"]
    assert memory.encoding_report(bo).pending == 0


def test_what_a_clock_that_runs_ahead_recorded_is_the_present(memory):
    memory.add({"role": "user", "content": "I live in Porto.", "time": "2093-05-01"}, Scope(user_id="eve"))
    assert [fact.state for fact in memory.facts(Scope(user_id="eve"))] == ["current"]

"""Packs through the service: sections that fit, kept without texts, shown again, compared, made anew."""

from datetime import UTC, datetime, timedelta

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.clock import SystemClock
from fusion_memory.core.errors import InvalidInput, InvalidOption, NotFound
from fusion_memory.core.packs import PACK_CONTRACT, difference
from fusion_memory.memory.packs import digest
from fusion_memory.testing.embedder import HashingEmbedder

ANA = Scope(user_id="ana")
STORY = [
    {"role": "user", "content": "I live in Lyon.", "time": "2025-01-10", "session_id": "a"},
    {"role": "user", "content": "Always answer me in short sentences.", "time": "2025-02-01", "session_id": "a"},
    {"role": "user", "content": "I moved to Porto, I live in Porto now.", "time": "2026-02-03", "session_id": "b"},
    {"role": "assistant", "content": "How do you like Porto?", "time": "2026-02-03", "session_id": "b"},
    {"role": "user", "content": "I love the river.", "time": "2026-02-03", "session_id": "b"},
]
GESCHICHTE = [
    {"role": "user", "content": "我住在上海。", "time": "2025-01-10"},
    {"role": "user", "content": "我搬到成都了,现在住在成都。", "time": "2026-02-03"},
]


class Ticking(SystemClock):
    """Every look at it is a second later."""

    def __init__(self):
        self.moment = datetime(2026, 3, 1, tzinfo=UTC)

    def now(self):
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def memory(tmp_path):
    with MemoryService(tmp_path / "memory.db", embedder=HashingEmbedder(64), llm=None, clock=Ticking()) as service:
        yield service


def names(pack):
    return [section.name for section in pack.sections]


def lines(pack, name):
    return [line.text for section in pack.sections if section.name == name for line in section.lines]


@pytest.mark.parametrize(
    ("said", "question", "now", "before"),
    [(STORY, "Where do I live?", "Porto", "Lyon"), (GESCHICHTE, "我住在哪里?", "成都", "上海")],
)
def test_what_is_true_now_and_what_was_stand_before_the_evidence(memory, said, question, now, before):
    memory.add(said, ANA)
    pack = memory.answer_context(question, ANA, 2_000)
    assert pack.contract == PACK_CONTRACT
    assert any(now in line for line in lines(pack, "current"))
    assert not any(before in line for line in lines(pack, "current"))
    [history] = lines(pack, "history")
    assert history.index(before) < history.index(now)
    spans = {line_source for section in pack.sections for line in section.lines for line_source in line.sources}
    assert spans <= {f"{event_id}#0" for event_id in (item.id for item in pack.items)}
    assert memory.answer_context(question, ANA, 2_000).text == pack.text


def test_standing_wishes_come_along_when_there_is_room(memory):
    memory.add(STORY, ANA)
    assert lines(memory.answer_context("Where do I live?", ANA, 2_000), "instructions")
    assert not lines(memory.answer_context("Where do I live?", ANA, 400), "instructions")


def test_a_question_that_hits_brings_its_answer(memory):
    chat = Scope(user_id="ana", session_id="talk")
    memory.add([{"role": "assistant", "content": "Which colour has your kettle?"}, "Blue, since yesterday."], chat)
    for number in range(40):
        memory.add(f"Kettle remark number {number} on the colour.", Scope(user_id="ana", session_id=f"s{number}"))
    pack = memory.answer_context("Which colour has your kettle?", ANA, 480, {"recipe": "keyword"})
    assert any("Blue, since yesterday." in item.text for item in pack.items)
    assert len(pack.items) < 40


def test_a_value_that_was_brings_the_value_that_is(memory):
    memory.add(STORY, ANA)
    pack = memory.answer_context("Lyon", ANA, 2_000)
    assert any("Porto" in line for line in lines(pack, "current"))


def test_a_deep_pack_has_room_for_whole_sessions(memory):
    chat = Scope(user_id="ana", session_id="long")
    memory.add([f"Turn {n}: something else about it." for n in range(30)] + ["The anchor is rusty."], chat)
    memory.add([f"Other note {n}." for n in range(60)], ANA)
    small = memory.answer_context("rusty anchor", ANA, 300)
    deep = memory.answer_context("rusty anchor", ANA, options={"recipe": "deep"})
    assert (memory.answer_context("rusty anchor", ANA).budget_tokens, deep.budget_tokens) == (2_000, 16_000)
    assert sum("Turn" in item.text for item in deep.items) == 30
    assert len(small.items) < len(deep.items)


def test_a_pack_is_kept_without_texts_and_shown_again(memory, tmp_path):
    memory.add(STORY, ANA)
    pack = memory.answer_context("Where do I live?", ANA, 2_000)
    stored = memory.pack(pack.id, ANA)
    assert stored.intact
    assert stored.gone == ()
    assert stored.pack.text == pack.text
    assert stored.pack.items == pack.items
    assert stored.pack.sections == pack.sections
    kept = memory._parts.traces.get(memory._enter("read", ANA)[1], pack.id)
    assert "Porto" not in str(kept.payload)
    [note] = memory.packs(ANA)
    assert (note.id, note.query, note.tokens) == (pack.id, "Where do I live?", pack.tokens)


def test_what_was_erased_is_gone_from_a_pack_with_its_question(memory):
    ids = memory.add(STORY, ANA).ids
    pack = memory.answer_context("Do I live in Lyon?", ANA, 2_000)
    memory.forget(ANA, [ids[0]])
    stored = memory.pack(pack.id, ANA)
    assert not stored.intact
    assert stored.gone
    assert "Lyon" not in stored.pack.text + stored.pack.query
    assert "Porto" in stored.pack.text
    kept = memory._parts.traces.get(memory._enter("read", ANA)[1], pack.id)
    assert digest(pack.text) not in str(kept.payload), "a digest would let a guess at what was erased be checked"
    with pytest.raises(InvalidInput, match="made anew"):
        memory.replay_pack(pack.id, ANA)


def test_a_pack_is_made_anew_as_it_was_then(memory):
    memory.add(STORY[:2], ANA)
    pack = memory.answer_context("Where do I live?", ANA, 2_000)
    memory.add(STORY[2:], ANA)
    then = memory.replay_pack(pack.id, ANA)
    assert difference(pack, then).same
    now = memory.replay_pack(pack.id, ANA, now=True)
    assert any("Porto" in line.text for line in difference(pack, now).added)
    other = memory.answer_context("Where do I live?", ANA, 2_000)
    assert memory.diff_packs(pack.id, other.id, ANA).added
    assert memory.diff_packs(other.id, other.id, ANA).same


def test_a_pack_is_its_owners(memory):
    memory.add(STORY, ANA)
    pack = memory.answer_context("Where do I live?", ANA)
    for scope, pack_id in ((Scope(user_id="ben"), pack.id), (ANA, "pack_none"), (ANA, pack.trace_id)):
        with pytest.raises(NotFound):
            memory.pack(pack_id, scope)
    assert memory.packs(Scope(user_id="ben")) == ()
    assert memory.answer_context("x", ANA, options={"trace": False}).id is None
    with pytest.raises(InvalidOption):
        memory.packs(ANA, 0)


def test_a_filtered_pack_tells_nothing_from_outside_its_filter(memory):
    memory.add(STORY, ANA)
    options = {"session_ids": ("b",)}
    pack = memory.answer_context("Do I live in Porto or in Lyon?", ANA, 2_000, options)
    assert "Porto" in pack.text
    assert "Lyon" not in pack.text
    assert "current" not in names(pack)
    assert not any("Lyon" in fact.text for clash in pack.conflicts for fact in (clash.older, clash.newer))


TALK = Scope(user_id="ana", session_id="talk")
FILTERS = [
    {"roles": ("assistant",)},
    {"since": "2025-01-01", "until": "2025-12-31"},
    {"metadata": {"mood": "glad"}},
    {"session_ids": ("a",), "allow_cross_session": True},
    {"trust": ("assistant",)},
    {"origins": ("log",)},
    {"types": ("preference",)},
]


@pytest.mark.parametrize("options", FILTERS, ids=lambda options: next(iter(options)))
def test_a_filter_leaves_the_conversation_at_hand_and_what_is_true_now_out(memory, options):
    memory.add(STORY, ANA)
    memory.add([{"role": "user", "content": "I live in Oslo, the kettle is violet."}], TALK)
    memory.process_background_tasks(ANA)
    assert memory.core_memory(ANA).items
    prompts = []

    def model(prompt):
        prompts.append(prompt)
        return '{"abstain": true}'

    question, filtered = "Where do I live?", {"allow_cross_session": True, **options}
    plain = memory.answer_context(question, TALK, 4_000, {"allow_cross_session": True})
    assert plain.working
    assert "current" in names(plain)
    memory.answer(question, TALK, 4_000, {"allow_cross_session": True}, model=model)
    assert "violet" in prompts.pop()
    prompts.clear()
    pack = memory.answer_context(question, TALK, 4_000, filtered)
    answer = memory.answer(question, TALK, 4_000, filtered, model=model)
    assert not set(names(pack)) & {"working", "core", "current"}
    assert (pack.working, pack.current_views) == ((), ())
    assert memory.search(question, TALK, filtered).working == ()
    for text in (pack.text, answer.text, *prompts, *(quote.text for quote in answer.quotes)):
        assert "violet" not in text
        assert "Oslo" not in text


def test_a_filtered_fact_names_only_evidence_within_the_filter(memory):
    memory.add([{**STORY[0], "session_id": "a"}, {**STORY[0], "session_id": "b"}], ANA)
    [seen] = {item.id for item in memory.answer_context("Lyon", ANA, 2_000, {"session_ids": ("a",)}).items}
    pack = memory.answer_context("Lyon", ANA, 2_000, {"session_ids": ("a",)})
    assert {e.event_id for fact in pack.facts for e in fact.evidence} == {seen}
    assert {source for s in pack.sections for line in s.lines for source in line.sources} <= {f"{seen}#0"}


def test_a_question_is_shown_only_where_it_could_have_been_asked(memory):
    memory.add(STORY, ANA)
    place = Scope(user_id="ana", agent_id="a1", app_id="chat", session_id="s1")
    pack = memory.answer_context("Where do I live?", place, options={"allow_cross_session": True})
    wide = memory.answer_context("Do I live in Porto?", ANA)
    within = [place, Scope(user_id="ana", agent_id="a1"), Scope(user_id="ana", session_id="s1"), ANA]
    outside = [
        Scope(user_id="ana", agent_id="a2"),
        Scope(user_id="ana", agent_id="a1", session_id="s2"),
        Scope(user_id="ana", app_id="mail"),
        Scope(user_id="ana", agent_id="a1", run_id="r1"),
    ]
    for written in (False, True):
        for scope in within:
            listed = [note.id for note in memory.packs(scope)]
            assert listed == ([wide.id, pack.id] if scope == ANA else [pack.id])
            assert memory.pack(pack.id, scope).pack.query == memory.trace(pack.trace_id, scope).query == pack.query
            assert memory.packs(scope, 1)[0].id == listed[0]
        for scope in outside:
            assert memory.packs(scope) == ()
            for read in (memory.pack, memory.replay_pack, memory.trace):
                for kept in (pack, wide):
                    with pytest.raises(NotFound):
                        read(kept.trace_id if read == memory.trace else kept.id, scope)
        if not written:
            memory._parts.traces.flush()


def test_a_pack_is_made_anew_where_it_was_asked(memory):
    memory.add("The kettle is blue.", Scope(user_id="ana", agent_id="a1"))
    pack = memory.answer_context("kettle", Scope(user_id="ana", agent_id="a1"))
    memory.add("The kettle is red.", Scope(user_id="ana", agent_id="a2"))
    assert "red" not in memory.replay_pack(pack.id, ANA, now=True).text


def test_a_pack_is_no_recall_trace(memory):
    memory.add(STORY, ANA)
    pack = memory.answer_context("Where do I live?", ANA)
    for read in (memory.trace, lambda key, scope: memory.get(key, "trace", scope)):
        with pytest.raises(NotFound, match="no recall trace") as refused:
            read(pack.id, ANA)
        assert pack.id in refused.value.fix


def test_feedback_takes_a_pack_for_the_search_it_was_made_of(memory):
    memory.add(STORY, ANA)
    pack = memory.answer_context("Where do I live?", ANA)
    said = memory.feedback(pack.items[0].id, True, ANA, trace_id=pack.id)
    assert said == memory.feedback_given(ANA)[0]
    assert said.trace_id == pack.trace_id
    assert said.features
    for scope, pack_id in ((ANA, "pack_none"), (Scope(user_id="ana", agent_id="a2"), pack.id)):
        with pytest.raises(NotFound, match="pack"):
            memory.feedback(pack.items[0].id, True, scope, trace_id=pack_id)

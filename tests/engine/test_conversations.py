"""The conversation at hand through the service: recent messages, batches, sessions, core memory, plain words."""

from datetime import UTC, datetime, timedelta

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidInput, InvalidOption, InvalidScope
from fusion_memory.core.layers import CADENCES, Cadence, Cause
from fusion_memory.core.settings import Settings, WorkingSettings

ANA = Scope(user_id="ana")
TALK = Scope(user_id="ana", session_id="s1")
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


class Later:
    """A clock that tests move."""

    def __init__(self):
        self.moment = NOON

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()

    def pass_(self, **stretch):
        self.moment += timedelta(**stretch)


@pytest.fixture
def clock():
    return Later()


@pytest.fixture
def memory(clock):
    with MemoryService(embedder=None, clock=clock) as service:
        yield service


def said(found):
    return [event.content for event in found]


def objects(memory, scope=ANA, **wanted):
    return [fact.object for fact in memory.facts(scope, **wanted)]


def core(memory, scope=ANA):
    return memory.core_memory(scope).text


def test_the_same_words_said_again_are_another_message(memory, clock):
    first = memory.record_message(TALK, "user", "Yes.")
    clock.pass_(seconds=5)
    second = memory.record_message(TALK, "user", "Yes.")
    assert first.inserted == second.inserted == 1
    assert said(memory.working_memory(TALK)) == ["Yes.", "Yes."]


def test_one_message_delivered_twice_is_one_message(memory, clock):
    for _ in range(2):
        memory.record_message(TALK, "user", "好的。", message_id="m1")
        clock.pass_(seconds=5)
    assert said(memory.working_memory(TALK)) == ["好的。"]


def test_a_message_keeps_who_said_it_and_when(memory):
    memory.record_message(TALK, "assistant", "Shall we?", time="2026-04-01T11:55:00Z", name="Iris")
    [event] = memory.working_memory(TALK)
    assert (event.role, event.speaker, event.said_at) == ("assistant", "Iris", NOON - timedelta(minutes=5))


def test_recent_messages_stand_beside_the_results_and_take_no_place_among_them(memory, clock):
    memory.add([f"Note {n}: the greenhouse needs water." for n in range(8)], ANA, "2026-01-01")
    for line in ("hello", "what about the greenhouse?", "嗯", "ok", "so", "then"):
        memory.record_message(TALK, "user", line)
        clock.pass_(seconds=10)
    found = memory.search("greenhouse water", TALK, limit=5, allow_cross_session=True)
    assert len(found.hits) == 5
    assert said(found.working) == ["hello", "what about the greenhouse?", "嗯", "ok", "so", "then"]
    assert all("needs water" in hit.text for hit in found.hits)
    pack = memory.answer_context("greenhouse water", TALK, options={"allow_cross_session": True})
    assert said(pack.working) == said(found.working)
    assert pack.items == memory.answer_context("greenhouse water", ANA).items
    without = memory.search("greenhouse water", ANA, limit=5)
    assert [hit.id for hit in without.hits] == [hit.id for hit in found.hits]
    assert without.working == ()


def test_what_is_recent_is_a_setting(clock):
    window = WorkingSettings(messages=2, minutes=0, reach="user")
    with MemoryService(embedder=None, clock=clock, settings=Settings(working=window)) as memory:
        for session, line in (("s1", "one"), ("s2", "two"), ("s3", "three")):
            memory.record_message(Scope(user_id="ana", session_id=session), "user", line)
            clock.pass_(days=1)
        assert said(memory.working_memory(TALK)) == ["two", "three"]


def test_recent_messages_as_they_were_at_a_moment(memory, clock):
    memory.record_message(TALK, "user", "one")
    clock.pass_(minutes=1)
    then = clock.now()
    memory.record_message(TALK, "user", "two")
    clock.pass_(minutes=40)
    assert memory.working_memory(TALK) == ()
    assert said(memory.working_memory(TALK, as_of=then - timedelta(seconds=1))) == ["one"]
    assert said(memory.working_memory(TALK, as_of=then.isoformat())) == ["one", "two"]


def test_a_conversation_taken_in_counts_what_was_written(memory):
    talk = [
        {"role": "user", "content": "I live in Porto.", "time": "2026-03-01T10:00:00Z"},
        {"role": "assistant", "content": "Nice!", "time": "2026-03-01T10:00:05Z"},
        {"role": "user", "content": "我喜欢爵士乐。", "time": "2026-03-01T10:00:10Z"},
    ]
    assert memory.ingest_conversation(TALK, talk) == {"inserted": 3, "skipped": 0}
    assert memory.ingest_conversation(TALK, talk) == {"inserted": 0, "skipped": 3}
    assert memory.ingest_conversation(TALK, [*talk[:1], {"content": "New.", "time": "2026-03-02"}]) == {
        "inserted": 1,
        "skipped": 1,
    }
    assert memory.stats(ANA).memories == 4
    with pytest.raises(InvalidInput):
        memory.ingest_conversation(TALK, [{"content": "fine"}, {"content": ""}])
    assert memory.stats(ANA).memories == 4


TALKED = [{"role": "user", "content": line} for line in ("My name is Clara.", "I am allergic to nuts.", "你好。")]


def test_a_session_saved_as_it_is_has_no_summary(memory):
    assert memory.save_session(TALK, messages=TALKED) is None
    assert memory.stats(TALK).memories == 3
    assert memory.get_session_summaries(ANA) == ()


def test_a_session_saved_with_a_summary_quotes_its_messages(memory):
    summary = memory.save_session(TALK, "summary", TALKED)
    assert summary.cause is Cause.SESSION_END
    assert "allergic to nuts" in summary.text
    assert {memory.get(source, scope=ANA).content for source in summary.sources} <= {m["content"] for m in TALKED}
    assert memory.get_session_summaries(ANA) == (summary,)
    again = memory.save_session(TALK, "summary", TALKED)
    assert (again.version, again.messages) == (2, 3)


def test_a_session_has_to_be_named_and_the_mode_known(memory):
    for call in (lambda: memory.save_session(ANA), lambda: memory.refresh_session_summary(ANA)):
        with pytest.raises(InvalidOption):
            call()
    with pytest.raises(InvalidOption):
        memory.save_session(TALK, "short")
    assert memory.save_session(TALK, "summary") is None
    assert memory.refresh_session_summary(TALK) is None


def test_a_summary_goes_with_any_message_it_quotes(memory):
    summary = memory.save_session(TALK, "summary", TALKED)
    memory.forget(ANA, [summary.sources[0]])
    assert memory.get_session_summaries(ANA) == ()
    rest = memory.refresh_session_summary(TALK)
    assert rest is None or summary.sources[0] not in rest.sources


def test_a_durable_batch_keeps_messages_at_once_and_understands_them_later(memory):
    with memory.batch_processor(Cadence(messages=3)) as batches:
        taken = batches.buffer_conversation(TALK, ["I live in Porto.", "我喜欢爵士乐。"])
        assert (len(taken.ids), taken.waiting) == (2, 2)
        assert memory.stats(ANA).memories == 2
        assert memory.encoding_report(ANA).pending == 2
        [flushed] = batches.buffer_conversation(TALK, "My dog is called Rex.").flushes
        assert (flushed.batch.cause, flushed.outcome["inserted"]) == (Cause.MESSAGES, 3)
        assert {"Porto", "爵士乐", "Rex"} <= set(objects(memory))
        assert memory.encoding_report(ANA).pending == 0
    assert memory.stats(ANA).memories == 3


def test_a_batch_that_is_held_back_is_there_when_it_is_flushed(memory):
    with memory.batch_processor(Cadence(messages=10), durable=False) as batches:
        taken = batches.buffer_conversation(TALK, ["I live in Porto.", "I love jazz."])
        assert (taken.ids, taken.waiting, memory.stats(ANA).memories) == ((), 2, 0)
        assert batches.end_session(TALK).outcome == {"inserted": 2, "skipped": 0}
        assert memory.stats(TALK).memories == 2
        batches.buffer_conversation(TALK, "我住在上海。")
    assert memory.stats(TALK).memories == 3
    assert "上海" in objects(memory)


def test_a_batch_that_was_never_flushed_is_understood_after_all(tmp_path):
    with MemoryService(tmp_path / "m.db", embedder=None) as memory:
        memory.batch_processor(CADENCES["default"]).buffer_conversation(TALK, "I live in Porto.")
    with MemoryService(tmp_path / "m.db", embedder=None) as memory:
        memory.drain_update_queue()
        assert objects(memory) == ["Porto"]


def test_an_idle_conversation_is_flushed(memory, clock):
    batches = memory.batch_processor(Cadence(messages=10, idle_s=60))
    batches.buffer_conversation(TALK, "I live in Porto.")
    assert batches.flush_idle() == ()
    clock.pass_(seconds=61)
    [flushed] = batches.flush_idle()
    assert flushed.batch.cause is Cause.IDLE
    assert objects(memory) == ["Porto"]
    batches.close()


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("I live in Lisbon.", "I moved to Porto last week.", "Lisbon", "Porto"),
        ("我住在上海。", "我搬到了北京。", "上海", "北京"),
    ],
)
def test_the_core_memory_follows_a_change(memory, clock, before, after, old, new):
    memory.add(before, ANA)
    assert old in core(memory)
    clock.pass_(days=30)
    memory.add(after, ANA)
    assert new in core(memory)
    assert old not in core(memory)


def test_what_is_taken_back_or_erased_leaves_the_core_memory(memory):
    memory.add(["I am allergic to peanuts.", "My name is Clara."], ANA)
    assert {"peanuts", "Clara"} <= set(core(memory).replace(".", " ").split())
    [fact] = memory.facts(ANA, "peanuts", type="attribute", limit=1)
    memory.retract(fact.id, ANA)
    assert "peanuts" not in core(memory)
    [name] = memory.facts(ANA, slot="name")
    memory.forget(ANA, [name.evidence[0].event_id])
    assert memory.core_memory(ANA).items == ()


def test_what_is_put_right_is_right_in_the_core_memory(memory):
    memory.add("I live in Lisbon.", ANA)
    core(memory)
    memory.correct(memory.facts(ANA)[0].id, ANA, object="Porto")
    assert "Porto" in core(memory)
    assert "Lisbon" not in core(memory)


def test_values_about_the_owner_are_merged_key_by_key(memory):
    assert memory.get_user_profile(ANA) == {}
    memory.update_user_profile(ANA, {"name": "Clara", "settings": {"quiet": True, "size": 3}})
    held = memory.update_user_profile(TALK, {"settings": {"quiet": False}, "城市": "上海"})
    assert held == {"name": "Clara", "settings": {"quiet": False}, "城市": "上海"}
    assert memory.update_user_profile(ANA, {"name": None}) == {"settings": {"quiet": False}, "城市": "上海"}
    with pytest.raises(InvalidInput):
        memory.update_user_profile(ANA, {"good": 1, "bad": float("nan")})
    assert memory.get_user_profile(ANA) == {"settings": {"quiet": False}, "城市": "上海"}
    assert memory.get_user_profile(Scope(user_id="ben")) == {}
    assert memory.search("上海", ANA).hits == ()


@pytest.mark.parametrize("part", [{"agent_id": "bot"}, {"run_id": "r"}, {"app_id": "diary"}], ids=str)
def test_values_are_of_the_whole_owner_and_out_of_reach_for_a_part_of_one(memory, part):
    memory.update_user_profile(ANA, {"name": "Clara"})
    inside = Scope(user_id="ana", **part)
    with pytest.raises(InvalidScope):
        memory.get_user_profile(inside)
    with pytest.raises(InvalidScope):
        memory.update_user_profile(inside, {"name": None})
    assert memory.get_user_profile(ANA) == {"name": "Clara"}


@pytest.mark.parametrize(
    ("text", "kind", "payload"),
    [
        ("Remember that I am allergic to peanuts.", "remember", "I am allergic to peanuts"),
        ("记住我对花生过敏。", "remember", "我对花生过敏"),
        ("I am allergic to peanuts.", "added", "I am allergic to peanuts."),
        ("我对花生过敏。", "added", "我对花生过敏。"),
    ],
)
def test_what_is_told_is_kept_and_understood(memory, text, kind, payload):
    told = memory.tell(text, TALK)
    assert (told.kind, told.payload, told.added.inserted) == (kind, payload, 1)
    assert {"peanuts", "花生"} & set(objects(memory))


@pytest.mark.parametrize("text", ["Off the record, I live in Faro.", "不要记住我抽烟。"])
def test_what_is_not_to_be_remembered_makes_no_fact(memory, text):
    told = memory.tell(text, TALK)
    assert (told.kind, told.added.inserted) == ("do_not_remember", 1)
    assert objects(memory, state="all") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What do you remember about Rex?", "recall"),
        ("你还记得 Rex 吗?", "recall"),
        ("Search my memory for Rex", "search"),
        ("在记忆里搜索 Rex", "search"),
        ("Forget everything about Rex", "forget"),
        ("忘掉关于 Rex 的一切", "forget"),
    ],
)
def test_what_is_asked_about_is_looked_up_in_all_sessions_and_nothing_is_erased(memory, text, kind):
    memory.add("My dog is called Rex.", Scope(user_id="ana", session_id="s0"))
    told = memory.tell(text, TALK)
    assert told.kind == kind
    assert told.found[0].text == "My dog is called Rex."
    assert memory.stats(ANA).memories == 1


@pytest.mark.parametrize("text", ["Tidy up your memory", "整理一下记忆"])
def test_to_tidy_up_does_what_waits(memory, text):
    memory.batch_processor(Cadence(0, 0, 0)).buffer_conversation(TALK, [m["content"] for m in TALKED] * 2)
    organised = memory.tell(text, TALK).organised
    assert organised["processed"] == memory.stats(ANA).memories
    assert organised["promoted"] >= 1
    assert "Clara" in objects(memory)
    assert memory.tell(text, TALK).organised["processed"] == 0


def test_every_read_can_look_back(memory, clock):
    memory.add("I live in Lisbon.", ANA)
    clock.pass_(days=10)
    then = clock.now()
    clock.pass_(days=10)
    memory.add(["I moved to Porto.", "我昨天见了克拉拉。"], ANA)
    assert set(objects(memory, slot="residence")) == {"Porto"}
    assert objects(memory, slot="residence", as_of=then) == ["Lisbon"]
    assert objects(memory, slot="residence", as_of=NOON - timedelta(days=1)) == []
    [fact] = memory.facts(ANA, slot="residence", as_of=then)
    assert (fact.valid_to, fact.superseded_by) == (None, None)

    def viewed(moment):
        return [fact.object for view in memory.get_current_views(ANA, as_of=moment) for fact in view.facts]

    assert "Lisbon" in viewed(then)
    assert "Porto" in viewed(None)
    assert "Lisbon" not in viewed(None)
    assert viewed("2020-01-01") == []
    assert any("克拉拉" in entry.fact.object for entry in memory.timeline(None, ANA))
    assert memory.timeline(None, ANA, as_of=then) == ()
    assert memory.conflicts(ANA, as_of=then) == ()

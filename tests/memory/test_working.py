"""Working memory: the newest messages of the session, oldest first, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from layer_ledger import ANA, NOON, opened

from fusion_memory.core.layers import WORKING_WINDOWS, Reach, WorkingWindow
from fusion_memory.core.scope import Scope
from fusion_memory.memory import working

DEFAULT = WORKING_WINDOWS["default"]


@pytest.fixture
def ledger(tmp_path):
    yield from opened(tmp_path)


@pytest.fixture
def ana():
    return ANA


@pytest.fixture
def recent(ledger):
    def read(scope, window=DEFAULT, now=None, as_of=None):
        with ledger.database.read() as tx:
            found = working.recent(tx, ledger.access(scope), window, now or ledger.clock.now(), as_of)
        return [event.content for event in found]

    return read


def test_the_newest_are_kept_oldest_first(ledger, ana, recent):
    for number in range(25):
        ledger.say(ana, f"message {number}")
        ledger.clock.pass_(seconds=10)
    assert recent(ana) == [f"message {number}" for number in range(5, 25)]
    assert recent(ana, replace(DEFAULT, messages=3)) == ["message 22", "message 23", "message 24"]


def test_messages_of_one_call_keep_their_order(ledger, ana, recent):
    ledger.say(ana, "一", "二", "三")
    assert recent(ana) == ["一", "二", "三"]


def test_what_is_older_than_the_window_is_not_recent(ledger, ana, recent):
    ledger.say(ana, "早上好")
    ledger.clock.pass_(minutes=20)
    ledger.say(ana, "later")
    assert recent(ana) == ["早上好", "later"]
    ledger.clock.pass_(minutes=10)
    assert recent(ana) == ["早上好", "later"], "the bound is within"
    ledger.clock.pass_(seconds=1)
    assert recent(ana) == ["later"]
    ledger.clock.pass_(days=1)
    assert recent(ana) == []
    assert recent(ana, WorkingWindow(ttl_s=0)) == ["早上好", "later"]
    assert recent(ana, WorkingWindow(ttl_s=1e15)) == ["早上好", "later"]


def test_none_wanted_none_given(ledger, ana, recent):
    ledger.say(ana, "hello")
    assert recent(ana, WorkingWindow(messages=0)) == []


def test_a_session_sees_its_own_and_a_user_all(ledger, ana, recent):
    other, stranger = Scope(user_id="ana", session_id="s2"), Scope(user_id="ben", session_id="s1")
    ledger.say(ana, "in one")
    ledger.say(other, "in two")
    ledger.say(stranger, "not hers")
    user_wide = replace(DEFAULT, reach=Reach.USER)
    assert recent(ana) == ["in one"]
    assert recent(ana, user_wide) == ["in one", "in two"]
    assert recent(Scope(user_id="ana")) == ["in one", "in two"], "a scope without a session has one window"
    assert recent(Scope(user_id="nobody"), user_wide) == []


def test_reaching_across_sessions_does_not_reach_across_agents(ledger, recent):
    one, two = (Scope(user_id="ana", agent_id=agent, session_id="s") for agent in ("one", "two"))
    ledger.say(one, "to one")
    ledger.say(two, "to two")
    assert recent(one, replace(DEFAULT, reach=Reach.USER)) == ["to one"]


def test_a_message_recorded_twice_appears_once(ledger, ana, recent):
    message = {"role": "user", "content": "hello", "id": "m1"}
    ledger.say(ana, message)
    ledger.say(ana, message, "further")
    assert recent(ana) == ["hello", "further"]


def test_of_edits_of_one_message_the_latest_stands(ledger, ana, recent):
    ledger.say(ana, "before")
    for number in range(40):
        ledger.clock.pass_(seconds=1)
        ledger.say(ana, {"content": f"draft {number}", "id": "m1"})
    ledger.say(Scope(user_id="ana", session_id="s2"), {"content": "other session", "id": "m1"})
    assert recent(ana, replace(DEFAULT, messages=2)) == ["before", "draft 39"]
    assert recent(ana, replace(DEFAULT, reach=Reach.USER)) == ["before", "draft 39", "other session"]


def test_documents_are_no_messages(ledger, ana, recent):
    ledger.say(ana, {"kind": "document", "content": "a long report"}, "a message")
    assert recent(ana) == ["a message"]


def test_an_imported_old_conversation_is_not_recent(ledger, ana, recent):
    ledger.say(ana, {"content": "years ago", "time": "2020-01-01T10:00:00Z"}, "now")
    assert recent(ana) == ["now"]
    assert recent(ana, now=NOON.replace(year=2020, month=1, day=1, hour=10, minute=5)) == ["years ago"]


def test_a_fast_clock_neither_hides_nor_keeps_a_message(ledger, ana, recent):
    ledger.say(ana, {"content": "from the future", "time": NOON + timedelta(days=400)}, "honest")
    assert recent(ana) == ["from the future", "honest"]
    ledger.clock.pass_(minutes=1)
    ledger.say(ana, "later")
    assert recent(ana) == ["from the future", "honest", "later"]
    assert recent(ana, WorkingWindow(messages=1)) == ["later"]
    ledger.clock.pass_(hours=1)
    assert recent(ana) == []


def test_as_of_sees_only_what_was_recorded_by_then(ledger, ana, recent):
    ledger.say(ana, "first")
    then = ledger.clock.now()
    ledger.clock.pass_(minutes=1)
    ledger.say(ana, {"content": "recorded late", "time": NOON})
    assert recent(ana, now=then) == ["first", "recorded late"]
    assert recent(ana, now=then, as_of=then) == ["first"]


def test_an_erased_message_is_gone(ledger, ana, recent):
    gone, _ = ledger.say(ana, "secret", "plain")
    ledger.erase(ana, gone)
    assert recent(ana) == ["plain"]


@pytest.mark.parametrize("name", WORKING_WINDOWS)
def test_every_preset_reads(ledger, ana, recent, name):
    ledger.say(ana, *(f"message {number}" for number in range(30)))
    assert len(recent(ana, WORKING_WINDOWS[name])) == 20


def test_a_budget_keeps_the_newest_without_a_gap(ledger, ana):
    ledger.say(ana, "short", "a much longer message that costs far more than the others " * 5, "brief", "last")
    with ledger.database.read() as tx:
        messages = working.recent(tx, ledger.access(ana), DEFAULT, ledger.clock.now())
    assert [event.content for event in working.fitting(messages, 10)] == ["brief", "last"]
    assert working.fitting(messages, 1_000) == messages
    assert working.fitting(messages, 0) == ()
    assert working.fitting((), 10) == ()

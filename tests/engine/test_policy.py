"""A preview says exactly what a policy does; levels add up; holds hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fusion_memory import MemoryService, Principal, Scope
from fusion_memory.consolidation.care import Care
from fusion_memory.consolidation.judging import REASONS
from fusion_memory.consolidation.policy_task import PolicyTask
from fusion_memory.core.errors import (
    AccessDenied,
    InvalidOption,
    InvalidScope,
    NotFound,
    OnHold,
    PreviewOutdated,
    StorageError,
)
from fusion_memory.core.policy import PRESETS, Decay, Deed, Expiry, Policy, merged
from fusion_memory.core.scope import Access, Action, Bounds
from fusion_memory.core.settings import Settings
from fusion_memory.engine import erasing
from fusion_memory.memory import events

ANA, BEN = Scope(workspace_id="acme", user_id="ana"), Scope(workspace_id="acme", user_id="ben")
ACME, ALL = Scope(workspace_id="acme"), Scope(workspace_id="*")
START = datetime(2026, 1, 1, tzinfo=UTC)


class Shifted:
    """A clock that stands where it is set."""

    def __init__(self):
        self.at = START

    def now(self):
        self.at += timedelta(milliseconds=1)
        return self.at

    def monotonic(self):
        return self.at.timestamp()

    def later(self, **span):
        self.at += timedelta(**span)


@pytest.fixture
def clock():
    return Shifted()


@pytest.fixture
def memory(clock, tmp_path):
    with MemoryService(tmp_path / "memory.db", embedder=None, llm=None, clock=clock) as service:
        yield service


def kept(memory, scope):
    """Every memory of a scope by id: its tier and whether it is archived."""
    return {one.id: (one.tier.value, one.archived) for one in memory.decay(scope, limit=1_000)}


def effect(before, after):
    """What changed, as a preview counts it."""
    counts: dict[str, int] = {}
    for key, (tier, archived) in before.items():
        if key not in after:
            deed = "erase"
        elif archived != after[key][1]:
            deed = "archive" if after[key][1] else "restore"
        elif tier != after[key][0]:
            deed = after[key][0]
        else:
            continue
        counts[deed] = counts.get(deed, 0) + 1
    return counts


def told(report):
    counts: dict[str, int] = {}
    for one in report.counts:
        assert one.reason in REASONS
        assert 0 < len(one.examples) <= min(one.count, 5)
        counts[one.deed.value] = counts.get(one.deed.value, 0) + one.count
    return counts


policies = st.fixed_dictionaries(
    {},
    optional={
        "ttl_days": st.sampled_from([0, 5, 30, 90]),
        "expiry": st.sampled_from(["archive", "erase"]),
        "decay": st.sampled_from(["episodic", "all", "none"]),
        "half_life_days": st.sampled_from([0.0, 1.0, 30.0]),
        "archive_below": st.sampled_from([0.0, 0.2, 0.6]),
        "superseded_days": st.sampled_from([0, 10]),
        "warm_days": st.sampled_from([1, 20, 90]),
        "warm_importance": st.sampled_from([0.2, 0.7, 1.0]),
        "hot_uses": st.sampled_from([1, 3]),
        "importance": st.sampled_from([{}, {"preference": 2.0}, {"event": 0.1}]),
    },
)
SAID = [
    "I love green tea.",
    "I live in Lisbon.",
    "I moved to Porto.",
    "Hello, how are you?",
    "I bought a kettle yesterday.",
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(SAID), st.integers(0, 40), st.booleans()), min_size=1, max_size=10),
    first=policies,
    second=policies,
    session=policies,
    wait=st.integers(0, 120),
)
def test_a_preview_is_what_happens(steps, first, second, session, wait):
    clock = Shifted()
    with MemoryService(":memory:", embedder=None, llm=None, clock=clock) as memory:
        for number, (text, days, search) in enumerate(steps):
            memory.add({"content": f"{text} ({number})", "session_id": f"s{number % 2}"}, ANA)
            clock.later(days=days)
            if search:
                memory.search("tea kettle Porto", ANA)
        memory.set_policy(Scope(workspace_id="acme", user_id="ana", session_id="s1"), session)
        for changes in (first, second):
            memory.set_policy(ANA, changes, afresh=True)
            clock.later(days=wait)
            planned = memory.preview_policy(ANA)
            before = kept(memory, ANA)
            done = memory.apply_policy(ANA, at=planned.at, digest=planned.digest)
            assert (done.counts, done.digest, done.held) == (planned.counts, planned.digest, planned.held)
            assert effect(before, kept(memory, ANA)) == told(planned)
            assert memory.preview_policy(ANA, at=planned.at).counts == ()
            assert len(done.receipts) == ("erase" in told(planned))
        assert memory._parts.database.check() == []


def test_a_preview_of_changes_keeps_nothing(memory, clock):
    memory.add("I had soup.", ANA)
    clock.later(days=100)
    assert told(memory.preview_policy(ANA, preset="ttl-90")) == {"archive": 1}
    assert told(memory.preview_policy(ANA, {"expiry": "erase"}, preset="ttl-90")) == {"erase": 1}
    assert memory.policy(ANA).levels == ()
    assert told(memory.preview_policy(ANA)) == {"cold": 1}


def test_an_outdated_preview_is_not_applied(memory, clock):
    memory.set_policy(ANA, preset="short_term")
    memory.add("I had soup.", ANA)
    clock.later(days=8)
    planned = memory.preview_policy(ANA)
    memory.add("I had soup.", ANA)  # said again: its time begins anew
    with pytest.raises(PreviewOutdated):
        memory.apply_policy(ANA, at=planned.at, digest=planned.digest)
    assert all(not archived for _, archived in kept(memory, ANA).values())


def test_levels_add_up(memory):
    memory.set_policy(ALL, {"half_life_days": 10, "importance": {"event": 0.5}})
    memory.set_policy(ACME, {"ttl_days": 90, "importance": {"preference": 2}})
    memory.set_policy(ANA, {"ttl_days": 30})
    monday = Scope(workspace_id="acme", user_id="ana", session_id="monday")
    memory.set_policy(monday, {"ttl_days": 0})
    assert [level.level for level in memory.policy(monday).levels] == ["database", "workspace", "owner", "session"]
    assert memory.policy(monday).policy.ttl_days == 0
    assert memory.policy(ANA).policy.ttl_days == 30
    assert memory.policy(BEN).policy.ttl_days == 90
    assert dict(memory.policy(BEN).policy.importance) == {"event": 0.5, "preference": 2.0}
    assert memory.policy(Scope(user_id="ana")).policy.half_life_days == 10
    memory.set_policy(ANA, {"ttl_days": None})
    assert memory.policy(ANA).policy.ttl_days == 90


def test_a_workspace_is_previewed_for_all_its_owners(memory, clock):
    for scope in (ANA, BEN, Scope(user_id="ana")):
        memory.add("I had soup.", scope)
    clock.later(days=100)
    assert told(memory.preview_policy(ACME, preset="ttl-90")) == {
        "archive": 2,
    }
    assert memory.preview_policy(ALL, preset="ttl-90").memories == 3
    memory.set_policy(ACME, preset="ttl-90")
    assert told(memory.apply_policy(ACME)) == {"archive": 2}
    assert memory.search("soup", ANA).hits == ()
    assert len(memory.search("soup", Scope(user_id="ana")).hits) == 1


def test_metadata_may_say_how_long_a_memory_stays(memory, clock):
    memory.set_policy(ANA, {"ttl_days": 90, "archive_below": 1.0})
    texts = {
        name: memory.add(f"{name} soup.", ANA, metadata={"retention": name}).ids[0]
        for name in ("short_term", "long_term", "permanent")
    }
    clock.later(days=8)
    memory.set_policy(ANA, {"archive_below": 0})
    memory.apply_policy(ANA)
    assert {key for key, (_, archived) in kept(memory, ANA).items() if archived} == {texts["short_term"]}
    clock.later(days=300)
    memory.set_policy(ANA, {"archive_below": 1.0})
    memory.apply_policy(ANA)
    assert {key for key, (_, archived) in kept(memory, ANA).items() if not archived} == {texts["permanent"]}


def test_a_longer_policy_brings_back(memory, clock):
    memory.set_policy(ANA, preset="short_term")
    memory.add("I had soup.", ANA)
    clock.later(days=8)
    memory.apply_policy(ANA)
    assert memory.search("soup", ANA).hits == ()
    memory.set_policy(ANA, preset="permanent")
    assert told(memory.apply_policy(ANA)) == {"restore": 1}
    assert len(memory.search("soup", ANA).hits) == 1


def test_the_task_does_what_is_due_and_then_nothing(memory, clock):
    memory.set_policy(ANA, preset="short_term")
    memory.add(["I had soup.", "I had bread."], ANA)
    clock.later(days=8)
    parts = memory._parts
    care = Care(parts.database, None, None, Settings(), clock, parts.ids)
    access = Access(Principal("care"), ANA, Action.WRITE)
    assert PolicyTask().run(care, access).counts == {"archive": 2}
    assert PolicyTask().run(care, access).counts == {}


@pytest.mark.parametrize("scope", [ANA, ACME, ALL, Scope(workspace_id="acme", user_id="ana", session_id="s")])
def test_what_is_on_hold_stays(memory, clock, scope):
    memory.add({"content": "I had soup.", "session_id": "s"}, ANA)
    memory.set_policy(ANA, {"expiry": "erase"}, preset="short_term")
    placed = memory.hold(scope, "matter 12")
    clock.later(days=8)
    planned = memory.preview_policy(ANA)
    assert (told(planned), planned.held) == ({}, 1)
    memory.apply_policy(ANA)
    for attempt in (
        lambda: memory.forget(ANA, everything=True),
        lambda: memory.forget(ANA, everything=True, dry_run=True),
    ):
        with pytest.raises(OnHold, match=placed.id):
            attempt()
    assert [one.id for one in memory.holds(Scope(workspace_id="acme", user_id="ana", session_id="s"))] == [
        placed.id
    ]
    assert memory.release_hold(placed.id, scope).released_by == "local"
    assert told(memory.apply_policy(ANA)) == {"erase": 1}


def test_single_memories_on_hold(memory):
    first, second = memory.add(["I had soup.", "I had bread."], ANA).ids
    placed = memory.hold(ANA, "matter 12", [first])
    assert (placed.level, placed.ids) == ("memories", (first,))
    memory.forget(ANA, [second])
    with pytest.raises(OnHold):
        memory.forget(ANA, [first])
    with pytest.raises(OnHold):
        memory.forget_subject(ANA)
    done = memory.forget(ANA, [first], despite_hold="order of the court")
    assert done.ids == (first,)
    receipt = memory.verify_receipt(done.receipt, ANA)
    assert receipt.receipt.despite == (placed.id,)
    assert receipt.valid


@pytest.mark.parametrize("wider", [ACME, Scope(workspace_id="*")], ids=["workspace", "database"])
def test_who_administers_less_than_a_hold_covers_cannot_override_it(memory, wider):
    first, second = memory.add(["I had soup.", "I had bread."], ANA).ids
    bounds = Bounds(workspace_id="acme", user_id="ana")
    ana = memory.acting_as(Principal("ana", frozenset(Action), bounds))
    own = ana.hold(ANA, "mine")
    assert ana.forget(ANA, [first], despite_hold="it was mine").ids == (first,)
    placed = memory.hold(wider, "matter 12")
    for attempt in (
        lambda: ana.forget(ANA, [second], despite_hold="I want to"),
        lambda: ana.forget(ANA, [second], despite_hold="I want to", dry_run=True),
        lambda: ana.forget(ANA, everything=True, despite_hold="I want to"),
        lambda: ana.forget_subject(ANA, despite_hold="I want to"),
        lambda: ana.release_hold(placed.id, wider),
    ):
        with pytest.raises(AccessDenied):
            attempt()
    ana.forget(Scope(workspace_id="acme", user_id="ana"), [], despite_hold="it takes nothing")
    done = memory.forget(ANA, [second], despite_hold="order of the court")
    assert set(memory.verify_receipt(done.receipt, ANA).receipt.despite) == {own.id, placed.id}
    with pytest.raises(AccessDenied):
        ana.forget_subject(ANA, despite_hold="nothing of it is left")
    assert memory.forget_subject(ANA, despite_hold="order of the court").receipt


def test_a_part_of_an_owner_is_administered_without_the_holds_on_the_whole(memory):
    inside = Scope(workspace_id="acme", user_id="ana", app_id="diary")
    said = memory.add({"content": "I had soup.", "session_id": "s"}, inside).ids
    diary = memory.acting_as(Principal("diary", frozenset(Action), Bounds("acme", "ana", app_id="diary")))
    memory.hold(Scope(workspace_id="acme", user_id="ana", session_id="s"), "matter 12")
    with pytest.raises(AccessDenied):
        diary.forget(inside, list(said), despite_hold="I want to")
    assert memory.forget(inside, list(said), despite_hold="order of the court").ids == said


def test_a_hold_that_was_placed_after_the_override_was_granted_holds(memory, monkeypatch):
    said = memory.add("I had soup.", ANA).ids
    asked = erasing.holds_over

    def late(*given, **named):
        found = asked(*given, **named)
        memory.hold(ACME, "matter 13")
        return found

    monkeypatch.setattr(erasing, "holds_over", late)
    with pytest.raises(OnHold):
        memory.forget(ANA, list(said), despite_hold="order of the court")


def test_the_database_itself_refuses_to_lose_what_is_held(memory):
    first = memory.add("I had soup.", ANA).ids[0]
    memory.hold(ANA, "matter 12", [first])
    access = Access(Principal.local(), ANA, Action.FORGET)

    def delete():
        with memory._parts.database.write() as tx:
            events.erase(tx, access, list(events.numbers(tx, access, [first])))

    with pytest.raises(StorageError):
        delete()
    assert memory.get(first, scope=ANA).content == "I had soup."


def test_who_may_not_administer_may_only_look(memory):
    memory.add("I had soup.", ANA)
    rights = frozenset({Action.READ, Action.WRITE, Action.FORGET})
    ana = memory.acting_as(Principal("ana", rights))
    assert ana.policy(ANA).policy == Policy()
    assert ana.preview_policy(ANA, preset="ttl-90").memories == 1
    for attempt in (
        lambda: ana.set_policy(ANA, preset="ttl-90"),
        lambda: ana.apply_policy(ANA),
        lambda: ana.preview_policy(ACME),
        lambda: ana.hold(ANA, "mine"),
        lambda: ana.holds(ANA),
        lambda: ana.forget(ANA, everything=True, despite_hold="I want to"),
    ):
        with pytest.raises(AccessDenied):
            attempt()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ttl": 3}, "ttl_days"),
        ({"ttl_days": -1}, "out of range"),
        ({"ttl_days": "90"}, "out of range"),
        ({"hot_uses": 2.5}, "whole number"),
        ({"expiry": "burn"}, "archive, erase"),
        ({"importance": {"riddle": 1}}, "riddle"),
        ({"importance": 3}, "table"),
        ({"warm_importance": 2}, "out of range"),
        ({"ttl_days": True}, "out of range"),
    ],
)
def test_bad_fields_are_named(memory, changes, named):
    with pytest.raises(InvalidOption, match=named):
        memory.set_policy(ANA, changes)
    assert memory.policy(ANA).levels == ()


def test_bad_calls_are_named(memory):
    with pytest.raises(InvalidOption, match="forever"):
        memory.set_policy(ANA, preset="forever")
    with pytest.raises(InvalidScope):
        memory.set_policy(Scope(user_id="ana", agent_id="bot"), preset="ttl-90")
    with pytest.raises(InvalidScope):
        memory.hold(Scope(workspace_id="acme", session_id="s"), "why")
    with pytest.raises(InvalidOption):
        memory.hold(ANA, "  ")
    with pytest.raises(NotFound):
        memory.hold(ANA, "why", ["mem_no"])
    with pytest.raises(NotFound):
        memory.release_hold("hold_no", ANA)
    with pytest.raises(InvalidOption):
        memory.apply_policy(ANA, digest="00")
    with pytest.raises(NotFound):
        memory.decay(ANA, ["mem_no"])
    with pytest.raises(InvalidOption, match="reason"):
        memory.forget(ANA, everything=True, despite_hold="")


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_policies(name):
    assert isinstance(merged((PRESETS[name],)), Policy)


def test_fading_has_a_half_life():
    policy = Policy(half_life_days=20.79)
    assert policy.strength(30, episodic=True) == pytest.approx(2.718281828**-1, rel=1e-3)
    assert policy.strength(30, episodic=False) == 1.0
    assert Policy(decay=Decay.ALL).strength(30, episodic=False) == 0.5
    assert Policy(decay=Decay.NONE).strength(30, episodic=True) == 1.0
    assert (Deed.ERASE, Expiry.ERASE) == ("erase", "erase")


def test_a_forecast_is_what_comes(memory, clock):
    memory.add("Hello there, it rains.", ANA)
    now = memory.decay(ANA)[0]
    clock.later(days=30)
    assert memory.decay(ANA)[0].strength == pytest.approx(now.forecast["30"], rel=1e-6)
    for _ in range(3):
        memory.search("rains", ANA)
    used = memory.decay(ANA)[0]
    assert (used.uses, used.strength) == (3, pytest.approx(1.0, rel=1e-6))
    memory.apply_policy(ANA)
    assert memory.search("rains", ANA)[0].tier == "hot"

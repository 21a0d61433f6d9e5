"""What operators see: what happened and how to go on reading, what waits, what a reset takes, where points lie."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest

from fusion_memory.core.errors import AccessDenied, InvalidOption
from fusion_memory.core.scope import Action, Bounds, Principal, Scope
from fusion_memory.core.settings import Settings, TelemetrySettings
from fusion_memory.engine import mapping
from fusion_memory.engine.mapping import COLUMNS, projected
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.embedder import FailingEmbedder, HashingEmbedder

ANA = Scope(workspace_id="acme", user_id="ana")
BEN = Scope(workspace_id="acme", user_id="ben")
EVA = Scope(workspace_id="other", user_id="eva")
CANARY = "Kingfisher4417"


class MovedClock:
    def __init__(self) -> None:
        self.present = datetime(2026, 3, 14, 12, tzinfo=UTC)

    def now(self):
        return self.present

    def monotonic(self):
        return 0.0

    def move(self, **by):
        self.present += timedelta(**by)


@pytest.fixture
def clock():
    return MovedClock()


@pytest.fixture
def memory(clock, tmp_path):
    given = {"embedder": HashingEmbedder(16), "llm": None, "reranker": None, "clock": clock}
    with MemoryService(tmp_path / "m.db", **given) as service:
        yield service


def read_on(memory, scope, cursor="0-0", limit=100):
    found = []
    for _ in range(1_000):
        page = memory.happenings(scope, cursor, limit)
        found += page.items
        cursor = page.cursor
        if not page.more:
            return found, cursor
    raise AssertionError("the stream does not end")


def test_what_happens_is_told_in_order(memory):
    start = memory.happenings(ANA)
    assert start.items == ()
    said = memory.add(f"I live in Porto, {CANARY}.", ANA)
    memory.add("I live in Faro.", BEN)
    memory.forget(ANA, [said.ids[0]])
    found, _ = read_on(memory, ANA, start.cursor)
    assert [one.action for one in found] == ["add", "forget", "receipt"], "the judgements went with the memory"
    assert [one.kind for one in found] == ["ingest", "erase", "audit"]
    assert found[0].subject == said.ids
    assert {one.scope for one in found} == {ANA}
    assert found[0].principal == "local"
    assert CANARY not in json.dumps([asdict(one) for one in found], default=str)


def test_what_was_read_out_of_a_memory_is_told(memory):
    said = memory.add("I live in Porto. I like green tea.", ANA)
    told = [one for one in read_on(memory, ANA)[0] if one.kind == "extraction"]
    assert [one.subject for one in told] == [said.ids]
    assert sum(told[0].detail.values()) >= 2


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_reading_on_from_any_place_misses_and_doubles_nothing(memory, clock, limit):
    for number in range(12):
        clock.move(seconds=-5 if number % 4 == 3 else 2)  # the clock is put back now and then
        memory.add(f"I like tea number {number} and I live in town {number}.", ANA)
    everything, end = read_on(memory, ANA)
    assert len({one.cursor for one in everything}) == len(everything)
    assert read_on(memory, ANA, limit=limit) == (everything, end)
    for place, one in enumerate(everything):
        assert read_on(memory, ANA, one.cursor, limit)[0] == everything[place + 1 :]


def test_a_tenant_hears_of_its_own_owners_alone(memory):
    for scope in (ANA, BEN, EVA):
        memory.add("I like tea.", scope)
    acme = memory.acting_as(Principal("key", frozenset(Action), Bounds(workspace_id="acme")))
    assert {one.scope for one in read_on(acme, Scope(workspace_id="acme"))[0]} == {ANA, BEN}
    assert {one.scope for one in read_on(memory, None)[0]} == {ANA, BEN, EVA}
    for scope in (None, Scope(workspace_id="other"), EVA):
        with pytest.raises(AccessDenied):
            acme.happenings(scope, "0-0")
    reader = memory.acting_as(Principal("reader", frozenset({Action.READ}), Bounds(workspace_id="acme")))
    assert {one.scope for one in read_on(reader, ANA)[0]} == {ANA}
    with pytest.raises(AccessDenied):
        reader.happenings(Scope(workspace_id="acme"), "0-0")


def test_a_tenant_hears_of_the_deeds_that_concern_no_owner_who_is_there(memory):
    acme = Scope(workspace_id="acme")
    made = memory.create_key(acme, "x")
    memory.create_key(Scope(workspace_id="other"), "x")
    memory.add("I like tea.", ANA)
    memory.forget_subject(ANA)
    memory.revoke_key(made.key.id)
    told = [one for one in read_on(memory, acme)[0] if one.kind != "extraction"]
    trail = memory.audit(acme).records
    assert [one.action for one in told] == [one.action for one in reversed(trail)]
    assert {"key.create", "add", "forget", "receipt", "key.revoke"} == {one.action for one in told}
    assert {one.scope.workspace_id for one in told} == {"acme"}
    assert set(memory.pipeline(acme).deeds_per_minute) == {one.action for one in told}


def test_of_an_owner_who_is_not_there_nothing_is_told(memory):
    nobody, reader = Scope(workspace_id="acme", user_id="nobody"), frozenset({Action.READ})
    acme = memory.acting_as(Principal("reader", reader, Bounds(workspace_id="acme")))
    before = acme.points(nobody).version
    for name in ("other", "third"):
        memory.create_key(Scope(workspace_id=name), "x")
        memory.forget(Scope(workspace_id=name, user_id="eva"), everything=True)
    assert acme.pipeline(nobody).deeds_per_minute == {}
    assert acme.happenings(nobody, "0-0").items == ()
    assert acme.history(nobody) == ()
    assert acme.points(nobody).version == before


def test_many_rows_of_others_do_not_hide_a_tenants(memory, monkeypatch):
    from fusion_memory.memory import feed

    monkeypatch.setattr(feed, "STRETCH_ROWS", 3)
    for number in range(10):
        memory.add(f"number {number}", EVA)
    memory.add("I like tea.", ANA)
    assert read_on(memory, Scope(workspace_id="acme"))[0][0].kind == "ingest"


@pytest.mark.parametrize("cursor", ["", "1", "a-b", "-1-2", "1-2-3", "9" * 50 + "-1", "１-２"])
def test_a_cursor_that_is_none(memory, cursor):
    with pytest.raises(InvalidOption):
        memory.happenings(ANA, cursor)


def test_events_are_of_an_owner_as_a_whole(memory):
    with pytest.raises(InvalidOption):
        memory.happenings(Scope(user_id="ana", session_id="s"))
    assert memory.happenings(Scope(agent_id="bot")).items == ()


def test_queues_say_what_waits_and_since_when(clock):
    settings = Settings(telemetry=TelemetrySettings(price_per_1k_input=2.0, price_per_1k_output=4.0))
    given = {"embedder": FailingEmbedder(), "llm": None, "reranker": None, "clock": clock, "settings": settings}
    with MemoryService(**given) as memory:
        memory.add(["I like tea.", "I like rice."], ANA)
        memory.add("I like figs.", EVA)
        clock.move(hours=2)
        of_ana, of_all = memory.pipeline(ANA), memory.pipeline(None)
        assert [(queue.kind, queue.waiting, queue.retried) for queue in of_ana.queues] == [("embed", 2, 2)]
        assert of_ana.queues[0].last_error
        assert of_ana.queues[0].oldest_age_s == 7_200
        assert of_all.queues[0].waiting == 3
        assert of_all.deeds_per_minute == {}
        memory.add(["a", "b", "c", "d", "e"], ANA)
        assert memory.pipeline(ANA).deeds_per_minute == {"add": 1.0}
        assert memory.pipeline(Scope(workspace_id="acme")).deeds_per_minute == {"add": 1.0}
        memory.answer("What do I like?", ANA, model=lambda asked: '{"claims": []}')
        (spent,) = [one for one in memory.pipeline(None).models if one.purpose == "answer"]
        assert spent.cost == pytest.approx(spent.input_tokens * 0.002 + spent.output_tokens * 0.004)
        assert memory.pipeline(ANA).models == ()


def test_what_is_held(memory):
    memory.add(["I live in Porto."], ANA)
    memory.add({"role": "user", "content": "I like tea.", "session_id": "s"}, BEN)
    memory.add("I like tea.", EVA)
    of_acme = memory.holdings(Scope(workspace_id="acme"))
    assert (of_acme.owners, of_acme.memories, of_acme.sessions) == (2, 2, 1)
    assert memory.holdings(None).owners == 3
    assert memory.holdings(EVA).memories == 1
    assert memory.holdings(ANA).facts >= 1


def test_a_reset_takes_the_session_and_nothing_else(memory):
    here, there = Scope(user_id="ana", session_id="one"), Scope(user_id="ana", session_id="two")
    memory.add([f"I live in Porto, {CANARY}.", "I like tea."], here)
    memory.add("I like rice.", there)
    asked = memory.search("Where do I live?", here).trace_id
    kept = memory.search("rice?", there).trace_id
    with pytest.raises(InvalidOption, match="confirmed"):
        memory.reset_session(here)
    tried = memory.reset_session(here, dry_run=True, clear_audit=True)
    assert (tried.deleted["memories"], tried.deleted["searches"]) == (2, 1)
    assert memory.stats(here).memories == 2
    done = memory.reset_session(here, confirm=True, clear_audit=True)
    assert done.deleted["memories"] == tried.deleted["memories"]
    assert done.audit_rows_deleted == 0
    assert memory.stats(here).memories == 0
    assert memory.stats(there).memories == 1
    assert memory.trace(kept, there)
    with pytest.raises(Exception, match=r"nothing with the id"):
        memory.trace(asked, here)
    assert {check.name: check.status for check in memory.health(deep=True)}["audit"] == "ok"
    assert "session_reset" in [one.action for one in read_on(memory, Scope(user_id="ana"))[0]]


def test_a_reset_of_no_session(memory):
    with pytest.raises(InvalidOption, match="no session"):
        memory.reset_session(ANA, confirm=True)


def test_readiness(memory, clock):
    ready = memory.readiness(backlog_age_s=60)
    assert ready.ready
    assert [check.name for check in ready.checks] == ["database", "model", "backlog"]
    with MemoryService(embedder=None, llm=None, reranker=None, clock=clock) as plain:
        plain.add("I like tea.", ANA)
        clock.move(seconds=61)
        late = plain.readiness(backlog_age_s=60)
        assert not late.ready
        assert {check.name for check in late.checks if check.status == "fail"} == {"backlog"}
        assert plain.readiness().ready, "without a bound nothing is late"
    assert not plain.readiness().ready, "a closed service is not ready"


def test_a_model_that_fails_is_told_and_does_not_stop_the_service(clock):
    with MemoryService(embedder=FailingEmbedder(), llm=None, reranker=None, clock=clock) as memory:
        ready = memory.readiness()
    assert ready.ready
    assert {check.name: check.status for check in ready.checks}["model"] == "warn"


def test_prompts_are_shown(memory):
    assert {note.name for note in memory.prompts()} == {"extract", "answer"}
    assert all(note.version and len(note.text) > 200 for note in memory.prompts())


def test_points_lie_where_the_vectors_do(memory, clock):
    memory.add([f"tea number {number}" for number in range(5)], ANA, session_time=clock.now() - timedelta(days=10))
    ids = memory.add("I live in Porto.", ANA).ids
    memory.add("elsewhere", BEN)
    found = memory.points(ANA)
    rows = np.frombuffer(found.rows, "<f4").reshape(len(found.ids), len(COLUMNS))
    assert (found.total, len(found.ids)) == (6, 6)
    assert np.isfinite(rows).all()
    assert np.abs(rows[:, :3]).max() == pytest.approx(1.0)
    assert found.ids[-1] == ids[0]
    told = dict(zip(found.columns, rows[-1].tolist(), strict=True))
    assert told["type"] > 0
    assert (told["tier"], told["times_seen"]) == (0.0, 1.0)
    assert rows[0][found.columns.index("age_days")] == pytest.approx(10)
    assert rows[0][found.columns.index("tier")] == 1.0
    assert memory.points(ANA) == found, "the same vectors give the same map"
    memory.add("More tea.", ANA)
    assert memory.points(ANA).version != found.version


def test_points_are_sampled_evenly(memory):
    ids = memory.add([f"tea number {number}" for number in range(10)], ANA).ids
    found = memory.points(ANA, limit=4)
    assert found.total == 10
    assert found.ids == tuple(ids[index] for index in (0, 3, 6, 9))


def test_nobodys_points(memory):
    found = memory.points(Scope(user_id="nobody"))
    assert (found.ids, found.rows, found.total) == ((), b"", 0)


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_few_vectors_are_drawn_too(rows):
    vectors = np.eye(rows, 8, dtype=np.float16)
    positions, explained = projected(vectors)
    assert positions.shape == (rows, 3)
    assert np.isfinite(positions).all()
    assert len(explained) == 3


def test_the_projection_keeps_what_is_apart_apart():
    random = np.random.default_rng(7)
    middles = random.normal(size=(3, 32)) * 4
    vectors = np.concatenate([middle + random.normal(size=(50, 32)) for middle in middles]).astype(np.float16)
    positions, explained = projected(vectors)
    groups = positions.reshape(3, 50, 3)
    within = max(float(np.linalg.norm(group - group.mean(0), axis=1).mean()) for group in groups)
    apart = min(float(np.linalg.norm(a.mean(0) - b.mean(0))) for a, b in combinations(groups, 2))
    assert apart > 3 * within
    assert explained[0] >= explained[1] >= explained[2] > 0
    assert np.array_equal(positions, projected(vectors)[0])
    assert mapping.evenly(0, 5).tolist() == []

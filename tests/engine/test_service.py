"""The local service beyond the conformance suite: spaces, outages, exchange, health, lifetime."""

import asyncio
import inspect
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fusion_memory import AsyncMemoryService, MemoryService, Principal, Scope, SearchOptions
from fusion_memory.core.api import MemoryApi
from fusion_memory.core.errors import (
    AccessDenied,
    DimensionMismatch,
    EmptyText,
    InvalidInput,
    InvalidOption,
    InvalidScope,
    ModelUnavailable,
    NotFound,
    ServiceClosed,
)
from fusion_memory.core.records import Trace
from fusion_memory.core.scope import Action, Bounds
from fusion_memory.engine.asynchronous import CALLS, STREAMS
from fusion_memory.testing.embedder import FailingEmbedder, HashingEmbedder

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")


class SlowClock:
    """Stands still until it is moved."""

    def __init__(self):
        self.present = datetime(2026, 3, 14, 12, tzinfo=UTC)

    def now(self):
        return self.present

    def monotonic(self):
        return 0.0


@pytest.fixture
def memory():
    with MemoryService(embedder=HashingEmbedder(dimension=64)) as service:
        yield service


def test_a_failing_model_costs_no_memory_and_is_caught_up(tmp_path):
    clock = SlowClock()
    path = tmp_path / "m.db"
    with MemoryService(path, embedder=FailingEmbedder(dimension=64), clock=clock) as memory:
        added = memory.add(["I keep bees.", "I keep goats."], ANA)
        assert added.pending == 2
        assert added.degraded[0].startswith("embedder_failed")
        found = memory.search("bees", ANA)
        assert "bees" in found[0].text
        assert found.degraded[0].startswith("embedder_failed")
    clock.present += timedelta(hours=2)
    with MemoryService(path, embedder=HashingEmbedder(dimension=64), clock=clock) as memory:
        assert memory.search("bees", ANA).degraded == ("vectors_pending:2",)
        assert memory.catch_up() == 2
        assert memory.stats(ANA).pending == 0
        assert memory.search("bees", ANA).degraded == ()


def test_without_a_model_results_say_so():
    with MemoryService(embedder=None) as memory:
        assert memory.add("I keep bees.", ANA).degraded == ("embedder_absent",)
        assert memory.search("bees", ANA).degraded == ("embedder_absent",)
        assert memory.search("bees", ANA, recipe="keyword").degraded == ()
        with pytest.raises(ModelUnavailable):
            memory.catch_up()


def test_another_model_is_refused_until_reindexed(tmp_path):
    path = tmp_path / "m.db"
    with MemoryService(path, embedder=HashingEmbedder(dimension=64)) as memory:
        memory.add([f"note {n} about bees" for n in range(300)], ANA)
    with MemoryService(path, embedder=HashingEmbedder(dimension=128)) as memory:
        memory.add("a new note about bees", ANA)
        with pytest.raises(DimensionMismatch) as refused:
            memory.search("bees", ANA)
        assert "reindex" in refused.value.fix
        assert len(memory.search("bees", ANA, recipe="keyword")) == 10
        report = memory.reindex()
        assert report.embedded == 300
        assert report.previous_space
        assert memory.search("a new note about bees", ANA)[0].text == "a new note about bees"
        assert memory.stats(ANA).vectors == 301


def test_an_export_brings_everything_over_with_its_ids(memory, tmp_path):
    memory.add([{"content": "我喜欢喝茶。", "name": "Ana", "time": "2026-01-01", "metadata": {"k": [1]}}], ANA)
    memory.add("said twice", BEN)
    memory.add("said twice", BEN)
    records = json.loads(json.dumps(list(memory.export())))
    with MemoryService(tmp_path / "copy.db", embedder=None) as copy:
        assert copy.import_records(records).imported == 2
        again = copy.import_records(records)
        assert (again.imported, again.duplicates) == (0, 2)
        assert list(copy.export()) == records
        assert copy.search("喝茶", ANA)[0].metadata == {"k": [1]}
        assert copy.add("said twice", BEN).duplicates


@pytest.mark.parametrize("damage", ["cut", "changed", "headless", "junk", "unfinished"])
def test_a_damaged_export_is_refused(memory, damage):
    memory.add(["one", "two", "three"], ANA)
    records = list(memory.export(ANA))
    if damage == "cut":
        records = [*records[:2], records[-1]]
    elif damage == "changed":
        records[1] = {**records[1], "content": "forged"}
    elif damage == "headless":
        records = records[1:]
    elif damage == "unfinished":
        records = records[:-1]
    else:
        records[1] = {"type": "memory"}
    with MemoryService(embedder=None) as copy, pytest.raises(InvalidInput):
        copy.import_records(records)


def test_a_backup_can_be_opened(memory, tmp_path):
    memory.add("kept", ANA)
    target = memory.backup(tmp_path / "backup.db")
    with MemoryService(target, embedder=None) as copy:
        assert copy.search("kept", ANA)[0].text == "kept"


def test_erased_text_is_in_no_file(tmp_path):
    path = tmp_path / "m.db"
    with MemoryService(path, embedder=HashingEmbedder(dimension=64)) as memory:
        [secret, _] = memory.add(["The zanzibarcode is 9137.", "Something else."], ANA).ids
        memory.search("zanzibarcode", ANA)
        memory.forget(ANA, [secret])
        for file in tmp_path.iterdir():
            data = file.read_bytes()
            assert b"zanzibarcod" not in data, file.name


def test_forgetting_a_session_keeps_the_others(memory):
    one, two = Scope(user_id="ana", session_id="1"), Scope(user_id="ana", session_id="2")
    memory.add("first", one)
    memory.add("second", two)
    memory.forget(one, everything=True)
    assert [hit.text for hit in memory.search("first second", ANA)] == ["second"]


def test_forgetting_an_unknown_id_erases_nothing(memory):
    [kept] = memory.add("kept", ANA).ids
    with pytest.raises(NotFound):
        memory.forget(ANA, [kept, "mem_unknown"])
    assert memory.stats(ANA).memories == 1


def test_a_trace_explains_a_search_later(memory, tmp_path):
    memory.add(["I keep bees.", "I keep goats."], ANA)
    found = memory.search("bees", ANA)
    trace = memory.trace(found.trace_id, ANA)
    assert isinstance(trace, Trace)
    assert trace.payload["hits"][0]["id"] == found[0].id
    assert "bees" not in json.dumps(trace.payload["hits"])
    with pytest.raises(NotFound):
        memory.trace(found.trace_id, BEN)
    assert memory.search("bees", ANA, trace=False).trace_id is None


def test_history_is_the_life_of_a_memory(memory):
    [bees] = memory.add("I keep bees.", ANA).ids
    memory.add("I keep bees.", ANA)
    assert [entry.action for entry in memory.history(ANA, fact_id=bees)] == ["recorded", "said again"]
    assert [entry.id for entry in memory.history(ANA, entity="bees")][:1] == [bees]
    assert memory.history(ANA, entity="wasps") == ()
    memory.forget(ANA, [bees])
    assert [entry.action for entry in memory.history(ANA, fact_id=bees)] == ["erased"]


def test_as_of_hides_what_was_learned_later():
    clock = SlowClock()
    with MemoryService(embedder=None, clock=clock) as memory:
        memory.add("tea in March", ANA)
        then = clock.present
        clock.present += timedelta(days=10)
        memory.add("tea again", ANA)
        assert len(memory.search("tea", ANA)) == 2
        assert [hit.text for hit in memory.search("tea", ANA, as_of=then)] == ["tea in March"]


def test_sessions_can_be_asked_for(memory):
    for session in ("a", "b", "c"):
        memory.add([f"pears in {session}", f"apples in {session}"], Scope(user_id="ana", session_id=session))
    found = memory.search("pears", ANA, group_by="session")
    assert sorted(hit.session_id for hit in found) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "options", [{"limit": 0}, {"limit": True}, {"group_by": "week"}, {"recipe": "x"}, {"roles": (1,)}, {"nope": 1}]
)
def test_bad_options_are_named(memory, options):
    with pytest.raises(InvalidOption):
        memory.search("x", ANA, options)


def test_options_may_be_values_mappings_or_words(memory):
    memory.add([f"bird {n}" for n in range(5)], ANA)
    assert len(memory.search("bird", ANA, SearchOptions(limit=2))) == 2
    assert len(memory.search("bird", ANA, {"top_k": 3})) == 3
    assert len(memory.search("bird", ANA, SearchOptions(limit=2), limit=4)) == 4


TALK = ["Let us speak of the orchard.", {"role": "assistant", "content": "The pears by the wall?"}]


def test_what_was_said_before_a_question_finds_what_it_means(memory):
    memory.add(["pears by the orchard wall are ripe", "the roof leaks", "ripe cheese smells"], ANA)
    alone = memory.search("are they ripe?", ANA, limit=3)
    found = memory.search("are they ripe?", ANA, limit=3, context=TALK)
    assert found[0].text.startswith("pears")
    assert {"talk", "talk_words"} <= found[0].parts.keys()
    assert "talk" not in alone[0].parts
    assert found[0].score - found[1].score > alone[0].score - alone[1].score


def test_a_recipe_may_leave_the_talk_out(memory):
    memory.add(["pears by the orchard wall are ripe", "ripe cheese smells"], ANA)
    alone = memory.search("are they ripe?", ANA, recipe="balanced", asked_at="2026-03-14")
    deaf = memory.search(
        "are they ripe?", ANA, recipe="balanced+context_weight=0", said=TALK, asked_at="2026-03-14"
    )
    assert [(hit.id, hit.score) for hit in deaf] == [(hit.id, hit.score) for hit in alone]


def test_packs_know_the_talk_before_a_question_and_keep_none_of_it(tmp_path):
    with MemoryService(tmp_path / "m.db", embedder=HashingEmbedder(dimension=64)) as memory:
        memory.add(["pears by the orchard wall are soft", *(f"thing {n} of no matter" for n in range(30))], ANA)
        pack = memory.answer_context("are they?", ANA, 60, {"context": ["The quince? No: the pears by the wall."]})
    assert "pears" in pack.text
    assert not [file for file in tmp_path.iterdir() if b"quince" in file.read_bytes()]


def test_talk_that_is_no_text_is_named(memory):
    with pytest.raises(InvalidOption, match="context"):
        memory.search("x", ANA, context=[7])


@pytest.mark.parametrize("budget", [0, -1, 10**9, True])
def test_a_budget_out_of_range_is_refused(memory, budget):
    with pytest.raises(InvalidOption):
        memory.answer_context("x", ANA, budget)


def test_rights_are_asked_for():
    reader = Principal("reader", frozenset({Action.READ}))
    with MemoryService(embedder=None, principal=reader) as memory:
        memory.search("anything", ANA)
        for forbidden in (
            lambda: memory.add("x", ANA),
            lambda: memory.forget(ANA, everything=True),
            lambda: list(memory.export()),
            memory.reindex,
        ):
            with pytest.raises(AccessDenied):
                forbidden()


def test_a_default_scope_stands_in():
    with MemoryService(embedder=None, default_scope=ANA) as memory:
        [mine] = memory.add("x", ANA).ids
        assert memory.get(mine).id == mine
    with MemoryService(embedder=None) as memory, pytest.raises(InvalidScope):
        memory.get("mem_x")


def test_spans_are_fetched_by_id(memory):
    added = memory.add("word " * 200, ANA)
    hit = memory.search("word", ANA)[0]
    span = memory.get(hit.span_id, scope=ANA)
    assert span.text == hit.text
    assert span.event_id == added.ids[0]
    for unknown in (f"{added.ids[0]}#999", f"{added.ids[0]}#x", "#"):
        with pytest.raises(NotFound):
            memory.get(unknown, scope=ANA)


def test_health_names_every_part(memory):
    memory.add("x", ANA)
    checks = {check.name: check.status for check in memory.health(deep=True)}
    assert checks == dict.fromkeys(["database", "embedder", "vectors", "backlog", "memories", "audit"], "ok")


def test_a_closed_service_says_so():
    memory = MemoryService(embedder=None)
    memory.close()
    memory.close()
    with pytest.raises(ServiceClosed):
        memory.search("x", ANA)
    assert "closed" in repr(memory)


def test_empty_calls_are_named(memory):
    assert memory.add([], ANA).ids == ()
    with pytest.raises(EmptyText):
        memory.search(" ", ANA)
    with pytest.raises(InvalidScope):
        memory.search("x", "ana")


def test_the_service_meets_the_protocol():
    for name, wanted in inspect.getmembers(MemoryApi, inspect.isfunction):
        if name.startswith("_"):
            continue
        given = list(inspect.signature(getattr(MemoryService, name)).parameters)
        assert given[: len(inspect.signature(wanted).parameters)] == list(inspect.signature(wanted).parameters), (
            name
        )


def test_the_asynchronous_face_has_the_same_calls():
    public = {name for name, _ in inspect.getmembers(MemoryService, inspect.isfunction) if not name.startswith("_")}
    assert public - {*CALLS, *STREAMS} == {"export", "batch_processor", "acting_as", "accept", "worker"}

    async def use():
        async with AsyncMemoryService(embedder=None) as memory:
            await memory.add("I keep bees.", ANA)
            found = await memory.search("bees", ANA, limit=1)
            told = [part async for part in memory.answer_stream("What do I keep?", ANA)]
            return found[0].text, told[-1].answer.text

    assert asyncio.run(use()) == ("I keep bees.", "I keep bees.")
    with pytest.raises(AttributeError):
        AsyncMemoryService(embedder=None).export  # noqa: B018 (the access is the test)


def test_another_caller_of_the_same_service_has_its_own_rights_within_its_own_bounds():
    with MemoryService(embedder=None) as memory:
        here = Scope(workspace_id="acme", user_id="ana")
        tenant = memory.acting_as(Principal("key_1", frozenset({Action.READ}), Bounds(workspace_id="acme")))
        memory.add("I keep bees.", here)

        assert tenant.search("bees", here)[0].text == "I keep bees."
        for refused in (
            lambda: tenant.add("I keep hens.", here),
            lambda: tenant.search("bees", Scope(workspace_id="other", user_id="ana")),
            lambda: tenant.search("bees", Scope(user_id="ana")),
            lambda: tenant.backup("anywhere"),
        ):
            with pytest.raises(AccessDenied):
                refused()
        memory.close()
        with pytest.raises(ServiceClosed):
            tenant.stats(here)


def test_bounds_fill_in_what_a_scope_leaves_open():
    bounds = Bounds(workspace_id="acme", app_id="shop")
    placed = bounds.place(Scope(user_id="ana"))

    assert placed == Scope(workspace_id="acme", user_id="ana", app_id="shop")
    assert bounds.hold(placed)
    assert not bounds.hold(replace(placed, app_id="other"))
    assert not bounds.hold(Scope(user_id="ana"))


def test_what_is_accepted_is_durable_at_once_and_what_follows_is_made_when_asked(tmp_path):
    file = tmp_path / "memory.db"
    with MemoryService(file, embedder=HashingEmbedder()) as memory:
        accepted = memory.accept({"content": "I live in Porto.", "id": "m1"}, ANA)
        with MemoryService(file, embedder=None) as other:
            assert other.search("Porto", ANA)[0].id == accepted.result.ids[0]
        assert (accepted.result.pending, memory.stats(ANA).vectors) == (1, 0)
        accepted.follow()
        assert memory.stats(ANA).vectors == 1
        assert memory.facts(ANA, slot="residence")[0].object == "Porto"
        again = memory.accept({"content": "I live in Porto.", "id": "m1"}, ANA)
        assert again.result.duplicates == accepted.result.ids

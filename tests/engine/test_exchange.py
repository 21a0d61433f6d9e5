"""What a person said about memories survives an export and an import; nobody writes where he may not."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fusion_memory import MemoryService, Principal, Scope
from fusion_memory.core.errors import AccessDenied, FusionMemoryError, InvalidInput, NotFound
from fusion_memory.core.scope import Access, Action, Bounds
from fusion_memory.engine import exchange, exchange_by_hand
from fusion_memory.testing.notebook import SetClock

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")
LINES = [
    "I live in Lisbon.",
    "I moved to Porto.",
    "My friend Robert, also known as Bob, lives in Berlin.",
    "Bob works at Globex.",
    "My colleague Anna Petrova likes jazz.",
    "Anna moved to Madrid in May.",
    "I like tea and I am allergic to peanuts.",
    "我住在上海。",
    "我的同事王小明喜欢爵士乐。",
    "小明在北京工作。",
    "Forget what I just said.",
    "I no longer like tea.",
]
NAMES = ["Robert", "Bob", "Anna Petrova", "Anna", "王小明", "小明", "Globex", "Bobby"]
ONE = st.integers(0, 30)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(LINES), st.sampled_from([None, "s1"])),
        st.tuples(st.just("say"), st.sampled_from(LINES), st.none()),
        st.tuples(st.just("correct"), ONE, st.sampled_from(["Faro", "成都"])),
        st.tuples(st.just("retract"), ONE, st.none()),
        st.tuples(st.just("merge"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("split"), st.sampled_from(NAMES), st.none()),
        st.tuples(st.just("alias"), st.sampled_from(NAMES), st.sampled_from(["Bobby", "Zed"])),
        st.tuples(st.just("unalias"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("value"), st.sampled_from("ab"), st.sampled_from([None, 1, {"deep": ["值"]}])),
        st.tuples(st.just("core"), st.none(), st.none()),
        st.tuples(st.just("forget"), ONE, st.none()),
    ),
    min_size=3,
    max_size=16,
)


def opened(clock=None, **more):
    return MemoryService(embedder=None, llm=None, clock=clock or SetClock(), **more)


def live(memory, clock, steps):
    """Let it all happen."""
    for step, one, two in steps:
        clock.moment += timedelta(hours=1)
        with suppress(FusionMemoryError):
            act(memory, step, one, two)


def act(memory, step, one, two):
    if step == "say":
        memory.add({"content": one, "time": memory._parts.clock.now()}, replace(ANA, session_id=two))
    elif step in ("correct", "retract"):
        facts = memory.facts(ANA, state="all")
        fact = facts[one % len(facts)].id if facts else "fact_none"
        memory.correct(fact, ANA, object=two) if step == "correct" else memory.retract(fact, ANA)
    elif step == "forget":
        ids = [entry.id for entry in memory.history(ANA) if entry.action == "recorded"]
        memory.forget(ANA, [ids[one % len(ids)] if ids else "mem_none"])
    else:
        {
            "merge": lambda: memory.merge_entities(ANA, one, two),
            "split": lambda: memory.split_entity(ANA, one),
            "alias": lambda: memory.add_alias(ANA, one, two),
            "unalias": lambda: memory.remove_alias(ANA, one, two),
            "value": lambda: memory.update_user_profile(ANA, {one: two}),
            "core": lambda: memory.core_memory(ANA),
        }[step]()


def known(memory):
    """What the memory knows, without an order that nothing promises."""
    facts = memory.facts(ANA, state="all", limit=1_000)
    return {
        "facts": {fact.id: asdict(fact) for fact in facts},
        "entities": {e.id: (asdict(e), set(e.aliases)) for e in memory.entities(ANA, limit=1_000)},
        "views": {view.type: [fact.id for fact in view.facts] for view in memory.get_current_views(ANA)},
        "conflicts": {(c.kind, c.older.id, c.newer.id) for c in memory.conflicts(ANA)},
        "values": memory.get_user_profile(ANA),
        "core": memory.core_memory(ANA).text,
    }


def travelled(memory, scope=None):
    return json.loads(json.dumps(list(memory.export(scope))))


@settings(max_examples=30, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(STEPS)
def test_a_story_is_the_same_after_an_export_and_an_import(steps):
    clock = SetClock()
    with opened(clock) as memory, opened(clock) as copy:
        live(memory, clock, steps)
        records = travelled(memory)
        first = copy.import_records(records)
        assert first.imported == records[-1]["count"]
        before, after = known(memory), known(copy)
        for what, told in before.items():
            assert after[what] == told, what
        again = copy.import_records(records)
        assert (again.imported, again.by_hand) == (0, 0)
        assert known(copy) == after
        assert travelled(copy) == travelled(memory)


def story(memory, clock):
    for step in (
        ("say", LINES[0], None),
        ("say", LINES[1], None),
        ("say", LINES[2], None),
        ("say", LINES[4], None),
        ("say", "I called Anna today.", None),
        ("merge", "Anna Petrova", "Anna"),
        ("split", "Bob", None),
        ("alias", "Globex", "Nobody"),
        ("alias", "Robert", "Bobby"),
        ("value", "a", 1),
        ("core", None, None),
    ):
        live(memory, clock, [step])
    facts = {fact.object: fact for fact in memory.facts(ANA)}
    memory.correct(facts["Porto"].id, ANA, object="Faro")
    memory.retract(facts["jazz"].id, ANA)


@pytest.fixture
def told():
    clock = SetClock()
    with opened(clock) as memory:
        story(memory, clock)
        yield memory


def test_each_kind_of_what_was_set_by_hand_travels(told):
    records = travelled(told)
    kinds = {record["type"] for record in records}
    assert kinds == {"header", "memory", "telling", "name", "name_link", "profile_value", "core_fact", "end"}
    assert records[-1]["by_hand"] == len(records) - 2 - records[-1]["count"]
    with opened(told._parts.clock) as copy:
        assert 5 < copy.import_records(records).by_hand <= records[-1]["by_hand"]
        assert [fact.object for fact in copy.facts(ANA, slot="residence", subject="user")] == ["Faro"]
        assert [fact.object for fact in copy.facts(ANA, state="retracted")] == ["jazz"]
        assert copy.entity("Anna", ANA).name == "Anna Petrova"
        assert copy.entity("Bob", ANA).name == "Bob"
        assert copy.entity("Bobby", ANA).name == "Robert"
        copy.add("Robert, also known as Bob, called.", ANA)
        assert copy.entity("Bob", ANA).name == "Bob"
        assert copy.refresh_current_views(ANA).memories
        assert [fact.object for fact in copy.facts(ANA, slot="residence", subject="user")] == ["Faro"]


def test_what_is_set_by_hand_reaches_a_memory_that_reads_later(told):
    from fusion_memory.core.settings import EncodingSettings, Settings

    offline = Settings(encoding=EncodingSettings(mode="offline"))
    with opened(told._parts.clock, settings=offline) as copy:
        copy.import_records(travelled(told))
        copy.drain_update_queue()
        for what, held in known(told).items():
            assert what == "core" or known(copy)[what] == held, what


def test_a_newer_value_here_is_left_alone(told):
    clock = SetClock()
    clock.moment = told._parts.clock.now() + timedelta(days=1)
    with opened(clock) as copy:
        copy.update_user_profile(ANA, {"a": "newer", "b": 2})
        copy.import_records(travelled(told))
        assert copy.get_user_profile(ANA) == {"a": "newer", "b": 2}


def test_the_export_of_a_place_has_nothing_of_the_rest_of_its_owner(told):
    told.add("I live in Oslo.", replace(ANA, session_id="s9"))
    kinds = {record["type"] for record in told.export(replace(ANA, session_id="s9"))}
    assert kinds == {"header", "memory", "end"}


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("telling", "claim", {}),
        ("telling", "memory_id", 7),
        ("telling", "recorded_at", "soon"),
        ("telling", "starts_at", "x"),
        ("name", "kind", "ghost"),
        ("name", "id", "mem_1"),
        ("name", "by_hand", 1),
        ("name_link", "into", ""),
        ("name_link", "apart", None),
        ("profile_value", "key", "  "),
        ("profile_value", "value", "x" * 20_000),
        ("core_fact", "importance", 7),
        ("core_fact", "scope", {}),
        ("core_fact", "type", "riddle"),
    ],
)
def test_a_damaged_record_is_refused_with_a_reason(told, kind, field, value):
    records = travelled(told)[1:-1]
    damaged = [record if record["type"] != kind else {**record, field: value} for record in records]
    with opened() as copy, pytest.raises(InvalidInput) as refused:
        copy.import_records(sealed(damaged))
    assert refused.value.fix


@pytest.mark.parametrize("features", [[10**400], [0.5, float("inf")], [True], "0.5"])
def test_features_that_are_no_numbers_of_a_float_are_refused(features):
    record = {"type": "feedback", "memory_id": "mem_1", "useful": True, "said_at": "2026-01-01T00:00:00Z"}
    assert exchange_by_hand.read({**record, "trace_id": None, "features": [0.5, 1]}).features == (0.5, 1.0)
    with pytest.raises(InvalidInput):
        exchange_by_hand.read({**record, "trace_id": None, "features": features})


def test_the_end_line_vouches_for_what_was_set_by_hand(told):
    records = travelled(told)
    place = next(at for at, record in enumerate(records) if record["type"] == "profile_value")
    forged = [*records[:place], {**records[place], "value": "forged"}, *records[place + 1 :]]
    for damaged in (forged, [*records[:place], *records[place + 1 :]]):
        with opened() as copy:
            with pytest.raises(InvalidInput, match="damaged"):
                copy.import_records(damaged)
            assert copy.get_user_profile(ANA) == {}


def test_an_import_into_a_scope_takes_nothing_of_others(told):
    told.add("I keep bees.", BEN)
    told.update_user_profile(BEN, {"b": "of ben"})
    writer = Principal("writer", frozenset({Action.READ, Action.WRITE}))
    with opened(told._parts.clock, principal=writer) as copy:
        with pytest.raises(AccessDenied):
            copy.import_records(travelled(told))
        with pytest.raises(InvalidInput, match="another owner"):
            copy.import_records(travelled(told), scope=BEN)
        assert copy.import_records(travelled(told, ANA), scope=ANA).imported == 5
        assert known(copy) == known(told)
        assert copy.get_user_profile(BEN) == {}
        with pytest.raises(InvalidInput, match="another owner"):
            copy.import_records(travelled(told, BEN), scope=ANA)


def test_every_record_needs_the_right_to_write_where_it_belongs(told):
    class OnlyAna:
        def authorize(self, principal, action, scope):
            if scope.user_id == "ben":
                raise AccessDenied
            return Access(principal, scope, action)

    foreign = {"type": "profile_value", "scope": {"user_id": "ben"}, "key": "k", "value": 1}
    records = [*travelled(told)[1:-1], foreign | {"updated_at": "2026-01-01T00:00:00+00:00"}]
    with opened(authorizer=OnlyAna()) as copy, pytest.raises(AccessDenied):
        copy.import_records(sealed(records))


def sealed(records):
    """Records of an export, a scope of its own for each, between a header and an end line that vouches for them."""
    digest, memories = exchange.blake2b(digest_size=16), sum(one["type"] == "memory" for one in records)
    for record in records:
        digest.update(exchange._canonical(record))
    end = {"type": "end", "count": memories, "by_hand": len(records) - memories, "digest": digest.hexdigest()}
    return [{"type": "header", "format": exchange.FORMAT}, *records, end]


def moved_to(scope, records):
    return [{**one, "scope": scope} for one in records if "scope" in one]


def test_a_part_of_an_owner_takes_nothing_that_is_of_the_whole(told):
    part = {"user_id": "ana", "agent_id": "bot"}
    values = [one for one in travelled(told, ANA) if one["type"] in {"profile_value", "name", "name_link"}]
    later = [{**one, "key": "new", "updated_at": "2099-01-01T00:00:00+00:00"} for one in values if "key" in one]
    before, held = known(told), told.get_user_profile(ANA)
    bot = told.acting_as(Principal("bot", frozenset({Action.READ, Action.WRITE}), Bounds(agent_id="bot")))
    assert later
    assert bot.import_records(sealed(moved_to(part, [*values, *later])), scope=Scope(**part)).by_hand == 0
    assert (known(told), told.get_user_profile(ANA)) == (before, held)


def test_an_id_that_another_owner_has_is_not_taken_from_him(told):
    moved = moved_to({"user_id": "ben"}, [one for one in travelled(told, ANA) if one["type"] != "memory"])
    before = known(told)
    told.import_records(sealed(moved))
    assert known(told) == before
    with pytest.raises(NotFound):
        told.entity("Anna Petrova", BEN)
    assert told.facts(BEN, state="all") == ()
    assert told.get_user_profile(BEN) == {"a": 1}


def test_an_import_does_not_tell_whether_an_id_is_somebody_elses(told):
    told.add("I keep bees.", Scope(workspace_id="other", user_id="eva"))
    foreign = travelled(told, Scope(workspace_id="other", user_id="eva"))[1]
    forged = {**foreign, "scope": {"workspace_id": "acme", "user_id": "ana"}, "content": "I keep cats."}
    unknown = {**forged, "id": f"{foreign['id'][:-8]}00000000", "identity": "0" * 32}
    everything = frozenset({Action.READ, Action.WRITE})
    acme = told.acting_as(Principal("acme", everything, Bounds(workspace_id="acme")))
    ana = Scope(workspace_id="acme", user_id="ana")
    answers = [acme.import_records(sealed([one]), scope=ana) for one in (forged, unknown)]
    assert answers[0] == answers[1]
    assert [one.text for one in acme.history(ana)] == ["I keep cats."] * 2
    assert acme.import_records(sealed([forged]), scope=ana).duplicates == 1
    assert told.get(foreign["id"], scope=Scope(workspace_id="other", user_id="eva")).content == "I keep bees."
    with pytest.raises(InvalidInput, match="another memory"):
        told.import_records(sealed([{**forged, "scope": {"user_id": "ben"}}]))


def test_an_export_of_the_first_format_is_still_read():
    with opened() as memory:
        memory.add("I live in Lisbon.", ANA)
        records = travelled(memory)
    records[0]["format"] = "fusion-memory.export.v1"
    del records[-1]["by_hand"]
    with opened() as copy:
        assert copy.import_records(records).imported == 1


@pytest.mark.parametrize(
    "scope",
    [Scope(agent_id="x"), Scope(run_id="r"), Scope(workspace_id="w"), Scope(workspace_id="w", user_id="u")],
    ids=str,
)
def test_every_kind_of_owner_travels_and_an_export_is_the_same_at_any_time(scope):
    clock = SetClock()
    with opened(clock) as memory, opened(clock) as copy:
        memory.add("My colleague Anna Petrova lives in Porto.", scope)
        memory.add_alias(scope, "Anna Petrova", "Annie")
        memory.update_user_profile(scope, {"a": 1})
        memory.core_memory(scope)
        records = travelled(memory)
        clock.moment += timedelta(days=1)
        assert travelled(memory, scope) == records
        assert copy.import_records(records).by_hand == 3
        assert copy.get_user_profile(scope) == {"a": 1}
        assert copy.entity("Annie", scope).name == "Anna Petrova"
        assert travelled(copy) == records

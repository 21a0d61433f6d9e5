"""The associative graph: what lies beside a memory and why, what the graph lane finds, and what neither may see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidOption, NotFound
from fusion_memory.core.graph import EdgeKind
from fusion_memory.core.scope import Access, Action, Principal
from fusion_memory.memory import association_views, associations, events, owners

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Clock:
    """Moves a day with every look, so that what is added later is recorded later."""

    def __init__(self):
        self.present = NOON

    def now(self):
        return self.present

    def monotonic(self):
        return 0.0


@pytest.fixture
def memory():
    with MemoryService(embedder=None, clock=Clock()) as service:
        yield service


def say(memory, *texts, session=None, scope=ANA, **fields):
    messages = [{"role": "user", "content": text, "session_id": session, **fields} for text in texts]
    return memory.add(messages, scope).ids


def reasons(found, memory_id):
    """What connects a neighbour, by kind."""
    near = next((one for one in found.neighbours if one.memory.id == memory_id), None)
    return {reason.kind: reason for reason in near.reasons} if near else {}


def edges_stored(memory):
    with memory._parts.database.read() as tx:
        return set(tx._connection.execute("SELECT later_no, earlier_no, shared FROM associations").fetchall())


TALKS = [
    [
        "I went hiking in the Swiss mountains last summer.",
        "Lovely.",
        "Yes, hiking in the Swiss mountains was great.",
    ],
    ["下周去参加产品会议和培训。", "好的。", "产品会议和培训都改到月底了。"],
]


@pytest.mark.parametrize("talk", TALKS, ids=["en", "zh"])
def test_turns_stand_side_by_side_and_share_words(memory, talk):
    first, second, third = say(memory, *talk, session="s1")
    found = memory.related(first, ANA)
    assert found.centre.id == first
    assert reasons(found, second)[EdgeKind.BESIDE].count == 1
    assert reasons(found, third)[EdgeKind.BESIDE].count == 2
    assert reasons(found, third)[EdgeKind.WORDS].count >= 3
    assert EdgeKind.WORDS not in reasons(found, second)
    assert found.neighbours[0].memory.id == third, "two reasons weigh more than one"
    assert all(0 < near.weight <= 1 for near in found.neighbours)


def test_two_words_are_too_few_and_grammar_does_not_count(memory):
    say(
        memory,
        "The report is on the table.",
        "Ok.",
        "Ok!",
        "The table and the report were there for us.",
        session="s",
    )
    assert edges_stored(memory) == set()


def test_the_name_of_the_speaker_is_not_a_shared_word(memory):
    memory.add(
        [{"name": "Anna Maria Lopez", "content": text, "session_id": "s"} for text in ("Hello!", "Bye!")], ANA
    )
    assert edges_stored(memory) == set()


def test_a_rare_entity_connects_and_a_hub_does_not(memory, monkeypatch):
    here, there = say(memory, "I met Karin Holm in Lisbon.")[0], say(memory, "Karin Holm plays the cello.")[0]
    reason = reasons(memory.related(here, ANA), there)[EdgeKind.ENTITY]
    assert (reason.name, reason.count, reason.weight) == ("Karin Holm", 2, association_views.RAREST)
    for number in range(3):
        say(memory, f"Karin Holm sent letter number {number}.")
    weaker = reasons(memory.related(here, ANA), there)[EdgeKind.ENTITY]
    assert weaker.count == 5
    assert weaker.weight < reason.weight
    monkeypatch.setattr(association_views, "HUB", 4)
    assert memory.related(here, ANA).neighbours == ()


def test_what_is_connected_through_a_third_is_derived_and_half_as_strong(memory):
    first, second, third, fourth = say(memory, "One.", "Two.", "Three.", "Four.", session="s1")
    found = memory.related(first, ANA)
    reason = reasons(found, fourth)[EdgeKind.DERIVED]
    direct = {near.memory.id: near.weight for near in found.neighbours}
    assert reason.name in {second, third}
    assert reason.weight == pytest.approx(0.5 * min(association_views.BESIDE))
    assert reason.weight < min(direct[second], direct[third])
    assert not reasons(memory.related(first, ANA, derived=False), fourth)


def test_what_later_turns_come_back_to_has_priority(memory):
    again = "The copper boiler in the cellar leaks."
    first, *_, last = say(
        memory, again, "Sure.", again + " Still.", again + " Again!", again + " Really.", session="s"
    )
    assert memory.related(first, ANA).centre.priority == 5
    assert memory.related(last, ANA).centre.priority == 3


def test_tiers_follow_the_present(memory):
    old, new = say(memory, "One.", "Two.", session="s", time=NOON - timedelta(days=30))
    found = memory.related(old, ANA)
    assert {found.centre.tier.value, found.neighbours[0].memory.tier.value} == {"warm"}
    assert memory.related(old, ANA, tier="hot").neighbours == ()
    assert memory.related(old, ANA, tier="warm").neighbours[0].memory.id == new
    say(memory, "Later.", time=NOON + timedelta(days=300))
    assert memory.related(old, ANA).centre.tier.value == "cold"


def test_another_owner_and_another_session_see_nothing(memory):
    here = say(memory, "Karin Holm lives in Lisbon.", session="s1")[0]
    there = say(memory, "Karin Holm plays the cello.", session="s2")[0]
    say(memory, "Karin Holm is my dentist.", scope=BEN)
    with pytest.raises(NotFound):
        memory.related(here, BEN)
    narrow = Scope(user_id="ana", session_id="s1")
    assert memory.related(here, narrow).neighbours == ()
    assert reasons(memory.related(here, narrow, allow_cross_session=True), there)[EdgeKind.ENTITY].count == 2
    with pytest.raises(NotFound):
        memory.related(there, narrow)


def test_the_past_knows_nothing_of_what_came_later(memory):
    first = say(memory, TALKS[0][0], session="s")[0]
    memory._parts.clock.present += timedelta(days=1)
    say(memory, *TALKS[0][1:], session="s")
    before, after = NOON + timedelta(hours=1), NOON + timedelta(days=2)
    assert memory.related(first, ANA, as_of=before).neighbours == ()
    assert len(memory.related(first, ANA, as_of=after).neighbours) == 2
    with pytest.raises(NotFound):
        memory.related(first, ANA, as_of=NOON - timedelta(days=1))


def test_forgetting_takes_the_edges(memory):
    first, second, third = say(memory, *TALKS[0], session="s")
    assert len(edges_stored(memory)) == 1
    memory.forget(ANA, [third])
    assert edges_stored(memory) == set()
    assert [near.memory.id for near in memory.related(first, ANA).neighbours] == [second]
    memory.forget(ANA, everything=True)
    with pytest.raises(NotFound):
        memory.related(first, ANA)


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1_001}, {"tier": "lukewarm"}])
def test_what_cannot_be_asked(memory, wrong):
    first = say(memory, "One.")[0]
    with pytest.raises(InvalidOption):
        memory.related(first, ANA, **wrong)


WORDS = st.sampled_from(
    ["boiler", "cellar", "copper", "leak", "roof", "garden", "产品", "会议", "培训", "的", "the"]
)
SAYING = st.tuples(st.lists(WORDS, min_size=1, max_size=8), st.sampled_from(["s1", "s2", None]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(SAYING, min_size=1, max_size=25), min_size=1, max_size=3), st.data())
def test_what_grew_and_shrank_step_by_step_is_what_a_rebuild_gives(batches, data):
    with MemoryService(embedder=None) as memory:
        ids = []
        for batch in batches:
            said = [{"content": " ".join(words), "session_id": session} for words, session in batch]
            ids += memory.add([{**one, "id": f"{len(ids)}-{at}"} for at, one in enumerate(said)], ANA).ids
            gone = data.draw(st.lists(st.sampled_from(ids), unique=True, max_size=3))
            if gone:
                memory.forget(ANA, gone)
                ids = [one for one in ids if one not in gone]
            if not ids:
                break
        grown = edges_stored(memory)
        with memory._parts.database.write() as tx:
            associations.rebuild(tx, Access(Principal.local(), ANA, Action.WRITE))
        assert edges_stored(memory) == grown


# -- the lane --------------------------------------------------------------------------------------


@pytest.fixture
def chain(memory):
    """A question finds the first; the rest is reached over rare names alone: first - second - third."""
    ids = [
        say(memory, "The violin workshop belongs to Karin Holm.", session="s1", metadata={"at": 1})[0],
        say(memory, "Karin Holm grew up with Tomas Berg.", session="s2", metadata={"at": 2}, time="2026-01-02")[0],
        say(memory, "Tomas Berg repairs old radios.", session="s3", metadata={"at": 3}, role="guest")[0],
    ]
    say(memory, *(f"Note number {number} on gardening." for number in range(20)), session="s4")
    return ids


def found(memory, question="Who owns the violin workshop?", **options):
    return {hit.id: hit for hit in memory.search(question, options.pop("scope", ANA), recipe="deep", **options)}


def test_the_lane_reaches_what_the_question_does_not_name(memory, chain):
    hits = found(memory)
    assert hits[chain[1]].parts["graph"] > hits[chain[2]].parts["graph"] > 0
    assert {lane.lane for lane in hits[chain[1]].lanes} == {"graph"}
    plain = memory.search("Who owns the violin workshop?", ANA, recipe="balanced")
    assert chain[2] not in {hit.id for hit in plain}


def test_a_name_in_the_question_is_enough(memory, chain):
    say(memory, "My neighbour 王小明 mended it.", "昨天王小明来了。")
    hits = found(memory, "What does Tomas Berg's friend do?", limit=50)
    assert hits[chain[1]].parts["graph"] > 0
    assert hits[chain[0]].parts["graph"] > 0, "over Karin Holm"


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"session_ids": ("s1", "s2")}, [0, 1]),
        ({"session_ids": ("s1", "s3")}, [0]),
        ({"roles": ("user",)}, [0, 1]),
        ({"metadata": {"at": 3}}, []),
        ({"since": "2026-02-01"}, [0]),
        ({"until": "2026-02-01"}, []),
        ({"scope": Scope(user_id="ana", session_id="s1")}, [0]),
        ({"scope": Scope(user_id="ana", session_id="s1"), "allow_cross_session": True}, [0, 1, 2]),
        ({"scope": BEN}, []),
    ],
    ids=str,
)
def test_what_a_filter_hides_is_neither_found_nor_passed_through(memory, chain, options, seen):
    """Without the second, nothing leads to the third."""
    hits = found(memory, limit=50, **options)
    assert [place for place, one in enumerate(chain) if one in hits] == seen


def test_the_lane_asks_the_past_alone(memory, chain):
    memory._parts.clock.present += timedelta(days=1)
    late = say(memory, "Tomas Berg bought a boat.", session="s9")[0]
    assert late in found(memory, "Tomas Berg", as_of=NOON + timedelta(days=2))
    hits = found(memory, "Who owns the violin workshop?", as_of=NOON + timedelta(hours=1), limit=50)
    assert late not in hits
    assert chain[1] in hits


def test_what_is_forgotten_leads_nowhere(memory, chain):
    memory.forget(ANA, [chain[1]])
    assert chain[2] not in found(memory, limit=50)


def test_refreshing_makes_lost_edges_again(memory):
    """As for a database that was filled before there were associations."""
    say(memory, *TALKS[0], session="s")
    say(memory, *TALKS[1], session="s")
    before = edges_stored(memory)
    with memory._parts.database.write() as tx:
        tx._connection.execute("DELETE FROM associations")
    memory.refresh_current_views(ANA)
    assert edges_stored(memory) == before != set()


def test_what_others_say_of_a_name_does_not_hide_it_from_a_narrowed_read(memory):
    mine, theirs = Scope(user_id="ana", agent_id="a1"), Scope(user_id="ana", agent_id="a2")
    memory.add([f"Karin Holm wrote mail number {n}." for n in range(230)], theirs)
    ids = memory.add(["Karin Holm came to town.", "Nothing.", "Tea.", "Then Karin Holm left."], mine).ids
    assert EdgeKind.ENTITY in reasons(memory.related(ids[0], mine), ids[3])


def test_turns_that_a_filter_hides_raise_no_priority(memory):
    first, *_ = say(
        memory,
        "The harbour festival starts in Lisbon.",
        *["The harbour festival in Lisbon starts again."] * 3,
        session="s1",
    )
    access = Access(Principal("test"), ANA, Action.READ)
    with memory._parts.database.read() as tx:
        where = owners.span_filter(owners.find(tx, access), access)
        [number] = events.numbers(tx, access, [first])
        assert association_views.referenced(tx, where, [number]) == {number: 3}
        later = {"since_ms": 1 + int(NOON.timestamp() * 1_000)}
        for hidden in ({"roles": ("assistant",)}, {"until_ms": 0}, later, {"metadata": {"mood": 1}}):
            assert association_views.referenced(tx, replace(where, **hidden), [number]) == {}

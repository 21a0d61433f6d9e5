"""The registry of entities: names resolve, merges undo, erasure forgets, scopes and moments see their own."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_memory.core.errors import InvalidInput, NotFound
from fusion_memory.core.knowledge import Claim, Entity, EntityKind, FactType, Mention
from fusion_memory.memory import entities, entity_graph, entity_likeness, entity_names, events, owners
from fusion_memory.memory.entity_graph import Sight
from fusion_memory.memory.name_keys import name_key
from fusion_memory.testing.notebook import BEGINNING, Notebook

PERSON, PLACE, THING = EntityKind.PERSON, EntityKind.PLACE, EntityKind.THING


class Register:
    """A notebook whose names are given by hand: ``say("Anna met Tom", "Anna", "Tom")``."""

    def __init__(self):
        self.notebook = Notebook()

    @property
    def now(self):
        return self.notebook.clock.now()

    def access(self, **narrowing):
        return self.notebook.access(**narrowing)

    def say(self, text, *names, claims=(), kinds=(), aliases=(), **message):
        event_id = self.notebook.say(text, *claims, **message)
        self.read(event_id, text, *names, kinds=kinds, aliases=aliases)
        return event_id

    def read(self, event_id, text, *names, kinds=(), aliases=()):
        """Record the names of an event; again for a second reading."""
        kind_of, alias_of = dict(kinds), dict(aliases)
        mentions = [
            Mention(
                name,
                kind_of.get(name, PERSON),
                text.index(name),
                text.index(name) + len(name),
                alias_of=alias_of.get(name),
            )
            for name in names
        ]
        with self.notebook.database.write() as tx:
            access = self.access()
            [number] = events.numbers(tx, access, [event_id])
            entities.record(tx, access, owners.find(tx, access), number, mentions, self.now)

    @contextmanager
    def writing(self):
        with self.notebook.database.write() as tx:
            yield tx, self.access()

    def find(self, name, as_of=None, **narrowing) -> Entity | None:
        with self.notebook.reading() as tx:
            return entities.find(tx, self.access(**narrowing), name, as_of)

    def names(self, as_of=None, **narrowing):
        with self.notebook.reading() as tx:
            return [e.name for e in entities.entities(tx, self.access(**narrowing), as_of=as_of)]

    def merge(self, keep, other, reason="same person"):
        with self.writing() as (tx, access):
            return entity_names.merge(tx, access, keep, other, reason, self.now)

    def split(self, name):
        with self.writing() as (tx, access):
            return entity_names.split(tx, access, name, "not the same", self.now)

    def alias(self, name, alias):
        with self.writing() as (tx, access):
            return entity_names.add_alias(tx, access, name, alias, self.now)

    def unalias(self, name, alias):
        with self.writing() as (tx, access):
            return entity_names.remove_alias(tx, access, name, alias, self.now)

    def suggestions(self, limit=50, as_of=None, **narrowing):
        with self.notebook.reading() as tx:
            return entity_names.suggestions(tx, self.access(**narrowing), limit, as_of)

    def standing(self):
        """Every entity as a full read sees it."""
        with self.notebook.reading() as tx:
            return {e.id: e for e in entities.entities(tx, self.access())}

    def forget(self, *ids):
        """Erase events with all that hangs on them."""
        self.notebook.forget(list(ids))

    def graph(self, name, **options):
        with self.notebook.reading() as tx:
            return entities.graph(tx, self.access(), name, **options)

    def rows(self, table):
        with self.notebook.reading() as tx:
            return tx._connection.execute(f"SELECT * FROM {table}").fetchall()


@pytest.fixture
def register():
    register = Register()
    yield register
    register.notebook.close()


def test_a_name_becomes_an_entity_and_counts_its_mentions(register):
    register.say("Anna met Tom", "Anna", "Tom", day=0)
    register.say("Anna is here", "Anna", day=3)
    anna = register.find("Anna")
    assert (anna.name, anna.kind, anna.mentions, anna.aliases) == ("Anna", PERSON, 2, ())
    assert (anna.first_seen_at, anna.last_seen_at) == (BEGINNING, BEGINNING + timedelta(days=3))
    assert register.names() == ["Anna", "Tom"]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Anna", "ANNA"),
        ("VS Code", "vscode"),
        ("Ｔｏｍ", "tom"),
        ("陳美玲", "陈美玲"),
        ("Dr. Chen", "dr chen"),
        ("Jean-Luc", "Jean Luc"),
        ("The Overstory", "overstory"),
    ],
)
def test_a_name_is_found_in_every_spelling(register, said, asked):
    register.say(f"{said} again", said)
    assert register.find(asked).name == said
    assert register.find(said).id == register.find(asked).id == register.find(register.find(said).id).id


def test_what_nobody_said_is_not_found(register):
    register.say("Anna is here", "Anna")
    for name in ("Bob", "", "  ", "ent_0", "'; DROP TABLE entities; --"):
        assert register.find(name) is None
    assert register.find("Anna", session_id="other") is None


def test_a_capital_letter_improves_the_name_and_a_majority_the_kind(register):
    register.say("anna is here", "anna", kinds={"anna": THING})
    register.say("Anna is here", "Anna", kinds={"Anna": THING})
    assert (register.find("anna").name, register.find("anna").kind) == ("Anna", THING)
    register.say("Anna said so", "Anna")
    assert register.find("anna").kind is PERSON


def test_recording_again_changes_nothing(register):
    text = "Anna met Tom"
    event = register.say(text, "Anna", "Tom")
    before = register.rows("entities"), register.rows("entity_mentions")
    register.read(event, text, "Anna", "Tom")
    assert (register.rows("entities"), register.rows("entity_mentions")) == before


def test_a_second_reading_replaces_the_first(register):
    text = "Anna Lee met Tom"
    event = register.say(text, "Anna", "Tom", aliases={"Tom": "Anna"})
    register.read(event, text, "Anna Lee")
    assert register.names() == ["Anna Lee"]
    assert register.rows("entity_links") == []


def test_ids_are_the_same_after_everything_was_read_anew(register):
    text = "Anna met Tom"
    event = register.say(text, "Anna", "Tom")
    before = register.find("Anna").id
    register.read(event, text)
    assert register.names() == []
    register.read(event, text, "Anna", "Tom")
    assert register.find("Anna").id == before


def test_owners_do_not_meet(register):
    register.say("Anna is here", "Anna")
    other = Notebook(user="ben")
    with register.notebook.reading() as tx:
        assert entities.find(tx, other.access(), "Anna") is None
        assert entities.entities(tx, other.access()) == []
        assert entities.graph(tx, other.access(), "Anna") is None
    other.close()


def test_a_text_that_says_so_joins_two_names(register):
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    register.say("Bob is late", "Bob")
    robert = register.find("bob")
    assert (robert.name, robert.aliases, robert.mentions) == ("Robert", ("Bob",), 3)


def test_a_merge_moves_nothing_and_a_split_undoes_it(register):
    register.say("Anna met Tom", "Anna", "Tom")
    register.say("Annie called", "Annie")
    alone = register.find("Anna"), register.find("Annie")
    merged = register.merge("Anna", "Annie")
    assert (merged.id, merged.aliases, merged.mentions) == (alone[0].id, ("Annie",), 2)
    assert merged.merged_from == (alone[1].id,)
    assert register.find("Annie") == merged == register.find(alone[1].id)
    assert register.split("Annie") == alone[1]
    assert (register.find("Anna"), register.find("Annie")) == alone


def test_merges_chain_and_split_where_they_were_joined(register):
    for name in ("A1", "B1", "C1", "D1"):
        register.say(f"{name} is here", name)
    register.merge("B1", "A1")
    register.merge("C1", "B1")
    register.merge("C1", "D1")
    assert register.find("A1").name == "C1"
    assert set(register.find("A1").aliases) == {"A1", "B1", "D1"}
    register.split("B1")
    assert (register.find("A1").name, register.find("D1").name) == ("B1", "C1")


def test_what_is_one_cannot_be_merged_and_what_is_not_merged_cannot_be_split(register):
    register.say("Anna met Tom", "Anna", "Tom")
    register.merge("Anna", "Tom")
    with pytest.raises(InvalidInput):
        register.merge("Tom", "Anna")
    with pytest.raises(InvalidInput):
        register.split("Anna")
    with pytest.raises(NotFound):
        register.merge("Anna", "Nobody")


def test_no_text_overrules_a_split(register):
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    register.split("Bob")
    register.say("Robert, or Bob", "Robert", "Bob", aliases={"Bob": "Robert"})
    assert register.find("Bob").name == "Bob"
    register.merge("Robert", "Bob")
    assert register.find("Bob").name == "Robert"


def test_no_text_takes_a_name_from_another_entity(register):
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    register.say("Bobby (Bob) called", "Bobby", "Bob", aliases={"Bob": "Bobby"})
    register.say("Bob is Robert is Bob", "Robert", "Bob", aliases={"Robert": "Bob"})
    assert register.find("Bob").name == "Robert"
    assert register.find("Bobby").aliases == ()


def test_an_alias_set_by_hand_is_found_and_stays(register):
    event = register.say("Anna is here", "Anna")
    register.say("Tom is here", "Tom")
    assert register.alias("Anna", "安娜").aliases == ("安娜",)
    assert register.find("安娜").name == "Anna"
    assert register.alias("Anna", "安娜").aliases == ("安娜",)
    register.forget(event)
    assert register.find("安娜").mentions == 0
    with pytest.raises(NotFound):
        register.alias("Nobody", "X1")
    with pytest.raises(InvalidInput):
        register.alias("Anna", "  ")


def test_an_alias_that_names_somebody_is_refused(register):
    register.say("Anna met Tom", "Anna", "Tom")
    with pytest.raises(InvalidInput, match="names another entity"):
        register.alias("Anna", "Tom")


def test_forgetting_the_last_mention_forgets_the_entity(register):
    first = register.say("Anna met Tom", "Anna", "Tom")
    second = register.say("Anna is here", "Anna")
    register.forget(first)
    assert register.names() == ["Anna"]
    register.forget(second)
    assert (register.names(), register.rows("entities"), register.rows("entity_mentions")) == ([], [], [])


def test_forgetting_takes_spelling_and_kind_along(register):
    register.say("ANNA was here", "ANNA", kinds={"ANNA": PLACE})
    last = register.find("anna")
    [event] = [e for e in [register.say("Anna is here", "Anna")] if e]
    assert last.name == "ANNA"
    with register.notebook.reading() as tx:
        ids = list(events.numbers(tx, register.access(), None).values())
    register.forget(*[i for i in ids if i != event])
    assert (register.find("anna").name, register.find("anna").kind) == ("Anna", PERSON)


def test_an_alias_goes_with_the_last_event_that_said_it(register):
    first = register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    second = register.say("Bob alias Robert", "Robert", "Bob", aliases={"Bob": "Robert"})
    register.say("Bob is late", "Bob")
    register.say("Robert is early", "Robert")
    register.forget(first)
    assert register.find("Bob").name == "Robert"
    register.forget(second)
    assert (register.find("Bob").name, register.find("Robert").aliases) == ("Bob", ())


def test_a_merged_entity_that_loses_its_mentions_goes(register):
    event = register.say("Annie called", "Annie")
    register.say("Anna is here", "Anna")
    register.merge("Anna", "Annie")
    register.forget(event)
    assert register.find("Anna").aliases == ()
    assert len(register.rows("entities")) == 1


def test_one_that_was_merged_outlives_the_one_it_was_merged_into(register):
    event = register.say("Anna is here", "Anna")
    register.say("Annie called", "Annie")
    register.merge("Anna", "Annie")
    register.forget(event)
    assert register.names() == ["Annie"]
    assert b"Anna" not in repr(register.rows("entities")).encode().replace(b"Annie", b"")


def test_an_owner_forgets_everything(register):
    register.say("Robert (Bob) met Tom", "Robert", "Bob", "Tom", aliases={"Bob": "Robert"})
    register.alias("Tom", "Tommy")
    register.merge("Tom", "Robert")
    with register.writing() as (tx, access):
        assert entities.forget_owner(tx, owners.find(tx, access)) == 4
    assert (register.rows("entities"), register.rows("entity_links"), register.rows("entity_mentions")) == (
        [],
        [],
        [],
    )


def test_a_narrowed_read_sees_what_its_session_said(register):
    register.say("Anna met Tom", "Anna", "Tom", session_id="s1", day=0)
    register.say("Anna is here", "Anna", session_id="s2", day=2)
    assert register.names(session_id="s2") == ["Anna"]
    seen = register.find("Anna", session_id="s2")
    assert (seen.mentions, seen.first_seen_at) == (1, BEGINNING + timedelta(days=2))
    assert register.find("Tom", session_id="s2") is None


def test_a_narrowed_read_does_not_see_an_alias_said_elsewhere(register):
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"}, session_id="s1")
    register.say("Bob is late", "Bob", session_id="s2")
    bob = register.find("Bob", session_id="s2")
    assert (bob.name, bob.aliases, bob.mentions) == ("Bob", (), 1)
    assert register.find("Robert", session_id="s2") is None
    assert register.names(session_id="s2") == ["Bob"]


def test_as_of_a_moment_only_what_was_recorded_by_then(register):
    register.say("Bob is late", "Bob", day=0)
    register.say("Robert is here", "Robert", day=1)
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"}, day=5)
    early = BEGINNING + timedelta(days=2)
    assert register.names(as_of=early) == ["Bob", "Robert"]
    assert register.find("Bob", as_of=early).name == "Bob"
    assert register.find("Bob").name == "Robert"
    assert register.find("Robert", as_of=BEGINNING + timedelta(hours=1)) is None


def test_entities_come_page_by_page_and_by_kind(register):
    register.say("Anna Tom Lena met in Porto", "Anna", "Tom", "Lena", "Porto", kinds={"Porto": PLACE})
    register.say("Anna is in Porto", "Anna", "Porto", kinds={"Porto": PLACE})
    with register.notebook.reading() as tx:
        access = register.access()
        first = entities.entities(tx, access, limit=2)
        rest = entities.entities(tx, access, limit=9, after=first[-1].id)
        people = entities.entities(tx, access, kind=PERSON)
    assert {e.name for e in first} == {"Anna", "Porto"}
    assert {e.name for e in rest} == {"Tom", "Lena"}
    assert len(people) == 3


def test_a_split_by_any_of_its_names_undoes_the_last_merge(register):
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    register.say("Clara is here", "Clara")
    register.say("Dana is here", "Dana")
    before = register.standing()
    register.merge("Clara", "Bob")
    once = register.standing()
    register.merge("Dana", "Robert")
    assert set(register.find("Bob").aliases) == {"Bob", "Clara", "Robert"}
    register.split("Bob")
    assert register.standing() == once
    register.split("Bob")
    assert register.standing() == before
    assert register.split("Bob").aliases == ()
    with pytest.raises(InvalidInput, match="not merged"):
        register.split("Bob")


def test_one_that_others_point_at_says_which_to_split(register):
    register.say("Anna met Tom", "Anna", "Tom")
    register.merge("Anna", "Tom")
    with pytest.raises(InvalidInput) as refusal:
        register.split("Anna")
    assert "'Tom'" in refusal.value.why
    assert "'Tom'" in refusal.value.fix


def test_what_was_set_apart_is_not_joined_through_a_third_name(register):
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    register.split("Bob")
    register.say("Rob is Robert", "Robert", "Rob", aliases={"Rob": "Robert"})
    register.say("Bob is Rob", "Rob", "Bob", aliases={"Bob": "Rob"})
    assert register.find("Bob").name == "Bob"
    assert register.find("Rob").name == "Robert"


def test_a_merge_by_hand_counts_before_what_a_text_says_whatever_comes_first(register):
    for name in ("Robert", "Bob", "Zed"):
        register.say(f"{name} is here", name)
    register.merge("Zed", "Bob")
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    assert register.find("Bob").name == "Zed"
    assert register.find("Robert").aliases == ()
    register.split("Bob")
    assert register.find("Bob").name == "Robert"


def test_an_alias_set_by_hand_is_taken_back(register):
    register.say("Anna met Tom", "Anna", "Tom")
    before = register.standing()
    register.alias("Anna", "安娜")
    register.alias("安娜", "小安")
    assert set(register.find("小安").aliases) == {"安娜", "小安"}
    assert register.unalias("Anna", "安娜").aliases == ("小安",)
    assert register.find("安娜") is None
    register.unalias("Anna", "小安")
    assert register.standing() == before
    assert register.rows("entity_links") == []
    for name, alias in (("Anna", "安娜"), ("Anna", "Tom"), ("Anna", "Anna")):
        with pytest.raises(InvalidInput):
            register.unalias(name, alias)
    with pytest.raises(NotFound):
        register.unalias("Nobody", "Anna")


def test_an_alias_that_was_spoken_stands_alone_when_it_is_taken_away(register):
    register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    assert register.unalias("Robert", "Bob").aliases == ()
    assert register.find("Bob").mentions == 1
    register.say("Robert, or Bob", "Robert", "Bob", aliases={"Bob": "Robert"})
    assert register.find("Bob").name == "Bob"


def test_an_alias_that_a_person_confirmed_outlives_the_text(register):
    event = register.say("Robert (Bob) called", "Robert", "Bob", aliases={"Bob": "Robert"})
    register.say("Bob is late", "Bob")
    register.say("Robert is early", "Robert")
    assert register.alias("Robert", "Bob").name == "Robert"
    register.forget(event)
    assert register.find("Bob").name == "Robert"


def test_an_alias_nobody_spoke_of_cannot_stand_alone(register):
    register.say("Anna is here", "Anna")
    register.alias("Anna", "安娜")
    with pytest.raises(InvalidInput, match="nobody spoke of it"):
        register.split("安娜")


def test_a_pair_that_was_split_is_not_suggested_again(register):
    register.say("Anna met Anna Petrova", "Anna Petrova")
    register.say("Anna met Tom", "Anna", "Tom")
    [found] = register.suggestions()
    assert (found.keep.name, found.other.name, found.reason) == ("Anna Petrova", "Anna", "short_form")
    before = register.now
    register.say("Tom is here", "Tom", day=3)
    register.merge("Anna Petrova", "Anna")
    assert register.suggestions() == []
    register.split("Anna")
    assert register.suggestions() == []
    assert [one.reason for one in register.suggestions(as_of=before)] == ["short_form"]


def test_suggestions_compare_all_names_that_can_be_seen(register):
    register.say("Anna is here", "Anna", session_id="s1")
    register.say("Bella is here", "Bella", session_id="s2")
    register.alias("Bella", "Anna Petrova")
    assert [one.reason for one in register.suggestions()] == ["short_form"]
    assert register.suggestions(session_id="s1") == []


def claim(subject, predicate, value):
    return Claim(FactType.RELATIONSHIP, subject, predicate, value, f"{subject} {predicate} {value}", 0, 4)


def test_the_graph_counts_who_is_named_together(register):
    register.say("Anna met Tom", "Anna", "Tom")
    register.say("Anna and Tom ate", "Anna", "Tom")
    register.say("Tom saw Lena", "Tom", "Lena")
    near = register.graph("Anna")
    assert [(n.entity.name, n.hops, n.together) for n in near.neighbours] == [("Tom", 1, 2)]
    far = register.graph("Anna", hops=2)
    assert [(n.entity.name, n.hops, n.together) for n in far.neighbours] == [("Tom", 1, 2), ("Lena", 2, 1)]
    assert far.neighbours[1].through == register.find("Tom").id
    assert register.graph("Nobody") is None
    assert len(register.graph("Anna", hops=3, limit=1).neighbours) == 1


def test_facts_between_entities_are_relations(register):
    register.say("Anna works at Acme", "Anna", "Acme", claims=[claim("Anna", "works_at", "Acme")])
    register.say("Anna likes tea", "Anna", claims=[claim("Anna", "likes", "tea")])
    register.say("Annie is here", "Annie")
    register.merge("Anna", "Annie")
    found = register.graph("annie")
    assert [(r.subject, r.predicate, r.object) for r in found.relations] == [("Anna", "works_at", "Acme")]
    assert [(n.entity.name, n.together, n.relations) for n in found.neighbours] == [("Acme", 1, 1)]
    with register.notebook.reading() as tx:
        sight = Sight(tx, register.access(), register.now)
        assert [r.predicate for r in entity_graph.relations(sight, "Acme")] == ["works_at"]
        assert entity_graph.relations(sight, "Nobody") == ()


def test_the_speaker_is_an_end_of_relations(register):
    register.say("I work at Acme", "Acme", claims=[claim("user", "works_at", "Acme")])
    with register.notebook.reading() as tx:
        sight = Sight(tx, register.access(), register.now)
        [relation] = entity_graph.relations(sight, "user")
    assert (relation.subject, relation.object) == ("user", "Acme")


def test_relations_join_traditional_and_simplified_names(register):
    register.say("陳美玲在台北", "陳美玲", "台北", claims=[claim("陳美玲", "lives_in", "台北")])
    register.say("陈美玲来了", "陈美玲")
    found = register.graph("陈美玲")
    assert [(r.subject, r.object) for r in found.relations] == [("陳美玲", "台北")]


def test_the_graph_keeps_to_its_session(register):
    register.say("Anna met Tom", "Anna", "Tom", session_id="s1")
    register.say("Anna met Lena", "Anna", "Lena", session_id="s2")
    with register.notebook.reading() as tx:
        found = entities.graph(tx, register.access(session_id="s2"), "Anna", hops=3)
    assert [n.entity.name for n in found.neighbours] == ["Lena"]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Anna", "Anna Petrova", "short_form"),
        ("J. Smith", "John Smith", "initials"),
        ("Kathryn", "Katryn", "spelling"),
        ("Dr. Chen", "Mei Chen", "title"),
        ("王老师", "王建国", "title"),
        ("小明", "王小明", "short_form"),
        ("老李", "李建国", "title"),
    ],
)
def test_likely_pairs_are_suggested(register, one, other, reason):
    register.say(f"{one} / {other} / Zoltan", one, other, "Zoltan")
    with register.notebook.reading() as tx:
        found = entity_likeness.suggestions(entities.entities(tx, register.access()))
    assert [s.reason for s in found] == [reason]
    assert register.find(one).id != register.find(other).id


@pytest.mark.parametrize(
    ("one", "other"), [("Anna", "Hanna"), ("Tom", "Tim"), ("王伟", "李伟"), ("John Smith", "Mary Jones")]
)
def test_unlike_or_short_names_are_not_suggested(register, one, other):
    register.say(f"{one} / {other}", one, other)
    with register.notebook.reading() as tx:
        assert entity_likeness.suggestions(entities.entities(tx, register.access())) == []


NAMES = ["Anna", "Annie", "Bob", "陈美玲"]
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("say"), st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True), st.booleans()
        ),
        st.tuples(st.just("merge"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("split"), st.sampled_from(NAMES), st.none()),
        st.tuples(st.just("unalias"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("forget"), st.integers(0, 20), st.none()),
    ),
    max_size=14,
)


def live(register, steps):
    """Let it all happen; what was said and not forgotten, by id, with its names and aliases."""
    said = {}
    for number, (step, one, two) in enumerate(steps):
        if step == "say":
            alias = {one[1]: one[0]} if two and len(one) > 1 else {}
            text = f"{number} " + " ".join(one)
            said[register.say(text, *one, aliases=alias)] = (text, one, alias)
        elif step == "forget" and said:
            event = list(said)[one % len(said)]
            register.forget(event)
            del said[event]
        elif step != "forget":
            with suppress(InvalidInput, NotFound):
                getattr(register, step)(*(name for name in (one, two) if name))
    return said


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_whatever_happens_the_registry_stays_sound(steps):
    register = Register()
    try:
        said = live(register, steps)
        sound(register, [(event, names) for event, (_, names, _) in said.items()])
        before = register.standing()
        for event, (text, names, alias) in reversed(said.items()):
            register.read(event, text, *names)
            register.read(event, text, *names, aliases=alias)
        assert register.standing() == before
    finally:
        register.notebook.close()


@settings(max_examples=60, deadline=None)
@given(STEPS, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_split_undoes_the_merge_before_it_exactly(steps, keep, other):
    register = Register()
    try:
        live(register, steps)
        before = register.standing()
        try:
            register.merge(keep, other)
        except (InvalidInput, NotFound):
            return
        assert len(register.standing()) == len(before) - 1
        register.split(other)
        assert register.standing() == before
    finally:
        register.notebook.close()


def sound(register, said):
    """Every name said is found, counts add up, pointers end, and nothing is left of what was forgotten."""
    names = {name for _, spoken in said for name in spoken}
    rows = {row[0]: row for row in register.rows("entities")}
    assert {row[3] for row in rows.values()} == {name_key(name) for name in names}
    for row in rows.values():
        end = row
        for _ in range(len(rows) + 1):
            if end[7] is None:
                break
            end = rows[end[7]]
        assert end[0] == row[8], "root_no is the end of the pointers"
    with register.notebook.reading() as tx:
        found = entities.entities(tx, register.access())
    assert sum(entity.mentions for entity in found) == sum(len(spoken) for _, spoken in said)
    assert all(register.find(name) is not None for name in names)

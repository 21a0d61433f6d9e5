"""The ledger: facts with their evidence, by any filter, at any time, in any scope; erased, corrected, viewed."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fusion_memory.core.errors import InvalidInput, InvalidOption, NotFound
from fusion_memory.core.knowledge import FactState, FactType, Polarity, TimeRole
from fusion_memory.memory import audit, corrections, facts, views
from fusion_memory.memory.corrections import Correction
from fusion_memory.memory.facts import FactQuery
from fusion_memory.testing.notebook import BEGINNING, Notebook
from fusion_memory.testing.reader import claim, during

RESIDENCE = {"slot": "residence", "type": FactType.ATTRIBUTE}


@pytest.fixture
def book():
    with closing(Notebook()) as notebook:
        yield notebook


def lives(place, **other):
    return claim("lives_in", place, **RESIDENCE | other)


def likes(thing, **other):
    return claim("likes", thing, type=FactType.PREFERENCE, **other)


def day(number):
    return BEGINNING + timedelta(days=number)


def shape(found):
    """What a person sees of facts, without ids."""
    by_id = {fact.id: fact.object for fact in found}
    return [
        (
            fact.subject,
            fact.predicate,
            fact.object,
            fact.polarity,
            fact.state,
            fact.valid_from,
            fact.valid_to,
            fact.times_seen,
            by_id.get(fact.supersedes),
            by_id.get(fact.superseded_by),
            tuple(sorted(evidence.event_id for evidence in fact.evidence)),
        )
        for fact in found
    ]


def test_a_fact_comes_back_with_its_evidence(book):
    when = during(day(-30), day(-29), TimeRole.SINCE)
    said = lives("Lisbon", when=when, confidence=0.9)
    memory = book.say("I have lived in Lisbon for a month", said, day=2, session_id="s1", speaker="Ann")
    [fact] = book.facts()
    assert (fact.type, fact.subject, fact.predicate, fact.object) == (
        FactType.ATTRIBUTE,
        "user",
        "lives_in",
        "Lisbon",
    )
    assert (fact.slot, fact.confidence, fact.state) == ("residence", 0.9, FactState.CURRENT)
    assert (fact.valid_from, fact.valid_to, fact.said_at) == (day(-30), None, day(2))
    assert fact.when == when
    [evidence] = fact.evidence
    assert (evidence.event_id, evidence.quote) == (memory, "I have lived in Lisbon for a month")
    assert (evidence.speaker, evidence.session_id, evidence.said_at) == ("Ann", "s1", day(2))


def test_an_update_keeps_the_old_value_as_history(book):
    book.say("I use VS Code", claim("uses", "VS Code", slot="editor", confidence=0.95))
    book.say("I switched to Neovim", claim("uses", "Neovim", slot="editor", confidence=0.6), day=3)
    old, new = book.facts()
    assert book.current() == ["Neovim"]
    assert (old.state, old.valid_to, old.superseded_by) == (FactState.SUPERSEDED, day(3), new.id)
    assert (new.supersedes, new.valid_from) == (old.id, day(3))


def test_an_update_in_chinese(book):
    book.say("我用VS Code写代码", claim("uses", "VS Code", slot="editor"))
    book.say("我改用Neovim了", claim("uses", "Neovim", slot="editor", previous="VS Code"), day=3)
    assert book.current() == ["Neovim"]


def test_back_and_forth(book):
    for number, place in enumerate(["Berlin", "Lisbon", "Berlin"]):
        book.say(f"{number} I live in {place}", lives(place), day=number)
    assert [fact.object for fact in book.facts()] == ["Berlin", "Lisbon", "Berlin"]
    assert book.current() == ["Berlin"]
    assert len({fact.id for fact in book.facts()}) == 3


def test_the_same_in_two_sessions_is_one_fact_seen_from_both(book):
    first = book.say("I love jazz", likes("jazz"), session_id="s1")
    second = book.say("I love jazz", likes("jazz"), session_id="s2", day=1)
    [fact] = book.facts()
    assert fact.times_seen == 2
    assert {evidence.event_id for evidence in fact.evidence} == {first, second}
    for session, own in (("s1", first), ("s2", second)):
        [seen] = book.facts(access=book.access(session_id=session))
        assert [evidence.event_id for evidence in seen.evidence] == [own]


def test_a_narrowed_read_knows_nothing_of_elsewhere(book):
    book.say("I live in Berlin", lives("Berlin"), session_id="s1")
    book.say("I live in Lisbon", lives("Lisbon"), session_id="s2", day=3)
    [here] = book.facts(access=book.access(session_id="s1"))
    assert (here.object, here.state, here.superseded_by, here.valid_to) == ("Berlin", FactState.CURRENT, None, None)
    assert book.facts(access=book.access(session_id="s3")) == []


def test_owners_do_not_meet(book):
    book.say("I live in Berlin", lives("Berlin"))
    with closing(Notebook()) as other:
        other.database.close()
        other.database = book.database
        other.scope = type(book.scope)(user_id="bob")
        assert other.facts() == []


def test_as_of_shows_what_was_known_then(book):
    book.say("I live in Berlin", lives("Berlin"), day=1)
    book.say("I live in Berlin, still", lives("Berlin"), day=4)
    book.say("I live in Lisbon", lives("Lisbon"), day=9)
    assert book.facts(as_of=day(0)) == []
    [then] = book.facts(as_of=day(5))
    assert (then.state, then.valid_to, then.superseded_by, then.times_seen) == (FactState.CURRENT, None, None, 2)
    [earlier] = book.facts(as_of=day(2))
    assert earlier.times_seen == 1
    assert [fact.state for fact in book.facts(as_of=day(9))] == [FactState.SUPERSEDED, FactState.CURRENT]


def test_a_value_to_come_is_upcoming_until_then(book):
    book.say("I work at Acme", claim("works_at", "Acme", slot="employer"))
    soon = claim("works_at", "Meta", slot="employer", when=during(day(10), day(11)))
    book.say("From next week on I work at Meta", soon, day=1)
    assert [(f.object, f.state) for f in book.facts()] == [
        ("Acme", FactState.CURRENT),
        ("Meta", FactState.UPCOMING),
    ]
    assert book.current(at=day(12)) == ["Meta"]
    assert [fact.object for fact in book.facts(valid_at=day(3))] == ["Acme"]


def test_filters(book):
    memory = book.say("I live in Berlin", lives("Berlin"))
    book.say("I love VS Code", likes("VS Code"), day=1)
    book.say("Bob lives in Bonn", lives("Bonn", subject="Bob"), day=2)
    book.say("Bob met Ann Lee", claim("met", "Ann Lee", subject="Bob", type=FactType.EVENT), day=3)
    ids = {fact.object: fact.id for fact in book.facts()}
    for query, objects in {
        "subjects": (("bob",), ["Bonn", "Ann Lee"]),
        "entities": (("ann lee",), ["Ann Lee"]),
        "types": ((FactType.PREFERENCE,), ["VS Code"]),
        "predicates": (("lives_in",), ["Berlin", "Bonn"]),
        "slots": (("residence",), ["Berlin", "Bonn"]),
        "object_text": ("vscode", ["VS Code"]),
        "event_ids": ((memory,), ["Berlin"]),
        "ids": ((ids["Bonn"], "fact_unknown"), ["Bonn"]),
    }.items():
        for narrowed in ({}, {"as_of": day(9)}):
            found = book.facts(**{query: objects[0]}, **narrowed)
            assert [fact.object for fact in found] == objects[1], query


def test_a_fact_is_found_by_the_id_of_any_of_its_tellings(book):
    first = book.say("I love jazz", likes("jazz"))
    second = book.say("I really love jazz", likes("jazz"), day=1)
    [fact] = book.facts()
    book.forget([first])
    [left] = book.facts()
    assert [e.event_id for e in left.evidence] == [second]
    assert left.id != fact.id
    with book.reading() as tx:
        assert facts.get(tx, book.access(), left.id, day(2)) == left
        assert facts.get(tx, book.access(), fact.id, day(2)) is None


def test_pages_lose_nothing(book):
    for number in range(25):
        book.say(f"I like thing {number}", likes(f"thing {number}"), day=number)
    seen, after = [], None
    with book.reading() as tx:
        while True:
            page = facts.read(tx, book.access(), facts.EVERYTHING, day(30), limit=10, after=after)
            seen += [fact.object for fact in page.facts]
            after = page.next
            if after is None:
                break
        assert facts.count(tx, book.access(), FactQuery(types=(FactType.PREFERENCE,)), day(30)) == 25
    assert seen == [f"thing {number}" for number in reversed(range(25))]


def test_forgetting_the_newer_value_brings_the_older_back(book):
    book.say("I live in Berlin", lives("Berlin"))
    newer = book.say("I live in Lisbon", lives("Lisbon"), day=3)
    assert book.forget([newer])["facts"] == 1
    [fact] = book.facts()
    assert (fact.object, fact.state, fact.valid_to, fact.superseded_by) == ("Berlin", FactState.CURRENT, None, None)


def test_forgetting_one_source_keeps_the_fact_in_the_words_of_the_other(book, tmp_path):
    first = book.say("I adore Jazz, secretly", likes("Jazz", text="user likes Jazz"))
    book.say("i like jazz", likes("jazz", text="user likes jazz"), day=1)
    assert book.forget([first])["facts"] == 0
    [fact] = book.facts()
    assert (fact.text, fact.object, fact.times_seen) == ("user likes jazz", "jazz", 1)


def test_no_byte_of_the_forgotten_is_left(tmp_path):
    path = tmp_path / "memory.db"
    secret = "Xylophonia"
    with closing(Notebook(path)) as book:
        book.say("I live in Berlin", lives("Berlin"))
        gone = [
            book.say(f"I moved from {secret} to Bonn", lives("Bonn", previous=secret), day=1),
            book.say(f"I live in {secret}", lives(secret), day=2),
            book.say(f"nothing about {secret}", likes(secret, importance=0.0), day=3),
            book.say(f"maybe {secret}", likes(secret, confidence=0.2), day=4),
        ]
        with book.database.write() as tx:
            wrong = next(fact for fact in book.facts() if fact.object == secret)
            corrections.correct(tx, book.access(), wrong.id, Correction(object=f"{secret} City"), day(5))
        book.forget(gone)
        book.database.scrub()
        assert [(f.object, f.state) for f in book.facts()] == [("Berlin", FactState.CURRENT)]
        files = [file.read_bytes().lower() for file in tmp_path.iterdir()]
        assert not any(secret.lower().encode() in content for content in files)
        with book.reading() as tx:
            trail = audit.of_owner(tx, book.access(), 10)
    assert {entry.action for entry in trail} >= {"correct", "forget"}


def test_a_correction_is_a_new_version_that_survives_encoding_anew(book):
    book.say("I live in Berlin", lives("Berlin"))
    book.say("I live in Lisbon", lives("Lisbon"), day=4)
    wrong = book.facts()[0]
    with book.database.write() as tx:
        right = corrections.correct(tx, book.access(), wrong.id, Correction(object="Bonn"), day(6))
    assert (right.object, right.text, right.method) == ("Bonn", "user lives in Bonn", "correction")
    assert (right.valid_from, right.valid_to, right.supersedes) == (day(0), day(4), wrong.id)
    assert book.current() == ["Lisbon"]
    before = shape(book.facts())
    book.encoder.rebuild(book.access())
    assert shape(book.facts()) == before
    assert [fact.object for fact in book.facts(as_of=day(5))] == ["Berlin", "Lisbon"]


def test_correcting_a_fact_told_twice_corrects_every_telling(book):
    first = book.say("I live in Berlin", lives("Berlin"))
    book.say("Berlin is where I live", lives("Berlin"), day=1)
    [wrong] = book.facts()
    with book.database.write() as tx:
        corrections.correct(tx, book.access(), wrong.id, Correction(object="Bonn"), day(2))
    assert book.current() == ["Bonn"]
    book.forget([first])
    assert book.current() == ["Bonn"]


def test_a_correction_may_be_corrected_and_taken_back(book):
    book.say("I live in Berlin", lives("Berlin", slot=None))
    [wrong] = book.facts()
    with book.database.write() as tx:
        second = corrections.correct(tx, book.access(), wrong.id, Correction(object="Bonn"), day(1))
        third = corrections.correct(tx, book.access(), second.id, Correction(object="Berlin"), day(2))
    assert book.current() == ["Berlin"]
    with book.database.write() as tx:
        assert corrections.retract(tx, book.access(), third.id, day(3)).state is FactState.RETRACTED
    assert {fact.state for fact in book.facts()} == {FactState.RETRACTED}
    assert shape(book.facts()) == shape(book.facts(as_of=day(3)))
    assert book.current(as_of=day(2)) == ["Berlin"]


def test_correcting_what_was_corrected_corrects_the_correction(book):
    book.say("I live in Berlin", lives("Berlin"))
    [wrong] = book.facts()
    for number, place in enumerate(["Bonn", "Porto"], 1):
        with book.database.write() as tx:
            corrections.correct(tx, book.access(), wrong.id, Correction(object=place), day(number))
    assert book.current() == ["Porto"]
    assert len(book.facts()) == 3


def test_taking_a_fact_back(book):
    book.say("I live in Berlin", lives("Berlin"))
    book.say("I live in Lisbon", lives("Lisbon"), day=3)
    newer = book.facts()[1]
    with book.database.write() as tx:
        assert corrections.retract(tx, book.access(), newer.id, day(5)).object == "Lisbon"
    assert [(f.object, f.state) for f in book.facts()] == [
        ("Berlin", FactState.CURRENT),
        ("Lisbon", FactState.RETRACTED),
    ]
    book.encoder.rebuild(book.access())
    assert book.current() == ["Berlin"]
    assert book.current(as_of=day(4)) == ["Lisbon"]


def test_what_cannot_be_corrected(book):
    book.say("I live in Berlin", lives("Berlin"))
    [fact] = book.facts()
    with book.database.write() as tx:
        with pytest.raises(NotFound):
            corrections.correct(tx, book.access(), "fact_none", Correction(object="Bonn"), day(1))
        with pytest.raises(NotFound):
            corrections.retract(tx, book.access(session_id="elsewhere"), fact.id, day(1))
        with pytest.raises(InvalidInput, match="changes nothing"):
            corrections.correct(tx, book.access(), fact.id, Correction(object="Berlin"), day(1))
        with pytest.raises(InvalidInput, match="empty"):
            corrections.correct(tx, book.access(), fact.id, Correction(object=" "), day(1))


def test_views_show_what_is_true_now_and_was_true_then(book):
    book.say("I prefer VS Code", claim("prefers", "VS Code", type=FactType.PREFERENCE, slot="editor"))
    book.say("Neovim it is now", claim("prefers", "Neovim", type=FactType.PREFERENCE, slot="editor"), day=3)
    book.say("I work on Atlas", claim("working_on", "Atlas"), day=4)
    book.say("Always answer in French", claim("instruction", "answer in French", type=FactType.INSTRUCTION), day=5)
    with book.reading() as tx:
        shown = {v.type: [f.object for f in v.facts] for v in views.views(tx, book.access(), day(9))}
        then = views.view(tx, book.access(), "current_preferences", day(9), as_of=day(1))
        with pytest.raises(InvalidOption):
            views.view(tx, book.access(), "moods", day(9))
    assert shown["current_preferences"] == ["Neovim"]
    assert shown["active_projects"] == ["Atlas"]
    assert shown["current_instructions"] == ["answer in French"]
    assert shown["known_risks"] == []
    assert [fact.object for fact in then.facts] == ["VS Code"]


def test_a_profile_needs_repeated_evidence(book):
    book.say("Bob likes tea", likes("tea", subject="Bob"))
    with book.reading() as tx:
        assert views.profiles(tx, book.access(), ["Bob"], day(9)) == ()
    book.say("Bob likes tea a lot", likes("tea", subject="bob"), day=1)
    book.say("Bob is 40", claim("age_is", "40", subject="Bob", type=FactType.ATTRIBUTE), day=2)
    with book.reading() as tx:
        [profile] = views.profiles(tx, book.access(), ["Bob"], day(9))
    assert (profile.type, profile.evidence, [f.object for f in profile.facts]) == ("preference", 2, ["tea"])


def test_contradictions_show_both_sides(book):
    book.say("I live in Berlin", lives("Berlin"))
    book.say("I live in Lisbon", lives("Lisbon"), day=1)
    book.say("I like jazz", likes("jazz"), day=2)
    book.say("I don't like jazz", likes("jazz", denied=True), day=3)
    with book.reading() as tx:
        found = views.conflicts(tx, book.access(), day(9))
        early = views.conflicts(tx, book.access(), day(9), as_of=day(2))
    assert [(c.kind, c.older.object, c.newer.object) for c in found] == [
        ("polarity", "jazz", "jazz"),
        ("value", "Berlin", "Lisbon"),
    ]
    assert (found[0].older.polarity, found[0].newer.polarity) == (Polarity.POSITIVE, Polarity.NEGATIVE)
    assert [c.kind for c in early] == ["value"]


def test_a_correction_is_no_contradiction(book):
    book.say("I live in Berlin", lives("Berlin"))
    [fact] = book.facts()
    with book.database.write() as tx:
        corrections.correct(tx, book.access(), fact.id, Correction(object="Bonn"), day(1))
    with book.reading() as tx:
        for as_of in (None, day(2)):
            assert views.conflicts(tx, book.access(), day(9), as_of=as_of) == ()


PLACES = ("Berlin", "Lisbon", "Bonn")


@st.composite
def steps(draw):
    """Things said, in an order that has nothing to do with their times; some forgotten or corrected later."""
    found = []
    for number in range(draw(st.integers(2, 7))):
        value = draw(st.sampled_from(PLACES))
        flag = draw(st.sampled_from(["", "", "ends", "denied", "previous", "previous", "confidence"]))
        chosen = {"ends": True, "denied": True, "previous": draw(st.sampled_from(PLACES)), "confidence": 0.3}
        extra = {flag: chosen[flag]} if flag else {}
        slot = draw(st.sampled_from(["residence", None]))
        made = claim("lives_in", value, slot=slot, text=f"user {number} lives in {value}", **extra)
        found.append(("say", f"{number} {value}", made, draw(st.integers(0, 5))))
        later = draw(st.integers(0, 6))
        if later < 3:
            found.append((("forget", "correct", "retract")[later], draw(st.integers(0, 20)), None, 0))
    return found


def play(book, script):
    said = []
    for deed, what, made, moment in script:
        if deed == "say":
            said.append(book.say(what, made, day=moment))
            continue
        found = book.facts()
        if deed == "forget" and said:
            book.forget([said.pop(what % len(said))])
        elif found and deed != "forget":
            chosen = found[what % len(found)]
            with book.database.write() as tx:
                if deed == "retract":
                    corrections.retract(tx, book.access(), chosen.id, book.clock.now())
                else:
                    with suppress(InvalidInput):  # it is corrected already
                        place = Correction(object="Porto")
                        corrections.correct(tx, book.access(), chosen.id, place, book.clock.now())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps())
def test_what_is_kept_up_to_date_equals_what_is_derived_from_scratch(script):
    with closing(Notebook()) as book:
        play(book, script)
        stored = book.facts()
        assert shape(stored) == shape(book.facts(as_of=book.clock.now()))
        book.encoder.rebuild(book.access())
        assert shape(book.facts()) == shape(stored)

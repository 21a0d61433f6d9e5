"""The encoder: every event accounted for, each exactly once, whatever fails; one flush for vectors and facts."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from fusion_memory.core.errors import ModelUnavailable, StorageError
from fusion_memory.core.knowledge import EntityKind, FactState, FactType, GateDecision, Mention
from fusion_memory.ingestion import encode
from fusion_memory.ingestion.encode import EncoderOptions
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.memory import encodings, outbox
from fusion_memory.memory.outbox import EXTRACT
from fusion_memory.testing.embedder import FailingEmbedder, HashingEmbedder
from fusion_memory.testing.notebook import BEGINNING, Notebook
from fusion_memory.testing.reader import Read, claim

OFFLINE = EncoderOptions(mode="offline")


@pytest.fixture
def opened():
    books = []

    def opener(*arguments, **options):
        books.append(Notebook(*arguments, **options))
        return books[-1]

    yield opener
    for book in books:
        book.close()


@pytest.fixture
def book(opened):
    return opened()


def likes(thing, **other):
    return claim("likes", thing, type=FactType.PREFERENCE, **other)


def fill(book):
    """Something of every kind."""
    book.reader.script |= {
        "I like jazz": [likes("jazz")],
        "I like Jazz!": [likes("Jazz")],
        "maybe opera": [likes("opera", confidence=0.3)],
        "trivia": [likes("dust", importance=0.1)],
        "hello": "greeting",
    }
    for number, text in enumerate([*book.reader.script, "nothing at all"]):
        book.say(text, day=number)


def rows(book, table):
    with book.reading() as tx:
        return tx._connection.execute(f"SELECT * FROM {table}").fetchall()


def test_every_event_is_accounted_for(book):
    fill(book)
    report = book.report()
    assert report.balanced
    assert (report.accepted, report.extracted, report.empty, report.pending, report.dead) == (6, 3, 3, 0, 0)
    assert report.decisions == {"accept": 1, "merge": 1, "quarantine": 1, "reject": 1}
    assert report.reasons == {
        "accept: new": 1,
        "merge: same_claim": 1,
        "quarantine: uncertain": 1,
        "reject: not_salient": 1,
        "extracted: kept": 3,
        "empty: not_salient": 1,
        "empty: greeting": 1,
        "empty: nothing_to_remember": 1,
    }
    latest = report.recent[0]
    assert (latest.decision, latest.text, latest.fact_id) == (GateDecision.REJECT, "user likes dust", None)
    assert report.recent[-1].fact_id == book.facts(object_text="jazz")[0].id


def test_the_report_is_of_the_scope(book):
    book.say("I like jazz", likes("jazz"), session_id="s1")
    book.say("I like tea", likes("tea"), session_id="s2")
    here = book.report(session_id="s1")
    assert (here.accepted, here.extracted, [made.text for made in here.recent]) == (1, 1, ["user likes jazz"])


def test_quarantined_facts_are_kept_and_supersede_nothing(book):
    book.say("I use VS Code", claim("uses", "VS Code", slot="editor"))
    book.say("perhaps Neovim", claim("uses", "Neovim", slot="editor", confidence=0.2), day=1)
    assert [(f.object, f.state) for f in book.facts()] == [
        ("VS Code", FactState.CURRENT),
        ("Neovim", FactState.QUARANTINED),
    ]


def test_encoding_again_changes_nothing(book):
    fill(book)
    before = [rows(book, table) for table in ("facts", "decisions", "encodings", "outbox")]
    with book.database.write() as tx:
        outbox.enqueue(tx, 1, book.numbers(), book.clock.now(), EXTRACT)
    done = book.encoder.encode(book.access(), book.numbers())
    assert (done.events, done.claims) == (6, 0)
    assert [rows(book, table) for table in ("facts", "decisions", "encodings", "outbox")] == before


def test_one_event_saying_a_thing_twice_is_one_sighting(book):
    book.say("jazz, jazz", likes("jazz"), likes("Jazz"))
    [fact] = book.facts()
    assert (fact.times_seen, len(fact.evidence)) == (1, 1)


def test_offline_leaves_the_work_in_the_queue(opened):
    book = opened(options=OFFLINE)
    fill(book)
    assert book.facts() == []
    report = book.report()
    assert (report.balanced, report.pending) == (True, 6)
    assert book.encoder.drain(4) == {"claimed": 4, "processed": 4, "retried": 0, "failed": 0}
    assert book.encoder.drain() == {"claimed": 2, "processed": 2, "retried": 0, "failed": 0}
    assert book.encoder.drain()["claimed"] == 0
    assert book.report().pending == 0
    with closing(Notebook()) as other:
        fill(other)
        assert [(f.object, f.state, f.times_seen) for f in other.facts()] == [
            (f.object, f.state, f.times_seen) for f in book.facts()
        ]


def test_a_reader_that_fails_costs_one_event_and_then_a_dead_letter(book):
    book.reader.failures["bad"] = 99
    group = [{"content": text, "role": "user"} for text in ("good", "bad", "fine")]
    book.reader.script |= {"good": [likes("tea")], "fine": [likes("jazz")]}
    result = book.ingestion.add(book.access(), group, Defaults(book.scope))
    assert "extraction_delayed" in result.degraded
    assert sorted(book.current()) == ["jazz", "tea"]
    assert (book.report().pending, book.report().balanced) == (1, True)
    assert book.encoder.drain()["claimed"] == 0
    for outcome in ("retried", "failed"):
        book.clock.moment += timedelta(hours=2)
        assert book.encoder.drain() == {"claimed": 1, "processed": 0, "retried": 0, "failed": 0} | {outcome: 1}
    report = book.report()
    assert (report.dead, report.pending, report.balanced) == (1, 0, True)
    assert report.reasons["dead: ValueError"] == 1
    book.reader.failures.clear()
    book.reader.script["bad"] = [likes("opera")]
    book.encoder.rebuild(book.access())
    assert (book.report().dead, "opera" in book.current()) == (0, True)


def test_a_reading_that_works_later_is_kept(book):
    book.reader.failures["I like jazz"] = 1
    book.say("I like jazz", likes("jazz"))
    assert book.current() == []
    book.clock.moment += timedelta(hours=1)
    book.say("anything else")
    assert book.current() == ["jazz"]


def test_a_defect_met_by_one_event_does_not_hold_up_the_others(book, monkeypatch):
    real = encode.keep

    def broken(tx, said, *arguments, **options):
        if said.event.content == "bad":
            raise KeyError(said.event.content)
        return real(tx, said, *arguments, **options)

    monkeypatch.setattr(encode, "keep", broken)
    book.reader.script |= {"good": [likes("tea")], "fine": [likes("jazz")]}
    group = [{"content": text, "role": "user"} for text in ("good", "bad", "fine")]
    book.ingestion.add(book.access(), group, Defaults(book.scope))
    assert sorted(book.current()) == ["jazz", "tea"]
    assert (book.report().pending, book.report().balanced) == (1, True)


@contextmanager
def writes_of(book):
    """How many transactions write."""
    seen = []
    write = book.database.write

    @contextmanager
    def counted():
        with write() as tx:
            seen.append(tx)
            yield tx

    book.database.write = counted
    yield seen
    book.database.write = write


def test_vectors_and_facts_share_one_transaction(opened):
    book = opened(embedder=HashingEmbedder(16))
    book.say("first of all")
    with writes_of(book) as seen:
        book.say("I like jazz", likes("jazz"))
    assert len(seen) == 2
    assert len(rows(book, "vectors")) == 2
    assert book.current() == ["jazz"]


def test_a_model_that_is_down_leaves_the_facts(opened):
    book = opened(embedder=FailingEmbedder())
    book.say("I like jazz", likes("jazz"))
    assert book.current() == ["jazz"]
    assert (len(rows(book, "vectors")), len(rows(book, "outbox"))) == (0, 1)


@pytest.mark.parametrize("part", ["keep", "reader"])
def test_a_defect_of_the_encoder_leaves_the_vectors(opened, monkeypatch, part):
    def broken(*_arguments, **_options):
        raise RuntimeError("a defect")

    book = opened(embedder=HashingEmbedder(16))
    if part == "keep":
        monkeypatch.setattr(encode, "keep", broken)
    else:
        book.reader.failures["I like jazz"] = 9
    book.say("I like jazz", likes("jazz"))
    assert len(rows(book, "vectors")) == 1
    assert (book.report().pending, book.report().balanced) == (1, True)
    monkeypatch.undo()
    book.reader.failures.clear()
    book.clock.moment += timedelta(hours=1)
    book.encoder.drain()
    assert book.current() == ["jazz"]


def test_a_database_that_refuses_does_not_fail_the_call(opened, monkeypatch):
    def full(*_arguments, **_options):
        raise StorageError("The disk is full.")

    book = opened(embedder=HashingEmbedder(16))
    monkeypatch.setattr(encodings, "record", full)
    assert book.say("I like jazz", likes("jazz"))
    assert (book.report().pending, book.report().balanced) == (1, True)


def test_encoding_everything_anew_gives_the_same(book):
    fill(book)
    before = [f for f in book.facts() if f.state is not FactState.RETRACTED]
    done = book.encoder.rebuild(book.access())
    assert (done.events, done.failed) == (6, 0)
    assert book.facts() == before
    assert book.report().balanced


def test_new_rules_replace_what_the_old_ones_read(book):
    fill(book)
    book.reader.script["I like jazz"] = [likes("jazz music")]
    book.reader.script["I like Jazz!"] = "greeting"
    book.encoder.rebuild(book.access())
    assert book.current() == ["jazz music"]
    assert book.report().extracted == 2


def test_an_event_that_cannot_be_read_anew_keeps_what_was_read(book):
    fill(book)
    book.reader.failures["I like jazz"] = 1
    assert book.encoder.rebuild(book.access()).failed == 1
    assert book.current() == ["jazz"]
    assert book.report().balanced


def test_only_the_scope_is_encoded_anew(book):
    book.say("I like jazz", likes("jazz"), session_id="s1")
    book.say("I like tea", likes("tea"), session_id="s2")
    book.reader.script |= {"I like jazz": [likes("bop")], "I like tea": [likes("mate")]}
    book.encoder.rebuild(book.access(session_id="s1"))
    assert sorted(book.current()) == ["bop", "tea"]


def test_meaning_merges_only_when_a_model_says_so(opened):
    asked = []

    def cosines(pairs):
        asked.extend(pairs)
        return [0.97] * len(pairs)

    book = opened(cosines=cosines)
    book.say("I like free jazz", likes("free jazz"))
    book.say("I like free jazz from the sixties", likes("free jazz from the sixties"), day=1)
    [fact] = book.facts()
    assert (fact.times_seen, fact.object) == (2, "free jazz")
    assert asked == [("user likes free jazz from the sixties", "user likes free jazz")]
    assert book.report().reasons["merge: same_meaning"] == 1


def test_a_model_that_fails_to_compare_is_done_without(opened):
    def cosines(_pairs):
        raise ModelUnavailable

    book = opened(cosines=cosines)
    book.say("I like free jazz", likes("free jazz"))
    book.say("I like free jazz from the sixties", likes("free jazz from the sixties"), day=1)
    assert len(book.facts()) == 2


def test_close_facts_are_linked(book):
    value = "long slow walks by the quiet lake near the old town every single morning with"
    book.say("one", likes(f"{value} coffee"))
    book.say("two", likes(f"{value} tea"), day=1)
    assert book.report().decisions == {"accept": 1, "relate": 1}
    assert len(rows(book, "fact_links")) == 1


def test_what_an_assistant_says_is_no_fact_about_the_user(book):
    book.say("You like jazz", likes("jazz"), role="assistant")
    assert book.facts() == []
    assert book.report().reasons["reject: not_said_by_the_user"] == 1


def test_names_are_kept_with_the_facts(opened):
    book = opened()
    read = Read((), (Mention("Bob", EntityKind.PERSON, 0, 3),))
    book.encoder._reader = lambda _event: read
    memory = book.say("Bob was here")
    assert len(rows(book, "entities")) == 1
    book.forget([memory])
    assert rows(book, "entities") == []


def test_forgetting_takes_judgements_and_accounts(book):
    fill(book)
    counts = book.forget()
    assert counts["facts"] == 2
    for table in ("facts", "decisions", "encodings", "outbox", "fact_links"):
        assert rows(book, table) == []
    assert book.report().accepted == 0


def test_work_on_a_database_of_before_is_queued(tmp_path):
    path = tmp_path / "memory.db"
    with closing(Notebook(path, options=OFFLINE)) as book:
        book.say("I like jazz")
    with closing(Notebook(path)) as book:
        book.reader.script["I like jazz"] = [likes("jazz")]
        assert book.encoder.drain()["processed"] == 1
        assert [fact.recorded_at for fact in book.facts()] == [BEGINNING]

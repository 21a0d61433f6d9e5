"""A language model reads a second time: its claims pass the gate, and whatever it does all is accounted for."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from fusion_memory.core.knowledge import FactType
from fusion_memory.core.scope import Scope
from fusion_memory.ingestion.encode import EncoderOptions
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.ingestion.second_reading import SecondOptions, SecondReader
from fusion_memory.memory import second_readings, tasks
from fusion_memory.memory.outbox import EXTRACT
from fusion_memory.memory.second_readings import REFINE
from fusion_memory.models.language_model import ModelUsage
from fusion_memory.testing.notebook import BEGINNING, Notebook
from fusion_memory.testing.reader import ScriptedExtractor, Told, TurnTold, claim

WORK = (EXTRACT, REFINE)
JAZZ, TEA, HELLO = "I like jazz", "I like tea", "hello there"


def likes(thing, **other):
    return claim("likes", thing, type=FactType.PREFERENCE, **other)


class Book(Notebook):
    """A notebook that a model reads too."""

    def __init__(self, *arguments, extractor=None, second=None, **options):
        super().__init__(*arguments, work=WORK, **options)
        self.model = extractor or ScriptedExtractor()
        self.second = SecondReader(self.database, self.clock, self.model, second)

    def balance(self, **narrowing):
        with self.reading() as tx:
            found = second_readings.balance(tx, self.access(**narrowing))
        assert found.balanced
        assert self.report(**narrowing).balanced
        return found.read, found.withheld, found.failed, found.pending

    def drained(self, *, after=0.0):
        self.clock.moment += timedelta(minutes=after)
        return self.second.drain(1_000)

    def rows(self, text):
        with self.reading() as tx:
            return tx._connection.execute(text).fetchall()

    def texts(self):
        return sorted(fact.text for fact in self.facts())

    def lawful(self):
        """Every claim that was kept points at its telling, and none was kept twice."""
        assert self.rows("SELECT * FROM decisions WHERE decision <> 'reject' AND fact_no IS NULL") == []
        doubled = (
            "SELECT event_no, fact_no FROM decisions WHERE method = 'model' GROUP BY 1, 2, text HAVING count(*) > 1"
        )
        assert self.rows(doubled) == []
        kept = "SELECT event_no, count(*) FROM decisions WHERE decision <> 'reject' GROUP BY 1 ORDER BY 1"
        assert self.rows("SELECT event_no, claims FROM encodings WHERE claims > 0 ORDER BY 1") == self.rows(kept)


@pytest.fixture
def opened():
    with ExitStack() as stack:

        def opener(*arguments, **options):
            book = Book(*arguments, **options)
            stack.callback(book.close)
            return book

        yield opener


@pytest.fixture
def book(opened):
    return opened()


def test_what_the_model_claims_passes_the_gate_and_merges_with_the_rules(book):
    book.model.script[JAZZ] = [likes("jazz"), likes("opera", confidence=0.3), likes("dust", importance=0.1)]
    book.model.script[HELLO] = [claim("lives_in", "Lisbon", slot="residence")]
    book.say(JAZZ, likes("jazz"))
    book.say(HELLO)
    assert book.report().extracted == 1
    assert book.drained() == {"claimed": 2, "processed": 2, "retried": 0, "failed": 0}
    report = book.report()
    assert report.reasons == {
        "accept: new": 2,
        "merge: same_claim": 1,
        "quarantine: uncertain": 1,
        "reject: not_salient": 1,
        "extracted: kept": 2,
    }
    assert (report.accepted, report.extracted) == (2, 2)
    (jazz,) = book.facts(object_text="jazz")
    assert (jazz.times_seen, jazz.method) == (1, "rules")
    merged = next(made for made in report.recent if made.decision == "merge")
    assert (merged.fact_id, merged.method) == (jazz.id, "model")
    assert [fact.method for fact in book.facts(object_text="Lisbon")] == ["model"]
    assert book.balance() == (2, 0, 0, 0)
    assert book.drained()["claimed"] == 0
    book.lawful()


def test_the_model_waits_for_the_rules(opened):
    book = opened(options=EncoderOptions(mode="offline"))
    book.model.script[JAZZ] = [likes("jazz")]
    book.reader.failures[JAZZ] = 1
    book.say(JAZZ, likes("jazz"))
    assert book.drained()["claimed"] == 0
    book.encoder.drain()
    with book.reading() as tx:
        jobs = tasks.jobs_of(tx, book.access(), REFINE, 10)
    assert book.second.work(jobs)["claimed"] == 0
    assert book.model.shown == []
    book.clock.moment += timedelta(minutes=5)
    book.encoder.drain()
    assert book.drained()["processed"] == 1
    assert book.facts()[0].method == "rules"
    book.lawful()


def test_an_event_on_which_the_model_fails_is_given_up_with_the_reason(book):
    book.model.script |= {JAZZ: "bad_json", TEA: [likes("tea")]}
    book.say(JAZZ, session_id="a")
    book.say(TEA, session_id="a")
    assert book.drained() == {"claimed": 2, "processed": 1, "retried": 1, "failed": 0}
    with book.reading() as tx:
        (task,) = tasks.listed(tx, book.access(), None, book.clock.now(), 10, kinds=(REFINE,))
    assert (task.kind, task.status, task.attempts, task.reason) == (REFINE, tasks.POSTPONED, 1, "bad_json")
    assert [book.drained(after=5)["retried"], book.drained(after=5)["failed"]] == [1, 1]
    assert book.balance() == (1, 0, 1, 0)
    with book.reading() as tx:
        (task,) = tasks.listed(tx, book.access(), tasks.DEAD, book.clock.now(), 10, kinds=(REFINE,))
        assert second_readings.counts(tx, book.access())["failed: bad_json"] == 1
    assert (task.kind, task.reason) == (REFINE, "bad_json")
    assert book.drained(after=999)["claimed"] == 0


def test_a_model_that_is_away_is_waited_for(book):
    for number in range(5):
        book.model.script[f"{JAZZ} {number}"] = "model_unavailable"
        book.say(f"{JAZZ} {number}", session_id=str(number))
    for _ in range(9):
        shown = len(book.model.shown)
        assert book.drained(after=120)["failed"] == 0
        assert len(book.model.shown) == shown + 1, "the rest of the round is not asked for"
    assert book.balance() == (0, 0, 0, 5)
    book.model.script.clear()
    assert book.drained(after=120)["processed"] == 5


def test_a_model_that_never_comes_back_is_given_up_in_the_end(opened):
    book = opened(second=SecondOptions(patience=4))
    book.model.script[JAZZ] = "model_timeout"
    book.say(JAZZ)
    assert [book.drained(after=120)["failed"] for _ in range(5)] == [0, 0, 0, 1, 0]
    assert book.balance() == (0, 0, 1, 0)


def test_one_event_that_breaks_the_extractor_takes_no_other_with_it(book):
    texts = [f"I like dish {number}" for number in range(20)]
    book.model.script = {text: [likes(text)] for text in texts} | {texts[7]: KeyError("a defect")}
    for text in texts:
        book.say(text, session_id="s")
    for _ in range(4):
        book.drained(after=120)
    assert book.balance() == (19, 0, 1, 0)
    with book.reading() as tx:
        assert second_readings.counts(tx, book.access())["failed: KeyError"] == 1
    book.lawful()


@pytest.mark.parametrize(
    "reading",
    [
        None,
        Told(()),
        Told((TurnTold(), TurnTold(), TurnTold())),
        Told((None,)),
        Told((TurnTold(claims=None),)),
        Told((TurnTold(claims=("no claim",)),)),
        Told((TurnTold(claims=(likes("\ud800"),)),)),
        Told((TurnTold((likes("jazz"),)),), ModelUsage(calls=10**30, seconds=float("nan"), input_tokens=-5)),
        Told((TurnTold((likes("jazz"),), failed="bad_json"),)),
    ],
)
def test_an_extractor_may_return_anything(opened, reading):
    class Odd:
        def read(self, saids):
            return reading

    book = opened(extractor=Odd())
    book.say(JAZZ)
    for _ in range(3):
        book.drained(after=120)
    read, _, failed, pending = book.balance()
    assert (read + failed, pending) == (1, 0)
    book.lawful()


def test_what_two_owners_or_two_conversations_said_is_never_read_together(book):
    for user in ("ann", "bob"):
        book.scope = Scope(user_id=user)
        for session in ("s1", "s2"):
            for number in range(2):
                book.say(f"{user} {session} {number}", session_id=session)
        book.say(f"{user} alone")
        book.say(f"{user} robot 0", session_id="s1", agent_id="robot")
    assert book.drained()["processed"] == 12
    for together in book.model.shown:
        assert len({text.rsplit(" ", 1)[0] for text in together}) == 1
    assert ["ann s1 0", "ann s1 1"] in book.model.shown


def test_who_is_withheld_is_no_failure(book):
    book.model.script |= {JAZZ: "asked_not_to_remember", TEA: "not_asked"}
    book.say(JAZZ)
    book.say(TEA)
    assert book.drained()["processed"] == 2
    assert book.balance() == (0, 2, 0, 0)


def test_an_event_that_is_erased_while_the_model_works_leaves_nothing(book):
    gone = book.say("My sister Zoe is ill", session_id="s")
    book.say("She lives in Porto", session_id="s")
    told = [claim("lives_in", "Porto", subject="Zoe", text="Zoe lives in Porto")]

    class Eraser(ScriptedExtractor):
        def read(self, saids):
            said = super().read(saids)
            if len(self.shown) == 1:
                book.forget([gone])
            return said

    book.second._extractor = model = Eraser({"She lives in Porto": told})
    book.second.drain(10)
    assert model.shown == [["My sister Zoe is ill", "She lives in Porto"], ["She lives in Porto"]]
    assert book.balance() == (1, 0, 0, 0)


def test_erasing_a_message_erases_its_words_from_what_was_read_with_its_help(book):
    gone = book.say("My sister Zoe is ill", session_id="s")
    book.say("She lives in Porto", session_id="s")
    book.say("I like jazz a lot", session_id="s")
    book.model.script |= {
        "She lives in Porto": [claim("lives_in", "Porto", subject="Zoe", text="Zoe lives in Porto")],
        "I like jazz a lot": [likes("jazz")],
    }
    book.drained()
    assert book.texts() == ["Zoe lives in Porto", "user likes jazz"]
    book.model.script["She lives in Porto"] = []
    book.forget([gone])
    assert book.texts() == ["user likes jazz"]
    assert "Zoe" not in repr(book.rows("SELECT * FROM decisions")) + repr(book.rows("SELECT * FROM facts"))
    assert book.balance() == (1, 0, 0, 1)
    book.drained()
    assert book.model.shown[-1] == ["She lives in Porto"]
    assert book.balance() == (2, 0, 0, 0)
    assert book.texts() == ["user likes jazz"]
    book.lawful()


def test_what_an_assistant_says_about_the_user_by_name_is_no_fact(book):
    book.say("Hm.", session_id="s", speaker="Ana")
    said = "Ana lives in Lisbon"
    book.model.script[said] = [
        claim("lives_in", "Lisbon", subject="ANA", text=said),
        claim("located_in", "Portugal", subject="Lisbon", text="Lisbon is in Portugal"),
    ]
    book.say(said, session_id="another", role="assistant")
    book.drained()
    assert book.texts() == ["Lisbon is in Portugal"]
    assert book.report().reasons["reject: not_said_by_the_user"] == 1


def test_reading_again_doubles_nothing(book):
    book.model.script[JAZZ] = [likes("jazz"), likes("opera"), likes("dust", importance=0.1)]
    book.say(JAZZ, likes("jazz"))
    book.drained()
    before = book.report()
    facts = [replace(fact, evidence=()) for fact in book.facts()]
    for _ in range(2):
        with book.database.write() as tx:
            assert second_readings.ask_again(tx, book.access(), book.clock.now()) == 1
        assert book.balance() == (0, 0, 0, 1)
        book.drained()
        assert book.balance() == (1, 0, 0, 0)
        assert book.report().reasons == before.reasons
        assert [replace(fact, evidence=()) for fact in book.facts()] == facts
        book.lawful()
    book.model.script[JAZZ] = []
    with book.database.write() as tx:
        second_readings.ask_again(tx, book.access(), book.clock.now())
    book.drained()
    assert book.current() == ["jazz"]
    book.lawful()


def test_two_readers_of_one_file_at_once_double_nothing(opened, tmp_path):
    together = Barrier(2)

    class Both(ScriptedExtractor):
        def read(self, saids):
            if not self.shown:
                together.wait(30)
            return super().read(saids)

    texts = [f"I like dish {number}" for number in range(40)]
    script = {text: [likes(text), likes(f"{text} and wine")] for text in texts}
    first, other = (opened(tmp_path / "memory.db", extractor=Both(script)) for _ in range(2))
    for text in texts:
        first.say(text, session_id=str(int(text.split()[-1]) // 20))
    with first.database.read() as tx:  # as if the lease of each had run out while its model was asked
        jobs = second_readings.due(tx, first.clock.now(), 1_000)
    drains = [Thread(target=book.second.work, args=(jobs,)) for book in (first, other)]
    for drain in drains:
        drain.start()
    for drain in drains:
        drain.join(60)
    assert len(first.model.shown) + len(other.model.shown) > 2, "both were asked"
    first.drained(after=120)
    assert first.balance() == (40, 0, 0, 0)
    assert sum(first.report().decisions.values()) == 80
    first.lawful()


def test_what_the_calls_cost_is_kept(opened):
    class Dear(ScriptedExtractor):
        def read(self, saids):
            return replace(super().read(saids), usage=ModelUsage(3, 1, 100, 20, seconds=1.5))

    book = opened(extractor=Dear({JAZZ: "bad_json"}))
    book.say(JAZZ)
    book.say(TEA)
    book.drained()
    with book.reading() as tx:
        assert second_readings.spent(tx, "extraction") == second_readings.Spent(6, 2, 200, 40, 3.0)
        assert second_readings.spent(tx, "another") == second_readings.Spent()


def test_what_one_reply_says_twice_counts_once(book):
    home = {"slot": "residence", "text": "user lives in Oslo"}
    book.model.script[HELLO] = [
        claim("lives_in", "Oslo", confidence=0.3, **home),
        claim("states", "Oslo", confidence=0.9, **home),
    ]
    book.say(HELLO)
    book.drained()
    assert book.report().decisions == {"accept": 1}
    assert [fact.predicate for fact in book.facts()] == ["states"]


def test_the_balance_is_of_the_scope(book):
    book.say(JAZZ, session_id="a")
    book.say(TEA, session_id="b")
    book.drained()
    assert book.balance(session_id="a") == (1, 0, 0, 0)
    assert book.balance(session_id="c") == (0, 0, 0, 0)
    defaults = Defaults(book.access().scope)
    book.ingestion.add(book.access(), {"content": "more", "said_at": BEGINNING}, defaults)
    assert book.balance() == (2, 0, 0, 1)

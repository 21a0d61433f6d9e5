"""A language model over HTTP that fails in every way costs quality for a while, and not one event, ever."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Lock, Thread

import pytest
import second_reading_law as law
from reply_faults import FAULTS, FaultyModel, lines, owners, text_of

pytest.importorskip("httpx2")

from fusion_memory import MemoryService, Principal, Scope
from fusion_memory.core.records import Turn
from fusion_memory.core.scope import Access, Action
from fusion_memory.core.settings import CaptureSettings, EncodingSettings, Settings
from fusion_memory.ingestion import gate
from fusion_memory.ingestion.extraction import model_claims
from fusion_memory.ingestion.extraction.model import ModelExtractor
from fusion_memory.ingestion.second_reading import SecondReader
from fusion_memory.memory import encodings, erasure, outbox, second_readings
from fusion_memory.models.chat import OpenAIChatModel
from fusion_memory.models.transport import Patience, Surroundings
from fusion_memory.testing import chat_server as server
from fusion_memory.testing.chat_server import ChatServer
from fusion_memory.testing.language_model import evidence_defects

pytestmark = pytest.mark.campaign

SETTINGS = Settings(
    capture=CaptureSettings(redact="off"),  # whose a saying is, is told by a word that stands where secrets do
    encoding=EncodingSettings(mode="offline"),
)
PATIENCE = Patience(timeout_s=0.15, retries=1)
NO_PAUSE = Surroundings(sleep=lambda _: None)
MOST_DRAINS = 400


class Later:
    """A clock that tests move."""

    def __init__(self):
        self.moment = datetime(2026, 1, 1, 9, tzinfo=UTC)

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()


class World:
    """Some owners, what they say, and two services on one file whose model fails by plan."""

    def __init__(self, folder, seed, *, people=4, each=25, health=0.4, services=2):
        self.database = folder / f"memory{seed}.db"
        self.scopes = owners(people)
        self.clock = Later()
        self.promised = {}
        self.erased = 0
        self.most = 10_000
        self._rng = Random(seed)
        self._lock = Lock()
        self._stack = ExitStack()
        said = [line for scope in self.scopes for line in lines(self._rng, scope, each)]
        self.model = FaultyModel(seed, [fact for line in said for fact in line.facts], health)
        address = self._stack.enter_context(ChatServer(self.model)).address
        self.memories = [self._open(address) for _ in range(services)]
        self._unsaid = said[::6]
        for line in said:
            if line not in self._unsaid:
                self._say(line)
        self.model.meanwhile = self._meanwhile

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self._stack.close()

    def drain(self):
        """Let the model read until nothing is left to be said or read."""
        for _ in range(MOST_DRAINS):
            if not law.counts(self.database)["pending"]:
                break
            for memory in self.memories:
                memory._parts.encoder.drain(10_000)
            drains = [Thread(target=memory.drain_update_queue, args=(self.most,)) for memory in self.memories]
            for drain in drains:
                drain.start()
            for drain in drains:
                drain.join(300)
            self.clock.moment += timedelta(hours=2)

    def judge(self):
        """Everything that is wrong; the services are closed first."""
        self._stack.close()
        return law.defects(self.database, self.promised, self.scopes, self.model.asked, self.model.sent)

    def _open(self, address):
        model = OpenAIChatModel(address, "test", patience=PATIENCE, surroundings=NO_PAUSE)
        self._stack.callback(model.close)
        memory = MemoryService(self.database, embedder=None, llm=model, settings=SETTINGS, clock=self.clock)
        return self._stack.enter_context(memory)

    def _say(self, line):
        (id_,) = self.memories[0].add(line.message, line.scope).ids
        self.promised |= law.events(self.database, id_)

    def _meanwhile(self):
        """While the model works, something more is said and something is erased."""
        with self._lock:
            if self._unsaid:
                self._say(self._unsaid.pop())
            elif self._rng.random() < 0.05 and self.promised:
                gone = self._rng.choice(sorted(self.promised))
                row = self.promised.pop(gone)
                self.memories[0].forget(next(s for s in self.scopes if law.mark_of(s) in str(row[1])), [gone])
                self.erased += 1


def test_no_reply_costs_an_event(tmp_path, full):
    replies, drawn, outcome = 0, Counter(), Counter()
    seed = 0
    while replies < (2_000 if full else 150) or not outcome["failed"]:
        seed += 1
        size = {"people": 8, "each": 40} if full else {"people": 3, "each": 16}
        with World(tmp_path, seed, health=0.4 if seed % 2 else 0.1, **size) as world:
            world.drain()
            world.memories[0].refresh_current_views(world.scopes[0])
            world.drain()
            assert world.judge() == []
        replies += len(world.model.asked)
        drawn += world.model.drawn
        outcome += law.counts(world.database)
        outcome["erased"] += world.erased
    print(f"{replies} replies, {seed} databases, {dict(outcome)}, {dict(drawn)}")
    assert outcome["asked"] == outcome["read"] + outcome["withheld"] + outcome["failed"]
    assert outcome["pending"] == 0
    assert min(outcome[name] for name in ("read", "withheld", "failed", "claims", "erased")) > 0
    assert not full or set(drawn) == {*FAULTS, "sound"}


def test_a_reply_that_breaks_off_at_any_byte_leaves_every_message_with_an_outcome(full):
    said = [
        Turn("I bought 3 tins of Quorva tea in Lisbon.", "user", said_at=datetime(2026, 1, 1, tzinfo=UTC)),
        Turn("我昨天买了四盒乌龙茶。", "user", said_at=datetime(2026, 1, 1, tzinfo=UTC)),
    ]
    fact = {"message": 1, "subject": "user", "predicate": "bought", "text": "The user bought tea."}
    golden = text_of(
        [
            {**fact, "object": "3 tins of Quorva tea", "quote": "I bought 3 tins of Quorva tea"},
            {**fact, "message": 2, "object": "四盒乌龙茶", "quote": "买了四盒乌龙茶", "when": "昨天"},
        ]
    )
    body = server.says(golden)
    breaks = [
        *(server.cut_text(golden, at) for at in range(0, len(golden.encode()) + 1, 1 if full else 23)),
        *(server.out_of_tokens(golden, at) for at in range(0, len(golden.encode()) + 1, 1 if full else 29)),
        *(server.stops(body, at) for at in range(0, len(body.body) + 1, 1 if full else 31)),
        *(server.resets(body, at) for at in range(0, len(body.body) + 1, 1 if full else 37)),
        *(
            replace(body, body=body.body[:at] + b"\xff" + body.body[at + 1 :])
            for at in range(0, len(body.body), 41)
        ),
    ]
    now = [breaks[0]]
    with ChatServer(lambda _request: now[0]) as chat:
        model = OpenAIChatModel(chat.address, "test", patience=Patience(2.0, 0), surroundings=NO_PAUSE)
        extractor = ModelExtractor(model)
        for now[0] in breaks:
            reading = extractor.read(said)
            assert len(reading.turns) == len(said)
            for turn, told in zip(said, reading.turns, strict=True):
                assert evidence_defects(turn, told.claims) == []
                assert not (told.failed and told.claims)
        model.close()
    print(f"{len(breaks)} broken replies")


def _without_a_record(monkeypatch):
    monkeypatch.setattr(second_readings, "record", lambda *_: None)


def _without_an_end(monkeypatch):
    finish = outbox.finish

    def but_not_refine(tx, job_nos):
        refine = {job for job in job_nos if tx._connection.execute(_KIND, (job,)).fetchall() == [("refine",)]}
        finish(tx, [job for job in job_nos if job not in refine])

    monkeypatch.setattr(outbox, "finish", but_not_refine)


def _kept_twice(monkeypatch):
    decide = encodings.decide

    def twice(tx, owner_no, event_no, decisions, at):
        for _ in range(2 if any(made.method == "model" for made in decisions) else 1):
            decide(tx, owner_no, event_no, decisions, at)

    monkeypatch.setattr(encodings, "decide", twice)


def _dropping_the_event(monkeypatch):
    write = SecondReader._write

    def drop(self, tx, turns, cosine):
        counts = write(self, tx, turns, cosine)
        for turn in turns:
            if turn.failed:
                access = Access(Principal.local(), Scope(user_id=turn.event.user_id), Action.FORGET)
                reach = erasure.reach(tx, access, [turn.event.id])
                erasure.erase(tx, access, reach, self._database.keyword, self._clock.now())
        return counts

    monkeypatch.setattr(SecondReader, "_write", drop)


def _changing_the_event(monkeypatch):
    keep = SecondReader._keep

    def change(self, tx, turn, cosine, now):
        keep(self, tx, turn, cosine, now)
        tx._connection.execute(
            "UPDATE events SET content = content || '.' WHERE event_no = ?", (turn.job.event_no,)
        )

    monkeypatch.setattr(SecondReader, "_keep", change)


def _owners_together(monkeypatch):
    def together(self, jobs):
        with self._database.read() as tx:
            found = {number: event for number, _, event in second_readings.events.by_numbers(tx, _nos(jobs))}
        there = [(job, found[job.event_no]) for job in jobs if job.event_no in found]
        return [sorted(there, key=lambda member: (member[1].thread, member[1].seq))]

    monkeypatch.setattr(SecondReader, "_groups", together)


def _unverified_quotes(monkeypatch):
    sound = model_claims._Reader._place

    def anywhere(self, number, quote):
        said = self._saids[number]
        return sound(self, number, quote) or sound(self, number, said.content)

    monkeypatch.setattr(model_claims._Reader, "_place", anywhere)
    monkeypatch.setattr(model_claims, "_unsupported", lambda *_: None)


def _speaking_for_the_user(monkeypatch):
    monkeypatch.setattr(model_claims._Reader, "_misattributed", lambda *_: None)
    monkeypatch.setattr(gate, "_UNHEARD", frozenset())


def _showing_what_is_private(monkeypatch):
    monkeypatch.setattr("fusion_memory.ingestion.extraction.model._Reading.withheld", lambda *_: False)


def _forgetting_the_failed(monkeypatch):
    def give_up(self, tx, job, reason, now):
        outbox.finish(tx, [job.job_no])
        return "failed"

    monkeypatch.setattr(SecondReader, "_not_read", give_up)


def _nos(jobs):
    return [job.event_no for job in jobs]


_KIND = "SELECT kind FROM outbox WHERE job_no = ?"

PLANTED = {
    "finishes the job without a record": (_without_a_record, "without exactly one outcome of the model"),
    "records and leaves the job": (_without_an_end, "without exactly one outcome of the model"),
    "writes every judgement twice": (_kept_twice, "kept twice"),
    "drops the event": (_dropping_the_event, "an event was lost"),
    "changes the event": (_changing_the_event, "an event was changed"),
    "gives up without a word": (_forgetting_the_failed, "without exactly one outcome of the model"),
    "reads two owners together": (_owners_together, "two owners in one prompt"),
    "takes a quote on trust": (_unverified_quotes, "words that nobody quoted"),
    "speaks for the user": (_speaking_for_the_user, "the user was spoken for"),
    "shows what is private": (_showing_what_is_private, "not to be remembered"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(tmp_path, monkeypatch, fault):
    plant, defect = PLANTED[fault]
    plant(monkeypatch)
    monkeypatch.setattr("test_language_model_faults.MOST_DRAINS", 4)
    found = []
    for seed in range(1, 6):
        with World(tmp_path, seed, people=2, each=12, health=0.6, services=1) as world:
            world.model.meanwhile = lambda: None
            world.most = 30
            world.drain()
            found += world.judge()
        if any(defect in line for line in found):
            break
    assert any(defect in line for line in found), found

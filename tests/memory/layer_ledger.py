"""A ledger to fill and look at: real database, frozen clock, no model."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from fusion_memory.core.scope import Access, Action, Principal, Scope
from fusion_memory.ingestion.identity import Call
from fusion_memory.ingestion.normalise import Defaults, turns
from fusion_memory.memory import erasure, events, owners, settling, tellings
from fusion_memory.memory.claim_keys import keys_of
from fusion_memory.storage.connect import open_database

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.present = NOON

    def now(self):
        return self.present

    def monotonic(self):
        return (self.present - NOON).total_seconds()

    def pass_(self, **passed):
        self.present += timedelta(**passed)


class Ids:
    def __init__(self):
        self.numbers = count(1)

    def new(self, kind, at):
        return f"{kind}_{next(self.numbers):06d}"


class Ledger:
    """A database with its write path, and the shortest words for what the tests do with it."""

    def __init__(self, path):
        self.database = open_database(path)
        self.clock, self.ids = Clock(), Ids()

    def access(self, scope, action=Action.WRITE):
        return Access(Principal.local(), scope, action)

    def say(self, scope, *messages):
        """Record messages as the write path does, without what is derived from them; their ids."""
        access, call = self.access(scope), Call(self.ids, self.clock.now(), scope)
        with self.database.write() as tx:
            owner_no = owners.ensure(tx, access, self.clock.now())
            new = [call.event(turn) for turn in turns(list(messages), Defaults(scope))]
            return tuple(events.append(tx, access, owner_no, event).id for event in new)

    def tell(self, scope, message, claim):
        """Record a message and one claim that was read out of it, as the encoder writes it; the message's id."""
        (memory_id,) = self.say(scope, message)
        access = self.access(scope)
        with self.database.write() as tx:
            owner_no = owners.find(tx, access)
            ((event_no, _),) = events.numbers(tx, access, [memory_id]).items()
            said = events.get(tx, access, memory_id)
            claim = replace(claim, last=len(said.content))
            known = tellings.same_claim(tx, owner_no, keys_of(claim))
            source = tellings.Source(event_no, memory_id, said.said_at, said.recorded_at)
            new = tellings.NewTelling(claim, keys_of(claim), source, known.group_no if known else None)
            tellings.append(tx, owner_no, new)
            settling.settle(tx, owner_no, event_no)
        return memory_id

    def erase(self, scope, *ids):
        access = self.access(scope)
        with self.database.write() as tx:
            touched = erasure.reach(tx, access, list(ids) or None)
            return erasure.erase(tx, access, touched, self.database.keyword, self.clock.now())


ANA = Scope(user_id="ana", session_id="s1")


def opened(folder):
    """The body of a fixture: a ledger that is closed after the test."""
    ledger = Ledger(folder / "memory.db")
    yield ledger
    ledger.database.close()

"""A memory whose readings are scripted: what is said and what is read out of it stand in one call.

Everything else is the real write path on a real database. For tests of the ledger and of the encoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fusion_memory.core.encodings import EncodingReport
from fusion_memory.core.ids import RandomIds
from fusion_memory.core.knowledge import Claim, Fact, FactState
from fusion_memory.core.scope import Access, Action, Principal, Scope
from fusion_memory.core.settings import IngestSettings
from fusion_memory.ingestion.commit import WORK
from fusion_memory.ingestion.derive import Deriver
from fusion_memory.ingestion.embed import VectorMaker
from fusion_memory.ingestion.encode import Encoder, EncoderOptions
from fusion_memory.ingestion.likeness import Cosines
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.ingestion.pipeline import Ingestion, Preparation
from fusion_memory.ingestion.segment import Cutting
from fusion_memory.memory import encodings, erasure, events, facts
from fusion_memory.memory.facts import FactQuery
from fusion_memory.models.interface import Embedder
from fusion_memory.storage.connect import open_database
from fusion_memory.storage.interface import Transaction
from fusion_memory.testing.reader import ScriptedReader

BEGINNING = datetime(2026, 1, 1, 9, tzinfo=UTC)
MAX_CHARS = 100_000


class SetClock:
    """A clock that stands where it was set."""

    def __init__(self, moment: datetime = BEGINNING) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment

    def monotonic(self) -> float:
        """Seconds since the beginning."""
        return (self.moment - BEGINNING).total_seconds()


class Notebook:
    """Says things and shows what became of them.

    Args:
        target: the database.
        embedder: when vectors are to be made.
        options, cosines: of the encoder.
        user: whose memory it is, unless a call says otherwise.
        work: the kinds of work that every new memory asks for.
    """

    def __init__(
        self,
        target: str | Path = ":memory:",
        *,
        embedder: Embedder | None = None,
        options: EncoderOptions | None = None,
        cosines: Cosines | None = None,
        user: str = "ann",
        work: tuple[str, ...] = WORK,
    ) -> None:
        self.clock = SetClock()
        self.database = open_database(target)
        self.reader = ScriptedReader()
        self.encoder = Encoder(self.database, self.clock, self.reader, options, cosines)
        self.maker = VectorMaker(self.database, embedder, self.clock) if embedder else None
        cutting = Cutting.from_settings(IngestSettings())
        deriver = Deriver(self.database, self.maker, self.encoder)
        ready = Preparation(cutting, MAX_CHARS, work=work)
        self.ingestion = Ingestion(self.database, deriver, ready, self.clock, RandomIds(), lambda: None)
        self.scope = Scope(user_id=user)

    def access(self, **narrowing: str) -> Access:
        """The ticket of a call, narrowed by session, agent, run or app."""
        return Access(Principal.local(), replace(self.scope, **narrowing), Action.WRITE)

    def say(self, text: str, *claims: Claim, day: float = 0, **message: Any) -> str:  # noqa: ANN401 (of a message)
        """Say a text out of which these claims are read, on a day from the beginning; the id of the memory."""
        if claims:
            self.reader.script[text] = claims
        self.clock.moment = max(self.clock.moment, BEGINNING + timedelta(days=day))
        access = self.access(**{k: message.pop(k) for k in ("agent_id", "app_id") if k in message})
        said = {"role": "user", "content": text, "said_at": BEGINNING + timedelta(days=day), **message}
        return self.ingestion.add(access, said, Defaults(access.scope)).ids[0]

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A snapshot."""
        with self.database.read() as tx:
            yield tx

    def facts(self, *, at: datetime | None = None, access: Access | None = None, **query: Any) -> list[Fact]:  # noqa: ANN401 (the fields of FactQuery)
        """The facts that fit a query, oldest validity first."""
        with self.database.read() as tx:
            found = facts.pages(tx, access or self.access(), FactQuery(**query), at or self.clock.now())
            return list(found)[::-1]

    def current(self, **query: Any) -> list[str]:  # noqa: ANN401 (the fields of FactQuery)
        """The objects of the facts that are true now."""
        return [fact.object for fact in self.facts(states=(FactState.CURRENT,), **query)]

    def forget(self, ids: Sequence[str] | None = None) -> dict[str, int]:
        """Erase memories; the counts."""
        with self.database.write() as tx:
            touched = erasure.reach(tx, self.access(), ids)
            return erasure.erase(tx, self.access(), touched, self.database.keyword, self.clock.now())

    def numbers(self, *ids: str) -> list[int]:
        """The keys of memories."""
        with self.database.read() as tx:
            return list(events.numbers(tx, self.access(), list(ids) or None))

    def report(self, **narrowing: str) -> EncodingReport:
        """What became of what was said."""
        with self.database.read() as tx:
            return encodings.report(tx, self.access(**narrowing))

    def close(self) -> None:
        """Release the database."""
        self.database.close()

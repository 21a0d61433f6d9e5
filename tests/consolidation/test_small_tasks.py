"""The smaller care tasks: idempotent, bounded, of no effect where nothing is due, and right after an erasure."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from care_fakes import ANA, S1, S2, WORK, home

from fusion_memory.consolidation import closure as closing
from fusion_memory.consolidation.archive import Archive
from fusion_memory.consolidation.backfill import Backfill
from fusion_memory.consolidation.closure import Closure
from fusion_memory.consolidation.orphans import Orphans
from fusion_memory.consolidation.profiles import Profiles
from fusion_memory.consolidation.promote import Promotion
from fusion_memory.consolidation.tasks import TASKS
from fusion_memory.core.care_settings import CoreSettings
from fusion_memory.core.errors import EmbeddingFailed
from fusion_memory.core.layers import Cause
from fusion_memory.core.settings import Settings
from fusion_memory.testing.embedder import HashingEmbedder

TALK = [
    "My name is Clara.",
    "I am allergic to peanuts.",
    "I live in Porto with my dog Atlas.",
    "我对花生过敏。",
    "Never schedule meetings before nine.",
]


@pytest.fixture
def at_home(tmp_path):
    with home(tmp_path) as found:
        yield found


def deeds(found, action):
    with found.database.read() as tx:
        rows = tx.rows("audit_of_owner", owner_no=1, count=1_000)
    return [(json.loads(row[2]), json.loads(row[3])) for row in rows if row[1] == action]


@pytest.mark.parametrize("name", TASKS)
def test_a_task_goes_by_its_name_and_does_nothing_for_nobody(at_home, name):
    assert TASKS[name].name == name
    report = at_home.run(TASKS[name])
    assert not any(report.counts.values())
    assert not report.left
    assert deeds(at_home, name) == []


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_is_done_does_nothing_again(at_home, name):
    at_home.add(S1, *TALK)
    at_home.clock.pass_(hours=3)
    while at_home.run(TASKS[name]).left:
        pass
    assert not any(at_home.run(TASKS[name]).counts.values())


def test_promotion_says_why_and_writes_once(at_home):
    at_home.add(S1, *TALK)
    first = at_home.run(Promotion())
    assert first.counts["promoted"] >= 3
    core = at_home.memory.core_memory(ANA)
    reasons = {reason for item in core.items for reason in item.reasons}
    assert {"health", "identity"} <= reasons
    ((ids, detail),) = deeds(at_home, "promote")
    assert set(detail["reasons"]) == set(ids)
    assert "peanuts" not in json.dumps(detail)
    assert at_home.run(Promotion()).counts == {"promoted": 0, "demoted": 0}
    at_home.memory.forget(ANA, everything=True)
    assert at_home.memory.core_memory(ANA).items == ()


def test_without_conscious_ingest_nothing_is_at_hand(tmp_path):
    with home(tmp_path, Settings(core=CoreSettings(conscious_ingest="off"))) as found:
        found.add(S1, *TALK)
        assert found.run(Promotion()).counts["promoted"] == 0
        assert found.memory.core_memory(ANA).items == ()


def test_a_session_left_alone_is_closed_once(at_home):
    at_home.add(S1, *TALK[:2])
    at_home.clock.pass_(minutes=119)
    assert at_home.run(Orphans()).counts == {"closed": 0}
    at_home.clock.pass_(minutes=1)
    assert at_home.run(Orphans()).counts == {"closed": 1}
    (card,) = at_home.memory.condensations(ANA)
    (summary,) = at_home.memory.get_session_summaries(ANA)
    assert card.cause is summary.cause is Cause.SESSION_END
    assert at_home.run(Orphans()).counts == {"closed": 0}
    at_home.add(S1, "One more thing: I moved the piano to the attic.")
    at_home.clock.pass_(hours=2)
    assert at_home.run(Orphans()).counts == {"closed": 1}


class Down(HashingEmbedder):
    """A model that can be switched off."""

    down = False

    def embed_passages(self, passages):
        if self.down:
            raise EmbeddingFailed("down")
        return super().embed_passages(passages)


def test_vectors_that_are_due_are_made_when_the_model_is_back(tmp_path):
    model = Down()
    with home(tmp_path, embedder=model) as found:
        model.down = True
        found.add(S1, *TALK)
        assert found.memory.stats(ANA).pending == len(TALK)
        found.clock.pass_(hours=2)
        with pytest.raises(EmbeddingFailed):
            found.run(Backfill())
        model.down = False
        found.clock.pass_(hours=2)
        assert found.run(Backfill()).counts["embedded"] == len(TALK)
        assert found.memory.stats(ANA).pending == 0
        assert found.run(Backfill()).counts["embedded"] == 0


def test_a_new_space_is_filled_owner_by_owner_and_then_switched_to(tmp_path):
    ben = replace(ANA, user_id="ben")
    with home(tmp_path, embedder=HashingEmbedder(dimension=32)) as found:
        found.add(S1, *TALK)
        found.add(ben, "I play the cello.")
    with home(tmp_path, embedder=HashingEmbedder(dimension=48)) as found:
        first = found.run(Backfill())
        assert (first.counts["filled"], first.left) == (len(TALK), True)
        assert found.run(Backfill()).counts == {"embedded": 0, "filled": 0, "switched": 0}, "ben's are missing"
        assert found.run(Backfill(), replace(WORK, scope=ben)).counts["filled"] == 1
        assert found.run(Backfill(), replace(WORK, scope=ben)).counts["switched"] == 1
        assert found.run(Backfill()).counts == {"embedded": 0, "filled": 0, "switched": 0}
        assert found.memory.search("cello", ben)[0].text == "I play the cello."


EVERYWHERE = {"session_id": None, "agent_id": None, "run_id": None, "app_id": None}


def edges(found):
    where = EVERYWHERE | {"event_nos": list(range(1, 100)), "owner_no": 1, "any_session": 1, "session_ids": []}
    where.pop("session_id")
    with found.database.read() as tx:
        return sorted(tx.rows("association_words", **where))


def test_closure_gives_the_edges_that_writing_gives(at_home, monkeypatch):
    said = "The billing service depends on the old message queue of the harbour"
    at_home.add(S1, *(f"{said}, point {n}." for n in range(5)))
    written = edges(at_home)
    assert written
    with at_home.database.write() as tx:
        tx.run("associations_forget", event_nos=list(range(1, 100)))
    assert edges(at_home) == []
    monkeypatch.setattr(closing, "SAYINGS_A_RUN", 2)
    runs = 0
    while at_home.run(Closure()).left:
        runs += 1
    assert runs == 2
    assert edges(at_home) == written
    assert at_home.run(Closure()).counts == {"associated": 0}


def test_a_derived_column_that_went_wrong_is_put_right(at_home):
    at_home.add(S1, "I live in Berlin.", "I moved to Porto.")
    right = at_home.memory.facts(ANA, state="all")
    with at_home.database.write() as tx:
        for row in tx.rows("fact_tellings", owner_no=1, as_of=2**60, **EVERYWHERE):
            tx.run("fact_close", fact_no=row[0], valid_to=None, closed_by=None)
    assert at_home.memory.facts(ANA, state="all") != right
    assert at_home.run(Profiles()).counts["put_right"] == 1
    assert at_home.memory.facts(ANA, state="all") == right
    ((_, detail),) = deeds(at_home, "put_right")
    assert detail == {"rows": 1}
    assert at_home.run(Profiles()).counts == {"checked": 0, "put_right": 0}, "the pass ends"
    at_home.clock.pass_(days=2)
    assert at_home.run(Profiles()).counts["checked"] >= 2


def test_what_was_superseded_long_ago_leaves_searches_and_comes_back(at_home):
    old, *_ = at_home.add(S1, "I live in Berlin.")
    at_home.clock.pass_(days=1)
    new, *_ = at_home.add(S2, "I moved from Berlin to Porto.")

    def found():
        return {hit.id for hit in at_home.memory.search("Where do I live? Berlin", ANA).hits}

    at_home.clock.pass_(days=29)
    assert at_home.run(Archive()).counts == {"archived": 0, "restored": 0}
    at_home.clock.pass_(days=2)
    assert at_home.run(Archive()).counts == {"archived": 1, "restored": 0}
    assert old not in found()
    assert at_home.memory.get(old, scope=ANA).content == "I live in Berlin."
    assert [fact.object for fact in at_home.memory.facts(ANA, state="superseded")] == ["Berlin"]
    assert at_home.run(Archive()).counts == {"archived": 0, "restored": 0}
    at_home.memory.forget(ANA, [new])
    assert at_home.run(Archive()).counts == {"archived": 0, "restored": 1}
    assert old in found()


def test_what_says_more_than_was_superseded_stays(at_home):
    more = "I live in Berlin. On the way home we saw a fox with two cubs beside the old tram depot of the quarter."
    (old,) = at_home.add(S1, more)
    at_home.clock.pass_(days=1)
    at_home.add(S2, "I moved from Berlin to Porto.")
    at_home.clock.pass_(days=31)
    assert at_home.memory.facts(ANA, state="superseded")
    assert at_home.run(Archive()).counts == {"archived": 0, "restored": 0}
    assert old in {hit.id for hit in at_home.memory.search("fox cubs", ANA).hits}

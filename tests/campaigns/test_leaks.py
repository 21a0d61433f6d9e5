"""No read path shows, counts or ranks by what belongs to another owner or place; planted faults are found."""

from __future__ import annotations

import pytest
from planted import narrowing_forgotten, owner_forgotten

from fusion_memory import MemoryService, Scope
from fusion_memory.testing import leaks

pytestmark = pytest.mark.campaign

GUARDED_ONCE = (
    "audit_of_owner",
    "event_by_id",
    "event_history",
    "event_numbers",
    "event_page",
    "event_stats",
    "events_by_ids",
    "outbox_count",
    "postings_of",
    "span_by_position",
    "span_stats",
    "trace_by_id",
    "packs_of_owner",
    "fact_standings",
    "fact_tellings",
    "encoding_balance",
    "decisions_latest",
    "decisions_of_events",
    "tasks_waiting",
    "working_messages",
    "summaries_of_scope",
    "profile_values",
)
"""Statements whose predicate on the owner is the only one on its path."""

COUNTED = ("decision_counts", "encoding_reasons")
"""Statements that only count: nobody's words come back, but the numbers change when others say the same."""

FACTS_LOADED = ("fact_standings_of", "facts_by_numbers", "fact_evidence")
ENTITIES_LOADED = ("entity_members", "entity_sightings")

GUARDED_TWICE = (
    ("vector_page", "places", "passages"),
    ("spans_of_content", "visible_spans", "places", "passages"),
    ("neighbours", "places", "passages"),
    ("fact_heads_of_ids", *FACTS_LOADED),
    ("fact_heads_of_subjects", *FACTS_LOADED),
    ("core_listed", "fact_heads_of_ids", *FACTS_LOADED),
    ("entity_roots", *ENTITIES_LOADED),
    ("entity_by_id", *ENTITIES_LOADED),
    ("entity_by_key", *ENTITIES_LOADED),
    ("association_beside", "association_places"),
    ("summary_material", "event_numbers", "summary_sources"),
)
"""Statements that only together let something through: a later one checks what an earlier one found."""

NARROWED = (
    "fact_tellings",
    "entity_sightings",
    "encoding_balance",
    "decisions_latest",
    "summary_progress",
    "summaries_of_scope",
    "tasks_waiting",
    "working_messages",
)
"""Statements that alone keep what was said in one place from being read in another of the same owner."""


def test_nothing_leaks(tmp_path, full):
    size = {"memories": 1_000, "reads": 10_000} if full else {"memories": 25, "reads": 300}
    for seed in (1, 2) if full else (1,):
        report = leaks.run(owners=10, seed=seed, threads=4, target=tmp_path / f"{seed}.db", **size)
        print(report)
        assert report.leaks == []


@pytest.mark.parametrize("names", [(name,) for name in GUARDED_ONCE] + list(GUARDED_TWICE), ids="+".join)
def test_a_forgotten_owner_is_found(names):
    with owner_forgotten(*names):
        assert _found("+".join(names), owners=3, memories=14)


def _found(what, **size):
    """Whether one of a few towns shows the fault: the reads are drawn at random, and some faults are rarely met."""
    for seed in (5, 6, 7, 8):
        report = leaks.run(**{"reads": 2_000} | size, threads=1, seed=seed, stop_at_leak=True)
        print(what, report)
        if report.leaks:
            return True
    return False


def test_a_fact_that_follows_one_of_another_owner_is_found():
    """The statement that decides, when something is said, which fact it follows."""
    with owner_forgotten("fact_answer_before"):
        report = leaks.run(owners=4, memories=20, reads=0, threads=1, seed=5, stop_at_leak=True)
    print(report)
    assert report.leaks


@pytest.mark.parametrize(
    "forgotten", [(), ("association_named", "association_mentions", "association_places", "passages")]
)
def test_a_name_in_a_question_leads_to_nobody_else(forgotten):
    """The way from a question over the names in it, which the random questions hardly ever take."""
    ana, ben = Scope(user_id="ana"), Scope(user_id="ben")
    with owner_forgotten(*forgotten), MemoryService(embedder=None) as memory:
        for owner in (ana, ben):
            memory.add(f"{owner.user_id} met Karin Holm.", owner)
        found = [hit.text for hit in memory.search("Where is Karin Holm?", ana, recipe="deep")]
    assert ("ben met Karin Holm." in found) == bool(forgotten)


@pytest.mark.parametrize("name", COUNTED)
def test_a_count_of_others_is_found(name):
    with owner_forgotten(name):
        assert _found(name, owners=3, memories=10, reads=0)


@pytest.mark.parametrize("name", NARROWED)
def test_a_forgotten_place_is_found(name):
    with narrowing_forgotten(name):
        assert _found(name, owners=2, memories=16)


def test_single_guards_of_doubly_guarded_paths_hold():
    """One predicate left out of each path, all at the same time: what stands behind it holds alone."""
    with owner_forgotten(*dict.fromkeys(names[0] for names in GUARDED_TWICE)):
        report = leaks.run(owners=4, memories=12, reads=120, threads=1, seed=6)
    assert report.leaks == []

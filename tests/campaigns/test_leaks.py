"""No read path shows, counts or ranks by what belongs to another owner or place; planted faults are found."""

from __future__ import annotations

import pytest
from planted import owner_forgotten

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
)
"""Statements whose predicate on the owner is the only one on its path."""

GUARDED_TWICE = (
    ("vector_page", "places", "passages"),
    ("spans_of_content", "visible_spans", "places", "passages"),
    ("neighbours", "places", "passages"),
)
"""Statements that only together let something through: a later one checks what an earlier one found."""


def test_nothing_leaks(tmp_path, full):
    size = {"memories": 1_000, "reads": 10_000} if full else {"memories": 40, "reads": 250}
    for seed in (1, 2) if full else (1,):
        report = leaks.run(owners=10, seed=seed, threads=4, target=tmp_path / f"{seed}.db", **size)
        print(report)
        assert report.leaks == []


@pytest.mark.parametrize("names", [(name,) for name in GUARDED_ONCE] + list(GUARDED_TWICE), ids="+".join)
def test_a_forgotten_owner_is_found(names):
    with owner_forgotten(*names):
        report = leaks.run(owners=4, memories=20, reads=1_000, threads=1, seed=5, stop_at_leak=True)
    print("+".join(names), report)
    assert report.leaks


def test_single_guards_of_doubly_guarded_paths_hold():
    for names in GUARDED_TWICE:
        with owner_forgotten(names[0]):
            report = leaks.run(owners=4, memories=12, reads=40, threads=1, seed=6)
        assert report.leaks == [], names[0]

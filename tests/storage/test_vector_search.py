"""Vector search: exact, in step with every process's changes, never more than the reader's snapshot."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from storage_rows import DIMENSION, Said, erase, near, new_owner, new_space, raw, say, unit

from fusion_memory.storage import exact_index
from fusion_memory.storage.connect import open_database
from fusion_memory.storage.interface import SpanFilter

SMALL_CODED = 16


@pytest.fixture(autouse=True, params=["rows", "codes"])
def tier(request, monkeypatch):
    """Both ways to hold an index, at sizes that a test can afford."""
    if request.param == "codes":
        monkeypatch.setattr(exact_index, "CODED_FROM", SMALL_CODED)


def some(count, seed, dimension=DIMENSION):
    return unit(np.random.default_rng(seed).standard_normal((count, dimension)))


def stored(rows):
    return rows.astype(np.float16).astype(np.float32)


def brute(vectors, query, limit):
    """The nearest spans of a mapping from span to vector, as (span, cosine)."""
    scores = {span: min(float(stored(vector) @ query), 1.0) for span, vector in vectors.items()}
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]


def agree(hits, wanted):
    assert [span for span, _ in hits] == [span for span, _ in wanted]
    assert [score for _, score in hits] == pytest.approx([score for _, score in wanted], abs=1e-5)


def fill(database, count, seed=1, name="ann", **fields):
    """An owner with vectors; owner, space, span to vector."""
    rows = some(count, seed)
    with database.write() as tx:
        owner, space = new_owner(tx, name), new_space(tx, model=name)
        spans = say(database, tx, owner, *(Said(["x"], **fields) for _ in range(count)))
        database.vectors.put(tx, space, spans, rows)
    return owner, space, dict(zip(spans, rows, strict=True))


@pytest.mark.parametrize("count", [1, 15, 16, 17, 400])
def test_the_nearest_come_first(any_database, count):
    owner, space, vectors = fill(any_database, count)
    for query in some(5, seed=2):
        agree(near(any_database, space, owner, query, limit=7), brute(vectors, query, 7))
    query = next(iter(vectors.values()))
    assert near(any_database, space, owner, query, limit=1)[0][1] == pytest.approx(1.0, abs=1e-3)
    assert len(near(any_database, space, owner, query, limit=1_000)) == count


def test_nobody_and_other_spaces_have_nothing(database):
    owner, space, _ = fill(database, 3)
    with database.write() as tx:
        empty, other = new_owner(tx, "empty"), new_space(tx, model="other")
    query = some(1, seed=3)[0]
    assert near(database, space, empty, query) == near(database, space, 99, query) == []
    assert near(database, other, owner, query) == near(database, 99, owner, query) == []
    assert near(database, space, owner, query, limit=0) == []


def test_owners_are_apart(database):
    ann, space, hers = fill(database, 30)
    with database.write() as tx:
        ben = new_owner(tx, "ben")
        spans = say(database, tx, ben, *["x"] * 60)
        rows = np.repeat(some(1, seed=9), 60, axis=0)
        database.vectors.put(tx, space, spans, rows)
    agree(near(database, space, ann, rows[0], limit=50), brute(hers, rows[0], 50))
    assert len(near(database, space, ben, rows[0], limit=100)) == 60


def test_a_second_vector_of_a_span_replaces_the_first(any_database):
    owner, space, vectors = fill(any_database, 20)
    near(any_database, space, owner, some(1, 5)[0])
    span, fresh = list(vectors)[3], some(1, seed=6)
    with any_database.write() as tx:
        any_database.vectors.put(tx, space, [span, span], np.repeat(fresh, 2, axis=0))
    vectors[span] = fresh[0]
    agree(near(any_database, space, owner, fresh[0], limit=20), brute(vectors, fresh[0], 20))


def test_a_span_that_was_erased_meanwhile_needs_no_vector(database):
    owner, space, vectors = fill(database, 3)
    gone = list(vectors)[1]
    with database.write() as tx:
        erase(database, tx, [gone])
    with database.write() as tx:
        database.vectors.put(tx, space, [gone, next(iter(vectors))], some(2, seed=4))
    assert len(near(database, space, owner, some(1, 7)[0])) == 2


def test_what_a_transaction_put_is_found_inside_it_and_forgotten_when_it_fails(any_database):
    owner, space, vectors = fill(any_database, 20)
    query, other = some(2, seed=8)
    near(any_database, space, owner, query)
    with pytest.raises(ZeroDivisionError), any_database.write() as tx:
        _put_find_and_fail(any_database, tx, owner, space, query, vectors)
    agree(near(any_database, space, owner, query, limit=30), brute(vectors, query, 30))
    with any_database.write() as tx:  # takes the numbers that the failed transaction had taken
        (span,) = say(any_database, tx, owner, "x")
        any_database.vectors.put(tx, space, [span], other[None])
    vectors[span] = other
    agree(near(any_database, space, owner, query, limit=30), brute(vectors, query, 30))


def _put_find_and_fail(database, tx, owner, space, query, vectors):
    (span,) = say(database, tx, owner, "x")
    database.vectors.put(tx, space, [span], query[None])
    found = database.vectors.search(tx, space, query, SpanFilter(owner), 30)
    agree(found, brute({**vectors, span: query}, query, 30))
    raise ZeroDivisionError


def test_what_a_transaction_erased_is_gone_inside_it_and_back_when_it_fails(any_database):
    owner, space, vectors = fill(any_database, 20)
    query = some(1, seed=8)[0]
    near(any_database, space, owner, query)
    first, second = list(vectors)[:2]
    with pytest.raises(ZeroDivisionError), any_database.write() as tx:
        _erase_look_and_fail(any_database, tx, owner, space, query, {**vectors}, first)
    with any_database.write() as tx:  # brings the counter of erasures to where the failed transaction had it
        erase(any_database, tx, [second])
    del vectors[second]
    agree(near(any_database, space, owner, query, limit=30), brute(vectors, query, 30))


def _erase_look_and_fail(database, tx, owner, space, query, vectors, gone):
    erase(database, tx, [gone])
    del vectors[gone]
    agree(database.vectors.search(tx, space, query, SpanFilter(owner), 30), brute(vectors, query, 30))
    raise ZeroDivisionError


def test_an_older_snapshot_sees_what_was_there(opened):
    one, two = opened(), opened()
    owner, space, vectors = fill(one, 40)
    query = some(1, seed=10)[0]
    with two.read() as before:
        with one.write() as tx:
            spans = say(one, tx, owner, *["x"] * 3)
            one.vectors.put(tx, space, spans, np.repeat(query[None], 3, axis=0))
        assert len(near(two, space, owner, query, limit=99)) == 43
        agree(two.vectors.search(before, space, query, SpanFilter(owner), 99), brute(vectors, query, 99))
        with one.write() as tx:
            erase(one, tx, [*spans, next(iter(vectors))])
        assert len(near(two, space, owner, query, limit=99)) == 39
        agree(two.vectors.search(before, space, query, SpanFilter(owner), 99), brute(vectors, query, 99))


@pytest.mark.parametrize("share", [2, 40])
def test_filters_select_before_ranking(any_database, share):
    rows = some(300, seed=11)
    with any_database.write() as tx:
        owner, space = new_owner(tx), new_space(tx)
        saids = [
            Said(
                ["x"],
                session=f"s{n % share}",
                role="user" if n % 3 else "assistant",
                said_at=n,
                recorded_at=n,
                metadata=json.dumps({"odd": n % 2 == 1}),
            )
            for n in range(300)
        ]
        spans = say(any_database, tx, owner, *saids)
        any_database.vectors.put(tx, space, spans, rows)
    query = some(1, seed=12)[0]

    def wanted(keep):
        return brute({spans[n]: rows[n] for n in range(300) if keep(n)}, query, 5)

    for where, keep in [
        ({"session_ids": ("s1",)}, lambda n: n % share == 1),
        ({"session_ids": ("s0", "s1"), "roles": ("assistant",)}, lambda n: n % share < 2 and n % 3 == 0),
        ({"since_ms": 290, "until_ms": 295}, lambda n: 290 <= n < 295),
        ({"as_of_ms": 20}, lambda n: n <= 20),
        ({"since_ms": 7, "until_ms": 8, "as_of_ms": 7}, lambda n: n == 7),
        ({"metadata": {"odd": True}}, lambda n: n % 2 == 1),
        ({"metadata": {"odd": True}, "since_ms": 250}, lambda n: n % 2 == 1 and n >= 250),
        ({"metadata": {"none": 1}}, lambda n: False),
        ({"session_ids": ("nowhere",)}, lambda n: False),
    ]:
        agree(near(any_database, space, owner, query, limit=5, **where), wanted(keep))


def test_metadata_is_looked_for_beyond_the_first_candidates(any_database):
    rows = some(600, seed=16)
    query = rows[0]
    ranked = np.argsort(-(rows @ query))
    rare = {int(ranked[place]) for place in (300, 500, 599)}
    with any_database.write() as tx:
        owner, space = new_owner(tx), new_space(tx)
        saids = [Said(["x"], metadata=json.dumps({"rare": n in rare})) for n in range(600)]
        spans = say(any_database, tx, owner, *saids)
        any_database.vectors.put(tx, space, spans, rows)
    wanted = brute({spans[n]: rows[n] for n in rare}, query, 3)
    agree(near(any_database, space, owner, query, limit=3, metadata={"rare": True}), wanted)
    agree(near(any_database, space, owner, query, limit=9, metadata={"rare": True}), wanted)


def test_memory_is_bounded_and_owners_take_turns(opened):
    database = opened()
    towns = [fill(database, 50, seed=n, name=f"u{n}") for n in range(6)]
    one = database.vectors
    one._memory_bytes = 3_000
    query = some(1, seed=13)[0]
    for owner, space, vectors in towns * 2:
        agree(near(database, space, owner, query, limit=9), brute(vectors, query, 9))
        assert one.held_bytes <= 3_000
    database = opened()
    database.vectors._memory_bytes = 100  # less than any owner needs: scanned in the database
    for owner, space, vectors in towns:
        agree(near(database, space, owner, query, limit=9), brute(vectors, query, 9))
        assert database.vectors.held_bytes == 0


def test_pages_of_a_database_scan_are_put_together(opened, monkeypatch):
    from fusion_memory.storage.sqlite import vectors as module

    monkeypatch.setattr(module, "_PAGE_ROWS", 7)
    database = opened(vector_memory_mb=0)
    owner, space, vectors = fill(database, 50)
    query = some(1, seed=14)[0]
    agree(near(database, space, owner, query, limit=9), brute(vectors, query, 9))
    assert database.vectors.held_bytes == 0
    larger = opened()
    agree(near(larger, space, owner, query, limit=9), brute(vectors, query, 9))


def test_dropping_a_space_empties_its_index(database):
    owner, space, _ = fill(database, 20)
    query = some(1, seed=15)[0]
    assert near(database, space, owner, query)
    with database.write() as tx:
        tx.run("space_drop_vectors", space_no=space)
    assert near(database, space, owner, query) == []


def test_a_zero_query_is_no_accident(database):
    owner, space, vectors = fill(database, 20)
    hits = near(database, space, owner, np.zeros(DIMENSION), limit=3)
    assert [score for _, score in hits] == [0.0, 0.0, 0.0]
    assert len(vectors) == 20


class ChangesFromTwoProcesses(RuleBasedStateMachine):
    """Two databases on one file stand for two processes; both must always see the same, the truth."""

    coded_from = exact_index.CODED_FROM

    def __init__(self):
        super().__init__()
        self.rng = np.random.default_rng(0)
        self.snapshot = None

    @initialize(folder=st.just(None))
    def open(self, folder):
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.databases = [open_database(f"{self.folder.name}/memory.db") for _ in range(2)]
        with self.databases[0].write() as tx:
            self.owner, self.space = new_owner(tx), new_space(tx)
        self.truth = {}

    @rule(which=st.integers(0, 1), count=st.integers(1, 9))
    def add(self, which, count):
        database = self.databases[which]
        rows = unit(self.rng.standard_normal((count, DIMENSION)))
        with database.write() as tx:
            spans = say(database, tx, self.owner, *["x"] * count)
            database.vectors.put(tx, self.space, spans, rows)
        self.truth |= dict(zip(spans, rows, strict=True))

    @precondition(lambda self: self.truth)
    @rule(which=st.integers(0, 1), data=st.data())
    def erase(self, which, data):
        gone = data.draw(st.lists(st.sampled_from(sorted(self.truth)), min_size=1, max_size=4, unique=True))
        with self.databases[which].write() as tx:
            erase(self.databases[which], tx, gone)
        for span in gone:
            del self.truth[span]

    @precondition(lambda self: self.truth)
    @rule(which=st.integers(0, 1), data=st.data())
    def replace(self, which, data):
        span = data.draw(st.sampled_from(sorted(self.truth)))
        row = unit(self.rng.standard_normal((1, DIMENSION)))
        with self.databases[which].write() as tx:
            self.databases[which].vectors.put(tx, self.space, [span], row)
        self.truth[span] = row[0]

    @precondition(lambda self: self.snapshot is None)
    @rule(which=st.integers(0, 1))
    def take_snapshot(self, which):
        reading = self.databases[which].read()
        self.snapshot = (which, reading, reading.__enter__(), dict(self.truth))

    @precondition(lambda self: self.snapshot)
    @rule()
    def end_snapshot(self):
        self.snapshot[1].__exit__(None, None, None)
        self.snapshot = None

    @invariant()
    def both_see_the_truth(self):
        if not hasattr(self, "truth"):
            return
        query = unit(self.rng.standard_normal(DIMENSION))
        for database in self.databases:
            agree(near(database, self.space, self.owner, query, limit=5), brute(self.truth, query, 5))
        if self.snapshot:
            which, _, tx, truth = self.snapshot
            hits = self.databases[which].vectors.search(tx, self.space, query, SpanFilter(self.owner), 5)
            agree(hits, brute(truth, query, 5))

    def teardown(self):
        if self.snapshot:
            self.snapshot[1].__exit__(None, None, None)
        for database in getattr(self, "databases", []):
            assert database.check() == []
            raw_total = near(database, self.space, self.owner, np.ones(DIMENSION, np.float32), limit=10_000)
            assert len(raw_total) == len(self.truth)
            database.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()


def test_two_processes_change_at_random():
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        ChangesFromTwoProcesses,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_counters_stand_for_vectors(database):
    owner, _, vectors = fill(database, 5)
    with database.write() as tx:
        erase(database, tx, list(vectors)[:2])
        assert raw(tx, "SELECT vectors, erasures > 0 FROM owners WHERE owner_no = ?", (owner,)) == [(5, 1)]

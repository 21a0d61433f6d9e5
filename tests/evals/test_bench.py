"""The measurements run on a real engine with a small fake model, and see faults that are planted."""

from dataclasses import replace
from functools import partial

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidOption
from fusion_memory.evals import bench as benches
from fusion_memory.evals.measures import activation as spreading
from fusion_memory.evals.measures import isolation as isolating
from fusion_memory.evals.measures import model as modelling
from fusion_memory.evals.measures import searching, storing, verbatim
from fusion_memory.evals.measures import service as serving
from fusion_memory.evals.measures.figure import Figure, Target, Verdict, size_name
from fusion_memory.evals.measures.startup import cpu_ms
from fusion_memory.evals.measures.workbench import Workbench
from fusion_memory.evals.run import Tools
from fusion_memory.retrieval.activation import Network, spread
from fusion_memory.testing.embedder import HashingEmbedder


class Counting(HashingEmbedder):
    """Counts how it is used."""

    loads = 0

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        type(self).loads += 1


@pytest.fixture
def bench(tmp_path):
    with Workbench(
        open_at=lambda file, prepared: MemoryService(file, embedder=HashingEmbedder()),
        open_model=lambda folder: Counting(),
        open_network=lambda *edges: partial(spread, Network.of(*edges)),
        folder=tmp_path,
        progress=Tools.silent().progress,
    ) as tools:
        yield tools


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (Target(20, 12), 12, Verdict.AIM),
        (Target(20, 12), 12.1, Verdict.FLOOR),
        (Target(20, 12), 20.1, Verdict.MISSED),
        (Target(99.9, 100, more_is_better=True), 100, Verdict.AIM),
        (Target(99.9, 100, more_is_better=True), 99.95, Verdict.FLOOR),
        (Target(150, more_is_better=True), 149, Verdict.MISSED),
        (Target(150, more_is_better=True), 151, Verdict.FLOOR),
        (None, 1, Verdict.UNJUDGED),
    ],
)
def test_verdicts(target, value, verdict):
    assert Figure("x", value, "ms", target).verdict is verdict


def test_names(bench):
    assert benches.chosen([]) == list(benches.MEASURES)
    assert benches.chosen(["search", "startup"]) == ["startup", "search"]
    with pytest.raises(InvalidOption) as caught:
        benches.chosen(["serach"])
    assert caught.value.fix == "fusion-memory bench search"
    assert [size_name(size) for size in (1_000, 100_000, 250)] == ["1k", "100k", "250"]


def test_cpu_time_of_a_process():
    import sys

    lazy = cpu_ms([sys.executable, "-c", "pass"])
    busy = cpu_ms([sys.executable, "-c", "sum(range(8_000_000))"])
    assert 0 < lazy < busy


def test_storing(bench, monkeypatch):
    monkeypatch.setattr(storing, "ADDS", 5)
    monkeypatch.setattr(storing, "WARM_UP_ADDS", 2)
    monkeypatch.setattr(storing, "BULK_TURNS", 60)
    figures = {figure.name: figure for figure in [*storing.add(bench), *storing.ingest(bench)]}
    assert set(figures) == {"add.p50", "add.p95", "ingest.rate"}
    assert all(figure.value > 0 for figure in figures.values())
    assert bench.degraded == set()


def test_searching(bench, monkeypatch):
    monkeypatch.setattr(searching, "TARGETS", {40: Target(20, 12), 100_000: Target(40, 20)})
    monkeypatch.setattr(searching, "QUESTIONS", 6)
    monkeypatch.setattr(searching, "WARM_UP_QUESTIONS", 2)
    figures = searching.search(bench)
    assert [figure.name for figure in figures] == ["search.40.p50", "search.40.p95"]
    assert "embed" in figures[0].detail
    assert "lanes" in figures[0].detail


def test_verbatim_sees_what_does_not_come_first(bench, monkeypatch):
    monkeypatch.setattr(verbatim, "MEMORIES", 100)
    monkeypatch.setattr(verbatim, "SAMPLE", 30)
    [figure] = verbatim.verbatim(bench)
    assert figure.value == 100, figure.detail
    victim = next(turn for turn in bench.turns(100) if turn.near is None)
    memory = bench.filled(100)
    scope = Scope(workspace_id="evaluation", user_id="person-1")
    [hit] = [hit for hit in memory.search(victim.text, scope) if hit.client_id == f"turn-{victim.number}"]
    memory.forget(scope, [hit.id])
    [figure] = verbatim.verbatim(replace_full(bench))
    assert figure.value < 100
    assert f"missed turns {victim.number}" in figure.detail


def replace_full(bench):
    bench.full = True
    return bench


@pytest.fixture
def few_people(monkeypatch):
    for name, value in {"PEOPLE": 3, "MEMORIES_EACH": 12, "QUESTIONS_EACH": 2, "RANKED_QUESTIONS": 4}.items():
        monkeypatch.setattr(isolating, name, value)
    monkeypatch.setattr(isolating, "OWN_MEMORIES", 30)
    monkeypatch.setattr(isolating, "FOREIGN_MATCHES", 9)


def test_people_are_apart(bench, few_people):
    assert [(figure.name, figure.value) for figure in isolating.isolation(bench)] == [
        ("isolation.rankings_changed", 0),
        ("isolation.leaks", 0),
    ]


def test_a_memory_that_mixes_people_is_seen(bench, few_people):
    class Mixing(MemoryService):
        """A planted fault: everybody is the same person."""

        def _enter(self, action, scope):
            everybody = Scope(workspace_id="one", user_id="all", session_id=scope.session_id)
            return super()._enter(action, everybody)

    bench.open_at = lambda file, prepared: Mixing(file, embedder=HashingEmbedder())
    moved, leaks = isolating.isolation(bench)
    assert moved.value > 0
    assert leaks.value > 10
    assert moved.verdict is leaks.verdict is Verdict.MISSED


def test_model(bench, monkeypatch):
    monkeypatch.setattr(modelling, "SENTENCES", 6)
    monkeypatch.setattr(modelling, "BATCH_SENTENCES", 8)
    names = [figure.name for figure in modelling.model(bench)]
    assert names == ["model.first_load", "model.load", "model.sentence", "model.rate"]
    assert Counting.loads >= 5
    bench.open_model = lambda folder: None
    assert modelling.model(bench) == []


def test_the_report(bench):
    figures = [Figure("search.1k.p50", 9.87654, "ms", Target(20, 12), "why")]
    report = benches.report_of(figures, bench, 1.25)
    assert report["figures"]["search.1k.p50"] == {
        "value": 9.877,
        "unit": "ms",
        "floor": 20,
        "aim": 12,
        "verdict": "aim",
        "detail": "why",
    }
    assert report["machine"]["cores"] >= 1


def test_missing_vectors_are_told(bench):
    bench.open_at = lambda file, prepared: MemoryService(file, embedder=None)
    bench.filled(20)
    assert bench.degraded == {"embedder_absent"}


def test_a_turn_is_stored_as_part_of_a_conversation(bench):
    from fusion_memory.evals.measures.workbench import message

    turn = next(bench.turns(1))
    assert message(replace(turn, number=41))["session_id"] == "session-2"


def test_spreading_is_measured(bench, monkeypatch):
    monkeypatch.setattr(spreading, "RUNS", 3)
    p50, p95, many = spreading.activation(bench)
    assert (p50.name, p95.name, many.name) == ("activation.p50", "activation.p95", "activation.many.p50")
    assert 0 < p50.value <= p95.value
    assert "20 seeds reach" in p50.detail


def test_the_service_is_measured_as_a_process_of_its_own(bench, monkeypatch):
    for name, value in {"SIZE": 30, "CLIENTS": 2, "QUESTIONS_EACH": 3, "WARM_UP_EACH": 1}.items():
        monkeypatch.setattr(serving, name, value)
    monkeypatch.setattr(serving, "TEXTS", 3)
    monkeypatch.setattr(serving, "WARM_UP_TEXTS", 1)
    process = serving.ServerProcess
    words = {"embedding.provider": "none"}
    monkeypatch.setattr(serving, "ServerProcess", lambda file, more=None: process(file, {**(more or {}), **words}))
    figures = {figure.name: figure for figure in serving.service(bench)}
    assert set(figures) == {
        "service.query.30.p50",
        "service.query.30.p99",
        "service.ingest.p50",
        "service.ingest.p99",
    }
    assert "2 clients, 6 questions" in figures["service.query.30.p50"].detail
    assert all(figure.value > 0 for figure in figures.values())

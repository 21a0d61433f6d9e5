"""How fast the service answers over HTTP: many clients asking at once, and one that stores while no model answers.

A real server process with the real model; clients are threads of this process on connections that stay open.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from fusion_memory.core.scope import Scope
from fusion_memory.evals import corpus
from fusion_memory.evals.measures.figure import Figure, Target, median, percentile, size_name
from fusion_memory.evals.measures.workbench import Workbench
from fusion_memory.evals.server_process import Line, ServerProcess, free_port

PERSON = "person"
SIZE = 10_000
CLIENTS = 8
QUESTIONS_EACH, QUESTIONS_EACH_FULL = 40, 200
WARM_UP_EACH = 5
TEXTS, WARM_UP_TEXTS = 200, 20

AT_REST = {"care.preset": "off"}
"""A memory that was just filled is due for every care task at once; that happens once and is not measured."""

QUERY_P50, QUERY_P99, INGEST_P50 = Target(60, 30), Target(250, 100), Target(15, 8)


def service(bench: Workbench) -> list[Figure]:
    """Milliseconds of ``POST /v1/query`` by eight clients, and of ``POST /v1/ingest`` while a model is down."""
    file = bench.kept(SIZE, Scope(user_id=PERSON))
    return [*_queries(bench, file), *_ingests(bench, file)]


def _queries(bench: Workbench, file: Path) -> list[Figure]:
    each = QUESTIONS_EACH_FULL if bench.full else QUESTIONS_EACH
    with ServerProcess(file, AT_REST) as server:
        _ask_all(bench, server, WARM_UP_EACH, bench.seed + 1)
        used = server.cpu_s()
        started = bench.clock.monotonic()
        taken = _ask_all(bench, server, each, bench.seed + 2)
        seconds = bench.clock.monotonic() - started
        cpu_ms = (server.cpu_s() - used) * 1_000 / len(taken)
    name = f"service.query.{size_name(SIZE)}"
    detail = f"{CLIENTS} clients, {len(taken):,} questions, {len(taken) / seconds:.0f} a second"
    detail += f", {cpu_ms:.1f} ms of processor time each"
    return [
        Figure(f"{name}.p50", median(taken), "ms", QUERY_P50, detail),
        Figure(f"{name}.p99", percentile(taken, 99), "ms", QUERY_P99, detail),
    ]


def _ask_all(bench: Workbench, server: ServerProcess, each: int, seed: int) -> list[float]:
    """Every client asks its own questions, one after the other; the milliseconds of all."""
    questions = corpus.questions(CLIENTS * each, seed)

    def ask(client: int) -> list[float]:
        with closing(Line(server.port)) as line:
            taken = []
            for question in questions[client * each : (client + 1) * each]:
                started = bench.clock.monotonic()
                line.post("/v1/query", {"namespace": PERSON, "query": question})
                taken.append((bench.clock.monotonic() - started) * 1_000)
            return taken

    with ThreadPoolExecutor(CLIENTS) as clients:
        return [one for taken in clients.map(ask, range(CLIENTS)) for one in taken]


def _ingests(bench: Workbench, file: Path) -> list[Figure]:
    nobody = AT_REST | {
        "llm.provider": "openai",
        "llm.model": "none",
        "llm.endpoint": f"http://127.0.0.1:{free_port()}/v1",
    }
    texts = [turn.text for turn in corpus.turns(WARM_UP_TEXTS + TEXTS, bench.seed + 3)]
    taken = []
    with ServerProcess(file, nobody) as server, closing(Line(server.port)) as line:
        for text in texts:
            started = bench.clock.monotonic()
            line.post("/v1/ingest", {"namespace": PERSON, "text": text})
            taken.append((bench.clock.monotonic() - started) * 1_000)
    measured = taken[WARM_UP_TEXTS:]
    detail = f"{TEXTS} texts, each durable, while the language model is down"
    return [
        Figure("service.ingest.p50", median(measured), "ms", INGEST_P50, detail),
        Figure("service.ingest.p99", percentile(measured, 99), "ms", None, detail),
    ]

"""What is counted for Prometheus: requests, calls of the memory, models, and at every scrape what waits.

Labels are of small, known sets: templates of routes, statuses, names of operations, codes of errors. No label and
no value tells who asked or what was said. This file must not know how a scrape is authorised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from fusion_memory.core.operations import Holdings, PipelineReport
from fusion_memory.core.reports import HealthCheck
from fusion_memory.core.settings import TelemetrySettings
from fusion_memory.core.telemetry import (
    ABSTAINED,
    ANSWER,
    CHAT,
    DEGRADED,
    EMBEDDINGS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    PACK_TOKENS,
    RECORDS,
    RERANK,
    SEARCH,
    TEXTS,
    Observation,
)

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
SHARES: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


class Meter:
    """Counts for one application; it observes everything its process does.

    Args:
        settings: prices, and how many tokens an agent has for a context.
    """

    def __init__(self, settings: TelemetrySettings) -> None:
        self.registry = CollectorRegistry()
        self._settings = settings
        self._requests = self._counter("http_requests", "Requests answered", "method", "route", "status")
        self._request_seconds = self._histogram("http_request_seconds", "Time to answer", SECONDS, "route")
        self._in_flight = Gauge("fusion_memory_http_in_flight", "Requests under way", registry=self.registry)
        self._seconds = self._histogram("operation_seconds", "Time of calls and models", SECONDS, "operation")
        self._failures = self._counter("operation_failures", "Calls and models that failed", "operation", "error")
        self._records = self._counter("records", "Memories that calls stored, found or erased", "operation")
        self._searches = self._counter("searches", "Searches, by whether they found any", "found")
        self._degraded = self._counter("degraded_searches", "Searches that lacked something")
        self._pack_tokens = self._counter("pack_tokens", "Tokens handed to agents in context packs")
        share = "Share of an agent's context (telemetry.context_tokens) that a pack takes"
        self._share = self._histogram("injected_token_share", share, SHARES)
        self._answers = self._counter("answers", "Answers, by whether they abstained", "abstained")
        self._tokens = self._counter("model_tokens", "Tokens of the language model since start", "direction")
        self._cost = self._counter("model_cost", "Cost of the language model since start, by the prices set")
        self._texts = self._counter("model_texts", "Texts embedded and passages reranked", "operation")

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """One request under way."""
        with self._in_flight.track_inprogress():
            yield

    def served(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request answered; ``route`` is a template, never a path."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def begin(self, observation: Observation) -> object:
        """See :class:`~fusion_memory.core.telemetry.Observer`."""
        del observation
        return None

    def end(self, observation: Observation, begun: object) -> None:
        """See :class:`~fusion_memory.core.telemetry.Observer`."""
        del begun
        name = observation.operation
        self._seconds.labels(name).observe(observation.seconds)
        if observation.error is not None:
            self._failures.labels(name, observation.error).inc()
            return
        if RECORDS in observation.attributes:
            self._records.labels(name).inc(_number(observation, RECORDS))
        kind = {SEARCH: self._searched, ANSWER: self._answered, CHAT: self._chatted}.get(name)
        if kind is not None:
            kind(observation)
        elif name in (EMBEDDINGS, RERANK):
            self._texts.labels(name).inc(_number(observation, TEXTS))

    def scrape(self, look: Callable[[], Iterable[Metric]]) -> bytes:
        """Everything in the text form of Prometheus; ``look`` tells what stands in the database."""
        now = CollectorRegistry(auto_describe=False)
        now.register(_Now(look))
        return generate_latest(self.registry) + generate_latest(now)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"fusion_memory_{name}", told, labels, registry=self.registry)

    def _histogram(self, name: str, told: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"fusion_memory_{name}", told, labels, buckets=buckets, registry=self.registry)

    def _searched(self, observation: Observation) -> None:
        self._searches.labels("yes" if _number(observation, RECORDS) else "no").inc()
        if observation.attributes.get(DEGRADED):
            self._degraded.inc()
        if PACK_TOKENS in observation.attributes:
            tokens = _number(observation, PACK_TOKENS)
            self._pack_tokens.inc(tokens)
            self._share.observe(tokens / max(self._settings.context_tokens, 1))

    def _answered(self, observation: Observation) -> None:
        self._answers.labels("yes" if observation.attributes.get(ABSTAINED) else "no").inc()

    def _chatted(self, observation: Observation) -> None:
        asked, told = _number(observation, INPUT_TOKENS), _number(observation, OUTPUT_TOKENS)
        self._tokens.labels("input").inc(asked)
        self._tokens.labels("output").inc(told)
        prices = self._settings.price_per_1k_input, self._settings.price_per_1k_output
        self._cost.inc((asked * prices[0] + told * prices[1]) / 1_000)


def gauges(report: PipelineReport, held: Holdings, checks: Iterable[HealthCheck], streams: int) -> Iterator[Metric]:
    """What stands in the database and in this process at this moment."""
    depth = GaugeMetricFamily("fusion_memory_queue_depth", "Jobs that wait", labels=["kind", "state"])
    age = GaugeMetricFamily("fusion_memory_queue_oldest_age_seconds", "Age of the oldest due job", labels=["kind"])
    dead = GaugeMetricFamily("fusion_memory_dead_letters", "Jobs that were given up", labels=["kind"])
    for queue in report.queues:
        depth.add_metric([queue.kind, "due"], queue.due)
        depth.add_metric([queue.kind, "put_off"], queue.waiting - queue.due)
        age.add_metric([queue.kind], queue.oldest_age_s)
        dead.add_metric([queue.kind], queue.dead)
    yield from (depth, age, dead)
    yield from _spending(report)
    yield GaugeMetricFamily("fusion_memory_database_bytes", "Size of the database", held.database_bytes)
    yield GaugeMetricFamily("fusion_memory_memories", "Memories", held.memories)
    yield GaugeMetricFamily("fusion_memory_facts", "Facts", held.facts)
    yield GaugeMetricFamily("fusion_memory_owners", "Owners", held.owners)
    yield GaugeMetricFamily("fusion_memory_event_streams", "Open event streams", streams)
    check_up = GaugeMetricFamily("fusion_memory_check_up", "1: the check is passed", labels=["check"])
    for check in checks:
        check_up.add_metric([check.name], 0 if check.status == "fail" else 1)
    yield check_up


def _spending(report: PipelineReport) -> Iterator[Metric]:
    """What models were used for since the database was made, by purpose."""
    calls = CounterMetricFamily("fusion_memory_model_calls", "Calls of the language model", labels=["purpose"])
    failed = CounterMetricFamily("fusion_memory_model_failures", "Calls without a reply", labels=["purpose"])
    seconds = CounterMetricFamily("fusion_memory_model_seconds", "Time of these calls", labels=["purpose"])
    for spent in report.models:
        calls.add_metric([spent.purpose], spent.calls)
        failed.add_metric([spent.purpose], spent.failures)
        seconds.add_metric([spent.purpose], spent.seconds)
    yield from (calls, failed, seconds)


class _Now(Collector):
    def __init__(self, look: Callable[[], Iterable[Metric]]) -> None:
        self._look = look

    def collect(self) -> Iterable[Metric]:
        """What a scrape finds."""
        return self._look()


def _number(observation: Observation, name: str) -> float:
    value = observation.attributes.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0

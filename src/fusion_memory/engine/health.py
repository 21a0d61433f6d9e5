"""The doctor: look at every part and say what works, what does not, and the one thing to do."""

from __future__ import annotations

from collections.abc import Iterator

from fusion_memory.core.errors import ModelError
from fusion_memory.core.reports import HealthCheck
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import audit, events, outbox, spaces

OK, WARN, FAIL = "ok", "warn", "fail"


def examine(parts: Parts, *, deep: bool) -> tuple[HealthCheck, ...]:
    """All checks, in the order a person would ask."""
    checks = [_database(parts), _model(parts), *_reranker(parts), _space(parts), _pending(parts)]
    if deep:
        checks += _rows(parts)
    return tuple(checks)


def _database(parts: Parts) -> HealthCheck:
    problems = parts.database.check()
    if problems:
        return HealthCheck("database", FAIL, "; ".join(problems[:3]), "fusion-memory restore BACKUP")
    return HealthCheck("database", OK, f"sound, {parts.database.size_bytes() / 1e6:.1f} MB")


def _model(parts: Parts) -> HealthCheck:
    if parts.embedder is None:
        fix = 'pip install "fusion-memory[local]"'
        return HealthCheck("embedder", WARN, "none: searches find words, not meanings", fix)
    try:
        parts.embedder.embed_queries(["ping 你好"])
    except ModelError as error:
        return HealthCheck("embedder", FAIL, error.what, error.fix)
    return HealthCheck("embedder", OK, parts.embedder.space.name)


def _reranker(parts: Parts) -> Iterator[HealthCheck]:
    """Nothing without one: a search needs none."""
    if parts.reranker is None:
        return
    try:
        parts.reranker.score("ping", ["pong", "你好"])
    except ModelError as error:
        yield HealthCheck("reranker", FAIL, error.what, error.fix)
    else:
        yield HealthCheck("reranker", OK, parts.reranker.name)


def _space(parts: Parts) -> HealthCheck:
    with parts.database.read() as tx:
        current = spaces.active(tx)
    if current is None:
        return HealthCheck("vectors", OK, "none yet")
    if parts.embedder and current[1] != parts.embedder.space:
        detail = f"stored as {current[1].name}, the model makes {parts.embedder.space.name}"
        return HealthCheck("vectors", FAIL, detail, "fusion-memory reindex")
    return HealthCheck("vectors", OK, current[1].name)


def _pending(parts: Parts) -> HealthCheck:
    with parts.database.read() as tx:
        waiting, reason = outbox.count(tx), outbox.last_error(tx)
    if not waiting:
        return HealthCheck("backlog", OK, "every passage has its vector")
    detail = f"{waiting} memories wait for vectors" + (f" ({reason})" if reason else "")
    return HealthCheck("backlog", WARN, detail, "fusion-memory reindex")


def _rows(parts: Parts) -> Iterator[HealthCheck]:
    with parts.database.read() as tx:
        damaged, broken = events.damaged(tx), audit.broken_at(tx)
    if damaged:
        detail = f"{len(damaged)} memories do not match their hash, first {damaged[0]}"
        yield HealthCheck("memories", FAIL, detail, "fusion-memory restore BACKUP")
    else:
        yield HealthCheck("memories", OK, "every memory matches its hash")
    if broken:
        yield HealthCheck("audit", FAIL, f"the chain breaks at row {broken}", "fusion-memory restore BACKUP")
    else:
        yield HealthCheck("audit", OK, "the chain is whole")

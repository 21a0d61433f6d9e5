"""The asynchronous edge: the same service, its calls in a thread, so that an event loop never waits.

It is one generic wrapper: no method is written twice, and a test compares the two faces.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial, wraps
from types import TracebackType
from typing import Any, Self

from fusion_memory.engine.service import MemoryService

CALLS = (
    "add",
    "add_batch",
    "ingest_log",
    "search",
    "answer",
    "answer_context",
    "recall",
    "packs",
    "pack",
    "replay_pack",
    "diff_packs",
    "get",
    "memories",
    "history",
    "forget",
    "forget_subject",
    "receipts",
    "verify_receipt",
    "policy",
    "set_policy",
    "preview_policy",
    "apply_policy",
    "hold",
    "release_hold",
    "holds",
    "decay",
    "stats",
    "feedback",
    "feedback_given",
    "trace",
    "catch_up",
    "reindex",
    "backup",
    "import_records",
    "health",
    "reranking",
    "close",
    "facts",
    "timeline",
    "compare_events",
    "get_current_views",
    "refresh_current_views",
    "get_entity_profile",
    "refresh_entity_profiles",
    "entities",
    "entity",
    "entity_graph",
    "related",
    "merge_entities",
    "split_entity",
    "add_alias",
    "remove_alias",
    "merge_suggestions",
    "conflicts",
    "correct",
    "retract",
    "encoding_report",
    "profile_report",
    "record_message",
    "working_memory",
    "ingest_conversation",
    "memory_flush",
    "drain_update_queue",
    "list_background_tasks",
    "process_background_tasks",
    "save_session",
    "refresh_session_summary",
    "get_session_summaries",
    "get_session_schemas",
    "condensations",
    "condense",
    "condensation_report",
    "compact_facts",
    "core_memory",
    "get_user_profile",
    "update_user_profile",
    "tell",
    "begin_once",
    "finish_once",
    "abandon_once",
    "happenings",
    "pipeline",
    "holdings",
    "reset_session",
    "prompts",
    "seed",
    "readiness",
    "points",
    "create_key",
    "create_operator_key",
    "keys",
    "revoke_key",
    "rotate_key",
    "audit",
    "verify_audit",
    "recognise_key",
    "has_keys",
    "note_refused",
    "submit_job",
    "job",
    "jobs",
    "retry_job",
    "cancel_job",
    "run_care",
    "care_tasks",
    "care_schedule",
    "start_worker",
)
STREAMS = ("answer_stream",)
"""What comes in parts: ``async for part in memory.answer_stream(...)``."""
"""The methods of :class:`MemoryService` that wait for disk or model and are awaited here."""


class AsyncMemoryService:
    """:class:`MemoryService` for asyncio: the same arguments, the same results, awaited.

    ``async with AsyncMemoryService("memory.db") as memory: await memory.add(...)``
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (those of MemoryService)
        self._service = MemoryService(*args, **kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in STREAMS:
            return _streamed(getattr(self._service, name))
        if name not in CALLS:
            raise AttributeError(f"AsyncMemoryService has no {name!r}")
        return _awaited(getattr(self._service, name))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *CALLS, *STREAMS})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._service.close)


def _streamed(call: Callable[..., Iterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    @wraps(call)
    async def stream(*values: Any, **named: Any) -> AsyncIterator[Any]:  # noqa: ANN401 (the call's own)
        parts = await asyncio.to_thread(partial(call, *values, **named))
        while (part := await asyncio.to_thread(next, parts, None)) is not None:
            yield part

    return stream


def _awaited(call: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    @wraps(call)
    async def run(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (those of the wrapped call)
        return await asyncio.to_thread(partial(call, *args, **kwargs))

    return run

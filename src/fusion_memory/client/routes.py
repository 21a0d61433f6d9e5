"""Which route each call of the protocol takes. A new call needs a line here; a test misses it otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fusion_memory.client.calls import Route


def _read(path: str, **names: str) -> Route:
    return Route("GET", path, names)


def _ask(path: str, **names: str) -> Route:
    """A question that is too long for a query string."""
    return Route("POST", path, names, reads=True)


def _write(path: str, **names: str) -> Route:
    return Route("POST", path, names)


ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        "add": _write("/v1/memories"),
        "add_batch": _write("/v1/memories/batch"),
        "ingest_log": _write("/v1/log"),
        "search": _ask("/v1/memories/search"),
        "memories": _read("/v1/memories", after="cursor"),
        "related": _read("/v1/memories/{memory_id}/related"),
        "history": _read("/v1/history"),
        "forget": _write("/v1/memories/forget"),
        "feedback": _write("/v1/feedback"),
        "feedback_given": _read("/v1/feedback"),
        "forget_subject": _write("/v1/subjects/forget"),
        "receipts": _read("/v1/receipts"),
        "verify_receipt": _read("/v1/receipts/{receipt_id}"),
        "policy": _read("/v1/policy"),
        "set_policy": Route("PATCH", "/v1/policy"),
        "preview_policy": _ask("/v1/policy/preview"),
        "apply_policy": Route("POST", "/v1/policy/apply", slow=True),
        "holds": _read("/v1/holds"),
        "hold": _write("/v1/holds"),
        "release_hold": _write("/v1/holds/{hold_id}/release"),
        "decay": _ask("/v1/decay"),
        "stats": _read("/v1/stats"),
        "reindex": Route("POST", "/v1/reindex", {"scope": ""}, slow=True),
        "answer_context": _ask("/v1/packs"),
        "recall": _ask("/v1/recall"),
        "answer": Route("POST", "/v1/answers", reads=True, slow=True),
        "answer_stream": Route("POST", "/v1/answers/stream", reads=True, slow=True),
        "packs": _read("/v1/packs"),
        "pack": _read("/v1/packs/{pack_id}"),
        "replay_pack": _ask("/v1/packs/{pack_id}/replay"),
        "diff_packs": _read("/v1/packs/{first}/diff/{second}"),
        "facts": _read("/v1/facts"),
        "correct": _write("/v1/facts/{fact_id}/correct"),
        "retract": _write("/v1/facts/{fact_id}/retract"),
        "conflicts": _read("/v1/conflicts"),
        "entities": _read("/v1/entities"),
        "entity_graph": _read("/v1/graph"),
        "merge_suggestions": _read("/v1/entities/suggestions"),
        "merge_entities": _write("/v1/entities/merge"),
        "split_entity": _write("/v1/entities/split"),
        "add_alias": _write("/v1/entities/aliases"),
        "remove_alias": Route("DELETE", "/v1/entities/aliases"),
        "timeline": _read("/v1/timeline"),
        "compare_events": _read("/v1/compare", event_a="first", event_b="second"),
        "get_current_views": _read("/v1/views"),
        "refresh_current_views": Route("POST", "/v1/views/refresh", slow=True),
        "get_entity_profile": _read("/v1/profiles", entity_id="entity"),
        "working_memory": _read("/v1/working"),
        "record_message": _write("/v1/working"),
        "ingest_conversation": _write("/v1/conversations"),
        "save_session": _write("/v1/sessions/save"),
        "memory_flush": Route("POST", "/v1/sessions/flush", slow=True),
        "get_session_summaries": _read("/v1/summaries"),
        "refresh_session_summary": _write("/v1/summaries/refresh"),
        "get_session_schemas": _read("/v1/schemas"),
        "condensations": _read("/v1/condensations"),
        "condense": Route("POST", "/v1/condensations", slow=True),
        "condensation_report": _read("/v1/condensations/report"),
        "compact_facts": _read("/v1/digests"),
        "core_memory": _read("/v1/core"),
        "get_user_profile": _read("/v1/profile"),
        "update_user_profile": Route("PATCH", "/v1/profile"),
        "tell": _write("/v1/tell"),
        "encoding_report": _ask("/v1/reports/encoding"),
        "profile_report": _ask("/v1/reports/profiles"),
        "list_background_tasks": _read("/v1/tasks"),
        "process_background_tasks": Route("POST", "/v1/tasks/process", slow=True),
        "drain_update_queue": Route("POST", "/v1/tasks/drain", slow=True),
        "submit_job": _write("/v1/jobs"),
        "job": _read("/v1/jobs/{job_id}"),
        "jobs": _read("/v1/jobs"),
        "retry_job": _write("/v1/jobs/{job_id}/retry"),
        "cancel_job": _write("/v1/jobs/{job_id}/cancel"),
        "run_care": Route("POST", "/v1/care/run", slow=True),
        "care_tasks": _read("/v1/care/tasks"),
        "care_schedule": _read("/v1/care/schedule"),
    }
)
"""Every call but ``get``, which takes one of :data:`OBJECTS`, and ``close``."""

KEYS = "Keys are made and ended where the service runs."
AUDIT = "The audit trail is read where the service runs."

NOT_OFFERED: Mapping[str, str] = MappingProxyType(
    {
        "create_key": KEYS,
        "create_operator_key": KEYS,
        "keys": KEYS,
        "revoke_key": KEYS,
        "rotate_key": KEYS,
        "audit": AUDIT,
        "verify_audit": AUDIT,
    }
)
"""Calls that no route takes, and why; a client refuses them."""

OBJECTS: Mapping[str, Route] = MappingProxyType(
    {
        "memory": _read("/v1/memories/{object_id}"),
        "span": _read("/v1/spans/{memory_id}/{number}"),
        "trace": _read("/v1/traces/{object_id}"),
        "fact": _read("/v1/facts/{object_id}"),
        "entity": _read("/v1/entities/{object_id}"),
    }
)
"""Where an object of each type is fetched."""

MEMORY_HISTORY = _read("/v1/memories/{fact_id}/history", entity="", limit="")
EXPORT = Route("GET", "/v1/export", slow=True)
IMPORT = Route("POST", "/v1/import", slow=True)

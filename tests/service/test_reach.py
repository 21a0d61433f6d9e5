"""Every call of a memory can be made over HTTP: a new method fails here until it has a route."""

import inspect

import pytest
from fastapi.testclient import TestClient

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.errors import NotFound
from fusion_memory.core.served import ServedMemory
from fusion_memory.service.app import create_app

ANA = {"scope": {"user_id": "ana"}}
ASKED = {**ANA, "query": "Where?"}
NOT_ROUTED = {
    "close": "whoever opened the memory closes it",
}
REACH = {
    "add": ("POST", "/v1/memories", {**ANA, "input": "I keep bees."}),
    "add_batch": ("POST", "/v1/memories/batch", {**ANA, "inputs": ["I keep bees."]}),
    "ingest_log": ("POST", "/v1/log", {**ANA, "records": ["I keep bees."]}),
    "search": ("POST", "/v1/memories/search", ASKED),
    "get": ("GET", "/v1/memories/mem_1?user_id=ana", None),
    "memories": ("GET", "/v1/memories?user_id=ana", None),
    "history": ("GET", "/v1/history?user_id=ana", None),
    "forget": ("POST", "/v1/memories/forget", {**ANA, "ids": ["mem_1"]}),
    "feedback": ("POST", "/v1/feedback", {**ANA, "memory_id": "mem_1", "useful": True}),
    "feedback_given": ("GET", "/v1/feedback?user_id=ana", None),
    "stats": ("GET", "/v1/stats?user_id=ana", None),
    "reindex": ("POST", "/v1/reindex", {}),
    "answer_context": ("POST", "/v1/packs", ASKED),
    "recall": ("POST", "/v1/recall", ASKED),
    "answer": ("POST", "/v1/answers", ASKED),
    "packs": ("GET", "/v1/packs?user_id=ana", None),
    "pack": ("GET", "/v1/packs/pack_1?user_id=ana", None),
    "replay_pack": ("POST", "/v1/packs/pack_1/replay", ANA),
    "diff_packs": ("GET", "/v1/packs/pack_1/diff/pack_2?user_id=ana", None),
    "facts": ("GET", "/v1/facts?user_id=ana", None),
    "timeline": ("GET", "/v1/timeline?user_id=ana", None),
    "compare_events": ("GET", "/v1/compare?user_id=ana&first=a&second=b", None),
    "get_current_views": ("GET", "/v1/views?user_id=ana", None),
    "refresh_current_views": ("POST", "/v1/views/refresh", ANA),
    "get_entity_profile": ("GET", "/v1/profiles?user_id=ana&entity=Eva", None),
    "entities": ("GET", "/v1/entities?user_id=ana", None),
    "entity_graph": ("GET", "/v1/graph?user_id=ana&entity=Eva", None),
    "related": ("GET", "/v1/memories/mem_1/related?user_id=ana", None),
    "merge_entities": ("POST", "/v1/entities/merge", {**ANA, "keep": "Robert", "other": "Bob"}),
    "split_entity": ("POST", "/v1/entities/split", {**ANA, "name": "Bob"}),
    "add_alias": ("POST", "/v1/entities/aliases", {**ANA, "entity": "Robert", "alias": "Rob"}),
    "remove_alias": ("DELETE", "/v1/entities/aliases?user_id=ana&entity=Robert&alias=Rob", None),
    "merge_suggestions": ("GET", "/v1/entities/suggestions?user_id=ana", None),
    "conflicts": ("GET", "/v1/conflicts?user_id=ana", None),
    "correct": ("POST", "/v1/facts/fact_1/correct", {**ANA, "object": "Porto"}),
    "retract": ("POST", "/v1/facts/fact_1/retract", ANA),
    "encoding_report": ("POST", "/v1/reports/encoding", ANA),
    "profile_report": ("POST", "/v1/reports/profiles", ANA),
    "drain_update_queue": ("POST", "/v1/tasks/drain", {}),
    "list_background_tasks": ("GET", "/v1/tasks?user_id=ana", None),
    "process_background_tasks": ("POST", "/v1/tasks/process", ANA),
    "submit_job": ("POST", "/v1/jobs", {**ANA, "kind": "rebuild"}),
    "job": ("GET", "/v1/jobs/job_1?user_id=ana", None),
    "jobs": ("GET", "/v1/jobs?user_id=ana", None),
    "retry_job": ("POST", "/v1/jobs/job_1/retry", ANA),
    "cancel_job": ("POST", "/v1/jobs/job_1/cancel", ANA),
    "run_care": ("POST", "/v1/care/run", {**ANA, "task": "profiles"}),
    "care_tasks": ("GET", "/v1/care/tasks", None),
    "care_schedule": ("GET", "/v1/care/schedule", None),
    "record_message": ("POST", "/v1/working", {**ANA, "role": "user", "content": "I keep bees."}),
    "working_memory": ("GET", "/v1/working?user_id=ana", None),
    "ingest_conversation": ("POST", "/v1/conversations", {**ANA, "messages": [{"content": "I keep bees."}]}),
    "save_session": ("POST", "/v1/sessions/save", ANA),
    "memory_flush": ("POST", "/v1/sessions/flush", ANA),
    "refresh_session_summary": ("POST", "/v1/summaries/refresh", ANA),
    "get_session_summaries": ("GET", "/v1/summaries?user_id=ana", None),
    "get_session_schemas": ("GET", "/v1/schemas?user_id=ana", None),
    "condensations": ("GET", "/v1/condensations?user_id=ana", None),
    "condensation_report": ("GET", "/v1/condensations/report?user_id=ana", None),
    "condense": ("POST", "/v1/condensations", ANA),
    "compact_facts": ("GET", "/v1/digests?user_id=ana&max_facts=1", None),
    "core_memory": ("GET", "/v1/core?user_id=ana", None),
    "get_user_profile": ("GET", "/v1/profile?user_id=ana", None),
    "update_user_profile": ("PATCH", "/v1/profile", {**ANA, "updates": {"language": "pt"}}),
    "tell": ("POST", "/v1/tell", {**ANA, "text": "Remember the bees."}),
    "forget_subject": ("POST", "/v1/subjects/forget", ANA),
    "receipts": ("GET", "/v1/receipts?user_id=ana", None),
    "verify_receipt": ("GET", "/v1/receipts/rcpt_1?user_id=ana", None),
    "policy": ("GET", "/v1/policy?user_id=ana", None),
    "set_policy": ("PATCH", "/v1/policy", {**ANA, "changes": {"ttl_days": 90}}),
    "preview_policy": ("POST", "/v1/policy/preview", ANA),
    "apply_policy": ("POST", "/v1/policy/apply", ANA),
    "holds": ("GET", "/v1/holds?user_id=ana", None),
    "hold": ("POST", "/v1/holds", {**ANA, "reason": "matter 12"}),
    "release_hold": ("POST", "/v1/holds/hold_1/release", ANA),
    "decay": ("POST", "/v1/decay", ANA),
    "keys": ("GET", "/v1/keys?workspace_id=acme", None),
    "create_key": ("POST", "/v1/keys", {"scope": {"workspace_id": "acme"}, "label": "nightly"}),
    "create_operator_key": ("POST", "/v1/keys", {"label": "nightly", "operator": True}),
    "revoke_key": ("DELETE", "/v1/keys/key_1?workspace_id=acme", None),
    "rotate_key": ("POST", "/v1/keys/key_1/rotate", {"scope": {"workspace_id": "acme"}}),
    "audit": ("GET", "/v1/audit?workspace_id=acme", None),
    "verify_audit": ("GET", "/v1/audit/verify", None),
    "answer_stream": ("POST", "/v1/answer/stream", {"namespace": "ana", "query": "Where?"}),
    "export": ("GET", "/v1/export?user_id=ana", None),
    "import_records": ("POST", "/v1/import?user_id=ana", None),
}
"""A request for each method of the protocol."""


class Recording:
    """A memory that notes what is asked of it and has nothing."""

    def __init__(self):
        self.calls = []

    def acting_as(self, principal):
        return self

    def __getattr__(self, name):
        signature = inspect.signature(getattr(ServedMemory, name))

        def call(*values, **named):
            signature.bind(self, *values, **named)
            self.calls.append(name)
            raise NotFound

        return call


def methods(protocol):
    return {name for name in dir(protocol) if not name.startswith("_") and callable(getattr(protocol, name))}


def test_every_method_has_a_route():
    assert (methods(MemoryApi) | {"export", "import_records"}) - set(NOT_ROUTED) == set(REACH)


REACHED_OTHERWISE = {
    "answer_stream": ("POST", "/v1/answers/stream", ASKED),
}
"""Calls with a second route, for scopes of any kind."""


@pytest.mark.parametrize("method", REACH)
def test_a_route_makes_its_call_as_the_protocol_has_it(method):
    for verb, path, body in (routes[method] for routes in (REACH, REACHED_OTHERWISE) if method in routes):
        memory = Recording()
        with TestClient(create_app(memory)) as http:
            response = http.request(verb, path, json=body)
        assert memory.calls == [method], response.text
        assert (response.status_code, response.json()["code"]) == (404, "not_found")

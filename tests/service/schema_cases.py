"""Requests made from the contract, valid and invalid, and what must be true of every response to them.

Most requests are led to what is really there (the owner, ids of memories, facts, packs), because ids made up
by chance never get past the door. What a run finds is counted, not raised: one run shows everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi.checks import JsonSchemaError, UndefinedContentType, UndefinedStatusCode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

schemathesis.serializer.alias("application/x-ndjson", "text/plain")

ENDLESS = frozenset({"/v1/events"})
"""It answers for as long as it is listened to; its own tests do that."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
OWNER = {"user_id": "ana"}
ELSEWHERE = ("workspace_id", "agent_id", "run_id", "session_id", "app_id")
IN_WORDS = {"entity": "Eva", "alias": "Evi", "keep": "Robert", "other": "Bob", "name": "Bob"}
NAMED = (UndefinedStatusCode, UndefinedContentType, JsonSchemaError)


@dataclass
class Outcome:
    """What a run has seen: responses by status, operations that worked, and failures by operation and kind."""

    statuses: Counter = field(default_factory=Counter)
    worked: set = field(default_factory=set)
    failures: dict = field(default_factory=dict)

    @property
    def cases(self):
        return self.statuses.total()


def run(app, known: Callable[[], Mapping[str, list[str]]], cases: int, first_seed: int = 1) -> Outcome:
    """So many requests, spread evenly over the operations and over valid and invalid ones."""
    outcome = Outcome()
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in operations if one.path not in ENDLESS]
    turn = first_seed
    while outcome.cases < cases:
        share = max(1, -(-(cases - outcome.cases) // (len(operations) * len(MODES))))
        for operation in operations:
            for mode in MODES:
                _ask(operation, mode, min(share, cases - outcome.cases), turn, known(), outcome)
        turn += 1
    return outcome


def _ask(operation, mode, share, turn, known, outcome):
    if share < 1:
        return

    @seed(turn)
    @settings(
        max_examples=share,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), lot=st.integers(0, 2**16))
    def ask(case, lot):
        if lot % 4:
            _lead(case, known, lot)
        response = case.call()
        outcome.statuses[response.status_code] += 1
        if response.status_code < 400:
            outcome.worked.add(operation.label)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                kind = type(failure).__name__
                outcome.failures.setdefault((operation.label, kind), f"{failure}\n{case.as_curl_command()}")

    try:
        ask()
    except (Unsatisfiable, InvalidArgument):
        return  # an operation that takes nothing has no invalid requests


def _lead(case, known, lot):
    """Let a request be about what is there."""
    ids = {name: found[lot // 2 % len(found)] for name, found in known.items() if found}
    _fill(case.path_parameters or {}, ids)
    if isinstance(case.body, str) and "export" in ids:
        case.body = ids["export"] if lot % 8 < 4 else case.body + ids["export"][: lot % 4_000]
    if isinstance(case.body, dict):
        _lead_body(case.body, ids, lot)
    elif isinstance(case.query, dict):  # a query, or a text as the body
        _fill(case.query, IN_WORDS)
        for name in ("cursor", "recipe", *ELSEWHERE):
            if lot % 8 != 1:
                case.query.pop(name, None)
        case.query |= OWNER


def _lead_body(body, ids, lot):
    _fill(body, {**ids, **IN_WORDS})
    if "ids" in body and "memory_id" in ids:
        body["ids"] = [ids["memory_id"]]
    if isinstance(body.get("options"), dict):
        body["options"].pop("recipe", None)
    if "namespace" in body:
        body["namespace"] = OWNER["user_id"]
        body.pop("recipe", None)
    elif isinstance(body.get("scope", {}), dict):
        body["scope"] = {**OWNER, "session_id": "monday"} if lot % 8 == 3 else dict(OWNER)


def _fill(fields, ids):
    for name in fields.keys() & ids.keys():
        fields[name] = ids[name]

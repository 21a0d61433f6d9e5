"""Every operation by every role: the table in ``rights_matrix.tsv`` says what comes of it.

An operation that is not in the table fails here. ``python tests/service/test_rights_matrix.py`` writes it anew;
whoever does so reads the difference: no role may get more than it should.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from gate_fixtures import bearer, serving
from rights_requests import ENDLESS, ROLES, keys_of, operations, request_of

from fusion_memory import Scope

TABLE = Path(__file__).with_name("rights_matrix.tsv")
DOCUMENT, OPERATIONS = operations()
OPEN = {"GET /health", "GET /healthz", "GET /readyz", "GET /version"}
"""What needs no key and tells nothing of any memory."""

OWN = {
    "POST /v1/ingest",
    "POST /v1/query",
    "POST /v1/answer",
    "POST /v1/answer/stream",
    "GET /v1/care/tasks",
    "GET /v1/ops/procedural",
}
"""What names no workspace: a caller from elsewhere gets its own."""


def measured(http, secrets, name):
    """The statuses of one operation, by role."""
    verb, address, query, body = request_of(name, DOCUMENT, OPERATIONS[name])
    found = []
    for role in ROLES:
        if name in ENDLESS and role in {"read", "write", "admin", "operator"}:
            found.append("stream")
            continue
        headers = bearer(secrets[role]) if role in secrets else {}
        reply = http.request(verb, address, params=query, json=body, headers=headers)
        found.append(str(reply.status_code))
    return found


@pytest.fixture(scope="module")
def guarded_service():
    with serving(limits={"key_per_minute": 0, "tenant_per_minute": 0, "stranger_per_minute": 0}) as (http, memory):
        secrets = keys_of(memory)
        memory.add("I keep bees.", Scope(workspace_id="acme", user_id="ana"))
        time.sleep(0.01)
        yield http, secrets


def written():
    lines = TABLE.read_text("utf-8").splitlines()
    assert tuple(lines[0].split("\t")[1:]) == ROLES
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines[1:]}


def test_every_operation_is_listed():
    assert set(written()) == set(OPERATIONS), "python tests/service/test_rights_matrix.py"


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_gives_each_role_what_the_table_says(guarded_service, name):
    http, secrets = guarded_service
    assert dict(zip(ROLES, measured(http, secrets, name), strict=True)) == dict(
        zip(ROLES, written()[name], strict=True)
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_table_lets_nobody_in_who_has_no_key_or_lives_elsewhere(name):
    statuses = dict(zip(ROLES, written()[name], strict=True))
    if name in OPEN:
        return
    for role in ("nobody", "expired", "revoked"):
        assert statuses[role] == "401"
    assert statuses["elsewhere"] in ({"403", "404", "422"} if name not in OWN else {"200"}), (
        "it names another tenant"
    )
    assert not (statuses["read"].startswith("2") and not statuses["admin"].startswith("2"))


def write():
    """Write the table as the service answers now."""
    with serving(limits={"key_per_minute": 0, "tenant_per_minute": 0, "stranger_per_minute": 0}) as (http, memory):
        secrets = keys_of(memory)
        memory.add("I keep bees.", Scope(workspace_id="acme", user_id="ana"))
        time.sleep(0.01)
        rows = ["\t".join(("operation", *ROLES))]
        rows += ["\t".join((name, *measured(http, secrets, name))) for name in OPERATIONS]
    TABLE.write_text("\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    write()

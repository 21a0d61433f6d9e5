"""The audit trail: who did what, in which tenant, for which request; nothing of it changes unseen."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from fusion_memory import MemoryService, Principal, Scope
from fusion_memory.core.audit import AuditFilter
from fusion_memory.core.errors import AccessDenied, InvalidInput
from fusion_memory.core.scope import Action, Bounds
from fusion_memory.core.service_errors import Unauthenticated
from fusion_memory.engine.denials import ALL_PER_MINUTE, EACH_PER_MINUTE

ANA, BEN = Scope(workspace_id="acme", user_id="ana"), Scope(workspace_id="acme", user_id="ben")
OTHER = Scope(workspace_id="beta", user_id="ana")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.db"


@pytest.fixture
def memory(path):
    with MemoryService(path, embedder=None, llm=None) as memory:
        yield memory


def said(memory, count=5):
    for number in range(count):
        memory.add(f"Note {number}.", ANA)


def tampered(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as outside:
        for statement in statements:
            outside.execute(statement)


def unlocked(path, *statements):
    tampered(path, "DROP TRIGGER audit_is_not_changed", "DROP TRIGGER audit_is_not_erased", *statements)


def test_a_deed_says_who_where_and_for_which_request(memory):
    caller = Principal("key:k1", frozenset(Action), Bounds("acme"), "key", "req_7")
    memory.acting_as(caller).add("I like tea.", ANA)
    [record] = memory.audit().records
    assert (record.principal, record.kind, record.tenant, record.request_id, record.action) == (
        "key:k1",
        "key",
        "acme",
        "req_7",
        "add",
    )
    assert "tea" not in repr(record)


def test_the_trail_is_read_by_tenant_owner_and_filter_page_by_page(memory):
    said(memory, 3)
    memory.add("Note.", BEN)
    memory.add("Note.", OTHER)
    memory.acting_as(Principal("worker", request_id="req_1")).add("Other.", OTHER)
    acme = memory.audit(Scope(workspace_id="acme"))
    assert [record.number for record in acme.records] == [4, 3, 2, 1]
    assert {record.tenant for record in acme.records} == {"acme"}
    assert [record.number for record in memory.audit(BEN).records] == [4]
    assert memory.audit(Scope(workspace_id="acme", user_id="nobody")).records == ()
    assert [one.number for one in memory.audit(wanted=AuditFilter(principal="worker")).records] == [6]
    assert [one.number for one in memory.audit(wanted=AuditFilter(request_id="req_1")).records] == [6]
    assert memory.audit(wanted=AuditFilter(action="forget")).records == ()
    assert memory.audit(wanted=AuditFilter(until="2020-01-01")).records == ()
    assert len(memory.audit(wanted=AuditFilter(since="2020-01-01")).records) == 6
    seen, before = [], None
    while True:
        page = memory.audit(limit=4, before=before)
        seen += [record.number for record in page.records]
        before = page.next_before
        if before is None:
            break
    assert seen == [6, 5, 4, 3, 2, 1]
    with pytest.raises(InvalidInput):
        memory.audit(limit=0)


def test_the_trail_cannot_be_changed(memory, path):
    said(memory)
    for statement in (
        "UPDATE audit SET principal = 'x'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE audit_no = 5",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            tampered(path, statement)
    verdict = memory.verify_audit()
    assert (verdict.whole, verdict.rows) == (True, 5)
    assert verdict.head.startswith("5:")


@pytest.mark.parametrize(
    ("statement", "broken_at", "reason"),
    [
        ("UPDATE audit SET principal = 'somebody' WHERE audit_no = 3", 3, "altered"),
        ("UPDATE audit SET kind = NULL, tenant = NULL, request_id = NULL WHERE audit_no = 2", 2, "altered"),
        ("UPDATE audit SET tenant = 'beta' WHERE audit_no = 4", 4, "altered"),
        ("UPDATE audit SET request_id = 'req' WHERE audit_no = 4", 4, "altered"),
        ("DELETE FROM audit WHERE audit_no = 3", 3, "missing"),
        ("DELETE FROM audit WHERE audit_no = 1", 1, "missing"),
        ("DELETE FROM audit WHERE audit_no >= 4", 4, "truncated"),
        ("DELETE FROM audit", 1, "truncated"),
    ],
)
def test_tampering_is_seen_and_the_first_row_named(memory, path, statement, broken_at, reason):
    said(memory)
    unlocked(path, statement)
    verdict = memory.verify_audit()
    assert (verdict.broken_at, verdict.reason) == (broken_at, reason)


def test_a_head_that_was_kept_elsewhere_shows_what_the_chain_alone_cannot(memory, path):
    said(memory)
    head = memory.verify_audit().head
    said(memory, 1)
    assert memory.verify_audit(head).whole
    unlocked(
        path, "DELETE FROM audit WHERE audit_no >= 4", "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'"
    )
    assert memory.verify_audit().whole
    assert memory.verify_audit(head).reason == "head"
    said(memory, 4)
    assert memory.verify_audit().whole
    assert (memory.verify_audit(head).broken_at, memory.verify_audit(head).reason) == (5, "head")
    for wrong in ("", "5", "5:xyz", "0:" + "0" * 32, head + "0"):
        with pytest.raises(InvalidInput):
            memory.verify_audit(wrong)


def test_rows_of_an_older_version_still_verify(memory, path):
    said(memory, 1)
    legacy = memory.audit().records[0]
    assert legacy.kind == "local"
    from fusion_memory.memory import audit

    columns = {"at": 1, "principal": "local", "action": "add", "owner_no": 1, "subject": "[]", "detail": "{}"}
    link = audit._chain(bytes.fromhex(legacy.hash), columns)
    with closing(sqlite3.connect(path, isolation_level=None)) as outside:
        outside.execute(
            "INSERT INTO audit (at, principal, action, owner_no, subject, detail, previous, hash)"
            " VALUES (1, 'local', 'add', 1, '[]', '{}', ?, ?)",
            (bytes.fromhex(legacy.hash), link),
        )
    assert memory.verify_audit().whole
    assert len(memory.audit(Scope(workspace_id="acme")).records) == 2


def test_refusals_are_written_down_with_the_callers_own_tenant_and_are_no_flood_door(memory):
    caller = memory.acting_as(Principal("key:k1", frozenset({Action.READ}), Bounds("acme"), "key", "req_9"))
    for _ in range(50):
        with pytest.raises(AccessDenied):
            caller.stats(OTHER)
    records = memory.audit().records
    assert len(records) == EACH_PER_MINUTE
    assert {(one.action, one.tenant, one.principal, one.request_id) for one in records} == {
        ("denied", "acme", "key:k1", "req_9")
    }
    assert memory.audit(Scope(workspace_id="beta")).records == ()
    for number in range(200):
        with pytest.raises(Unauthenticated):
            memory.recognise_key(f"fmk_{number:012}_{'0' * 52}")
    records = memory.audit(limit=1_000).records
    assert len(records) == ALL_PER_MINUTE
    assert {one.kind for one in records if one.action == "refused"} == {"anonymous"}
    assert [one.detail["left_out"] for one in records if "left_out" in one.detail] == [45]
    assert memory.history(ANA) == ()


def test_a_refusal_needs_no_database_that_can_be_written(path):
    with MemoryService(path, embedder=None, llm=None) as memory:
        memory.add("x", ANA)
    path.chmod(0o400)
    reader = Principal("reader", frozenset({Action.READ}))
    with MemoryService(path, embedder=None, llm=None, principal=reader) as memory, pytest.raises(AccessDenied):
        memory.add("y", ANA)

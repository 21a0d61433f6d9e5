"""Keys: made once, shown once, ended at once, never beyond their bounds, and never more than their maker may do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fusion_memory import MemoryService, Principal, Scope
from fusion_memory.core.access_settings import AuthSettings
from fusion_memory.core.errors import AccessDenied, InvalidInput, InvalidScope, NotFound
from fusion_memory.core.ids import RandomIds
from fusion_memory.core.keys import actions_of
from fusion_memory.core.scope import Action, Bounds
from fusion_memory.core.service_errors import Unauthenticated
from fusion_memory.core.settings import Settings

ACME, BETA = Scope(workspace_id="acme"), Scope(workspace_id="beta")
START = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.moment = START

    def now(self):
        return self.moment

    def monotonic(self):
        return (self.moment - START).total_seconds()


def opened(path=":memory:", *, pepper="", **more):
    settings = replace(Settings(), auth=AuthSettings(pepper=pepper))
    return MemoryService(path, embedder=None, llm=None, settings=settings, **more)


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def memory(watch):
    with opened(clock=watch) as memory:
        yield memory


def test_a_key_lets_in_who_sends_it_and_nobody_else(memory):
    made = memory.create_key(ACME, "nightly import", ["read"])
    assert re.fullmatch(r"fmk_[0-9a-z]{12}_[0-9a-z]{52}", made.secret)
    assert made.secret.startswith(made.key.prefix)
    assert made.secret not in repr(made)
    caller = memory.recognise_key(made.secret, "req_1")
    assert caller == Principal(f"key:{made.key.id}", frozenset({Action.READ}), Bounds("acme"), "key", "req_1")
    last = "0" if made.secret[-1] != "0" else "1"
    for wrong in (
        "",
        "x",
        made.secret[:-1],
        made.secret[:-1] + last,
        made.secret + "0",
        made.key.prefix,
        made.key.id,
        f" {made.secret}",
        made.secret.upper(),
        "fmk_" + "0" * 12 + "_" + "0" * 52,
        "Bearer",
        "\x00",
        "钥匙",
    ):
        with pytest.raises(Unauthenticated):
            memory.recognise_key(wrong)


def test_what_is_stored_is_no_key(memory, tmp_path):
    with opened(tmp_path / "m.db") as kept:
        made = kept.create_key(ACME, "x")
        kept.backup(tmp_path / "copy.db")
    secret = made.secret.rpartition("_")[2].encode()
    for file in tmp_path.iterdir():
        assert secret not in file.read_bytes()


def test_a_revoked_key_ends_at_once_in_every_process(tmp_path):
    path = tmp_path / "m.db"
    with opened(path) as here, opened(path) as there:
        made = here.create_key(ACME, "x")
        assert there.recognise_key(made.secret).within == Bounds("acme")
        assert here.revoke_key(made.key.id, ACME).state == "revoked"
        with pytest.raises(Unauthenticated):
            there.recognise_key(made.secret)
        assert [key.state for key in there.keys(ACME)] == ["revoked"]


def test_a_key_ends_when_it_said(memory, watch):
    made = memory.create_key(ACME, "x", expires_at=START + timedelta(hours=1))
    watch.moment = START + timedelta(minutes=59)
    memory.recognise_key(made.secret)
    watch.moment = START + timedelta(hours=1)
    with pytest.raises(Unauthenticated):
        memory.recognise_key(made.secret)
    assert memory.keys(ACME)[0].state == "expired"
    with pytest.raises(InvalidInput, match="ended already"):
        memory.create_key(ACME, "x", expires_at=watch.moment)


def test_another_pepper_ends_all_keys(tmp_path):
    with opened(tmp_path / "m.db", pepper="one") as memory:
        secret = memory.create_key(ACME, "x").secret
        memory.recognise_key(secret)
    for pepper in ("", "two"):
        with opened(tmp_path / "m.db", pepper=pepper) as memory, pytest.raises(Unauthenticated):
            memory.recognise_key(secret)


@pytest.mark.parametrize(
    "ids",
    [
        {"workspace_id": "*"},
        {"workspace_id": " * "},
        {"user_id": "ana"},
        {"workspace_id": "w", "run_id": "r"},
        {"workspace_id": "w", "session_id": "s"},
    ],
)
def test_a_key_belongs_to_one_workspace(memory, ids):
    with pytest.raises(InvalidScope):
        memory.create_key(Scope(**ids), "x")


@pytest.mark.parametrize(
    ("label", "rights"),
    [("", ["read"]), (" ", ["read"]), ("x" * 121, ["read"]), ("a\nb", ["read"]), ("x", []), ("x", ["root"])],
)
def test_bad_input_is_refused(memory, label, rights):
    with pytest.raises(InvalidInput):
        memory.create_key(ACME, label, rights)
    assert memory.keys() == ()


def test_an_administrator_of_a_tenant_sees_and_ends_only_its_own_keys(memory):
    mine, other = memory.create_key(ACME, "mine", ["admin"]), memory.create_key(BETA, "other", ["admin"])
    operator = memory.create_operator_key("ops")
    tenant = memory.acting_as(memory.recognise_key(mine.secret))
    assert [key.id for key in tenant.keys(ACME)] == [mine.key.id]
    for call in (
        tenant.keys,
        lambda: tenant.keys(BETA),
        lambda: tenant.create_key(BETA, "x"),
        lambda: tenant.create_operator_key("x"),
        lambda: tenant.revoke_key(mine.key.id),
        lambda: tenant.revoke_key(other.key.id, BETA),
        tenant.verify_audit,
        tenant.audit,
        lambda: tenant.backup("x.db"),
        tenant.export,
    ):
        with pytest.raises(AccessDenied):
            call()
    for foreign in (other.key.id, operator.key.id, "key_nobody"):
        for call in (tenant.revoke_key, tenant.rotate_key):
            with pytest.raises(NotFound):
                call(foreign, ACME)
    for secret in (other.secret, operator.secret):
        memory.recognise_key(secret)


def test_nobody_gives_what_it_has_not(memory):
    strong = memory.create_key(ACME, "strong", ["admin"])
    weak = Principal("key:weak", frozenset({Action.ADMIN, Action.READ}), Bounds("acme"), "key")
    tenant = memory.acting_as(weak)
    assert tenant.create_key(ACME, "x", ["read"]).key.rights == ("read",)
    for rights in (["write"], ["admin"], ["read", "workspace"]):
        with pytest.raises(AccessDenied):
            tenant.create_key(ACME, "x", rights)
    with pytest.raises(AccessDenied):
        tenant.rotate_key(strong.key.id, ACME)
    memory.recognise_key(strong.secret)


def test_a_key_of_a_user_makes_keys_of_that_user_only(memory):
    ana = Scope(workspace_id="acme", user_id="ana")
    admin = memory.acting_as(memory.recognise_key(memory.create_key(ana, "ana", ["admin"]).secret))
    assert admin.create_key(ana, "x").key.within == Bounds("acme", "ana")
    for scope in (ACME, Scope(workspace_id="acme", user_id="ben")):
        with pytest.raises(AccessDenied):
            admin.create_key(scope, "x")


def test_a_tenant_reads_what_became_of_its_keys_whoever_did_it(memory):
    made, other = memory.create_key(ACME, "x"), memory.create_key(BETA, "x")
    memory.revoke_key(made.key.id)
    memory.rotate_key(other.key.id)
    with pytest.raises(Unauthenticated):
        memory.recognise_key(made.secret)
    assert [one.action for one in memory.audit(ACME).records] == ["refused", "key.revoke", "key.create"]
    assert [one.action for one in memory.audit(BETA).records] == ["key.rotate", "key.create"]


def test_rotation_keeps_what_a_key_may_do(memory, watch):
    old = memory.create_key(Scope(workspace_id="acme", app_id="mail"), "x", ["read"])
    new = memory.rotate_key(old.key.id, ACME)
    assert (new.key.label, new.key.rights, new.key.within) == (old.key.label, old.key.rights, old.key.within)
    with pytest.raises(Unauthenticated):
        memory.recognise_key(old.secret)
    with pytest.raises(InvalidInput):
        memory.rotate_key(old.key.id, ACME)
    third = memory.rotate_key(new.key.id, overlap_s=60)
    memory.recognise_key(new.secret)
    watch.moment += timedelta(seconds=60)
    with pytest.raises(Unauthenticated):
        memory.recognise_key(new.secret)
    memory.recognise_key(third.secret)
    with pytest.raises(InvalidInput):
        memory.rotate_key(third.key.id, overlap_s=-1)


def test_a_use_is_written_down_once_an_hour(memory, watch):
    made = memory.create_key(ACME, "x")
    assert memory.keys(ACME)[0].last_used_at is None
    for minutes in (0, 1, 29, 30, 31):
        watch.moment = START + timedelta(minutes=minutes)
        memory.recognise_key(made.secret)
    assert memory.keys(ACME)[0].last_used_at == START.replace(hour=13, minute=0)
    logins = [one for one in memory.audit().records if one.action == "login"]
    assert [(one.subject, one.tenant, one.kind) for one in logins] == [((made.key.id,), "acme", "key")] * 2


def test_whether_a_key_was_ever_made(memory):
    assert not memory.has_keys()
    made = memory.create_key(ACME, "x")
    memory.revoke_key(made.key.id)
    assert memory.has_keys()


def test_a_key_that_went_with_its_subject_was_made_all_the_same(memory):
    ana = Scope(workspace_id="acme", user_id="ana")
    made = memory.create_key(ana, "x")
    own = memory.acting_as(memory.recognise_key(made.secret))
    own.add("I keep bees.", ana)
    own.forget_subject(ana)
    assert memory.keys() == ()
    assert memory.has_keys()


def test_a_key_that_is_revoked_meanwhile_is_not_rotated(memory, monkeypatch):
    made = memory.create_key(ACME, "x")
    new = RandomIds.new

    def after_its_end(ids, kind, at):
        monkeypatch.undo()
        memory.revoke_key(made.key.id)
        return new(ids, kind, at)

    monkeypatch.setattr(RandomIds, "new", after_its_end)
    with pytest.raises(InvalidInput, match="revoked"):
        memory.rotate_key(made.key.id)
    assert [one.state for one in memory.keys(ACME)] == ["revoked"]


def test_what_belongs_to_the_workspace_itself_takes_a_right_of_its_own(memory):
    ana = Scope(workspace_id="acme", user_id="ana")
    memory.add("The office closes at six.", ACME)
    memory.add("I like tea.", ana)
    plain = memory.acting_as(memory.recognise_key(memory.create_key(ACME, "x", ["read", "write"]).secret))
    assert plain.stats(ana).memories == 1
    for call in (lambda: plain.stats(ACME), lambda: plain.search("tea", ACME), lambda: plain.add("x", ACME)):
        with pytest.raises(AccessDenied, match="workspace itself"):
            call()
    shared = memory.create_key(ACME, "x", ["read", "workspace"])
    assert memory.acting_as(memory.recognise_key(shared.secret)).stats(ACME).memories == 1


def test_names_of_rights():
    assert actions_of(["admin"]) == frozenset(Action)
    assert actions_of(["write"]) == {Action.WRITE, Action.FORGET}

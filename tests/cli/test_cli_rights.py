"""``keys`` and ``audit`` on the command line: shown once, ended at once, checked."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from fusion_memory import MemoryService
from fusion_memory.core.service_errors import Unauthenticated


def recognised(cli, secret):
    with MemoryService(cli.home / "memory.db", embedder=None, llm=None) as memory:
        return memory.recognise_key(secret)


def test_a_key_is_made_shown_once_listed_and_ended(ana):
    made = ana("keys", "create", "--workspace", "acme", "--label", "nightly import")
    secret = made.out.strip()
    assert secret.startswith("fmk_")
    assert "only time" in made.err
    assert recognised(ana, secret).within.workspace_id == "acme"
    assert recognised(ana, secret).within.user_id is None, "what is remembered does not bind keys"
    [key] = ana("keys", "list", "--json").json
    assert (key["state"], key["rights"], key["label"]) == ("active", ["read", "write"], "nightly import")
    listed = ana("keys", "list")
    assert key["id"] in listed.out
    assert secret not in listed.out
    assert ana("keys", "list", "--workspace", "beta").out == ""
    ana("keys", "revoke", key["id"], "--workspace", "beta", code=3)
    assert key["id"] in ana("keys", "revoke", key["id"], "--workspace", "acme").out
    with pytest.raises(Unauthenticated):
        recognised(ana, secret)


def test_a_key_is_exchanged(cli):
    made = cli(
        "keys", "create", "--workspace", "acme", "--label", "x", "--right", "READ", "--days", "1", "--json"
    ).json
    assert made["key"]["rights"] == ["read"]
    new = cli("keys", "rotate", made["key"]["id"], "--overlap", "60", "--json").json
    for secret in (made["secret"], new["secret"]):
        recognised(cli, secret)


def test_an_operators_key_is_bound_to_nothing(cli):
    made = cli("keys", "create", "--operator", "--label", "ops", "--json").json
    assert made["key"]["within"] is None
    assert "operator" in cli("keys", "list").out
    assert "运维" in cli("keys", "list", "--lang", "zh").out


@pytest.mark.parametrize(
    "words",
    [
        ["create", "--label", "x"],
        ["create", "--label", "x", "--operator", "--workspace", "acme"],
        ["create", "--workspace", "acme"],
        ["create", "--workspace", "*", "--label", "x"],
        ["create", "--workspace", "", "--label", "x"],
        ["create", "--user", "ana", "--label", "x"],
        ["create", "--workspace", "acme", "--label", "x", "--right", "root"],
        ["revoke"],
        ["rotate", "a", "b"],
        ["list", "x"],
        ["smash"],
        ["create", "--workspace", "acme", "--label", "x", "--days", "0"],
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_bad_input_has_a_clear_error(cli, words, lang):
    run = cli("keys", *words, "--lang", lang, code=2)
    assert len(run.err.splitlines()) == 3
    assert cli("keys", "list", "--json").json == []


def test_the_trail_is_listed_and_checked(ana):
    ana("audit", "--verify", "--lang", "zh")
    ana("add", "I keep bees.", "--workspace", "acme")
    records = ana("audit", "--workspace", "acme", "--json").json["records"]
    assert [(one["action"], one["tenant"], one["kind"]) for one in records] == [("add", "acme", "local")]
    assert "--before 4" in ana("audit", "--limit", "1").err
    assert ana("audit", "--action", "forget").out == ""
    head = ana("audit", "--verify").out.strip()
    ana("add", "More.")
    assert ana("audit", "--verify", "--head", head, "--json").json["broken_at"] is None
    ana("audit", "--head", head, code=2)
    ana("audit", "--verify", "--head", "nonsense", code=2)
    ana("audit", "--since", "yesterday-ish", code=2)
    with closing(sqlite3.connect(ana.home / "memory.db", isolation_level=None)) as outside:
        outside.execute("DROP TRIGGER audit_is_not_changed")
        outside.execute("UPDATE audit SET principal = 'x' WHERE audit_no = 2")
    broken = ana("audit", "--verify", code=1)
    assert broken.out == "Row 2 was changed.\n"
    assert ana("audit", "--verify", "--json", code=1).json["broken_at"] == 2
    assert ana("audit", "--verify", "--lang", "zh", code=1).out == "第 2 行被改动。\n"

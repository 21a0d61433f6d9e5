"""The rights file: it narrows every caller but the person at the computer, and what it does not name is denied."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fusion_memory import MemoryService, Principal, Scope
from fusion_memory.core.access_settings import AuthSettings
from fusion_memory.core.errors import AccessDenied, InvalidSetting, NotFound
from fusion_memory.core.scope import Action, Bounds, RightsAuthorizer
from fusion_memory.core.settings import Settings, file_layer, resolve
from fusion_memory.engine.build import open_service
from fusion_memory.engine.rights import authorizer_of, read_rights

FILE = """
[[grants]]
principals = ["key:k1", "token:ana@example.org"]
workspaces = ["acme"]
users = ["ana"]
rights = ["read"]

[[grants]]
principals = ["key:*"]
workspaces = ["acme"]
agents = ["bot"]
rights = ["read", "write"]
"""
ANA, BEN = Scope(workspace_id="acme", user_id="ana"), Scope(workspace_id="acme", user_id="ben")


ACME = Bounds("acme")


def key(name="key:k1", bounds=ACME):
    return Principal(name, frozenset(Action), bounds, "key")


def settings_of(**auth):
    return replace(Settings(), auth=AuthSettings(**auth))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "rights.toml"
    file.write_text(FILE)
    return file


def test_only_what_is_written_is_granted(path):
    judge = authorizer_of(settings_of(rights_file=str(path)))
    judge.authorize(key(), Action.READ, ANA)
    judge.authorize(key(), Action.WRITE, Scope(workspace_id="acme", agent_id="bot"))
    judge.authorize(
        Principal("token:ana@example.org", frozenset(Action), Bounds("acme"), "token"), Action.READ, ANA
    )
    for principal, action, scope in (
        (key(), Action.WRITE, ANA),
        (key(), Action.READ, BEN),
        (key(), Action.READ, Scope(workspace_id="acme")),
        (key(), Action.READ, Scope(workspace_id="beta", user_id="ana")),
        (key("key:k2"), Action.READ, ANA),
        (key("keys:k1"), Action.WRITE, Scope(workspace_id="acme", agent_id="bot")),
        (key(), Action.ADMIN, ANA),
        (key(bounds=None), Action.ADMIN, Scope(workspace_id="*")),
    ):
        with pytest.raises(AccessDenied):
            judge.authorize(principal, action, scope)


def test_it_never_widens(path):
    judge = authorizer_of(settings_of(rights_file=str(path)))
    weak = Principal("key:k1", frozenset({Action.WRITE}), Bounds("acme"), "key")
    with pytest.raises(AccessDenied):
        judge.authorize(weak, Action.READ, ANA)
    elsewhere = Principal("key:k1", frozenset(Action), Bounds("beta"), "key")
    with pytest.raises(AccessDenied):
        judge.authorize(elsewhere, Action.READ, ANA)


def test_a_denial_may_hide_that_there_is_anything(path):
    path.write_text(FILE + '\n[policy]\ndenied = "hide"\n')
    judge = authorizer_of(settings_of(rights_file=str(path)))
    with pytest.raises(NotFound):
        judge.authorize(key(), Action.READ, BEN)


def test_json_says_the_same(tmp_path, path):
    import tomllib

    file = tmp_path / "rights.json"
    file.write_text(json.dumps(tomllib.loads(FILE)))
    assert read_rights(file) == read_rights(path)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[policy]\ndenied = 'maybe'",
        "[policy]\nx = 1",
        "grants = 1",
        "x = 1",
        "grants = [1]",
        "[[grants]]\nprincipals = ['a']\nworkspaces = ['w']",
        "[[grants]]\nprincipals = ['a']\nrights = ['read']",
        "[[grants]]\nprincipals = 'a'\nworkspaces = ['w']\nrights = ['read']",
        "[[grants]]\nprincipals = []\nworkspaces = ['w']\nrights = ['read']",
        "[[grants]]\nprincipals = ['']\nworkspaces = ['w']\nrights = ['read']",
        "[[grants]]\nprincipals = ['a']\nworkspaces = ['w']\nrights = ['root']",
        "[[grants]]\nprincipals = ['a']\nworkspace = ['w']\nworkspaces = ['w']\nrights = ['read']",
    ],
)
def test_a_file_that_is_not_understood_stops_everything(path, text):
    path.write_text(text)
    with pytest.raises(InvalidSetting):
        authorizer_of(settings_of(rights_file=str(path)))


def test_the_service_and_the_command_line_share_it(path, tmp_path):
    with open_service(settings_of(rights_file=str(path)), tmp_path) as memory:
        memory.add("The person at this computer may.", BEN)
        with pytest.raises(AccessDenied):
            memory.acting_as(key()).stats(BEN)
        assert [one.action for one in memory.audit().records] == ["denied", "add"]


def made(settings):
    assert isinstance(settings, Settings)
    return RightsAuthorizer()


def nothing(settings):
    return object()


def test_a_product_brings_its_own_authorizer(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    assert isinstance(authorizer_of(settings_of(authorizer="test_rights_file:made")), RightsAuthorizer)
    for wrong in (
        "test_rights_file:nothing",
        "test_rights_file:absent",
        "no_such_module:x",
        "test_rights_file",
        ":",
        "x",
    ):
        with pytest.raises(InvalidSetting):
            authorizer_of(settings_of(authorizer=wrong))


@pytest.mark.parametrize("name", ["authorizer", "rights_file", "mode", "allowed_hosts", "jwt_jwks"])
def test_a_project_file_cannot_name_one(name):
    with pytest.raises(InvalidSetting):
        resolve((file_layer("fusion-memory.toml", f'[auth]\n{name} = "os:system"', trusted=False),))


def test_a_service_without_settings_has_the_built_in_one():
    with MemoryService(embedder=None, llm=None) as memory, pytest.raises(AccessDenied):
        memory.acting_as(key()).stats(Scope(workspace_id="beta", user_id="x"))

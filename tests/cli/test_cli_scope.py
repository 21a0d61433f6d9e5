"""The remembered scope: set, shown, completed by flags, cleared."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.cli import scope_file
from fusion_memory.cli.scope_file import FIELDS, merged

IDS = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["a", "b"]))


def test_use_remembers_shows_and_clears(cli):
    assert cli("use", "--json").json["scope"] == {}
    assert "ana" in cli("use", "--user", "ana").out
    assert cli("use", "--json").json["scope"] == {"user_id": "ana"}
    cli("use", "--session", "s1")
    assert cli("use", "--json").json["scope"] == {"user_id": "ana", "session_id": "s1"}
    cli("use", "--clear")
    assert cli("use", "--json").json["scope"] == {}


def test_use_opens_no_database(cli):
    cli("use", "--user", "ana")
    cli("config")
    cli("config", "path")
    assert [path.name for path in cli.home.iterdir()] == ["scope.json"]


def test_use_refuses_what_is_no_scope_and_keeps_the_old_one(cli):
    cli("use", "--user", "ana")
    assert cli("use", "--user", "  ", "--json", code=2).error["code"] == "invalid_scope"
    assert cli("use", "--clear", "--user", "bob", "--json", code=2).error["code"] == "invalid_input"
    assert cli("use", "--json").json["scope"] == {"user_id": "ana"}


def test_a_session_alone_is_no_scope_to_remember(cli):
    assert cli("use", "--session", "s1", "--json", code=2).error["code"] == "invalid_scope"
    assert cli("use", "--json").json["scope"] == {}


@pytest.mark.parametrize("content", ["", "[]", "null", '{"user_id": 5}', '{"user_id": ""}', "\x00"])
def test_a_damaged_file_is_named_and_can_be_cleared(cli, content):
    cli("use", "--user", "ana")
    (cli.home / scope_file.FILE_NAME).write_text(content)
    error = cli("stats", "--json", code=5).error
    assert error["code"] == "invalid_setting"
    assert error["fix"] == "fusion-memory use --clear"
    cli("use", "--clear")
    assert cli("use", "--json").json["scope"] == {}


def test_without_any_scope_the_fix_can_be_typed_as_it_is(cli):
    cli.environment["USER"] = "mei"
    error = cli("add", "hello", "--json", code=2).error
    assert error["code"] == "invalid_scope"
    assert error["fix"] == "fusion-memory use --user mei"


def test_another_user_never_reads_in_the_remembered_session():
    remembered = {"workspace_id": "w", "user_id": "ana", "session_id": "s1"}
    assert merged(remembered, {"user_id": "bob"}) == {"workspace_id": "w", "user_id": "bob"}
    assert merged(remembered, {"user_id": "ana"}) == remembered
    assert merged(remembered, {"session_id": "s2"}) == {**remembered, "session_id": "s2"}
    assert merged(remembered, {"workspace_id": "v"}) == {"workspace_id": "v"}


@given(IDS, IDS)
def test_given_ids_always_win(remembered, given_ids):
    ids = merged(remembered, given_ids)
    assert given_ids.items() <= ids.items()
    assert ids.items() <= {**remembered, **given_ids}.items()


@given(IDS)
def test_nothing_given_changes_nothing(remembered):
    assert merged(remembered, {}) == remembered


def test_saving_is_all_or_nothing(tmp_path, monkeypatch):
    scope_file.save(tmp_path, {"user_id": "ana"})

    def broken(*_args, **_kwargs):
        raise OSError("no space")

    monkeypatch.setattr(json, "dump", broken)
    with pytest.raises(OSError, match="no space"):
        scope_file.save(tmp_path, {"user_id": "bob"})
    assert scope_file.load(tmp_path) == {"user_id": "ana"}
    assert [path.name for path in tmp_path.iterdir()] == [scope_file.FILE_NAME]

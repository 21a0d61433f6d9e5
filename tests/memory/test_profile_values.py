"""Profile values: a shallow merge of JSON values, bounded, and an audit trail that names keys only."""

from __future__ import annotations

import pytest
from layer_ledger import ANA, opened

from fusion_memory.core.errors import InvalidInput
from fusion_memory.core.scope import Scope
from fusion_memory.memory import audit, profile_values


@pytest.fixture
def ledger(tmp_path):
    yield from opened(tmp_path)


@pytest.fixture
def update(ledger):
    def write(updates, scope=ANA):
        with ledger.database.write() as tx:
            return profile_values.update(tx, ledger.access(scope), updates, ledger.clock.now())

    return write


def profile(ledger, scope=ANA):
    with ledger.database.read() as tx:
        return profile_values.get(tx, ledger.access(scope))


def trail(ledger):
    with ledger.database.read() as tx:
        return [entry for entry in audit.of_owner(tx, ledger.access(ANA), 100) if entry.action == "profile"]


def test_values_come_back_as_set(ledger, update):
    values = {"name": "小雨", "age": 31, "tags": ["a", {"b": None}], "ok": True, "ratio": 0.5, "空": ""}
    assert update(values) == values
    assert profile(ledger) == values


def test_the_merge_is_shallow_and_none_removes(ledger, update):
    update({"home": {"city": "Porto", "street": "Rua"}, "age": 31})
    assert update({"home": {"city": "Lyon"}, "age": None, "absent": None}) == {"home": {"city": "Lyon"}}


def test_owners_do_not_share_and_sessions_do(ledger, update):
    update({"a": 1})
    assert profile(ledger, Scope(user_id="ben")) == {}
    assert profile(ledger, Scope(user_id="ana", session_id="s9")) == {"a": 1}


def test_the_trail_counts_keys_and_names_neither_key_nor_value(ledger, update):
    update({"secret": "xylophone", "other": 1})
    update({"other": None})
    assert [dict(entry.detail) for entry in trail(ledger)] == [
        {"set": 2, "removed": 0},
        {"set": 0, "removed": 1},
    ]


def test_nothing_to_change_leaves_no_trace(ledger, update):
    assert update({}) == {}
    assert trail(ledger) == []


@pytest.mark.parametrize(
    "updates",
    [
        {"": 1},
        {" ": 1},
        {"a\nb": 1},
        {"x" * 257: 1},
        {1: 1},
        {"a": {1, 2}},
        {"a": float("nan")},
        {"a": "\ud800"},
        {"a": "x" * 20_000},
        {str(number): 0 for number in range(501)},
        {str(number): "x" * 10_000 for number in range(20)},
    ],
)
def test_what_cannot_be_kept_changes_nothing(ledger, update, updates):
    update({"kept": 1})
    with pytest.raises(InvalidInput):
        update({"new": 1, **updates})
    assert profile(ledger) == {"kept": 1}
    assert len(trail(ledger)) == 1


def test_endless_nesting_is_refused(update):
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(InvalidInput):
        update({"a": value})


def test_all_of_it_can_be_erased(ledger, update):
    update({"a": 1, "b": 2})
    update({"a": 1}, Scope(user_id="ben"))
    with ledger.database.write() as tx:
        assert profile_values.erase_all(tx, ledger.access(ANA)) == 2
    assert profile(ledger) == {}
    assert profile(ledger, Scope(user_id="ben")) == {"a": 1}

"""Named SQL: names are found, doubled names refused, and sets of values drive their queries."""

from __future__ import annotations

import re

import pytest
from storage_rows import raw

from fusion_memory.storage import statements
from fusion_memory.storage.sqlite.schema import STATEMENTS
from fusion_memory.storage.statements import UnknownStatement, load, parse


def test_a_file_holds_statements_by_name():
    text = "-- about this file\n-- name: one\nSELECT 1;\n\n-- name: two\n-- a remark\nSELECT\n  2;\n"
    assert parse(text, "x.sql") == {"one": "SELECT 1;", "two": "-- a remark\nSELECT\n  2;"}


def test_a_name_stands_once_in_a_file():
    with pytest.raises(ValueError, match=r"x\.sql.*'one' stands twice"):
        parse("-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;", "x.sql")


def test_a_name_stands_once_in_a_layer_and_a_later_layer_wins(tmp_path, monkeypatch):
    for folder, file, body in [("a", "x", "1"), ("a", "y", "2"), ("b", "x", "3")]:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{file}.sql").write_text(f"-- name: {file}\nSELECT {body};\n")
    monkeypatch.setattr(statements, "files", lambda _package: tmp_path)
    both = load("a", "b")
    assert (both["x"], both["y"]) == ("SELECT 3;", "SELECT 2;")
    (tmp_path / "a" / "z.sql").write_text("-- name: x\nSELECT 4;\n")
    load.cache_clear()
    with pytest.raises(ValueError, match="'x' stands in another file"):
        load("a")
    load.cache_clear()


def test_an_unknown_name_says_so():
    with pytest.raises(UnknownStatement, match="no statement named 'nonsense'"):
        STATEMENTS["nonsense"]


@pytest.mark.parametrize("name", sorted(name for name in STATEMENTS if "json_each" in STATEMENTS[name]))
def test_a_set_of_values_drives_its_query(database, name):
    """Without CROSS JOIN, SQLite walks everything an owner has and tests the set against each row of it."""
    text = STATEMENTS[name]
    parameters = dict.fromkeys(re.findall(r":([a-z_]+)", text))
    with database.read() as tx:
        plan = [row[3] for row in raw(tx, "EXPLAIN QUERY PLAN " + text, parameters)]
    named = set(re.findall(r"(?:WITH(?: RECURSIVE)?|\) AS) (\w+)", text))  # results that the query itself names
    scans = [step for step in plan if step.startswith("SCAN") and step.removeprefix("SCAN ") not in named]
    if re.search(r"(?<!SELECT 1 )FROM\s+json_each\(:\w+\) AS (\w+)\s+(CROSS )?JOIN", text):
        first = next(step for step in plan if step.startswith(("SCAN", "SEARCH")))
        assert first in scans or text.startswith("WITH RECURSIVE"), plan
    assert not [step for step in scans if "VIRTUAL TABLE" not in step], plan

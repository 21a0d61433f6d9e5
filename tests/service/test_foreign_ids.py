"""What is somebody else's is not there: 404, never 403, the same words, and as much work as for what never was."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from gate_fixtures import bearer, serving
from rights_requests import operations, request_of

from fusion_memory import Scope
from fusion_memory.storage.sqlite.transaction import SqliteTransaction

DOCUMENT, OPERATIONS = operations()
OF_AN_ID = [name for name in OPERATIONS if re.search(r"\{\w+_id\}", name)]
ACME, BETA = Scope(workspace_id="acme", user_id="ana"), Scope(workspace_id="beta", user_id="ana")


@pytest.fixture(scope="module")
def town():
    with serving(limits={"key_per_minute": 0, "tenant_per_minute": 0}) as (http, memory):
        mine = memory.create_key(Scope(workspace_id="acme"), "x", ["admin"])
        memory.recognise_key(mine.secret)
        foreign = {}
        for scope in (ACME, BETA):
            kept = memory.add(["I live in Porto.", "My dog is called Rex."], scope, session_time="2026-03-01")
            found = memory.search("Porto", scope)
            foreign = {
                "memory_id": kept.ids[0],
                "trace_id": found.trace_id,
                "pack_id": memory.answer_context("Porto", scope).id,
                "fact_id": memory.facts(scope)[0].id,
                "entity_id": memory.entities(scope)[0].id,
                "key_id": memory.create_key(Scope(workspace_id=scope.workspace_id), "y").key.id,
            }
        foreign["other_id"] = foreign["pack_id"]
        yield http, mine.secret, foreign


def sent(http, secret, name, ids):
    """The reply to an operation, its ids in the path exchanged."""
    verb, _address, query, body = request_of(name, DOCUMENT, OPERATIONS[name])
    path = name.partition(" ")[2]
    for place in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{place}}}", ids.get(place, "1" if place == "number" else "mem_" + "9" * 26))
    return http.request(verb, path, params=query, json=body, headers=bearer(secret))


def never_was(ids):
    """Ids of the same form that nobody was ever given."""
    return {place: key[: key.index("_") + 1] + "0" * (len(key) - key.index("_") - 1) for place, key in ids.items()}


@pytest.mark.parametrize("name", OF_AN_ID)
def test_a_foreign_id_is_told_as_one_that_never_was(town, name):
    http, secret, foreign = town
    told = []
    for ids in (foreign, never_was(foreign)):
        reply = sent(http, secret, name, ids)
        text = reply.text
        for key in ids.values():
            text = text.replace(key, "ID")
        told.append((reply.status_code, text))
    assert told[0] == told[1]
    assert told[0][0] in {404, 409, 422} or told[0][1] == "[]", told[0]


@pytest.mark.parametrize("name", [name for name in OF_AN_ID if name.startswith("GET ")])
def test_a_foreign_id_costs_what_one_costs_that_never_was(town, monkeypatch, name):
    """No tell in time: the same statements, as often, whether or not somebody else has it."""
    http, secret, foreign = town
    asked = Counter()
    for call in ("rows", "one", "run"):
        real = getattr(SqliteTransaction, call)

        def counted(self, statement, /, *args, real=real, **values):
            asked[statement] += 1
            return real(self, statement, *args, **values)

        monkeypatch.setattr(SqliteTransaction, call, counted)
    work = []
    for ids in (foreign, never_was(foreign), foreign, never_was(foreign)):
        asked.clear()
        sent(http, secret, name, ids)
        work.append(dict(asked))
    assert work[2] == work[3], "after the first of each, which may bring derived rows up to date"

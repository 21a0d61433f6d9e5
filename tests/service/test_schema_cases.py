"""Requests made from the contract by the hundreds: the service never fails, nor answers as it did not say.

``pytest tests/service/test_schema_cases.py --full`` asks 20,000 times.
"""

import json

import pytest
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from schema_cases import run

from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.service.app import create_app
from fusion_memory.service.options import ServiceOptions
from fusion_memory.testing.embedder import HashingEmbedder

ANA = Scope(user_id="ana")
SAID = [
    "I moved from Lisbon to Porto in May 2026.",
    "My sister Eva lives in Rome and I like bees.",
    "我喜欢喝茶。",
    "Robert met Bob at the lake.",
]
QUICK, FULL = 300, 20_000


@pytest.fixture
def memory():
    with MemoryService(":memory:", embedder=HashingEmbedder(dimension=64), llm=None, reranker=None) as opened:
        yield opened


def known_of(memory):
    said = memory.add(SAID, ANA).ids
    memory.add("We decided to plant lime trees.", Scope(user_id="ana", session_id="monday"))
    found = memory.recall("Where does Eva live?", ANA)
    packs = [found.pack.id, memory.answer_context("tea", ANA).id]
    return {
        "memory_id": [*said],
        "fact_id": [fact.id for fact in memory.facts(ANA)],
        "entity_id": [entity.id for entity in memory.entities(ANA)],
        "pack_id": packs,
        "other_id": packs,
        "trace_id": [found.result.trace_id],
        "number": ["0"],
        "export": ["".join(json.dumps(record) + "\n" for record in memory.export(ANA))],
    }


def test_the_service_keeps_its_contract(memory, full):
    outcome = run(create_app(memory), lambda: known_of(memory), FULL if full else QUICK)
    assert outcome.failures == {}
    assert outcome.cases >= (FULL if full else QUICK)
    assert {200, 422} <= outcome.statuses.keys()
    if full:
        print(sorted(outcome.statuses.items()), len(outcome.worked))


def planted(fault):
    router = APIRouter()

    @router.get("/v1/planted/{number}", response_model=dict[str, int])
    def answer(number: int):
        """Fails now and then."""
        return fault(number)

    return router


def crash(number):
    if number > 10:
        raise FusionMemoryError
    return {"number": number}


FAULTS = {
    "ServerError": crash,
    "UndefinedStatusCode": lambda number: JSONResponse({"number": number}, 418 if number > 10 else 200),
    "JsonSchemaError": lambda number: JSONResponse({"number": "many" if number > 10 else number}),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_planted_fault_is_found(memory, kind):
    app = create_app(memory, options=ServiceOptions(routers=(planted(FAULTS[kind]),)))
    keep = {path: told for path, told in app.openapi()["paths"].items() if path.startswith("/v1/planted")}
    app.openapi()["paths"].clear()
    app.openapi()["paths"].update(keep)
    outcome = run(app, dict, 60)
    assert {found for _, found in outcome.failures} == {kind}

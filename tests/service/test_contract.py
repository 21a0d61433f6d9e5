"""The contract: written down as the code has it, with an example and every failure for each operation."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from fusion_memory.core.records import SearchOptions
from fusion_memory.service.contract import contract
from fusion_memory.service.requests import Options
from fusion_memory.service.summaries_zh import SUMMARIES_ZH
from fusion_memory.service.words import HINTS, PAGE, TAGS_ZH

WRITTEN = Path(__file__).parents[2] / "docs" / "openapi.json"
CONTRACT = contract()
OPERATIONS = {
    f"{verb.upper()} {path}": operation
    for path, operations in CONTRACT["paths"].items()
    for verb, operation in operations.items()
}


def test_the_written_contract_is_that_of_the_code():
    assert json.loads(WRITTEN.read_text(encoding="utf-8")) == json.loads(json.dumps(CONTRACT)), (
        "python -m fusion_memory.service.contract > docs/openapi.json"
    )
    assert CONTRACT["openapi"].startswith("3.1")


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_every_reference_leads_somewhere():
    for reference in set(references(CONTRACT)):
        place = CONTRACT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def has_example(value):
    if isinstance(value, dict):
        if "examples" in value or "example" in value:
            return True
        if "$ref" in value:
            return has_example(CONTRACT["components"]["schemas"][value["$ref"].rsplit("/", 1)[-1]])
        return any(has_example(part) for part in value.values())
    return isinstance(value, list) and any(has_example(part) for part in value)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_told_in_full(name):
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert re.search(r"[一-鿿]", SUMMARIES_ZH[name])
    assert re.search(r"[一-鿿]", TAGS_ZH[operation["tags"][0]])
    asked = [operation.get("parameters", []), operation.get("requestBody", {})]
    assert has_example(asked) or asked == [[], {}]
    assert any(status.startswith("2") for status in operation["responses"])


def test_nothing_is_said_of_routes_that_are_gone():
    assert set(SUMMARIES_ZH) == set(OPERATIONS)
    assert set(TAGS_ZH) == {operation["tags"][0] for operation in OPERATIONS.values()}


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", OPERATIONS)
def test_unknown_fields_are_refused_everywhere(name):
    body = OPERATIONS[name].get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        assert CONTRACT["components"]["schemas"][body["$ref"].rsplit("/", 1)[-1]]["additionalProperties"] is False


def test_every_option_of_a_search_can_be_said():
    assert set(Options.model_fields) == {item.name for item in fields(SearchOptions)}


@pytest.mark.parametrize("words", [HINTS, PAGE], ids=["hints", "page"])
def test_words_are_said_in_both_languages(words):
    assert words["en"].keys() == words["zh"].keys()


@pytest.mark.parametrize(("language", "said"), [("en", "Store what was said"), ("zh", "存入记忆")])
def test_the_page_of_routes_shows_them_all_and_loads_nothing(http, language, said):
    response = http.get("/docs", headers={"Accept-Language": language})
    assert response.headers["content-language"] == language
    page = response.text
    assert said in page
    assert all(name.split(" ", 1)[1] in page for name in OPERATIONS)
    assert not re.search(r"<script|src=|https?://", page)
    assert "default-src 'none'" in response.headers["content-security-policy"]

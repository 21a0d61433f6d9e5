"""What cannot be is refused with a reason, never with a failure of the service."""

import json

import pytest

ANA = {"user_id": "ana"}
EARLY, LATE = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"


def post(http, path, body):
    return http.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("time", [EARLY, LATE])
def test_times_that_no_utc_has(http, time):
    for refused in (
        http.get("/v1/facts", params={**ANA, "as_of": time}),
        post(http, "/v1/memories", {"scope": ANA, "input": {"content": "hi", "time": time}}),
        post(http, "/v1/memories/search", {"scope": ANA, "query": "hi", "options": {"since": time}}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_time")


@pytest.mark.parametrize("task", [[], {}, None, 5])
def test_care_tasks_that_are_no_names(http, task):
    refused = post(http, "/v1/jobs", {"kind": "care", "scope": ANA, "options": {"task": task}})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_option")


@pytest.mark.parametrize("metadata", [{"a": "\ud800"}, {"\ud800": 1}, {"a": {"b": ["\ud800"]}}])
def test_halves_of_characters_in_a_filter(http, metadata):
    refused = post(http, "/v1/memories/search", {"scope": ANA, "query": "hi", "options": {"metadata": metadata}})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_option")


@pytest.mark.parametrize("field", ["role", "origin", "speaker", "id"])
def test_halves_of_characters_in_a_message(http, field):
    message = {"content": "hi", field: "\ud800"}
    assert post(http, "/v1/memories", {"scope": ANA, "input": message}).status_code == 422

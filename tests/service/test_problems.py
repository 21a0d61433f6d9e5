"""Every failure is a problem of RFC 9457 in the caller's language, and the server's own faults tell nothing."""

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from fusion_memory.core import errors, service_errors
from fusion_memory.core.scope import Action, Bounds, Principal
from fusion_memory.service.app import create_app
from fusion_memory.service.options import ServiceOptions
from fusion_memory.service.problems import MEDIA_TYPE, status_of

MEMBERS = {"type", "title", "status", "detail", "code", "hint", "instance"}
SECRET = "/home/ana/secret.db"


def failing(error):
    router = APIRouter()

    @router.get("/fail")
    def fail() -> None:
        raise error

    return router


def problem(response, status, code):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    told = response.json()
    assert told.keys() >= MEMBERS
    assert (told["status"], told["code"]) == (status, code)
    return told


def kinds(kind=errors.FusionMemoryError):
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ in {errors.__name__, service_errors.__name__}:
            yield from kinds(child)


def test_a_route_that_is_not_there(http):
    assert problem(http.get("/nowhere"), 404, "no_such_route")["instance"] == "/nowhere"


def test_a_method_that_a_route_does_not_take(http):
    response = http.patch("/v1/stats")
    problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "GET"


def test_an_unknown_field_is_named_and_its_value_is_not(http):
    told = problem(http.get("/v1/stats", params={"user_id": "ana", "colour": "green"}), 422, "invalid_request")
    assert told["errors"] == [{"where": "query/colour", "what": "Extra inputs are not permitted"}]
    assert "green" not in str(told)


def test_nobody_named(http):
    assert problem(http.get("/v1/stats"), 422, "invalid_scope")["hint"].startswith("name workspace_id")


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("fr, zh;q=0.5", "zh"),
        ("zh;q=0, fr", "en"),
        ("en;q=0.2, zh;q=0.9", "zh"),
        ("", "en"),
        ("zh;q=much", "en"),
    ],
)
def test_problems_speak_the_language_of_the_caller(http, wanted, spoken):
    response = http.get("/v1/stats", headers={"Accept-Language": wanted})
    assert response.headers["content-language"] == spoken
    assert ("没有指明范围" in response.json()["title"]) == (spoken == "zh")


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_error_is_told(memory, kind, language):
    with TestClient(create_app(memory, options=ServiceOptions(routers=(failing(kind()),)))) as http:
        response = http.get("/fail", headers={"Accept-Language": language})
    told = problem(response, status_of(kind()), kind.code)
    assert all(told[name] for name in MEMBERS)
    assert any("一" <= letter <= "鿿" for letter in told["title"]) == (language == "zh")


@pytest.mark.parametrize(
    "error", [RuntimeError(SECRET), errors.StorageError(f"{SECRET} cannot be read."), OSError(5, "input", SECRET)]
)
def test_a_fault_of_the_server_tells_and_logs_nothing_of_its_insides(memory, error, caplog):
    with TestClient(create_app(memory, options=ServiceOptions(routers=(failing(error),)))) as http:
        response = http.get("/fail")
    assert response.status_code == 500
    assert SECRET not in response.text + caplog.text
    assert "test_problems" in caplog.text
    assert "Traceback" not in response.text + caplog.text


def test_a_caller_over_its_rate_is_told_when_to_come_back(memory):
    router = failing(service_errors.TooManyRequests(retry_after_s=2.3))
    with TestClient(create_app(memory, options=ServiceOptions(routers=(router,)))) as http:
        assert http.get("/fail").headers["retry-after"] == "3"


class OneTenant:
    def identify(self, request):
        return Principal("bot", frozenset({Action.READ, Action.WORKSPACE}), Bounds(workspace_id="acme"))


def test_a_bound_caller_is_placed_within_its_bounds(memory):
    with TestClient(create_app(memory, options=ServiceOptions(gate=OneTenant()))) as http:
        assert http.get("/v1/stats").json()["memories"] == 0
        problem(http.get("/v1/stats", params={"workspace_id": "other"}), 403, "access_denied")


def test_the_service_closes_nothing_that_it_did_not_open(memory, http):
    with TestClient(create_app(memory)):
        pass
    assert http.get("/v1/stats", params={"user_id": "ana"}).status_code == 200


class Doorless:
    """A gate that breaks."""

    def identify(self, request):
        raise ZeroDivisionError(SECRET)


def test_a_gate_that_breaks_lets_nobody_in_and_tells_nothing(memory, caplog):
    with TestClient(create_app(memory, options=ServiceOptions(gate=Doorless()))) as http:
        told = problem(http.get("/v1/stats", params={"user_id": "ana"}), 500, "internal")
    assert SECRET not in str(told) + caplog.text

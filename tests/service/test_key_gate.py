"""Who gets in: keys, names, origins, rates. What was revoked is out at once, and a stranger learns nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from gate_fixtures import bearer, serving, settings_with
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.service.doors import hosts_of, unusable
from fusion_memory.service.guarding import guarded, require_guarded
from fusion_memory.service.limits import ProcessMeter, Rate
from fusion_memory.service.options import ServiceOptions
from fusion_memory.service.routes import events as routes_of_events

ACME = Scope(workspace_id="acme")
STATS = "/v1/stats?user_id=ana"


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self):
        return datetime(2026, 5, 1, 23, 59, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self):
        return self.seconds


@pytest.fixture
def door():
    with serving() as (http, memory):
        yield http, memory


def test_a_key_opens_and_its_end_closes_at_once(door):
    http, memory = door
    made = memory.create_key(ACME, "x", ["read"])
    assert http.get(STATS, headers=bearer(made.secret)).status_code == 200
    assert http.get(STATS, headers={"X-API-Key": made.secret}).status_code == 200
    memory.revoke_key(made.key.id)
    refused = http.get(STATS, headers=bearer(made.secret))
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert refused.headers["www-authenticate"].startswith("Bearer")


def test_every_way_to_have_no_key_is_told_alike(door):
    http, memory = door
    made = memory.create_key(ACME, "x", ["read"])
    gone, old = memory.create_key(ACME, "x"), memory.create_key(Scope(workspace_id="beta"), "x")
    memory.revoke_key(gone.key.id)
    memory.revoke_key(old.key.id)
    told = set()
    for secret in (gone.secret, old.secret, made.secret[:-1] + "?", "fmk_" + "0" * 12 + "_" + "0" * 52, "nonsense"):
        reply = http.get(STATS, headers=bearer(secret))
        told.add((reply.status_code, reply.content))
        assert secret not in reply.text
    assert len(told) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic eDp5"},
        {"Cookie": "key=fmk_x"},
        [("Authorization", "Bearer a"), ("Authorization", "Bearer b")],
        [("Authorization", "Bearer a"), ("X-API-Key", "b")],
        {"X-API-Key": ""},
        {"Authorization": "Bearer \xff\xfe".encode("latin-1")},
    ],
)
def test_what_is_no_key_gets_a_clear_401(door, headers):
    http, _ = door
    assert http.get(STATS, headers=headers).status_code == 401
    assert http.get("/v1/stats", headers=headers, params={"api_key": "x"}).status_code == 401
    assert http.post("/v1/memories", headers=headers, content=b"{not json").status_code == 401


def test_a_key_in_the_address_does_not_count(door):
    http, memory = door
    made = memory.create_key(ACME, "x")
    assert http.get(STATS, params={"key": made.secret, "access_token": made.secret}).status_code == 401


def test_auto_asks_for_a_key_once_one_was_made():
    with serving(auth={"mode": "auto"}) as (http, memory):
        assert http.get(STATS).status_code == 200
        made = memory.create_key(ACME, "x")
        assert http.get(STATS).status_code == 401
        memory.revoke_key(made.key.id)
        assert http.get(STATS).status_code == 401, "the end of the last key does not open the door again"
    ana = {"workspace_id": "acme", "user_id": "ana"}
    with serving(auth={"mode": "auto"}) as (http, memory):
        own = bearer(memory.create_key(Scope(**ana), "x").secret)
        assert http.post("/v1/memories", headers=own, json={"input": "I keep bees."}).status_code == 201
        assert http.post("/v1/subjects/forget", headers=own, json={"scope": ana}).status_code == 200
        assert http.get(STATS).status_code == 401, "nor does a key that erases its own subject and goes with it"
    with serving(auth={"mode": "off"}) as (http, memory):
        memory.create_key(ACME, "x")
        assert http.get(STATS).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "memory.example.org"])
def test_a_network_is_served_with_keys_only(host):
    with pytest.raises(InvalidSetting, match="let everybody in"):
        require_guarded(settings_with({"mode": "off"}, host=host))
    with MemoryService(embedder=None, llm=None) as memory:
        for mode in ("auto", "on"):
            with pytest.raises(InvalidSetting, match="nobody has a key"):
                guarded(settings_with({"mode": mode}, host=host), memory, ServiceOptions())
        memory.create_operator_key("x")
        with serving(
            memory,
            {"mode": "auto", "allowed_hosts": "memory.example.org"},
            host=host,
            base="http://memory.example.org",
        ) as (http, _):
            assert http.get(STATS).status_code == 401
    with pytest.raises(InvalidSetting, match="none"):
        require_guarded(settings_with({"mode": "maybe"}))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "",
        "evil.example:8765",
        "127.0.0.1@evil.example",
        "2130706433",
        "[::1].evil.example",
        "127.0.0.1:99:88",
        "0.0.0.0",
    ],
)
def test_a_page_that_was_redirected_to_this_computer_is_turned_away(host):
    with serving(auth={"mode": "off"}) as (http, _memory):
        reply = http.get(STATS, headers={"Host": host})
        assert (reply.status_code, reply.json()["code"]) == (421, "misdirected_request")
        assert http.post("/v1/memories", headers={"Host": host}, json={"input": "x"}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8765", "127.0.0.1:1", "[::1]:8765", "localhost."])
def test_its_own_names_are_answered(host):
    with serving(auth={"mode": "off"}) as (http, _):
        assert http.get(STATS, headers={"Host": host}).status_code == 200


def test_web_pages_may_call_only_where_they_were_allowed():
    allowed = "https://app.example.org"
    with serving(auth={"mode": "off", "allowed_origins": f"{allowed}, https://b.example"}) as (http, _):
        fine = http.get(STATS, headers={"Origin": allowed})
        assert fine.headers["access-control-allow-origin"] == allowed
        assert "origin" in fine.headers["vary"].lower()
        asked = http.options(STATS, headers={"Origin": allowed, "Access-Control-Request-Method": "POST"})
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, allowed)
        assert "credentials" not in str(asked.headers)
        for origin in (
            "https://evil.example",
            "null",
            "https://app.example.org.evil.example",
            "http://app.example.org",
            "https://app.example.org:444",
            "*",
            "",
        ):
            for reply in (
                http.get(STATS, headers={"Origin": origin}),
                http.options(STATS, headers={"Origin": origin}),
            ):
                assert (reply.status_code, reply.json()["code"]) == (403, "forbidden_origin")
                assert "access-control-allow-origin" not in reply.headers
        assert http.get(STATS, headers={"Origin": "http://127.0.0.1:8765"}).status_code == 200
    with pytest.raises(InvalidSetting, match="no origin"), serving(auth={"allowed_origins": "*"}):
        pass
    assert unusable(["https://a.example:1", "x", "https://a/b", "https://*.a", "https://u@a"]) == [
        "x",
        "https://a/b",
        "https://*.a",
        "https://u@a",
    ]
    assert "0.0.0.0" not in hosts_of("0.0.0.0", "")


def test_a_request_has_a_name_that_the_trail_knows(door):
    http, memory = door
    made = memory.create_key(ACME, "x")
    sent = http.post(
        "/v1/memories",
        headers={**bearer(made.secret), "X-Request-ID": "job-7"},
        json={"input": "I keep bees.", "scope": {"user_id": "ana"}},
    )
    assert sent.headers["x-request-id"] == "job-7"
    assert [(one.action, one.principal) for one in memory.audit(ACME).records if one.request_id == "job-7"] == [
        ("add", f"key:{made.key.id}"),
        ("login", f"key:{made.key.id}"),
    ]
    for odd in ("a b", "x" * 65, "é", ""):
        assert (
            http.get(STATS, headers={"X-Request-ID": odd.encode("latin-1")})
            .headers["x-request-id"]
            .startswith("req_")
        )


def test_a_key_that_asks_too_often_waits(door):
    watch = Watch()
    with serving(limits={"key_per_minute": 60, "burst": 3}, clock=watch) as (http, memory):
        one, two = (bearer(memory.create_key(ACME, "x").secret) for _ in range(2))
        left = [http.get(STATS, headers=one).headers["ratelimit-remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        refused = http.get(STATS, headers=one)
        assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (
            429,
            "too_many_requests",
            "1",
        )
        assert http.get(STATS, headers=two).status_code == 200
        watch.seconds = 1
        assert http.get(STATS, headers=one).status_code == 200


def test_a_workspace_and_a_stranger_have_their_own_bounds():
    watch = Watch()
    limits = {"tenant_per_minute": 2, "stranger_per_minute": 4, "key_per_minute": 0}
    with serving(limits=limits, clock=watch) as (http, memory):
        keys = [bearer(memory.create_key(ACME, "x").secret) for _ in range(3)]
        assert [http.get(STATS, headers=key).status_code for key in keys] == [200, 200, 429]
        other = bearer(memory.create_key(Scope(workspace_id="beta"), "x").secret)
        assert http.get(STATS, headers=other).status_code == 200
        wrong = [http.get(STATS, headers=bearer(f"fmk_{n:012}_{'0' * 52}")).status_code for n in range(6)]
        assert wrong == [401, 401, 401, 401, 429, 429]
        assert http.get(STATS, headers=other).status_code == 200, "a good key is let in beside strangers"
        watch.seconds = 60
        assert http.get(STATS, headers=other).status_code == 200


def test_to_send_no_key_is_no_attempt_to_guess_one():
    with serving(limits={"stranger_per_minute": 2}, clock=Watch()) as (http, _):
        assert [http.get(STATS).status_code for _ in range(4)] == [401] * 4
        assert http.get(STATS, headers=bearer("nonsense")).status_code == 401


def test_a_stream_looks_its_key_up_again_and_takes_nothing_of_its_rate(monkeypatch):
    monkeypatch.setattr(routes_of_events, "LOOKED_EVERY_S", 0.001)
    with serving(limits={"key_per_minute": 60, "burst": 2}, clock=Watch()) as (http, memory):
        made, look, looks = memory.create_key(ACME, "x"), routes_of_events.Follower.look, []

        def counted(follower, cursor):
            looks.append(cursor)
            if len(looks) == 20:
                memory.revoke_key(made.key.id)
            return look(follower, cursor)

        monkeypatch.setattr(routes_of_events.Follower, "look", counted)
        told = http.get("/v1/events?user_id=ana", headers=bearer(made.secret)).text
    assert len(looks) == 20
    assert "unauthenticated" in told
    assert "too_many_requests" not in told


def test_the_tokens_of_a_day_end_and_begin_anew():
    watch = Watch()
    with serving(limits={"tokens_per_day": 200}, clock=watch) as (http, memory):
        mine, other = (bearer(memory.create_key(Scope(workspace_id=name), "x").secret) for name in ("acme", "beta"))
        body = {"input": "I keep bees. " * 70, "scope": {"user_id": "ana"}}
        assert http.post("/v1/memories", headers=mine, json=body).status_code == 201
        refused = http.get(STATS, headers=mine)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert http.get(STATS, headers=other).status_code == 200
        watch.seconds = 60
        assert http.get(STATS, headers=mine).status_code == 200


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 600), st.integers(1, 20))
def test_no_sequence_gets_more_than_the_rate_and_the_burst(gaps, per_minute, burst):
    meter, rate, now, granted = ProcessMeter(), Rate(per_minute, burst), 0.0, 0
    for gap in gaps:
        now += gap
        level = meter.take("x", rate, now)
        granted += not level.empty
        assert granted <= burst + now * per_minute / 60 + 1e-6
        assert level.empty == (level.wait_s > 0)

"""What a caller gets: every kind of resource, page by page, version by version, and nothing of others."""

import json
import re

import pytest
from fastapi.testclient import TestClient

from fusion_memory.core.scope import Bounds, Principal, Scope
from fusion_memory.core.settings import ServerSettings
from fusion_memory.engine.service import MemoryService
from fusion_memory.service.app import create_app
from fusion_memory.service.options import ServiceOptions

ANA = {"user_id": "ana"}
BODY = {"scope": ANA}
TIME = "2026-03-14T09:30:00+01:00"


def leaf(http, path):
    found = []
    while path:
        response = http.get(path)
        assert response.status_code == 200, response.text
        found += response.json()
        path = next(iter(re.findall(r'<([^>]*)>; rel="next"', response.headers.get("link", ""))), None)
    return found


def add(http, *said, **more):
    response = http.post("/v1/memories", json={**BODY, "input": list(said), **more})
    assert response.status_code in {200, 201}, response.text
    return response.json()["ids"]


def test_what_was_said_comes_back_word_for_word(http):
    text = 'She said "no"\nand left 👩‍👩‍👧. 我养了两只猫。'
    (memory_id,) = add(http, {"role": "user", "content": text, "time": TIME, "mood": "calm"})
    found = http.get(f"/v1/memories/{memory_id}", params=ANA).json()
    assert (found["content"], found["said_at"]) == (text, "2026-03-14T08:30:00+00:00")
    assert found["metadata"] == {"mood": "calm"}


def test_a_repetition_is_known_and_says_so(http):
    message = {**BODY, "input": "I keep bees.", "session_time": TIME}
    assert [http.post("/v1/memories", json=message).status_code for _ in range(2)] == [201, 200]


def test_lists_lead_from_page_to_page(http):
    add(http, *[f"note {n}" for n in range(7)])
    assert [one["content"] for one in leaf(http, "/v1/memories?user_id=ana&limit=3")] == [
        f"note {n}" for n in reversed(range(7))
    ]


def test_facts_are_listed_page_by_page(http):
    add(http, *[f"I like {thing}." for thing in ("bees", "tea", "snow", "chess", "rain")])
    found = leaf(http, "/v1/facts?user_id=ana&limit=2&type=preference")
    assert sorted(fact["object"] for fact in found) == ["bees", "chess", "rain", "snow", "tea"]


@pytest.mark.parametrize(
    "change", [lambda c: "A" + c[1:], lambda c: c[:-4], lambda c: "é", lambda c: "", lambda c: "%%"]
)
def test_a_cursor_that_was_changed_is_refused(http, change):
    add(http, "one", "two", "three")
    link = http.get("/v1/memories?user_id=ana&limit=1").headers["link"]
    cursor = re.search(r"cursor=([^>&]*)", link)[1]
    response = http.get("/v1/memories", params={**ANA, "limit": 1, "cursor": change(cursor)})
    assert (response.status_code, response.json()["code"]) == (400, "bad_cursor")


def test_a_cursor_goes_on_with_its_own_list_only(http):
    add(http, "one", "two", "three")
    link = http.get("/v1/memories?user_id=ana&limit=1").headers["link"]
    other = re.search("<(.*)>", link)[1].replace("user_id=ana", "user_id=ben")
    assert http.get(other).json()["code"] == "bad_cursor"


def test_a_fact_is_changed_in_the_version_that_was_read(http):
    add(http, "I live in Lisbon.")
    fact = http.get("/v1/facts", params=ANA).json()[0]
    path = f"/v1/facts/{fact['id']}"
    version = http.get(path, params=ANA).headers["etag"]
    change = {**BODY, "object": "Porto"}
    assert http.post(f"{path}/correct", json=change, headers={"If-Match": '"other"'}).status_code == 412
    new = http.post(f"{path}/correct", json=change, headers={"If-Match": f'"other", {version}'})
    assert (new.status_code, new.json()["object"], new.json()["supersedes"]) == (200, "Porto", fact["id"])
    assert http.get(path, params=ANA).headers["etag"] != version
    assert http.post(f"{path}/correct", json=change, headers={"If-Match": version}).status_code == 412
    gone = http.post(f"/v1/facts/{new.json()['id']}/retract", json=BODY, headers={"If-Match": "*"})
    assert gone.json()["state"] == "retracted"


def test_profile_values_have_a_version(http):
    version = http.get("/v1/profile", params=ANA).headers["etag"]
    assert http.patch("/v1/profile", json={**BODY, "updates": {"a": 1}}, headers={"If-Match": version}).json() == {
        "a": 1
    }
    late = http.patch("/v1/profile", json={**BODY, "updates": {"a": 2}}, headers={"If-Match": version})
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")
    assert http.patch("/v1/profile", json={**BODY, "updates": {"a": None}}).json() == {}


def test_the_present_and_the_past(http):
    add(http, "I live in Lisbon.")
    before = http.get("/v1/memories", params=ANA).json()[0]["recorded_at"]
    add(http, "I moved to Porto.")
    assert len(http.get("/v1/memories", params={**ANA, "as_of": before}).json()) == 1
    then = http.post("/v1/memories/search", json={**BODY, "query": "Porto", "options": {"as_of": before}}).json()
    assert all("Porto" not in hit["text"] for hit in then["hits"])
    for path in ("facts", "timeline", "views", "conflicts", "entities", "entities/suggestions", "working"):
        assert http.get(f"/v1/{path}", params={**ANA, "as_of": before}).status_code == 200, path


def test_packs_are_shown_replayed_and_compared(http):
    add(http, "My sister Eva lives in Rome.")
    first = http.post("/v1/packs", json={**BODY, "query": "Where does Eva live?", "budget": 600}).json()
    add(http, "Eva keeps bees in Rome.")
    again = http.post(f"/v1/packs/{first['id']}/replay", json={**BODY, "now": True}).json()
    assert "bees" in again["text"]
    then = http.post(f"/v1/packs/{first['id']}/replay", json=BODY).json()
    assert then["text"] == first["text"]
    assert http.get(f"/v1/packs/{first['id']}", params=ANA).json()["intact"]
    second = http.post("/v1/packs", json={**BODY, "query": "Where does Eva live?", "budget": 600}).json()
    differ = http.get(f"/v1/packs/{first['id']}/diff/{second['id']}", params=ANA).json()
    assert any("bees" in line["text"] for line in differ["added"])
    assert [note["id"] for note in http.get("/v1/packs", params=ANA).json()] == [second["id"], first["id"]]


def test_passages_and_traces_are_fetched(http):
    (memory_id,) = add(http, "My sister Eva lives in Rome.")
    found = http.post("/v1/memories/search", json={**BODY, "query": "Eva"}).json()
    assert http.get(f"/v1/spans/{memory_id}/0", params=ANA).json()["text"] == "My sister Eva lives in Rome."
    assert http.get(f"/v1/traces/{found['trace_id']}", params=ANA).json()["query"] == "Eva"


def test_erasing_counts_first_and_then_erases(http):
    one, two = add(http, "I keep bees.", "I drink tea.")
    assert http.delete(f"/v1/memories/{one}", params={**ANA, "dry_run": "true"}).json()["dry_run"]
    assert http.delete(f"/v1/memories/{one}", params=ANA).json()["ids"] == [one]
    assert http.get(f"/v1/memories/{one}", params=ANA).status_code == 404
    assert http.post("/clear", json=BODY).status_code == 422
    assert http.post("/clear", json={**BODY, "confirm": True}).json()["ids"] == [two]
    assert http.get("/status", params=ANA).json()["memories"] == 0


def test_names_of_entities_may_be_any_words(http):
    add(http, "My sister Eva lives in Rome.", "Robert met Bob.")
    assert http.get("/v1/entities/Eva", params=ANA).json()["name"] == "Eva"
    merged = http.post("/v1/entities/merge", json={**BODY, "keep": "Robert", "other": "Bob"}).json()
    assert "Bob" in merged["aliases"]
    assert (
        http.post("/v1/entities/aliases", json={**BODY, "entity": "Eva", "alias": "Evi (my sister)"}).status_code
        == 200
    )
    taken = http.delete("/v1/entities/aliases", params={**ANA, "entity": "Eva", "alias": "Evi (my sister)"})
    assert taken.json()["aliases"] == []
    assert http.get("/v1/graph", params={**ANA, "entity": "Eva", "hops": 2}).json()["centre"]["name"] == "Eva"


def test_an_export_comes_whole_and_goes_in_elsewhere(http):
    add(http, "I keep bees.", "我喜欢喝茶。")
    http.patch("/v1/profile", json={**BODY, "updates": {"language": "pt"}})
    sent = http.get("/v1/export", params=ANA)
    assert sent.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line)["type"] for line in sent.text.splitlines()][0::4] == ["header", "end"]
    with MemoryService(embedder=None, llm=None, reranker=None) as other, TestClient(create_app(other)) as there:
        taken = there.post("/v1/import", params=ANA, content=sent.content).json()
        assert (taken["imported"], taken["by_hand"]) == (2, 1)
        assert there.post("/v1/import", params=ANA, content=sent.content).json()["imported"] == 0
        assert there.get("/v1/export", params=ANA).content == sent.content


@pytest.mark.parametrize("lines", [b"", b"[]\n", b"{\n", b"[" * 100_000, b'{"type":"header"}\n', b"\xff\xfe\n"])
def test_what_is_no_export_is_refused(http, lines):
    response = http.post("/v1/import", params=ANA, content=lines)
    assert response.status_code == 422
    assert response.json()["code"] in {"invalid_input", "too_deep"}


def test_the_three_calls_of_an_agent(http):
    place = {"namespace": "ana", "session_id": "monday"}
    kept = http.post(
        "/v1/ingest", json={**place, "text": "My sister Eva lives in Rome.", "metadata": {"via": "app"}}
    )
    assert kept.json() | {"status": "stored", "namespace": "ana"} == kept.json()
    found = http.post("/v1/query", json={**place, "query": "Where does Eva live?"}).json()
    (chunk,) = found["raw_chunks"]
    assert (chunk["memory_id"], chunk["tier"]) == (kept.json()["memory_id"], "hot")
    assert 0 < chunk["metadata"]["overlap"] <= 1
    assert chunk["metadata"]["via"] == "app"
    assert found["rerank_debug"]["weights"] == {"vector": 0.75, "overlap": 0.25}
    assert chunk["rerank_score"] == pytest.approx(0.25 * chunk["metadata"]["overlap"])
    pack = found["context_pack"]
    assert pack["schema"] == "memos.context_pack.v1"
    assert pack["retrieval"]["raw_chunks"] == found["raw_chunks"]
    assert [one["text"] for one in pack["working_memory"]["l1_window"]] == ["My sister Eva lives in Rome."]
    assert (
        http.get(f"/v1/packs/{found['context_pack_id']}", params={**ANA, "session_id": "monday"}).status_code == 200
    )
    assert found["token_usage_original"] > 0
    answer = http.post("/v1/answer", json={**place, "query": "Where does Eva live?"}).json()
    assert "Rome" in answer["answer"]
    assert answer["citations"][0]["text"] in "My sister Eva lives in Rome."
    unknown = http.post("/v1/answer", json={**place, "query": "What is the capital of Peru?"}).json()
    assert (unknown["abstained"], unknown["citations"]) == ("no_evidence", [])


def test_a_new_session_is_isolated_and_may_look_around(http):
    http.post("/v1/ingest", json={"namespace": "ana", "session_id": "one", "text": "The key is under the mat."})
    asked = {"namespace": "ana", "session_id": "two", "query": "Where is the key?"}
    assert http.post("/v1/query", json=asked).json()["raw_chunks"] == []
    assert len(http.post("/v1/query", json={**asked, "allow_cross_session": True}).json()["raw_chunks"]) == 1
    assert (
        http.post("/v1/query", json={**asked, "namespace": "ben", "session_id": "one"}).json()["raw_chunks"] == []
    )


def test_a_session_tells_its_summary(http):
    for n in range(8):
        text = f"We decided to plant {n} lime trees along the northern wall."
        http.post("/v1/ingest", json={"namespace": "ana", "session_id": "s", "text": text})
    found = http.post("/v1/query", json={"namespace": "ana", "session_id": "s", "query": "trees"}).json()
    assert "lime trees" in found["session_summary_text"]
    assert found["session_summary_version"] == 1
    assert found["context_pack"]["working_memory"]["session_summary"] == found["session_summary_text"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"text": "x" * 101}, 413),
        ({"text": ""}, 422),
        ({"text": 7}, 422),
        ({"role": "wizard"}, 422),
        ({"namespace": ""}, 422),
        ({"namespace": None}, 422),
        ({"metadata": ["no"]}, 422),
        ({"colour": "green"}, 422),
        ({"time": "tomorrow"}, 422),
        ({"text": "a\x00b"}, 422),
    ],
)
def test_a_bad_text_is_refused(memory, change, status):
    options = ServiceOptions(settings=ServerSettings(max_text_chars=100))
    with TestClient(create_app(memory, options=options)) as http:
        response = http.post("/v1/ingest", json={"namespace": "ana", "text": "Fine.", **change})
    assert response.status_code == status, response.text
    assert memory.stats(Scope(user_id="ana")).memories == 0


@pytest.mark.parametrize("top_k", [0, 51, -1, "6", 6.5, True, None])
def test_top_k_has_bounds(http, top_k):
    response = http.post("/v1/query", json={"namespace": "ana", "query": "tea", "top_k": top_k})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("body", [b"{", b"", b"nul", b'{"namespace": "\xff"}', b"[" * 5_000 + b"]" * 5_000])
def test_a_body_that_is_no_json_is_refused(http, body):
    response = http.post("/v1/ingest", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}, response.text
    assert response.headers["content-type"] == "application/problem+json"


class Bound:
    def __init__(self, workspace):
        self.principal = Principal(f"bot of {workspace}", within=Bounds(workspace_id=workspace))

    def identify(self, request):
        return self.principal


FOREIGN = ["memories/{memory}", "memories/{memory}/history", "memories/{memory}/related", "spans/{memory}/0"]
FOREIGN += ["facts/{fact}", "entities/{entity}", "packs/{pack}", "traces/{trace}"]
"""A history of nothing is empty; everything else is not found."""


@pytest.fixture
def tenants(memory):
    clients = [
        TestClient(create_app(memory, options=ServiceOptions(gate=Bound(name)))) for name in ("acme", "bolt")
    ]
    for client in clients:
        with client:
            pass
    return clients


@pytest.mark.parametrize("path", FOREIGN)
def test_what_belongs_to_others_is_not_there(tenants, path):
    acme, bolt = tenants
    (memory,) = add(acme, "My sister Eva lives in Rome.")
    found = acme.post("/v1/recall", json={**BODY, "query": "Eva"}).json()
    fact = acme.get("/v1/facts", params=ANA).json()[0]["id"]
    entity = acme.get("/v1/entities", params=ANA).json()[0]["id"]
    ids = {"memory": memory, "fact": fact, "entity": entity}
    ids |= {"pack": found["pack"]["id"], "trace": found["result"]["trace_id"]}
    made_up = {name: value[:-4] + "zzzz" for name, value in ids.items()}
    assert acme.get("/v1/" + path.format(**ids), params=ANA).status_code == 200
    theirs, nobodys = (bolt.get("/v1/" + path.format(**one), params=ANA) for one in (ids, made_up))
    assert (theirs.status_code, nobodys.status_code) in {(404, 404), (200, 200)}
    assert "Eva" not in theirs.text
    same = [response.text for response in (theirs, nobodys)]
    for name in ids:
        same = [text.replace(ids[name], "ID").replace(made_up[name], "ID") for text in same]
    assert same[0] == same[1]


def test_the_names_of_other_systems(http):
    assert http.get("/health").json()["status"] == "ok"
    added = http.post("/add", json={**BODY, "input": "My sister Eva lives in Rome."})
    assert added.status_code == 201
    assert http.post("/search", json={**BODY, "query": "Eva"}).json()["hits"][0]["id"] == added.json()["ids"][0]
    assert "Rome" in http.post("/answer-context", json={**BODY, "query": "Where is Eva?"}).json()["text"]
    assert http.post("/delete", json={**BODY, "ids": added.json()["ids"]}).json()["ids"] == added.json()["ids"]
    assert http.get("/status", params=ANA).json()["memories"] == 0

"""Every command works against a service: the same words, the same output, and clear refusals."""

import pytest

from fusion_memory import MemoryService
from fusion_memory.testing.served import serving


@pytest.fixture
def server():
    with MemoryService(embedder=None, llm=None, reranker=None) as memory, serving(memory) as address:
        yield address


def test_what_is_added_there_is_found_there_and_not_here(cli, server):
    cli("use", "--user", "ana")
    cli.environment["FUSION_MEMORY_CLIENT_URL"] = server
    added = cli("add", "I moved from Lisbon to Porto in May.", "--session", "s1", "--json").json
    assert added["inserted"] == 1
    found = cli("search", "Where did I move?", "--json").json
    assert found["hits"][0]["id"] == added["ids"][0]
    assert cli("get", added["ids"][0], "--json").json["content"].startswith("I moved")
    assert cli("stats", "--json").json["memories"] == 1
    assert cli("stats", "--json", "--db", "here.db").json["memories"] == 0
    del cli.environment["FUSION_MEMORY_CLIENT_URL"]
    assert cli("stats", "--json").json["memories"] == 0
    assert cli("stats", "--json", "--server", server).json["memories"] == 1


def test_batches_exports_and_answers_go_there(cli, server, tmp_path):
    cli("use", "--user", "ana")
    remote = ("--server", server, "--json")
    log = tmp_path / "talk.jsonl"
    log.write_text('{"content": "I keep bees."}\n{"content": "I live in Porto."}\n')
    assert cli("add", "--file", str(log), *remote).json["inserted"] == 2
    assert cli("facts", *remote).json
    answer = cli("ask", "Where do I live?", *remote).json
    assert "Porto" in answer["text"]
    cli("export", str(tmp_path / "out.jsonl"), *remote)
    cli("forget", "--all", "--yes", *remote)
    assert cli("stats", *remote).json["memories"] == 0
    assert cli("import", str(tmp_path / "out.jsonl"), *remote).json["imported"] == 2
    assert cli("views", *remote).json
    assert cli("profiles", "--refresh", *remote).code == 0


def test_what_works_on_files_is_refused(cli, server, tmp_path):
    refused = cli("backup", str(tmp_path / "b.db"), "--server", server, "--json", code=2).error
    assert refused["code"] == "not_offered"
    assert cli("restore", "b.db", "--server", server, "--json", code=2).error["code"] == "not_offered"


def test_nobody_there_and_no_address_are_told(cli):
    cli("use", "--user", "ana")
    gone = cli("stats", "--server", "http://127.0.0.1:9", "--set", "client.retries=0", "--json", code=8).error
    assert gone["code"] == "service_unreachable"
    assert cli("stats", "--server", "nowhere", "--json", code=5).error["code"] == "configuration"


def test_a_project_file_cannot_name_a_server(cli, tmp_path):
    cli("use", "--user", "ana")
    (tmp_path / "fusion-memory.toml").write_text('[client]\nurl = "http://evil.test"\n')
    assert cli("stats", "--json", code=5).error["code"] == "invalid_setting"


def test_the_key_comes_from_the_environment_and_is_no_setting(cli):
    cli.environment["FUSION_MEMORY_API_KEY"] = "fm_key"
    cli("use", "--user", "ana")
    assert "fm_key" not in cli("config", "--json").out
    cli.environment["FUSION_MEMORY_API_KEY"] = "two words"
    assert cli("stats", "--json", "--server", "http://127.0.0.1:9", code=5).error["code"] == "configuration"

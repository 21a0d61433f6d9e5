"""Care: doctor, config, backup and restore, export and import, reindex."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from fusion_memory.cli.words_checks_zh import in_chinese
from fusion_memory.core.reports import ReindexReport
from fusion_memory.core.settings import RetrievalSettings, catalogue
from fusion_memory.engine import health


def test_doctor_says_what_it_looked_at(ana):
    page = ana("doctor").out
    assert "database" in page
    assert "pip install" in page  # no model here: a warning with its fix
    checks = {check["name"]: check["status"] for check in ana("doctor", "--deep", "--json").json}
    assert checks["database"] == "ok"
    assert checks["embedder"] == "warn"
    assert checks["memories"] == "ok"


def test_doctor_fails_on_a_damaged_file_and_says_so(cli):
    cli.home.mkdir()
    (cli.home / "memory.db").write_bytes(b"no database at all" * 300)
    run = cli("doctor", "--json", code=1)
    assert [check["name"] for check in run.json if check["status"] == "fail"] == ["database"]


def test_doctor_looks_at_the_settings_first(cli):
    cli.environment["FUSION_MEMORY_RETREIVAL_LIMIT"] = "3"
    checks = {check["name"]: check for check in cli("doctor", "--json", code=1).json}
    assert checks["settings"]["status"] == "fail"
    assert not (cli.home / "memory.db").exists()


def test_config_names_the_origin_of_every_value(cli, tmp_path):
    cli.home.mkdir()
    (cli.home / "config.toml").write_text("[retrieval]\nlimit = 7\nbudget_tokens = 900\n")
    (tmp_path / "fusion-memory.toml").write_text("[retrieval]\nlimit = 8\n")
    found = {one["name"]: one for one in cli("config", "--set", "ingest.max_chars=9", "--json").json}
    assert set(found) == {setting.name for setting in catalogue()}
    assert (found["retrieval.limit"]["value"], found["retrieval.limit"]["origin"]) == (
        8,
        str(tmp_path / "fusion-memory.toml"),
    )
    assert found["retrieval.budget_tokens"]["origin"] == str(cli.home / "config.toml")
    assert found["ingest.max_chars"]["origin"] == "flag"
    assert found["embedding.provider"]["origin"] == "environment"
    assert found["storage.path"]["origin"] == "default"


def test_config_shows_one_value_or_one_section(cli):
    assert cli("config", "retrieval.limit").out == "10\n"
    assert [one["name"].split(".")[0] for one in cli("config", "retrieval", "--json").json] == [
        "retrieval" for _ in fields(RetrievalSettings)
    ]
    assert "检索" in cli("config", "retrieval", "--lang", "zh").out


def test_config_takes_a_file(cli, tmp_path):
    (tmp_path / "mine.toml").write_text("[retrieval]\nlimit = 4\n")
    assert cli("config", "retrieval.limit", "--config", "mine.toml").out == "4\n"
    assert cli("config", "--config", "missing.toml", "--json", code=2).error["code"] == "usage"


def test_config_never_shows_a_secret(cli):
    cli.environment["FUSION_MEMORY_STORAGE_KEY"] = "open sesame"
    for words in (
        ("config",),
        ("config", "storage.key"),
        ("config", "--json"),
        ("config", "storage.key", "--json"),
    ):
        assert "sesame" not in cli(*words).out
    assert cli("config", "storage.key").out == "***\n"


def test_config_lists_recipes_and_paths(cli):
    names = [recipe["name"] for recipe in cli("config", "recipes", "--json").json]
    assert {"balanced", "fast", "deep", "keyword", "vector", "rrf", "weighted", "dual_hit"} <= set(names)
    page = cli("config", "recipes", "--lang", "zh").out
    assert "使用中" in page
    assert cli("config", "path", "--json").json["home"] == str(cli.home)
    assert str(cli.home) in cli("config", "path").out


def test_a_backup_brings_everything_back(ana, tmp_path):
    made = ana("backup", "copy.db").out.strip()
    assert made == "copy.db"
    ana("add", "This came later.")
    restored = ana("restore", "copy.db", "--json").json
    assert ana("stats", "--json").json["memories"] == 3
    assert restored["kept"]
    assert ana("search", "Atlas", "--json").json["hits"]


def test_a_backup_does_not_bring_back_what_was_erased(ana):
    ana("backup", "copy.db")
    ana("forget", "--all", "--yes")
    ana("restore", "copy.db")
    assert ana("stats", "--json").json["memories"] == 0


def test_a_backup_has_a_name_of_its_own_and_never_overwrites(ana, tmp_path):
    first = ana("backup", "--json").json
    assert first["bytes"] > 0
    assert str(ana.home / "backups") in first["path"]
    (tmp_path / "folder").mkdir()
    assert ana("backup", "folder").out.startswith("folder/memory-")
    (tmp_path / "taken.db").write_text("mine")
    assert ana("backup", "taken.db", "--json", code=2).error["code"] == "invalid_input"
    assert (tmp_path / "taken.db").read_text() == "mine"


def test_a_damaged_backup_changes_nothing(ana, tmp_path):
    (tmp_path / "bad.db").write_bytes(b"not a backup" * 500)
    ana("restore", "bad.db", "--json", code=6)
    assert ana("stats", "--json").json["memories"] == 3


def test_an_export_moves_to_another_database(ana, tmp_path):
    told = ana("export", "all.jsonl", "--json").json
    assert told["count"] == 3
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert [line["type"] for line in lines] == ["header", "memory", "memory", "memory", "end"]
    assert ana("import", "all.jsonl", "--db", "new.db").out == "3 imported, 0 already here.\n"
    assert ana("import", "all.jsonl", "--db", "new.db", "--json").json == {
        "imported": 0,
        "duplicates": 3,
        "by_hand": 0,
    }
    assert ana("search", "Atlas", "--db", "new.db", "--json").json["hits"][0]["text"].startswith("Atlas")


def test_an_export_on_stdout_is_lines_or_one_document(ana):
    text = ana("export").out
    assert len(text.splitlines()) == 5
    records = ana("export", "-", "--json").json
    assert [record["type"] for record in records][:2] == ["header", "memory"]
    assert ana("import", "-", "--db", "new.db", stdin=text).out == "3 imported, 0 already here.\n"


def test_an_export_of_all_owners_needs_no_scope(ana):
    ana("add", "Bob's own.", "--user", "bob")
    ana("use", "--clear")
    assert ana("export", "--all", "e.jsonl", "--json").json["count"] == 4
    assert ana("export", "--json", code=2).error["code"] == "invalid_scope"


def test_an_export_that_fails_leaves_no_file(ana, tmp_path):
    class Breaking:
        def stats(self, _scope):
            return ana_stats

        def export(self, _scope):
            yield {"type": "header"}
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    ana_stats = type("Counts", (), {"memories": 3})()
    (tmp_path / "old.jsonl").write_text("before")
    ana.open_service = lambda _settings, _folder: Breaking()
    assert ana("export", "old.jsonl", "--json", code=6).error["code"] == "disk_full"
    assert (tmp_path / "old.jsonl").read_text() == "before"
    assert not list(tmp_path.glob(".old*"))


@pytest.mark.parametrize("content", ["", "{}\n", "[1]\n", '{"type": "header", "format": "other"}\n', "not json\n"])
def test_what_is_no_export_is_refused(ana, tmp_path, content):
    (tmp_path / "bad.jsonl").write_text(content)
    assert ana("import", "bad.jsonl", "--json", code=2).error["code"] == "invalid_input"


def test_a_cut_off_export_is_refused(ana, tmp_path):
    lines = ana("export").out.splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_text("".join(lines[:-2]), "utf-8")
    ana("import", "cut.jsonl", "--db", "new.db", "--json", code=2)


def test_reindex_without_a_model_says_what_to_install(ana):
    error = ana("reindex", "--json", code=7).error
    assert error["code"] == "model_unavailable"
    assert "pip install" in error["fix"]


def test_reindex_reports(cli):
    class Memory:
        def catch_up(self, progress):
            progress(2)
            return 2

        def reindex(self, progress):
            progress(5)
            return ReindexReport("new@1/3", "old@1/2", 5)

        def close(self):
            pass

    cli.open_service = lambda _settings, _folder: Memory()
    run = cli("reindex")
    assert run.out == "5 passages embedded into new@1/3.\n"
    assert "old@1/2" in run.err
    assert cli("reindex", "--json").json["embedded"] == 5


def test_doctor_speaks_chinese_throughout(ana):
    rows = ana("doctor", "--deep", "--lang", "zh").out.splitlines()
    for row in rows:
        mark, name, detail = row.split(maxsplit=2) if not row.startswith(" ") else ("", "", row)
        if mark and name not in {"程序", "设置", "主目录", "范围", "数据库文件"}:
            assert re.search(r"[一-鿿]", detail), row


def test_every_sentence_of_the_doctor_is_known_in_chinese():
    source = Path(health.__file__).read_text("utf-8")
    said = set(re.findall(r'(?:HealthCheck\([^)]*?|detail = )f?"([a-z][^"]*?)"', source))
    names = {"database", "embedder", "reranker", "vectors", "backlog", "memories", "audit"}
    for sentence in said - names:
        filled = re.sub(r"\{[^}]*\}", "7", sentence)
        assert in_chinese(filled) != filled, sentence


def test_what_was_put_right_comes_with_an_import(cli, tmp_path):
    cli("add", "--user", "ana", "I live in Lisbon.")
    [fact] = cli("facts", "--user", "ana", "--json").json
    cli("correct", fact["id"], "Faro", "--user", "ana")
    cli("export", str(tmp_path / "out.jsonl"), "--user", "ana")
    copy = ("--db", str(tmp_path / "copy.db"))
    run = cli("import", str(tmp_path / "out.jsonl"), *copy)
    assert "set by hand" in run.err
    assert [one["object"] for one in cli("facts", "--user", "ana", *copy, "--json").json] == ["Faro"]
    again = cli("import", str(tmp_path / "out.jsonl"), "--here", "--user", "ana", *copy, "--json").json
    assert (again["imported"], again["by_hand"]) == (0, 0)
    error = cli("import", str(tmp_path / "out.jsonl"), "--here", "--user", "bob", *copy, "--json", code=2).error
    assert error["code"] == "invalid_input"

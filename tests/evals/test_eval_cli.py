"""``eval`` and ``bench`` from the command line on the real engine, and the engine with a small fake model."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from set_layouts import GENERIC, put_lines

from fusion_memory import MemoryService
from fusion_memory.cli.application import ROOT
from fusion_memory.cli.context import Doors
from fusion_memory.cli.messages import text
from fusion_memory.evals.datasets import generic, longmemeval
from fusion_memory.evals.report import missing_vectors, report_of
from fusion_memory.evals.run import Plan, Tools, run
from fusion_memory.testing.embedder import HashingEmbedder


@pytest.fixture
def cli(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    home = tmp_path / "home"

    def call(*words, code=0):
        environment = {"FUSION_MEMORY_HOME": str(home), "FUSION_MEMORY_EMBEDDING_PROVIDER": "none"}
        result = CliRunner().invoke(ROOT, list(words), obj=Doors(environment=environment))
        assert result.exit_code == code, f"{result.stdout}\n{result.stderr}"
        return result

    call.home = home
    return call


def test_the_engine_finds_in_both_languages(generic_file):
    found = generic.load(generic_file)
    plan = Plan(ks=(1, 5), resamples=20)
    outcome = run(found, lambda: MemoryService(embedder=HashingEmbedder()), plan, Tools.silent())
    report = report_of(outcome)
    assert report["metrics"]["recall@5"] == 1
    assert set(report["ablation"]) == {"keyword", "vector"}
    assert not missing_vectors(report)


@pytest.mark.parametrize("isolated", [True, False])
def test_the_engine_ranks_sessions_of_a_haystack(longmemeval_folder, isolated):
    found = longmemeval.load(longmemeval_folder, isolated=isolated)
    outcome = run(found, lambda: MemoryService(embedder=HashingEmbedder()), Plan(resamples=20), Tools.silent())
    [answer] = outcome.main.answers
    assert answer.ranking[0] in found.questions[0].gold
    haystack = found.questions[0].session_ids or [session.id for session in found.conversations[0].sessions]
    assert set(answer.ranking) <= set(haystack)


def test_json_is_the_contract(cli, generic_file):
    report = json.loads(cli("eval", "generic", str(generic_file), "--k", "1,3", "--json").stdout)
    assert report["metrics"]["recall@3"] == 1
    assert report["questions"] == 2
    assert set(report["ablation"]) == {"keyword", "vector"}
    assert set(report["by_category"]) == {"all", "place"}
    assert report["seconds"] > 0


@pytest.mark.parametrize(("name", "path"), [("locomo", "locomo_file"), ("longmemeval", "longmemeval_folder")])
def test_published_sets(cli, name, path, request):
    report = json.loads(cli("eval", name, str(request.getfixturevalue(path)), "--no-ablation", "--json").stdout)
    assert report["dataset"].startswith(name)
    assert report["ablation"] == {}


def test_a_folder_of_lives(cli, lifebench_folder):
    report = json.loads(cli("eval", "lifebench", str(lifebench_folder), "--json").stdout)
    assert report["metrics"]["any@5"] == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_for_people(cli, locomo_file, lang):
    result = cli("eval", "locomo", str(locomo_file), "--lang", lang)
    lines = result.stdout.splitlines()
    assert lines[0].startswith("locomo · 3")
    for category in ("multi-hop", "adversarial", "keyword", "vector"):
        assert any(category in line for line in lines)
    assert text(lang, "eval.degraded") in result.stderr


def test_a_report_with_its_picture(cli, generic_file, tmp_path):
    pytest.importorskip("matplotlib")
    cli("eval", "generic", str(generic_file), "--report", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "plot.png",
        "questions.jsonl",
        "report.json",
    ]


def test_without_matplotlib_it_says_so_before_it_starts(cli, generic_file, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    out = str(tmp_path / "out")
    result = cli("eval", "generic", str(generic_file), "--report", out, code=2)
    assert "fusion-memory[plot]" in result.stderr
    assert not cli.home.exists()
    cli("eval", "generic", str(generic_file), "--report", out, "--no-plot")
    assert (tmp_path / "out" / "report.json").is_file()


def test_a_sample(cli, generic_file):
    report = json.loads(cli("eval", "generic", str(generic_file), "--limit", "1", "--json").stdout)
    assert report["questions"] == 1
    assert "sample of 1 of 2" in report["notes"][-1]


def test_nothing_is_left_and_nobodys_memory_is_touched(cli, generic_file):
    cli("eval", "generic", str(generic_file), "--no-cache")
    assert list((cli.home / "scratch").iterdir()) == []
    assert not (cli.home / "memory.db").exists()


def test_three_lines_for_invalid_data(cli, tmp_path):
    path = put_lines(tmp_path / "own.jsonl", [*GENERIC, {"type": "what"}])
    lines = cli("eval", "generic", str(path), code=2).stderr.splitlines()
    assert len(lines) == 3
    assert "own.jsonl, line 7" in lines[0]


@pytest.mark.parametrize("given", ["", "0", "5,x", "5,,10", "9999"])
def test_cut_offs_that_are_none(cli, generic_file, given):
    assert "5,10,20" in cli("eval", "generic", str(generic_file), "--k", given, code=2).stderr


def test_an_unknown_recipe(cli, generic_file):
    assert "no recipe" in cli("eval", "generic", str(generic_file), "--recipe", "magic", code=2).stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help(cli, lang):
    page = cli("eval", "--help", "--lang", lang).stdout
    for name in ("locomo", "longmemeval", "lifebench", "generic"):
        assert text(lang, f"{name}.short") in page
        assert "--report" in cli("eval", name, "--help", "--lang", lang).stdout


def test_bench(cli, monkeypatch):
    monkeypatch.setattr("fusion_memory.evals.measures.storing.ADDS", 3)
    monkeypatch.setattr("fusion_memory.evals.measures.storing.WARM_UP_ADDS", 1)
    report = json.loads(cli("bench", "add", "--json").stdout)
    assert set(report["figures"]) == {"add.p50", "add.p95"}
    assert report["degraded"] == ["embedder_absent"]
    result = cli("bench", "add", "--lang", "zh")
    assert "add.p50" in result.stdout
    assert "embedder_absent" in result.stderr
    assert "serach" in cli("bench", "serach", code=2).stderr


def many(tmp_path, count=24):
    rows = [{"type": "message", "id": f"m{n}", "content": f"word{n} is here"} for n in range(count)]
    rows += [{"type": "question", "query": f"word{n}?", "gold": [f"m{n}"]} for n in range(count)]
    return str(put_lines(tmp_path / "many.jsonl", rows))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_sweep(cli, tmp_path, lang):
    result = cli(
        "eval", "generic", many(tmp_path), "--sweep", "depth=1,50", "--sweep", "lenders=0,5", "--lang", lang
    )
    assert len([line for line in result.stdout.splitlines() if line.startswith("depth=")]) == 4
    assert "(-" in result.stdout or "(+" in result.stdout
    report = json.loads(cli("eval", "generic", many(tmp_path), "--sweep", "mmr", "--json").stdout)
    assert report["variants"][0]["params"] == {"mmr_lambda": "0.3"}
    assert report["defaults"] == {"mmr_lambda": "1.0"}


def test_a_sweep_of_nothing_is_refused_before_anything_is_stored(cli, tmp_path):
    result = cli("eval", "generic", many(tmp_path), "--sweep", "smell=1", code=2)
    assert "smell" in result.stderr
    assert not cli.home.exists()


def test_a_sweep_is_written(cli, tmp_path):
    pytest.importorskip("matplotlib")
    cli("eval", "generic", many(tmp_path), "--sweep", "depth=1,50", "--report", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["plot.png", "report.json"]


def test_each_step_switched_off(cli, tmp_path):
    report = json.loads(cli("eval", "generic", many(tmp_path), "--without", "--json").stdout)
    assert "balanced+thread_weight=0" in report["ablation"]
    assert len(report["gain"]["balanced+day_share=0"]["recall@10"]["interval"]) == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_savings_and_pollution_are_told(cli, lifebench_folder, lang):
    result = cli("eval", "lifebench", str(lifebench_folder), "--savings", "--lang", lang)
    assert "token" in result.stdout
    assert text(lang, "eval.clean", people=2, hits=0).split("0")[0] in result.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_compare_leaves_with_1_when_it_got_worse(cli, tmp_path, lang):
    path = many(tmp_path)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(cli("eval", "generic", path, "--no-ablation", "--json").stdout)
    worse = json.loads(good.read_text())
    worse["per_question"]["metrics"]["recall@10"] = [0.0] * worse["questions"]
    bad.write_text(json.dumps(worse))
    words = ["eval", "compare", str(good), str(bad), "--lang", lang]
    assert text(lang, "eval-compare.worse") in cli(*words).stdout
    cli(*words, "--fail-if-worse", code=1)
    cli("eval", "compare", str(bad), str(good), "--fail-if-worse")
    assert json.loads(cli(*words, "--json").stdout)["verdict"] == "worse"
    cli("eval", "generic", path, "--no-ablation", "--report", str(tmp_path / "out"), "--no-plot")
    assert json.loads(cli("eval", "compare", str(good), str(tmp_path / "out"), "--json").stdout)["only_first"] == 0

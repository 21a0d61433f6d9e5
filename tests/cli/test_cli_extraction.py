"""``eval extraction``: understanding measured on examples of one's own, in a memory of its own."""

import json

import pytest

EXAMPLES = [
    {
        "id": "en-1",
        "said_at": "2026-03-04T10:00:00+00:00",
        "messages": [{"role": "user", "content": "I live in Lisbon."}],
        "facts": [{"type": ["attribute"], "subject": "user", "has": ["lisbon"]}],
        "topic": "places",
    },
    {
        "id": "zh-1",
        "said_at": "2026-03-04T10:00:00+00:00",
        "messages": [{"role": "user", "content": "谢谢！"}],
        "facts": [{"type": ["preference"], "subject": "user", "has": ["爵士乐"]}],
        "topic": "thanks",
    },
]
CHAIN = {
    "id": "chain-1",
    "messages": [
        {"role": "user", "content": "I live in Oslo.", "time": "2025-02-03T10:00:00+00:00"},
        {"role": "user", "content": "I moved to Lisbon.", "time": "2025-06-17T10:00:00+00:00"},
    ],
    "slot": "residence",
    "subject": "user",
    "expect": "Lisbon",
    "history": ["Oslo", "Lisbon"],
}


@pytest.fixture
def golden(tmp_path):
    folder = tmp_path / "golden"
    folder.mkdir()
    for name, entries in (("golden", EXAMPLES), ("chains", [CHAIN])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries), "utf-8")
    return str(folder)


def test_json_is_the_report(cli, golden):
    report = cli("eval", "extraction", golden, "--json").json
    assert report["dataset"] == "golden"
    assert report["questions"] == 3
    assert report["metrics"]["fact_recall"] == 0.5
    assert report["metrics"]["chain_current_accuracy"] == 1
    assert "failures" not in report
    assert list((cli.home / "scratch").iterdir()) == []
    assert not (cli.home / "memory.db").exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_person_reads_figures_groups_and_failures(cli, golden, lang):
    lines = cli("eval", "extraction", golden, "--failures", "--lang", lang).out.splitlines()
    assert lines[0] == ("golden · 3 examples" if lang == "en" else "golden · 3 个例子")
    assert any(line.split() == ["fact_recall", "0.500"] for line in lines)
    assert any(line.startswith("topic: places") for line in lines)
    assert any(line.startswith("chains: en") for line in lines)
    failed = lines.index("zh-1")
    assert "谢谢" in "".join(lines[failed:])
    assert "en-1" not in lines


def test_a_sample_is_smaller(cli, golden):
    report = cli("eval", "extraction", golden, "--limit", "1", "--seed", "3", "--json").json
    assert (report["questions"], report["seed"]) == (2, 3)


def test_what_holds_no_examples_is_refused(cli, tmp_path):
    (tmp_path / "golden.jsonl").write_text('{"id": 5}\n', "utf-8")
    for path in ("golden.jsonl", "missing", "."):
        error = cli("eval", "extraction", path, "--json", code=2).error
        assert error["code"] in {"dataset_invalid", "file"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help(cli, lang):
    page = cli("eval", "extraction", "--help", "--lang", lang).out
    for spelling in ("--failures", "--limit", "--seed"):
        assert spelling in page
    assert "extraction" in cli("eval", "--help", "--lang", lang).out

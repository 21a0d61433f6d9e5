"""Store, find, show, forget: what a person does all day."""

import json

import pytest


def test_add_prints_the_id_of_each_text(cli):
    run = cli("--user-id", "u", "add", "I like tea.", "我喜欢喝茶。")
    ids = run.out.split()
    assert len(ids) == 2
    assert "2 stored, 0 already known" in run.err
    shown = cli("--user-id", "u", "get", ids[1])
    assert "我喜欢喝茶。" in shown.out


def test_add_keeps_what_it_is_told(cli):
    words = ("--name", "李雷", "--role", "assistant", "--time", "2026-03-14T09:30", "--id", "m1")
    found = cli("add", "好的。", *words, "--metadata", '{"topic": "茶"}', "--user", "u", "--json").json
    memory = cli("get", found["ids"][0], "--user", "u", "--json").json
    assert (memory["speaker"], memory["role"], memory["client_id"]) == ("李雷", "assistant", "m1")
    assert memory["said_at"] == "2026-03-14T09:30:00+00:00"
    assert memory["metadata"] == {"topic": "茶"}
    assert memory["origin"] == "cli"


def test_the_same_text_twice_is_one_memory(ana):
    again = ana("add", "Atlas is the name of my dog.", "--time", "2026-03-05", "--session", "s1", "--json").json
    assert (again["inserted"], len(again["duplicates"])) == (0, 1)
    assert ana("stats", "--json").json["memories"] == 3


def test_json_is_not_escaped(ana):
    run = ana("search", "会议", "--json")
    assert "会议改到周五下午三点" in run.out
    assert run.err == ""


def test_add_reads_stdin(cli):
    cli("--user", "u", "add", "-", stdin="第一行\nsecond line\n")
    assert "第一行\nsecond line\n" in cli("--user", "u", "get", _only(cli)).out


def test_add_reads_a_text_file_as_a_document(cli, tmp_path):
    (tmp_path / "notes.md").write_text("# Notes\n\nThe ferry leaves at nine.\n", "utf-8")
    cli("--user", "u", "add", "--file", "notes.md")
    memory = cli("--user", "u", "get", _only(cli), "--json").json
    assert memory["kind"] == "document"
    assert memory["metadata"] == {"file": "notes.md"}


def test_add_reads_a_file_in_another_encoding(cli, tmp_path):
    (tmp_path / "notes.txt").write_bytes("渡轮九点出发。".encode("gb18030"))
    error = cli("--user", "u", "add", "--file", "notes.txt", "--json", code=2).error
    assert error["fix"] == "fusion-memory add --encoding gb18030 --file notes.txt"
    cli("--user", "u", *error["fix"].split()[1:])
    assert cli("--user", "u", "search", "渡轮", "--json").json["hits"][0]["text"] == "渡轮九点出发。"
    assert "encoding" in cli("--user", "u", "add", "--file", "notes.txt", "--encoding", "klingon", code=2).err


def test_add_reads_messages_from_a_file_and_again(cli, tmp_path):
    lines = [
        {
            "role": "user",
            "content": "The ferry leaves at nine.",
            "name": "Ana",
            "time": "2026-03-02",
            "session_id": "a",
        },
        {"role": "assistant", "content": "记住了。", "time": "2026-03-02T10:00", "session_id": "a"},
        "just a text",
    ]
    (tmp_path / "chat.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n", "utf-8")
    assert cli("--user", "u", "add", "--file", "chat.jsonl").out == "3 stored, 0 already known.\n"
    found = cli("--user", "u", "add", "--file", "chat.jsonl", "--json").json
    assert found["inserted"] + len(found["duplicates"]) == 3
    assert len(found["duplicates"]) >= 2
    assert cli("--user", "u", "search", "ferry", "--json").json["hits"][0]["session_id"] == "a"


def test_add_reads_messages_from_stdin(cli):
    lines = '{"role": "user", "content": "one"}\n{"role": "user", "content": "two"}\n'
    assert cli("--user", "u", "add", "--file", "-", stdin=lines).out == "2 stored, 0 already known.\n"


def test_search_shows_rank_score_date_who_and_text(ana):
    line = ana("search", "where", "does", "Ana", "live", "Lisbon").out.splitlines()[0].split()
    assert line[0] == "1"
    float(line[1])
    assert line[2:4] == ["2026-03-02", "Ana"]
    assert line[-1] == "May."


def test_search_lines_are_one_per_hit_whatever_the_text(cli):
    cli("--user", "u", "add", "tea\nand\tmore tea\x1b[31m")
    assert cli("--user", "u", "search", "tea").out.splitlines()[0].endswith("tea and more tea␛[31m")


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (("--since", "2026-03-05"), {"Atlas"}),
        (("--until", "2026-03-05"), {"Lisbon"}),
        (("--role", "assistant"), set()),
        (("-k", "1"), {"Atlas", "Lisbon"}),
        (("--session", "s2"), set()),
        (("--session", "s2", "--allow-cross-session"), {"Atlas", "Lisbon"}),
        (("--metadata", '{"no": "such"}'), set()),
        (("--recipe", "keyword"), {"Atlas", "Lisbon"}),
        (("--group-by", "session"), {"Atlas", "Lisbon"}),
        (("--as-of", "2001-01-01"), set()),
    ],
)
def test_search_narrows(ana, words, texts):
    hits = ana("search", "Atlas Lisbon", *words, "--json").json["hits"]
    found = {name for name in ("Atlas", "Lisbon") if any(name in hit["text"] for hit in hits)}
    assert found <= texts
    assert bool(found) == bool(texts)
    if words[0] in {"-k", "--group-by"}:
        assert len(hits) == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_search_explains(ana, lang):
    page = ana("search", "Atlas", "--explain", "--lang", lang).out
    assert ("found by" if lang == "en" else "找到它的是") in page
    assert ("words" if lang == "en" else "词语") in page


def test_search_that_finds_nothing_says_so_and_succeeds(ana):
    run = ana("search", "zeppelin")
    assert run.out == ""
    assert "Nothing found" in run.err


def test_keyword_only_is_said(ana):
    assert "no embedding model" in ana("search", "Atlas").err
    assert ana("search", "Atlas", "--json").json["degraded"] == ["embedder_absent"]


@pytest.mark.parametrize("name", ["context", "answer-context"])
def test_ask_prints_the_pack(ana, name):
    run = ana(name, "What is my dog called?", "--budget", "200")
    assert "[1]" in run.out
    assert "Atlas" in run.out
    assert "of 200 tokens" in run.err
    pack = ana(name, "dog", "--json").json
    assert pack["items"][0]["citation"] == "[1]"
    assert pack["tokens"] <= pack["budget_tokens"]


def test_a_trace_explains_a_search_later(ana):
    trace_id = ana("search", "Atlas", "--json").json["trace_id"]
    for words in (("trace", trace_id), ("get", trace_id)):
        page = ana(*words).out
        assert "Atlas" in page
        assert "score" in page
    assert ana("trace", trace_id, "--json").json["id"] == trace_id


def test_get_shows_a_passage(ana):
    hit = ana("search", "Atlas", "--json").json["hits"][0]
    assert "Atlas" in ana("get", hit["span_id"]).out
    assert ana("get", hit["span_id"], "--json").json["event_id"] == hit["id"]


def test_history_tells_what_happened(ana):
    assert [entry["action"] for entry in ana("history", "--json").json] == ["recorded"] * 3
    entries = ana("history", "--entity", "Atlas", "--json").json
    assert [entry["text"] for entry in entries] == ["Atlas is the name of my dog."]
    assert "Atlas" in ana("history", "--entity", "Atlas").out
    assert len(ana("history", entries[0]["id"], "--json").json) == 1
    assert len(ana("history", "-k", "2", "--json").json) == 2


def test_forget_counts_then_erases(ana):
    memory_id = ana("search", "Atlas", "--json").json["hits"][0]["id"]
    assert ana("forget", memory_id, "--dry-run").out.startswith("Would erase 1 memory.")
    assert ana("stats", "--json").json["memories"] == 3
    assert ana("forget", memory_id).out.startswith("Erased 1 memory.")
    assert ana("search", "Atlas", "--json").json["hits"] == []
    assert ana("get", memory_id, "--json", code=3).error["code"] == "not_found"
    assert "erased" in ana("history").out


def test_forget_everything_asks_first(ana):
    refused = ana("forget", "--all", "--json", code=2).error
    assert refused["fix"] == "fusion-memory forget --all --yes"
    assert ana("stats", "--json").json["memories"] == 3
    assert ana("forget", "--all", "--dry-run", "--json").json["dry_run"] is True
    ana("forget", "--all", "--session", "s1", "--yes")
    assert ana("stats", "--json").json["memories"] == 1
    ana("forget", "--all", "--yes")
    assert ana("stats", "--json").json["memories"] == 0


def test_stats_count(ana):
    found = ana("stats", "--json").json
    assert (found["memories"], found["sessions"]) == (3, 2)
    page = ana("stats").out
    assert "2026-03-02" in page
    assert "2026-03-09" in page


def test_flags_work_before_and_after_the_command(cli):
    for words in (("--user-id", "u", "add", "before"), ("add", "after", "--user-id", "u")):
        cli("--db", "x.db", *words)
    assert cli("stats", "--db", "x.db", "--user", "u", "--json").json["memories"] == 2
    assert not (cli.home / "memory.db").exists()
    assert cli("--user-id", "u", "stats", "--user-id", "v", "--db", "x.db", "--json").json["memories"] == 0


def _only(cli):
    return cli("--user", "u", "history", "--json").json[0]["id"]

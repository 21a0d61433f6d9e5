"""Conversations from the command line: plain words, recent messages, summaries, core memory, values of an owner."""

import json
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from fusion_memory.core import errors
from fusion_memory.core.layers import CoreMemory

BOTH = pytest.mark.parametrize("lang", ["en", "zh"])
TALK = [
    "My name is Clara.",
    "I am allergic to peanuts.",
    "I live in Porto with my dog Atlas.",
    "我对花生过敏。",
    "We moved the review to Friday.",
    "I love jazz.",
    "The tax report is due next week.",
]
EMPTY = {
    ("working",): ("Nothing was said here lately", "最近这里没有说过什么"),
    ("summaries",): ("nothing to summarise", "没有可以做摘要的内容"),
    ("summaries", "--refresh", "--session", "s1"): ("nothing to summarise", "没有可以做摘要的内容"),
    ("core",): ("Nothing is important enough", "还没有足够重要的内容"),
    ("about",): ("No values are kept", "没有保存任何值"),
}


@pytest.fixture
def talk(cli):
    """A command line that remembers the user ana, who said a few things a moment ago in session s1."""
    cli("use", "--user", "ana")
    start = datetime.now(UTC) - timedelta(minutes=10)
    lines = [
        {"content": said, "time": (start + timedelta(seconds=20 * place)).isoformat(), "session_id": "s1"}
        for place, said in enumerate(TALK)
    ]
    cli("add", "--file", "-", stdin="\n".join(map(json.dumps, lines)))
    return cli


def memories(cli):
    return cli("stats", "--json").json["memories"]


@BOTH
@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("remember that my car is on level 3", "remember", ("Remembered: my car", "已记住:my car")),
        ("记住我的车停在三层", "remember", ("Remembered: 我的车", "已记住:我的车")),
        ("don't remember this", "do_not_remember", ("No facts are made", "不会从中得出事实")),
        ("不要记住这件事", "do_not_remember", ("No facts are made", "不会从中得出事实")),
        ("The sky is clear today.", "added", ("Added as a message", "已作为消息存入")),
        ("今天天气很好。", "added", ("Added as a message", "已作为消息存入")),
    ],
)
def test_what_is_told_is_kept(talk, said, kind, words, lang):
    run = talk("tell", said, "--lang", lang)
    assert words[lang == "zh"] in run.err
    assert said in talk("get", run.out.strip()).out
    assert memories(talk) == len(TALK) + 1
    again = talk("tell", said, "--json").json
    assert (again["kind"], again["added"]["inserted"]) == (kind, 0)


@BOTH
@pytest.mark.parametrize(
    "said", ["what do you remember about jazz?", "你还记得 jazz 吗?", "search my memory for jazz"]
)
def test_what_is_asked_for_is_found(talk, said, lang):
    run = talk("tell", said, "--lang", lang)
    assert "I love jazz" in run.out
    assert "fusion-memory trace" in run.err
    assert talk("tell", *said.split(), "--json").json["found"]["hits"]
    assert memories(talk) == len(TALK)


@BOTH
@pytest.mark.parametrize("said", ["forget everything about jazz", "忘掉关于 jazz 的一切"])
def test_to_forget_is_proposed_with_the_command_that_would_do_it(talk, said, lang):
    run = talk("tell", said, "--lang", lang)
    assert "I love jazz" in run.out
    assert ("Nothing was erased" if lang == "en" else "没有抹除任何内容") in run.err
    assert memories(talk) == len(TALK)
    command = next(line for line in run.err.splitlines() if "fusion-memory forget" in line)
    words = shlex.split(command[command.index("fusion-memory forget") :])[1:]
    ids = [word for word in words if word.startswith("mem_")]
    assert set(ids) == {word for line in run.out.splitlines() for word in line.split() if word.startswith("mem_")}
    assert len(talk(*words, "--dry-run", "--json").json["ids"]) == len(ids)
    talk(*words)
    assert "I love jazz" not in talk("search", "jazz").out


def test_the_command_names_the_place_that_is_not_remembered(talk, tmp_path):
    other = str(tmp_path / "other one.db")
    talk("--db", other, "add", "I love jazz.", "--user", "ben", "--session", "s1")
    run = talk("--db", other, "--user", "ben", "--session", "s2", "tell", "forget everything about jazz")
    command = next(line for line in run.err.splitlines() if "fusion-memory forget" in line)
    words = shlex.split(command[command.index("fusion-memory forget") :])[1:]
    assert words[:5] == ["forget", "--user", "ben", "--db", other]
    talk(*words)
    assert talk("--db", other, "--user", "ben", "stats", "--json").json["memories"] == 0


@BOTH
@pytest.mark.parametrize("said", ["delete all my memories", "清空我的记忆"])
def test_to_forget_everything_points_to_the_whole(talk, said, lang):
    assert "fusion-memory forget --all --dry-run" in talk("tell", said, "--lang", lang).err
    assert memories(talk) == len(TALK)


@BOTH
def test_nothing_to_forget_is_said(cli, lang):
    run = cli("--user", "u", "tell", "forget everything about Berlin", "--lang", lang)
    assert run.out == ""
    assert ("Nothing was found to forget" if lang == "en" else "没有找到可以忘记的内容") in run.err


@BOTH
@pytest.mark.parametrize("said", ["tidy up my memory", "整理一下记忆"])
def test_to_tidy_up_works_off_what_waits(talk, said, lang):
    talk("add", "I live in Braga.", "--set", "encoding.mode=offline")
    run = talk("tell", said, "--lang", lang)
    rows = dict(line.rsplit(maxsplit=1) for line in run.out.splitlines())
    assert rows["done" if lang == "en" else "完成"] == "1"
    assert rows["sessions summarised" if lang == "en" else "做了摘要的会话"] == "1"
    assert ("Tidied up" if lang == "en" else "已整理") in run.err
    assert talk("tell", said, "--json").json["organised"]["processed"] == 0


@BOTH
def test_what_is_known_already_is_not_added_again(talk, lang):
    first = talk("tell", "Rex is a good dog.").out
    again = talk("tell", "Rex is a good dog.", "--lang", lang)
    assert again.out == first
    assert ("already here" if lang == "en" else "已经有了") in again.err
    assert memories(talk) == len(TALK) + 1


def test_the_recent_messages_are_shown_oldest_first(talk):
    lines = talk("working", "--session", "s1").out.splitlines()
    assert [line.endswith(said) for line, said in zip(lines, TALK, strict=True)] == [True] * len(TALK)
    assert "user" in lines[0]
    found = talk("working", "--session", "s1", "--json").json
    assert [one["content"] for one in found] == TALK
    assert talk("working", "--session", "s2", "--json").json == []
    assert talk("working", "--as-of", "2001-01-01", "--json").json == []
    two = talk("working", "--session", "s1", "--set", "working.messages=2", "--json").json
    assert [one["content"] for one in two] == TALK[-2:]
    assert len(talk("working", "--session", "s2", "--allow-cross-session", "--json").json) == len(TALK)


@BOTH
def test_summaries_are_shown_and_made_anew(talk, lang):
    page = talk("summaries", "--lang", lang).out
    assert page.startswith("s1 ")
    assert ("of 7 messages quoted" if lang == "en" else "7 条消息中引用了") in page
    assert ("its first messages" if lang == "en" else "最初的消息") in page
    assert "allergic to peanuts" in page
    [kept] = talk("summaries", "--json").json
    [fresh] = talk("summaries", "--refresh", "--session", "s1", "--json").json
    assert (fresh["version"], fresh["cause"]) == (kept["version"] + 1, "request")
    assert talk("summaries", "--session", "s2", "--json").json == []


@BOTH
def test_a_session_is_saved_as_it_is_or_with_a_summary(talk, lang):
    run = talk("save-session", "--session", "s1", "--lang", lang)
    assert (run.out, "s1" in run.err) == ("", True)
    assert talk("save-session", "--session", "s1", "--json").json["summary"] is None
    run = talk("save-session", "--session", "s1", "--mode", "summary", "--lang", lang)
    assert "allergic to peanuts" in run.out
    assert ("with its summary" if lang == "en" else "附有摘要") in run.err
    saved = talk("save-session", "--session", "s1", "--mode", "summary", "--json").json
    assert (saved["session_id"], saved["mode"], saved["summary"]["cause"]) == ("s1", "summary", "session_end")
    empty = talk("save-session", "--session", "s9", "--mode", "summary", "--lang", lang)
    assert (empty.out, "s9" in empty.err) == ("", True)
    assert talk("save-session", "--session", "s9", "--mode", "summary", "--json").json["summary"] is None


@BOTH
def test_the_core_memory_is_text_for_a_model(talk, lang):
    run = talk("core", "--lang", lang)
    assert run.out.startswith("<core-memory>\n")
    assert "peanuts" in run.out
    assert "[C1]" in run.out
    assert "token" in run.err
    found = talk("core", "--json").json
    assert found["items"][0]["event_ids"][0].startswith("mem_")
    small = talk("core", "--budget", "1", "--lang", lang)
    assert small.out == ""
    assert "--budget" in small.err


def test_facts_that_do_not_fit_are_counted(talk):
    whole = talk("core", "--json").json
    run = talk("core", "--budget", str(whole["tokens"] - 1))
    assert "not fit the budget" in run.err


@BOTH
def test_values_about_the_owner_are_set_shown_and_taken_away(cli, lang):
    cli("use", "--user", "ana")
    held = cli("about", "name=Ana", 'languages=["pt", "zh"]', "quiet=true", "note=a = b", "odd=NaN", "--json").json
    assert held == {"languages": ["pt", "zh"], "name": "Ana", "note": "a = b", "odd": "NaN", "quiet": True}
    assert cli("about", "--json").json == held
    rows = dict(line.split(maxsplit=1) for line in cli("about", "--lang", lang).out.splitlines())
    assert (rows["name"], rows["languages"], rows["quiet"]) == ("Ana", '["pt", "zh"]', "true")
    left = cli("about", "name=安娜", "quiet=null", "--remove", "odd", "--remove", "note", "--json").json
    assert left == {"languages": ["pt", "zh"], "name": "安娜"}
    assert cli("about", "--session", "s1", "--json").json == left
    assert cli("about", "--user", "ben", "--json").json == {}


@BOTH
@pytest.mark.parametrize("words", EMPTY, ids=" ".join)
def test_nothing_is_a_note_and_no_error(cli, words, lang):
    run = cli("--user", "nobody", *words, "--lang", lang)
    assert run.out == ""
    assert EMPTY[words][lang == "zh"] in run.err
    none = cli("--user", "nobody", *words, "--json").json
    assert none == {} if words[0] == "about" else none == [] or none["items"] == []


BAD = [
    (("tell",), 2, "usage"),
    (("tell", ""), 2, "empty_text"),
    (("tell", "a\x00b"), 2, "invalid_text"),
    (("working", "--as-of", "soon"), 2, "invalid_time"),
    (("summaries", "--refresh"), 2, "invalid_input"),
    (("summaries", "--refresh", "--limit", "3", "--session", "s1"), 2, "invalid_input"),
    (("summaries", "--limit", "0"), 2, "invalid_option"),
    (("save-session",), 2, "invalid_input"),
    (("save-session", "--session", "s1", "--mode", "short"), 2, "usage"),
    (("core", "--budget", "0"), 2, "invalid_option"),
    (("core", "--budget", "some"), 2, "usage"),
    (("about", "name"), 2, "invalid_input"),
    (("about", "=Ana"), 2, "invalid_input"),
    (("about", "name=Ana", "name=Bea"), 2, "invalid_input"),
    (("about", "name=Ana", "--remove", "name"), 2, "invalid_input"),
    (("about", "a\tb=1"), 2, "invalid_input"),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("words", "code", "name"), BAD, ids=lambda part: str(part)[:50])
def test_bad_input_has_a_name_and_three_lines(talk, words, code, name, lang):
    error = talk(*words, "--json", code=code).error
    assert error["code"] == name
    assert all(error.values())
    run = talk(*words, "--lang", lang, code=code)
    assert run.out == ""
    assert len(run.err.splitlines()) == 3
    assert memories(talk) == len(TALK)
    assert talk("about", "--json").json == {}


COMMANDS = (
    ("tell", "x"),
    ("working",),
    ("summaries",),
    ("save-session", "--session", "s"),
    ("core",),
    ("about", "a=1"),
)


@pytest.mark.parametrize("error", [errors.DiskFull(), errors.AccessDenied()], ids=lambda error: error.code)
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_what_the_memory_says_decides_the_exit_code(cli, words, error):
    class Failing:
        def __getattr__(self, name):
            def fail(*_args, **_kwargs):
                raise error

            return (lambda: None) if name == "close" else fail

    cli.open_service = lambda _settings, _folder: Failing()
    assert cli("--user", "u", *words, "--json", code=error.exit_code).error["code"] == error.code


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_scope_is_needed(cli, words):
    words = [word for word in words if word not in {"--session", "s"}]
    assert cli(*words, "--json", code=2).error["code"] == "invalid_scope"


def test_a_budget_goes_to_the_memory(cli):
    class Memory:
        def core_memory(self, scope, budget):
            assert (scope.user_id, budget) == ("u", 70)
            return CoreMemory("", (), 0, 70)

        def close(self):
            pass

    cli.open_service = lambda _settings, _folder: Memory()
    assert cli("--user", "u", "core", "--budget", "70", "--json").json["budget_tokens"] == 70


@BOTH
def test_a_fact_is_shown_by_its_id(talk, lang):
    fact = talk("facts", "peanuts", "--json").json[0]
    page = talk("get", fact["id"], "--lang", lang).out
    assert fact["text"] in page.splitlines()
    assert "allergic to peanuts" in page.splitlines()[-1] or "花生" in page.splitlines()[-1]
    assert ("current" if lang == "en" else "当前") in page
    assert fact["evidence"][0]["event_id"] in page
    assert talk("get", fact["id"], "--json").json["id"] == fact["id"]
    assert talk("get", fact["id"], "--user", "ben", "--json", code=3).error["code"] == "not_found"
    talk("get", fact["id"], "--session", "s2", code=3)
    talk("get", fact["id"], "--session", "s2", "--allow-cross-session")


@BOTH
def test_an_entity_is_shown_by_its_id(talk, lang):
    [entity] = [one for one in talk("entities", "--json").json if one["name"] == "Porto"]
    rows = [line.split() for line in talk("get", entity["id"], "--lang", lang).out.splitlines()]
    assert ["id", entity["id"]] in rows
    assert (["name", "Porto"] if lang == "en" else ["名字", "Porto"]) in rows
    assert (["kind", "place"] if lang == "en" else ["种类", "地点"]) in rows
    assert talk("get", entity["id"], "--json").json["mentions"] == 1
    assert talk("get", "ent_none", "--json", code=3).error["code"] == "not_found"


def test_working_memory_takes_a_preset_and_bounds(cli):
    for session in ("s1", "s2"):
        cli("add", "--user", "ana", "--session", session, f"{session} says hello to bees")
    here = ("working", "--user", "ana", "--session", "s1", "--json")
    assert len(cli(*here).json) == 1
    assert len(cli(*here, "--preset", "user").json) == 2
    assert len(cli(*here, "--preset", "user", "--messages", "1").json) == 1
    assert cli(*here, "--budget", "1").json == []
    error = cli(*here, "--preset", "usr", code=2).error
    assert (error["code"], error["fix"]) == ("invalid_option", "fusion-memory working --preset user")
    assert cli(*here, "--reach", "town", code=2).error["code"] == "invalid_option"
    assert cli(*here, "--minutes", "-1", code=2).error["code"] == "invalid_option"

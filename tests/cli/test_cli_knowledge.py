"""What was understood, from the command line: facts, views, times, names, corrections, reports, tasks."""

import json
import re

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.cli import lazy, report_command
from fusion_memory.cli.context import Doors
from fusion_memory.core.encodings import EncodingReport
from fusion_memory.core.knowledge import EntityKind, Mention
from fusion_memory.memory import entities, events, owners

SAID = [
    ("s1", "2026-01-05", "I live in Lisbon."),
    ("s1", "2026-01-06", "I love jazz."),
    ("s2", "2026-03-02", "I moved to Porto last week."),
    ("s2", "2026-03-03", "I must submit the tax report by Friday."),
    ("s2", "2026-03-04", "我对花生过敏。"),
    ("s3", "2026-03-10", "I love jazz."),
    ("s3", "2026-03-11", "Thanks!"),
]
NAMES = {0: ("Lisbon",), 2: ("Porto", "Oporto")}
BOTH = pytest.mark.parametrize("lang", ["en", "zh"])
EMPTY = {
    ("facts",): ("No such facts", "没有这样的事实"),
    ("facts", "jazz"): ("No such facts", "没有这样的事实"),
    ("views",): ("Nothing is known", "一无所知"),
    ("timeline",): ("Nothing with a time", "没有带时间的内容"),
    ("profiles",): ("no profile", "没有画像"),
    ("entities",): ("was named", "没有提到过"),
    ("conflicts",): ("Nothing contradicts", "没有互相矛盾"),
    ("tasks",): ("No such work", "没有这样的任务"),
}


@pytest.fixture
def told(cli, tmp_path):
    """A command line that remembers the user ana, who told a few things."""
    cli("use", "--user", "ana")
    lines = [{"content": said, "time": time, "session_id": session} for session, time, said in SAID]
    (tmp_path / "told.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    cli("add", "--file", "told.jsonl")
    return cli


@pytest.fixture
def named(told):
    """The same with names in it, whatever an extractor of names makes of the words."""
    ids = [entry["id"] for entry in told("history", "--json").json]
    with MemoryService(told.home / "memory.db", embedder=None) as memory:
        parts, access = memory._parts, memory._enter("write", Scope(user_id="ana"))[1]
        with parts.database.write() as tx:
            numbers = {event_id: number for number, event_id in events.numbers(tx, access, ids).items()}
            for place, names in NAMES.items():
                mentions = [Mention(name, EntityKind.PLACE, at, at + 5) for at, name in enumerate(names)]
                said = numbers[ids[place]], mentions, parts.clock.now()
                entities.record(tx, access, owners.find(tx, access), *said)
    return told


def texts(found):
    return [fact["text"] for fact in found]


def value_of(cli, slot, *words):
    return [fact["object"] for fact in cli("facts", "--slot", slot, *words, "--json").json]


def id_of(cli, value):
    return next(fact["id"] for fact in cli("facts", "--state", "all", "--json").json if fact["object"] == value)


def test_facts_say_when_how_what_and_which(told):
    line = next(line for line in told("facts").out.splitlines() if "Porto" in line)
    valid, state, kind, fact_id, *text = line.split()
    assert (valid, state, kind) == ("2026-02-23..", "current", "attribute")
    assert fact_id == id_of(told, "Porto")
    assert "Porto" in " ".join(text)
    assert "Lisbon" not in told("facts").out


def test_facts_of_the_past_have_an_end(told):
    assert value_of(told, "residence") == ["Porto"]
    page = told("facts", "--slot", "residence", "--state", "all", "--lang", "zh").out
    assert re.search(r"2026-01-05\.\.2026-02-23 +已被取代 +属性", page)
    assert value_of(told, "residence", "--state", "superseded") == ["Lisbon"]
    assert value_of(told, "residence", "--as-of", "2026-02-01") == []
    assert len(value_of(told, "residence", "--state", "current", "--state", "superseded")) == 2


def test_facts_show_what_they_rest_on(told):
    lines = told("facts", "--type", "preferences", "--evidence").out.splitlines()
    assert "user likes jazz" in lines[0]
    assert len(lines) == 3
    assert re.fullmatch(r"    2026-01-06 user: I love jazz\.? \(mem_\w+\)", lines[1])
    memory_id = lines[2].rpartition("(")[2].rstrip(")")
    assert "I love jazz" in told("get", memory_id).out


def test_facts_are_narrowed_and_asked_for(told):
    assert texts(told("facts", "--type", "preference", "--json").json) == ["user likes jazz"]
    assert texts(told("facts", "jazz", "--json").json)[0] == "user likes jazz"
    assert all("Porto" in text for text in texts(told("facts", "--entity", "Porto", "--json").json))
    assert told("facts", "--subject", "Clara", "--json").json == []
    assert len(told("facts", "--session", "s1", "--json").json) == 2
    assert len(told("facts", "--session", "s1", "--allow-cross-session", "--json").json) > 2


def test_facts_come_in_pages(told):
    every = told("facts", "--json").json
    first = told("facts", "-k", "2")
    assert every[1]["id"] in first.err
    rest = told("facts", "--after", every[1]["id"], "--json").json
    assert texts(rest) == texts(every[2:])


@BOTH
def test_views_show_what_is_true_now_by_kind(told, lang):
    page = told("views", "--lang", lang).out
    for title in ("Preferences", "Open tasks") if lang == "en" else ("偏好", "待办"):
        assert title in page.splitlines()
    [view] = told("views", "--type", "current_preferences", "--json").json
    assert texts(view["facts"]) == ["user likes jazz"]
    assert {view["type"] for view in told("views", "--as-of", "2001-01-01", "--json").json} <= set()


def test_views_can_be_derived_anew(told):
    run = told("views", "--refresh")
    assert "Read 7 memories again" in run.err
    assert run.out == told("views").out
    assert isinstance(told("views", "--refresh", "--json").json, list)


@BOTH
def test_a_timeline_tells_times_as_exactly_as_they_were_told(told, lang):
    lines = told("timeline", "--lang", lang).out.splitlines()
    assert lines[0].startswith("2026-02-23..2026-03-01")
    assert any(line.startswith("by 2026-03-06" if lang == "en" else "2026-03-06 之前") for line in lines)
    assert len(told("timeline", "--start", "2026-03-04", "--json").json) == 1
    assert "Porto" in told("timeline", "--entity", "Porto").out
    assert told("timeline", "--as-of", "2001-01-01", "--json").json == []
    assert "latest 1" in told("timeline", "-k", "1", "--lang", "en").err


def test_what_happens_again_and_again_says_so(cli):
    cli("--user", "u", "add", "We have a team meeting every Wednesday.", "--time", "2026-03-02")
    [entry] = cli("--user", "u", "timeline", "--json").json
    assert entry["recurrence"].startswith("FREQ=WEEKLY")
    assert "again and again: every Wednesday (FREQ=WEEKLY" in cli("--user", "u", "timeline").out


@BOTH
def test_two_happenings_are_compared(told, lang):
    run = told("compare", "moved to Porto", "tax report", "--lang", lang)
    assert ("A came before B." if lang == "en" else "甲在乙之前。") in run.out
    assert ("4 days" if lang == "en" else "4 天") in run.out
    found = told("compare", id_of(told, "Porto"), "tax", "--json").json
    assert (found["relation"], found["gap_days"]) == ("before", 4.0)
    page = told("compare", "Porto", "zeppelin", "--lang", lang).out
    assert "zeppelin" in page
    assert ("not known" if lang == "en" else "无法得知") in page
    assert told("compare", "Porto", "zeppelin", "--json").json["relation"] == "unknown"


@BOTH
def test_profiles_rest_on_what_was_said_repeatedly(told, lang):
    lines = told("profiles", "--type", "preference", "--lang", lang).out.splitlines()
    assert lines[0] == ("user, preference: from 2 memories" if lang == "en" else "user,偏好:依据 2 条记忆")
    assert lines[1].startswith("×2  2026-01-06..")
    assert told("profiles", "--refresh").err


def test_profiles_know_the_owner_by_the_name_of_the_scope(told):
    mine = told("profiles", "--json").json
    assert {profile["type"] for profile in mine} >= {"preference"}
    assert told("profiles", "ana", "--json").json == mine
    run = told("profiles", "ana", "--type", "communication_style")
    assert (run.out, run.err) == ("", "ana has no profile of that type, only: attribute, preference\n")
    assert "no profile" in told("profiles", "Nobody").err
    assert told("profiles", "Nobody", "--json").json == []


@BOTH
def test_entities_are_listed_and_drawn(named, lang):
    page = named("entities", "--kind", "place", "--lang", lang).out
    line = next(line for line in page.splitlines() if "Lisbon" in line)
    assert line.split()[:3] == ["place" if lang == "en" else "地点", "×1", "2026-01-05..2026-01-05"]
    names = {entity["name"] for entity in named("entities", "--json").json}
    assert {"Lisbon", "Porto", "Oporto"} <= names
    graph = named("entities", "--graph", "Porto", "--lang", lang).out
    assert "Oporto" in graph
    assert ("1 time together" if lang == "en" else "一同提到 1 次") in graph
    found = named("entities", "--graph", "Porto", "--hops", "2", "--json").json
    assert found["centre"]["name"] == "Porto"


@BOTH
def test_two_names_become_one(named, lang):
    run = named("merge", "Porto", "Oporto", "--reason", "the same city", "--lang", lang)
    assert ("(also Oporto)" if lang == "en" else "(又名 Oporto)") in run.out
    assert "Oporto" in run.err
    assert named("entities", "--graph", "Oporto", "--json").json["centre"]["name"] == "Porto"
    error = named("merge", "Porto", "Oporto", "--json", code=2).error
    assert error["code"] == "invalid_input"


@BOTH
def test_a_merge_is_undone(named, lang):
    named("merge", "Porto", "Oporto")
    run = named("split", "Oporto", "--reason", "two places", "--lang", lang)
    assert "Oporto" in run.err
    assert "(also" not in run.out
    assert named("entities", "--graph", "Oporto", "--json").json["centre"]["name"] == "Oporto"
    error = named("split", "Oporto", "--lang", lang, "--json", code=2).error
    assert error["code"] == "invalid_input"


@BOTH
def test_a_name_is_given_and_taken_away(cli, lang):
    cli("add", "--user", "ana", "My colleague Anna Petrova lives in Berlin.")
    anna = ("--user", "ana", "--lang", lang)
    run = cli("alias", "Anna Petrova", "安娜", *anna)
    assert "安娜" in run.out
    done = "安娜 means Anna Petrova from now on." if lang == "en" else "此后 安娜 即 Anna Petrova。"
    assert run.err.strip() == done
    assert cli("entities", "--graph", "安娜", "--json", *anna).json["centre"]["aliases"] == ["安娜"]
    run = cli("alias", "Anna Petrova", "安娜", "--remove", *anna)
    assert run.err.strip() == (
        "安娜 no longer means Anna Petrova." if lang == "en" else "安娜 不再指 Anna Petrova。"
    )
    assert cli("entities", "--graph", "安娜", "--json", *anna, code=3).error["code"] == "not_found"


@BOTH
def test_pairs_that_may_be_one_are_listed_with_a_reason(cli, lang):
    cli("add", "--user", "ana", "My colleague Anna Petrova met Tom Baker in Berlin.")
    cli("add", "--user", "ana", "Anna called Tom Baker about the trip to Berlin.")
    run = cli("entities", "--suggest", "--user", "ana", "--lang", lang)
    line = next(line for line in run.out.splitlines() if "Anna Petrova" in line)
    assert ("part of the other" if lang == "en" else "一部分") in line
    assert "fusion-memory merge 'Anna Petrova' Anna" in run.err
    [found] = cli("entities", "--suggest", "--user", "ana", "--json").json
    assert (found["keep"]["name"], found["other"]["name"], found["reason"]) == (
        "Anna Petrova",
        "Anna",
        "short_form",
    )
    cli("merge", "Anna Petrova", "Anna", "--user", "ana")
    assert cli("entities", "--suggest", "--user", "ana", "--json").json == []
    assert cli("entities", "--suggest", "--user", "ana", "--lang", lang).out == ""


@BOTH
def test_conflicts_show_both_sides_with_their_words(told, lang):
    lines = told("conflicts", "--lang", lang).out.splitlines()
    title = (
        "user, residence: two answers to one question" if lang == "en" else "user 的 residence:一个问题有两个答案"
    )
    assert lines[0] == title
    assert "I moved to Porto" in lines[2]
    assert "Lisbon" in lines[3]
    assert "I live in Lisbon" in lines[4]
    assert told("conflicts", "--as-of", "2001-01-01", "--json").json == []
    assert [one["kind"] for one in told("conflicts", "--json").json] == ["value"]


@BOTH
def test_a_fact_is_put_right(told, lang):
    run = told("correct", id_of(told, "Porto"), "Braga", "--lang", lang)
    assert "Braga" in run.out
    assert ("Put right." if lang == "en" else "已更正。") in run.err
    assert value_of(told, "residence") == ["Braga"]
    assert "Porto" in value_of(told, "residence", "--state", "all")
    told("views", "--refresh")
    assert value_of(told, "residence") == ["Braga"]
    found = told("correct", id_of(told, "Braga"), "Faro", "--text", "Ana lives in Faro", "--json").json
    assert (found["object"], found["text"]) == ("Faro", "Ana lives in Faro")


def test_a_fact_is_taken_back(told):
    fact_id = id_of(told, "Porto")
    refused = told("retract", fact_id, "--json", code=2).error
    assert refused["fix"] == f"fusion-memory retract {fact_id} --yes"
    assert value_of(told, "residence") == ["Porto"]
    assert "taken back" in told("retract", fact_id, "--yes").out
    assert "Porto" not in value_of(told, "residence")
    assert value_of(told, "residence", "--state", "retracted") == ["Porto"]
    assert "Porto" in told("search", "Porto").out


def test_a_session_is_left_only_when_that_is_allowed(told):
    fact_id = id_of(told, "Porto")
    told("correct", fact_id, "Braga", "--session", "s1", code=3)
    told("correct", fact_id, "Braga", "--session", "s1", "--allow-cross-session")
    assert told("report", "encoding", "--session", "s1", "--json").json["accepted"] == 2
    whole = told("report", "encoding", "--session", "s1", "--allow-cross-session", "--json").json
    assert whole["accepted"] == len(SAID)


@BOTH
def test_the_report_on_encoding_balances(told, lang):
    lines = told("report", "encoding", "--lang", lang).out.splitlines()
    assert lines[0].startswith("Balanced" if lang == "en" else "平衡")
    assert lines[1].startswith(f"{len(SAID)} taken in =" if lang == "en" else f"收到 {len(SAID)} =")
    assert any("nothing to remember" in line or "没有可记的内容" in line for line in lines)
    found = told("report", "encoding", "--json").json
    assert found["accepted"] == found["extracted"] + found["empty"] + found["pending"] + found["dead"]
    assert found["recent"][0]["decision"] in {"accept", "merge"}


@BOTH
def test_a_report_that_does_not_balance_says_so(cli, lang):
    class Memory:
        def encoding_report(self, _scope, _labels):
            return EncodingReport(9, 5, 2, 1, 0, {}, {})

        def close(self):
            pass

    cli.open_service = lambda _settings, _folder: Memory()
    lines = cli("--user", "u", "report", "encoding", "--lang", lang).out.splitlines()
    assert lines[0].startswith("NOT balanced" if lang == "en" else "不平衡")
    assert lines[1].endswith("= 8")
    assert report_command.ENCODING in cli("report", "--help").out
    assert Doors().open_service is lazy.open_service


@BOTH
def test_the_report_on_profiles(told, lang):
    page = told("report", "profiles", "--lang", lang).out
    assert ("profiles" if lang == "en" else "画像") in page
    assert told("report", "profiles", "--json").json["by_type"]["preference"] == 1


@BOTH
def test_tasks_are_listed_and_done(told, lang):
    told("add", "I live in Oslo.", "--set", "encoding.mode=offline", "--time", "2026-03-12")
    told("add", "Thank you!", "--set", "encoding.mode=offline", "--time", "2026-03-12")
    work = "reading facts" if lang == "en" else "读取事实"
    assert work in told("tasks", "--lang", lang).out
    waiting = told("tasks", "--status", "pending", "--json").json
    assert [task["kind"] for task in waiting] == ["extract", "extract"]  # vectors: there is no model for them
    assert told("tasks", "--status", "dead", "--json").json == []
    assert len(told("tasks", "-k", "1", "--json").json) == 1
    assert "more" in told("tasks", "-k", "1", "--lang", "en").err
    done = told("tasks", "--process", "--limit", "5", "--lang", lang).out
    assert done == (
        "2 done, 0 put off, 0 given up, of 2.\n" if lang == "en" else "处理 2 个:完成 2,推迟 0,放弃 0。\n"
    )
    assert value_of(told, "residence") == ["Oslo"]
    assert work not in told("tasks", "--lang", lang).out
    assert told("tasks", "--process", "--json").json["claimed"] == 0
    assert told("tasks", "--process", "--lang", lang).out


@BOTH
@pytest.mark.parametrize("words", EMPTY, ids=" ".join)
def test_nothing_is_a_note_and_no_error(cli, words, lang):
    run = cli("--user", "nobody", *words, "--lang", lang)
    assert run.out == ""
    assert EMPTY[words][lang == "zh"] in run.err
    assert cli("--user", "nobody", *words, "--json").json == []


BAD = [
    (("facts", "--type", "cat"), 2, "invalid_option"),
    (("facts", "--state", "wrong"), 2, "invalid_option"),
    (("facts", "-k", "0"), 2, "invalid_option"),
    (("facts", "--as-of", "soon"), 2, "invalid_time"),
    (("facts", "jazz", "--after", "fact_x"), 2, "invalid_input"),
    (("facts", ""), 2, "empty_text"),
    (("views", "--type", "current_moods"), 2, "invalid_option"),
    (("views", "--as-of", "soon"), 2, "invalid_time"),
    (("timeline", "--start", "soon"), 2, "invalid_time"),
    (("timeline", "-k", "1001"), 2, "invalid_option"),
    (("compare", "one"), 2, "usage"),
    (("profiles", "--as-of", "soon"), 2, "invalid_time"),
    (("entities", "--kind", "ghost"), 2, "invalid_option"),
    (("entities", "--graph", "Zed"), 3, "not_found"),
    (("entities", "--graph", "Zed", "--hops", "9"), 2, "invalid_option"),
    (("entities", "--hops", "2"), 2, "invalid_input"),
    (("entities", "--graph", "Zed", "--kind", "place"), 2, "invalid_input"),
    (("merge", "Zed", "Zoe"), 3, "not_found"),
    (("split", "Zed"), 3, "not_found"),
    (("split", "Porto"), 2, "invalid_input"),
    (("alias", "Zed", "Zoe"), 3, "not_found"),
    (("alias", "Porto", " "), 2, "invalid_input"),
    (("alias", "Porto", "Zoe", "--remove"), 2, "invalid_input"),
    (("alias", "Porto"), 2, "usage"),
    (("entities", "--suggest", "--kind", "place"), 2, "invalid_input"),
    (("entities", "--suggest", "-k", "0"), 2, "invalid_option"),
    (("conflicts", "-k", "0"), 2, "invalid_option"),
    (("correct", "fact_x", "Braga"), 3, "not_found"),
    (("correct", "fact_x"), 2, "usage"),
    (("retract", "fact_x"), 3, "not_found"),
    (("retract", "fact_x", "--yes"), 3, "not_found"),
    (("report",), 2, "usage"),
    (("report", "moods"), 2, "invalid_option"),
    (("tasks", "--status", "lost"), 2, "invalid_option"),
    (("tasks", "--status", "dead", "--process"), 2, "invalid_input"),
    (("tasks", "--process", "--limit", "0"), 2, "usage"),
    (("views", "--user", ""), 2, "invalid_scope"),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("words", "code", "name"), BAD, ids=lambda part: str(part)[:50])
def test_bad_input_has_a_name_and_three_lines(told, words, code, name, lang):
    error = told(*words, "--json", code=code).error
    assert error["code"] == name
    assert all(error.values())
    run = told(*words, "--lang", lang, code=code)
    assert run.out == ""
    assert len(run.err.splitlines()) == 3


def test_a_scope_is_needed(cli):
    for words in EMPTY:
        assert cli(*words, "--json", code=2).error["code"] == "invalid_scope"


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("facts", "--type", "preferance"), "fusion-memory facts --type preference"),
        (("facts", "--state", "currant"), "fusion-memory facts --state current"),
        (("views", "--type", "current_preference"), "fusion-memory views --type current_preferences"),
        (("entities", "--kind", "persn"), "fusion-memory entities --kind person"),
        (("report", "encodings"), "fusion-memory report encoding"),
        (("tasks", "--status", "daed"), "fusion-memory tasks --status dead"),
        (("correct", "fact_x", "Braga"), "fusion-memory facts --state all"),
        (("merge", "Zed", "Zoe"), "fusion-memory entities"),
    ],
)
def test_a_near_miss_is_told_the_way(told, words, fix):
    code = 2 if "fact" not in words[-2] and words[0] != "merge" else 3
    assert told(*words, "--json", code=code).error["fix"] == fix


def test_a_correction_that_changes_nothing_is_refused(told):
    fact_id = id_of(told, "Porto")
    assert told("correct", fact_id, " ", "--json", code=2).error["code"] == "invalid_input"
    assert told("correct", fact_id, "Porto", "--json", code=2).error["code"] == "invalid_input"


def test_another_scope_sees_and_changes_nothing(told):
    fact_id = id_of(told, "Porto")
    assert told("facts", "--user", "bob", "--json").json == []
    assert told("correct", fact_id, "Braga", "--user", "bob", "--json", code=3).error["code"] == "not_found"
    assert told("retract", fact_id, "--yes", "--user", "bob", "--json", code=3).error["code"] == "not_found"
    assert value_of(told, "residence") == ["Porto"]


def test_forgetting_takes_the_facts_along_and_counts_them(named):
    rows = dict(line.split() for line in named("forget", "--all", "--yes", "--lang", "zh").out.splitlines()[1:])
    assert {"记忆", "片段", "事实", "实体"} <= set(rows)
    assert all(re.search(r"[一-鿿]", kind) for kind in rows)
    for words in (("facts", "--state", "all"), ("entities",), ("timeline",)):
        assert named(*words, "--json").json == []


@BOTH
def test_the_report_says_that_nothing_was_asked(cli, lang):
    cli("add", "--user", "ana", "I live in Lisbon.", "--set", "encoding.mode=off")
    page = cli("report", "encoding", "--user", "ana", "--lang", lang).out
    assert ("1 memory was not read" if lang == "en" else "有 1 条没有读取") in page


@BOTH
def test_reports_are_compared_with_labels(told, tmp_path, lang):
    entries = told("history", "--json").json
    labels = tmp_path / "labels.jsonl"
    labels.write_text("".join(f'{{"id": "{one["id"]}", "decision": "reject"}}\n' for one in entries[:4]), "utf-8")
    found = told("report", "encoding", "--labels", str(labels), "--json").json["labels"]
    assert found["labelled"] == 4
    page = told("report", "encoding", "--labels", str(labels), "--lang", lang).out
    assert ("of 4 labels agree" if lang == "en" else "4 条标注中有") in page
    labels.write_text('{"entity": "user", "text": "no such words"}\n', "utf-8")
    assert told("report", "profiles", "--labels", str(labels), "--json").json["held"] == 0.0
    assert "0.0%" in told("report", "profiles", "--labels", str(labels), "--lang", lang).out


@pytest.mark.parametrize(
    ("line", "code"),
    [("{}", "invalid_input"), ("[]", "invalid_input"), ('{"id": 1, "decision": "accept"}', "invalid_input"),
     ('{"id": "m", "decision": "maybe"}', "invalid_option"), ("", "invalid_input"), ("{", "invalid_input")],
)  # fmt: skip
def test_labels_that_are_none_are_refused(told, tmp_path, line, code):
    (tmp_path / "labels.jsonl").write_text(line, "utf-8")
    error = told("report", "encoding", "--labels", str(tmp_path / "labels.jsonl"), "--json", code=2).error
    assert error["code"] == code
    assert error["fix"]

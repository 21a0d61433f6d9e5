"""What other systems get wrong, as behaviours of the whole service, in English and Chinese."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import NotFound
from fusion_memory.core.knowledge import TimeRole
from fusion_memory.testing.language_model import ScriptedModel
from fusion_memory.text.counting import count_tokens

ANA, BEN = Scope(user_id="ana"), Scope(user_id="ben")
WEDNESDAY = datetime(2026, 4, 1, 12, tzinfo=UTC)


class Later:
    """A clock that tests move."""

    def __init__(self):
        self.moment = WEDNESDAY

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()


@pytest.fixture
def clock():
    return Later()


@pytest.fixture
def memory(clock):
    with MemoryService(embedder=None, clock=clock) as service:
        yield service


def say(memory, *texts, days=30, scope=ANA, role="user"):
    """Texts said one after the other, so many days apart; the ids."""
    ids = []
    for text in texts:
        ids += memory.add({"role": role, "content": text, "time": memory._parts.clock.moment}, scope).ids
        memory._parts.clock.moment += timedelta(days=days)
    return ids


def objects(memory, scope=ANA, **wanted):
    return [fact.object for fact in memory.facts(scope, **wanted)]


def viewed(memory, view=None):
    return " ".join(fact.text for one in memory.get_current_views(ANA, view) for fact in one.facts)


@pytest.mark.parametrize(
    "text", ["You prefer Vim.", "I suggest that you use Vim.", "你喜欢用 Vim。", "我建议你用 Vim。"]
)
def test_what_an_assistant_suggests_is_no_preference(memory, text):
    say(memory, text, role="assistant")
    assert objects(memory, state="all") == []
    assert memory.search("Vim", ANA).hits


@pytest.mark.parametrize(
    "text",
    [
        "I like Emacs. Don't remember that as my preference.",
        "Don't remember that as my preference: I like Emacs.",
        "我喜欢喝茶。不要把这个记成我的偏好。",
        "不要把这个记成我的偏好:我喜欢喝茶。",
    ],
)
def test_what_is_not_to_be_remembered_as_a_preference_is_none(memory, text):
    say(memory, text)
    assert objects(memory, state="all") == []
    assert memory.get_current_views(ANA) == ()


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("My favourite colour is green.", "My favourite colour is blue now.", "green", "blue"),
        ("I use VS Code.", "I switched from VS Code to Neovim.", "VS Code", "Neovim"),
        ("我最喜欢的颜色是绿色。", "我最喜欢的颜色现在是蓝色。", "绿色", "蓝色"),
        ("我的编辑器是 VS Code。", "我改用 Neovim 了。", "VS Code", "Neovim"),
    ],
)
def test_an_update_is_current_and_the_old_value_is_history(memory, before, after, old, new):
    first, second = say(memory, before, after)
    fact = next(fact for fact in memory.facts(ANA) if fact.object == new)
    was = memory.get(fact.supersedes, scope=ANA)
    assert (was.object, was.state, was.superseded_by, was.valid_to) == (old, "superseded", fact.id, fact.valid_from)
    assert [fact.evidence[0].event_id, was.evidence[0].event_id] == [second, first]
    assert new in viewed(memory)
    assert old not in viewed(memory).replace(f"no longer {old}", "")
    assert {old, new} <= set(objects(memory, state="all"))


@pytest.mark.parametrize(
    ("before", "after", "question", "values", "day"),
    [
        (
            "On April 3rd the project budget was 40,000 euros.",
            "The project budget is now 55,000 euros.",
            "what is the budget?",
            ("40,000 euros", "55,000 euros"),
            10,
        ),
        ("四月三号,项目预算是四万元。", "项目预算现在是五万五千元。", "预算是多少?", ("四万元", "五万五千元"), 1),
    ],
)
def test_the_current_value_comes_before_the_older_one_among_others(
    memory, clock, before, after, question, values, day
):
    clock.moment = WEDNESDAY.replace(day=day)
    say(
        memory, before, "I love jazz.", "我喜欢爵士乐。", "The hotel costs 90 euros.", after, "The train left at 9."
    )
    asked = [fact for fact in memory.facts(ANA, question, state="all") if fact.slot == "budget"]
    current = [fact for fact in memory.facts(ANA, question) if fact.slot == "budget"]
    assert [fact.object for fact in current] == [values[1]]
    assert {fact.object for fact in asked} == set(values)
    then = next(fact for fact in asked if fact.object == values[0])
    assert (then.valid_from.date().isoformat(), then.valid_to) == ("2026-04-03", current[0].valid_from)


@pytest.mark.parametrize(
    ("claim", "denial", "question"),
    [("I like coffee.", "I don't like coffee.", "coffee?"), ("我喜欢咖啡。", "我不喜欢咖啡。", "咖啡?")],
)
def test_both_sides_of_a_contradiction_reach_the_pack(memory, claim, denial, question):
    say(memory, claim, denial)
    pack = memory.answer_context(question, ANA)
    [clash] = pack.conflicts
    sides = [side.evidence[0].quote for side in (clash.older, clash.newer)]
    assert clash.kind == "polarity"
    assert [claim.startswith(sides[0]), denial.startswith(sides[1])] == [True, True]
    assert claim in pack.text
    assert denial in pack.text


def test_nobody_sees_what_others_said_on_any_path(memory):
    """The short form; the campaign of leaks reads on every path at random."""
    secret = Scope(user_id="ben", session_id="s1")
    say(memory, "My sister is called Mira.", "I live in Porto.", scope=secret)
    memory.update_user_profile(secret, {"motto": "quiet"})
    memory.save_session(secret, "summary")
    [fact, *_] = memory.facts(BEN, entity="Mira")
    for scope in (ANA, Scope(workspace_id="w"), Scope(workspace_id="w", user_id="ben"), Scope(agent_id="ben")):
        assert memory.search("Mira Porto", scope).hits == ()
        assert memory.facts(scope, "Mira", state="all") == memory.facts(scope, state="all") == ()
        assert memory.timeline(None, scope) == memory.entities(scope) == memory.conflicts(scope) == ()
        assert memory.get_current_views(scope) == memory.get_session_summaries(scope) == ()
        assert memory.get_user_profile(scope) == {}
        assert memory.core_memory(scope).items == ()
        assert memory.encoding_report(scope).accepted == 0
        with pytest.raises(NotFound):
            memory.get(fact.id, scope=scope)


@pytest.mark.parametrize("text", ["The greenhouse key is under the pot.", "温室的钥匙在花盆下面。"])
def test_one_sentence_of_two_sessions_is_found_from_both(memory, text):
    sessions = [Scope(user_id="ana", session_id=name) for name in ("s1", "s2")]
    for scope in sessions:
        memory.add({"content": text, "time": WEDNESDAY}, scope)
    for scope in sessions:
        assert [hit.text for hit in memory.search(text, scope)] == [text]


def test_sixty_matches_of_others_change_nothing(memory):
    say(memory, *(f"Note {n} about the greenhouse." for n in range(5)), "The greenhouse key is blue.", days=1)
    before = [(hit.id, hit.score) for hit in memory.search("greenhouse key", ANA, asked_at=WEDNESDAY)]
    memory.add([f"The greenhouse key is {n}." for n in range(60)], BEN)
    assert [(hit.id, hit.score) for hit in memory.search("greenhouse key", ANA, asked_at=WEDNESDAY)] == before


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_of_a_long_message_is_found(memory, language):
    things = ["lantern", "kettle", "saddle", "ribbon", "anchor"] if language == "en" else list("灯壶鞍绳锚")
    filler = "It rained for days and nobody went out. " if language == "en" else "连着下了几天雨,谁也没有出门。"
    parts = [
        f"The {t} stands in room {n}." if language == "en" else f"{t}在{n}号房间里。" for n, t in enumerate(things)
    ]
    text = "".join(part + filler * 8 for part in parts)
    assert len(text) > 600
    memory.add(text, ANA)
    for part in parts:
        assert part in memory.search(part, ANA)[0].text


KILLED = """
import os, signal, sys
from fusion_memory import MemoryService, Scope
from fusion_memory.core.layers import Cadence
memory = MemoryService(sys.argv[1], embedder=None)
batches = memory.batch_processor(Cadence(0, 0, 0))
batches.buffer_conversation(Scope(user_id="ana"), [
    {"content": "I live in Porto.", "time": "2026-04-01"}, "我喜欢爵士乐。"
])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_between_recording_and_understanding_loses_and_doubles_nothing(tmp_path):
    """The short form; the campaign of kills strikes everywhere."""
    path = str(tmp_path / "m.db")
    done = subprocess.run([sys.executable, "-c", KILLED, path], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    with MemoryService(path, embedder=None) as memory:
        for _ in range(2):
            memory.memory_flush(ANA)
            assert memory.add({"content": "I live in Porto.", "time": "2026-04-01"}, ANA).inserted == 0
            assert memory.stats(ANA).memories == 2
            assert sorted(objects(memory, state="all")) == ["Porto", "爵士乐"]
            assert [fact.times_seen for fact in memory.facts(ANA)] == [1, 1]
            assert memory.encoding_report(ANA).balanced


@pytest.mark.parametrize(
    "answer", ["Sure! I will remember.", '{"facts": [{"object": "Por', "[]", TimeoutError("late")]
)
def test_a_model_that_answers_nonsense_costs_nothing(answer):
    with MemoryService(embedder=None, llm=ScriptedModel(answer)) as memory:
        added = memory.add(["I live in Porto.", "我住在上海。"], ANA)
        assert (added.inserted, memory.stats(ANA).memories) == (2, 2)
        memory.memory_flush(ANA)
        assert {"Porto", "上海"} == set(objects(memory, state="all"))
        assert memory.search("Porto", ANA)[0].text == "I live in Porto."
        report = memory.encoding_report(ANA)
        assert (report.accepted, report.extracted, report.balanced) == (2, 2, True)
        assert memory.add("I live in Porto.", ANA).inserted == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I use VS Code.", "I switched from VS Code to Neovim."),
        ("My editor is VS Code.", "I switched to Neovim."),
        ("我的编辑器是 VS Code。", "我改用 Neovim 了。"),
    ],
)
def test_the_newer_editor_is_current_even_when_its_claim_is_less_certain(memory, before, after):
    say(memory, before)
    older = next(fact for fact in memory.facts(ANA) if fact.predicate == "uses")
    say(memory, after)
    newer = next(fact for fact in memory.facts(ANA) if fact.object == "Neovim")
    assert newer.supersedes == older.id
    memory.retract(newer.id, ANA)
    assert memory.get(older.id, scope=ANA).state == "current"


@pytest.mark.parametrize(
    ("new", "old", "values"),
    [
        ("I live in Lisbon.", "I live in Porto.", ("Lisbon", "Porto")),
        ("我住在北京。", "我住在上海。", ("北京", "上海")),
    ],
)
def test_what_was_said_earlier_and_arrives_late_does_not_overwrite(memory, new, old, values):
    memory.add({"content": new, "time": WEDNESDAY}, ANA)
    memory.add({"content": old, "time": WEDNESDAY - timedelta(days=90)}, ANA)
    memory.add({"content": old, "time": WEDNESDAY - timedelta(days=60)}, ANA)
    assert objects(memory, slot="residence") == [values[0]]
    assert objects(memory, slot="residence", state="superseded") == [values[1]]
    assert values[0] in viewed(memory)


TIMES = [
    ("I met Robert yesterday.", "2026-03-31", "2026-04-01", TimeRole.AT),
    ("I met Clara last Friday.", "2026-03-27", "2026-03-28", TimeRole.AT),
    ("The report is due at the end of Q3.", "2026-09-01", "2026-10-01", TimeRole.BY),
    ("The deadline for the grant is May 4th.", "2026-05-04", "2026-05-05", TimeRole.BY),
    ("我昨天见了罗伯特。", "2026-03-31", "2026-04-01", TimeRole.AT),
    ("我上周五见了克拉拉。", "2026-03-27", "2026-03-28", TimeRole.AT),
    ("签证的截止日期是四月三号。", "2026-04-03", "2026-04-04", TimeRole.BY),
]


@pytest.mark.parametrize(("text", "start", "end", "role"), TIMES)
def test_a_time_is_read_from_the_moment_it_was_said(clock, text, start, end, role):
    clock.moment = datetime(2031, 1, 1, tzinfo=UTC)  # long after it was said
    with MemoryService(embedder=None, clock=clock) as memory:
        memory.add({"content": text, "time": WEDNESDAY}, ANA)
        [entry] = memory.timeline(None, ANA)
        found = (entry.start.date().isoformat(), entry.end.date().isoformat(), entry.fact.when.role)
        assert found[:2] == (start, end)
        assert found[2] in {role, TimeRole.AT}


@pytest.mark.parametrize("text", ["We have a team meeting every Wednesday.", "我们每周三开会。"])
def test_what_happens_again_and_again_has_its_rule(memory, text):
    say(memory, text)
    [entry] = memory.timeline(None, ANA)
    assert entry.recurrence.startswith("FREQ=WEEKLY")
    assert entry.start.weekday() == 2


def test_an_erasure_counts_what_goes_and_leaves_nothing_derived(memory):
    talk = Scope(user_id="ana", session_id="s1")
    say(
        memory,
        "My name is Clara.",
        "My sister is called Mira.",
        "我对花生过敏。",
        "I moved to Porto.",
        scope=talk,
        days=0,
    )
    memory.save_session(talk, "summary")
    memory.core_memory(ANA)
    memory.search("Mira", ANA)
    memory.update_user_profile(ANA, {"name": "Clara"})
    held = {"memories": 4, "spans": 4, "facts": len(memory.facts(ANA, state="all"))}
    planned = memory.forget(ANA, everything=True, dry_run=True).counts
    counts = memory.forget(ANA, everything=True).counts
    assert {name: counts[name] for name in held} == held
    assert {name: planned[name] for name in held} == held
    assert counts["entities"] > 0
    assert memory.get_user_profile(ANA) == {}
    left = memory.stats(ANA)
    assert (left.memories, left.spans, left.vectors, left.sessions, left.pending) == (0, 0, 0, 0, 0)
    for nothing in (
        memory.facts(ANA, state="all"),
        memory.get_current_views(ANA),
        memory.entities(ANA),
        memory.timeline(None, ANA),
        memory.get_session_summaries(ANA),
        memory.core_memory(ANA).items,
        memory.working_memory(talk),
        memory.search("Mira", ANA).hits,
        memory.list_background_tasks(ANA),
    ):
        assert nothing == ()
    assert memory.encoding_report(ANA).accepted == 0


def test_the_tokens_of_a_chinese_pack_are_those_of_its_text(memory):
    """Within 15 % of a real vocabulary: the recorded counts stand with the estimator's own tests."""
    say(memory, *(f"第{n}天我们在温室里种了番茄和黄瓜,还修好了水管。" for n in range(30)), days=1)
    pack = memory.answer_context("温室里种了什么?", ANA, budget=300)
    assert pack.tokens == pytest.approx(count_tokens(pack.text), rel=0.02)
    assert 0.55 * len(pack.text) < pack.tokens <= 300


SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


def invented(number):
    """A word of nobody, another one for each number."""
    mixed = number * 7_919 % 343_000
    return "".join(SYLLABLES[mixed // size % 70] for size in (4_900, 70, 1))


def test_the_oldest_of_very_many_facts_is_still_recalled(full):
    count, page = (10_000, 1_000) if full else (1_500, 400)
    loved = [f"{invented(n)} {invented(171_500 + n)}" for n in range(count)]
    start = WEDNESDAY - timedelta(days=365)
    said = (
        {"content": f"我喜欢{it}。" if n % 2 else f"I love the {it}.", "time": start + timedelta(minutes=n)}
        for n, it in enumerate(loved)
    )
    with MemoryService(embedder=None) as memory:
        memory.add_batch(said, ANA)
        listed, after = [], None
        while found := memory.facts(ANA, limit=page, after=after):
            listed += [fact.object for fact in found]
            after = found[-1].id
        assert listed == loved[::-1]
        for n in (0, 1, 2, 3, count // 2, count - 1):
            assert memory.facts(ANA, f"who loves {loved[n]}?", limit=1)[0].object == loved[n]
            assert loved[n] in memory.search(loved[n], ANA, limit=1)[0].text

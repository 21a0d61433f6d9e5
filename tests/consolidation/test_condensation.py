"""Memory cards: due when they should be, every line with its sources, healed when one is erased, rebuilt alike."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from care_fakes import ANA, S1, S2, WORK, home

from fusion_memory.consolidation.condense import SESSIONS_A_RUN, Condensing
from fusion_memory.core.care_settings import CondensationSettings
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.layers import Cause
from fusion_memory.core.scope import Scope
from fusion_memory.core.settings import Settings
from fusion_memory.testing.language_model import ScriptedModel

ENGLISH = [
    "I live in Porto with my dog Atlas.",
    "I love jazz and I hate cilantro.",
    "I am allergic to peanuts.",
    {"role": "assistant", "content": "Decision: you should buy a piano and move to Vienna."},
    "Decision: the review moves to Friday.\n- TODO: send the tax report to Karin",
    "Risk: the old message queue may fail before the end of May.",
    "We talked a long time about the old message queue of the billing service and what depends on it.",
]
CHINESE = [
    "我住在杭州，家里有一只猫。",
    "我喜欢爬山。",
    "偏好：会议都安排在上午",
    "约束：预算不超过五万元",
    "决策：周五发布新版本\n待办：整理发布说明",
    "事实：服务器在上海机房",
    "我们讨论了很久旧消息队列的问题，它依赖计费服务，五月底之前必须迁移。",
]
EACH = Settings(condensation=CondensationSettings(preset="each", least=1))
SOME = Settings(condensation=CondensationSettings(preset="memos"))


def words(lines):
    return [line.text for line in lines]


@pytest.fixture
def at_home(tmp_path):
    with home(tmp_path, SOME) as found:
        yield found


def test_a_card_in_english(at_home):
    ids = at_home.add(S1, *ENGLISH)
    assert at_home.run(Condensing()).counts == {"condensed": 1, "kept_as_is": 0}
    (one,) = at_home.memory.condensations(ANA)
    assert any("Porto" in line for line in words(one.card.facts))
    assert any("jazz" in line for line in words(one.card.preferences))
    assert words(one.card.decisions) == ["the review moves to Friday."], "what an assistant proposes is no decision"
    assert "send the tax report to Karin" in words(one.card.actions)
    assert words(one.card.risks) == ["the old message queue may fail before the end of May."]
    assert set(one.sources) <= set(ids)
    assert all(line.sources for _, line in one.card.lines())
    assert one.text.startswith("Facts:\n- ")
    assert (one.method, one.cause, one.version) == ("extractive", Cause.FIRST, 1)
    assert one.details == {"trigger": "bootstrap_summary", "new_messages": 7}
    assert one.saved == round(1 - one.tokens / one.source_tokens, 4)


def test_a_card_in_chinese(at_home):
    at_home.add(S1, *CHINESE)
    at_home.run(Condensing())
    (one,) = at_home.memory.condensations(ANA)
    assert "会议都安排在上午" in words(one.card.preferences)
    assert words(one.card.constraints) == ["预算不超过五万元"]
    assert "周五发布新版本" in words(one.card.decisions)
    assert "整理发布说明" in words(one.card.actions)
    assert "服务器在上海机房" in words(one.card.facts)
    assert one.text.startswith("事实：\n- ")


def test_due_by_messages_then_not_again_until_more_are_new(at_home):
    at_home.add(S1, *ENGLISH[:3])
    assert at_home.run(Condensing()).counts["condensed"] == 0
    at_home.add(S1, *ENGLISH[3:])
    assert at_home.run(Condensing()).counts["condensed"] == 1
    assert at_home.run(Condensing()).counts["condensed"] == 0
    at_home.add(S1, *(f"Another point, number {n}, about the harbour of town {n}." for n in range(4)))
    at_home.run(Condensing())
    (latest,) = at_home.memory.condensations(ANA)
    assert (latest.version, latest.cause, latest.details["new_messages"]) == (2, Cause.MESSAGES, 4)
    assert [one.version for one in at_home.memory.condensations(ANA, history=True)] == [2, 1]


def test_a_pause_makes_a_card_but_not_of_two_words(tmp_path):
    with home(tmp_path) as found:
        found.add(S1, "I live in Porto.", "I love jazz.")
        found.add(S2, "I live in Porto.", "I love jazz.", "I am allergic to peanuts.")
        found.clock.pass_(minutes=4)
        assert found.run(Condensing()).counts["condensed"] == 0
        found.clock.pass_(minutes=2)
        assert found.run(Condensing()).counts["condensed"] == 1
        assert [(one.session_id, one.cause) for one in found.memory.condensations(ANA)] == [("s2", Cause.IDLE)]


def test_erasing_a_source_takes_its_lines_from_every_version_and_heals(at_home):
    ids = at_home.add(S1, *ENGLISH)
    at_home.run(Condensing())
    (made,) = at_home.memory.condense(S1)
    assert made.version == 2
    at_home.memory.forget(ANA, [ids[4]])
    history = at_home.memory.condensations(ANA, history=True)
    assert [one.version for one in history] == [2, 1]
    for one in history:
        assert ids[4] not in one.sources
        assert "Friday" not in one.text
        assert "Karin" not in one.text
        assert "Porto" in one.text
    assert at_home.run(Condensing()).counts["condensed"] == 1
    (healed,) = at_home.memory.condensations(ANA)
    assert (healed.version, healed.cause) == (3, Cause.HEALED)
    assert at_home.run(Condensing()).counts["condensed"] == 0, "healed once"
    at_home.memory.forget(ANA, everything=True)
    assert at_home.memory.condensations(ANA, history=True) == ()
    with at_home.database.read() as tx:
        assert tx.one("condensation_uncited", owner_no=1)[0] == 0


def test_rebuilt_it_is_what_it_was(at_home):
    at_home.add(S1, *ENGLISH)
    (first,) = at_home.memory.condense(S1)
    at_home.memory.refresh_current_views(ANA)
    (second,) = at_home.memory.condense(S1)
    assert second.card == first.card
    assert (second.version, second.text) == (2, first.text)


def test_what_is_taken_back_or_put_right_is_told_no_more(at_home):
    at_home.add(S1, *ENGLISH)
    at_home.memory.condense(S1)
    fact = next(fact for fact in at_home.memory.facts(ANA) if fact.object == "jazz")
    at_home.memory.correct(fact.id, ANA, object="tango")
    (card,) = at_home.memory.condensations(ANA)
    assert not any("jazz" in line for line in words(card.card.preferences))
    fact = next(fact for fact in at_home.memory.facts(ANA) if "Porto" in fact.object)
    at_home.memory.retract(fact.id, ANA)
    assert not any("Porto" in line for line in words(at_home.memory.condensations(ANA)[0].card.facts))


@pytest.mark.parametrize("words_", ["Don't remember that.", "别记住刚才说的。"])
def test_what_is_not_to_be_remembered_leaves_a_card_that_told_it(at_home, words_):
    at_home.add(S1, *ENGLISH, "My passport number is X1234567 and the vault code is zebra.")
    (before,) = at_home.memory.condense(S1)
    assert "zebra" in before.text
    at_home.add(S1, words_)
    assert all("zebra" not in one.text for one in at_home.memory.condensations(ANA, history=True))
    (after,) = at_home.memory.condense(S1)
    assert "zebra" not in after.text


def test_another_owner_and_another_place_see_nothing(at_home):
    at_home.add(S1, *ENGLISH)
    at_home.memory.condense(S1)
    assert at_home.memory.condensations(Scope(user_id="ben")) == ()
    assert at_home.memory.condensations(S2) == ()
    assert at_home.memory.condensations(Scope(user_id="ana", agent_id="x")) == ()


def test_a_run_is_bounded_and_says_that_more_is_left(tmp_path):
    with home(tmp_path, EACH) as found:
        for n in range(SESSIONS_A_RUN + 2):
            found.add(Scope(user_id="ana", session_id=f"s{n}"), f"I live in town {n} near the old harbour.")
        first = found.run(Condensing())
        assert (first.counts["condensed"], first.left) == (SESSIONS_A_RUN, True)
        second = found.run(Condensing())
        assert (second.counts["condensed"], second.left) == (2, False)


def test_history_is_bounded(tmp_path):
    settings = Settings(condensation=CondensationSettings(versions=2))
    with home(tmp_path, settings) as found:
        found.add(S1, *ENGLISH)
        for _ in range(4):
            found.memory.condense(S1)
        assert [one.version for one in found.memory.condensations(ANA, history=True)] == [4, 3]


@pytest.mark.parametrize("field", ["preset", "model"])
def test_a_setting_that_is_none_is_refused(tmp_path, field):
    settings = Settings(condensation=replace(CondensationSettings(), **{field: "sometimes"}))
    with home(tmp_path, settings) as found:
        found.add(S1, *ENGLISH)
        with pytest.raises(InvalidSetting, match=f"condensation.{field}"):
            found.run(Condensing()) and found.memory.condense(S1)


ANSWER = {
    "facts": [{"text": "The user lives in Porto with the dog Atlas.", "sources": [1]}],
    "preferences": [
        {"text": "The user loves jazz and hates cilantro.", "sources": [2]},
        {"text": "The user loves opera and skiing in Chile.", "sources": [2]},
    ],
    "decisions": [{"text": "You should buy a piano and move to Vienna.", "sources": [4]}],
}


def by_model(tmp_path, answer):
    reply = answer if isinstance(answer, str) else json.dumps(answer)
    settings = replace(SOME, encoding=replace(SOME.encoding, mode="offline"))
    return home(tmp_path, settings, llm=ScriptedModel(reply))


def test_a_model_writes_only_what_its_sources_bear(tmp_path):
    with by_model(tmp_path, ANSWER) as found:
        ids = found.add(S1, *ENGLISH)
        (one,) = found.memory.condense(S1)
        assert one.method.startswith("model")
        assert words(one.card.facts) == ["The user lives in Porto with the dog Atlas."]
        assert words(one.card.preferences) == ["The user loves jazz and hates cilantro."], "opera was not said"
        assert one.card.decisions == (), "only an assistant said so"
        assert one.card.facts[0].sources == (ids[0],)
        found.memory.forget(ANA, [ids[5]])
        assert found.memory.condensations(ANA) == (), "the model had seen it"


@pytest.mark.parametrize(
    "answer",
    [
        "Sorry, I cannot.",
        '{"facts": [',
        {"facts": []},
        {"facts": [{"text": "The user lives in Porto.", "sources": [99]}]},
        {"facts": [{"text": "The user lives in Porto.", "sources": []}]},
        {"facts": [{"text": "The user lives in Porto."}], "preferences": ANSWER["preferences"]},
        {"facts": "Porto"},
        {"facts": [{"text": "The user lives in Porto with 12 dogs.", "sources": [1]}]},
    ],
    ids=str,
)
def test_a_useless_answer_makes_the_card_extractive(tmp_path, answer):
    with by_model(tmp_path, answer) as found:
        found.add(S1, *ENGLISH)
        (one,) = found.memory.condense(S1)
        assert one.method == "extractive"
        assert "Porto" in one.text


def test_what_it_costs_stands_in_the_books_and_the_deed_in_the_audit(tmp_path):
    with by_model(tmp_path, ANSWER) as found:
        found.add(S1, *ENGLISH)
        (one,) = found.memory.condense(S1)
        with found.database.read() as tx:
            assert tx.one("model_usage_sum", purpose="condensation")[0] == 1
            rows = tx.rows("audit_of_owner", owner_no=1, count=100)
        deed = next(row for row in rows if row[1] == "condense")
        assert json.loads(deed[2]) == [one.id]
        assert "Porto" not in deed[3]


def test_the_report_adds_up(at_home):
    at_home.add(S1, *ENGLISH)
    at_home.add(S2, *CHINESE)
    at_home.memory.condense(ANA)
    at_home.memory.condense(S1)
    found = at_home.memory.condensation_report(ANA)
    cards = at_home.memory.condensations(ANA)
    assert (found.sessions, found.versions, found.uncited) == (2, 3, 0)
    assert found.tokens == sum(one.tokens for one in cards)
    assert sum(found.lines.values()) == sum(1 for one in cards for _ in one.card.lines())
    assert WORK.scope == ANA


def test_a_session_that_is_closed_with_a_summary_has_its_card(at_home):
    at_home.add(S1, *ENGLISH)
    at_home.memory.save_session(S1, "raw")
    assert at_home.memory.condensations(ANA) == ()
    at_home.memory.save_session(S1, "summary")
    (card,) = at_home.memory.condensations(ANA)
    assert (card.cause, card.details["trigger"]) == (Cause.SESSION_END, "session_end")


def test_a_model_is_not_asked_while_a_session_is_closed(tmp_path):
    with by_model(tmp_path, ANSWER) as found:
        found.add(S1, *ENGLISH)
        assert found.memory.save_session(S1, "summary")
        assert found.memory.condensations(ANA) == ()
        found.clock.pass_(hours=2)
        assert found.run(Condensing()).counts["condensed"] == 1

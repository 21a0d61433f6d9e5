"""Summaries of sessions: due when they should be, quoting their sources, gone with any of them."""

from __future__ import annotations

import pytest
from layer_ledger import ANA, opened

from fusion_memory.core.layers import SUMMARY_SIZES, Cause, SummarySize
from fusion_memory.core.scope import Scope
from fusion_memory.memory import summaries

SIZE = SUMMARY_SIZES["default"]
TALK = [
    "We have to move the billing service to the new cluster before the end of May.",
    "The billing service still depends on the old message queue.",
    {"role": "assistant", "content": "Should we replace the message queue first?"},
    "Yes, the message queue of the billing service goes first, then the cluster.",
    "凯琳负责迁移计费服务，我来测试集群。",
    "Karin will move the billing service and I will test the cluster.",
]


@pytest.fixture
def ledger(tmp_path):
    yield from opened(tmp_path)


@pytest.fixture
def refresh(ledger):
    def make(scope=ANA, cause=None, size=SIZE):
        return summaries.refresh(ledger.database, ledger.access(scope), size, ledger.ids, ledger.clock.now(), cause)

    return make


@pytest.fixture
def kept(ledger):
    def read(scope=ANA, **options):
        with ledger.database.read() as tx:
            return summaries.of_scope(tx, ledger.access(scope), **options)

    return read


def progress(ledger, scope=ANA):
    with ledger.database.read() as tx:
        return summaries.progress(tx, ledger.access(scope))


def test_due_after_six_messages(ledger, refresh, kept):
    ledger.say(ANA, *TALK[:5])
    assert refresh() == ()
    ledger.say(ANA, TALK[5], {"kind": "document", "content": "a report"})
    (made,) = refresh()
    assert (made.cause, made.fresh, made.messages, made.version) == (Cause.FIRST, 6, 6, 1)
    assert made.method == "extractive"
    assert kept() == (made,)
    assert refresh() == (), "nothing new"


def test_it_quotes_its_sources_with_date_and_speaker(ledger, refresh):
    ids = ledger.say(ANA, *TALK, *(f"Then we talked about the weather on day {n}." for n in range(20)))
    (made,) = refresh()
    assert set(made.sources) < set(ids)
    assert made.text.startswith("2026-03-14 user: ")
    assert made.text.count("2026-03-14") == 1
    assert 0 < made.tokens < made.source_tokens


def test_due_again_after_six_more(ledger, refresh, kept):
    ledger.say(ANA, *TALK)
    refresh()
    ledger.clock.pass_(minutes=5)
    ledger.say(ANA, *(f"New point {n}: the test of cluster part {n} is done." for n in range(6)))
    (made,) = refresh()
    assert (made.cause, made.fresh, made.messages, made.version) == (Cause.MESSAGES, 6, 12, 2)
    assert kept() == (made,), "one summary a session"


def test_asked_for_it_is_made_at_once(ledger, refresh):
    ledger.say(ANA, *TALK[:2])
    assert [made.cause for made in refresh(cause=Cause.REQUEST)] == [Cause.REQUEST]
    assert [made.version for made in refresh(cause=Cause.SESSION_END)] == [2]


def test_a_saved_session_may_be_longer(ledger, refresh):
    ledger.say(ANA, *(f"Point {n} is about the budget of team {n * 7} in {n * 3} places." for n in range(80)))
    (short,) = refresh()
    (long,) = refresh(cause=Cause.SESSION_END, size=SUMMARY_SIZES["session"])
    assert len(short.text) <= 1_400 < len(long.text) <= 1_800
    assert len(long.sources) <= 40


def test_a_scope_without_a_session_covers_all(ledger, refresh, kept):
    two = Scope(user_id="ana", session_id="s2")
    ledger.say(ANA, *TALK)
    ledger.clock.pass_(minutes=1)
    ledger.say(two, *TALK)
    everything = Scope(user_id="ana")
    assert [made.session_id for made in refresh(everything)] == ["s1", "s2"]
    assert [found.session_id for found in kept(everything)] == ["s2", "s1"]
    assert [found.session_id for found in kept(two)] == ["s2"]
    assert kept(Scope(user_id="ben")) == ()
    assert kept(everything, limit=1)[0].session_id == "s2"


def test_a_narrowed_summary_holds_only_what_its_scope_sees(ledger, refresh, kept):
    one, two = (Scope(user_id="ana", session_id="s1", agent_id=agent) for agent in ("one", "two"))
    ledger.say(one, *TALK)
    ledger.say(two, *(f"The recipe number {n} needs flour and {n} eggs." for n in range(6)))
    (whole,) = refresh()
    (narrow,) = refresh(two)
    assert "recipe" in whole.text
    assert "billing" in whole.text
    assert "billing" not in narrow.text
    assert kept(two) == (narrow,), "the summary of both is not shown to one of them"
    assert set(kept()) == {whole, narrow}


def test_it_goes_with_any_of_its_sources_and_is_due_again(ledger, refresh, kept):
    ids = ledger.say(ANA, *TALK, "The secret of the billing service is the password hunter2.")
    (made,) = refresh()
    gone = next(name for name in ids if name in made.sources)
    ledger.erase(ANA, gone)
    assert kept() == ()
    (far,) = progress(ledger)
    assert (far.messages, far.fresh, far.version) == (6, 6, 0)
    (again,) = refresh()
    assert gone not in again.sources
    assert again.cause is Cause.FIRST


def test_no_word_of_an_erased_source_stays_on_disk(ledger, refresh, tmp_path):
    (secret,) = ledger.say(ANA, "The billing service password is xylophone-4711.")
    ledger.say(ANA, *TALK)
    (made,) = refresh()
    assert "xylophone" in made.text
    ledger.erase(ANA, secret)
    ledger.database.scrub()
    assert b"xylophone" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert ledger.database.check() == []


def test_a_message_that_is_not_quoted_may_go(ledger, refresh, kept):
    *_, idle = ledger.say(ANA, *TALK, "ok")
    (made,) = refresh()
    assert idle not in made.sources
    ledger.erase(ANA, idle)
    assert kept() == (made,)


def test_a_source_erased_while_the_summary_was_made_keeps_it_out(ledger, kept):
    ids = ledger.say(ANA, *TALK)
    access = ledger.access(ANA)
    with ledger.database.read() as tx:
        found = summaries.material(tx, access, "s1")
    made = summaries.draft(found, SIZE)
    ledger.erase(ANA, next(name for name in ids if name in {said.event_id for said in made.sources}))
    with ledger.database.write() as tx:
        assert summaries.keep(tx, access, made, "sum_1", Cause.REQUEST, ledger.clock.now()) is None
    assert kept() == ()


def test_an_older_reading_does_not_replace_a_newer_one(ledger, refresh, kept):
    ledger.say(ANA, *TALK)
    access = ledger.access(ANA)
    with ledger.database.read() as tx:
        old = summaries.draft(summaries.material(tx, access, "s1"), SIZE)
    ledger.say(ANA, "One more thing about the cluster of the billing service.")
    (new,) = refresh()
    with ledger.database.write() as tx:
        assert summaries.keep(tx, access, old, "sum_1", Cause.REQUEST, ledger.clock.now()) is None
    assert kept() == (new,)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (["The gate code of the cluster is 4711, but don't remember that."], ""),
        (["The gate code of the cluster is 4711."], "Don't remember that."),
        (["集群的门禁密码是4711，别记。"], ""),
        (["集群的门禁密码是4711。"], "这个不要记"),
    ],
)
def test_what_is_not_to_be_remembered_is_not_quoted(ledger, refresh, said, refusal):
    reply = {"role": "assistant", "content": "Fine."}
    ledger.say(ANA, *TALK, *said, reply, *([refusal] if refusal else []))
    (made,) = refresh()
    assert "4711" not in made.text


def test_another_summariser_may_write_the_words(ledger, kept):
    ledger.say(ANA, *TALK)
    access = ledger.access(ANA)
    with ledger.database.read() as tx:
        found = summaries.material(tx, access, "s1")
    made = summaries.Draft(found, "Ana moves the billing service.", found.said, method="some-model")
    with ledger.database.write() as tx:
        summaries.keep(tx, access, made, "sum_1", Cause.REQUEST, ledger.clock.now())
    (found,) = kept()
    assert (found.method, found.text, len(found.sources)) == ("some-model", "Ana moves the billing service.", 6)


def test_nothing_worth_telling_makes_no_summary(ledger, refresh, kept):
    ledger.say(ANA, *("…" for _ in range(8)))
    assert refresh(cause=Cause.REQUEST) == ()
    assert refresh(Scope(user_id="nobody", session_id="s1"), Cause.REQUEST) == ()
    assert kept() == ()


def test_summaries_as_of_a_moment(ledger, refresh, kept):
    ledger.say(ANA, *TALK)
    before = ledger.clock.now()
    ledger.clock.pass_(hours=1)
    refresh()
    assert kept(as_of=before) == ()
    assert len(kept(as_of=ledger.clock.now())) == 1


def test_a_size_may_wait_for_other_numbers(ledger, refresh):
    ledger.say(ANA, *TALK[:4])
    assert len(refresh(size=SUMMARY_SIZES["memos"])) == 1
    assert refresh(size=SummarySize(after=0)) == (), "nothing new is never due"

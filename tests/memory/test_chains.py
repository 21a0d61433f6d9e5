"""How tellings add up to facts: order, reversals, late reports, endings, denials; in any order of arrival."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_memory.core.clock import to_ms
from fusion_memory.core.knowledge import TimeRole
from fusion_memory.memory.chains import Telling, derive, placed, superseded
from fusion_memory.memory.claim_keys import key, keys_of, telling_id
from fusion_memory.testing.reader import claim, during

NUMBERS = count(1)
GROUPS = {}


def told(value, at, slot="residence", **other):
    """A telling at a moment; equal values of a slot or predicate and sense are one claim."""
    no = next(NUMBERS)
    fields = {
        "no": no,
        "id": f"fact_{no}",
        "event_no": no,
        "first": 0,
        "subject_key": "user",
        "type": "fact",
        "predicate": "lives_in",
        "slot": slot,
        "object_key": value,
        "positive": True,
        "starts_at": at,
        "asserted_at": at,
        "until_at": None,
        "said_at": at,
        "previous_key": None,
        "ends": False,
        "corrects": None,
        "held": False,
        "retracted": False,
    } | other
    about = fields["slot"] or fields["predicate"]
    group = GROUPS.setdefault((fields["subject_key"], about, value, fields["positive"]), len(GROUPS) + 1)
    return Telling(**{"group": group} | fields)


def history(*tellings):
    """The facts in the order of their beginning: value, from, to, ended."""
    runs = sorted(derive(tellings), key=lambda run: (run.valid_from, run.head.birth))
    return [(run.head.object_key, run.valid_from, run.valid_to, run.ended) for run in runs]


def test_another_value_supersedes():
    berlin, lisbon = told("berlin", 1), told("lisbon", 5)
    assert history(berlin, lisbon) == [("berlin", 1, 5, False), ("lisbon", 5, None, False)]
    runs = derive([berlin, lisbon])
    assert superseded(runs)[lisbon.no].head is berlin


def test_the_same_again_is_a_sighting():
    runs = derive([told("berlin", 1), told("berlin", 9)])
    assert [(run.times_seen, run.valid_from, run.last_seen_at) for run in runs] == [(2, 1, 9)]


def test_back_to_an_earlier_value_is_a_new_fact():
    first, between, again = told("berlin", 1), told("lisbon", 5), told("berlin", 8)
    assert history(first, between, again) == [
        ("berlin", 1, 5, False),
        ("lisbon", 5, 8, False),
        ("berlin", 8, None, False),
    ]
    before = superseded(derive([first, between, again]))
    assert before[again.no].head is between
    assert before[between.no].head is first


def test_taking_away_what_interrupted_heals():
    first, again = told("berlin", 1), told("berlin", 8)
    assert history(first, again) == [("berlin", 1, None, False)]


def test_a_late_report_of_the_past_is_history():
    now = told("lisbon", 50)
    past = told("berlin", 99, starts_at=10, asserted_at=20, said_at=99)
    assert history(now, past) == [("berlin", 10, 50, False), ("lisbon", 50, None, False)]


def test_since_when_reaches_back_and_the_newest_statement_wins():
    earlier, since = told("lisbon", 50), told("berlin", 90, starts_at=10)
    assert history(earlier, since) == [("berlin", 10, None, False), ("lisbon", 50, 50, False)]


def test_facts_of_one_slot_never_hold_at_the_same_time():
    tellings = [told("a", 10), told("b", 30, starts_at=5), told("c", 40), told("a", 50, starts_at=35)]
    spans = [(start, end) for _, start, end, _ in history(*tellings) if end is None or end > start]
    assert all(left[1] is not None and left[1] <= right[0] for left, right in pairwise(sorted(spans)))


def test_confidence_plays_no_part_but_quarantined_changes_nothing():
    sure, doubtful = told("vscode", 1, "editor"), told("neovim", 5, "editor", held=True)
    assert history(sure, doubtful) == [("vscode", 1, None, False), ("neovim", 5, None, False)]


def test_what_was_taken_back_interrupts_nothing():
    assert ("berlin", 1, None, False) in history(told("berlin", 1), told("lisbon", 5, retracted=True))


@pytest.mark.parametrize("slot", ["editor", None])
def test_a_switch_ends_the_former_value_however_it_was_told(slot):
    old = told("vscode", 1, None, predicate="prefers", type="preference")
    new = told("neovim", 5, slot, predicate="uses", previous_key="vscode")
    assert history(old, new) == [("vscode", 1, 5, False), ("neovim", 5, None, False)]


def test_a_switch_leaves_what_it_does_not_speak_of():
    kept = [
        told("berlin", 1, None, predicate="likes", type="preference"),
        told("berlin", 1, "origin", predicate="from_place"),
        told("berlin", 1, None, predicate="visited", type="event"),
    ]
    moved = told("lisbon", 5, previous_key="berlin")
    assert [end for value, _, end, _ in history(*kept, moved) if value == "berlin"] == [None] * 3


def test_no_longer_ends_the_fact_and_joins_its_evidence():
    runs = derive([told("acme", 1, "employer"), told("acme", 7, "employer", ends=True)])
    assert [(run.valid_from, run.valid_to, run.ended, run.times_seen) for run in runs] == [(1, 7, True, 2)]


def test_no_longer_without_a_beginning_is_over():
    assert history(told("acme", 7, "employer", ends=True)) == [("acme", 7, 7, True)]


def test_saying_twice_that_it_is_over_is_one_fact_and_telling_it_again_another():
    over = [told("acme", 1), told("acme", 7, ends=True), told("acme", 8, ends=True)]
    assert history(*over) == [("acme", 1, 7, True)]
    assert history(*over, told("acme", 9)) == [("acme", 1, 7, True), ("acme", 9, None, False)]


def test_an_ending_does_not_end_another_value():
    acme_over, meta = told("acme", 9, ends=True), told("meta", 5)
    assert history(told("acme", 1), meta, acme_over)[1] == ("meta", 5, None, False)


def test_until_ends_by_itself():
    assert history(told("acme", 1, until_at=6)) == [("acme", 1, 6, True)]
    assert history(told("acme", 1, until_at=6), told("acme", 9))[1] == ("acme", 9, None, False)


def test_a_denial_supersedes_and_both_stay():
    likes = {"slot": None, "predicate": "likes"}
    yes, no = told("jazz", 1, **likes), told("jazz", 4, **likes, positive=False)
    assert history(yes, no) == [("jazz", 1, 4, False), ("jazz", 4, None, False)]
    assert history(yes, no, told("jazz", 6, **likes))[-1] == ("jazz", 6, None, False)


def test_disliking_denies_liking():
    yes = told("jazz", 1, None, predicate="likes")
    no = told("jazz", 4, None, predicate="dislikes")
    assert history(yes, no) == [("jazz", 1, 4, False), ("jazz", 4, None, False)]


def test_a_denial_is_no_value_of_the_slot():
    lisbon, not_berlin = told("lisbon", 1), told("berlin", 5, positive=False)
    assert history(lisbon, not_berlin) == [("lisbon", 1, None, False), ("berlin", 5, None, False)]


def test_a_correction_takes_the_place_of_what_it_corrects():
    wrong, now = told("berlin", 1), told("lisbon", 5)
    right = told("bonn", 1, corrects=wrong.id)
    assert history(wrong, now, right) == [
        ("berlin", 1, 1, False),
        ("bonn", 1, 5, False),
        ("lisbon", 5, None, False),
    ]


def test_subjects_do_not_meet():
    ann, bob = told("berlin", 1, subject_key="ann"), told("lisbon", 5, subject_key="bob")
    assert {end for _, _, end, _ in history(ann, bob)} == {None}


@st.composite
def some_tellings(draw):
    """A handful of tellings of two questions and of likes, with everything that may befall them."""
    tellings = []
    for _ in range(draw(st.integers(1, 9))):
        at = draw(st.integers(0, 6))
        kind = draw(st.sampled_from(["residence", "editor", None]))
        value = draw(st.sampled_from("abc"))
        flag = draw(
            st.sampled_from(["", "", "", "ends", "held", "retracted", "denied", "previous", "since", "until"])
        )
        other = {"predicate": "uses" if kind != "residence" else "lives_in"}
        if flag in ("ends", "held", "retracted"):
            other[flag] = True
        elif flag == "denied":
            other["positive"] = False
        elif flag == "previous":
            other["previous_key"] = draw(st.sampled_from("abc"))
        elif flag == "since":
            other["starts_at"] = max(0, at - 3)
        elif flag == "until":
            other["until_at"] = at + 2
        if tellings and draw(st.integers(0, 8)) == 0:
            other["corrects"] = draw(st.sampled_from(tellings)).id
        tellings.append(told(value, at, kind, **other))
    return tellings


def outcome(tellings):
    heads = {t.no: run.head.id for run in derive(tellings) for t in run.tellings}
    return {
        (run.head.id, run.valid_from, run.valid_to, heads.get(run.closed_by), run.ended, run.times_seen)
        for run in derive(tellings)
    }


@given(some_tellings(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(tellings, random):
    shuffled = list(tellings)
    random.shuffle(shuffled)
    numbers = list(range(1_000, 1_000 + len(tellings)))
    random.shuffle(numbers)
    renumbered = [replace(t, no=number) for t, number in zip(shuffled, numbers, strict=True)]
    assert outcome(tellings) == outcome(renumbered)


@settings(max_examples=300)
@given(some_tellings())
def test_every_telling_is_in_one_fact_and_intervals_are_sound(tellings):
    runs = derive(tellings)
    assert sorted(t.no for run in runs for t in run.tellings) == sorted(t.no for t in tellings)
    assert all(run.valid_to is None or run.valid_from <= run.valid_to for run in runs)
    assert all(run.valid_to is not None or run.closed_by is None for run in runs)


@settings(max_examples=300)
@given(some_tellings())
def test_one_question_has_one_answer_at_a_time(tellings):
    for slot in ("residence", "editor"):
        spans = sorted(
            (run.valid_from, run.valid_to if run.valid_to is not None else 10**9, run.head.group)
            for run in derive(tellings)
            if run.head.slot == slot and run.head.positive and not (run.head.held or run.head.retracted)
        )
        spans = [span for span in spans if span[0] < span[1]]
        assert all(a[1] <= b[0] or a[2] == b[2] for a, b in pairwise(spans))


@settings(max_examples=300)
@given(some_tellings())
def test_what_has_nothing_to_do_with_a_claim_does_not_change_it(tellings):
    """The facts of one claim come out the same from its neighbourhood as from everything."""
    everything = outcome(tellings)
    for group in {t.group for t in tellings}:
        members = [t for t in tellings if t.group == group]
        slots, values = {t.slot for t in members if t.slot}, {t.object_key for t in members}
        near = [
            t
            for t in tellings
            if t.group == group or t.slot in slots or t.object_key in values or t.previous_key in values
        ]
        ids = {t.id for t in near}
        near += [t for t in tellings if t.corrects in ids and t not in near]
        mine = {t.id for t in members}
        shown = {o[0]: o[1:3] + o[4:] for o in outcome(near) if o[0] in mine}
        assert shown == {o[0]: o[1:3] + o[4:] for o in everything if o[0] in mine}


SAID = datetime(2026, 3, 4, 10, tzinfo=UTC)


def days(start, end, role=TimeRole.AT):
    return during(datetime(*start, tzinfo=UTC), datetime(*end, tzinfo=UTC), role)


@pytest.mark.parametrize(
    ("when", "other", "starts", "speaks_for"),
    [
        (None, {}, SAID, SAID),
        (days((2019, 1, 1), (2020, 1, 1)), {}, datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)),
        (days((2019, 1, 1), (2020, 1, 1), TimeRole.SINCE), {}, datetime(2019, 1, 1, tzinfo=UTC), SAID),
        (days((2026, 1, 1), (2026, 2, 1)), {"previous": "Bonn"}, datetime(2026, 1, 1, tzinfo=UTC), SAID),
        (days((2026, 3, 4), (2026, 3, 5)), {}, datetime(2026, 3, 4, tzinfo=UTC), SAID),
        (days((2026, 4, 1), (2026, 5, 1), TimeRole.BY), {}, SAID, SAID),
        (days((2026, 4, 1), (2026, 5, 1)), {}, SAID, SAID),
    ],
)
def test_when_a_claim_begins_and_what_it_speaks_for(when, other, starts, speaks_for):
    assert placed(claim("visits", "Berlin", when=when, **other), SAID)[:2] == (to_ms(starts), to_ms(speaks_for))


def test_a_value_to_come_begins_then():
    when = days((2026, 4, 1), (2026, 5, 1))
    start = to_ms(when.start)
    assert placed(claim("works_at", "Acme", slot="employer", when=when), SAID) == (start, start, None)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("VS Code", "vscode", True),
        ("the Wi-Fi", "wifi", True),
        ("1,200", "1200", True),
        ("“北京”。", "北京", True),
        ("C", "C++", False),
        ("C#", "C++", False),
        ("1.5", "15", False),
        ("8:30", "830", False),
        ("-5", "5", False),
        ("50%", "50", False),
        ("😀", "😂", False),
        ("किताब", "कताब", False),
    ],
)
def test_spellings_of_a_value(left, right, same):
    assert (key(left) == key(right)) is same


@given(st.text(min_size=1).filter(str.strip))
def test_a_key_is_never_empty_and_stable(text):
    assert key(text)
    assert key(text.upper()) == key(text.upper().lower()) or not text.isascii()


def test_the_question_makes_a_claim_one_and_the_id_is_made_of_event_and_claim():
    works, joined = claim("works_at", "Acme", slot="employer"), claim("joined", "acme", slot="employer")
    assert keys_of(works).hash == keys_of(joined).hash
    assert keys_of(works).hash != keys_of(claim("works_at", "Acme")).hash
    one = telling_id("mem_1", SAID, keys_of(works).hash)
    assert one == telling_id("mem_1", SAID, keys_of(joined).hash)
    assert one != telling_id("mem_2", SAID, keys_of(works).hash)


def test_what_was_only_told_to_be_over_lies_before_what_held_by_then():
    over, now = told("acme", 7, "employer", ends=True), told("meta", 5, "employer")
    assert sorted(history(now, over), key=lambda run: run[1]) == [("acme", 4, 4, True), ("meta", 5, None, False)]


def test_a_switch_ends_the_value_of_a_closer_question():
    before = told("react", 1, "frontend framework")
    assert history(before, told("svelte", 5, "framework", previous_key="react"))[0] == ("react", 1, 5, False)
    assert history(told("acme", 1, "employer"), told("x", 5, "editor", previous_key="acme"))[0][2] is None

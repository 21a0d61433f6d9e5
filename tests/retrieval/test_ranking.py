"""What ranks is pure: places and scores in, named parts out."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.clock import to_ms
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.question import TimeSpan, Voice
from fusion_memory.memory.spans import Place
from fusion_memory.retrieval import rank
from fusion_memory.retrieval.fuse import fuse, standard
from fusion_memory.retrieval.lanes import Lane
from fusion_memory.retrieval.recipes import RECIPES, recipe_named

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
BALANCED = RECIPES["balanced"]


def place(event_no, thread="session_a", seq=0, days_ago=0, trust="user"):
    return Place(event_no * 10, event_no, thread, seq, to_ms(NOON - timedelta(days=days_ago)), trust)


def fused(scores, places=None, recipe=BALANCED, lane="vector"):
    """Candidates of one lane: event numbers to scores."""
    places = places or {no: place(no, seq=no) for no in scores}
    ranked = tuple((no * 10, score) for no, score in sorted(scores.items(), key=lambda pair: -pair[1]))
    return fuse([Lane(lane, ranked)], {p.span_no: p for p in places.values()}, recipe)


def part(candidates, name):
    return {p.event_no: float(value) for p, value in zip(candidates.places, candidates.parts[name], strict=True)}


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_standard_scores_keep_the_order_and_are_never_negative(scores):
    levels = standard(scores)
    assert len(levels) == len(scores)
    assert min(levels) >= 0
    ordered = [level for _, level in sorted(zip(scores, levels, strict=True))]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(ordered))


def test_a_lane_with_a_zero_measures_from_it():
    assert standard([3.0], zero=0.0) == [2.0]
    assert standard([5.0, 5.0]) == [1.0, 1.0]
    assert standard([]) == []


def test_a_memory_enters_a_lane_with_its_best_span():
    first, second = place(1), Place(21, 1, "session_a", 0, to_ms(NOON), "user")
    both = {10: first, 21: second, 30: place(3)}
    lane = Lane("vector", ((21, 0.9), (10, 0.8), (30, 0.1)))
    candidates = fuse([lane], both, BALANCED)
    assert [p.span_no for p in candidates.places] == [21, 30]


def test_what_an_assistant_said_counts_less_but_not_word_for_word():
    places = {1: place(1), 2: place(2, trust="assistant"), 3: place(3)}
    meaning = part(fused({1: 0.9, 2: 0.9, 3: 0.1}, places), "vector")
    assert meaning[2] == pytest.approx(BALANCED.assistant_weight * meaning[1])
    exact = part(fused({1: 1.0, 2: 1.0}, places, lane="exact"), "exact")
    assert exact[1] == exact[2]


def test_reciprocal_ranks_ignore_scores():
    assert part(fused({1: 9.0, 2: 1.0}, recipe=RECIPES["rrf"]), "vector") == pytest.approx({1: 1 / 61, 2: 1 / 62})


def test_what_two_lanes_found_is_rewarded():
    places = {no * 10: place(no) for no in (1, 2)}
    lanes = [Lane("vector", ((10, 0.9), (20, 0.1))), Lane("keyword", ((10, 5.0),))]
    candidates = fuse(lanes, places, RECIPES["dual_hit"])
    assert part(candidates, "both")[1] > 0
    assert part(candidates, "both")[2] == 0


def test_turns_around_a_hit_receive_and_others_do_not():
    places = {no: place(no, seq=no) for no in (1, 2, 3)} | {9: place(9, thread="session_b", seq=2)}
    candidates = fused({1: 0.0, 2: 1.0, 3: 0.0, 9: 0.0}, places)
    rank.lend(candidates, BALANCED)
    gains = part(candidates, "neighbours")
    own = part(candidates, "vector")[2]
    assert gains[1] == gains[3] == pytest.approx(BALANCED.neighbour_shares[0] * own)
    assert gains[9] == 0


def test_a_conversation_lifts_its_candidates():
    places = {1: place(1, thread="session_a"), 2: place(2, thread="session_b")}
    candidates = fused({1: 1.0, 2: 1.0}, places)
    rank.lift_threads(candidates, {"session_b": 4.0}, BALANCED)
    assert part(candidates, "thread")[1] == 0
    assert part(candidates, "thread")[2] > 0


def test_the_time_a_question_speaks_of_fades_at_its_edges():
    day = TimeSpan(NOON - timedelta(days=5, hours=12), NOON - timedelta(days=4, hours=12), "five days ago")
    places = {n: place(n, days_ago=days) for n, days in enumerate((5, 4, 6, 20))}
    candidates = fused(dict.fromkeys(range(4), 1.0), places)
    rank.favour_time(candidates, [day], BALANCED)
    inside, after, before, far = part(candidates, "time").values()
    assert inside == BALANCED.time_weight
    assert 0 < after < inside
    assert 0 < before < inside
    assert far == 0


def test_notes_of_a_day_count_together_and_sessions_do_not():
    places = {1: place(1, "call_1"), 2: place(2, "call_2"), 3: place(3, "call_3", days_ago=3), 4: place(4)}
    candidates = fused({1: 1.0, 2: 0.2, 3: 0.2, 4: 0.9}, places)
    rank.share_days(candidates, BALANCED)
    shares = part(candidates, "day")
    assert shares[1] == shares[2] > shares[3]
    assert shares[4] == 0


def test_recency_only_decides_ties():
    candidates = fused({1: 0.5, 2: 0.5}, {1: place(1, days_ago=400), 2: place(2)})
    rank.fade(candidates, to_ms(NOON), BALANCED, 30.0)
    assert rank.order(candidates, by_session=False, recipe=BALANCED).tolist()[0] == 1
    assert part(candidates, "recency")[2] == pytest.approx(BALANCED.recency_weight)
    assert part(candidates, "recency")[1] < 1e-4


def test_of_equals_the_memory_recorded_last_comes_first():
    candidates = fused({1: 0.5, 7: 0.5, 3: 0.5})
    rows = rank.order(candidates, by_session=False, recipe=BALANCED)
    assert [candidates.places[row].event_no for row in rows] == [7, 3, 1]


def test_a_session_is_worth_what_its_best_memories_add_up_to():
    threads = {1: "session_a", 2: "session_b", 3: "session_b", 4: "session_c"}
    places = {no: place(no, thread=thread) for no, thread in threads.items()}
    candidates = fused({1: 1.0, 2: 0.9, 3: 0.9, 4: 0.0}, places)
    rows = rank.order(candidates, by_session=True, recipe=BALANCED)
    assert [candidates.places[row].thread for row in rows][:2] == ["session_b", "session_a"]
    best = candidates.places.index(places[3])
    assert candidates.parts["session"][best] > 0


def test_every_recipe_ranks_the_obvious_first():
    for recipe in RECIPES.values():
        candidates = fused({1: 0.9, 2: 0.2, 3: 0.1}, recipe=recipe)
        rank.lend(candidates, recipe)
        assert np.argmax(candidates.scores) == 0, recipe.name


def test_nothing_found_is_no_error():
    candidates = fuse([], {}, BALANCED)
    rank.lift_threads(candidates, {}, BALANCED)
    rank.lend(candidates, BALANCED)
    rank.share_days(candidates, BALANCED)
    assert rank.order(candidates, by_session=True, recipe=BALANCED).tolist() == []


def test_an_unknown_recipe_lists_the_known_ones():
    with pytest.raises(InvalidOption) as refused:
        recipe_named("best")
    assert "balanced" in refused.value.fix


def test_recipes_are_values():
    assert replace(BALANCED, depth=5) != BALANCED
    assert recipe_named("balanced") == BALANCED


def said_by(*speakers):
    return {no: place(no, seq=no)._replace(speaker=speaker) for no, speaker in enumerate(speakers, 1)}


def test_whom_the_question_names_is_favoured():
    candidates = fused({1: 0.5, 2: 0.5, 3: 0.5}, said_by("Nadia Berg", "Tom", None))
    rank.favour_speakers(candidates, "What did Nadia paint?", BALANCED)
    assert part(candidates, "speaker") == {1: BALANCED.speaker_weight, 2: 0.0, 3: 0.0}


@pytest.mark.parametrize("question", ["What did Nadia and Tom paint?", "What was painted?", "Tomorrow's plan?"])
def test_nobody_is_favoured_when_all_or_none_are_named(question):
    candidates = fused({1: 0.5, 2: 0.5}, said_by("Nadia", "Tom"))
    rank.favour_speakers(candidates, question, BALANCED)
    assert "speaker" not in candidates.parts


def test_a_chinese_speaker_is_named_in_either_script():
    candidates = fused({1: 0.5, 2: 0.5}, said_by("陳美玲", "王强"))
    rank.favour_speakers(candidates, "陈美玲什么时候去的?", BALANCED)
    assert part(candidates, "speaker")[1] > 0


def test_an_assistant_counts_in_full_when_its_words_are_asked_for():
    places = {1: place(1, seq=1, trust="assistant"), 2: place(2, seq=2)}
    lane, spans = Lane("vector", ((10, 0.9), (20, 0.5))), {p.span_no: p for p in places.values()}
    quiet, full = (part(fuse([lane], spans, BALANCED, voice), "vector")[1] for voice in (None, Voice.ASSISTANT))
    assert quiet == pytest.approx(full * BALANCED.assistant_weight)


def test_a_session_gains_by_what_its_people_said():
    places = {
        1: place(1, "session_a", 0),
        2: place(2, "session_a", 1),
        3: place(3, "session_b", 0),
        4: place(4, "session_b", 1, trust="assistant"),
        5: place(5, "session_c", 0),
    }
    candidates = fused({1: 0.9, 2: 0.8, 3: 0.9, 4: 0.8, 5: 0.1}, places, replace(BALANCED, assistant_weight=1.0))
    own = part(candidates, "vector")
    shares = replace(BALANCED, session_shares=(1.0,), session_meaning=2.0)
    rows = rank.order(candidates, by_session=True, recipe=shares)
    gained = part(candidates, "session")
    assert gained[1] == pytest.approx(own[1] + own[2])  # twice the mean of two
    assert gained[3] == pytest.approx(own[3])  # the assistant's turn makes no second
    assert [candidates.places[row].thread for row in rows] == ["session_a", "session_b", "session_c"]

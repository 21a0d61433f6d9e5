"""Disliking and not liking are one, whoever says it in which language."""

from __future__ import annotations

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.knowledge import Claim, FactState, FactType, Polarity
from fusion_memory.memory.claim_keys import in_normal_form, keys_of

ANA = Scope(user_id="ana")
LIKES = ("I like Jazz.", "我喜欢Jazz。")
DISLIKES = ("I hate Jazz.", "I don't like Jazz.", "I dislike Jazz.", "我讨厌Jazz。", "我不喜欢Jazz。")


def preferences(*said):
    with MemoryService(embedder=None, llm=None) as memory:
        for day, text in enumerate(said, 1):
            memory.add({"content": text, "time": f"2026-01-{day:02}"}, ANA)
        views = memory.get_current_views(ANA, "current_preferences")[0].facts
        return [(fact.predicate, fact.polarity, fact.object) for fact in views], memory.facts(ANA, state="all")


@pytest.mark.parametrize("said", DISLIKES)
def test_a_dislike_has_one_form_in_the_views(said):
    assert preferences(said)[0] == [("likes", Polarity.NEGATIVE, "Jazz")]


@pytest.mark.parametrize("first", DISLIKES)
@pytest.mark.parametrize("again", DISLIKES)
def test_said_again_in_other_words_it_is_the_same_fact(first, again):
    [fact] = preferences(first, again)[1]
    assert fact.times_seen == 2


@pytest.mark.parametrize("liked", LIKES)
@pytest.mark.parametrize("disliked", DISLIKES)
def test_liking_and_disliking_supersede_each_other(liked, disliked):
    assert preferences(liked, disliked)[0] == [("likes", Polarity.NEGATIVE, "Jazz")]
    current, told = preferences(disliked, liked)
    assert current == [("likes", Polarity.POSITIVE, "Jazz")]
    assert {fact.state for fact in told} == {FactState.CURRENT, FactState.SUPERSEDED}


def claim(predicate, polarity=Polarity.POSITIVE, **more):
    return Claim(FactType.PREFERENCE, "user", predicate, "jazz", f"user {predicate} jazz", 0, 4, polarity, **more)


def test_keys_and_form_agree_for_rules_and_models():
    no = claim("likes", Polarity.NEGATIVE)
    for verb in ("dislikes", "hates"):
        assert keys_of(claim(verb)).hash == keys_of(no).hash
        assert keys_of(claim(verb, Polarity.NEGATIVE)).hash == keys_of(claim("likes")).hash
        assert keys_of(claim(verb, ends=True)).hash == keys_of(no).hash
        assert in_normal_form(claim(verb)).predicate == "likes"
        assert in_normal_form(claim(verb)).polarity is Polarity.NEGATIVE
        assert in_normal_form(claim(verb, ends=True)) == claim(verb, ends=True)
    assert keys_of(claim("likes")).hash != keys_of(no).hash
    assert in_normal_form(no) == no

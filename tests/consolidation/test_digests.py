"""Many facts in few lines: the most important stay, the others are told together with all their sources."""

from __future__ import annotations

import pytest
from care_fakes import ANA, S1, home

from fusion_memory.core.care_settings import CompactionSettings
from fusion_memory.core.errors import InvalidOption
from fusion_memory.core.settings import Settings

LIKES = ["jazz", "tango", "chess", "opera"]
SAID = ["I am allergic to peanuts.", *(f"I like {value}." for value in LIKES), "我喜欢爬山。", "我喜欢画画。"]


@pytest.fixture
def at_home(tmp_path):
    with home(tmp_path, Settings(compaction=CompactionSettings(max_facts=1))) as found:
        found.ids = found.add(S1, *SAID)
        yield found


def test_nothing_is_lost_and_the_most_important_is_told_alone(at_home):
    everything = at_home.memory.facts(ANA)
    found = at_home.memory.compact_facts(ANA)
    assert [fact.object for fact in found.facts] == ["peanuts"]
    told = [one for digest in found.digests for one in digest.fact_ids]
    assert sorted([*told, found.facts[0].id]) == sorted(fact.id for fact in everything)
    sources = {one for digest in found.digests for one in digest.sources}
    assert sources == set(at_home.ids[1:])


def test_what_facts_have_in_common_is_said_once(at_home):
    texts = " ".join(digest.text for digest in at_home.memory.compact_facts(ANA).digests)
    assert all(texts.count(value) == 1 for value in LIKES)


def test_erasing_takes_its_words_from_the_line(at_home):
    at_home.memory.forget(ANA, [at_home.ids[2]])
    found = at_home.memory.compact_facts(ANA)
    assert "tango" not in str([digest.text for digest in found.digests])
    assert at_home.ids[2] not in {one for digest in found.digests for one in digest.sources}


def test_with_none_or_with_room_all_are_told_one_by_one(at_home):
    count = len(at_home.memory.facts(ANA))
    for most in (0, count, count + 1):
        found = at_home.memory.compact_facts(ANA, most)
        assert (len(found.facts), found.digests) == (count, ())


@pytest.mark.parametrize("most", [-1, 100_001, True, "20"])
def test_a_number_out_of_range_is_refused(at_home, most):
    with pytest.raises(InvalidOption):
        at_home.memory.compact_facts(ANA, most)

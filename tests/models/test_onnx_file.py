"""Files written here are what onnxruntime reads, and what the reference checker accepts."""

import numpy as np
import pytest

from fusion_memory.core.errors import ModelUnavailable
from fusion_memory.models.e5_graph import saturation_probe
from fusion_memory.models.onnx_file import GraphWriter
from fusion_memory.models.runtime import default_threads, open_session

pytest.importorskip("onnxruntime")


def small_graph() -> bytes:
    graph = GraphWriter("small")
    weights = graph.constant("weights", np.arange(6, dtype=np.float32).reshape(2, 3).T[::-1])  # not contiguous
    graph.constant("weights", np.zeros(1, np.float32))
    product = graph.node("MatMul", ["x", weights], "product")
    normal = graph.node("LpNormalization", [product], "normal", axis=-1, p=2)
    graph.node("LeakyRelu", [normal], "y", alpha=0.5)
    return graph.model({"x": ("float32", ("rows", 3))}, {"y": ("float32", ("rows", 2))})


def test_the_runtime_computes_what_was_written() -> None:
    x = np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 1.0]], np.float32)
    product = x @ np.arange(6, dtype=np.float32).reshape(2, 3).T[::-1]
    normal = product / np.linalg.norm(product, axis=1, keepdims=True)
    (y,) = open_session(small_graph(), 1).run(None, {"x": x})
    assert np.allclose(y, np.where(normal < 0, normal * 0.5, normal), atol=1e-6)


def test_the_reference_checker_accepts_it() -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load_from_string(small_graph())
    onnx.checker.check_model(model, full_check=True)
    assert model.graph.node[1].attribute[0].i == -1
    assert onnx.load_from_string(saturation_probe()[0]).graph.node[0].op_type == "MatMulInteger"


def test_a_file_that_is_no_model_is_named() -> None:
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        open_session(b"not a model", 1)


def test_some_threads_by_default() -> None:
    assert 1 <= default_threads() <= 4

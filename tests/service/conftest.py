"""A service on a memory that lives as long as its test, and a client that speaks to it without a socket."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from fusion_memory.engine.service import MemoryService
from fusion_memory.service.app import create_app


@pytest.fixture
def memory():
    with MemoryService(":memory:", embedder=None, llm=None, reranker=None) as opened:
        yield opened


@pytest.fixture
def http(memory):
    with TestClient(create_app(memory)) as client:
        yield client

import pytest

from fusion_memory import MemoryService
from fusion_memory.testing.conformance import MemoryConformance
from fusion_memory.testing.embedder import HashingEmbedder


class TestInMemory(MemoryConformance):
    def open_memory(self):
        return MemoryService(embedder=HashingEmbedder(dimension=384))


class TestOnDisk(MemoryConformance):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path

    def open_memory(self):
        return MemoryService(self.folder / "memory.db", embedder=HashingEmbedder(dimension=384))


class TestByKeywordOnly(MemoryConformance):
    def open_memory(self):
        return MemoryService(embedder=None)

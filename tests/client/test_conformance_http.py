"""The conformance suite, word for word, against a memory that is reached over HTTP."""

from fusion_memory import MemoryService
from fusion_memory.testing.conformance import MemoryConformance
from fusion_memory.testing.embedder import HashingEmbedder
from fusion_memory.testing.served import ServedMemory


class TestThroughHttp(MemoryConformance):
    def open_memory(self):
        return ServedMemory(MemoryService(embedder=HashingEmbedder(dimension=384)))

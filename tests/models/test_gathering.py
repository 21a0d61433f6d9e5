"""Questions of many callers are embedded together, and each gets its own vectors or its own error."""

import threading

import numpy as np
import pytest

from fusion_memory.core.errors import EmbeddingFailed
from fusion_memory.models.gathering import GatheringEmbedder
from fusion_memory.testing.embedder import HashingEmbedder


class Watched:
    """Counts calls, never lets two run at once, and holds the first until it is told to go on."""

    def __init__(self):
        self.model = HashingEmbedder(dimension=32)
        self.space, self.max_batch = self.model.space, self.model.max_batch
        self.calls, self.running = [], 0
        self.begun, self.go_on = threading.Event(), threading.Event()

    def embed_queries(self, texts):
        self.running += 1
        assert self.running == 1
        self.calls.append(list(texts))
        self.begun.set()
        assert self.go_on.wait(10)
        self.running -= 1
        if "bad" in texts:
            raise EmbeddingFailed("Bad.")
        return self.model.embed_queries(texts)

    def embed_passages(self, texts):
        return self.model.embed_passages(texts)

    def close(self):
        self.model.close()


def asked(watched, texts, most=16):
    """Ask for the first text; when the model reads it, for all others at one time."""
    gathering = GatheringEmbedder(watched, most=most)
    results = {}

    def ask(text):
        try:
            results[text] = gathering.embed_queries([text])[0]
        except EmbeddingFailed as error:
            results[text] = error

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    threads[0].start()
    assert watched.begun.wait(10)
    for place, thread in enumerate(threads[1:], 1):
        thread.start()
        while len(gathering._waiting) < place:
            thread.join(0.001)
    watched.go_on.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    return results


def test_who_comes_while_the_model_works_is_embedded_together():
    watched = Watched()
    texts = [f"question {number}" for number in range(9)]
    results = asked(watched, texts)
    assert watched.calls == [texts[:1], texts[1:]]
    for text in texts:
        assert np.array_equal(results[text], watched.model.embed_queries([text])[0])


def test_a_group_has_its_bound_and_nobody_is_left_behind():
    watched = Watched()
    texts = [f"question {number}" for number in range(10)]
    results = asked(watched, texts, most=4)
    assert [len(call) for call in watched.calls] == [1, 4, 4, 1]
    assert sorted(results) == texts


def test_one_bad_text_fails_alone():
    watched = Watched()
    results = asked(watched, ["first", "one", "bad", "two"])
    assert isinstance(results.pop("bad"), EmbeddingFailed)
    for text, vector in results.items():
        assert np.array_equal(vector, watched.model.embed_queries([text])[0])


def test_several_texts_of_a_caller_stay_in_order_and_the_next_call_is_served():
    model = HashingEmbedder(dimension=32)
    gathering = GatheringEmbedder(model, most=2)
    texts = ["one", "two", "three"]
    assert np.array_equal(gathering.embed_queries(texts), model.embed_queries(texts))
    assert np.array_equal(gathering.embed_passages(texts), model.embed_passages(texts))
    assert gathering.embed_queries([]).shape == (0, 32)
    assert gathering.space == model.space
    assert gathering.max_batch == model.max_batch
    gathering.close()


def test_an_error_is_raised_to_its_caller_and_the_next_one_works():
    watched = Watched()
    watched.go_on.set()
    gathering = GatheringEmbedder(watched)
    with pytest.raises(EmbeddingFailed):
        gathering.embed_queries(["bad"])
    assert gathering.embed_queries(["good"]).shape == (1, 32)

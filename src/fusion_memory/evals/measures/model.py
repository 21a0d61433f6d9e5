"""How fast the configured embedding model is: loading it for the first time and later, one sentence, many."""

from __future__ import annotations

import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

from fusion_memory.evals import corpus
from fusion_memory.evals.measures.figure import Figure, median
from fusion_memory.evals.measures.workbench import Workbench

SENTENCES = 200
WARM_UP = 5
BATCH_SENTENCES = 1_000
LOADS = 3


def model(bench: Workbench) -> list[Figure]:
    """Seconds to load, milliseconds a sentence, sentences a second; nothing when there is no model."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as empty:
        first = bench.seconds(lambda: _load(bench, Path(empty)))
        later = median([bench.seconds(lambda: _load(bench, Path(empty))) for _ in range(LOADS)])
    loaded = bench.open_model(None)
    if loaded is None:
        return []
    with closing(loaded):
        each = [bench.seconds(partial(loaded.embed_queries, [text])) for text in _questions(bench)]
        passages = [turn.text for turn in bench.turns(BATCH_SENTENCES)]
        batch = bench.seconds(lambda: loaded.embed_passages(passages))
    return [
        Figure("model.first_load", first, "s", None, "prepared from the installed weights, then a sentence"),
        Figure("model.load", later, "s", None, f"from the prepared file, then a sentence; median of {LOADS}"),
        Figure(
            "model.sentence",
            median(each[WARM_UP:]) * 1_000,
            "ms",
            None,
            f"{SENTENCES} questions, one at a time",
        ),
        Figure("model.rate", len(passages) / batch, "sentences/s", None, f"{len(passages):,} turns in one call"),
    ]


def _questions(bench: Workbench) -> list[str]:
    """Different questions: the embedder remembers those it has seen."""
    return list(dict.fromkeys(corpus.questions(SENTENCES + WARM_UP, bench.seed)))


def _load(bench: Workbench, folder: Path) -> None:
    loaded = bench.open_model(folder)
    if loaded is not None:
        with closing(loaded):
            loaded.embed_queries(["How long does the first sentence take?"])

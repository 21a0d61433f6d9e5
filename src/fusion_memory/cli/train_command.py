"""``train-utility``: train the model that judges what a search found, and say honestly what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.eval_command import CACHE, memories, progress_of, scratch_folder
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.evals.datasets.named import load
from fusion_memory.evals.records import QuestionSet, sampled
from fusion_memory.evals.run import Plan, Tools, rng_of
from fusion_memory.evals.utility_training import (
    L2,
    VALIDATION_SHARE,
    Example,
    Training,
    examples_from,
    examples_of,
    train,
)
from fusion_memory.models.utility_file import write_utility_model

MOST_FEEDBACK = 1_000
WEIGHTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say."""

    data: tuple[str, ...]
    held_out: tuple[str, ...]
    with_feedback: bool
    target: Path | None
    sample: int | None
    recipe: str | None
    share: float
    l2: float
    seed: int
    cache: Path | None


@command("train-utility")
@click.option("--data", metavar="SET=PATH", multiple=True)
@click.option("--check", "held_out", metavar="SET=PATH", multiple=True)
@click.option("--feedback", "with_feedback", is_flag=True)
@click.option("--save-model", "target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--limit", "sample", metavar="N", type=click.IntRange(min=1))
@click.option("--recipe", metavar="NAME")
@click.option("--share", metavar="X", type=click.FloatRange(0.05, 0.9), default=VALIDATION_SHARE)
@click.option("--l2", metavar="X", type=click.FloatRange(min=0), default=L2)
@click.option("--seed", metavar="N", type=click.IntRange(min=0), default=0)
@click.option("--cache", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@with_call
def train_utility(call: Call, **given: Any) -> None:  # noqa: ANN401 (click's option values)
    """Train the utility model."""
    wanted = Wanted(**given)
    if not wanted.data and not wanted.with_feedback:
        raise Refusal("train-utility.nothing", f"{PROGRAM} train-utility --help")
    sets, unseen = ([_drawn(load(one), wanted) for one in named] for named in (wanted.data, wanted.held_out))
    examples = [example for one in sets for example in _asked(call, one, wanted)]
    if wanted.with_feedback:
        with call.memory() as memory:
            examples += examples_from(memory.feedback_given(call.reach(), MOST_FEEDBACK))
    checks = [example for one in unseen for example in _asked(call, one, wanted)]
    trained = train(examples, checks, Training(wanted.l2, wanted.share, wanted.seed))
    if wanted.target is not None:
        write_utility_model(trained.model, wanted.target)
    threshold = call.settings.retrieval.utility_threshold
    report = {**trained.report, "threshold": threshold, "ready": trained.model.ready(threshold)}
    call.out.show(report, lambda: _show(call.out, report))
    if wanted.target is not None:
        call.out.note("train-utility.saved", file=wanted.target)


def _drawn(given: QuestionSet, wanted: Wanted) -> QuestionSet:
    return given if wanted.sample is None else sampled(given, wanted.sample, rng_of(Plan(seed=wanted.seed)))


def _asked(call: Call, given: QuestionSet, wanted: Wanted) -> list[Example]:
    recipe = wanted.recipe or call.settings.retrieval.recipe
    with scratch_folder(call) as folder, memories(call, folder, wanted.cache or call.home / CACHE) as open_memory:
        return examples_of(given, open_memory, Tools(progress_of(call)), recipe)


def _show(out: Output, report: Mapping[str, Any]) -> None:
    columns = (
        "questions",
        "accuracy",
        "none",
        "ndcg_now",
        "ndcg_model",
        "gain",
        "interval",
        "mrr_now",
        "mrr_model",
    )
    head = ["", *(out.words(f"train-utility.{name}") for name in columns)]
    groups = {"train": report["train"], "validation": report["validation"], **report["held_out"]}
    rows = [[Cell(title, "dim") for title in head]]
    rows += [_row(out.words_or(f"train-utility.on.{name}", name), found) for name, found in groups.items()]
    out.table(Table(rows, right=frozenset(range(1, len(head)))))
    heaviest = list(report["weights"].items())[:WEIGHTS_SHOWN]
    told = ", ".join(f"{name} {weight:+.2f}" for name, weight in heaviest)
    out.note("train-utility.weights", weights=told)
    gain, low = report["figures"]["gain"], report["figures"]["gain_low"]
    verdict = "ready" if report["ready"] else "shadow"
    style = "good" if report["ready"] else "warn"
    words = out.words(
        f"train-utility.{verdict}", gain=f"{gain:+.4f}", low=f"{low:+.4f}", threshold=f"{report['threshold']:g}"
    )
    out.line(words, style)


def _row(name: str, found: Mapping[str, Any]) -> list[Cell]:
    ndcg, mrr = found["ndcg"], found["mrr"]
    style = "good" if ndcg["low"] > 0 else "bad" if ndcg["high"] < 0 else "dim"
    return [
        Cell(name),
        Cell(f"{found['questions']:,}"),
        Cell(f"{found['accuracy']:.3f}"),
        Cell(f"{found['accuracy_of_none']:.3f}", "dim"),
        Cell(f"{ndcg['now']:.3f}"),
        Cell(f"{ndcg['model']:.3f}", "strong"),
        Cell(f"{ndcg['gain']:+.4f}", style),
        Cell(f"{ndcg['low']:+.4f} … {ndcg['high']:+.4f}", "dim"),
        Cell(f"{mrr['now']:.3f}", "dim"),
        Cell(f"{mrr['model']:.3f}", "dim"),
    ]

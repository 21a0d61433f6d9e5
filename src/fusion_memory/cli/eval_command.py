"""``eval``: measure retrieval and understanding on published sets and on one's own, in a memory of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, cast

import click

from fusion_memory.cli import help as help_page
from fusion_memory.cli import lazy
from fusion_memory.cli.compare_reports import compare_reports
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.eval_dates import dates
from fusion_memory.cli.eval_table import show
from fusion_memory.cli.extraction_table import show as show_understanding
from fusion_memory.cli.lent_model import Lent
from fusion_memory.cli.options import command, language
from fusion_memory.cli.sweep_table import show as show_sweep
from fusion_memory.core.api import MemoryApi
from fusion_memory.engine.parts import choose_embedder
from fusion_memory.engine.service import MemoryService
from fusion_memory.evals import extraction as understanding
from fusion_memory.evals import plot, sweep_plot
from fusion_memory.evals.datasets import beam as beam_set
from fusion_memory.evals.datasets import generic as generic_set
from fusion_memory.evals.datasets import lifebench as lifebench_set
from fusion_memory.evals.datasets import locomo as locomo_set
from fusion_memory.evals.datasets import longmemeval as longmemeval_set
from fusion_memory.evals.datasets import madial as madial_set
from fusion_memory.evals.datasets import realmem_questions as realmem_set
from fusion_memory.evals.records import QuestionSet, Unit, sampled
from fusion_memory.evals.report import PLOT_FILE, Report, report_of, write, write_values
from fusion_memory.evals.run import ABLATIONS, DEFAULT_KS, OpenMemory, Plan, Tools, rng_of, run
from fusion_memory.evals.sweep import Sweep, ablations_of, sweep_of, sweep_report
from fusion_memory.models.cache import CachedEmbedder
from fusion_memory.models.interface import Embedder

P = ParamSpec("P")

SCRATCH = "scratch"
CACHE = Path("cache") / "vectors"
MOST_K = 1_000
HALF_LIFE = "half_life_days"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the shared options of the question sets say."""

    recipe: str | None
    no_ablation: bool
    without: bool
    sweep: tuple[str, ...]
    savings: bool
    pack_tokens: int | None
    ks: tuple[int, ...]
    sample: int | None
    seed: int
    report: Path | None
    no_plot: bool
    cache: Path | None
    no_cache: bool

    def chosen_sweep(self, configured: str) -> Sweep | None:
        """What to sweep, None when nothing is."""
        return sweep_of(self.recipe or configured, self.sweep) if self.sweep else None

    def plan(self, configured: str) -> Plan:
        """How to run, where no other recipe is configured."""
        base = self.recipe or configured
        sweep = self.chosen_sweep(configured)
        if sweep is not None:
            beside = tuple(variant.recipe for variant in sweep.variants)
        elif self.without:
            beside = ablations_of(base)
        else:
            beside = () if self.no_ablation else ABLATIONS
        return Plan(
            ks=self.ks,
            recipe=base if sweep is not None else self.recipe,
            ablations=beside,
            seed=self.seed,
            savings=self.savings or self.pack_tokens is not None,
            pack_tokens=self.pack_tokens,
        )


class QuestionSets(click.Group):
    """``eval``: a command for each question set."""

    def get_help(self, ctx: click.Context) -> str:
        """The page of the group, with its commands."""
        return help_page.command_page(self, ctx, language(ctx))


@click.group("eval", cls=QuestionSets)
def eval_() -> None:
    """Measure retrieval and understanding."""


def _cut_offs(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        ks = tuple(sorted({int(part) for part in value.split(",")}))
    except ValueError:
        ks = ()
    if not ks or ks[0] < 1 or ks[-1] > MOST_K:
        raise click.BadParameter(f"{value!r} is no list like 5,10,20.", ctx=ctx, param=param)
    return ks


_FOLDER = click.Path(path_type=Path, file_okay=False)
_OPTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("recipe", "--recipe", {"metavar": "NAME"}),  # explained with the search command
    ("no_ablation", "--no-ablation", {"is_flag": True}),
    ("without", "--without", {"is_flag": True}),
    ("sweep", "--sweep", {"metavar": "FIELD=V,V|NAME", "multiple": True}),
    ("savings", "--savings", {"is_flag": True}),
    ("pack_tokens", "--pack", {"metavar": "TOKENS", "type": click.IntRange(min=1)}),
    ("ks", "--k", {"metavar": "K,K,...", "default": ",".join(map(str, DEFAULT_KS)), "callback": _cut_offs}),
    ("sample", "--limit", {"metavar": "N", "type": click.IntRange(min=1)}),
    ("seed", "--seed", {"metavar": "N", "type": click.IntRange(min=0), "default": 0}),
    ("report", "--report", {"metavar": "FOLDER", "type": _FOLDER}),
    ("no_plot", "--no-plot", {"is_flag": True}),
    ("cache", "--cache", {"metavar": "FOLDER", "type": _FOLDER}),
    ("no_cache", "--no-cache", {"is_flag": True}),
)


def _question_set(
    name: str, path_metavar: str, *own: Callable[..., Any]
) -> Callable[[Callable[Concatenate[Path, P], QuestionSet]], click.Command]:
    """Make a loader a command: its path, its own options, the options of all sets; load, run, show."""

    def as_command(load: Callable[Concatenate[Path, P], QuestionSet]) -> click.Command:
        @wraps(load)
        def called(call: Call, path: Path, **given: Any) -> None:  # noqa: ANN401 (click's option values)
            wishes = Wishes(**{option: given.pop(option) for option, _, _ in _OPTIONS})
            _measure(call, wishes, lambda: cast("Callable[..., QuestionSet]", load)(path, **given))

        decorated: Callable[..., None] = with_call(called)
        for option, spelling, attributes in reversed(_OPTIONS):
            decorated = click.option(spelling, option, **attributes)(decorated)
        for decorator in reversed(own):
            decorated = decorator(decorated)
        decorated = click.argument("path", metavar=path_metavar, type=click.Path(path_type=Path))(decorated)
        made = command(name)(decorated)
        eval_.add_command(made)
        return made

    return as_command


@_question_set(
    "locomo",
    "FILE",
    click.option("--labels", metavar="FILE", type=click.Path(path_type=Path)),
)
def locomo(path: Path, labels: Path | None) -> QuestionSet:
    """Turns of very long conversations."""
    return locomo_set.load(path, labels)


@_question_set(
    "longmemeval",
    "FILE|FOLDER",
    click.option("--haystack", metavar="NAME"),
    click.option("--isolated", is_flag=True),
)
def longmemeval(path: Path, haystack: str | None, isolated: bool) -> QuestionSet:
    """Sessions of a long chat history."""
    return longmemeval_set.load(path, haystack, isolated=isolated)


@_question_set("lifebench", "FOLDER")
def lifebench(path: Path) -> QuestionSet:
    """Items of a year."""
    return lifebench_set.load(path)


@_question_set("beam", "FOLDER")
def beam(path: Path) -> QuestionSet:
    """Messages of long chats about projects."""
    return beam_set.load(path)


@_question_set(
    "madial",
    "FOLDER",
    click.option("--language", type=click.Choice(["zh", "en"]), default="zh"),
    click.option("--no-context", is_flag=True),
)
def madial(path: Path, language: madial_set.Language, no_context: bool) -> QuestionSet:
    """The memory that fits a talk."""
    return madial_set.load(path, language, context=not no_context)


@_question_set("realmem", "FOLDER|FILE", click.option("--no-context", is_flag=True))
def realmem(path: Path, no_context: bool) -> QuestionSet:
    """Earlier sessions that an assistant needs."""
    return realmem_set.load(path, context=not no_context)


@_question_set(
    "generic",
    "FILE",
    click.option("--unit", type=click.Choice(["message", "session"]), default="message"),
)
def generic(path: Path, unit: Unit) -> QuestionSet:
    """Your own questions."""
    return generic_set.load(path, unit)


@command("extraction")
@click.argument("path", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@click.option("--failures", is_flag=True)
@click.option("--limit", "sample", metavar="N", type=click.IntRange(min=1))
@click.option("--seed", metavar="N", type=click.IntRange(min=0), default=0)
@with_call
def extraction(call: Call, path: Path, failures: bool, sample: int | None, seed: int) -> None:
    """What is understood."""
    choice = understanding.Choice(failures=failures, sample=sample, seed=seed)
    with scratch_folder(call) as folder, memories(call, folder, call.home / CACHE) as open_memory:
        report = understanding.measure(path, open_memory, choice, Tools(progress_of(call)))
    call.out.show(report, lambda: show_understanding(call.out, report))


eval_.add_command(extraction)
eval_.add_command(dates)
eval_.add_command(compare_reports)


def _measure(call: Call, wishes: Wishes, load: Callable[[], QuestionSet]) -> None:
    """Load, run, show, write. What would fail at the end is looked at first."""
    drawn = wishes.report is not None and not wishes.no_plot
    if drawn:
        plot.require()
    plan = wishes.plan(call.settings.retrieval.recipe)
    for recipe in (plan.recipe, *plan.ablations):
        lazy.recipe_named(recipe or call.settings.retrieval.recipe)
    given = load()
    if wishes.sample is not None:
        given = sampled(given, wishes.sample, rng_of(plan))
    with scratch_folder(call) as folder:
        cache = None if wishes.no_cache else wishes.cache or call.home / CACHE
        with memories(call, folder, cache) as open_memory:
            outcome = run(given, open_memory, plan, Tools(progress_of(call)))
    sweep = wishes.chosen_sweep(call.settings.retrieval.recipe)
    if sweep is not None:
        _tell_sweep(call, wishes, {**sweep_report(outcome, sweep), "defaults": _defaults(call, sweep)})
        return
    report = report_of(outcome)
    if wishes.report is not None:
        write(report, outcome, wishes.report)
        if drawn:
            plot.draw(report, wishes.report / PLOT_FILE)
    call.out.show(report, lambda: show(call.out, report))
    if wishes.report is not None:
        call.out.note("eval.written", folder=wishes.report)


def _defaults(call: Call, sweep: Sweep) -> dict[str, str]:
    """What the swept recipe says for each axis; the half-life, where it says none, is a setting."""
    found = lazy.recipe_values(sweep.base, [axis.name for axis in sweep.axes])
    if found.get(HALF_LIFE) == "0.0":
        found[HALF_LIFE] = f"{call.settings.retrieval.half_life_days:g}"
    return found


def _tell_sweep(call: Call, wishes: Wishes, report: Report) -> None:
    if wishes.report is not None:
        write_values(report, wishes.report)
        if not wishes.no_plot:
            sweep_plot.draw(report, wishes.report / PLOT_FILE)
    call.out.show(report, lambda: show_sweep(call.out, report))
    if wishes.report is not None:
        call.out.note("eval.written", folder=wishes.report)


@contextmanager
def memories(call: Call, folder: Path, cache: Path | None) -> Iterator[OpenMemory]:
    """Opens empty memories one after the other; they share the model, and each takes the place of the last."""
    model: Embedder | None = choose_embedder(call.settings.embedding)
    if model is not None and cache is not None:
        model = CachedEmbedder(model, cache)

    def open_empty() -> MemoryApi:
        for old in folder.iterdir():
            old.unlink()
        lent = Lent(model) if model else None
        return MemoryService(folder / "eval.db", embedder=lent, settings=call.settings)

    try:
        yield open_empty
    finally:
        if model is not None:
            model.close()


@contextmanager
def scratch_folder(call: Call) -> Iterator[Path]:
    """An empty folder on the disk of the home folder, removed when the block ends."""
    place = call.home / SCRATCH
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def progress_of(call: Call) -> Callable[[str, str, float], Any]:
    """The progress bars of a call, by the names of the stages."""
    return lambda label, unit, total: call.out.progress(f"progress.{label}", f"unit.{unit}", total)

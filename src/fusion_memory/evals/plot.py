"""The picture of a report: the headline metric by category with its intervals, the ablations beside it.

It reads a report and draws; it scores nothing. matplotlib is an extra and is loaded when a picture is drawn.
"""

from __future__ import annotations

import importlib.util
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusion_memory.core.errors import InvalidOption
from fusion_memory.evals.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CATEGORIES = 10
CJK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
)
LATIN_FONT = "DejaVu Sans"

INK, PALE, GRID = "#1f2933", "#6b7785", "#e4e7eb"
COLOURS = ("#0f766e", "#d99a2b", "#6d83b5", "#b5657a", "#8a8f98")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Series:
    """One recipe's bars: a value per group, and its interval where there is one."""

    name: str
    values: tuple[float, ...]
    bounds: tuple[tuple[float, float], ...] | None


def require() -> None:
    """Make sure that a picture can be drawn.

    Raises:
        InvalidOption: matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise InvalidOption(
            "The plot needs matplotlib, which is not installed.",
            why="It is an optional extra, so that the product stays small.",
            fix='pip install "fusion-memory[plot]", or pass --no-plot',
        )


def draw(report: Report, target: Path) -> None:
    """Draw a report into a PNG file.

    Raises:
        InvalidOption: matplotlib is not installed.
    """
    require()
    import matplotlib as mpl  # takes half a second, and few runs draw
    from matplotlib import font_manager
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    installed = {font.name for font in font_manager.fontManager.ttflist}
    families = [LATIN_FONT, *(name for name in CJK_FONTS if name in installed)]
    groups = _groups(report)
    names = _labels(groups, report, cjk=len(families) > 1)
    with mpl.rc_context():
        mpl.rcParams["font.family"] = families
        mpl.rcParams["text.color"] = INK
        width = max(9.0, 1.45 * len(groups) + 4.2)
        figure = Figure(figsize=(width, 5.4), dpi=160, facecolor="white")
        FigureCanvasAgg(figure)
        bars, curve = figure.subplots(1, 2, width_ratios=(width - 3.4, 3.0))
        _draw_bars(bars, _series(report, groups), names, report["headline"])
        _draw_curve(curve, report)
        _title(figure, report)
        figure.subplots_adjust(left=0.62 / width, right=1 - 0.25 / width, top=0.79, bottom=0.2, wspace=0.16)
        figure.savefig(target)


def _groups(report: Report) -> list[str]:
    """All questions first, then the largest categories, those kept apart at the end."""
    found: Mapping[str, Mapping[str, Any]] = report["by_category"]
    largest = sorted(found, key=lambda name: -found[name]["questions"])[:MOST_CATEGORIES]
    shown = sorted(largest, key=lambda name: (name in report["apart"], name))
    return [ALL, *shown] if len(found) > 1 else [ALL]


def _labels(groups: Sequence[str], report: Report, *, cjk: bool) -> list[str]:
    labels = []
    for place, name in enumerate(groups):
        count = report["questions"] if place == 0 else report["by_category"][name]["questions"]
        shown = name if cjk or name.isascii() else f"category {place}"  # no installed font could write it
        star = " *" if name in report["apart"] else ""
        labels.append(f"{textwrap.fill(shown + star, 15)}\nn = {count}")
    return labels


def _series(report: Report, groups: Sequence[str]) -> list[Series]:
    metric = report["headline"]
    own = [report["metrics"], *(report["by_category"][name] for name in groups[1:])]
    bounds = [report["intervals"], *(report["category_intervals"][name] for name in groups[1:])]
    main = Series(
        report["recipe"],
        tuple(found[metric] for found in own),
        tuple((found[metric][0], found[metric][1]) for found in bounds),
    )
    others = [
        Series(name, tuple(found[metric] for found in (overall, *_in_groups(report, name, groups))), None)
        for name, overall in report["ablation"].items()
    ]
    return [main, *others]


def _in_groups(report: Report, recipe: str, groups: Sequence[str]) -> list[Mapping[str, float]]:
    return [report["ablation_by_category"][recipe][name] for name in groups[1:]]


def _draw_bars(axes: Axes, series: Sequence[Series], names: Sequence[str], metric: str) -> None:
    width = 0.8 / len(series)
    for place, one in enumerate(series):
        left = [group + (place - (len(series) - 1) / 2) * width for group in range(len(names))]
        colour = COLOURS[place % len(COLOURS)]
        axes.bar(left, one.values, width * 0.92, color=colour, label=one.name, zorder=2)
        if one.bounds is None:
            continue
        low = [value - bound[0] for value, bound in zip(one.values, one.bounds, strict=True)]
        high = [bound[1] - value for value, bound in zip(one.values, one.bounds, strict=True)]
        spread = [[max(0.0, gap) for gap in side] for side in (low, high)]
        axes.errorbar(left, one.values, spread, fmt="none", ecolor=INK, elinewidth=1.1, capsize=3, zorder=3)
        for x, value, bound in zip(left, one.values, one.bounds, strict=True):
            axes.annotate(
                f"{value:.3f}".lstrip("0"),
                (x, max(value, bound[1])),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                fontweight="bold",
                color=colour,
            )
    axes.set_xticks(range(len(names)), names, fontsize=9)
    if len(names) > 1:
        axes.axvline(0.5, color=GRID, linewidth=1.2, zorder=1)
    _frame(axes, f"{metric} by category")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.075), ncols=len(series), frameon=False, fontsize=9.5)


def _draw_curve(axes: Axes, report: Report) -> None:
    """The headline metric over the cut-offs, one line per recipe; all@k of the main recipe dashed."""
    family = report["headline"].partition("@")[0]
    ks = sorted(report["ks"])
    rows = {report["recipe"]: report["metrics"], **report["ablation"]}
    for place, (name, row) in enumerate(rows.items()):
        colour = COLOURS[place % len(COLOURS)]
        axes.plot(
            range(len(ks)), [row[f"{family}@{k}"] for k in ks], "o-", color=colour, markersize=4.5, label=name
        )
        if place == 0:
            strict = [row[f"all@{k}"] for k in ks]
            axes.plot(range(len(ks)), strict, "o--", color=colour, markersize=3, linewidth=1.1, alpha=0.75)
            axes.annotate(
                "all@k",
                (len(ks) - 1, strict[-1]),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=colour,
            )
    axes.set_xticks(range(len(ks)), [str(k) for k in ks])
    axes.set_xlim(-0.25, len(ks) - 0.5 if len(ks) > 1 else 0.5)
    axes.set_xlabel("k", color=PALE)
    _frame(axes, f"{family}@k")


def _frame(axes: Axes, title: str) -> None:
    axes.set_ylim(0, 1.06)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.grid(axis="y", color=GRID, linewidth=0.9, zorder=0)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, colors=INK)
    axes.set_title(title, loc="left", fontsize=10.5, color=INK, fontweight="bold", pad=7)


def _title(figure: Any, report: Report) -> None:  # noqa: ANN401 (a figure; matplotlib is loaded later)
    width = figure.get_size_inches()[0]
    left = 0.25 / width
    unit = {"message": "messages", "session": "sessions"}[report["unit"]]
    figure.text(left, 0.93, report["dataset"], fontsize=15, fontweight="bold", color=INK)
    level = f"{report['bootstrap']['level']:.0%}"
    told = f"{report['questions']:,} questions   unit: {unit}   bars: mean with {level} bootstrap interval"
    figure.text(1 - left, 0.935, told, fontsize=9, color=PALE, ha="right")
    notes = list(report["notes"])
    if report["apart"]:
        notes.append("* not part of the headline")
    figure.text(left, 0.03, "   ·   ".join(notes), fontsize=8.5, color=PALE)
    figure.text(1 - left, 0.03, f"Fusion Memory {report['version']}", fontsize=8.5, color=PALE, ha="right")

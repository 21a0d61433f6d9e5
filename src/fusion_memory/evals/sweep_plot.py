"""The picture of a sweep: a line per axis, a field of squares for two, bars where there are more.

It reads the report of a sweep and draws; it weighs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusion_memory.evals.plot import COLOURS, GRID, INK, PALE, require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANELS_A_ROW = 4
MOST_BARS = 40


def draw(report: Mapping[str, Any], target: Path) -> None:
    """Draw the report of a sweep into a PNG file.

    Raises:
        InvalidOption: matplotlib is not installed.
    """
    require()
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # takes half a second, and few runs draw
    from matplotlib.figure import Figure

    names = list(report["axes"])
    panels = names if report["sweep_type"] == "each" else names[:1]
    columns = min(len(panels), PANELS_A_ROW)
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(max(4.2 * columns, 6.5), 3.1 * rows + 0.9), dpi=150, facecolor="white")
    FigureCanvasAgg(figure)
    places = figure.subplots(rows, columns, squeeze=False).flatten()
    for place in places[len(panels) :]:
        place.set_visible(False)
    if report["sweep_type"] == "each" or len(names) == 1:
        for place, name in zip(places, panels, strict=False):
            _line(place, report, name)
    elif len(names) == 2:
        _field(places[0], report, names)
    else:
        _bars(places[0], report)
    title = f"{report['dataset']}: {report['headline']} of {report['base']['recipe']}, varied"
    figure.suptitle(title, x=0.02, ha="left", fontsize=12, fontweight="bold", color=INK)
    figure.tight_layout(rect=(0, 0, 1, 0.97))
    figure.savefig(target)


def _line(axes: Axes, report: Mapping[str, Any], name: str) -> None:
    found = [one for one in report["variants"] if name in one["params"]]
    at = range(len(found))
    for key, colour, style in (("tune", COLOURS[1], "o--"), ("check", COLOURS[0], "o-")):
        axes.plot(at, [one[key] for one in found], style, color=colour, markersize=4, label=key)
        axes.axhline(report["base"][key], color=colour, linewidth=0.8, alpha=0.5, linestyle=":")
    turned = 45 if sum(len(one["params"][name]) for one in found) > 30 else 0
    axes.set_xticks(list(at), [one["params"][name] for one in found], fontsize=8, rotation=turned)
    axes.set_title(name, loc="left", fontsize=9.5, color=INK)
    axes.legend(frameon=False, fontsize=8)
    _plain(axes)


def _field(axes: Axes, report: Mapping[str, Any], names: Sequence[str]) -> None:
    """Two axes: the gain on all questions as colour, the check half as text."""
    down, across = (report["axes"][name] for name in names)
    found = {tuple(one["params"][name] for name in names): one for one in report["variants"]}
    gains = [[found[one, other]["gain"]["difference"] for other in across] for one in down]
    reach = max((abs(gain) for row in gains for gain in row), default=0.0) or 1.0
    axes.imshow(gains, cmap="BrBG", vmin=-reach, vmax=reach, aspect="auto")
    for row, one in enumerate(down):
        for column, other in enumerate(across):
            value = found[one, other]["check"]
            axes.text(column, row, f"{value:.3f}".lstrip("0"), ha="center", va="center", fontsize=8, color=INK)
    axes.set_xticks(range(len(across)), across, fontsize=8)
    axes.set_yticks(range(len(down)), down, fontsize=8)
    axes.set_xlabel(names[1], color=PALE)
    axes.set_ylabel(names[0], color=PALE)


def _bars(axes: Axes, report: Mapping[str, Any]) -> None:
    """The best variants of a larger grid by the tune half, with the check half beside it."""
    found = sorted(report["variants"], key=lambda one: -one["tune"])[:MOST_BARS][::-1]
    axes.barh(range(len(found)), [one["check"] for one in found], color=COLOURS[0])
    axes.set_yticks(range(len(found)), [one["label"] for one in found], fontsize=6)
    axes.axvline(report["base"]["check"], color=INK, linewidth=0.9, linestyle=":")
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0, colors=INK)

"""The page of sweeps in the documentation, made from the reports of ``eval SET PATH --sweep each --report FOLDER``.

``python -m fusion_memory.evals.sweep_page en FOLDER FOLDER ... > docs/sweeps.md``. It reads reports and writes
Markdown; it measures nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fusion_memory.evals.datasets.reading import invalid, json_file
from fusion_memory.evals.report import REPORT_FILE

Sweep = Mapping[str, Any]

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "title": "# What every weight of the default recipe is worth",
            "about": (
                "One weight is changed at a time, all others stay as they are. A cell is the headline metric over "
                "all questions, then the difference to the default with its {level} interval, paired by question. "
                "**Bold** is the default. ▲ and ▼ mark differences whose whole interval lies on one side of 0; all "
                "others are noise at this number of questions."
            ),
            "made": (
                "Made with `just sweeps LOCOMO LONGMEMEVAL LIFEBENCH`, without a reranker; with the LIMIT that the "
                "notes name. Nothing here is written by hand."
            ),
            "sets": "## What was asked",
            "set_row": "| set | questions | metric | recipe | default | notes |",
            "choice": "## What choosing would bring",
            "choice_about": (
                "For each set the value that is best on one half of the questions (a seeded hash of their ids), "
                "and what it gains on the other half, where it was not chosen."
            ),
            "choice_row": "| set | best on one half | gain on the other | |",
            "value": "value",
            "better": "better",
            "worse": "worse",
            "no difference shown": "no difference shown",
        },
        "zh": {
            "title": "# 默认配方中每个权重值多少",
            "about": (
                "每次只改变一个权重,其余保持不变。单元格是全部问题上的主指标,"
                "随后是与默认值的差异及其 {level} 区间,按问题配对。"
                "**粗体**为默认值。▲ 和 ▼ 表示整个区间在 0 的一侧;其余在这个问题数量下都是噪声。"
            ),
            "made": (
                "由 `just sweeps LOCOMO LONGMEMEVAL LIFEBENCH` 生成,不用重排模型;LIMIT 见说明一栏。没有手写的内容。"
            ),
            "sets": "## 问了什么",
            "set_row": "| 问题集 | 问题数 | 指标 | 配方 | 默认 | 说明 |",
            "choice": "## 挑选能带来什么",
            "choice_about": (
                "对每个问题集,取在一半问题(按 id 的带种子哈希划分)上最好的取值,看它在没有参与挑选的另一半上的增益。"
            ),
            "choice_row": "| 问题集 | 一半上最好 | 另一半上的增益 | |",
            "value": "取值",
            "better": "更好",
            "worse": "更差",
            "no difference shown": "看不出差别",
        },
    }
)


def page(sweeps: Sequence[Sweep], lang: str) -> str:
    """The page in a language.

    Args:
        sweeps: reports of ``--sweep each``.
        lang: ``en`` or ``zh``.
    """
    words = WORDS[lang]
    lines = [words["title"], "", words["about"].format(level=f"{sweeps[0]['level']:.0%}"), "", words["made"], ""]
    lines += [words["sets"], "", *_sets(sweeps, words), "", words["choice"], "", words["choice_about"], ""]
    lines += _choices(sweeps, words)
    for name in dict.fromkeys(name for sweep in sweeps for name in sweep["axes"]):
        lines += ["", f"## `{name}`", "", *_axis(name, sweeps, words)]
    return "\n".join(lines) + "\n"


def read(folder: Path) -> Sweep:
    """The report of a sweep in a folder.

    Raises:
        DatasetInvalid: there is none.
    """
    report = json_file(folder / REPORT_FILE)
    if not isinstance(report, dict) or report.get("sweep_type") != "each":
        raise invalid(str(folder), "it holds no report of --sweep each.")
    return report


def _sets(sweeps: Sequence[Sweep], words: Mapping[str, str]) -> Iterator[str]:
    yield words["set_row"]
    yield "|---|---|---|---|---|---|"
    for sweep in sweeps:
        base = sweep["base"]
        notes = "; ".join(sweep["notes"])
        figure = _figure(base["aggregate"][sweep["headline"]])
        cells = (sweep["dataset"], f"{sweep['questions']:,}", sweep["headline"], base["recipe"], figure, notes)
        yield "| " + " | ".join(cells) + " |"


def _choices(sweeps: Sequence[Sweep], words: Mapping[str, str]) -> Iterator[str]:
    yield words["choice_row"]
    yield "|---|---|---|---|"
    for sweep in sweeps:
        best = sweep["best"]
        gain = best["gain_on_check"]
        low, high = gain["interval"]
        told = f"{gain['difference']:+.3f} ({low:+.3f} … {high:+.3f})"
        yield f"| {sweep['dataset']} | `{best['label']}` | {told} | {words[gain['verdict']]} |"


def _axis(name: str, sweeps: Sequence[Sweep], words: Mapping[str, str]) -> Iterator[str]:
    own = [sweep for sweep in sweeps if name in sweep["axes"]]
    yield "| " + " | ".join([words["value"], *(sweep["dataset"] for sweep in own)]) + " |"
    yield "|---|" + "---|" * len(own)
    for value in own[0]["axes"][name]:
        default = _same(value, str(own[0].get("defaults", {}).get(name, "")))
        shown = f"**{value}**" if default else value
        yield "| " + " | ".join([shown, *(_cell(sweep, name, value, default) for sweep in own)]) + " |"


def _cell(sweep: Sweep, name: str, value: str, default: bool) -> str:
    found = next((one for one in sweep["variants"] if one["params"].get(name) == value), None)
    if found is None:
        return ""
    figure, gain = _figure(found["aggregate"][sweep["headline"]]), found["gain"]
    if default:
        return f"**{figure}**"
    low, high = gain["interval"]
    mark = {"better": " ▲", "worse": " ▼"}.get(gain["verdict"], "")
    return f"{figure} {gain['difference']:+.3f} ({low:+.3f} … {high:+.3f}){mark}"


def _figure(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _same(one: str, other: str) -> bool:
    """Whether two spellings are the same value: ``0.5`` and ``.50``."""
    return bool(other) and _parts(one) == _parts(other)


def _parts(text: str) -> list[float | str]:
    parts: list[float | str] = []
    for part in text.split("/"):
        try:
            parts.append(float(part))
        except ValueError:
            parts.append(part)
    return parts


if __name__ == "__main__":
    sys.stdout.write(page([read(Path(folder)) for folder in sys.argv[2:]], sys.argv[1]))

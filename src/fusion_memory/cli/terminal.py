"""For people at a terminal: tables that wrap, a little colour, progress bars. The only file that imports rich.

NO_COLOR is honoured by rich itself. Stored texts are never read as markup.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table as Grid
from rich.text import Text

from fusion_memory.cli.columns import harmless

if TYPE_CHECKING:
    from fusion_memory.cli.cells import Table

STYLES = {"": "", "strong": "bold", "dim": "dim", "good": "green", "warn": "yellow", "bad": "red"}


class Terminal:
    """A writer for one terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)

    def line(self, content: str, style: str = "") -> None:
        """One line; a long one is left to the terminal, so that it can be copied whole."""
        self._console.print(Text(content, style=STYLES[style]), soft_wrap=True)

    def table(self, table: Table) -> None:
        """Aligned columns; the last one wraps inside its own column, with the details of the row under it."""
        if not table.rows:
            return
        grid = Grid.grid(padding=(0, 2, 0, 0))
        last = len(table.rows[0]) - 1
        for place in range(last + 1):
            grid.add_column(
                justify="right" if place in table.right else "left",
                no_wrap=place < last,
                overflow="fold" if place == last else "ellipsis",
            )
        details = table.details or [()] * len(table.rows)
        for row, below in zip(table.rows, details, strict=True):
            cells = [Text(harmless(cell.text), style=STYLES[cell.style]) for cell in row]
            for detail in below:
                cells[-1].append(f"\n{harmless(detail)}", style="dim")
            grid.add_row(*cells)
        self._console.print(grid)


class TerminalProgress:
    """A bar with what is done, the rate and the time that is left; it disappears when it is done."""

    def __init__(self, stream: TextIO, label: str, unit: str, total: float | None) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            _Count(unit),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=Console(file=stream, highlight=False),
            transient=True,
        )
        self._task = self._bar.add_task(label, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def advance(self, step: float) -> None:
        """Move on by ``step`` units."""
        self._bar.update(self._task, advance=step)


class _Count(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        total = f"/{task.total:,.0f}" if task.total else ""
        rate = f"  {task.speed:,.0f}/s" if task.speed else ""
        return Text(f"{task.completed:,.0f}{total} {self._unit}{rate}")

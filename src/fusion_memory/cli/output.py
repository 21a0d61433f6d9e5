"""What a command shows: data on stdout, talk on stderr, one JSON document with ``--json``.

Streams are looked up when something is written, so that tests can exchange them. Colours and tables
belong to ``terminal``, which is loaded only when stdout is one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fusion_memory.cli import lazy
from fusion_memory.cli.cells import Table
from fusion_memory.cli.columns import aligned, harmless, one_line
from fusion_memory.cli.messages import raw, text
from fusion_memory.core.wire import encode

Advance = Callable[[float], None]


class Output:
    """The two streams of one command, in one language, for a person or for a program."""

    def __init__(self, lang: str, *, as_json: bool = False) -> None:
        self.lang = lang
        self.as_json = as_json

    @property
    def on_terminal(self) -> bool:
        """Whether a person is looking at stdout."""
        return sys.stdout.isatty()

    def words(self, key: str, **values: object) -> str:
        """A message in the language of this run."""
        return text(self.lang, key, **values)

    def words_or(self, key: str, otherwise: str) -> str:
        """A message, or another text where there is none of this key."""
        return raw(self.lang, key) or otherwise

    def show(self, value: Any, render: Callable[[], None]) -> None:  # noqa: ANN401 (any record)
        """The result of a command: as one JSON document, or as ``render`` writes it."""
        if self.as_json:
            document(encode(value))
        else:
            render()

    def line(self, content: str = "", style: str = "") -> None:
        """One line of data."""
        if self.on_terminal:
            lazy.terminal(sys.stdout).line(harmless(content), style)
        else:
            sys.stdout.write(harmless(content) + "\n")

    def verbatim(self, content: str) -> None:
        """A stored text: exactly as it is, except that a terminal is not driven by it."""
        shown = harmless(content) if self.on_terminal else content
        sys.stdout.write(shown if shown.endswith("\n") else shown + "\n")

    def table(self, table: Table) -> None:
        """Rows of data."""
        if self.on_terminal:
            lazy.terminal(sys.stdout).table(table)
        else:
            sys.stdout.writelines(line + "\n" for line in _plain(table))

    def note(self, key: str, **values: object) -> None:
        """Talk: what a person wants to know beside the data. Programs that asked for JSON get none."""
        self.note_line(self.words(key, **values))

    def note_line(self, line: str) -> None:
        """Talk that is in words already."""
        if not self.as_json:
            sys.stderr.write(harmless(line) + "\n")

    @contextmanager
    def progress(self, label: str, unit: str, total: float | None) -> Iterator[Advance]:
        """A bar on a terminal, nothing elsewhere; the block receives a function that moves it on."""
        if self.as_json or not sys.stderr.isatty():
            yield lambda _step: None
            return
        with lazy.terminal_progress(sys.stderr, self.words(label), self.words(unit), total) as bar:
            yield bar.advance


def document(value: Any) -> None:  # noqa: ANN401 (any JSON value)
    """One JSON document on stdout, indented when somebody looks at it."""
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def _plain(table: Table) -> Iterator[str]:
    rows = [[one_line(cell.text) for cell in row] for row in table.rows]
    details = table.details or [()] * len(rows)
    for line, below in zip(aligned(rows, table.right), details, strict=True):
        yield line
        yield from (f"    {one_line(detail)}" for detail in below)

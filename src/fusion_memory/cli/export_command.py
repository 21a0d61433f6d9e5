"""``export``: memories as JSON Lines, to a file or to stdout."""

from __future__ import annotations

import errno
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Advance

STDOUT = "-"


@command("export")
@click.argument("target", default=STDOUT, metavar="[FILE]", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--all", "every_owner", is_flag=True)
@with_call
def export(call: Call, target: Path, every_owner: bool) -> None:
    """Write memories as JSON Lines."""
    scope = None if every_owner else call.scope()
    to_stdout = str(target) == STDOUT
    with call.memory() as memory:
        total = memory.stats(scope).memories if scope else None
        with call.out.progress("progress.writing", "unit.memories", total) as advance:
            records = _counted(memory.export(scope), advance)
            if to_stdout:
                end = _write_array(records) if call.out.as_json else _write(records, sys.stdout)
            else:
                with _draft(target) as file:
                    end = _write(records, file)
    if not to_stdout:
        call.out.show(
            {"path": target, "count": end["count"], "digest": end["digest"]}, lambda: call.out.line(str(target))
        )
    call.out.note("export.done", count=end["count"])


def _counted(records: Iterable[dict[str, Any]], advance: Advance) -> Iterator[dict[str, Any]]:
    for record in records:
        yield record
        if record["type"] == "memory":
            advance(1)


def _write(records: Iterable[dict[str, Any]], file: TextIO) -> dict[str, Any]:
    """Write one record a line and return the last one."""
    record: dict[str, Any] = {}
    for record in records:
        file.write(_line(record) + "\n")
    return record


def _write_array(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Write the records as one JSON document, one record a line, and return the last one."""
    record: dict[str, Any] = {}
    lead = "["
    for record in records:
        sys.stdout.write(f"{lead}\n{_line(record)}")
        lead = ","
    sys.stdout.write("\n]\n")
    return record


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


@contextmanager
def _draft(target: Path) -> Iterator[TextIO]:
    """A file that takes its name only when it is complete."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise

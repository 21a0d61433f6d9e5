"""``ingest-log``: take in a captured log, and say what became of every record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fusion_memory.cli import log_file
from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.cli.reading import STDIN
from fusion_memory.core.capture import Dropped, LogRecord, ScreeningReport
from fusion_memory.ingestion.screening.records import Source


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say about the log."""

    dry_run: bool
    with_assistant: bool
    form: str
    role: str
    time: str | None
    extra_fields: bool
    encoding: str


@command("ingest-log")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
@click.option("--dry-run", is_flag=True)
@click.option("--with-assistant", is_flag=True)
@click.option("--format", "form", type=click.Choice(log_file.FORMS), default=log_file.AUTO)
@click.option("--role", default="user", metavar="ROLE")
@click.option("--time", metavar="TIME")
@click.option("--extra-fields", is_flag=True)
@click.option("--dropped", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--encoding", default="utf-8", metavar="NAME")
@with_call
def ingest_log(call: Call, source: Path, dropped: Path | None, **options: Any) -> None:  # noqa: ANN401 (of Given)
    """Take in a captured log."""
    given = Given(**options)
    if dropped is not None and dropped.exists():
        raise Refusal(
            "ingest-log.dropped_exists", f"{PROGRAM} ingest-log --dropped NEW_FILE {source}", path=dropped
        )
    scope = call.scope()
    name = None if str(source) == STDIN else source.name
    label = Source(
        f"{source if name else 'stdin'}, line",
        given.role,
        "log",
        given.extra_fields,
        call.settings.ingest.max_chars,
        name,
    )

    def records() -> Iterator[LogRecord]:
        return log_file.records(source, given.form, label, given.encoding)

    total = sum(1 for _ in records()) if source.is_file() else None
    with (
        call.memory() as memory,
        _written(dropped) as write,
        call.out.progress("progress.screening", "unit.records", total) as advance,
    ):
        report = memory.ingest_log(
            records(),
            scope,
            session_time=given.time,
            roles=("user", "assistant") if given.with_assistant else ("user",),
            dry_run=given.dry_run,
            on_drop=write,
            progress=advance,
        )
    call.out.show(_told(report), lambda: _show(call.out, report))
    _talk(call.out, report)


@contextmanager
def _written(path: Path | None) -> Iterator[Callable[[Dropped], None] | None]:
    """A function that writes a dropped record that has a text as one line of JSON, as ``add --file`` takes it."""
    if path is None:
        yield None
        return
    with path.open("x", encoding="utf-8", errors="replace") as file:
        yield lambda one: _write(file.write, one)


def _write(write: Callable[[str], object], one: Dropped) -> None:
    record = one.record
    if not record.content.strip():
        return
    fields = {
        "reason": one.reason,
        "line": record.place,
        "role": record.role,
        "content": record.content,
        "time": record.said_at.isoformat() if record.said_at else None,
        "session_id": record.session_id,
        "id": record.record_id,
        "name": record.speaker,
    }
    write(
        json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False) + "\n"
    )


def _told(report: ScreeningReport) -> dict[str, Any]:
    """The report for programs: counts, and of what was stored the counts, too."""
    added = report.added
    return {
        "dry_run": report.dry_run,
        "seen": report.seen,
        "kept": report.kept,
        "stored": added.inserted if added else 0,
        "known": len(added.duplicates) if added else 0,
        "dropped": report.dropped,
        "samples": report.samples,
        "cut": report.cut,
        "categories": report.categories,
        "tiers": report.tiers,
        "undated": report.undated,
    }


def _show(out: Output, report: ScreeningReport) -> None:
    added = report.added
    if added is None:
        out.line(out.words("ingest-log.would", kept=report.kept, seen=report.seen))
    else:
        known = len(added.duplicates)
        out.line(out.words("ingest-log.done", seen=report.seen, stored=added.inserted, known=known))
    if report.dropped:
        out.line()
        out.line(out.words("ingest-log.left_out", count=sum(report.dropped.values())), "strong")
        out.table(Table([_reason(out, report, name) for name in report.dropped], frozenset({0})))
    _counted(out, "ingest-log.cut", "noise", report.cut)
    _counted(out, "ingest-log.about", "category", report.categories)


def _reason(out: Output, report: ScreeningReport, name: str) -> list[Cell]:
    places = report.samples[name]
    more = ", …" if report.dropped[name] > len(places) else ""
    where = out.words("ingest-log.lines", lines=", ".join(places) + more)
    return [Cell(f"{report.dropped[name]:,}"), Cell(named(out.lang, "noise", name)), Cell(where, "dim")]


def _counted(out: Output, title: str, family: str, counts: Mapping[str, int]) -> None:
    if counts:
        out.line()
        out.line(out.words(title), "strong")
        rows = [[Cell(f"{count:,}"), Cell(named(out.lang, family, name))] for name, count in counts.items()]
        out.table(Table(rows, frozenset({0})))


def _talk(out: Output, report: ScreeningReport) -> None:
    if not report.seen:
        out.note("ingest-log.empty")
    if report.undated:
        out.note("ingest-log.undated", count=report.undated)
    if report.added is not None:
        degraded_notes(out, report.added.degraded)

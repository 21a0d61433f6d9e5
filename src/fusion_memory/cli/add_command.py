"""``add``: store texts, a document, or a file of messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fusion_memory.cli import reading
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.core.records import AddResult
from fusion_memory.core.scope import Scope

STREAMS = {".jsonl", ".ndjson"}


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say about the texts."""

    role: str | None
    name: str | None
    time: str | None
    client_id: str | None
    metadata: Mapping[str, Any] | None
    as_document: bool
    encoding: str


@command("add")
@click.argument("texts", nargs=-1, metavar="TEXT...")
@click.option("--file", "file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--document", "as_document", is_flag=True)
@click.option("--role", metavar="ROLE")
@click.option("--name", metavar="NAME")
@click.option("--time", metavar="TIME")
@click.option("--id", "client_id", metavar="ID")
@click.option("--metadata", metavar="JSON")
@click.option("--encoding", default="utf-8", metavar="NAME")
@with_call
def add(
    call: Call,
    texts: tuple[str, ...],
    file: Path | None,
    metadata: str | None,
    **options: Any,  # noqa: ANN401 (the fields of Given)
) -> None:
    """Store what was said."""
    given = Given(metadata=reading.metadata(metadata), **options)
    scope = call.scope()
    if file is not None and (file.suffix in STREAMS or str(file) == reading.STDIN):
        _refuse(bool(texts), "add.file_or_text")
        _refuse(given.client_id is not None or given.as_document, "add.stream_options")
        _add_messages(call, scope, file, given)
        return
    inputs = _inputs(call, texts, file, given)
    with call.memory() as memory, call.out.progress("progress.storing", "unit.texts", None):
        result = memory.add(inputs, scope, metadata=given.metadata)
    call.out.show(result, lambda: _show_ids(call, result))


def _inputs(call: Call, texts: tuple[str, ...], file: Path | None, given: Given) -> list[dict[str, Any]]:
    max_chars = call.settings.ingest.max_chars
    _refuse(bool(texts) == (file is not None), "add.file_or_text")
    if file is not None:
        content = reading.file_text(file, max_chars, given.encoding)
        return [_message(content, given, document=True) | {"metadata": {"file": file.name}}]
    _refuse(given.client_id is not None and len(texts) > 1, "add.one_id")
    if len(texts) > 1 and all(word.isascii() and len(word.split()) == 1 for word in texts):
        raise Refusal("add.unquoted", f'fusion-memory add "{" ".join(texts)}"', count=len(texts))
    return [
        _message(reading.stdin_text(max_chars) if text == reading.STDIN else text, given, given.as_document)
        for text in texts
    ]


def _message(content: str, given: Given, document: bool) -> dict[str, Any]:
    fields = {"role": given.role, "name": given.name, "time": given.time, "id": given.client_id, "origin": "cli"}
    kind = {"kind": "document"} if document or given.as_document else {}
    return {"content": content, **kind, **{name: value for name, value in fields.items() if value is not None}}


def _add_messages(call: Call, scope: Scope, file: Path, given: Given) -> None:
    """Store a stream of messages. A file is read twice: nothing is stored from one with a bad line."""
    max_chars = call.settings.ingest.max_chars
    total = None
    if file.is_file():
        total = sum(1 for _ in reading.messages(file, max_chars))
    with call.memory() as memory, call.out.progress("progress.storing", "unit.messages", total) as advance:
        result = memory.add_batch(
            _completed(reading.messages(file, max_chars), given),
            scope,
            session_time=given.time,
            metadata=given.metadata,
            progress=advance,
        )
    call.out.show(result, lambda: _show_counts(call, result))


def _completed(found: Iterator[Any], given: Given) -> Iterator[dict[str, Any]]:
    usual = {"role": given.role, "name": given.name, "origin": "cli"}
    usual = {name: value for name, value in usual.items() if value is not None}
    for message in found:
        yield usual | ({"content": message} if isinstance(message, str) else dict(message))


def _show_ids(call: Call, result: AddResult) -> None:
    for memory_id in result.ids:
        call.out.line(memory_id)
    _talk(call, result)


def _show_counts(call: Call, result: AddResult) -> None:
    call.out.line(call.out.words("add.counts", stored=result.inserted, known=len(result.duplicates)))
    _talk(call, result, counts=False)


def _talk(call: Call, result: AddResult, *, counts: bool = True) -> None:
    if counts:
        call.out.note("add.counts", stored=result.inserted, known=len(result.duplicates))
    if result.redacted:
        call.out.note("add.redacted", count=sum(result.redacted.values()), kinds=", ".join(result.redacted))
    degraded_notes(call.out, result.degraded)


def _refuse(wrong: bool, key: str) -> None:
    if wrong:
        raise Refusal(key, "fusion-memory add --help")

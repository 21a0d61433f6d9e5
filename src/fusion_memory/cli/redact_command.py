"""``redact``: see what would be taken out of a text before it is kept. Nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fusion_memory.cli import reading
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.options import command
from fusion_memory.text.secrets import NAMES, Redacted, redact


@command("redact")
@click.argument("source", metavar="[FILE]", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--kinds", is_flag=True)
@click.option("--encoding", default="utf-8", metavar="NAME")
@with_call
def redact_(call: Call, source: Path | None, kinds: bool, encoding: str) -> None:
    """Take credentials out of a text."""
    if kinds == (source is not None):
        raise Refusal("redact.one", f"{PROGRAM} redact --help")
    if source is None:
        call.out.show(NAMES, lambda: call.out.line("\n".join(NAMES)))
        return
    most = call.settings.ingest.max_chars
    text = reading.stdin_text(most) if str(source) == reading.STDIN else reading.file_text(source, most, encoding)
    kept = [name.strip() for name in call.settings.capture.redact_except.split(",")]
    done = redact(text, kept)
    call.out.show(_form(done), lambda: call.out.line(done.value.rstrip("\n")))
    call.out.note("redact.done", count=sum(done.counts.values()), kinds=", ".join(done.counts) or "-")


def _form(done: Redacted) -> dict[str, Any]:
    return {"text": done.value, "counts": dict(done.counts)}

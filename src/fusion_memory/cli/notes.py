"""Talk that several commands share: what took no part in a search, what is still to be done."""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.cli.output import Output


def degraded_lines(out: Output, reasons: Sequence[str]) -> list[str]:
    """What was missing, one line for each reason such as ``vectors_pending:3``."""
    lines = []
    for reason in reasons:
        name, _, detail = reason.partition(":")
        key = f"degraded.{name}"
        known = bool(out.words_or(key, ""))
        values = {"detail": int(detail) if detail.isdecimal() else detail, "reason": reason}
        lines.append(out.words(key if known else "degraded.other", **values))
    return lines


def degraded_notes(out: Output, reasons: Sequence[str]) -> None:
    """Say it on stderr, beside the data."""
    for line in degraded_lines(out, reasons):
        out.note_line(line)

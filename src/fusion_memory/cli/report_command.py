"""``report``: what became of everything that was said, and what the profiles rest on."""

from __future__ import annotations

from collections.abc import Mapping

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import SHOWN_CHARS
from fusion_memory.cli.listing import Line, listing
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.encodings import Encoding, EncodingReport
from fusion_memory.core.knowledge import GateDecision
from fusion_memory.core.records import brief
from fusion_memory.core.reports import ProfileReport

ENCODING, PROFILES = "encoding", "profiles"
STYLES = {GateDecision.ACCEPT: "good", GateDecision.QUARANTINE: "warn", GateDecision.REJECT: "bad"}


@command("report")
@click.argument("what", metavar="encoding|profiles")
@with_call
def report(call: Call, what: str) -> None:
    """Report on what was understood."""
    wanted = require_known("report", "", what, (ENCODING, PROFILES), "report")
    scope = call.reach()
    with call.memory() as memory:
        if wanted == ENCODING:
            encoding = memory.encoding_report(scope)
            call.out.show(encoding, lambda: _show_encoding(call.out, encoding))
        else:
            profiles = memory.profile_report(scope)
            call.out.show(profiles, lambda: _show_profiles(call.out, profiles))


def _show_encoding(out: Output, found: EncodingReport) -> None:
    counts = {name: getattr(found, name) for name in ("accepted", "extracted", "empty", "pending", "dead")}
    if found.balanced:
        out.line(out.words("report.balanced"), "good")
        out.line(out.words("report.law", **counts))
    else:
        out.line(out.words("report.unbalanced"), "bad")
        out.line(out.words("report.unlawful", sum=sum(counts.values()) - found.accepted, **counts))
    if found.not_asked:
        out.line(out.words("report.not_asked", count=found.not_asked), "warn")
    _counted(out, "report.decisions", {(_decided(out, name),): count for name, count in found.decisions.items()})
    _counted(out, "report.reasons", {_reason(out, name): count for name, count in found.reasons.items()})
    if found.recent:
        out.line()
        out.line(out.words("report.latest"), "strong")
        listing(out, [_decision(out, one) for one in found.recent])


def _show_profiles(out: Output, found: ProfileReport) -> None:
    names = ("entities", "profiles", "facts", "sources")
    rows = [[Cell(out.words(f"report.{name}"), "dim"), Cell(f"{getattr(found, name):,}")] for name in names]
    out.table(Table(rows))
    _counted(out, "report.by_type", {(named(out.lang, "type", name),): n for name, n in found.by_type.items()})


def _counted(out: Output, title: str, counts: Mapping[tuple[str, ...], int]) -> None:
    """Names with how often each occurs, the most frequent first."""
    if not counts:
        return
    out.line()
    out.line(out.words(title), "strong")
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    out.table(Table([[Cell(f"{count:,}"), *map(Cell, names)] for names, count in ordered], frozenset({0})))


def _decided(out: Output, name: str) -> str:
    return named(out.lang, "decision", name)


def _reason(out: Output, name: str) -> tuple[str, str]:
    """``accept: new`` in words: what was decided, and why."""
    decision, _, reason = name.partition(": ")
    return _decided(out, decision), named(out.lang, "reason", reason)


def _decision(out: Output, one: Encoding) -> Line:
    lead = [
        Cell(f"{one.at:%Y-%m-%d %H:%M}" if one.at else ""),
        Cell(named(out.lang, "decision", one.decision.value), STYLES.get(one.decision, "")),
        Cell(named(out.lang, "reason", one.reason), "dim"),
    ]
    return Line(lead, one.event_id, Cell(brief(one.text, SHOWN_CHARS)))

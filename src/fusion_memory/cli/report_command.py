"""``report``: what became of everything that was said, and what the profiles rest on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from fusion_memory.cli import reading
from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.fact_rows import SHOWN_CHARS
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.listing import Line, listing
from fusion_memory.cli.options import command
from fusion_memory.cli.output import Output
from fusion_memory.core.cards import CondensationReport
from fusion_memory.core.encodings import Encoding, EncodingReport
from fusion_memory.core.knowledge import GateDecision
from fusion_memory.core.records import brief
from fusion_memory.core.reports import ProfileReport

ENCODING, PROFILES, CONDENSATIONS = "encoding", "profiles", "condensations"
FIELDS = {ENCODING: ("id", "decision"), PROFILES: ("entity", "text")}
"""The fields of a label for each report: what it is about, and what a person says of it."""

STYLES = {GateDecision.ACCEPT: "good", GateDecision.QUARANTINE: "warn", GateDecision.REJECT: "bad"}


@command("report")
@click.argument("what", metavar="encoding|profiles|condensations")
@click.option("--labels", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@with_call
def report(call: Call, what: str, labels: Path | None) -> None:
    """Report on what was understood."""
    wanted = require_known("report", "", what, (ENCODING, PROFILES, CONDENSATIONS), "report")
    if labels and wanted == CONDENSATIONS:
        raise Refusal("report.unlabelled", "fusion-memory report condensations")
    told = _labels(labels, *FIELDS[wanted], wanted) if labels else None
    scope = call.reach()
    with call.memory() as memory:
        if wanted == ENCODING:
            encoding = memory.encoding_report(scope, told)
            call.out.show(encoding, lambda: _show_encoding(call.out, encoding))
        elif wanted == CONDENSATIONS:
            cards = memory.condensation_report(scope)
            call.out.show(cards, lambda: _show_cards(call.out, cards))
        else:
            profiles = memory.profile_report(scope, told)
            call.out.show(profiles, lambda: _show_profiles(call.out, profiles))


def _labels(source: Path, name: str, value: str, wanted: str) -> dict[str, str]:
    """Labels of a JSON Lines file: what is labelled, and what a person says of it."""
    found: dict[str, str] = {}
    for number, line in reading.json_lines(source):
        label = line if isinstance(line, dict) else {}
        what, said = label.get(name), label.get(value)
        if not isinstance(what, str) or not isinstance(said, str) or not what.strip() or not said.strip():
            again = f"fusion-memory report {wanted} --labels FILE"
            raise Refusal("report.no_label", again, path=source, line=number, name=name, value=value)
        if wanted == ENCODING:
            said = require_known("report", "labels", said, (one.value for one in GateDecision), "decision")
        found[what] = said
    if not found:
        raise Refusal("report.no_labels", f"fusion-memory report {wanted}", path=source)
    return found


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
    if found.labels:
        out.line(out.words("report.agreement", **found.labels, share=f"{found.labels['agreement']:.1%}"))
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
    if found.held is not None:
        out.line(out.words("report.held", share=f"{found.held:.1%}"))
    _counted(out, "report.by_type", {(named(out.lang, "type", name),): n for name, n in found.by_type.items()})


def _show_cards(out: Output, found: CondensationReport) -> None:
    out.line(out.words("report.cards", sessions=found.sessions, versions=found.versions))
    if found.source_tokens:
        share = f"{found.saved:.1%}"
        out.line(out.words("report.saved", tokens=found.tokens, source_tokens=found.source_tokens, share=share))
    if found.uncited:
        out.line(out.words("report.uncited", count=found.uncited), "bad")
    if found.sessions:
        told: dict[tuple[str, ...], int] = {
            (named(out.lang, "bucket", name),): count for name, count in found.lines.items()
        }
        _counted(out, "report.card_lines", told)
        causes: dict[tuple[str, ...], int] = {
            (named(out.lang, "cause", name),): count for name, count in found.causes.items()
        }
        _counted(out, "report.card_causes", causes)
        _counted(out, "report.card_methods", {(name,): count for name, count in found.methods.items()})


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

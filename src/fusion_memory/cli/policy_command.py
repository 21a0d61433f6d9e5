"""``policy``: what memories are kept by: show, set, preview, apply; legal holds; how strong memories are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.confirming import confirm
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.options import command
from fusion_memory.core.policy import DecayValue, Deed, Hold, PolicyReport, PolicyView, as_fields
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService

Options = Mapping[str, Any]
DEEDS = ("show", "set", "preview", "apply", "hold", "release", "decay")
STYLES = {Deed.ERASE: "bad", Deed.ARCHIVE: "strong"}


@command("policy")
@click.argument("what", metavar="show|set|preview|apply|hold|release|decay", default="show")
@click.argument("given", metavar="[NAME=VALUE|ID]...", nargs=-1)
@click.option("--preset", metavar="NAME")
@click.option("--afresh", is_flag=True)
@click.option("--at", metavar="TIME")
@click.option("--reason", metavar="TEXT")
@click.option("--whole-database", "everything", is_flag=True)
@click.option("--yes", "-y", is_flag=True)
@with_call
def policy(call: Call, what: str, given: tuple[str, ...], everything: bool, **options: Any) -> None:  # noqa: ANN401 (option values)
    """Policies."""
    wanted = require_known("policy", "", what, DEEDS, "policy")
    scope = Scope(workspace_id="*") if everything else call.reach()
    with call.memory() as memory:
        _DO[wanted](call, memory, scope, given, options)


def _show(call: Call, memory: MemoryService, scope: Scope, given: Sequence[str], options: Options) -> None:
    del given, options
    found, holds = memory.policy(scope), memory.holds(scope)
    shown = {"policy": as_fields(found.policy), "levels": found.levels, "holds": holds}
    call.out.show(shown, lambda: _table(call, found, holds))


def _set(call: Call, memory: MemoryService, scope: Scope, given: Sequence[str], options: Options) -> None:
    changes = _changes(given)
    if not changes and not options["preset"] and not options["afresh"]:
        raise Refusal("policy.nothing", f"{PROGRAM} policy set ttl_days=90")
    found = memory.set_policy(scope, changes, preset=options["preset"], afresh=options["afresh"])
    call.out.show(found, lambda: _table(call, found, ()))
    call.out.note("policy.set_done")


def _preview(call: Call, memory: MemoryService, scope: Scope, given: Sequence[str], options: Options) -> None:
    report = memory.preview_policy(scope, _changes(given), preset=options["preset"], at=options["at"])
    call.out.show(report, lambda: _report(call, report))


def _apply(call: Call, memory: MemoryService, scope: Scope, given: Sequence[str], options: Options) -> None:
    del given
    planned = memory.preview_policy(scope, at=options["at"])
    erased = sum(one.count for one in planned.counts if one.deed is Deed.ERASE)
    if erased and not options["yes"]:
        fix = f"{PROGRAM} policy apply --yes"
        confirm(call, call.out.words("policy.ask", count=erased), Refusal("policy.confirm", fix, count=erased))
    report = memory.apply_policy(scope, at=planned.at, digest=planned.digest)
    call.out.show(report, lambda: _report(call, report))


def _hold(call: Call, memory: MemoryService, scope: Scope, given: Sequence[str], options: Options) -> None:
    if not options["reason"]:
        raise Refusal("policy.no_reason", f"{PROGRAM} policy hold --reason TEXT")
    placed = memory.hold(scope, options["reason"], list(given) or None)
    call.out.show(placed, lambda: call.out.line(placed.id))
    call.out.note("policy.held", id=placed.id)


def _release(call: Call, memory: MemoryService, scope: Scope, given: Sequence[str], options: Options) -> None:
    del options
    if len(given) != 1:
        raise Refusal("policy.one_hold", f"{PROGRAM} policy release ID")
    ended = memory.release_hold(given[0], scope)
    call.out.show(ended, lambda: call.out.line(call.out.words("policy.released", id=ended.id)))


def _decay(call: Call, memory: MemoryService, scope: Scope, given: Sequence[str], options: Options) -> None:
    found = memory.decay(scope, list(given) or None, at=options["at"])
    call.out.show(found, lambda: _strengths(call, found))


_DO = {
    "show": _show,
    "set": _set,
    "preview": _preview,
    "apply": _apply,
    "hold": _hold,
    "release": _release,
    "decay": _decay,
}


def _changes(given: Sequence[str]) -> dict[str, Any]:
    """``ttl_days=90``, ``importance={"event": 0.5}``, ``ttl_days=`` to take a field back."""
    changes: dict[str, Any] = {}
    for one in given:
        name, sign, text = one.partition("=")
        if not sign:
            raise Refusal("policy.no_sign", f"{PROGRAM} policy set ttl_days=90", word=one)
        changes[name.strip()] = _value(text.strip())
    return changes


def _value(text: str) -> Any:  # noqa: ANN401 (judged by the policy)
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _table(call: Call, found: PolicyView, holds: Sequence[Hold]) -> None:
    said = {name: level.level for level in found.levels for name in level.fields}
    rows = [
        [
            Cell(name, "dim"),
            Cell(json.dumps(value, ensure_ascii=False)),
            Cell(named(call.out.lang, "level", said.get(name, "default")), "dim"),
        ]
        for name, value in as_fields(found.policy).items()
    ]
    call.out.table(Table(rows))
    if holds:
        call.out.table(
            Table(
                [
                    [
                        Cell(hold.id, "strong"),
                        Cell(named(call.out.lang, "level", hold.level)),
                        Cell(f"{hold.placed_at:%Y-%m-%d}", "dim"),
                        Cell(hold.reason),
                    ]
                    for hold in holds
                ]
            )
        )


def _report(call: Call, report: PolicyReport) -> None:
    rows = [
        [
            Cell(named(call.out.lang, "deed", one.deed.value), STYLES.get(one.deed, "")),
            Cell(f"{one.count:,}"),
            Cell(named(call.out.lang, "because", one.reason)),
            Cell(" ".join(one.examples), "dim"),
        ]
        for one in report.counts
    ]
    if rows:
        call.out.table(Table(rows, frozenset({1})))
    key = "policy.applied" if report.applied else "policy.planned"
    call.out.note(key, count=report.total, of=report.memories)
    if report.held:
        call.out.note("policy.on_hold", count=report.held)
    for receipt in report.receipts:
        call.out.note("forget.receipt", id=receipt)


def _strengths(call: Call, found: Sequence[DecayValue]) -> None:
    rows = [
        [
            Cell(one.id),
            Cell(f"{one.said_at:%Y-%m-%d}", "dim"),
            Cell(named(call.out.lang, "near", one.tier.value)),
            Cell(f"{one.importance:.2f}"),
            Cell(f"{one.strength:.2f}", "strong"),
            *(Cell(f"{value:.2f}", "dim") for value in one.forecast.values()),
        ]
        for one in found
    ]
    if rows:
        call.out.table(Table(rows, frozenset({3, 4, 5, 6, 7})))
    call.out.note("policy.strengths")

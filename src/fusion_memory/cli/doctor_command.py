"""``doctor``: look at everything, say what works, what does not, and the one thing to do about it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from fusion_memory import __version__
from fusion_memory.cli import mending, scope_file
from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import describe
from fusion_memory.cli.options import command
from fusion_memory.cli.words_checks_zh import in_chinese
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.reports import HealthCheck

MARKS = {"ok": ("ok", "good"), "warn": ("warn", "warn"), "fail": ("FAIL", "bad")}
FAILED = 1


@command("doctor")
@click.option("--deep", is_flag=True)
@click.option("--fix", is_flag=True)
@with_call
def doctor(call: Call, deep: bool, fix: bool) -> None:
    """Check everything."""
    for done in mending.mended(call) if fix else ():
        call.out.note("doctor.mended", what=call.out.words(f"mended.{done}"))
    checks = [_program(), *_configuration(call)]
    if all(check.status != "fail" for check in checks):
        checks += [_scope(call), *_memory(call, deep=deep)]
    call.out.show(checks, lambda: _show(call, checks))
    if any(check.status == "fail" for check in checks):
        raise click.exceptions.Exit(FAILED)


def _program() -> HealthCheck:
    python = ".".join(map(str, sys.version_info[:3]))
    return HealthCheck("program", "ok", f"fusion-memory {__version__}, Python {python}, {sys.platform}")


def _configuration(call: Call) -> list[HealthCheck]:
    try:
        settings = call.settings
    except FusionMemoryError as error:
        return [_failed(call, "settings", error)]
    changed = ", ".join(sorted(settings.origins)) or call.out.words("doctor.defaults")
    home = HealthCheck("home", "ok", str(call.home))
    if mending.open_to_others(call.home):
        detail = call.out.words("doctor.open_home", path=call.home)
        home = HealthCheck("home", "warn", detail, "fusion-memory doctor --fix")
    return [HealthCheck("settings", "ok", changed), home]


def _scope(call: Call) -> HealthCheck:
    try:
        scope = call.scope()
    except FusionMemoryError as error:
        report, _ = describe(error, "doctor", call.out.lang)
        return HealthCheck("scope", "warn", call.out.words("doctor.no_scope"), report.fix)
    return HealthCheck(
        "scope",
        "ok",
        ", ".join(f"{name}={getattr(scope, name)}" for name in scope_file.FIELDS if getattr(scope, name)),
    )


def _memory(call: Call, *, deep: bool) -> Sequence[HealthCheck]:
    """The engine's own checks; an engine that does not start is a finding, not an error of the doctor."""
    where = HealthCheck("file", "ok", str(call.database))
    try:
        with call.memory() as memory:
            return [where, *memory.health(deep=deep)]
    except FusionMemoryError as error:
        return [where, _failed(call, "database", error)]


def _failed(call: Call, name: str, error: FusionMemoryError) -> HealthCheck:
    report, _ = describe(error, "doctor", call.out.lang)
    return HealthCheck(name, "fail", f"{report.message} {report.why}", report.fix)


def _show(call: Call, checks: Sequence[HealthCheck]) -> None:
    rows = []
    for check in checks:
        mark, style = MARKS[check.status]
        detail = in_chinese(check.detail) if call.out.lang == "zh" else check.detail
        rows.append([Cell(mark, style), Cell(call.out.words_or(f"check.{check.name}", check.name)), Cell(detail)])
        if check.fix and check.status != "ok":
            rows.append([Cell(""), Cell(""), Cell(f"-> {check.fix}", "strong")])
    call.out.table(Table(rows))
    bad, odd = (sum(check.status == status for check in checks) for status in ("fail", "warn"))
    call.out.note("doctor.well" if not bad and not odd else "doctor.findings", bad=bad, odd=odd)

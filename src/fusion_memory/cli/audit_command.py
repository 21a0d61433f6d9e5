"""``audit``: what was done, by whom; and whether the trail of it is as it was."""

from __future__ import annotations

import json

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.options import command, scope_flags
from fusion_memory.core.audit import AuditFilter, AuditPage, AuditVerdict
from fusion_memory.core.scope import Scope

BROKEN = 1
STYLES = {"denied": "warn", "refused": "bad"}


@command("audit")
@click.option("--verify", is_flag=True)
@click.option("--head", metavar="HEAD")
@click.option("--action", metavar="NAME")
@click.option("--principal", metavar="ID")
@click.option("--request", "request_id", metavar="ID")
@click.option("--since", metavar="TIME")
@click.option("--until", metavar="TIME")
@click.option("--limit", "-k", type=int, default=50, metavar="N")
@click.option("--before", type=int, metavar="NUMBER")
@with_call
def audit(  # noqa: PLR0913, PLR0917 (one option each)
    call: Call,
    verify: bool,
    head: str | None,
    action: str | None,
    principal: str | None,
    request_id: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    before: int | None,
) -> None:
    """What was done, by whom."""
    if head is not None and not verify:
        raise Refusal("audit.head_alone", "fusion-memory audit --verify --head HEAD")
    given = scope_flags(call.flags)
    with call.memory() as memory:
        if verify:
            _tell(call, memory.verify_audit(head))
            return
        wanted = AuditFilter(action, principal, request_id, since, until)
        page = memory.audit(Scope(**given) if given else None, wanted, limit, before)
    call.out.show(page, lambda: _show(call, page))


def _tell(call: Call, verdict: AuditVerdict) -> None:
    if verdict.whole:
        call.out.show(verdict, lambda: call.out.line(verdict.head))
        call.out.note("audit.whole", rows=verdict.rows)
        return
    reason = call.out.words(f"audit.reason.{verdict.reason}", row=str(verdict.broken_at))
    call.out.show(verdict, lambda: call.out.line(reason, "bad"))
    raise click.exceptions.Exit(BROKEN)


def _show(call: Call, page: AuditPage) -> None:
    rows = [
        [
            Cell(str(one.number), "dim"),
            Cell(f"{one.at:%Y-%m-%d %H:%M:%S}", "dim"),
            Cell(one.action, STYLES.get(one.action, "strong")),
            Cell(one.principal),
            Cell(one.tenant or "-"),
            Cell(one.request_id or "-", "dim"),
            Cell(" ".join((*one.subject, json.dumps(dict(one.detail), ensure_ascii=False)))),
        ]
        for one in page.records
    ]
    if not rows:
        call.out.note("audit.none")
        return
    call.out.table(Table(rows, frozenset({0})))
    if page.next_before is not None:
        call.out.note("audit.more", before=str(page.next_before))

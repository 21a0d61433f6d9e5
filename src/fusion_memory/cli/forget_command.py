"""``forget``: erase memories, after saying what that means."""

from __future__ import annotations

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.confirming import confirm
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.options import command, scope_flags
from fusion_memory.core.reports import ForgetResult
from fusion_memory.core.scope import Scope


@command("forget")
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--all", "everything", is_flag=True)
@click.option("--subject", metavar="USER")
@click.option("--despite-hold", metavar="REASON")
@click.option("--dry-run", is_flag=True)
@click.option("--yes", "-y", is_flag=True)
@with_call
def forget(
    call: Call,
    ids: tuple[str, ...],
    everything: bool,
    subject: str | None,
    despite_hold: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Erase memories."""
    if bool(ids) + everything + (subject is not None) != 1:
        raise Refusal("forget.what", "fusion-memory forget --all --dry-run")
    scope = _subject(call, subject) if subject is not None else call.scope()
    with call.memory() as memory:

        def erase(*, dry_run: bool) -> ForgetResult:
            if subject is not None:
                return memory.forget_subject(scope, dry_run=dry_run, despite_hold=despite_hold)
            chosen = None if everything else ids
            return memory.forget(scope, chosen, everything=everything, dry_run=dry_run, despite_hold=despite_hold)

        if not ids and not dry_run and not yes:
            _confirm(call, erase(dry_run=True), scope)
        result = erase(dry_run=dry_run)
    call.out.show(result, lambda: _show(call, result))
    if result.receipt is not None:
        call.out.note("forget.receipt", id=result.receipt)


def _subject(call: Call, name: str) -> Scope:
    """A user within the workspace that the command line names."""
    given = scope_flags(call.flags)
    return Scope(workspace_id=given.get("workspace_id"), user_id=name)


def _confirm(call: Call, planned: ForgetResult, scope: Scope) -> None:
    count = len(planned.ids)
    question = call.out.words("forget.ask", count=count, scope=str(scope))
    confirm(call, question, Refusal("forget.confirm", "fusion-memory forget --all --yes", count=count))


def _show(call: Call, result: ForgetResult) -> None:
    key = "forget.planned" if result.dry_run else "forget.done"
    call.out.line(call.out.words(key, count=len(result.ids)))
    rows = [[Cell(_kind(call, kind), "dim"), Cell(f"{count:,}")] for kind, count in result.counts.items() if count]
    call.out.table(Table(rows))


def _kind(call: Call, kind: str) -> str:
    from_table = {"events": "memories"}.get(kind, kind)
    return call.out.words_or(f"count.{from_table}", from_table)

"""``receipt``: what was erased, and whether that still holds."""

from __future__ import annotations

from collections.abc import Sequence

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.options import command
from fusion_memory.core.receipts import Receipt, VerifiedReceipt
from fusion_memory.core.scope import Scope

INVALID = 10
"""The exit code of a receipt that does not hold."""


@command("receipt")
@click.argument("receipt_id", metavar="[ID]", required=False)
@click.option("--whole-database", "everything", is_flag=True)
@with_call
def receipt(call: Call, receipt_id: str | None, everything: bool) -> None:
    """Receipts of erasures."""
    scope = Scope(workspace_id="*") if everything else call.reach()
    with call.memory() as memory:
        if receipt_id is None:
            found = memory.receipts(scope)
            call.out.show(found, lambda: _list(call, found))
            return
        verified = memory.verify_receipt(receipt_id, scope)
    call.out.show(verified, lambda: _show(call, verified))
    call.out.note("receipt.valid" if verified.valid else "receipt.invalid")
    if not verified.valid:
        raise click.exceptions.Exit(INVALID)


def _list(call: Call, found: Sequence[Receipt]) -> None:
    rows = [
        [
            Cell(one.id),
            Cell(f"{one.at:%Y-%m-%d %H:%M}", "dim"),
            Cell(named(call.out.lang, "ended", one.cause.value)),
            Cell(f"{one.memories:,}"),
            Cell(one.by, "dim"),
        ]
        for one in found
    ]
    if rows:
        call.out.table(Table(rows, frozenset({3})))
    else:
        call.out.note("receipt.none")


def _show(call: Call, verified: VerifiedReceipt) -> None:
    _list(call, (verified.receipt,))
    rows = [[Cell(table, "dim"), Cell(f"{count:,}")] for table, count in verified.receipt.gone.items()]
    rows += [[Cell(f"+ {kind}", "dim"), Cell(f"{count:,}")] for kind, count in verified.receipt.healed.items()]
    call.out.table(Table(rows))
    checks = [
        [
            Cell(named(call.out.lang, "proof", check.name)),
            Cell(call.out.words("receipt.ok" if check.ok else "receipt.bad"), "good" if check.ok else "bad"),
        ]
        for check in verified.checks
    ]
    call.out.table(Table(checks))
    if verified.receipt.copies:
        call.out.note("receipt.copies", count=verified.receipt.copies)

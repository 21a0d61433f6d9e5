"""``pack``: context packs that were handed out: list them, show one again, compare two, make one anew."""

from __future__ import annotations

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.fields import show_fields
from fusion_memory.cli.listing import Line, listing
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.core.packs import ContextPack, PackDiff, PackNote, StoredPack, difference
from fusion_memory.core.records import brief

SHOWN_CHARS = 200
IDS = {"list": 0, "show": 1, "replay": 1, "diff": 2}


@command("pack")
@click.argument("what", metavar="list|show|diff|replay")
@click.argument("ids", metavar="[ID...]", nargs=-1)
@click.option("--now", is_flag=True)
@click.option("--limit", "-k", type=int, default=20, metavar="N")
@with_call
def pack(call: Call, what: str, ids: tuple[str, ...], now: bool, limit: int) -> None:
    """Show packs that were handed out."""
    wanted = require_known("pack", "", what, IDS, "pack")
    if len(ids) != IDS[wanted]:
        raise Refusal(
            "pack.ids", f"fusion-memory pack {wanted}{' ID' * IDS[wanted]}", what=wanted, count=IDS[wanted]
        )
    scope = call.scope()
    with call.memory() as memory:
        if wanted == "list":
            notes = memory.packs(scope, limit)
            call.out.show(notes, lambda: _list(call, notes))
        elif wanted == "show":
            found = memory.pack(ids[0], scope)
            call.out.show(found, lambda: _show(call, found))
        elif wanted == "diff":
            diff = memory.diff_packs(ids[0], ids[1], scope)
            call.out.show(diff, lambda: _diff(call, diff))
        else:
            before, after = memory.pack(ids[0], scope), memory.replay_pack(ids[0], scope, now=now)
            diff = difference(before.pack, after)
            call.out.show({"pack": after, "diff": diff}, lambda: _replayed(call, after, diff))


def _list(call: Call, notes: tuple[PackNote, ...]) -> None:
    if not notes:
        call.out.note("pack.none")
    words = call.out.words
    lines = [
        Line(
            [Cell(f"{note.created_at:%Y-%m-%d %H:%M}", "dim"), Cell(f"{note.tokens}/{note.budget_tokens}", "dim")],
            note.id,
            Cell(brief(note.query, SHOWN_CHARS) or words("pack.question_gone")),
        )
        for note in notes
    ]
    listing(call.out, lines, frozenset({1}))


def _show(call: Call, found: StoredPack) -> None:
    out, made = call.out, found.pack
    show_fields(
        out,
        {
            "question": made.query or out.words("pack.question_gone"),
            "asked": found.created_at,
            "contract": made.contract,
            "kind": made.kind,
            "tokens": f"{made.tokens} / {made.budget_tokens}",
        },
    )
    out.line()
    out.verbatim(made.text)
    if found.gone:
        out.note("pack.gone", count=len(found.gone), lines=" ".join(found.gone))
    else:
        out.note("pack.intact" if found.intact else "pack.changed")
    degraded_notes(out, made.degraded)


def _diff(call: Call, diff: PackDiff) -> None:
    out = call.out
    for sign, style, lines in (("-", "bad", diff.removed), ("+", "good", diff.added)):
        rows = [
            [Cell(sign, style), Cell(line.section, "dim"), Cell(line.citation, "dim"), Cell(line.text)]
            for line in lines
        ]
        if rows:
            out.table(Table(rows))
    out.note(
        "pack.same" if diff.same else "pack.differ",
        kept=diff.kept,
        added=len(diff.added),
        removed=len(diff.removed),
    )


def _replayed(call: Call, made: ContextPack, diff: PackDiff) -> None:
    if made.text:
        call.out.verbatim(made.text)
        call.out.line()
    _diff(call, diff)

"""``correct`` and ``retract``: put a fact right, or take it back. What was said is never changed."""

from __future__ import annotations

import shlex

import click

from fusion_memory.cli.confirming import confirm
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.fact_rows import fact_table, standing
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.options import command
from fusion_memory.core.knowledge import Fact


@command("correct")
@click.argument("fact_id", metavar="FACT_ID")
@click.argument("value", metavar="NEW_VALUE")
@click.option("--text", metavar="TEXT")
@with_call
def correct(call: Call, fact_id: str, value: str, text: str | None) -> None:
    """Put a fact right."""
    scope = call.reach()
    with call.memory() as memory:
        found = memory.correct(fact_id, scope, object=value, text=text)
    _show(call, found, "correct.done")


@command("retract")
@click.argument("fact_id", metavar="FACT_ID")
@click.option("--yes", "-y", is_flag=True)
@with_call
def retract(call: Call, fact_id: str, yes: bool) -> None:
    """Take a fact back."""
    scope = call.reach()
    with call.memory() as memory:
        if not yes:
            known = memory.get(fact_id, "fact", scope)
            said = known.text if isinstance(known, Fact) else fact_id
            refusal = Refusal("retract.confirm", f"fusion-memory retract {shlex.quote(fact_id)} --yes", id=fact_id)
            confirm(call, call.out.words("retract.ask", text=said), refusal)
        found = memory.retract(fact_id, scope)
    _show(call, found, "retract.done")


def _show(call: Call, found: Fact, note: str) -> None:
    call.out.show(found, lambda: fact_table(call.out, (found,), lambda fact: standing(call.out, fact)))
    call.out.note(note)

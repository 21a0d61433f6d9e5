"""``ask``: the context pack for a question, ready to be put before a model."""

from __future__ import annotations

from typing import Any

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.cli.query_options import query_options, search_options
from fusion_memory.core.packs import ContextPack


@command("ask")
@click.argument("words", nargs=-1, required=True, metavar="QUESTION...")
@click.option("--budget", type=int, metavar="TOKENS")
@query_options
@with_call
def ask(call: Call, words: tuple[str, ...], budget: int | None, **options: Any) -> None:  # noqa: ANN401 (query options)
    """Pack the evidence for a question."""
    scope, wanted = call.scope(), search_options(call, **options)
    with call.memory() as memory:
        pack = memory.answer_context(" ".join(words), scope, budget, wanted)
    call.out.show(pack, lambda: _show(call, pack))


def _show(call: Call, pack: ContextPack) -> None:
    if pack.items:
        call.out.verbatim(pack.text)
        call.out.note(
            "ask.packed",
            count=len(pack.items),
            tokens=pack.tokens,
            budget=pack.budget_tokens,
            pack=pack.id or "-",
        )
    else:
        call.out.note("search.nothing")
    degraded_notes(call.out, pack.degraded)

"""``core`` and ``about``: what is always at hand about a person, and the values that a caller keeps beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.options import command
from fusion_memory.core.layers import CoreMemory


@command("core")
@click.option("--budget", type=int, metavar="TOKENS")
@with_call
def core(call: Call, budget: int | None) -> None:
    """Show the core memory."""
    scope = call.reach()
    with call.memory() as memory:
        found = memory.core_memory(scope, budget)
    call.out.show(found, lambda: _show_core(call, found))


@command("about")
@click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--remove", "removed", metavar="KEY", multiple=True)
@with_call
def about(call: Call, pairs: tuple[str, ...], removed: tuple[str, ...]) -> None:
    """Show or set values about the owner."""
    updates = _updates(pairs, removed)
    scope = call.reach()
    with call.memory() as memory:
        held = memory.update_user_profile(scope, updates) if updates else memory.get_user_profile(scope)
    call.out.show(held, lambda: _show_values(call, held))


def _updates(pairs: Sequence[str], removed: Sequence[str]) -> dict[str, Any]:
    """What is to change, by key; None takes a value away.

    Raises:
        Refusal: a word is no pair, or a key is given twice.
    """
    given = [pair.partition("=") for pair in pairs]
    for (key, sign, _), pair in zip(given, pairs, strict=True):
        if not (key and sign):
            raise Refusal("about.no_pair", f"{PROGRAM} about --help", word=pair)
    every = [(key, _value(content)) for key, _, content in given] + [(key, None) for key in removed]
    updates = dict(every)
    if len(updates) < len(every):
        raise Refusal("about.twice", f"{PROGRAM} about --help")
    return updates


def _value(content: str) -> Any:  # noqa: ANN401 (any JSON value)
    """The JSON value that was written, else the words as they are."""
    try:
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return content


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _show_core(call: Call, found: CoreMemory) -> None:
    if not found.items:
        call.out.note("core.no_room" if found.dropped else "core.nothing")
        return
    call.out.verbatim(found.text)
    call.out.note("core.size", count=len(found.items), tokens=found.tokens, budget=found.budget_tokens)
    if found.dropped:
        call.out.note("core.dropped", count=len(found.dropped))


def _show_values(call: Call, held: Mapping[str, Any]) -> None:
    rows = [[Cell(key, "dim"), Cell(_written(value))] for key, value in held.items()]
    if not rows:
        call.out.note("about.nothing")
    call.out.table(Table(rows))


def _written(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    """A text as it is; anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""The options of a question, shared by ``search`` and ``ask``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from fusion_memory.cli import reading
from fusion_memory.cli.context import Call

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--limit", "-k", type=int, metavar="N"),
    click.option("--recipe", metavar="NAME"),
    click.option("--since", metavar="TIME"),
    click.option("--until", metavar="TIME"),
    click.option("--as-of", metavar="TIME"),
    click.option("--asked-at", metavar="TIME"),
    click.option("--said", "context", metavar="TEXT", multiple=True),
    click.option("--group-by", type=click.Choice(["memory", "session"])),
    click.option("--role", "roles", metavar="ROLE", multiple=True),
    click.option("--metadata", metavar="JSON"),
    click.option("--trust", metavar="TRUST", multiple=True),
    click.option("--origin", "origins", metavar="ORIGIN", multiple=True),
    click.option("--type", "types", metavar="TYPE", multiple=True),
    click.option("--tier", "tiers", metavar="TIER", multiple=True),
    click.option("--archived", "include_archived", is_flag=True),
    click.option("--min-score", type=float, metavar="SCORE"),
)


def query_options(command: F) -> F:
    """Give a command the options of a question."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def search_options(call: Call, *, metadata: str | None, **given: Any) -> dict[str, Any]:  # noqa: ANN401 (option values)
    """What was asked for, as fields of ``SearchOptions``; what was not stays with the settings."""
    found = {name: value for name, value in given.items() if value is not False and value not in (None, ())}
    if metadata is not None:
        found["metadata"] = reading.metadata(metadata)
    return found | {"allow_cross_session": call.across_sessions}

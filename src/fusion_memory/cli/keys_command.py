"""``keys``: the keys that callers of the service send: make, list, end, exchange.

A key belongs to the workspace that the command line names; what is remembered with ``use`` does not count here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.choices import require_known
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.options import command, scope_flags
from fusion_memory.core.keys import RIGHTS, ApiKey, NewApiKey
from fusion_memory.core.scope import Bounds, Scope
from fusion_memory.engine.service import MemoryService

IDS = {"create": 0, "list": 0, "revoke": 1, "rotate": 1}
USUAL_RIGHTS = ("read", "write")
OPERATORS_RIGHTS = ("admin",)
STYLES = {"active": "good", "expired": "dim", "revoked": "bad"}


@command("keys")
@click.argument("what", metavar="create|list|revoke|rotate")
@click.argument("ids", metavar="[ID]", nargs=-1)
@click.option("--label", metavar="TEXT")
@click.option("--right", "rights", metavar="NAME", multiple=True)
@click.option("--days", type=float, metavar="N")
@click.option("--operator", is_flag=True)
@click.option("--overlap", type=float, default=0.0, metavar="SECONDS")
@with_call
def keys(  # noqa: PLR0913, PLR0917 (one option each)
    call: Call,
    what: str,
    ids: tuple[str, ...],
    label: str | None,
    rights: tuple[str, ...],
    days: float | None,
    operator: bool,
    overlap: float,
) -> None:
    """Keys of callers."""
    wanted = require_known("keys", "", what, IDS, "keys")
    if len(ids) != IDS[wanted]:
        raise Refusal(
            "keys.ids", f"fusion-memory keys {wanted}{' ID' * IDS[wanted]}", what=wanted, count=IDS[wanted]
        )
    given = scope_flags(call.flags)
    scope = Scope(**given) if given else None
    if wanted == "create":
        _create(call, scope, label, rights, days, operator=operator)
        return
    with call.memory() as memory:
        _others(call, memory, wanted, scope, ids, overlap)


def _create(
    call: Call,
    scope: Scope | None,
    label: str | None,
    rights: tuple[str, ...],
    days: float | None,
    *,
    operator: bool,
) -> None:
    if operator == (scope is not None):
        raise Refusal("keys.whose", "fusion-memory keys create --workspace NAME --label TEXT")
    if label is None:
        raise Refusal("keys.no_label", "fusion-memory keys create --workspace NAME --label TEXT")
    names = tuple(require_known("keys create", "right", right, RIGHTS) for right in rights)
    ends = datetime.now(UTC) + timedelta(days=days) if days is not None else None
    with call.memory() as memory:
        if scope is None:
            made = memory.create_operator_key(label, names or OPERATORS_RIGHTS, ends)
        else:
            made = memory.create_key(scope, label, names or USUAL_RIGHTS, ends)
    _show_new(call, made)


def _others(
    call: Call, memory: MemoryService, wanted: str, scope: Scope | None, ids: tuple[str, ...], overlap: float
) -> None:
    if wanted == "list":
        found = memory.keys(scope)
        call.out.show(found, lambda: _list(call, found))
    elif wanted == "revoke":
        gone = memory.revoke_key(ids[0], scope)
        call.out.show(gone, lambda: call.out.line(call.out.words("keys.revoked", id=gone.id, label=gone.label)))
    else:
        _show_new(call, memory.rotate_key(ids[0], scope, overlap))


def _show_new(call: Call, made: NewApiKey) -> None:
    call.out.show(made, lambda: call.out.verbatim(made.secret))
    call.out.note("keys.once", id=made.key.id)


def _list(call: Call, found: tuple[ApiKey, ...]) -> None:
    words = call.out.words
    rows = [
        [
            Cell(key.id),
            Cell(key.prefix, "dim"),
            Cell(words(f"keys.state.{key.state}"), STYLES[key.state]),
            Cell(", ".join(key.rights)),
            Cell(_whose(key.within) or words("keys.operator_key"), "strong"),
            Cell(f"{key.expires_at:%Y-%m-%d %H:%M}" if key.expires_at else "-", "dim"),
            Cell(f"{key.last_used_at:%Y-%m-%d %H:00}" if key.last_used_at else "-", "dim"),
            Cell(key.label),
        ]
        for key in found
    ]
    if rows:
        call.out.table(Table(rows))
    else:
        call.out.note("keys.none")


def _whose(within: Bounds | None) -> str:
    ids = (within.workspace_id, within.user_id, within.agent_id, within.app_id) if within else ()
    return "/".join(one for one in ids if one)

"""Names that a person chooses from, refused in words of both languages: what there is, and which one was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.core.knowledge import TYPE_ALIASES, FactState, FactType, fact_type

ALL_STATES = "all"


class UnknownName(Refusal):
    """There is nothing of that name."""

    code = "invalid_option"


def require_known(command: str, option: str, given: str, names: Iterable[str], what: str = "") -> str:
    """The name as it is known, whatever its case.

    Args:
        command: the command that was given it.
        option: the option, without its dashes; empty for an argument.
        given: what was written.
        names: what there is.
        what: a name of; ``choice.<what>`` says that it is unknown. The option's own name when absent.

    Raises:
        UnknownName: it is none of them.
    """
    known = list(names)
    plain = given.strip().lower()
    if plain in known:
        return plain
    raise UnknownName(f"choice.{what or option}", _way_out(command, option, given, known), **_told(given, known))


def known_types(command: str, given: Sequence[str]) -> tuple[str, ...]:
    """Types of fact as they are given, under any of their names.

    Raises:
        UnknownName: one is none.
    """
    for name in given:
        try:
            fact_type(name)
        except ValueError:
            names = [kind.value for kind in FactType]
            fix = _way_out(command, "type", name, [*names, *TYPE_ALIASES])
            raise UnknownName("choice.type", fix, **_told(name, names)) from None
    return tuple(given)


def known_states(command: str, given: Sequence[str]) -> tuple[str, ...]:
    """States of facts, or ``all``.

    Raises:
        UnknownName: one is none.
    """
    names = [*(state.value for state in FactState), ALL_STATES]
    return tuple(require_known(command, "state", name, names) for name in given)


def _way_out(command: str, option: str, given: str, known: Sequence[str]) -> str:
    """The command with the closest name, or its help page when none is close."""
    close = difflib.get_close_matches(given.strip().lower(), known, n=1)
    named = f"--{option} " if option else ""
    return f"{PROGRAM} {command} {named}{close[0]}" if close else f"{PROGRAM} {command} --help"


def _told(given: str, known: Sequence[str]) -> dict[str, str]:
    return {"name": given, "known": ", ".join(known)}

"""Ask a person before something is done that he may not want; a program has to say ``--yes``."""

from __future__ import annotations

import sys

import click

from fusion_memory.cli.context import Call
from fusion_memory.cli.failure import Refusal


def confirm(call: Call, question: str, refusal: Refusal) -> None:
    """Ask at the terminal.

    Raises:
        Refusal: nobody is there to answer.
        click.Abort: the answer is no.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or call.out.as_json:
        raise refusal
    click.confirm(question, abort=True, err=True)

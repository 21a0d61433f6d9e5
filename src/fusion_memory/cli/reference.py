"""The reference of all commands as Markdown, made from the commands themselves.

``python -m fusion_memory.cli.reference en > docs/cli.md``; a test keeps the committed pages current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from fusion_memory.cli import help as help_page
from fusion_memory.cli import table
from fusion_memory.cli.application import ROOT
from fusion_memory.cli.failure import PROGRAM
from fusion_memory.cli.messages import raw, text
from fusion_memory.cli.options import LANG


def render(lang: str = "en") -> str:
    """The page: every command by section, the shared options, the exit codes."""
    root = click.Context(ROOT, info_name=PROGRAM)
    root.meta[LANG] = lang
    lines = [f"# {PROGRAM}", "", raw(lang, "root.help"), "", raw(lang, "root.more")]
    for section in table.SECTIONS:
        lines += ["", f"## {text(lang, f'section.{section}')}"]
        for name, entry in table.COMMANDS.items():
            command = ROOT.get_command(root, name)
            if entry.section == section and command is not None:
                lines += _command(command, click.Context(command, info_name=name, parent=root), lang, 3)
    lines += [
        "",
        f"## {text(lang, 'section.shared')}",
        "",
        *_table(help_page.option_entries(ROOT.params, "root", lang)),
    ]
    codes = [(code, text(lang, f"exit.{code}")) for code in help_page.EXIT_CODES]
    return "\n".join([*lines, "", f"## {text(lang, 'section.exit')}", "", *_table(codes), ""])


def _command(command: click.Command, ctx: click.Context, lang: str, level: int) -> list[str]:
    name = help_page.topic(command)
    lines = ["", f"{'#' * level} {command.name}", "", help_page.description(command, lang)]
    lines += ["", "```", help_page.usage(command, ctx, lang), "```"]
    own = help_page.own_params(command)
    entries = [*help_page.argument_entries(own, name, lang), *help_page.option_entries(own, name, lang)]
    lines += ["", *_table(entries)] if entries else []
    examples = raw(lang, f"{name}.examples").splitlines()
    lines += ["", text(lang, "section.examples"), "", "```sh", *examples, "```"] if examples else []
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            lines += _command(inner, click.Context(inner, info_name=inner.name, parent=ctx), lang, level + 1)
    return lines


def _table(entries: Iterable[help_page.Entry]) -> list[str]:
    rows = [f"| `{term.replace('|', chr(92) + '|')}` | {meaning} |" for term, meaning in entries]
    return ["| | |", "|---|---|", *rows]


if __name__ == "__main__":
    sys.stdout.write(render(sys.argv[1] if len(sys.argv) > 1 else "en"))

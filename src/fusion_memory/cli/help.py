"""Help pages in the language of the run: what a command does, its options, the shared ones, examples.

Texts are found by name in the messages (``search.help``, ``search.limit``, ``any.user_id``); a command
that brings its own help text keeps it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence

import click

from fusion_memory.cli import table
from fusion_memory.cli.columns import cell_width, pad, wrapped
from fusion_memory.cli.messages import has, raw, text

MAX_WIDTH = 100
MAX_TERM = 34
INDENT = "  "
SHARED_PREFIX = "any"
EXIT_CODES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "130", "141")

Entry = tuple[str, str]


def root_page(group: click.Group, lang: str) -> str:
    """The page of ``fusion-memory`` itself: commands by section, shared options, exit codes."""
    lines = [text(lang, "root.usage"), "", *_paragraph(text(lang, "root.help"))]
    longest = max(map(len, table.COMMANDS))
    for section in table.SECTIONS:
        names = [name for name, entry in table.COMMANDS.items() if entry.section == section]
        commands = [(name, short_help(name, lang)) for name in names]
        lines += _block(text(lang, f"section.{section}"), commands, longest)
    lines += _block(text(lang, "section.shared"), option_entries(group.params, "root", lang))
    lines += _block(text(lang, "section.exit"), [(code, text(lang, f"exit.{code}")) for code in EXIT_CODES])
    return "\n".join([*lines, "", *_paragraph(text(lang, "root.more"))])


def command_page(command: click.Command, ctx: click.Context, lang: str) -> str:
    """The page of one command."""
    name = topic(command)
    lines = [text(lang, "label.usage") + usage(command, ctx, lang), "", *_paragraph(description(command, lang))]
    if isinstance(command, click.Group):
        inner = [(each, short_help(topic(known), lang)) for each, known in command.commands.items()]
        lines += _block(text(lang, "section.commands"), inner)
    own = own_params(command)
    shared = [param for param in command.params if param not in own]
    lines += _block(text(lang, "section.arguments"), argument_entries(own, name, lang))
    lines += _block(text(lang, "section.options"), option_entries(own, name, lang))
    examples = raw(lang, f"{name}.examples").splitlines()
    if examples:
        lines += ["", text(lang, "section.examples"), *(INDENT + line for line in examples)]
    lines += _block(text(lang, "section.shared"), option_entries(shared, name, lang))
    return "\n".join(lines)


def short_help(name: str, lang: str) -> str:
    """What a command does, in one line; the command is not imported."""
    return raw(lang, f"{name}.short")


def topic(command: click.Command) -> str:
    """The name under which the words of a command are found."""
    return getattr(command, "topic", None) or command.name or ""


def description(command: click.Command, lang: str) -> str:
    """What a command does, in a paragraph."""
    name = topic(command)
    return "\n\n".join(part for part in (raw(lang, f"{name}.short"), raw(lang, f"{name}.help")) if part) or (
        command.help or ""
    )


def usage(command: click.Command, ctx: click.Context, lang: str) -> str:
    """The command line in one line, without the shared options."""
    arguments = [param.make_metavar(ctx) for param in command.params if isinstance(param, click.Argument)]
    inner = [text(lang, "label.command")] if isinstance(command, click.Group) else []
    return " ".join([ctx.command_path, text(lang, "label.options"), *inner, *arguments])


def option_help(param: click.Parameter, command_name: str, lang: str) -> str:
    """What a parameter means."""
    for prefix in (command_name, SHARED_PREFIX):
        key = f"{prefix}.{param.name}"
        if has(lang, key):
            return raw(lang, key)
    return getattr(param, "help", None) or ""


def spelling(param: click.Option) -> str:
    """How an option is written, its short form first, with the name of its value."""
    names = ", ".join(sorted(param.opts, key=lambda name: (name.startswith("--"), -len(name))))
    if param.is_flag:
        return names
    if isinstance(param.type, click.Choice):
        return f"{names} {'|'.join(map(str, param.type.choices))}"
    return f"{names} {param.metavar or param.type.name.upper()}"


def own_params(command: click.Command) -> list[click.Parameter]:
    """The parameters of a command without the shared options."""
    return [param for param in command.params if isinstance(param, click.Argument) or param.expose_value]


def argument_entries(params: Iterable[click.Parameter], name: str, lang: str) -> list[Entry]:
    """Arguments and what they mean."""
    arguments = [param for param in params if isinstance(param, click.Argument)]
    return [(param.metavar or str(param.name).upper(), option_help(param, name, lang)) for param in arguments]


def option_entries(params: Iterable[click.Parameter], name: str, lang: str) -> list[Entry]:
    """Options as they are written, and what they mean."""
    options = [param for param in params if isinstance(param, click.Option) and not param.hidden]
    return [(spelling(param), option_help(param, name, lang)) for param in options]


def _block(title: str, entries: Sequence[Entry], least: int = 0) -> list[str]:
    if not entries:
        return []
    left = min(max(least, *(cell_width(term) for term, _ in entries)), MAX_TERM)
    room = max(30, _screen_width() - left - 2 * len(INDENT))
    lines = ["", title]
    for term, meaning in entries:
        first, *rest = wrapped(meaning, room)
        if cell_width(term) > left:
            lines.append(INDENT + term)
            term = ""  # noqa: PLW2901 (a long term has a line of its own)
        lines.append((INDENT + pad(term, left) + INDENT + first).rstrip())
        lines += [" " * (left + 2 * len(INDENT)) + line for line in rest]
    return lines


def _paragraph(content: str) -> list[str]:
    return [line for part in content.split("\n") for line in wrapped(part, _screen_width())]


def _screen_width() -> int:
    return min(shutil.get_terminal_size((MAX_WIDTH, 24)).columns, MAX_WIDTH)

"""The command group and its run: from words to an exit code. It knows the table of commands, not their insides."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TextIO

import click

from fusion_memory import __version__
from fusion_memory.cli import failure, table
from fusion_memory.cli import help as help_page
from fusion_memory.cli.failure import PROGRAM, UnknownCommand
from fusion_memory.cli.options import LANG, LANGUAGES, add_shared_options, language
from fusion_memory.cli.output import document

BROKEN_PIPE = 141
INTERRUPTED = 130


class Root(click.Group):
    """``fusion-memory``: shared options, then a command of the table."""

    def __init__(self) -> None:
        super().__init__(PROGRAM, invoke_without_command=True, callback=_without_command)
        self.params.append(click.Option(["--version", "-V"], is_flag=True))
        add_shared_options(self)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of the help page."""
        del ctx
        return list(table.COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, imported now."""
        del ctx
        found = table.load(cmd_name)
        if found is not None:
            add_shared_options(found)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name."""
        if args[0] not in table.COMMANDS and args[0] not in table.ALIASES:
            raise UnknownCommand(args[0], ctx)
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """The page that lists the commands."""
        return help_page.root_page(self, language(ctx))

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:  # noqa: ANN401 (click's arguments)
        """Run and leave; click's own loop would print its own errors."""
        sys.exit(run(sys.argv[1:] if args is None else list(args), extra.get("obj")))


def run(words: Sequence[str], obj: object = None) -> int:
    """Run the command line of these words and return its exit code; everything that fails is told here."""
    for stream in (sys.stdout, sys.stderr):
        _speak_unicode(stream)
    lang = _language(words, os.environ)
    options = words[: words.index("--")] if "--" in words else words
    context = click.Context(ROOT, info_name=PROGRAM, obj=obj, help_option_names=["-h", "--help"])
    context.meta[LANG] = lang
    try:
        with context:
            ROOT.parse_args(context, list(words))
            ROOT.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as asking:
        click.echo(asking.format_message())
    except BrokenPipeError:
        return _pipe_closed()
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write(failure.interrupted(lang) + "\n")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 (the last line of defence: a person never sees a traceback unasked)
        if "--debug" in options:
            failure.traceback(error)
        return failure.tell(error, context.invoked_subcommand, lang, as_json="--json" in options)
    return 0


def _without_command(version: bool) -> None:
    ctx = click.get_current_context()
    if version:
        as_json = "as_json" in ctx.meta.get("fusion_memory.flags", {})
        document({"version": __version__}) if as_json else click.echo(f"{PROGRAM} {__version__}")
        ctx.exit()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _language(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of this run: ``--lang``, else what the locale says."""
    for place, word in enumerate(words):
        value = words[place + 1] if word == "--lang" and place + 1 < len(words) else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in LANGUAGES:
            return value
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def _speak_unicode(stream: TextIO) -> None:
    """Data is UTF-8 wherever it goes; what cannot be shown is escaped instead of failing half-way."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding=stream.encoding if stream.isatty() else "utf-8", errors="backslashreplace")


def _pipe_closed() -> int:
    """The reader has seen enough. Point stdout elsewhere, so that leaving does not fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


ROOT = Root()

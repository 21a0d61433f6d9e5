"""Failures in three lines: what happened, why, and one thing that helps; as JSON when that was asked for.

The words of the error tree are said here again for the command line, in both languages; what an error
knows in detail is kept.
"""

from __future__ import annotations

import difflib
import errno
import json
import shlex
import sys
import traceback as traceback_module
from dataclasses import asdict, dataclass

import click

from fusion_memory.cli import table
from fusion_memory.cli.columns import one_line
from fusion_memory.cli.messages import raw, text
from fusion_memory.core.error_words import in_words
from fusion_memory.core.errors import DiskFull, FusionMemoryError, InvalidInput

PROGRAM = "fusion-memory"
USAGE = 2


@dataclass(frozen=True, slots=True)
class Report:
    """One failure as it is shown."""

    code: str
    message: str
    why: str
    fix: str


class UnknownCommand(click.UsageError):
    """The first word is no command."""

    def __init__(self, word: str, ctx: click.Context) -> None:
        super().__init__(f"No such command {word!r}.", ctx)
        self.word = word


class Refusal(InvalidInput):
    """The command line cannot do that."""

    def __init__(self, key: str, fix: str, **values: object) -> None:
        super().__init__(text("en", key, **values), why=text("en", f"{key}.why", **values), fix=fix)
        self.key = key
        self.values = values


class FileProblem(FusionMemoryError):
    """The file cannot be used."""

    code = "file"
    exit_code = USAGE
    default_why = "The operating system refused it."
    default_fix = "check the path and its permissions"


def tell(error: Exception, command: str | None, lang: str, *, as_json: bool) -> int:
    """Write a failure to stderr and return the exit code it means."""
    report, exit_code = describe(error, command, lang)
    if as_json:
        sys.stderr.write(json.dumps({"error": asdict(report)}, ensure_ascii=False) + "\n")
        return exit_code
    for label, content in (("error", report.message), ("why", report.why), ("fix", report.fix)):
        sys.stderr.write(text(lang, f"label.{label}") + one_line(content) + "\n")
    return exit_code


def describe(error: Exception, command: str | None, lang: str) -> tuple[Report, int]:
    """What to say about an error, and the exit code it means."""
    if isinstance(error, OSError):
        error = _of_system(error)
    if isinstance(error, click.UsageError):
        return _usage(error, lang), USAGE
    if isinstance(error, FusionMemoryError):
        return _known(error, command, lang), error.exit_code
    message = text(lang, "error.internal", kind=type(error).__name__, detail=str(error))
    again = shlex.join([PROGRAM, command or "doctor", "--debug"])
    return Report("internal", message, text(lang, "why.internal"), again), 1


def interrupted(lang: str) -> str:
    """What to say after Ctrl-C."""
    return text(lang, "interrupted")


def traceback(error: Exception) -> None:
    """The whole story, for ``--debug``."""
    traceback_module.print_exception(error, file=sys.stderr)


def _of_system(error: OSError) -> FusionMemoryError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull()
    reason = error.strerror or str(error)
    return FileProblem(f"{error.filename}: {reason}." if error.filename else f"{reason}.")


def _known(error: FusionMemoryError, command: str | None, lang: str) -> Report:
    if isinstance(error, Refusal):
        message, why = (text(lang, key, **error.values) for key in (error.key, f"{error.key}.why"))
        return Report(error.code, message, why, error.fix)
    said = in_words(error, lang)
    fix = said.fix
    if not said.fix_of_its_own:
        fix = raw(lang, f"fix.{error.code}.{command}") or raw(lang, f"fix.{error.code}") or fix
    return Report(error.code, said.message, said.why, fix.replace("{command}", command or "add"))


def _usage(error: click.UsageError, lang: str) -> Report:
    page = f"{error.ctx.command_path if error.ctx else PROGRAM} --help"
    why = text(lang, "why.usage")
    match error:
        case UnknownCommand():
            close = _closest(error.word, [*table.COMMANDS, *table.ALIASES])
            message = text(lang, "error.no_command", word=error.word)
            why = text(lang, "why.did_you_mean", word=close) if close else text(lang, "why.no_command")
            return Report("usage", message, why, f"{PROGRAM} {close} --help" if close else page)
        case click.NoSuchOption():
            return _unknown_option(error, page, lang)
        case click.MissingParameter() if error.param is not None:
            message = text(lang, "error.missing", name=_name(error.param))
        case click.BadParameter() if error.param is not None:
            message = text(lang, "error.bad_value", name=_name(error.param), detail=error.message)
        case _:
            message = text(lang, "error.usage", detail=error.format_message())
    return Report("usage", message, why, page)


def _unknown_option(error: click.NoSuchOption, page: str, lang: str) -> Report:
    known = [spelling for param in error.ctx.command.params for spelling in param.opts] if error.ctx else []
    close = _closest(error.option_name, [spelling for spelling in known if spelling.startswith("--")])
    message = text(lang, "error.no_option", word=error.option_name)
    why = text(lang, "why.did_you_mean", word=close) if close else text(lang, "why.usage")
    return Report("usage", message, why, page)


def _closest(word: str, known: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, known, n=1)), None)


def _name(param: click.Parameter) -> str:
    return (
        max(param.opts, key=len)
        if isinstance(param, click.Option)
        else param.make_metavar(click.get_current_context(silent=True) or click.Context(click.Command("x"))).strip(
            "[]."
        )
    )

"""Options that every command understands, before its name and after it, and the command class that adds them.

Their values gather in the context's ``meta``, where the later one wins; a command never sees them as
parameters, it asks its :class:`~fusion_memory.cli.context.Call`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from fusion_memory.cli import help as help_page

FLAGS = "fusion_memory.flags"
LANG = "fusion_memory.lang"
LANGUAGES = ("en", "zh")

SCOPE_OPTIONS = ("workspace_id", "user_id", "agent_id", "session_id", "run_id", "app_id")
SHARED = (
    *SCOPE_OPTIONS,
    "allow_cross_session",
    "db",
    "server",
    "settings",
    "config_file",
    "as_json",
    "lang",
    "debug",
)


def shared_options() -> list[click.Option]:
    """Fresh options for one command: the scope, the database, the settings, the form of the output."""
    ids = [
        _option(name, f"--{name.replace('_', '-')}", f"--{name.removesuffix('_id')}", metavar="ID")
        for name in SCOPE_OPTIONS
    ]
    return [
        *ids,
        _option("allow_cross_session", "--allow-cross-session", is_flag=True),
        _option("db", "--db", metavar="FILE"),
        _option("server", "--server", metavar="URL"),
        _option("settings", "--set", metavar="NAME=VALUE", multiple=True, callback=_gather_settings),
        _option("config_file", "--config", metavar="FILE", type=click.Path(exists=True, dir_okay=False)),
        _option("as_json", "--json", is_flag=True),
        _option("lang", "--lang", type=click.Choice(LANGUAGES)),
        _option("debug", "--debug", is_flag=True),
    ]


def flags(ctx: click.Context) -> dict[str, Any]:
    """What the shared options of this run have said so far."""
    found: dict[str, Any] = ctx.meta.setdefault(FLAGS, {})
    return found


def language(ctx: click.Context) -> str:
    """The language of this run, known before its options are parsed."""
    return str(ctx.meta.get(LANG, "en"))


class MemoryCommand(click.Command):
    """A command with the shared options and a help page in the language of the run.

    Help texts are found by name in the messages: ``search.help``, ``search.limit``; by ``topic`` where two commands
    have the same name.
    """

    def __init__(self, name: str | None, topic: str | None = None, **attributes: Any) -> None:  # noqa: ANN401 (click's own arguments)
        super().__init__(name, **attributes)
        self.topic = topic or name or ""
        add_shared_options(self)

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        return help_page.command_page(self, ctx, language(ctx))


def add_shared_options(command: click.Command) -> None:
    """Give a command, and the commands of a group, the shared options that it does not define itself."""
    taken = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    held = {param.name for param in command.params}
    for option in shared_options():
        if option.name not in held and not taken.intersection(option.opts):
            command.params.append(option)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            add_shared_options(inner)


def command(
    name: str,
    **attributes: Any,  # noqa: ANN401 (click's own arguments)
) -> Callable[[Callable[..., None]], MemoryCommand]:
    """Declare a command of the table; see :class:`MemoryCommand`."""
    return click.command(name, cls=MemoryCommand, **attributes)


def _option(name: str, *spellings: str, **attributes: Any) -> click.Option:  # noqa: ANN401 (click's own arguments)
    attributes.setdefault("callback", _gather)
    return click.Option([name, *spellings], expose_value=False, **attributes)


def _gather(ctx: click.Context, param: click.Parameter, value: Any) -> Any:  # noqa: ANN401 (any option value)
    if value is not None and value is not False:
        flags(ctx)[str(param.name)] = value
    return value


def _gather_settings(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    pairs: dict[str, str] = flags(ctx).setdefault("settings", {})
    for given in value:
        name, sign, content = given.partition("=")
        if not sign:
            raise click.BadParameter(f"{given!r} has no '='.", ctx=ctx, param=param)
        pairs[name.strip()] = content
    return value


def scope_flags(found: Mapping[str, Any]) -> dict[str, str]:
    """The ids among the flags."""
    return {name: found[name] for name in SCOPE_OPTIONS if name in found}

"""``config``: every setting with its value and where the value came from."""

from __future__ import annotations

import difflib
from typing import Any

import click

from fusion_memory.cli import lazy, scope_file
from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command
from fusion_memory.core.errors import UnknownSetting
from fusion_memory.core.settings import Setting, catalogue

RECIPES, PATHS, SHOW = "recipes", "path", "show"


@command("config")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--origin", "with_origin", is_flag=True)
@with_call
def config(call: Call, name: str | None, with_origin: bool) -> None:
    """Show settings."""
    if with_origin or name == SHOW:
        _show_settings(call, None if name == SHOW else name, origins=with_origin)
    elif name == RECIPES:
        _show_recipes(call)
    elif name == PATHS:
        _show_paths(call)
    else:
        _show_settings(call, name)


def _show_settings(call: Call, name: str | None, *, origins: bool = False) -> None:
    chosen = [one for one in catalogue() if name is None or one.name == name or one.name.startswith(f"{name}.")]
    if not chosen:
        known = [one.name for one in catalogue()] + [RECIPES, PATHS]
        close = difflib.get_close_matches(name or "", known, n=1)
        raise UnknownSetting(
            f"There is no setting {name!r}.",
            fix=f"fusion-memory config {close[0]}" if close else "fusion-memory config",
        )
    if len(chosen) == 1 and chosen[0].name == name and not origins:
        found = _described(call, chosen[0])
        call.out.show(found, lambda: call.out.line(str(found["value"])))
        call.out.note(
            "config.origin", origin=_origin(call, chosen[0]), variable=chosen[0].variable, help=found["help"]
        )
        return
    rows = [
        [
            Cell(one.name),
            Cell(_value(call, one), "strong"),
            Cell(_origin(call, one), "dim"),
            Cell(one.variable if origins else _help(call, one)),
        ]
        for one in chosen
    ]
    call.out.show([_described(call, one) for one in chosen], lambda: call.out.table(Table(rows)))


def _described(call: Call, setting: Setting) -> dict[str, Any]:
    hidden = "***" if _raw(call, setting) else ""
    return {
        "name": setting.name,
        "value": hidden if setting.secret else _raw(call, setting),
        "default": setting.default,
        "origin": call.settings.origin(setting.name),
        "variable": setting.variable,
        "help": _help(call, setting),
    }


def _raw(call: Call, setting: Setting) -> Any:  # noqa: ANN401 (any setting)
    section, _, field = setting.name.partition(".")
    return getattr(getattr(call.settings, section), field)


def _value(call: Call, setting: Setting) -> str:
    value = _raw(call, setting)
    if setting.secret and value:
        return "***"
    return f"{value:g}" if isinstance(value, float) else str(value) or "-"


def _origin(call: Call, setting: Setting) -> str:
    origin = call.settings.origin(setting.name)
    return call.out.words_or(f"origin.{origin}", origin)


def _help(call: Call, setting: Setting) -> str:
    return setting.help_zh if call.out.lang == "zh" else setting.help_en


def _show_recipes(call: Call) -> None:
    found = lazy.recipes()
    chosen = call.settings.retrieval.recipe
    rows = [
        [
            Cell(name, "strong" if name == chosen else ""),
            Cell(call.out.words("config.in_use") if name == chosen else "", "good"),
            Cell(", ".join(recipe.lanes), "dim"),
            Cell(call.out.words_or(f"recipe.{name}", "")),
        ]
        for name, recipe in found.items()
    ]
    call.out.show(list(found.values()), lambda: call.out.table(Table(rows)))


def _show_paths(call: Call) -> None:
    paths = {
        "home": str(call.home),
        "database": str(call.database),
        "user_file": str(call.user_file),
        "project_file": str(call.project_file) if call.project_file else None,
        "scope_file": str(call.home / scope_file.FILE_NAME),
    }
    rows = [[Cell(call.out.words(f"path.{name}"), "dim"), Cell(path or "-")] for name, path in paths.items()]
    call.out.show(paths, lambda: call.out.table(Table(rows)))

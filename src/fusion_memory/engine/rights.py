"""Choose the authorizer that the settings name: the built-in one, one of a product, narrowed by a rights file."""

from __future__ import annotations

import json
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.rights_map import MappedAuthorizer, RightsMap, rights_map
from fusion_memory.core.scope import Authorizer, RightsAuthorizer
from fusion_memory.core.settings import Settings


def authorizer_of(settings: Settings) -> Authorizer:
    """The authorizer for every caller: of the command line, the service, and this process.

    ``auth.authorizer`` names ``module:factory``; the factory is called with the settings. ``auth`` settings
    never come from a project file, so no checkout can name one.

    Raises:
        InvalidSetting: the module, the factory or the rights file cannot be used.
    """
    named = settings.auth.authorizer
    inner = _product(named, settings) if named else RightsAuthorizer()
    file = settings.auth.rights_file
    return MappedAuthorizer(read_rights(Path(file).expanduser()), inner) if file else inner


def read_rights(path: Path) -> RightsMap:
    """The rights map of a file: JSON when its name says so, else TOML.

    Raises:
        InvalidSetting: it cannot be read or understood.
    """
    try:
        text = path.read_text("utf-8")
        tables: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise InvalidSetting(
            f"auth.rights_file {path} cannot be read: {error}.",
            why="Without it nobody can be granted anything.",
            fix="correct the file, or empty auth.rights_file",
        ) from None
    if not isinstance(tables, dict):
        raise InvalidSetting(f"{path}: it holds no tables.", fix=f"correct {path}")
    return rights_map(tables, str(path))


def _product(named: str, settings: Settings) -> Authorizer:
    module, _, factory = named.partition(":")
    try:
        made: Authorizer = getattr(import_module(module), factory)(settings)
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise InvalidSetting(
            f"auth.authorizer = {named!r} cannot be used: {error}.",
            why="It names a module and, behind a colon, a function that makes an authorizer from the settings.",
            fix="correct it, or empty auth.authorizer",
        ) from None
    if not callable(getattr(made, "authorize", None)):
        raise InvalidSetting(f"What {named!r} made is no authorizer.", fix="give it a method authorize")
    return made

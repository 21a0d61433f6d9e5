"""The lazy doors of the command line: what is heavy comes in here, by name, when a command needs it.

This is the only file besides ``main`` and the command table that imports inside functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from fusion_memory.cli.terminal import Terminal, TerminalProgress
    from fusion_memory.core.reports import SchemaState
    from fusion_memory.core.server_settings import ClientSettings
    from fusion_memory.core.settings import Settings
    from fusion_memory.engine.service import MemoryService
    from fusion_memory.retrieval.recipes import Recipe


def open_service(settings: Settings, folder: Path) -> MemoryService:
    """The memory that the settings describe; ``folder`` holds it when they name no file."""
    from fusion_memory.engine import build

    return build.open_service(settings, folder)


def open_client(settings: ClientSettings, api_key: str) -> MemoryService:
    """The memory that a service keeps; for commands it looks like the one in this process."""
    from fusion_memory.cli.remote import RemoteMemory

    client = RemoteMemory(settings.url, api_key=api_key, timeout=settings.timeout_s, retries=settings.retries)
    return cast("MemoryService", client)


def database_path(settings: Settings, folder: Path) -> Path | str:
    """The database file of these settings, or ``:memory:``."""
    from fusion_memory.engine import configuration

    return configuration.database_path(settings, folder)


def read_settings(
    flags: Mapping[str, Any], environment: Mapping[str, str], project_file: Path | None, user_file: Path | None
) -> Settings:
    """The settings of all layers, each value with its origin."""
    from fusion_memory.engine import configuration

    return configuration.read_settings(flags, environment, project_file=project_file, user_file=user_file)


def home(environment: Mapping[str, str]) -> Path:
    """The folder that holds the state of this user."""
    from fusion_memory.engine import configuration

    return configuration.home(environment)


def restore(settings: Settings, folder: Path, backup: Path) -> Path | None:
    """Put a backup in the place of the database; the path of the file kept aside."""
    from fusion_memory.engine import build

    return build.restore(settings, folder, backup)


def schema_state(settings: Settings, folder: Path) -> SchemaState:
    """How old the schema of the database is."""
    from fusion_memory.engine import build

    return build.schema_state(settings, folder)


def rekey(settings: Settings, folder: Path, new_key_file: Path | None) -> Path:
    """Put the database under the key in a file, or without one decrypt it; where it is."""
    from fusion_memory.engine import build, unlocking

    return build.rekey(settings, folder, None if new_key_file is None else unlocking.key_in(new_key_file))


def new_key_file(place: Path) -> None:
    """Write a new random key into a file that only its owner can read; the file must not exist."""
    from fusion_memory.engine import unlocking

    unlocking.make_key_file(place)


SERVICE_PACKAGES = ("fastapi", "uvicorn")


def require_service() -> None:
    """Return when the packages of the HTTP service are installed.

    Raises:
        Refusal: one is missing.
    """
    from importlib.util import find_spec

    from fusion_memory.cli.failure import Refusal

    for name in SERVICE_PACKAGES:
        if find_spec(name) is None:
            raise Refusal("serve.missing", 'pip install "fusion-memory[service]"', name=name)


def serve(settings: Settings, folder: Path, ready: Callable[[str], None]) -> None:
    """Serve the memory of these settings over HTTP until told to end; ``ready`` hears the address."""
    from fusion_memory.service import serving

    serving.serve(settings, folder, ready)


def rotate_backups(newest: Path, keep: int) -> int:
    """Keep the latest so many copies beside a new one; how many were removed."""
    from fusion_memory.engine import backups

    return backups.rotate(newest, keep)


def recipes() -> Mapping[str, Recipe]:
    """Every retrieval recipe by its name."""
    from fusion_memory.retrieval.recipes import RECIPES

    return RECIPES


def recipe_named(name: str) -> Recipe:
    """The recipe of a name, or a variant of one.

    Raises:
        InvalidOption: there is none.
    """
    from fusion_memory.retrieval.recipes import recipe_named as named

    return named(name)


def recipe_values(name: str, fields: Sequence[str]) -> dict[str, str]:
    """What a recipe says for some of its fields, as a sweep writes it."""
    recipe = recipe_named(name)
    found: dict[str, str] = {}
    for field in fields:
        first, _, key = field.partition(".")
        value = getattr(recipe, first, None)
        value = value.get(key) if isinstance(value, Mapping) else value
        if value is not None:
            found[field] = "/".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return found


def terminal(stream: TextIO) -> Terminal:
    """A writer for people at a terminal."""
    from fusion_memory.cli.terminal import Terminal

    return Terminal(stream)


def terminal_progress(stream: TextIO, label: str, unit: str, total: float | None) -> TerminalProgress:
    """A progress bar with rate and remaining time."""
    from fusion_memory.cli.terminal import TerminalProgress

    return TerminalProgress(stream, label, unit, total)

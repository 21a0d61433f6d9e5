"""Where settings and files come from: the environment, the home folder, a project file, a user file.

Light on purpose: commands that only show or change configuration import this and not the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.settings import HOME_VARIABLE, Layer, Settings, environment_layer, file_layer, resolve

MEMORY = ":memory:"
DATABASE_NAME = "memory.db"
PROJECT_FILE = "fusion-memory.toml"
USER_FILE = "config.toml"


def home(environment: Mapping[str, str]) -> Path:
    """The folder of this user's memories: ``FUSION_MEMORY_HOME``, or the platform's place for data."""
    given = environment.get(HOME_VARIABLE)
    if given:
        return Path(given).expanduser()
    from platformdirs import user_data_path

    return user_data_path("fusion-memory", appauthor=False)


def read_settings(
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    project_file: Path | None = None,
    user_file: Path | None = None,
) -> Settings:
    """Settings from flags, the environment, a project file and a user file, in this order of precedence.

    Args:
        flags: dotted names to values.
        environment: variables; those starting with ``FUSION_MEMORY_`` count.
        project_file: TOML; a given file must exist. It may come with a checkout from anywhere, so it cannot
            say where memories are sent.
        user_file: TOML, used when it exists.

    Raises:
        ConfigurationError: something is unknown, of the wrong kind, or a secret in a file.
    """
    layers = [Layer("flag", flags), environment_layer(environment)]
    if project_file is not None:
        layers.append(_read_file(project_file, trusted=False))
    if user_file is not None and user_file.is_file():
        layers.append(_read_file(user_file, trusted=True))
    return resolve(tuple(layers))


def database_path(settings: Settings, folder: Path) -> Path | str:
    """The database file that the settings name, or ``memory.db`` in a folder."""
    if settings.storage.path == MEMORY:
        return MEMORY
    if settings.storage.path:
        return Path(settings.storage.path).expanduser()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / DATABASE_NAME


def _read_file(path: Path, *, trusted: bool) -> Layer:
    try:
        return file_layer(str(path), path.read_text(encoding="utf-8"), trusted=trusted)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{path} cannot be read: {error}.", fix="check the path given with --config") from None

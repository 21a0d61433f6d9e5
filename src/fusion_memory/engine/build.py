"""The composition root: where settings are read and a service is built from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.scope import Principal
from fusion_memory.core.settings import HOME_VARIABLE, Layer, Settings, environment_layer, file_layer, resolve
from fusion_memory.engine.parts import choose_embedder
from fusion_memory.engine.service import MemoryService
from fusion_memory.models.cache import CachedEmbedder
from fusion_memory.storage import connect

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
        project_file: TOML; a given file must exist.
        user_file: TOML, used when it exists.

    Raises:
        ConfigurationError: something is unknown, of the wrong kind, or a secret in a file.
    """
    layers = [Layer("flag", flags), environment_layer(environment)]
    if project_file is not None:
        layers.append(_read_file(project_file))
    if user_file is not None and user_file.is_file():
        layers.append(_read_file(user_file))
    return resolve(tuple(layers))


def open_service(
    settings: Settings,
    folder: Path,
    *,
    principal: Principal | None = None,
    clock: Clock | None = None,
    embedding_cache: Path | None = None,
) -> MemoryService:
    """A service on the database that the settings name, or on ``memory.db`` in a folder.

    With ``embedding_cache``, vectors of texts seen before are read from that folder: for repeated
    measurements on the same texts. The product itself keeps no copy of vectors outside the database.
    """
    embedder = choose_embedder(settings.embedding)
    if embedding_cache is not None and embedder is not None:
        embedder = CachedEmbedder(embedder, embedding_cache)
    return MemoryService(
        database_path(settings, folder), embedder=embedder, settings=settings, principal=principal, clock=clock
    )


def database_path(settings: Settings, folder: Path) -> Path | str:
    """The database file that the settings name, or ``memory.db`` in a folder."""
    if settings.storage.path == MEMORY:
        return MEMORY
    if settings.storage.path:
        return Path(settings.storage.path).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / DATABASE_NAME


def restore(settings: Settings, folder: Path, backup: Path) -> Path | None:
    """Put a verified backup in the place of the database; the file that was there is kept aside."""
    return connect.restore(backup, Path(database_path(settings, folder)), key=settings.storage.key or None)


def _read_file(path: Path) -> Layer:
    try:
        return file_layer(str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{path} cannot be read: {error}.", fix="check the path given with --config") from None

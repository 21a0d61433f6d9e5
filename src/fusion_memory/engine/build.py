"""The composition root: builds a service from settings."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from fusion_memory.core.clock import Clock
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.reports import SchemaState
from fusion_memory.core.scope import Principal
from fusion_memory.core.settings import Settings
from fusion_memory.engine.configuration import database_path
from fusion_memory.engine.parts import choose_embedder
from fusion_memory.engine.rights import authorizer_of
from fusion_memory.engine.service import MemoryService
from fusion_memory.engine.unlocking import key_of
from fusion_memory.memory import tombstones
from fusion_memory.models.cache import CachedEmbedder
from fusion_memory.storage import connect


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
        database_path(settings, folder),
        embedder=embedder,
        settings=settings,
        principal=principal,
        authorizer=authorizer_of(settings),
        clock=clock,
    )


def restore(settings: Settings, folder: Path, backup: Path) -> Path | None:
    """Put a verified backup in the place of the database; the file that was there is kept aside.

    What was erased since the backup was taken is erased again before anybody reads.
    """
    place, key = Path(database_path(settings, folder)), key_of(settings.storage)
    with suppress(FusionMemoryError):  # a file that cannot be read any more has nothing to tell
        _note_erasures(place, key)
    aside = connect.restore(backup, place, key=key)
    plainly = replace(Settings(), storage=settings.storage)
    MemoryService(place, embedder=None, llm=None, reranker=None, settings=plainly).close()
    return aside


def _note_erasures(place: Path, key: str | None) -> None:
    """Let the file beside a database know of every erasure: a process may have died before it could."""
    if place.is_file():
        database = connect.open_database(place, key=key, read_only=True)
        try:
            tombstones.level(database)
        finally:
            database.close()


def schema_state(settings: Settings, folder: Path) -> SchemaState:
    """How old the schema of the database is; nothing is changed."""
    return connect.schema_state(database_path(settings, folder), key=key_of(settings.storage))


def rekey(settings: Settings, folder: Path, new_key: str | None) -> Path:
    """Encrypt the database, encrypt it anew, or with None decrypt it; where it is.

    Raises:
        ConfigurationError: the database is kept in memory.
        StorageError, NotFound, InvalidOption: see :func:`fusion_memory.storage.connect.rekey`.
    """
    place = database_path(settings, folder)
    connect.rekey(place, key_of(settings.storage), new_key, busy_timeout_s=settings.storage.busy_timeout_s)
    return Path(place)

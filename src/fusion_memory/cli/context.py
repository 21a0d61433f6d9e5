"""One call of the command line: its flags, settings, scope, memory and output.

Nothing here opens a file before a command asks: ``--help``, ``config`` and ``use`` never touch a database.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fusion_memory.cli import lazy, scope_file
from fusion_memory.cli.options import flags, language, scope_flags
from fusion_memory.cli.output import Output
from fusion_memory.core.errors import InvalidScope
from fusion_memory.core.scope import Scope
from fusion_memory.core.service_errors import NotOffered
from fusion_memory.core.settings import API_KEY_VARIABLE, Settings
from fusion_memory.engine.configuration import PROJECT_FILE, USER_FILE

if TYPE_CHECKING:
    from fusion_memory.engine.service import MemoryService


@dataclass(frozen=True, slots=True)
class Doors:
    """What a call reaches outside of itself; tests pass their own."""

    open_service: Callable[[Settings, Path], MemoryService] = lazy.open_service
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


class Call:
    """What a command gets to know and to use."""

    def __init__(self, flags: Mapping[str, Any], doors: Doors, lang: str) -> None:
        self.flags = flags
        self.doors = doors
        self.out = Output(str(flags.get("lang", lang)), as_json=bool(flags.get("as_json")))

    @cached_property
    def home(self) -> Path:
        """The folder with the state of this user."""
        return lazy.home(self.doors.environment)

    @property
    def user_file(self) -> Path:
        """The configuration file of this user, whether it exists or not."""
        return self.home / USER_FILE

    @cached_property
    def project_file(self) -> Path | None:
        """The file given with ``--config``, or the nearest one above the working folder."""
        given = self.flags.get("config_file")
        if given:
            return Path(given)
        here = Path.cwd()
        return next((path for folder in (here, *here.parents) if (path := folder / PROJECT_FILE).is_file()), None)

    @cached_property
    def settings(self) -> Settings:
        """The settings of all layers.

        Raises:
            ConfigurationError: a layer names a setting that does not exist or gives it a wrong value.
        """
        given = dict(self.flags.get("settings", {}))
        if "db" in self.flags:
            given["storage.path"] = self.flags["db"]
        if "server" in self.flags:
            given["client.url"] = self.flags["server"]
        user_file = self.user_file if self.user_file.is_file() else None
        return lazy.read_settings(given, self.doors.environment, self.project_file, user_file)

    @property
    def remote(self) -> bool:
        """Whether a service keeps the memories; a file named by ``--db`` counts more than a setting."""
        return bool(self.settings.client.url) and ("server" in self.flags or "db" not in self.flags)

    def require_here(self) -> None:
        """Refuse a command that works on the files of this computer when a service is meant.

        Raises:
            NotOffered: a service is meant.
        """
        if self.remote:
            raise NotOffered

    @property
    def database(self) -> Path | str:
        """The database file of this call, or ``:memory:``, or the address of the service."""
        if self.remote:
            return self.settings.client.url
        return lazy.database_path(self.settings, self.home)

    @property
    def across_sessions(self) -> bool:
        """Whether reads look beyond the session of the scope."""
        return bool(self.flags.get("allow_cross_session"))

    def scope(self) -> Scope:
        """The scope of the flags, completed by the remembered one.

        Raises:
            InvalidScope: neither names anybody.
        """
        ids = scope_file.merged(scope_file.load(self.home), scope_flags(self.flags))
        if not ids:
            user = self.doors.environment.get("USER") or "me"
            raise InvalidScope(fix=f"fusion-memory use --user {user}")
        return Scope(**ids)

    def reach(self) -> Scope:
        """The scope for what knows no ``allow_cross_session``: without its session when the call may cross it."""
        return self.scope().across_sessions() if self.across_sessions else self.scope()

    @contextmanager
    def memory(self, settings: Settings | None = None) -> Iterator[MemoryService]:
        """The open memory of this call, closed when the block ends."""
        wanted = settings or self.settings
        at_home = not self.remote or wanted.storage.path != self.settings.storage.path
        opened = self.doors.open_service(wanted, self.home) if at_home else self._client(wanted)
        try:
            yield opened
        finally:
            opened.close()

    def _client(self, settings: Settings) -> MemoryService:
        """The memory that a service keeps; its key is in the environment only."""
        return lazy.open_client(settings.client, self.doors.environment.get(API_KEY_VARIABLE, ""))


def with_call(command: Callable[..., None]) -> Callable[..., None]:
    """Hand the :class:`Call` to a command as its first argument."""

    @wraps(command)
    def called(**options: Any) -> None:  # noqa: ANN401 (what click parsed)
        context = click.get_current_context()
        doors = context.obj if isinstance(context.obj, Doors) else Doors()
        command(Call(flags(context), doors, language(context)), **options)

    return called

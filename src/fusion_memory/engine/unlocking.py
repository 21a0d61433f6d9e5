"""Where the key of the database comes from: the environment, a file that only its owner can read, or a command.

The command is for key stores (a keyring, a vault's client): it runs without a shell; its first line is the key.
"""

from __future__ import annotations

import os
import secrets
import shlex
import stat
import subprocess
from pathlib import Path
from typing import Final

from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.settings import StorageSettings

COMMAND_TIMEOUT_S: Final = 30.0
MOST_BYTES: Final = 4_096


def key_of(settings: StorageSettings) -> str | None:
    """The key that the settings name, or None for a database that is not encrypted.

    Raises:
        InvalidSetting: it is named in two ways, or cannot be had.
    """
    ways = [name for name in ("key", "key_file", "key_command") if getattr(settings, name)]
    if len(ways) > 1:
        raise InvalidSetting(
            f"The key of the database is named in {len(ways)} ways.",
            why="One of them would be ignored.",
            fix=f"keep one of {', '.join(f'storage.{name}' for name in ways)}",
        )
    if settings.key_file:
        return key_in(Path(settings.key_file).expanduser())
    if settings.key_command:
        return _key_from(settings.key_command)
    return settings.key or None


def key_in(file: Path) -> str:
    """The key on the first line of a file.

    Raises:
        InvalidSetting: it cannot be read, others may read it, or it is empty.
    """
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(MOST_BYTES)
    except OSError as error:
        raise _unusable(f"The key file {file} cannot be read.", f"{error.strerror}.", "check its path") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _unusable(
            f"The key file {file} can be read by others.",
            "Whoever reads it can read every memory.",
            f"chmod 600 {shlex.quote(str(file))}",
        )
    return _first_line(content, f"The key file {file}")


def make_key_file(file: Path) -> None:
    """Write a new random key of 256 bits into a file that only its owner can read.

    Raises:
        InvalidSetting: there is such a file already, or it cannot be written.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise _unusable(f"The key file {file} cannot be made.", f"{error.strerror}.", "name a new file") from None
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(secrets.token_urlsafe(32) + "\n")
        opened.flush()
        os.fsync(opened.fileno())


def _key_from(command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 (the operator's own command, without a shell)
            shlex.split(command),
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            timeout=COMMAND_TIMEOUT_S,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise _unusable(
            "The command for the key of the database failed.", f"{type(error).__name__}.", "run it yourself"
        ) from None
    return _first_line(done.stdout[:MOST_BYTES], "What the command for the key printed")


def _first_line(content: bytes, what: str) -> str:
    try:
        key = content.decode().split("\n", 1)[0].strip("\r")
    except UnicodeDecodeError:
        raise _unusable(
            f"{what} is no text.", "A key is a line of UTF-8 text.", "put a line of text there"
        ) from None
    if not key:
        raise _unusable(f"{what} is empty.", "A database without a key is not encrypted.", "put a key there")
    return key


def _unusable(what: str, why: str, fix: str) -> InvalidSetting:
    return InvalidSetting(what, why=why, fix=fix)

"""Keep a file that is expensive to make and can be made again: checked when read, replaced as a whole.

The file is a magic word, a SHA-256 of the content, the content. It is written beside its place and
renamed into it, so that two processes making it at once, a crash or a full disk never leave a half
file; what does not match its checksum is made anew. This file knows nothing of what it keeps.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

_MAGIC = b"FMart1\r\n"
_HEADER_BYTES = len(_MAGIC) + hashlib.sha256().digest_size

_log = logging.getLogger(__name__)


def read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a kept file, made and kept when it is missing or damaged.

    A place that cannot be written is no error: the content is then made each time, with a warning.
    """
    content = read(path)
    if content is None:
        content = make()
        _keep(path, content)
    return content


def read(path: Path) -> bytes | None:
    """The content of a kept file, or None when there is no intact one."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content = data[_HEADER_BYTES:]
    if data[:_HEADER_BYTES] == _header(content):
        return content
    _log.warning("%s is damaged and will be made anew", path)
    return None


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        _log.warning("%s cannot be kept: %s", path, error)
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_header(content))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except OSError as error:
        _log.warning("%s cannot be kept: %s", path, error)
        with contextlib.suppress(OSError):
            Path(unfinished).unlink()


def _header(content: bytes) -> bytes:
    return _MAGIC + hashlib.sha256(content).digest()

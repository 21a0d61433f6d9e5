"""Run a piece of a test as a user without rights: tests often run as root, whom no file refuses."""

from __future__ import annotations

import os
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

NOBODY = 65534


@contextmanager
def shared_folder():
    """A folder that everybody may enter and only its owner may change."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555 if os.geteuid() else 0o755)
    try:
        yield folder
    finally:
        folder.chmod(0o755)
        rmtree(folder)


def as_ordinary_user(deed):
    """The name of the error that a deed ends with in a process of an ordinary user, or ''."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking while numpy's threads sleep
        child = os.fork()
    if child == 0:
        name = "undecided"
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            deed()
            name = ""
        except BaseException as error:  # noqa: BLE001 (the child must never return into the test run)
            name = type(error).__name__
        finally:
            os.write(writing, name.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        name = answer.read()
    os.waitpid(child, 0)
    return name

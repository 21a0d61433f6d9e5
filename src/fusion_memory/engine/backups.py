"""The copies in a folder of backups: how many stay.

Only files that carry the name this program gives its copies are ever removed: database name, moment, ending.
"""

from __future__ import annotations

import re
from pathlib import Path

STAMP = re.compile(r"-\d{8}(?:-\d{6}|T\d{6}Z)\Z")


def copies(folder: Path, like: Path) -> list[Path]:
    """The copies in a folder of the kind of one of them, the oldest first; links are none."""
    stem = STAMP.sub("", like.stem)
    return sorted(
        (
            file
            for file in folder.iterdir()
            if file.suffix == like.suffix
            and STAMP.search(file.stem)
            and STAMP.sub("", file.stem) == stem
            and file.is_file()
            and not file.is_symlink()
        ),
        key=lambda file: re.sub(r"\D", "", file.stem.removeprefix(stem)),
    )


def rotate(newest: Path, keep: int) -> int:
    """Keep the latest so many copies beside a new one, itself among them; how many were removed."""
    old = [file for file in copies(newest.parent, newest)[:-keep] if file != newest]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)

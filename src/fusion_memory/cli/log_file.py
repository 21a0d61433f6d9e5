"""Reads a file of captured messages, line by line: JSON Lines, or a text log. Nothing is stored from here.

A line is bounded before it is read whole, and whatever is wrong with one is said with its number.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from fusion_memory.cli.reading import STDIN, json_line
from fusion_memory.core.capture import LogRecord
from fusion_memory.core.errors import InvalidInput, InvalidText, TextTooLong
from fusion_memory.ingestion.screening.records import Source, line_records, record_of

AUTO, JSONL, TEXT = "auto", "jsonl", "text"
FORMS: Final = (AUTO, JSONL, TEXT)
STREAMS: Final = frozenset({".jsonl", ".ndjson"})
_BYTES_PER_CHAR: Final = 6  # "\u4e2d": what one character takes at most, written in JSON
_FIELD_BYTES: Final = 1 << 20  # what may stand beside the text
_BOM: Final = b"\xef\xbb\xbf"

Numbered = tuple[int, bytes]


def records(path: Path, form: str, source: Source, encoding: str = "utf-8") -> Iterator[LogRecord]:
    """The records of a file.

    Args:
        path: the file, or ``-`` for stdin.
        form: one of :data:`FORMS`; ``auto`` goes by the name of the file, then by its first line.
        source: what records do not say themselves.
        encoding: of the text.

    Raises:
        InvalidInput: a line is no record; its number is said.
        InvalidText: a line is no text.
        TextTooLong: a line is longer than one memory may be.
    """
    from_stdin = str(path) == STDIN
    with nullcontext(sys.stdin.buffer) if from_stdin else path.open("rb") as file:
        path = Path("stdin") if from_stdin else path
        lines = _lines(file, path, source.max_chars)
        first = next(((number, line) for number, line in lines if line.strip()), None)
        if first is None:
            return
        lines = chain((first,), lines)
        if form == JSONL or (form == AUTO and _is_json(path, first[1])):
            for number, line in lines:
                if line.strip():
                    yield record_of(
                        json_line(_text(line, number, path, encoding).encode(), number, path), number, source
                    )
        else:
            yield from line_records(
                ((number, _text(line, number, path, encoding)) for number, line in lines), source
            )


def _is_json(path: Path, line: bytes) -> bool:
    return path.suffix.lower() in STREAMS or line.lstrip().startswith(b'{"')


def _lines(file: BinaryIO, path: Path, max_chars: int) -> Iterator[Numbered]:
    most = max_chars * _BYTES_PER_CHAR + _FIELD_BYTES
    number = 0
    while line := file.readline(most + 1):
        number += 1
        if len(line) > most:
            raise TextTooLong(
                f"{path}, line {number:,} has more than {most:,} bytes.",
                why=f"One memory may have {max_chars:,} characters.",
            )
        yield number, line.removeprefix(_BOM) if number == 1 else line


def _text(line: bytes, number: int, path: Path, encoding: str) -> str:
    if b"\x00" in line:
        raise InvalidText(
            f"{path}, line {number:,} contains NUL bytes.",
            why="It is a binary file, or text in UTF-16.",
            fix=f"iconv -f utf-16 -t utf-8 {shlex.quote(str(path))}",
        )
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidText(
            f"{path}, line {number:,} is not {encoding} text: byte {error.start + 1:,} does not fit.",
            why="It is in another encoding, or it is no text.",
            fix=f"fusion-memory ingest-log --encoding gb18030 {shlex.quote(str(path))}",
        ) from None
    except LookupError:
        raise InvalidInput(
            f"There is no encoding {encoding!r}.", fix="use utf-8, gb18030, big5 or latin-1"
        ) from None

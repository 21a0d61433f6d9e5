"""Read what people hand in: texts, files, streams of messages. Nothing is stored from here.

Inputs are bounded before they are read whole, and what is not UTF-8 is refused with its place.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from fusion_memory.core.errors import InvalidInput, InvalidMetadata, InvalidText, TextTooLong
from fusion_memory.text.acceptance import require_text

MOST_BYTES_PER_CHAR = 4
STDIN = "-"


def stdin_text(max_chars: int) -> str:
    """The text on stdin.

    Raises:
        TextTooLong: it is longer than one memory may be; it was not read to its end.
        InvalidText: it is not UTF-8.
    """
    return decoded(_bounded(sys.stdin.buffer, max_chars, "stdin"), "stdin", "utf-8")


def file_text(path: Path, max_chars: int, encoding: str) -> str:
    """The text of a file; see :func:`stdin_text`."""
    with path.open("rb") as file:
        return decoded(_bounded(file, max_chars, str(path)), str(path), encoding)


def decoded(content: bytes, source: str, encoding: str) -> str:
    """The text that bytes mean.

    Raises:
        InvalidText: they mean none, or the encoding is unknown.
    """
    try:
        return content.decode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)
    except UnicodeDecodeError as error:
        raise InvalidText(
            f"{source} is not {encoding} text: byte {error.start:,} does not fit.",
            why="It is in another encoding, or it is no text.",
            fix=f"fusion-memory add --encoding gb18030 --file {shlex.quote(source)}",
        ) from None
    except LookupError:
        raise InvalidInput(
            f"There is no encoding {encoding!r}.", fix="use utf-8, gb18030, big5 or latin-1"
        ) from None


def json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """The JSON values of a file with one per line, with their line numbers; blank lines are skipped.

    Raises:
        InvalidInput: a line is not JSON.
    """
    with sys.stdin.buffer if str(path) == STDIN else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, json_line(line, number, path)


def messages(path: Path, max_chars: int) -> Iterator[Any]:
    """The messages of a JSON Lines file, each one checked.

    Raises:
        InvalidInput: a line is no message; its number is said.
    """
    for number, value in json_lines(path):
        _require_message(value, f"{path}, line {number:,}", max_chars)
        yield value


def metadata(given: str | None) -> Mapping[str, Any] | None:
    """The JSON object of ``--metadata``.

    Raises:
        InvalidMetadata: it is none.
    """
    if given is None:
        return None
    try:
        value = json.loads(given)
    except ValueError as error:
        raise InvalidMetadata(f"--metadata is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise InvalidMetadata("--metadata is not a JSON object.")
    return value


def _bounded(stream: BinaryIO, max_chars: int, source: str) -> bytes:
    most = max_chars * MOST_BYTES_PER_CHAR
    content = stream.read(most + 1)
    if len(content) > most:
        raise TextTooLong(f"{source} has more than {max_chars:,} characters.")
    return content


def json_line(line: bytes, number: int, path: Path) -> Any:  # noqa: ANN401 (any JSON value)
    """The JSON value of one line.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"{path}, line {number:,} is not JSON: {error}.", fix=f"sed -n {number}p {shlex.quote(str(path))}"
        ) from None


def _require_message(value: Any, where: str, max_chars: int) -> None:  # noqa: ANN401 (judged here)
    content = value.get("content", value.get("text")) if isinstance(value, Mapping) else value
    if isinstance(content, str):
        require_text(content, max_chars, where)
    elif not isinstance(content, list):
        raise InvalidInput(f'{where} is no message {{"role": ..., "content": ...}}.')

"""Read JSON and JSON lines so that whatever is wrong is named with its file, its line and its field.

It knows files and fields, and no question set.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fusion_memory.core.errors import DatasetInvalid
from fusion_memory.text.screening import Problem, screen

GZIP = ".gz"


@dataclass(frozen=True, slots=True)
class Entry:
    """One JSON object of a file, and where it stands, for messages."""

    value: Mapping[str, Any]
    where: str

    def text(self, name: str) -> str:
        """The text of a field, made valid Unicode.

        Raises:
            DatasetInvalid: the field is missing, no text, or blank.
        """
        found = self.value.get(name)
        if not isinstance(found, str) or says_nothing(found):
            raise self.expected(name, "a text with a visible character")
        return valid(found)

    def optional_text(self, name: str) -> str | None:
        """The text of a field, None when it is missing, null or without a visible character."""
        found = self.value.get(name)
        return None if found is None or (isinstance(found, str) and says_nothing(found)) else self.text(name)

    def texts(self, name: str) -> list[str]:
        """The texts of a list; empty when the field is missing or null.

        Raises:
            DatasetInvalid: it is no list of texts.
        """
        found = self.value.get(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self.expected(name, "a list of texts")
        return found

    def items(self, name: str) -> list[Any]:
        """The list of a field.

        Raises:
            DatasetInvalid: it is no list.
        """
        found = self.value.get(name)
        if not isinstance(found, list):
            raise self.expected(name, "a list")
        return found

    def entries(self, name: str) -> list[Entry]:
        """The objects of a list.

        Raises:
            DatasetInvalid: it is no list of objects.
        """
        found = self.items(name)
        if not all(isinstance(item, Mapping) for item in found):
            raise self.expected(name, "a list of objects")
        return [Entry(item, f"{self.where}, {name}[{place}]") for place, item in enumerate(found)]

    def entry(self, name: str) -> Entry:
        """The object of a field.

        Raises:
            DatasetInvalid: it is no object.
        """
        found = self.value.get(name)
        if not isinstance(found, Mapping):
            raise self.expected(name, "an object")
        return Entry(found, f"{self.where}, {name}")

    def time(self, name: str, *layouts: str) -> datetime | None:
        """The time of a field in one of the ``strptime`` layouts, or ISO 8601 without any; None when missing.

        Raises:
            DatasetInvalid: it is there and cannot be read.
        """
        found = self.optional_text(name)
        if found is None:
            return None
        moment = read_time(found, *layouts)
        if moment is None:
            raise self.expected(name, f"a time like {example_time(*layouts)!r}")
        return moment

    def expected(self, name: str, what: str) -> DatasetInvalid:
        """The error for a field that is not what it should be."""
        if name not in self.value:
            return invalid(self.where, f"{name!r} is missing; it should be {what}.")
        return invalid(self.where, f"{name!r} should be {what}, not {shown(self.value[name])}.")


def invalid(where: str, what: str, *, fix: str | None = None) -> DatasetInvalid:
    """The error for something at a place."""
    return DatasetInvalid(f"{where}: {what}", fix=fix)


def shown(value: object) -> str:
    """A value as a message quotes it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"


def says_nothing(text: str) -> bool:
    """Whether a text has no visible character: published sets have turns of a single zero-width space."""
    return screen(text, len(text)) is Problem.EMPTY


def valid(text: str) -> str:
    """The text with what cannot be stored verbatim (NUL, lone surrogates) replaced by U+FFFD."""
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_time(text: str, *layouts: str) -> datetime | None:
    """The moment of a text in one of the layouts (ISO 8601 without any), in UTC; None when it is none."""
    for layout in layouts or (None,):
        try:
            moment = datetime.fromisoformat(text) if layout is None else datetime.strptime(text, layout)  # noqa: DTZ007 (the zone is set below)
        except ValueError:
            continue
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return None


def example_time(*layouts: str) -> str:
    """What a time of these layouts looks like."""
    moment = datetime(2024, 3, 9, 14, 30, tzinfo=UTC)
    return moment.strftime(layouts[0]) if layouts else moment.replace(tzinfo=None).isoformat()


def json_file(path: Path) -> Any:  # noqa: ANN401 (any JSON value)
    """The JSON value of a file, gzipped or not.

    Raises:
        DatasetInvalid: the file is missing, no text, or no JSON.
    """
    try:
        return json.loads(_content(path))
    except json.JSONDecodeError as error:
        raise invalid(f"{path}, line {error.lineno}", f"it is not JSON: {error.msg}.") from None


def json_list(path: Path) -> list[Entry]:
    """The objects of a file that holds one JSON list.

    Raises:
        DatasetInvalid: it does not.
    """
    found = json_file(path)
    if not isinstance(found, list):
        raise invalid(str(path), f"expected one JSON list of objects, found {shown(found)}.")
    for place, item in enumerate(found):
        if not isinstance(item, Mapping):
            raise invalid(f"{path}, entry {place}", f"expected an object, found {shown(item)}.")
    return [Entry(item, f"{path}, entry {place}") for place, item in enumerate(found)]


def json_lines(path: Path) -> Iterator[Entry]:
    """The objects of a JSON lines file, gzipped or not; blank lines are passed over.

    Raises:
        DatasetInvalid: a line is no JSON object.
    """
    for number, line in enumerate(_content(path).split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            raise invalid(where, f"it is not JSON: {error.msg}.") from None
        if not isinstance(found, Mapping):
            raise invalid(where, f"expected an object, found {shown(found)}.")
        yield Entry(found, where)


def _content(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == GZIP else raw).decode("utf-8-sig")
    except FileNotFoundError:
        raise DatasetInvalid(f"There is no file {path}.", fix="check the path") from None
    except UnicodeDecodeError as error:
        raise invalid(str(path), f"it is not UTF-8 text (byte {error.start}).") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise invalid(str(path), f"it is not a whole gzip file: {error}.") from None
    except OSError as error:
        raise invalid(str(path), f"it cannot be read: {error.strerror or error}.", fix="check the path") from None

"""One JSON form for every record: what the command line prints, the service answers and the client reads.

Field names are the records' own, times are ISO 8601 texts, enums are their values, tuples are lists. A value of a
union of records carries no tag: the names of its fields tell which it is. Numbers that JSON lacks are the texts
``NaN``, ``Infinity`` and ``-Infinity``. Reading goes by type hints and is exact: what comes back equals what was
written. Fields that a reader does not know are passed over and those with a default may be missing, so that a
client and a service need not be of one version. This file must not know any record.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Json = Any
"""What :func:`json.dumps` accepts: None, booleans, numbers, texts, lists, and dictionaries with text keys."""

PLAIN = frozenset({str, int, bool, NoneType})
NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

Record = TypeVar("Record")
Reader = Callable[[Json], Any]
Writer = Callable[[Any], Json]

_READERS: dict[Any, Reader] = {}
_WRITERS: dict[type, Writer] = {}


class Mismatch(ValueError):
    """A JSON value is not of the form that was expected; the message names the place: ``hits[2].said_at``."""

    def __init__(self, expected: str, found: object, place: str = "") -> None:
        self.expected = expected
        self.found = found
        self.place = place
        super().__init__(f"{place or 'the value'} is no {expected} but {_name_of(found)}")

    def within(self, place: str) -> Mismatch:
        """The same, seen from one level above."""
        rest = self.place if not self.place or self.place.startswith("[") else "." + self.place
        return Mismatch(self.expected, self.found, place + rest)


def encode(value: object) -> Json:
    """The JSON form of a record, or of a list or mapping of records.

    Raises:
        TypeError: the value, or something in it, has no JSON form.
    """
    return _writer(type(value))(value)


def decode(kind: type[Record] | Any, value: Json) -> Record:  # noqa: ANN401 (a type hint of any form)
    """Read a value from its JSON form.

    Args:
        kind: the type hint to read by: a record, ``tuple[Fact, ...]``, ``Event | Fact``, ``Mapping[str, int]`` ...
        value: as :func:`json.loads` gives it.

    Raises:
        Mismatch: the value is not of this form.
        TypeError: the hint is of no kind that has a JSON form.
    """
    found: Record = _reader(kind)(value)
    return found


# Writing goes by the values' own types; what a hint says to be plain is not looked at again.


def _same(value: object) -> Json:
    return value


def _number(value: float) -> Json:
    return (
        value
        if math.isfinite(value)
        else next(word for word, one in NOT_FINITE.items() if repr(one) == repr(value))
    )


def _listed(values: Iterable[object]) -> Json:
    return [_writer(type(value))(value) for value in values]


def _mapped(values: Mapping[object, object]) -> Json:
    return {str(key): _writer(type(value))(value) for key, value in values.items()}


def _writer(kind: type) -> Writer:
    """What writes values of exactly this type; each type gets its writer once."""
    if kind not in _WRITERS:
        _WRITERS[kind] = _new_writer(kind)
    return _WRITERS[kind]


def _new_writer(kind: Any) -> Writer:  # noqa: ANN401 (a type)
    if kind in PLAIN:
        return _same
    if is_dataclass(kind):
        return _record_writer(kind)
    known: tuple[tuple[type, Writer], ...] = (
        (Enum, lambda value: value.value),
        (float, _number),
        (datetime, datetime.isoformat),
        (Mapping, _mapped),
        (str, str),
        (int, int),
    )
    for base, writer in known:
        if issubclass(kind, base):
            return writer
    if issubclass(kind, list | tuple):
        return _listed
    if hasattr(kind, "__fspath__"):
        return str
    raise TypeError(f"a {kind.__name__} has no JSON form")


def _record_writer(kind: Any) -> Writer:  # noqa: ANN401 (a record's type)
    hints = get_type_hints(kind)
    names = [item.name for item in fields(kind)]
    deep = [name for name in names if not _plain(hints[name])]
    if len(names) < 2:
        return lambda record: {name: encode(getattr(record, name)) for name in names}
    values_of = attrgetter(*names)

    def write(record: object) -> Json:
        found = dict(zip(names, values_of(record), strict=True))
        for name in deep:
            value = found[name]
            found[name] = _writer(type(value))(value)
        return found

    return write


def _plain(hint: Any) -> bool:  # noqa: ANN401 (a type hint)
    return hint in PLAIN or (get_origin(hint) in {Union, UnionType} and all(map(_plain, get_args(hint))))


# Reading goes by hints.


def _reader(hint: Any) -> Reader:  # noqa: ANN401 (a type hint)
    """What reads values of this hint; each gets its reader once."""
    if hint not in _READERS:
        _READERS[hint] = _new_reader(hint)
    return _READERS[hint]


def _new_reader(hint: Any) -> Reader:  # noqa: ANN401 (a type hint)
    """What reads values of this hint.

    Raises:
        TypeError: there is no JSON form of it.
    """
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, type) and get_origin(hint) is None:
        return _class_reader(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in LISTS:
        return _list_reader(inner[0], LISTS[origin]) if len(inner) == 1 or inner[1] is ... else _row_reader(inner)
    if origin in COMPOSED:
        return COMPOSED[origin](inner)
    raise TypeError(f"{hint} has no JSON form")


def _class_reader(kind: Any) -> Reader:  # noqa: ANN401 (a class)
    if is_dataclass(kind):
        return _record_reader(kind)
    if issubclass(kind, Enum):
        return _enum_reader(kind)
    raise TypeError(f"a {kind.__name__} has no JSON form")


def _read_number(value: Json) -> float:
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Mismatch("number", value)
    return float(value)


def _read_whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Mismatch("whole number", value)
    return value


def _read_text(value: Json) -> str:
    if not isinstance(value, str):
        raise Mismatch("text", value)
    return value


def _read_truth(value: Json) -> bool:
    if not isinstance(value, bool):
        raise Mismatch("true or false", value)
    return value


def _read_nothing(value: Json) -> None:
    if value is not None:
        raise Mismatch("null", value)


def _read_time(value: Json) -> datetime:
    try:
        return datetime.fromisoformat(_read_text(value))
    except ValueError:
        raise Mismatch("time of ISO 8601", value) from None


def _read_object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise Mismatch("object", value)
    return value


SIMPLE: dict[Any, Reader] = {
    Any: _same,
    object: _same,
    str: _read_text,
    bool: _read_truth,
    int: _read_whole,
    float: _read_number,
    NoneType: _read_nothing,
    None: _read_nothing,
    datetime: _read_time,
}


def _record_reader(kind: Any) -> Reader:  # noqa: ANN401 (a record's type)
    hints = get_type_hints(kind)
    readers = [(item.name, _later(hints[item.name]), _required(item)) for item in fields(kind) if item.init]
    word = kind.__name__

    def read(value: Json) -> object:
        if not isinstance(value, dict):
            raise Mismatch(word, value)
        given: dict[str, Any] = {}
        for name, reader, required in readers:
            if name in value:
                try:
                    given[name] = reader(value[name])
                except Mismatch as error:
                    raise error.within(name) from None
            elif required:
                raise Mismatch(f"{word}, which has the field {name!r},", value)
        return kind(**given)

    return read


def _later(hint: Any) -> Reader:  # noqa: ANN401 (a type hint)
    """The reader of a hint; of a record it is looked up when it is used, for records that hold their own kind."""
    if not is_dataclass(hint):
        return _reader(hint)
    return lambda value: _reader(hint)(value)  # noqa: PLW0108 (looked up late)


def _required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _enum_reader(kind: type[Enum]) -> Reader:
    by_value = {member.value: member for member in kind}

    def read(value: Json) -> Enum:
        found = by_value.get(value) if isinstance(value, str | int) else None
        if found is None:
            raise Mismatch(f"{kind.__name__} ({', '.join(map(str, by_value))})", value)
        return found

    return read


def _choice_reader(choices: tuple[Any, ...]) -> Reader:
    def read(value: Json) -> Json:
        if value not in choices:
            raise Mismatch(f"one of {', '.join(map(repr, choices))}", value)
        return value

    return read


def _list_reader(inner: Any, make: Callable[[list[Any]], Any]) -> Reader:  # noqa: ANN401 (a type hint)
    reader = _later(inner)

    def read(value: Json) -> object:
        if not isinstance(value, list):
            raise Mismatch("list", value)
        try:
            return make([reader(one) for one in value])
        except Mismatch:
            return make([_placed(reader, one, f"[{place}]") for place, one in enumerate(value)])

    return read


def _row_reader(inner: tuple[Any, ...]) -> Reader:
    readers = [_later(one) for one in inner]

    def read(value: Json) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(readers):
            raise Mismatch(f"list of {len(readers)}", value)
        pairs = enumerate(zip(readers, value, strict=True))
        return tuple(_placed(reader, one, f"[{place}]") for place, (reader, one) in pairs)

    return read


def _mapping_reader(inner: tuple[Any, ...]) -> Reader:
    if inner[1] is Any:
        return _read_object
    reader = _later(inner[1])
    return lambda value: {key: _placed(reader, one, key) for key, one in _read_object(value).items()}


def _placed(reader: Reader, value: Json, place: str) -> Any:  # noqa: ANN401 (whatever is read)
    try:
        return reader(value)
    except Mismatch as error:
        raise error.within(place) from None


def _union_reader(members: tuple[Any, ...]) -> Reader:
    """A reader that tries what is narrow before what is wide; records are told apart by the names of their fields.

    A text stays a text where the hint allows both a text and a time.
    """
    records = [one for one in members if is_dataclass(one)]
    others = [one for one in members if one not in records and one is not NoneType]
    others.sort(key=lambda one: (str in members and one is datetime, one in {float, Any, object}))
    readers = [_reader(one) for one in others]
    nullable = NoneType in members

    def read(value: Json) -> Any:  # noqa: ANN401 (one of the members)
        if value is None and nullable:
            return None
        if records and isinstance(value, dict):
            return _reader(_fitting(records, value))(value)
        problem = Mismatch(" or ".join(_hint_name(one) for one in members), value)
        for reader in readers:
            try:
                return reader(value)
            except Mismatch as error:
                problem = error if len(readers) == 1 else problem
        raise problem

    return read


def _fitting(records: list[Any], value: dict[str, Json]) -> Any:  # noqa: ANN401 (a record's type)
    """The record whose fields these are: the fewest are missing, and of what is there the fewest are foreign."""
    if len(records) == 1:
        return records[0]
    names = {kind: {item.name for item in fields(kind)} for kind in records}
    return min(records, key=lambda kind: len(names[kind] ^ value.keys()))


def _hint_name(hint: Any) -> str:  # noqa: ANN401 (a type hint)
    return str(getattr(hint, "__name__", hint))


def _name_of(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


LISTS: dict[Any, Callable[[list[Any]], Any]] = {tuple: tuple, list: list, Sequence: tuple, Iterable: tuple}
COMPOSED: dict[Any, Callable[[tuple[Any, ...]], Reader]] = {
    Union: _union_reader,
    UnionType: _union_reader,
    Literal: _choice_reader,
    Mapping: _mapping_reader,
    dict: _mapping_reader,
}

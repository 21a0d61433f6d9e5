"""The JSON form: every record that the public face speaks of comes back from it as it was."""

import inspect
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.knowledge import Entity, Fact
from fusion_memory.core.records import Event, Span, Trace
from fusion_memory.core.reports import TaskReport
from fusion_memory.core.scope import Scope
from fusion_memory.core.wire import Mismatch, decode, encode

PLACES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 30), timezones=PLACES)  # noqa: DTZ001 (hypothesis adds the zone)
TEXTS = st.text(max_size=8)
PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2))
NUMBERS = st.floats(allow_nan=False)
SIMPLE = {
    str: TEXTS,
    int: st.integers(),
    bool: st.booleans(),
    float: NUMBERS,
    datetime: TIMES,
    NoneType: st.none(),
    Scope: st.builds(Scope, user_id=st.text("ab中", min_size=1), session_id=st.none() | st.just("s")),
    Any: JSON,
    object: JSON,
}


def calls() -> dict[str, Any]:
    return {
        name: call for name, call in inspect.getmembers(MemoryApi, inspect.isfunction) if not name.startswith("_")
    }


def records_in(hint: Any, found: set[type]) -> set[type]:
    if is_dataclass(hint) and hint not in found:
        found.add(hint)
        for inner in get_type_hints(hint).values():
            records_in(inner, found)
    for inner in get_args(hint):
        records_in(inner, found)
    return found


RECORDS = sorted(
    {
        record
        for call in calls().values()
        for hint in get_type_hints(call).values()
        for record in records_in(hint, set())
    },
    key=lambda record: record.__name__,
)


def values(hint: Any) -> st.SearchStrategy[Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if hint in SIMPLE:
        return SIMPLE[hint]
    if origin in {Union, UnionType}:
        members = [one for one in inner if not (one is datetime and str in inner)]
        return st.one_of([values(one) for one in members])
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.deferred(
            lambda: st.builds(hint, **{item.name: values(hints[item.name]) for item in fields(hint)})
        )
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if origin is tuple:
        if inner[-1] is ...:
            return st.lists(values(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(values, inner))
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(TEXTS, values(inner[1]), max_size=2)
    raise AssertionError(hint)


def through_text(kind: Any, value: Any) -> Any:
    written = json.dumps(encode(value), ensure_ascii=False, allow_nan=False)
    return decode(kind, json.loads(written))


def test_the_public_face_speaks_of_many_records() -> None:
    names = {record.__name__ for record in RECORDS}
    assert {"SearchResult", "Answer", "Event", "StoredPack", "EntityGraph", "ScreeningReport", "Told"} <= names
    assert len(names) > 50


@pytest.mark.parametrize(
    "record", [one for one in RECORDS if one.__name__ != "Scope"], ids=lambda one: one.__name__
)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_every_record_comes_back_as_it_was(record: type, data: st.DataObject) -> None:
    value = data.draw(values(record))
    back = through_text(record, value)
    assert back == value
    assert type(back) is record
    for item in fields(record):
        assert type(getattr(back, item.name)) is type(getattr(value, item.name))


@pytest.mark.parametrize("name", calls())
def test_the_answer_of_every_call_can_be_read(name: str) -> None:
    hint = get_type_hints(calls()[name])["return"]
    kind = get_args(hint)[0] if "Iterator" in str(hint) else hint
    with pytest.raises((Mismatch, TypeError)) as failing:
        decode(kind, b"no JSON value at all")
    assert failing.type is Mismatch


@given(st.one_of([values(kind) for kind in (Event, Span, Trace, Fact, Entity)]))
@settings(max_examples=50, deadline=None)
def test_what_a_union_holds_is_known_by_its_fields(found: Any) -> None:
    assert through_text(Event | Span | Trace | Fact | Entity, found) == found


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_that_json_lacks_come_back(number: float) -> None:
    assert repr(through_text(float, number)) == repr(number)
    assert repr(through_text(Mapping[str, float], {"gain": number})["gain"]) == repr(number)


@dataclass(frozen=True, slots=True)
class Branch:
    word: str
    mode: Literal["raw", "summary"] = "raw"
    inner: tuple["Branch", ...] = ()
    place: tuple[int, float] | None = None


def test_records_of_their_own_kind_and_rows_come_back() -> None:
    value = Branch("a", "summary", (Branch("b", place=(1, 2.0)), Branch("c")))
    assert through_text(Branch, value) == value


def test_another_version_may_know_more_or_fewer_fields() -> None:
    assert decode(Branch, {"word": "a", "colour": "blue"}) == Branch("a")
    assert decode(Branch, {"word": "a", "inner": [{"word": "b"}]}) == Branch("a", inner=(Branch("b"),))


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (Branch, {"word": "a", "inner": [{"word": "b"}, {"word": 3}]}, "inner[1].word is no text but 3"),
        (Branch, {}, "the value is no Branch, which has the field 'word', but {}"),
        (Branch, {"word": "a", "place": [1]}, "place is no list of 2 but [1]"),
        (Branch, {"word": "a", "mode": "loud"}, "mode is no one of 'raw', 'summary' but 'loud'"),
        (Mapping[str, int], {"a": {"b": 1}}, "a is no whole number but {'b': 1}"),
        (tuple[datetime, ...], ["2026-02-30"], "[0] is no time of ISO 8601 but '2026-02-30'"),
        (int, True, "the value is no whole number but True"),
        (str | None, 4, "the value is no text but 4"),
    ],
)
def test_a_value_of_another_form_is_refused_with_its_place(kind: Any, value: Any, told: str) -> None:
    with pytest.raises(Mismatch) as failing:
        decode(kind, value)
    assert str(failing.value) == told


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="a object has no JSON form"):
        encode({"a": object()})
    with pytest.raises(TypeError, match="no JSON form"):
        decode(complex, "1j")


def test_a_whole_number_is_a_number() -> None:
    back = decode(TaskReport | float, 3)
    assert back == 3.0
    assert isinstance(back, float)

"""What a person said about memories, as JSON objects of an export and back; every field is judged on the way in."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fusion_memory.core.clock import parse_time, to_ms
from fusion_memory.core.errors import InvalidInput, InvalidTime
from fusion_memory.core.knowledge import Claim, EntityKind, FactType, Granularity, Polarity, TimeMention, TimeRole
from fusion_memory.core.utility import Feedback
from fusion_memory.memory.by_hand import Kept, KeptCore, KeptLink, KeptName, KeptTelling, KeptValue
from fusion_memory.memory.tellings import Place

LONGEST: int = 1_000_000
TELLING, NAME, LINK, VALUE, CORE = "telling", "name", "name_link", "profile_value", "core_fact"
FEEDBACK = "feedback"
KINDS = (TELLING, NAME, LINK, VALUE, CORE, FEEDBACK)


def as_record(one: Kept) -> dict[str, Any]:
    """One thing as a JSON object, without its scope."""
    match one:
        case KeptTelling():
            return {"type": TELLING, **_telling(one)}
        case KeptName():
            return {"type": NAME, "id": one.id, "name": one.name, "kind": one.kind.value, "by_hand": one.by_hand}
        case KeptLink():
            told = {"name": one.name, "into": one.into, "apart": one.apart, "reason": one.reason}
            return {"type": LINK, **told, "recorded_at": one.at.isoformat()}
        case KeptValue():
            return {"type": VALUE, "key": one.key, "value": json.loads(one.value), "updated_at": one.at.isoformat()}
        case Feedback():
            told = {"memory_id": one.memory_id, "useful": one.useful, "said_at": one.at.isoformat()}
            return {"type": FEEDBACK, **told, "trace_id": one.trace_id, "features": list(one.features)}
        case KeptCore():
            since = one.promoted_at.isoformat()
            return {"type": CORE, "fact_id": one.fact_id, "importance": one.importance, "promoted_at": since}


def read(record: Mapping[str, Any]) -> Kept:
    """The thing that a JSON object tells.

    Raises:
        InvalidInput: a field is missing or cannot be.
    """
    try:
        return _READERS[record["type"]](record)
    except (KeyError, TypeError, ValueError, OverflowError, InvalidTime) as error:
        raise InvalidInput(
            f"A line of the export cannot be read: {error!r}.",
            why=f"It is not a {record.get('type')} as export writes it.",
            fix="export again; importing it again is safe",
        ) from None


def _telling(one: KeptTelling) -> dict[str, Any]:
    claim, when = one.claim, one.claim.when
    return {
        "memory_id": one.event_id,
        "said_at": one.said_at.isoformat(),
        "recorded_at": one.recorded_at.isoformat(),
        "retracted_at": one.retracted_at.isoformat() if one.retracted_at else None,
        "held": one.held,
        "corrects": one.place.corrects if one.place else None,
        "starts_at": one.place.starts_at if one.place else None,
        "asserted_at": one.place.asserted_at if one.place else None,
        "claim": {
            "type": claim.type.value,
            "subject": claim.subject,
            "predicate": claim.predicate,
            "object": claim.object,
            "text": claim.text,
            "first": claim.first,
            "last": claim.last,
            "polarity": claim.polarity.value,
            "slot": claim.slot,
            "confidence": claim.confidence,
            "importance": claim.importance,
            "previous": claim.previous,
            "ends": claim.ends,
            "method": claim.method,
            "rule": claim.rule,
        },
        "when": {
            "start": when.start.isoformat(),
            "end": when.end.isoformat(),
            "granularity": when.granularity.value,
            "role": when.role.value,
            "words": when.words,
            "first": when.first,
            "last": when.last,
            "certain": when.certain,
            "recurrence": when.recurrence,
        }
        if when
        else None,
    }


def _read_telling(record: Mapping[str, Any]) -> KeptTelling:
    corrects, taken_back = record["corrects"], record["retracted_at"]
    if corrects is None and taken_back is None:
        raise ValueError("neither a correction nor taken back")
    place = None
    if corrects is not None:
        place = Place(_text(corrects), _whole(record["starts_at"]), _whole(record["asserted_at"]))
    return KeptTelling(
        event_id=_text(record["memory_id"]),
        claim=_claim(record["claim"], record["when"]),
        said_at=_time(record["said_at"]),
        recorded_at=_time(record["recorded_at"]),
        held=_flag(record["held"]),
        place=place,
        retracted_at=None if taken_back is None else _time(taken_back),
    )


def _claim(told: Mapping[str, Any], when: Mapping[str, Any] | None) -> Claim:
    first, last = _offsets(told)
    return Claim(
        type=FactType(told["type"]),
        subject=_text(told["subject"]),
        predicate=_text(told["predicate"]),
        object=_text(told["object"]),
        text=_text(told["text"]),
        first=first,
        last=last,
        polarity=Polarity(told["polarity"]),
        slot=None if told["slot"] is None else _text(told["slot"]),
        confidence=_share(told["confidence"]),
        importance=_share(told["importance"]),
        when=_when(when) if when is not None else None,
        previous=None if told["previous"] is None else _text(told["previous"]),
        ends=_flag(told["ends"]),
        method=_text(told["method"]),
        rule=_text(told["rule"], empty=True),
    )


def _when(told: Mapping[str, Any]) -> TimeMention:
    first, last = _offsets(told)
    start, end = _time(told["start"]), _time(told["end"])
    if end < start:
        raise ValueError("a time that ends before it begins")
    return TimeMention(
        start=start,
        end=end,
        granularity=Granularity(told["granularity"]),
        role=TimeRole(told["role"]),
        words=_text(told["words"], empty=True),
        first=first,
        last=last,
        certain=_flag(told["certain"]),
        recurrence=None if told["recurrence"] is None else _text(told["recurrence"]),
    )


def _read_name(record: Mapping[str, Any]) -> KeptName:
    id_ = _text(record["id"])
    if not id_.startswith("ent_") or len(id_) != len("ent_") + 26:
        raise ValueError(id_)
    return KeptName(id_, _text(record["name"]), EntityKind(record["kind"]), _flag(record["by_hand"]))


def _read_link(record: Mapping[str, Any]) -> KeptLink:
    names = _text(record["name"]), _text(record["into"])
    return KeptLink(*names, _flag(record["apart"]), _text(record["reason"]), _time(record["recorded_at"]))


def _read_value(record: Mapping[str, Any]) -> KeptValue:
    value = json.dumps(record["value"], ensure_ascii=False, allow_nan=False, sort_keys=True)
    return KeptValue(_text(record["key"]), value, _time(record["updated_at"]))


def _read_core(record: Mapping[str, Any]) -> KeptCore:
    return KeptCore(_text(record["fact_id"]), _share(record["importance"]), _time(record["promoted_at"]))


def _read_feedback(record: Mapping[str, Any]) -> Feedback:
    search, features = record["trace_id"], record["features"]
    if not isinstance(features, list) or not all(_is_number(one) for one in features):
        raise TypeError("features that are no numbers")
    return Feedback(
        memory_id=_text(record["memory_id"]),
        useful=_flag(record["useful"]),
        at=_time(record["said_at"]),
        trace_id=None if search is None else _text(search),
        features=tuple(map(float, features)),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: object, *, empty: bool = False) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or not (value.strip() or empty):
        raise TypeError(f"{type(value).__name__} where a text was expected")
    value.encode()  # a lone surrogate cannot be stored
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
        raise TypeError(f"{value!r} where a whole number was expected")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} where true or false was expected")
    return value


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{value!r} where a number from 0 to 1 was expected")
    return float(value)


def _offsets(told: Mapping[str, Any]) -> tuple[int, int]:
    first, last = _whole(told["first"]), _whole(told["last"])
    if not 0 <= first <= last:
        raise ValueError("offsets that do not follow each other")
    return first, last


def _time(text: object) -> datetime:
    moment = parse_time(_text(text))
    if moment is None:
        raise ValueError(text)
    to_ms(moment)
    return moment


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Kept]] = {
    TELLING: _read_telling,
    NAME: _read_name,
    LINK: _read_link,
    VALUE: _read_value,
    CORE: _read_core,
    FEEDBACK: _read_feedback,
}

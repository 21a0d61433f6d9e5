"""What people say, a chat server that knows what follows from it and tells it wrongly in every way, by seed.

Nothing here knows databases: :mod:`second_reading_law` judges what became of it all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from threading import Lock

from fusion_memory import Scope
from fusion_memory.testing import chat_server as server
from fusion_memory.testing.chat_server import Answer, Request

MARKS = ("Quorva", "Zintel", "Brellow", "Omdara", "Fexley", "Julpin", "Wrenda", "Tovask")
"""A word of each owner that nobody else ever says."""

CITIES = ("Lisbon", "Porto", "Oslo", "Turin")
PRIVATE = "passphrase"
SLOWEST_S = 0.04


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it is said, with what a perfect model would say about it."""

    scope: Scope
    message: dict[str, object]
    facts: tuple[dict[str, object], ...] = ()


def owners(count: int) -> list[Scope]:
    """So many owners, each with a mark of his own."""
    return [Scope(user_id=mark.lower()) for mark in MARKS[:count]]


def mark_of(scope: Scope) -> str:
    """The word that only this owner says."""
    return str(scope.user_id).capitalize()


def lines(rng: Random, scope: Scope, count: int) -> Iterator[Line]:
    """What is said in an owner's conversations."""
    mark = mark_of(scope)
    for number in range(count):
        kind = rng.choice(
            ("bought", "bought", "lives", "chinese", "assistant", "by_name", "document", "private", "small")
        )
        said, facts = _SAID[kind](mark, f"{number}{rng.randrange(10, 99)}", rng.choice(CITIES))
        message = {"role": "user", "speaker": mark, **said}
        if message["role"] != "user":
            message.pop("speaker")
        session = f"day {number // 7}" if rng.random() < 0.9 else None
        yield Line(Scope(user_id=scope.user_id, session_id=session), message, tuple(facts))


def _fact(subject: str, predicate: str, value: str, quote: str, **other: object) -> dict[str, object]:
    told = {
        "message": 1,
        "type": "fact",
        "subject": subject,
        "predicate": predicate,
        "object": value,
        "quote": quote,
    }
    return told | {"text": f"{subject} {predicate.replace('_', ' ')} {value}", "confidence": 0.9, **other}


def _bought(mark, number, city):
    quote = f"I bought {number} tins of {mark} tea"
    other = f"my neighbour owns {number} {mark} boats"
    said = f"{quote} in {city}, and {other}."
    return {"content": said}, [
        _fact("user", "bought", f"{number} tins of {mark} tea", quote),
        _fact("neighbour", "owns", f"{number} {mark} boats", other, importance=0.1),
    ]


def _lives(mark, number, city):
    quote = f"I live in {city}"
    return {"content": f"{quote} now, near the {mark} bridge {number}."}, [
        _fact("user", "lives_in", city, quote, slot="residence", confidence=0.95),
        _fact("user", "lives_in", city, quote, slot="residence"),
    ]


def _chinese(mark, number, _city):
    quote = f"我买了{number}盒{mark}茶"
    return {"content": f"昨天{quote},很好喝。"}, [
        _fact("user", "bought", f"{number}盒{mark}茶", quote, when="昨天")
    ]


def _assistant(mark, number, _city):
    quote = f"you love {mark} cake number {number}"
    return {"role": "assistant", "content": f"I see that {quote}."}, [_fact("user", "likes", f"{mark} cake", quote)]


def _by_name(mark, number, city):
    quote = f"{mark} moved to {city}"
    said = {"role": "assistant", "content": f"Noted: {quote} with {number} boxes."}
    return said, [_fact(mark, "lives_in", city, quote, slot="residence")]


def _document(mark, number, city):
    quote = f"The {mark} bridge stands in {city}"
    said = {"kind": "document", "content": f"{quote}. Built of {number} stones."}
    return said, [_fact(f"{mark} bridge", "located_in", city, quote), _fact("user", "likes", city, quote)]


def _private(mark, number, _city):
    words = f"my {PRIVATE} is {mark}{number}"
    return {"content": f"Please don't remember that {words}."}, [_fact("user", "has_passphrase", mark, words)]


def _small(mark, number, _city):
    return {"content": f"Good morning! {mark} {number}?"}, []


_SAID: dict[str, Callable[[str, str, str], tuple[dict[str, object], list[dict[str, object]]]]] = {
    "bought": _bought,
    "lives": _lives,
    "chinese": _chinese,
    "assistant": _assistant,
    "by_name": _by_name,
    "document": _document,
    "private": _private,
    "small": _small,
}


@dataclass
class FaultyModel:
    """The script of a chat server: tells what follows from what it is shown, and with some chance tells it wrongly.

    Args:
        seed: of its luck.
        known: what it knows.
        health: the share of replies that are right; the others are drawn from :data:`FAULTS`.
        meanwhile: called at every request, while the product waits.
    """

    seed: int
    known: Sequence[dict[str, object]] = ()
    health: float = 0.45
    meanwhile: Callable[[], None] = lambda: None
    asked: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    drawn: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)
    _cuts: int = 0

    def __post_init__(self) -> None:
        self._rng = Random(self.seed)

    def __call__(self, request: Request) -> Answer:
        """The answer to a request."""
        user = request["messages"][-1]["content"]
        told = [fact for fact in self.known if str(fact["quote"]) in user]
        with self._lock:
            self.asked.append(user)
            self.sent |= {str(fact["quote"]) for fact in self.known}
            sound = self._rng.random() < self.health
            name = "sound" if sound else self._rng.choice(sorted(FAULTS))
            self.drawn[name] += 1
            self._cuts += 1
            answer = server.facts(*told) if sound else FAULTS[name](Random(self._rng.random()), self._cuts, told)
        self.meanwhile()
        return answer


def text_of(told: Sequence[dict[str, object]]) -> str:
    """The reply of a perfect model."""
    return json.dumps({"facts": list(told)}, ensure_ascii=False)


def _spoilt(rng: Random, told: Sequence[dict[str, object]]) -> Answer:
    """Entries whose fields are of any type and any size."""
    odd = [None, True, 7, -1, 1e300, [], {}, "", "x" * 9_000, ["a"], "\ud800", "a\x00b", "我" * 50, {"a": [None]}]
    spoilt = [
        {name: rng.choice(odd) if rng.random() < 0.3 else value for name, value in fact.items()} for fact in told
    ]
    entries = [*spoilt, rng.choice(odd), [told], 3]
    body = {"choices": [{"message": {"content": json.dumps({"facts": entries})}, "finish_reason": "stop"}]}
    return Answer(json.dumps(body).encode())


def _made_up(rng: Random, told: Sequence[dict[str, object]]) -> Answer:
    """Quotes that nobody said, objects that are not in them, foreign subjects and messages."""
    changes: list[dict[str, object]] = [
        {"quote": "I never said this at all"},
        {"object": "a castle in Spain"},
        {"object": "999 tins of tea"},
        {"subject": rng.choice(MARKS)},
        {"message": rng.choice([0, 2, 99, "last"])},
        {"text": "The user is a secret agent of 1987."},
        {"quote": "", "text": "Trust me."},
        {"polarity": "negative"},
        {"ends": True},
        {"type": rng.choice(["preference", "gibberish", None, "任务"])},
        {"previous": "Atlantis"},
    ]
    return server.facts(*({**fact, **rng.choice(changes)} for fact in told), *told)


def _odd_body(rng: Random, told: Sequence[dict[str, object]]) -> Answer:
    """Answers of a wrong form around the reply."""
    text = text_of(told)
    message = {"role": "assistant", "content": text}
    bodies: list[object] = [
        [1, 2],
        "text",
        {"choices": []},
        {"choices": None},
        {"choices": [{"message": {"content": 7}}]},
        {"choices": [{"message": {"content": [{"type": "text", "text": text}]}}]},
        {"choices": [{"message": message, "finish_reason": 5}], "model": "m\ud800\x00" * 400},
        {"choices": [{"message": message}], "usage": {"prompt_tokens": 10**60, "completion_tokens": "many"}},
        {"choices": [{"message": message}], "usage": [1], "model": ["m"]},
    ]
    return Answer(json.dumps(rng.choice(bodies)).encode())


def _wrapped(rng: Random, told: Sequence[dict[str, object]]) -> Answer:
    """The right reply inside other things."""
    text = text_of(told)
    forms = (f"```json\n{text}\n```", f"<think>{{</think>{text}", f"Sure [1]:\n{text}\nBye!", f"{text}\n{text}")
    return server.says(rng.choice(forms))


def _cut(_rng: Random, cut: int, told: Sequence[dict[str, object]]) -> Answer:
    text = text_of(told)
    return (server.cut_text if cut % 2 else server.out_of_tokens)(text, cut * 7 % (len(text.encode()) + 1))


def _broken_off(rng: Random, cut: int, told: Sequence[dict[str, object]]) -> Answer:
    whole = server.facts(*told)
    return rng.choice((server.stops, server.resets))(whole, cut * 11 % (len(whole.body) + 1))


FAULTS: dict[str, Callable[[Random, int, Sequence[dict[str, object]]], Answer]] = {
    "reset": lambda rng, cut, told: server.resets(server.facts(*told), 0),
    "broken off": _broken_off,
    "hang": lambda rng, cut, told: server.hangs(),
    "hang in the middle": lambda rng, cut, told: server.hangs(server.facts(*told), rng.randrange(1, 40)),
    "cut": _cut,
    "cut again": _cut,
    "cut once more": _cut,
    "slow": lambda rng, cut, told: server.slow(server.facts(*told), SLOWEST_S),
    "drip": lambda rng, cut, told: server.drips(server.facts(*told), 0.0005),
    "prose": lambda rng, cut, told: server.prose(),
    "huge list": lambda rng, cut, told: server.huge_list(3_000),
    "not utf-8": lambda rng, cut, told: server.not_utf8(),
    "empty": lambda rng, cut, told: server.empty(),
    "nothing": lambda rng, cut, told: server.says(rng.choice(["", "{}", "null", '{"facts": null}', "[]"])),
    "busy": lambda rng, cut, told: server.busy(rng.choice([None, "0", "9999", "soon"])),
    "broken": lambda rng, cut, told: server.broken(rng.choice([500, 502, 503, 529])),
    "refused": lambda rng, cut, told: server.refuses("This model cannot do that.", rng.choice([400, 413, 422])),
    "no such": lambda rng, cut, told: server.refuses("Who?", rng.choice([401, 403, 404])),
    "twice": lambda rng, cut, told: server.facts(*told, *told, *told),
    "spoilt": lambda rng, cut, told: _spoilt(rng, told),
    "made up": lambda rng, cut, told: _made_up(rng, told),
    "made up more": lambda rng, cut, told: _made_up(rng, told),
    "odd body": lambda rng, cut, told: _odd_body(rng, told),
    "wrapped": lambda rng, cut, told: _wrapped(rng, told),
    "deep": lambda rng, cut, told: server.says(rng.choice(["[" * 50_000, '{"a":' * 20_000, "<fact>" * 5_000])),
}


def unsound(answer: Answer) -> Answer:
    """The same answer with bytes that are no text in the middle."""
    middle = len(answer.body) // 2
    return replace(answer, body=answer.body[:middle] + b"\xff\xfe" + answer.body[middle + 2 :])

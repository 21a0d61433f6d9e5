"""Erase subjects, then read every file as bytes: nothing of what they said may be anywhere, in any spelling.

Each subject's texts carry a mark that nobody else says, in words, in Chinese, and as an embedding. After the
erasure every file beside the database is searched for the marks in UTF-8, UTF-16, base64 and hex, and for the
vectors in float16 and float32. Those who stay keep everything. This file must not know how anything is erased.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np

from fusion_memory.core.once import KeptResponse, OnceTerms
from fusion_memory.core.policy import Expiry
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.embedder import HashingEmbedder

DIMENSION = 64
WORKSPACE = "acme"
HAN = "鑫淼焱垚犇骉羴猋飝麤毳晶磊森焚琴瑟琵琶珊瑚"


@dataclass(slots=True)
class Report:
    """What a campaign of erasures found."""

    seed: int
    erased: int = 0
    kept: int = 0
    bytes_read: int = 0
    needles: int = 0
    found: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was left, nothing was lost, and every receipt holds."""
        return not (self.found or self.missing or self.unproven)

    def __str__(self) -> str:
        return (
            f"erasures: {self.erased} subjects erased, {self.kept} kept (seed {self.seed}); "
            f"{self.needles:,} needles in {self.bytes_read:,} bytes: {len(self.found)} found; "
            f"{len(self.missing)} of the kept lost, {len(self.unproven)} receipts not valid"
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody with a mark of their own."""

    mark: str
    han: str

    @property
    def scope(self) -> Scope:
        """Where they are kept; the mark is in the name, too."""
        return Scope(workspace_id=WORKSPACE, user_id=f"user-{self.mark}", session_id=f"day-{self.mark}")

    @property
    def whole(self) -> Scope:
        """All of their memory."""
        return self.scope.across_sessions()

    @property
    def texts(self) -> list[str]:
        """What they say."""
        return [
            f"I moved to {self.mark} in May.",
            f"My sister {self.mark.capitalize()} loves {self.mark} tea.",
            f"我住在{self.han},喜欢{self.han}茶。",
            f"Please remind me of {self.mark} tomorrow at noon, {self.mark.upper()}!",
        ]


Erase = Callable[[MemoryService, Subject], str | None]
"""Erases a subject and tells the id of the receipt, if there is one."""


def run(folder: Path, *, subjects: int = 12, seed: int = 1, erase: Erase | None = None) -> Report:
    """Let subjects speak, erase two of three in one of three ways, and look for them in every file.

    Args:
        folder: an empty folder for the files.
        subjects: how many are erased.
        seed: decides the marks.
        erase: another way to erase; it may plant a fault.
    """
    rng, report = Random(seed), Report(seed)  # noqa: S311 (not a secret)
    people = [_subject(rng) for _ in range(subjects + subjects // 2)]
    embedder = HashingEmbedder(DIMENSION)
    with MemoryService(folder / "memory.db", embedder=embedder, llm=None, reranker=None) as memory:
        for number, person in enumerate(people):
            _live(memory, person)
            if number % 2 == 0:
                _be_served(memory, person)
        gone, staying = people[:subjects], people[subjects:]
        for number, person in enumerate(gone):
            receipt = (erase or _WAYS[number % len(_WAYS)])(memory, person)
            if receipt is None or not memory.verify_receipt(receipt, Scope(workspace_id="*")).valid:
                report.unproven.append(person.mark)
        report.found += _left(folder, gone, embedder, report)
        report.missing += [person.mark for person in staying if not _is_whole(memory, person)]
    report.found += _left(folder, gone, embedder, report)
    report.erased, report.kept = len(gone), len(staying)
    return report


def _live(memory: MemoryService, person: Subject) -> None:
    """Speak, and use whatever derives something from it."""
    memory.add([{"content": text, "speaker": person.mark} for text in person.texts], person.scope)
    memory.add({"content": person.texts[0], "id": person.mark}, person.whole, metadata={"tag": person.mark})
    memory.update_user_profile(person.whole, {"nickname": person.mark})
    memory.search(f"Where is {person.mark}?", person.whole)
    memory.answer_context(f"Who loves {person.han}?", person.whole)
    memory.core_memory(person.whole)
    memory.condense(person.scope)
    memory.save_session(person.scope)
    memory.set_policy(person.whole, {"ttl_days": 90})
    memory.feedback(memory.search(person.mark, person.whole)[0].id, True, person.whole)


def _be_served(memory: MemoryService, person: Subject) -> None:
    """Have a key and a job, and a request whose answer is kept for whoever sends it again."""
    memory.create_key(person.whole, f"the laptop of {person.mark}", ["read"])
    memory.submit_job("rebuild", person.whole)
    begun = memory.begin_once(f"{person.mark} {person.han}", person.mark.encode(), OnceTerms("here", 60, 86_400))
    response = KeptResponse(201, person.texts[0].encode(), {"Location": f"/users/{person.mark}"})
    memory.finish_once(f"{person.mark} {person.han}", begun.ticket, response, {person.whole})


def _everything(memory: MemoryService, person: Subject) -> str | None:
    memory.forget_subject(person.whole, dry_run=True)
    return memory.forget_subject(person.whole).receipt


def _by_ids(memory: MemoryService, person: Subject) -> str | None:
    ids = [event.id for event in memory.memories(person.whole, limit=1_000).items]
    memory.forget(person.whole, ids[::2])
    memory.forget(person.whole, ids[1::2])
    return memory.forget_subject(person.whole).receipt


def _by_policy(memory: MemoryService, person: Subject) -> str | None:
    memory.set_policy(person.whole, {"ttl_days": 1, "expiry": Expiry.ERASE.value})
    planned = memory.preview_policy(person.whole, at="2100-01-01")
    done = memory.apply_policy(person.whole, at=planned.at, digest=planned.digest)
    memory.forget_subject(person.whole)
    return done.receipts[0] if done.receipts else None


_WAYS: tuple[Erase, ...] = (_everything, _by_ids, _by_policy)


def _subject(rng: Random) -> Subject:
    mark = "".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(6))
    return Subject(mark, "".join(rng.choice(HAN) for _ in range(6)))


def _left(folder: Path, gone: list[Subject], embedder: HashingEmbedder, report: Report) -> list[str]:
    """What is left of the erased in any file, by subject, spelling and file."""
    needles = [(f"{one.mark} as {how}", needle) for one in gone for how, needle in _needles(one, embedder)]
    files = {file.name: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
    folded = {name: content.lower() for name, content in files.items()}
    report.needles, report.bytes_read = len(needles), report.bytes_read + sum(map(len, files.values()))
    texts = [(what, needle) for what, needle in needles if not what.endswith("exactly")]
    exact = [(what, needle) for what, needle in needles if what.endswith("exactly")]
    looks = ((folded, texts), (files, exact))
    return [
        f"{what} in {name}"
        for held, wanted in looks
        for name, content in held.items()
        for what, needle in wanted
        if needle in content
    ]


def _needles(person: Subject, embedder: HashingEmbedder) -> Iterator[tuple[str, bytes]]:
    """The spellings of a subject; those told ``exactly`` are compared as they are, others whatever their case."""
    for word in (person.mark, person.han):
        plain = word.encode()
        yield "UTF-8", plain
        yield "UTF-16-LE", word.encode("utf-16-le")
        yield "UTF-16-BE", word.encode("utf-16-be")
        yield "hex", plain.hex().encode()
        yield "JSON", word.encode("unicode_escape")
        for shift in range(3):  # base64 depends on where a text begins, at its ends on what is beside
            core = base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4]
            yield f"base64 at {shift} exactly", core
    for vector in embedder.embed_passages(person.texts):
        for width in (np.float32, np.float16):
            yield f"{np.dtype(width).name} exactly", vector.astype(width).tobytes()[:64]


def _is_whole(memory: MemoryService, person: Subject) -> bool:
    """Whether somebody who stays has everything."""
    texts = {event.content for event in memory.memories(person.whole, limit=1_000).items}
    found = memory.search(person.mark, person.whole, recipe="keyword")
    return set(person.texts) <= texts and len(found) > 0 and bool(memory.get_user_profile(person.whole))

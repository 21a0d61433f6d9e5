"""Erasing erases: after a scrub no byte of what was said is left in any file of the database."""

from __future__ import annotations

import random

import numpy as np
import pytest
from storage_rows import DIMENSION, Said, erase, found, new_owner, new_space, raw, say, unit

from fusion_memory.core.errors import DatabaseLocked


def everything_on_disk(folder):
    return b"".join(file.read_bytes() for file in folder.iterdir())


def test_no_byte_of_the_erased_is_left(database, path):
    rng = random.Random(3)
    words = [f"secret{rng.randrange(10**9)}" for _ in range(300)]
    with database.write() as tx:
        owner, space = new_owner(tx), new_space(tx)
        spans = []
        for start in range(0, 300, 50):
            spans += say(
                database,
                tx,
                owner,
                *(
                    Said([word, "common", "密", "码"], content=f"{word} " * rng.randrange(1, 900), session=word)
                    for word in words[start : start + 50]
                ),
            )
        rows = unit(np.random.default_rng(1).standard_normal((300, DIMENSION)))
        database.vectors.put(tx, space, spans, rows)
    gone, kept = list(range(0, 300, 3)), [n for n in range(300) if n % 3]
    assert words[0].encode() in everything_on_disk(path.parent)
    with database.write() as tx:
        erase(database, tx, [spans[n] for n in gone])
    database.scrub()
    left = everything_on_disk(path.parent)
    assert [words[n] for n in gone if words[n].encode() in left] == []
    assert [n for n in gone if rows[n].astype(np.float16).tobytes() in left] == []
    assert all(words[n].encode() in left for n in kept)
    assert all(found(database, owner, words[n]) for n in kept)
    assert not any(found(database, owner, words[n]) for n in gone)
    assert database.check() == []


def test_erasing_everything_leaves_no_text(database, path):
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(
            database, tx, owner, *(Said([f"word{n}x"], content="洩密 confidential " * 300) for n in range(99))
        )
    with database.write() as tx:
        erase(database, tx, spans)
    database.scrub()
    left = everything_on_disk(path.parent)
    for text in ("confidential", "洩密", "word7x"):
        assert text.encode() not in left


def test_a_scrub_waits_for_readers_and_says_when_it_cannot(opened):
    database = opened(busy_timeout_s=0.05)
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(database, tx, owner, "hello")
    with database.read() as tx:
        raw(tx, "SELECT count(*) FROM spans")
        with database.write() as writing:
            erase(database, writing, spans)
        with pytest.raises(DatabaseLocked, match="still in the journal"):
            database.scrub()
    database.scrub()


def test_a_scrub_of_memory_is_nothing(opened):
    opened(":memory:").scrub()

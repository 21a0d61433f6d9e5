"""Erase subjects and read every file as bytes; a fault that is planted is found."""

from __future__ import annotations

import pytest

from fusion_memory.memory import subjects
from fusion_memory.storage.sqlite import connection, database, scrubbing, transaction
from fusion_memory.testing import erasures

pytestmark = pytest.mark.campaign
FAULTS = [
    "no scrub",
    "no secure delete",
    "a table forgotten",
    "a label forgotten",
    "an answer forgotten",
    "only said to be erased",
]
SKIPPED = {"a label forgotten": "subject_keys", "an answer forgotten": "once_erase"}


def test_nothing_of_the_erased_is_in_any_file(tmp_path, full):
    report = erasures.run(tmp_path, subjects=200 if full else 9, seed=5)
    print(report)
    assert report.sound, (str(report), report.found[:5], report.missing[:5], report.unproven[:5])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(tmp_path, monkeypatch, fault):
    erase = None
    if fault == "no scrub":
        monkeypatch.setattr(database.SqliteDatabase, "scrub", lambda self: None)
    if fault == "no secure delete":
        sound = connection.settle

        def careless(opened, synchronous):
            sound(opened, synchronous)
            opened.pragma("secure_delete", False)

        monkeypatch.setattr(database, "settle", careless)
    if fault == "a table forgotten":
        kept = {name: text for name, text in subjects.BY_OWNER.items() if name != "profile_values"}
        monkeypatch.setattr(subjects, "BY_OWNER", kept)
        monkeypatch.setattr("fusion_memory.memory.profile_values.erase_all", lambda tx, access: 0)
        monkeypatch.setattr(subjects, "remove", lambda tx, access: None)
    if skipped := SKIPPED.get(fault):
        run = transaction.SqliteTransaction.run

        def forgetful(tx, statement, /, **parameters):
            return 0 if statement == skipped else run(tx, statement, **parameters)

        monkeypatch.setattr(transaction.SqliteTransaction, "run", forgetful)
    if fault == "only said to be erased":

        def erase(memory, person):
            return memory.forget_subject(person.whole, dry_run=True).receipt

    report = erasures.run(tmp_path, subjects=3, seed=6, erase=erase)
    assert report.found, fault


def test_pages_left_as_they_are_are_found(tmp_path, monkeypatch):
    """Whether a word stays behind depends on where SQLite balances its trees; so several lives are tried."""
    monkeypatch.setattr(scrubbing, "_clean_file", lambda vfs, path: True)
    for seed in range(8, 40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        if erasures.run(folder, subjects=20, seed=seed).found:
            return
    pytest.fail("no word stayed behind")

"""Copies taken while others write are good, each; a fault that is planted is found."""

from __future__ import annotations

import shutil

import pytest

from fusion_memory.testing import live_backups

pytestmark = pytest.mark.campaign


def test_copies_taken_while_writing_are_good(tmp_path, full):
    report = live_backups.run(tmp_path, backups=50 if full else 4, seed=3)
    print(report)
    assert report.sound, (str(report), report.wrong[:5])


def copied_without_the_journal(memory, target):
    """A copy of the file as it stands, without what is in the journal: a common mistake."""
    shutil.copyfile(memory._parts.database.path, target)


def an_old_copy(memory, target):
    """The first copy again and again."""
    first = target.with_name("first.db")
    if not first.exists():
        memory.backup(first)
    shutil.copyfile(first, target)


@pytest.mark.parametrize("fault", [copied_without_the_journal, an_old_copy])
def test_a_planted_fault_is_found(tmp_path, fault):
    report = live_backups.run(tmp_path, backups=4, seed=4, backup=fault)
    assert not report.sound
    assert report.wrong

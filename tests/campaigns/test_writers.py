"""Many processes write at once: nobody hears of a lock, nothing is lost; planted faults are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fusion_memory.testing import writers

pytestmark = pytest.mark.campaign

PLANTED = Path(__file__).with_name("planted_writers.py")


def test_writers_wait_for_their_turn_and_lose_nothing(tmp_path, full):
    report = writers.run(tmp_path, writers=16 if full else 4, seconds=120 if full else 5)
    print(report)
    assert report.sound, report
    assert report.writes > report.writers


@pytest.mark.parametrize(("fault", "damage"), [("impatient", "errors"), ("forgetful", "lost")])
def test_a_planted_fault_is_found(tmp_path, fault, damage):
    report = writers.run(tmp_path, writers=4, seconds=3, writer=(sys.executable, str(PLANTED), fault))
    print(f"{fault}: {report}")
    assert getattr(report, damage)

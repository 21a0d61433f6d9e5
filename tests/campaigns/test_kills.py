"""SIGKILL loses nothing that was acknowledged and leaves nothing half-written; planted faults are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fusion_memory.testing import kills

pytestmark = pytest.mark.campaign

PLANTED = Path(__file__).with_name("planted.py")


def test_kills_lose_nothing(tmp_path, full):
    report = kills.run(tmp_path, kills=300 if full else 10, seed=1)
    print(report)
    assert report.verdict.sound, report.verdict
    assert report.acknowledged > report.kills


@pytest.mark.parametrize(("fault", "damage"), [("early", "lost"), ("split", "half_written")])
def test_a_planted_fault_is_found(tmp_path, fault, damage):
    nursery = (sys.executable, str(PLANTED), fault)
    report = kills.run(tmp_path, kills=40, seed=2, nursery=nursery, stop_at_damage=True)
    print(f"{fault}: {report}")
    assert getattr(report.verdict, damage)

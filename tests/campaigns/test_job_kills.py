"""SIGKILLs of server and workers lose no message and no job and double none; planted faults are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("httpx2")

from fusion_memory.testing import job_kills

pytestmark = pytest.mark.campaign

PLANTED = Path(__file__).with_name("planted_jobs.py")


def test_kills_of_server_and_workers_lose_and_double_nothing(tmp_path, full):
    report = job_kills.run(tmp_path, kills=300 if full else 8, seed=1)
    print(report)
    assert report.sound, report
    assert report.messages > 0
    assert report.jobs > 0


@pytest.mark.parametrize(("fault", "damage"), [("finish_first", "lost"), ("count_first", "doubled")])
def test_a_planted_fault_is_found(tmp_path, fault, damage):
    for seed in range(2, 7):  # a kill must come between two steps: sooner or later one does
        (tmp_path / str(seed)).mkdir()
        nursery = (sys.executable, str(PLANTED), fault)
        report = job_kills.run(tmp_path / str(seed), kills=20, seed=seed, nursery=nursery)
        print(f"{fault}: {report}")
        if getattr(report, damage):
            return
    pytest.fail(f"{fault} was not found")

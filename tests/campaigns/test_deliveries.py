"""Messages that are delivered again and again are stored once, also when the service is killed meanwhile."""

from __future__ import annotations

import pytest

from fusion_memory.testing import deliveries

pytest.importorskip("httpx2")
pytestmark = pytest.mark.campaign


def test_each_message_is_stored_once(tmp_path, full):
    report = deliveries.run(tmp_path, messages=2_000 if full else 24, restarts=3 if full else 1, seed=1)
    print(report)
    assert report.sound, report


def test_a_service_that_takes_every_delivery_for_new_is_caught(tmp_path):
    report = deliveries.run(tmp_path, messages=8, times=3, restarts=0, seed=2, prelude=deliveries.FAULT)
    print(report)
    assert report.stored == 24
    assert report.doubled == 8
    assert report.answers == 8
    assert not report.sound

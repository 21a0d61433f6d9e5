"""Power cuts lose nothing that was acknowledged and leave nothing half-written; planted faults are found."""

from __future__ import annotations

from random import Random

import pytest
from planted import commit_replaced, split_transaction

from fusion_memory import MemoryService, Scope
from fusion_memory.testing import power
from fusion_memory.testing.volatile_disk import Survival, VolatileDisk
from fusion_memory.testing.watched_files import watched

pytestmark = pytest.mark.campaign

ANA = Scope(user_id="ana")
SEEDS = (20260101, 7)


def test_power_cuts_lose_nothing(tmp_path, full):
    for seed in SEEDS if full else SEEDS[:1]:
        report = power.run(tmp_path / str(seed), cuts=250 if full else 25, seed=seed)
        print(report)
        assert report.verdict.sound, report.verdict
        assert report.acknowledged > report.cuts


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_relaxed_syncing_is_found(tmp_path, full, synchronous):
    cuts = 100 if full else 16
    report = power.run(tmp_path, cuts=cuts, seed=3, synchronous=synchronous, stop_at_damage=not full)
    print(f"synchronous={synchronous}:", report)
    assert report.verdict.lost


def test_a_split_transaction_is_found(tmp_path, full):
    with commit_replaced(split_transaction):
        report = power.run(tmp_path, cuts=100 if full else 24, seed=4, stop_at_damage=not full)
    print("split transaction:", report)
    assert report.verdict.half_written


def test_what_was_erased_stays_erased(tmp_path):
    disk = VolatileDisk()
    with watched(power.PoweredDisk(disk, 10**9)) as vfs, power.files_by(vfs):
        memory = MemoryService(tmp_path / "memory.db", embedder=None)
        [key] = memory.add("The secret phrase is xyzzy-4471.", ANA).ids
        memory.forget(ANA, [key])
        after = outcomes(disk)
        memory.close()
    assert [name for files in after for name, content in files if b"xyzzy-4471" in content] == []


def outcomes(disk: VolatileDisk, survival: Survival | None = None) -> set[tuple[tuple[str, bytes], ...]]:
    return {tuple(sorted(disk.after_cut(Random(n), survival).items())) for n in range(300)}


def test_synced_bytes_survive_and_others_may_not():
    disk = VolatileDisk()
    disk.create("a")
    disk.write("a", 0, b"old")
    disk.sync("a")
    assert (("a", b"old"),) in outcomes(disk)
    assert () in outcomes(disk), "the name of a new file is not durable before its folder is synced"
    disk.sync_folder()
    disk.write("a", 0, b"new")
    assert outcomes(disk) == {(("a", b"old"),), (("a", b"new"),)}
    disk.sync("a")
    assert outcomes(disk) == {(("a", b"new"),)}


def test_writes_are_torn_and_reordered():
    disk = VolatileDisk({"a": bytes(1024)})
    disk.write("a", 0, b"x" * 1024)
    disk.write("a", 1024, b"y")
    seen = {files[0][1] for files in outcomes(disk)}
    assert b"x" * 512 + bytes(512) in seen, "torn at a sector"
    assert bytes(1024) + b"y" in seen, "a later write without an earlier one"
    assert {b"x" * 1024 + b"y", bytes(1024)} <= seen


def test_deletions_and_lengths_are_volatile():
    disk = VolatileDisk({"a": b"12345678", "b": b""})
    disk.truncate("a", 4)
    disk.delete("b")
    assert outcomes(disk) >= {(("a", b"1234"), ("b", b"")), (("a", b"12345678"),), (("a", b"1234"),)}
    disk.sync("a")
    disk.sync_folder()
    assert outcomes(disk) == {(("a", b"1234"),)}

"""A kept file is whole or absent, whatever happens while it is made."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fusion_memory.models.artifact import read, read_or_make

CONTENT = bytes(range(256)) * 4_000


def never() -> bytes:
    raise AssertionError("it was made again")


def test_it_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "model.onnx"
    assert read_or_make(path, lambda: CONTENT) == CONTENT
    assert read_or_make(path, never) == CONTENT
    assert [file.name for file in path.parent.iterdir()] == ["model.onnx"]


@pytest.mark.parametrize("at", [0, 9, 45, -1])
def test_a_flipped_byte_is_noticed(tmp_path: Path, at: int, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "model.onnx"
    read_or_make(path, lambda: CONTENT)
    damaged = bytearray(path.read_bytes())
    damaged[at] ^= 1
    path.write_bytes(damaged)
    assert read(path) is None
    assert "damaged" in caplog.text
    assert read_or_make(path, lambda: CONTENT) == CONTENT
    assert read(path) == CONTENT


@pytest.mark.parametrize("kept_bytes", [0, 5, 39, 40, 5_000])
def test_a_cut_file_is_noticed(tmp_path: Path, kept_bytes: int) -> None:
    path = tmp_path / "model.onnx"
    read_or_make(path, lambda: CONTENT)
    path.write_bytes(path.read_bytes()[:kept_bytes])
    assert read_or_make(path, lambda: CONTENT) == CONTENT
    assert read(path) == CONTENT


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert read_or_make(blocked / "model.onnx", lambda: CONTENT) == CONTENT
    assert "cannot be kept" in caplog.text


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fusion_memory.models.artifact.os.fsync", full)
    assert read_or_make(tmp_path / "model.onnx", lambda: CONTENT) == CONTENT
    assert list(tmp_path.iterdir()) == []


def test_makers_at_once_all_have_it(tmp_path: Path) -> None:
    path, ready = tmp_path / "model.onnx", threading.Barrier(3)

    def make() -> bytes:
        ready.wait(10)  # each found nothing and started making
        return CONTENT

    with ThreadPoolExecutor(3) as makers:
        assert [done.result() for done in [makers.submit(read_or_make, path, make) for _ in range(3)]] == [
            CONTENT
        ] * 3
    assert read(path) == CONTENT
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]

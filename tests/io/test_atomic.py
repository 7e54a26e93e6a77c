"""Atomic writing: the old file or the new one, never something between."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from remy.errors import DataError
from remy.io import atomic


def test_a_new_file_holds_what_was_written(tmp_path: Path) -> None:
    atomic.write_bytes(tmp_path / "a", b"one")
    atomic.write_bytes(tmp_path / "b", [b"one", bytearray(b"two"), memoryview(b"three")])
    atomic.write_text(tmp_path / "c", "žluť\n")
    assert (tmp_path / "a").read_bytes() == b"one"
    assert (tmp_path / "b").read_bytes() == b"onetwothree"
    assert (tmp_path / "c").read_bytes() == "žluť\n".encode()


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a"
    atomic.write_bytes(path, b"old")
    atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


def test_the_mode_is_that_of_an_ordinary_file(tmp_path: Path) -> None:
    (tmp_path / "ordinary").write_bytes(b"")
    atomic.write_bytes(tmp_path / "ours", b"")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ordinary", "ours")}
    assert len(modes) == 1


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    atomic.write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("failing", ["open", "fsync", "replace"])
def test_a_failing_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, failing, fail)
    with pytest.raises(DataError) as caught:
        atomic.write_bytes(path, b"new")
    monkeypatch.undo()
    assert str(caught.value) == f"cannot write {path}: No space left on device; nothing was changed."
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_an_interruption_while_writing_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"half of the new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        atomic.write_bytes(path, pieces())
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_missing_folder_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot write .*: No such file or directory; nothing was changed"):
        atomic.write_bytes(tmp_path / "nowhere" / "a", b"")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match="Not a directory"):
        atomic.write_bytes(tmp_path / "file" / "a", b"")


def test_a_real_limit_on_the_size_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    code = (
        "import resource, sys\n"
        "from remy.io.atomic import write_bytes\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "write_bytes(sys.argv[1], [b'x' * 65536] * 4)\n"
    )
    result = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
    assert "DataError: cannot write" in result.stderr
    assert "File too large" in result.stderr
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    size = 1 << 20
    code = (
        "import itertools, sys\n"
        "from remy.io.atomic import write_bytes\n"
        f"write_bytes(sys.argv[1], b'0' * {size})\n"
        "print('ready', flush=True)\n"
        "for k in itertools.cycle(b'123456789'):\n"
        f"    write_bytes(sys.argv[1], bytes([k]) * {size})\n"
    )
    for delay in (0.003, 0.011, 0.017, 0.023):
        writer = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
        with writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
        data = path.read_bytes()
        assert len(data) == size
        assert len(set(data)) == 1

"""Files that are there whole or not at all.

The bytes go to a temporary file in the same directory, are synced to the disk, and only then take the name. A
full disk, a crash or ``kill -9`` at any moment leaves the file that was there before.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from remy.errors import DataError

Buffer = bytes | bytearray | memoryview


def write_bytes(path: str | Path, data: Buffer | Iterable[Buffer]) -> None:
    """Write `data` to `path`, replacing a file of that name in one step.

    Parameters
    ----------
    path
        The file to write. Its directory must exist. Through a symbolic link the file it names is replaced.
    data
        The content, or pieces of it in order (so that a large file needs no second copy in memory).

    Raises
    ------
    DataError
        If the directory is missing or read-only, or the disk is full. What was at `path` before is untouched.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> write_bytes(folder / "a.bin", b"abc")
    >>> (folder / "a.bin").read_bytes()
    b'abc'
    """
    target = Path(os.path.realpath(path))
    pieces = (data,) if isinstance(data, bytes | bytearray | memoryview) else data
    temporary = target.parent / f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        # Not tempfile.mkstemp: that forces mode 0600 and the file would stay unreadable for others.
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666
        )
        try:
            with os.fdopen(descriptor, "wb") as stream:
                _fill(stream, pieces)
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror or error}; nothing was changed.") from error
    # The new file is whole and in place already; some file systems cannot sync a folder.
    with contextlib.suppress(OSError):
        sync_directory(target.parent)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` to `path` as UTF-8 with LF line ends, replacing a file of that name in one step.

    Raises
    ------
    DataError
        As :func:`write_bytes`.
    """
    write_bytes(path, text.encode("utf-8"))


def sync_directory(folder: Path) -> None:
    """Make a finished rename in `folder` survive a power cut; Windows has no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(stream: BinaryIO, pieces: Iterable[Buffer]) -> None:
    for piece in pieces:
        stream.write(piece)
    stream.flush()
    os.fsync(stream.fileno())

"""The lines of a text file, one at a time, each fault with its line number."""

from __future__ import annotations

import codecs
import gzip
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from remy.data.text import decode_text
from remy.errors import DataError

_GZIP = b"\x1f\x8b"
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_AFTER_LONE_RETURN = re.compile(r"(?<=\r)(?!\n)(?=.)", re.DOTALL)


class Lines:
    r"""The lines of a UTF-8 file with their line ends, without the byte-order mark.

    LF, CRLF and lone CR end a line. A file that was packed with gzip is unpacked, whatever its name. A
    regular file is read anew by every iteration; standard input and pipes can be read once.

    Parameters
    ----------
    location
        The path of a file, or ``-`` for standard input.

    Raises
    ------
    DataError
        When the lines are taken: if the file is missing, a directory, unreadable, empty, binary, damaged or
        not UTF-8, or if it is a pipe and was read before.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    >>> list(Lines(path))
    ['one\r\n', 'two']
    """

    def __init__(self, location: str | Path) -> None:
        self.location = str(location)
        self.name = display_name(location)
        self.repeatable = self.location != "-" and not _is_pipe(self.location)
        self._peeked: list[str] = []
        self._stream = _decoded(self.location, self.name)
        self._used = False

    def __iter__(self) -> Iterator[str]:
        if self.repeatable:
            yield from _decoded(self.location, self.name)
            return
        if self._used:
            raise DataError(f"{self.name}: can be read only once; keep the records in a list.")
        self._used = True
        peeked, self._peeked = self._peeked, []
        yield from peeked
        yield from self._stream

    def peek(self) -> Iterator[str]:
        """Return the lines from the first one without using them up; take as few as will do."""
        if self.repeatable:
            yield from self
            return
        yield from tuple(self._peeked)
        for line in self._stream:
            self._peeked.append(line)
            yield line


def display_name(location: str | Path) -> str:
    """Return what errors call `location`."""
    return "standard input" if str(location) == "-" else str(location)


def unreadable(name: str, error: Exception) -> DataError:
    """Return the error that says why the file `name` could not be opened."""
    if isinstance(error, FileNotFoundError):
        return DataError(f"{name}: no such file.")
    if isinstance(error, IsADirectoryError):
        return DataError(f"{name}: expected a file, got a directory.")
    return DataError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}.")


def _is_pipe(location: str) -> bool:
    try:
        path = Path(location)
        return path.exists() and not path.is_file() and not path.is_dir()
    except (OSError, ValueError):
        return False


def _decoded(location: str, name: str) -> Iterator[str]:
    number = 0
    for raw in _raw_lines(location, name):
        text = _decode(raw, number + 1, name)
        if number == 0:
            text = text.removeprefix("\ufeff")
            if not text:
                continue
        if text.count("\r") > text.endswith("\r\n"):
            pieces: Iterable[str] = _AFTER_LONE_RETURN.split(text)
        else:
            pieces = (text,)
        for piece in pieces:
            number += 1
            yield piece
    if number == 0:
        raise DataError(f"{name}: the file is empty.")


def _raw_lines(location: str, name: str) -> Iterator[bytes]:
    if location == "-":
        yield from sys.stdin.buffer
        return
    try:
        with open(location, "rb") as stream:
            if stream.peek(len(_GZIP))[: len(_GZIP)] == _GZIP:
                with gzip.GzipFile(fileobj=stream) as unpacked:
                    yield from unpacked
            else:
                yield from stream
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{name}: the gzip file is damaged or cut off: {error}.") from error
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from error


def _decode(raw: bytes, number: int, name: str) -> str:
    if number == 1 and raw.startswith(_WIDE_MARKS):
        decode_text(raw, name)  # refuses UTF-16 and UTF-32 by name
    if number == 1 and raw.startswith(_GZIP):
        raise DataError(f"{name}: expected text, got gzip; unpack it with `gunzip -c`.")
    if b"\0" in raw:
        raise DataError(f"{name}:{number}: expected a text file, got a binary one (a zero byte).")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name}:{number}: not UTF-8: byte 0x{raw[error.start]:02x} at byte {error.start + 1} of the "
            "line; convert the file to UTF-8."
        ) from None

"""Reading a text file, with one clear sentence for every way it can be unusable."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

from remy.errors import DataError

_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_text(path: str | Path) -> str:
    r"""Return the text of a UTF-8 file, without a byte-order mark and with LF line ends.

    Parameters
    ----------
    path
        A file, or ``-`` for standard input. CRLF and lone CR line ends become LF.

    Raises
    ------
    DataError
        If the file is missing, a directory, unreadable, empty, binary (it holds a zero byte) or not UTF-8.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    >>> read_text(path)
    'one\ntwo\n'
    """
    name = "standard input" if str(path) == "-" else str(path)
    return decode_text(_read_bytes(path, name), name)


def decode_text(data: bytes, name: str) -> str:
    """Return the text that `data` holds; `name` says in errors where it came from.

    Raises
    ------
    DataError
        If `data` is empty, binary or not UTF-8.
    """
    for mark, encoding in _OTHER_ENCODINGS:
        if data.startswith(mark):
            raise DataError(f"{name}: expected UTF-8 text, got {encoding}; convert it with `iconv -t UTF-8`.")
    zero = data.find(b"\0")
    if zero >= 0:
        raise DataError(f"{name}: expected a text file, got a binary one (a zero byte at offset {zero}).")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise DataError(
            f"{name}: not UTF-8: byte 0x{byte:02x} at offset {error.start}; convert it to UTF-8."
        ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text:
        raise DataError(f"{name}: the file is empty.")
    return text


def _read_bytes(path: str | Path, name: str) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise DataError(f"{name}: no such file.") from None
    except IsADirectoryError:
        raise DataError(f"{name}: expected a text file, got a directory.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{name}: cannot be read: {reason}.") from error

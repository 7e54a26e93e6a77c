"""Whether a file of NumPy's holds as many numbers as its header says, before memory is given for them."""

from __future__ import annotations

import math
import zipfile
import zlib
from pathlib import Path
from typing import IO, Final

import numpy as np

from remy.errors import DataError

#: Readers of the headers of arrays of numbers, by version; the third is of arrays of records alone.
_HEADERS: Final = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def expect_whole(location: str | Path) -> None:
    """Refuse a ``.npy`` file, or a ``.npz`` file with an array, that is shorter than its header says.

    What is damaged otherwise passes: whoever reads it says what is wrong.

    Raises
    ------
    DataError
        If it is.
    OSError
        If the file cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.npy"
    >>> np.save(path, np.ones((49, 512)))
    >>> expect_whole(path)
    """
    name, path = str(location), Path(location)
    with open(path, "rb") as file:
        is_archive = file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
        file.seek(0)
        if not is_archive:
            _expect(file, path.stat().st_size, name)
            return
        try:
            with zipfile.ZipFile(file) as archive:
                for entry in archive.infolist():
                    with archive.open(entry) as array:
                        _expect(array, entry.file_size, f"{name}: {entry.filename}")
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
            return


def _expect(file: IO[bytes], size: int, name: str) -> None:
    try:
        read = _HEADERS[np.lib.format.read_magic(file)]
        shape, _, dtype = read(file)
    except (ValueError, KeyError, EOFError, OverflowError):
        return
    if dtype.hasobject:  # a pickle, of any size
        return
    expected = math.prod(map(int, shape)) * dtype.itemsize
    if expected < 0 or expected > size:
        raise DataError(
            f"{name}: not a .npy file of numbers, or damaged: its header says {' x '.join(map(str, shape))} "
            f"of {dtype}, which do not fit into its {size:,} bytes."
        )

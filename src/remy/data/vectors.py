"""A vector, or a grid of vectors, that stands for a picture: one ``.npy`` file each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remy.data.lines import unreadable
from remy.data.npy import expect_whole
from remy.errors import DataError

#: What such a file ends in.
ENDING = ".npy"


def read_vector(path: str | Path) -> NDArray[np.float32]:
    """Return a vector (D,) or a grid of vectors (S, D), all finite.

    Raises
    ------
    DataError
        If the file cannot be read, is no ``.npy`` file of numbers, has another number of axes, is empty, or
        holds a value that float32 cannot hold as a number. Pickles are never loaded.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cat.npy"
    >>> np.save(path, np.ones((49, 512)))
    >>> read_vector(path).shape
    (49, 512)
    """
    name = str(path)
    try:
        expect_whole(path)
        with open(path, "rb") as file:
            found = np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        raise unreadable(name, error) from error
    except (ValueError, EOFError, MemoryError, OverflowError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise DataError(f"{name}: not a .npy file of numbers, or damaged: {reason}.") from error
    if found.dtype.kind not in "fiub":
        raise DataError(f"{name}: expected numbers, got an array of {found.dtype}.")
    if found.ndim not in (1, 2) or 0 in found.shape:
        raise DataError(
            f"{name}: expected a vector (D,) or a grid of vectors (S, D), none of them 0, got {found.shape}."
        )
    with np.errstate(over="ignore"):
        values = np.ascontiguousarray(found, dtype=np.float32)
    if not np.isfinite(values).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(values))[0])
        raise DataError(
            f"{name}: expected finite numbers, got {found[place]} at [{', '.join(map(str, place))}]."
        )
    return values

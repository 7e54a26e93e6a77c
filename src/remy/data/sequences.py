"""Sequences of vectors from NumPy's files and from the UEA and UCR archives' ``.ts`` files."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remy.data.lines import unreadable
from remy.data.npy import expect_whole
from remy.data.records import NumericRecord, Place, Reading, Tally
from remy.data.tables import ending
from remy.data.ts import read_ts
from remy.errors import DataError

#: What the files end in.
ENDINGS: Final = (".npy", ".npz", ".ts")


def read_sequences(location: str | Path) -> Reading[NumericRecord]:
    """Read sequences of vectors, with labels where the file has them.

    Parameters
    ----------
    location
        A ``.npy`` file with an array (N, T, F), or (N, T) for one feature; a ``.npz`` file with such an array
        ``x``, and optionally labels ``y`` (N,) and ``lengths`` (N,); or a ``.ts`` file (also ``.ts.gz``) of
        the UEA and UCR archives, whose records may differ in length. ``-`` is a ``.ts`` file on standard
        input. Pickles are never loaded.

    Returns
    -------
    Reading of NumericRecord
        Its records are read while they are taken; a ``.npy`` file is mapped, a ``.npz`` file is unpacked
        whole.

    Raises
    ------
    DataError
        If the file cannot be read, or its arrays have other shapes or dtypes; while the records are taken,
        if a value is missing or not finite (record and step are named) or a line is malformed.

    References
    ----------
    https://www.aeon-toolkit.org/en/stable/api_reference/file_specifications/ts.html

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "two.npz"
    >>> np.savez(path, x=np.zeros((2, 5, 3)), y=["a", "b"], lengths=[5, 4])
    >>> [(record.values.shape, record.label) for record in read_sequences(path)]
    [((5, 3), 'a'), ((4, 3), 'b')]
    """
    name = str(location)
    kind = ending(location)
    if kind == ".ts" or name == "-":
        return read_ts(location)
    if kind not in ENDINGS:
        raise DataError(f"{name}: expected a file that ends in {', '.join(ENDINGS)}, got '{kind}'.")
    arrays = _load(location, name)
    x = _sequences(arrays["x"], name)
    labels = _labels(arrays.get("y"), len(x), name)
    lengths = _lengths(arrays.get("lengths"), x.shape, name)

    def read(_: Tally) -> Iterator[NumericRecord]:
        for index in range(len(x)):
            with np.errstate(over="ignore"):
                values = np.ascontiguousarray(x[index, : lengths[index]], dtype=np.float32)
            if not np.isfinite(values).all():
                raise DataError(_not_finite(np.asarray(x[index, : lengths[index]]), index, name))
            yield NumericRecord(values, labels[index] if labels else None, Place(name, index + 1))

    return Reading(name, read)


def _load(location: str | Path, name: str) -> dict[str, NDArray[Any]]:
    try:
        expect_whole(location)
        if ending(location) == ".npy":
            return {"x": np.lib.format.open_memmap(location, mode="r")}
        with open(location, "rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"x": loaded}
            if "x" not in loaded.files:
                raise DataError(
                    f"{name}: expected an array named x (and y, lengths), got "
                    f"{', '.join(loaded.files) or 'none'}."
                )
            return {key: loaded[key] for key in ("x", "y", "lengths") if key in loaded.files}
    except OSError as error:
        raise unreadable(name, error) from error
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, MemoryError, OverflowError) as error:
        if "allow_pickle" in str(error) or "Python objects" in str(error):
            raise DataError(
                f"{name}: holds Python objects, or is no NumPy file; save arrays of numbers or strings with "
                "np.save or np.savez."
            ) from error
        raise DataError(f"{name}: not a NumPy file, or damaged: {error}.") from error


def _sequences(x: NDArray[Any], name: str) -> NDArray[Any]:
    if x.dtype.kind not in "fiub":
        raise DataError(f"{name}: expected numbers, got an array of {x.dtype}.")
    if x.ndim not in (2, 3) or 0 in x.shape:
        raise DataError(
            f"{name}: expected an array of shape (records, steps, features) or (records, steps), none of "
            f"them 0, got {x.shape}."
        )
    return x if x.ndim == 3 else x[:, :, None]


def _labels(y: NDArray[Any] | None, count: int, name: str) -> list[str] | None:
    if y is None:
        return None
    if y.shape != (count,):
        raise DataError(f"{name}: expected y of shape ({count},), a label for each record, got {y.shape}.")
    whole = y.dtype.kind == "f" and np.isfinite(y).all() and (y == np.round(y)).all()
    if whole and (np.abs(y) < 2**53).all():
        y = y.astype(np.int64)
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8", "replace")
    return [str(label) for label in y.tolist()]


def _lengths(lengths: NDArray[Any] | None, shape: tuple[int, ...], name: str) -> NDArray[np.int64]:
    count, steps = shape[:2]
    if lengths is None:
        return np.full(count, steps, np.int64)
    if lengths.shape != (count,) or lengths.dtype.kind not in "iu":
        raise DataError(
            f"{name}: expected lengths of shape ({count},) and whole numbers, got {lengths.shape} of "
            f"{lengths.dtype}."
        )
    outside = np.flatnonzero((lengths < 1) | (lengths > steps))
    if outside.size:
        first = int(outside[0])
        raise DataError(
            f"{name}: expected lengths from 1 to {steps}, got lengths[{first}] = {lengths[first]}."
        )
    return lengths.astype(np.int64)


def _not_finite(values: NDArray[Any], index: int, name: str) -> str:
    """Say where the record has a value that float32 cannot hold as a number, as an index and for people."""
    with np.errstate(over="ignore"):
        step, feature = (int(place) for place in np.argwhere(~np.isfinite(values.astype(np.float32)))[0])
    return (
        f"{name}: expected finite numbers, got {values[step, feature]} in record {index + 1}, "
        f"step {step + 1}, feature {feature + 1} (x[{index}, {step}, {feature}])."
    )

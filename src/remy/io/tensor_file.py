"""Named arrays and a little text in one ``.safetensors`` file, checked before anything is allocated.

The format is that of https://github.com/huggingface/safetensors: eight bytes with the length N of a JSON
header (little endian), the header, then the arrays' bytes. Nothing in such a file can run code.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from remy.errors import ModelFileError
from remy.io.atomic import write_bytes

#: safetensors' names of the dtypes Remy reads.
DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "U64": np.dtype("<u8"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_LARGEST_HEADER = 100_000_000  # the limit the safetensors library itself has


@dataclass(frozen=True)
class Entry:
    """Where one array lies: its dtype (safetensors' name), shape, and first and last byte in the file."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True)
class Contents:
    """What the head of a file says before any array is read: where arrays lie, in order, and metadata."""

    entries: dict[str, Entry]
    metadata: dict[str, str]


def write(path: str | Path, tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> None:
    """Write arrays and metadata to `path` in one step (see :mod:`remy.io.atomic`).

    Raises
    ------
    DataError
        If the file cannot be written; what was there before is untouched.
    """
    arrays = {}
    for name, tensor in tensors.items():
        dtype = tensor.dtype.newbyteorder("<")
        if dtype not in _NAMES:
            raise ModelFileError(
                f"{path}: tensor '{name}' has dtype {tensor.dtype}, which the file cannot hold."
            )
        arrays[name] = np.ascontiguousarray(tensor, dtype=dtype).reshape(tensor.shape)
    write_bytes(path, save(arrays, metadata=dict(metadata)))


def read(path: str | Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read every array and the metadata of the file at `path`.

    Raises
    ------
    ModelFileError
        If the file is missing, cut short or damaged in its structure.
    """
    with open_file(path) as stream:
        contents = read_contents(path, stream)
        tensors = {name: read_array(path, stream, name, entry) for name, entry in contents.entries.items()}
    return tensors, contents.metadata


def open_file(path: str | Path) -> BinaryIO:
    """Open `path` for reading, or raise a :class:`ModelFileError` that says why it cannot be."""
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise ModelFileError(f"{path}: no such file.") from None
    except IsADirectoryError:
        raise ModelFileError(f"{path}: expected a model file, got a directory.") from None
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read: {error.strerror or error}.") from error


def read_contents(path: str | Path, stream: BinaryIO) -> Contents:
    """Read and check the head of a file: every array must lie inside the file, side by side, without gaps.

    Raises
    ------
    ModelFileError
        Naming the first thing that is wrong.
    """
    size = os.fstat(stream.fileno()).st_size
    if size < 8:
        raise ModelFileError(f"{path}: cut short: {size} bytes, a model file has at least 8.")
    length = int.from_bytes(stream.read(8), "little")
    if length > _LARGEST_HEADER:
        raise ModelFileError(
            f"{path}: not a safetensors file, or damaged: it claims a header of {length} bytes."
        )
    if 8 + length > size:
        raise ModelFileError(f"{path}: cut short: the header needs {8 + length} bytes, the file has {size}.")
    try:
        header = json.loads(stream.read(length).decode("utf-8"), object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{path}: not a safetensors file, or damaged: its header is not JSON."
        ) from error
    if not isinstance(header, dict):
        raise ModelFileError(f"{path}: not a safetensors file, or damaged: its header is not a JSON object.")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ModelFileError(f"{path}: damaged: its metadata are not texts.")
    entries = {name: _entry(path, name, value, 8 + length) for name, value in header.items()}
    return Contents(_in_order(path, entries, 8 + length, size), metadata)


def read_array(path: str | Path, stream: BinaryIO, name: str, entry: Entry) -> NDArray[Any]:
    """Read one array that :func:`read_contents` found; the array is writable and owns its memory."""
    array = np.empty(entry.shape, DTYPES[entry.dtype])
    stream.seek(entry.begin)
    if array.size and stream.readinto(array.reshape(-1).view(np.uint8).data) != array.nbytes:  # type: ignore[attr-defined]
        raise ModelFileError(f"{path}: cut short while tensor '{name}' was read.")
    return array


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name occurs twice")
    return result


def _entry(path: str | Path, name: str, value: Any, data_start: int) -> Entry:
    """Check one array's line of the header by itself."""
    wrong = ModelFileError(f"{path}: damaged: the header's entry of tensor '{name}' is not valid.")
    if not isinstance(value, dict) or value.keys() != {"dtype", "shape", "data_offsets"}:
        raise wrong
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not _sizes(shape) or not _sizes(offsets) or len(offsets) != 2 or not isinstance(dtype, str):
        raise wrong
    if dtype not in DTYPES:
        raise ModelFileError(f"{path}: tensor '{name}' has dtype {dtype}, which Remy does not read.")
    entry = Entry(dtype, tuple(shape), data_start + offsets[0], data_start + offsets[1])
    if entry.end - entry.begin != math.prod(shape) * DTYPES[dtype].itemsize:
        raise ModelFileError(
            f"{path}: damaged: tensor '{name}' of shape {entry.shape} and dtype {dtype} cannot fill "
            f"{entry.end - entry.begin} bytes."
        )
    return entry


def _in_order(path: str | Path, entries: dict[str, Entry], start: int, size: int) -> dict[str, Entry]:
    """Return the entries by place, checked to fill the file from `start` to `size` exactly."""
    ordered = dict(sorted(entries.items(), key=lambda item: (item[1].begin, item[1].end)))
    place = start
    for name, entry in ordered.items():
        if entry.begin != place:
            raise ModelFileError(
                f"{path}: damaged: tensor '{name}' begins at byte {entry.begin}, not {place}."
            )
        place = entry.end
    if place > size:
        raise ModelFileError(f"{path}: cut short: its tensors need {place} bytes, the file has {size}.")
    if place < size:
        raise ModelFileError(f"{path}: damaged: {size - place} bytes follow the last tensor.")
    return ordered


def _sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)

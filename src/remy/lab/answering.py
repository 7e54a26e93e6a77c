"""How a record leaves the server: as JSON when it is small, as bytes when it holds many numbers.

An array never goes through pydantic number by number. The record's own serializer walks the record and hands
every array to us; we put a description in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json

if TYPE_CHECKING:
    from pydantic import BaseModel

#: Up to so many numbers, in all arrays together, an answer is JSON.
MOST_IN_JSON = 8_000
JSON = "application/json"
#: Four bytes of the header's length, the header in JSON, padding, the arrays; all of it little-endian.
BINARY = "application/vnd.remy.answer"

#: Every array begins at a multiple of this, so that the page can lay a typed array over it.
_ALIGNMENT = 8
#: Digits of a number in JSON: what a float32 can tell apart.
_DIGITS = 7
_SMALLEST = float(np.finfo(np.float32).smallest_normal)
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Encoded:
    """An answer as it is sent.

    Attributes
    ----------
    media_type
        :data:`JSON` or :data:`BINARY`.
    body
        Its bytes.
    """

    media_type: str
    body: bytes


def encode(record: BaseModel) -> Encoded:
    """Write `record` as JSON if its arrays have at most :data:`MOST_IN_JSON` numbers, else as bytes.

    In the bytes an array stands as ``{"$tensor": {"dtype", "shape", "offset"}}``, the offset counted from the
    beginning of the data, which is a multiple of 8 from the beginning of everything. The dtype is float32,
    int32, uint8 (also for truth values), or float64 where float32 would lose a number: one so large that it
    overflows, or so small that it vanishes. What is not finite becomes NaN; in JSON, see
    :func:`encode_json`, null.

    Parameters
    ----------
    record
        With NumPy arrays in it, anywhere.

    Returns
    -------
    Encoded
        Its bytes and what they are.

    Examples
    --------
    >>> import numpy as np
    >>> from pydantic import BaseModel, ConfigDict
    >>> class Row(BaseModel):
    ...     model_config = ConfigDict(arbitrary_types_allowed=True)
    ...     h: np.ndarray
    >>> encode(Row(h=np.array([0.1, np.nan], np.float32)))
    Encoded(media_type='application/json', body=b'{"h":{"$tensor":{"shape":[2],"values":[0.1,null]}}}')
    >>> encode(Row(h=np.zeros(9000))).media_type
    'application/vnd.remy.answer'
    """
    arrays: list[NDArray[Any]] = []
    offset = 0

    def place(value: Any) -> Any:
        nonlocal offset
        if not isinstance(value, np.ndarray):
            return _plain(value)
        array = _sendable(value)
        arrays.append(array)
        begin, offset = offset, offset + array.nbytes + len(_padding(array.nbytes))
        return {"$tensor": {"dtype": array.dtype.name, "shape": array.shape, "offset": begin}}

    header = to_json(record, fallback=place, inf_nan_mode="null")
    if sum(array.size for array in arrays) <= MOST_IN_JSON:
        return Encoded(JSON, encode_json(record))
    pieces: list[bytes | memoryview] = [len(header).to_bytes(4, "little"), header, _padding(4 + len(header))]
    for array in arrays:
        pieces += [array.data.cast("B") if array.size else b"", _padding(array.nbytes)]
    return Encoded(BINARY, b"".join(pieces))


def encode_json(record: BaseModel) -> bytes:
    """Write `record` as JSON, however many numbers it has.

    An array stands as ``{"$tensor": {"shape": [...], "values": [...]}}``, its numbers in one flat list,
    rounded to 7 significant digits; a truth value is 0 or 1, and what is not finite is null.
    """
    return to_json(record, fallback=_listed, inf_nan_mode="null")


def _listed(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return _plain(value)
    flat = _numbers(value).ravel()
    rounded = _rounded(flat.astype(np.float64)) if flat.dtype.kind == "f" else flat
    return {"$tensor": {"shape": value.shape, "values": rounded.tolist()}}


def _rounded(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to so many significant digits that the shortest way to write a number has no more."""
    sizes = np.abs(numbers)
    known = np.isfinite(numbers) & (sizes > 0)
    places = _DIGITS - 1 - np.floor(np.log10(sizes, where=known, out=np.zeros_like(sizes)))
    # Powers of ten up to 22 are exact, and so is what divides by them; multiplying by 0.001 would not be.
    exact = known & (np.abs(places) <= 22)
    up, down = (10.0 ** np.where(exact, np.maximum(sign * places, 0), 0) for sign in (1, -1))
    rounded = np.where(exact, np.round(numbers * up / down) / up * down, numbers)
    others = np.flatnonzero(known & ~exact)
    rounded[others] = [float(f"{number:.{_DIGITS}g}") for number in numbers[others].tolist()]
    return rounded


def _sendable(array: NDArray[Any]) -> NDArray[Any]:
    """Return it in the smallest dtype of the wire that holds its numbers, contiguous and little-endian."""
    numbers = _numbers(array)
    if numbers.dtype.kind == "f":
        finite = np.isfinite(numbers)
        if not finite.all():
            numbers = np.where(finite, numbers, np.nan)
        kind = "<f4" if numbers.dtype.itemsize <= 4 or _fits_float32(numbers) else "<f8"
    elif numbers.dtype == np.uint8:
        kind = "u1"
    else:
        small = not numbers.size or (numbers.min() >= -(2**31) and numbers.max() < 2**31)
        kind = "<i4" if small else "<f8"
    return np.ascontiguousarray(numbers, dtype=kind).reshape(array.shape)


def _fits_float32(numbers: NDArray[Any]) -> bool:
    sizes = np.abs(numbers)
    lost = (sizes > _LARGEST) | ((sizes < _SMALLEST) & (sizes > 0))
    return not lost.any()


def _numbers(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind == "b":
        return array.view(np.uint8)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"encode: expected an array of numbers, got {array.dtype}")
    return array


def _plain(value: Any) -> Any:
    """Return what stands for a value that JSON has no word for."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"encode: expected records, numbers, texts and arrays, got {type(value).__name__}")


def _padding(length: int) -> bytes:
    """Return what is missing to a multiple of the alignment."""
    return bytes(-length % _ALIGNMENT)

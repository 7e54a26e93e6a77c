"""Files of one vector, or one grid of vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy.data.vectors import read_vector
from remy.errors import DataError


def save(folder: Path, values: Any) -> Path:
    np.save(folder / "a.npy", values)
    return folder / "a.npy"


@pytest.mark.parametrize("shape", [(3,), (2, 3)])
@pytest.mark.parametrize("dtype", ["float16", "float64", "int8", ">f4"])
def test_a_vector_or_a_grid_becomes_float32(tmp_path: Path, shape: tuple[int, ...], dtype: str) -> None:
    values = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    found = read_vector(save(tmp_path, values))
    assert (found.dtype, found.flags.c_contiguous) == (np.float32, True)
    assert np.array_equal(found, values)


def test_columns_first_in_the_file_are_rows_in_the_grid(tmp_path: Path) -> None:
    values = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert read_vector(save(tmp_path, values)).tobytes() == np.arange(6, dtype=np.float32).tobytes()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, 2.0], [np.nan, 3.0]], "expected finite numbers, got nan at [1, 0]."),
        ([1.0, np.inf], "expected finite numbers, got inf at [1]."),
        ([1e300], "expected finite numbers, got 1e+300 at [0]."),
        (
            np.zeros((2, 2, 2)),
            "expected a vector (D,) or a grid of vectors (S, D), none of them 0, got (2, 2, 2).",
        ),
        (np.zeros(0), "expected a vector (D,) or a grid of vectors (S, D), none of them 0, got (0,)."),
        (["a"], "expected numbers, got an array of <U1."),
    ],
)
def test_what_is_no_finite_vector_is_refused(tmp_path: Path, values: Any, message: str) -> None:
    path = save(tmp_path, np.array(values))
    with pytest.raises(DataError) as caught:
        read_vector(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_damaged_file_a_pickle_and_none_at_all_are_named(tmp_path: Path) -> None:
    path = save(tmp_path, np.zeros(100))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match=r"a\.npy: not a \.npy file of numbers, or damaged: "):
        read_vector(path)
    np.save(path, np.array([object()]), allow_pickle=True)
    with pytest.raises(DataError, match=r"a\.npy: not a \.npy file of numbers, or damaged: Object arrays"):
        read_vector(path)
    with pytest.raises(DataError, match=r"b\.npy: no such file\.$"):
        read_vector(tmp_path / "b.npy")

"""Sequences of vectors from NumPy's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy.data import read_sequences
from remy.errors import DataError


def values() -> np.ndarray:
    return np.arange(24, dtype=np.float64).reshape(2, 4, 3)


def test_an_array_of_three_dimensions_is_records_steps_features(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", values())
    first, second = read_sequences(tmp_path / "a.npy")
    assert first.values.dtype == np.float32
    np.testing.assert_array_equal(first.values, values()[0])
    np.testing.assert_array_equal(second.values, values()[1])
    assert (first.label, str(second.place)) == (None, f"{tmp_path / 'a.npy'}:2")


def test_an_array_of_two_dimensions_has_one_feature(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(6).reshape(2, 3))
    first, second = read_sequences(tmp_path / "a.npy")
    assert first.values.tolist() == [[0], [1], [2]]
    assert second.values.shape == (3, 1)


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (np.array([7, 3]), ["7", "3"]),
        (np.array([7.0, 3.0]), ["7", "3"]),
        (np.array([0.5, 3.0]), ["0.5", "3.0"]),
        (np.array(["é", "b"]), ["é", "b"]),
        (np.array([b"\xc3\xa9", b"b"]), ["é", "b"]),
        (np.array([True, False]), ["True", "False"]),
    ],
)
def test_labels_become_text(tmp_path: Path, y: np.ndarray, labels: list[str]) -> None:
    np.savez(tmp_path / "a.npz", x=values(), y=y)
    assert [record.label for record in read_sequences(tmp_path / "a.npz")] == labels


def test_lengths_cut_the_padding_off_whatever_it_holds(tmp_path: Path) -> None:
    x = values()
    x[1, 2:] = np.nan
    np.savez(tmp_path / "a.npz", x=x, lengths=[4, 2])
    first, second = read_sequences(tmp_path / "a.npz")
    assert (first.values.shape, second.values.shape) == ((4, 3), (2, 3))


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_a_value_that_is_not_finite_is_named(tmp_path: Path, bad: float) -> None:
    x = values()
    x[1, 2, 0] = bad
    np.savez(tmp_path / "a.npz", x=x)
    stream = iter(read_sequences(tmp_path / "a.npz"))
    next(stream)
    with pytest.raises(DataError) as caught:
        next(stream)
    assert str(caught.value) == (
        f"{tmp_path / 'a.npz'}: expected finite numbers, got {bad} in record 2, step 3, "
        "feature 1 (x[1, 2, 0])."
    )


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": values()}, "expected an array named x (and y, lengths), got X."),
        ({"x": values()[0, 0]}, "expected an array of shape (records, steps, features) or (records, steps)"),
        ({"x": values()[:, :0]}, "none of them 0, got (2, 0, 3)."),
        ({"x": np.array([["a"]])}, "expected numbers, got an array of <U1."),
        ({"x": values().astype(complex)}, "expected numbers, got an array of complex128."),
        (
            {"x": values(), "y": np.arange(3)},
            "expected y of shape (2,), a label for each record, got (3,).",
        ),
        ({"x": values(), "y": np.arange(2)[:, None]}, "expected y of shape (2,), a label for each record"),
        ({"x": values(), "lengths": np.array([4, 5])}, "expected lengths from 1 to 4, got lengths[1] = 5."),
        ({"x": values(), "lengths": np.array([0, 4])}, "expected lengths from 1 to 4, got lengths[0] = 0."),
        (
            {"x": values(), "lengths": np.array([4.0, 4.0])},
            "expected lengths of shape (2,) and whole numbers, got (2,) of float64.",
        ),
        ({"x": values(), "y": np.array([{}, {}], dtype=object)}, "holds Python objects, or is no NumPy file"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError) as caught:
        read_sequences(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (pytest.fail, ("the pickle was loaded",))

    np.save(tmp_path / "a.npy", np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="holds Python objects"):
        read_sequences(tmp_path / "a.npy")


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
@pytest.mark.parametrize("data", [b"", b"not an array", b"PK\x03\x04 broken", b"\x93NUMPY\x01\x00"])
def test_what_is_no_numpy_file_is_named(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=f"{name}: "):
        list(read_sequences(tmp_path / name))


def test_a_bare_array_is_read_whatever_of_the_two_endings_it_has(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", values())
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    assert len(list(read_sequences(tmp_path / "a.npz"))) == 2


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=values())
    data = bytearray(path.read_bytes())
    for place in range(50, 90):
        data[place] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"a\.npz: not a NumPy file, or damaged: "):
        read_sequences(path)


def test_other_endings_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected a file that ends in \.npy, \.npz, \.ts, got '\.mat'"):
        read_sequences(tmp_path / "a.mat")
    with pytest.raises(DataError, match=r"a\.npz: no such file"):
        read_sequences(tmp_path / "a.npz")

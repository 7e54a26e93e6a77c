"""Headers that promise more than the file has are refused before memory is given for them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy.data import read_sequences
from remy.data.npy import expect_whole
from remy.data.rolls import holds_rolls, read_rolls
from remy.data.vectors import read_vector
from remy.errors import DataError

SHAPES = ["(1000000000, 12)", "(1, 100000000000000000000)", f"({10**19}, {10**19})"]


def promising(shape: str, body: bytes = b"\0" * 48) -> bytes:
    """Return a ``.npy`` file whose header says `shape`."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body


def packed(array: bytes, name: str = "x.npy") -> bytes:
    """Return a ``.npz`` file with an array."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, array)
    return buffer.getvalue()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("a.npy", read_vector),
        ("a.npy", read_sequences),
        ("a.npz", read_sequences),
        ("a.npz", read_rolls),
    ],
)
def test_an_array_that_is_shorter_than_its_header_says_is_refused(
    tmp_path: Path, shape: str, name: str, read: Callable[[Path], Any]
) -> None:
    path = tmp_path / name
    content = promising(shape)
    path.write_bytes(content if name == "a.npy" else packed(content))
    with pytest.raises(DataError) as caught:
        read(path)
    assert "damaged: its header says" in str(caught.value)
    assert f"which do not fit into its {len(content)} bytes." in str(caught.value)
    assert not holds_rolls(path)


def test_what_is_whole_or_no_array_at_all_passes(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    for array in (np.ones((3, 4)), np.zeros((0, 4)), np.array(5), np.array([{"a": 1}] * 500, dtype=object)):
        np.save(path, array)
        expect_whole(path)
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((1000, 12)))
    expect_whole(tmp_path / "a.npz")
    for content in (b"", b"no array", b"PK\x03\x04 no archive", packed(b"no array", "a.txt")):
        path.write_bytes(content)
        expect_whole(path)

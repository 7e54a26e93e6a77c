"""The container: what is written is what is read, in the standard format, and broken files are named."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from remy.errors import ModelFileError
from remy.io import tensor_file

TENSORS = {
    "a/kernel": np.arange(6, dtype=np.float32).reshape(2, 3),
    "b": np.array(3.5),
    "empty": np.zeros((0, 4), np.float32),
    "ids": np.arange(-3, 3),
    "flags": np.array([True, False]),
    "bytes": np.arange(5, dtype=np.uint8),
}


def raw(header: Any, data: bytes = b"") -> bytes:
    encoded = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(encoded).to_bytes(8, "little") + encoded + data


def entry(dtype: str = "F32", shape: Any = (2,), offsets: Any = (0, 8)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def test_arrays_and_texts_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    tensor_file.write(path, TENSORS, {"key": "value é"})
    tensors, metadata = tensor_file.read(path)
    assert metadata == {"key": "value é"}
    assert tensors.keys() == TENSORS.keys()
    for name, expected in TENSORS.items():
        np.testing.assert_array_equal(tensors[name], expected, strict=True)
        assert tensors[name].flags.writeable


def test_the_file_is_an_ordinary_safetensors_file(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    tensor_file.write(ours, TENSORS, {})
    safetensors.numpy.save_file(TENSORS, theirs)
    for name, tensor in safetensors.numpy.load_file(ours).items():
        np.testing.assert_array_equal(tensor, TENSORS[name], strict=True)
    for name, tensor in tensor_file.read(theirs)[0].items():
        np.testing.assert_array_equal(tensor, TENSORS[name], strict=True)


def test_views_and_big_endian_arrays_are_written_by_value(tmp_path: Path) -> None:
    path = tmp_path / "t"
    whole = np.arange(12, dtype=np.float32).reshape(3, 4)
    tensor_file.write(path, {"t": whole.T, "s": whole[:, ::2], "big": whole.astype(">f4")}, {})
    tensors, _ = tensor_file.read(path)
    np.testing.assert_array_equal(tensors["t"], whole.T)
    np.testing.assert_array_equal(tensors["s"], whole[:, ::2])
    np.testing.assert_array_equal(tensors["big"], whole)


def test_a_dtype_the_file_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="tensor 'c' has dtype complex128"):
        tensor_file.write(tmp_path / "t", {"c": np.zeros(2, complex)}, {})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "cut short: 0 bytes"),
        (b"\x01\0\0", "cut short: 3 bytes"),
        (b"PK\x03\x04aaaaaaaaaaaaaaaa", "it claims a header of"),
        (raw(b"{}")[:-1], "cut short: the header needs 10 bytes, the file has 9"),
        (raw(b"{]"), "its header is not JSON"),
        (raw(b"\xff\xff"), "its header is not JSON"),
        (raw(b"[" * 100_000), "its header is not JSON"),
        (raw([1]), "its header is not a JSON object"),
        (raw(b'{"a":{},"a":{}}'), "its header is not JSON"),
        (raw({"__metadata__": {"a": 1}}), "its metadata are not texts"),
        (raw({"__metadata__": []}), "its metadata are not texts"),
        (raw({"a": 5}), "entry of tensor 'a' is not valid"),
        (raw({"a": entry() | {"more": 1}}), "entry of tensor 'a' is not valid"),
        (raw({"a": entry(shape=[-2])}), "entry of tensor 'a' is not valid"),
        (raw({"a": entry(shape=[2.0])}), "entry of tensor 'a' is not valid"),
        (raw({"a": entry(offsets=[0, 8, 9])}), "entry of tensor 'a' is not valid"),
        (raw({"a": entry(dtype="F16")}), "tensor 'a' has dtype F16, which Remy does not read"),
        (raw({"a": entry(shape=[3])}), "tensor 'a' of shape (3,) and dtype F32 cannot fill 8 bytes"),
        (raw({"a": entry(offsets=[8, 0])}), "cannot fill -8 bytes"),
        (raw({"a": entry()}, b"1234"), "its tensors need"),
        (raw({"a": entry()}, b"123456789"), "1 bytes follow the last tensor"),
        (raw({"a": entry(offsets=[4, 12])}, b"0" * 12), "tensor 'a' begins at byte"),
        (raw({"a": entry(), "b": entry(offsets=[4, 12])}, b"0" * 12), "tensor 'b' begins at byte"),
    ],
)
def test_the_first_fault_of_a_broken_file_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "t.safetensors"
    path.write_bytes(data)
    with pytest.raises(ModelFileError) as caught:
        tensor_file.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_a_file_that_claims_gigabytes_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(raw({"a": entry(shape=[1 << 40], offsets=[0, 1 << 42])}, b"0" * 100))
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match="its tensors need"):
            tensor_file.read(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"nothing: no such file\.$"):
        tensor_file.read(tmp_path / "nothing")
    with pytest.raises(ModelFileError, match="expected a model file, got a directory"):
        tensor_file.read(tmp_path)
    with pytest.raises(ModelFileError, match="cannot be read"):
        tensor_file.read(tmp_path / ("x" * 5000))

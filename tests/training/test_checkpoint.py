"""The checkpoint file survives what can happen to it, or says what did."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from remy.errors import DataError, ModelFileError
from remy.training import checkpoint
from remy.training.checkpoint import Checkpoint


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    tensors = {
        "network/a": np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32),
        "loss_sum": np.array(1.25, dtype=np.float64),
        "random/cpu": np.arange(7, dtype=np.uint8),
    }
    path = tmp_path / "last.safetensors"
    checkpoint.write(path, Checkpoint(tensors, {"update": 4, "history": [{"valid_loss": 1.5}], "best": None}))
    return path


def test_reading_gives_back_every_tensor_and_the_record(saved: Path) -> None:
    found = checkpoint.read(saved)
    expected = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    assert np.array_equal(found.tensors["network/a"], expected)
    assert found.tensors["loss_sum"].shape == ()
    assert found.tensors["random/cpu"].dtype == np.uint8
    assert found.record == {"update": 4, "history": [{"valid_loss": 1.5}], "best": None}


def test_a_checkpoint_cut_short_at_any_byte_is_refused(saved: Path) -> None:
    content = saved.read_bytes()
    for length in range(0, len(content), 7):
        saved.write_bytes(content[:length])
        with pytest.raises(ModelFileError, match=r"last\.safetensors"):
            checkpoint.read(saved)


def test_a_flipped_bit_in_a_tensor_is_found(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[-3] ^= 1
    saved.write_bytes(content)
    with pytest.raises(ModelFileError, match="does not have the checksum it was written with"):
        checkpoint.read(saved)


def test_a_checkpoint_of_a_future_version_is_refused_by_its_number(saved: Path) -> None:
    header = {"format_version": 99, "crc32": {}, "record": {}}
    save_file({}, saved, metadata={"remy_checkpoint": json.dumps(header)})
    with pytest.raises(ModelFileError, match="has checkpoint format 99, this Remy reads up to 1"):
        checkpoint.read(saved)


def test_a_tensor_that_the_record_does_not_know_is_named(saved: Path) -> None:
    header = {"format_version": 1, "crc32": {}, "record": {}}
    save_file({"odd": np.zeros(2, np.float32)}, saved, metadata={"remy_checkpoint": json.dumps(header)})
    with pytest.raises(ModelFileError, match="differ at 'odd'"):
        checkpoint.read(saved)


def test_another_safetensors_file_is_no_checkpoint(saved: Path) -> None:
    save_file({"a": np.zeros(2, np.float32)}, saved)
    with pytest.raises(ModelFileError, match="not a checkpoint of Remy"):
        checkpoint.read(saved)


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"none\.safetensors"):
        checkpoint.read(tmp_path / "none.safetensors")


def test_a_writer_that_fails_leaves_the_old_checkpoint(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataError, match="No space left on device; nothing was changed"):
        checkpoint.write(saved, Checkpoint({"x": np.zeros(9, np.float32)}, {}))
    monkeypatch.undo()
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]

"""The model file: exact round trip, and one clear sentence for every fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import remy
from remy.errors import DataError, ModelFileError
from remy.io import model_file, tensor_file
from tests.runtime import small_models

Header = dict[str, Any]


def write(path: Path, **changes: Any) -> Path:
    model_file.write(path, replace(small_models.model_file(), **changes))
    return path


def rewrite(path: Path, change: Callable[[Header, dict[str, Any]], None], *, sign: bool = True) -> Path:
    """Change header and tensors of a good file; sign the header again, as another program could."""
    tensors, metadata = tensor_file.read(write(path))
    header = json.loads(metadata["remy"])
    change(header, tensors)
    if sign:
        body = {key: value for key, value in header.items() if key not in ("format_version", "crc32")}
        header["crc32"] = model_file._header_crc32(body)
    tensor_file.write(path, tensors, {"remy": json.dumps(header)})
    return path


def error_of(path: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        model_file.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_a_model_comes_back_exactly(tmp_path: Path) -> None:
    golden = {"prompt": "ROMEO:\n", "next": [["é", 0.25]]}
    model = replace(small_models.model_file(), labels=["a", "b"], golden=golden)
    model_file.write(tmp_path / "m.safetensors", model)
    again = model_file.read(tmp_path / "m.safetensors")
    for item in fields(model):
        if item.name != "tensors":
            assert getattr(again, item.name) == getattr(model, item.name)
    assert again.tensors.keys() == model.tensors.keys()
    for name, tensor in model.tensors.items():
        np.testing.assert_array_equal(again.tensors[name], tensor, strict=True)


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    assert write(tmp_path / "a").read_bytes() == write(tmp_path / "b").read_bytes()


def test_the_header_says_what_the_documentation_promises(tmp_path: Path) -> None:
    _, metadata = tensor_file.read(write(tmp_path / "m"))
    header = json.loads(metadata["remy"])
    assert header["format_version"] == 1
    assert header["library_version"] == remy.__version__
    assert header["tensors"].keys() == small_models.model_file().tensors.keys()
    assert set(header) == {"format_version", "crc32", *(item.name for item in fields(model_file.ModelFile))}


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole").read_bytes()
    short = tmp_path / "short"
    for length in sorted({*range(0, len(whole), 97), 7, 8, 9, len(whole) - 1}):
        short.write_bytes(whole[:length])
        assert "cut short" in error_of(short)


def test_a_flipped_bit_is_noticed_wherever_it_is(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole").read_bytes()
    expected = model_file.read(tmp_path / "whole")
    flipped = tmp_path / "flipped"
    generator = np.random.default_rng(0)
    silent = 0
    for place in range(0, len(whole), 3):
        data = bytearray(whole)
        data[place] ^= 1 << int(generator.integers(8))
        flipped.write_bytes(data)
        try:
            again = model_file.read(flipped)
        except ModelFileError:
            continue
        # A space of the JSON that became another blank says the same; nothing else may pass.
        silent += 1
        assert again.architecture == expected.architecture
        assert (again.tokenizer, again.metrics, again.task) == (
            expected.tokenizer,
            expected.metrics,
            expected.task,
        )
        for name, tensor in expected.tensors.items():
            np.testing.assert_array_equal(again.tensors[name], tensor)
    assert silent < len(whole) / 100


def test_a_flipped_bit_of_a_weight_is_named_with_its_tensor(tmp_path: Path) -> None:
    path = write(tmp_path / "m")
    data = bytearray(path.read_bytes())
    data[-5] ^= 16
    path.write_bytes(data)
    assert error_of(path).startswith("damaged: tensor '")
    assert "has CRC-32" in error_of(path)


def test_a_file_of_a_future_version_is_refused_by_name(tmp_path: Path) -> None:
    path = rewrite(tmp_path / "m", lambda header, _: header.update(format_version=2, novelty=1), sign=False)
    assert error_of(path) == (
        f"has format version 2, this Remy {remy.__version__} reads up to 1; "
        "update with `pip install --upgrade remy-rnn`."
    )


def test_an_older_version_is_refused_by_name_without_a_migration(tmp_path: Path) -> None:
    path = rewrite(tmp_path / "m", lambda header, _: header.update(format_version=0))
    assert error_of(path) == f"has format version 0, which Remy {remy.__version__} cannot read."


def test_an_older_version_is_migrated_where_there_is_a_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def old(header: Header, _: Any) -> None:
        header["format_version"] = 0
        header["job"] = header.pop("task")

    path = rewrite(tmp_path / "m", old)

    def migrate(header: Header) -> Header:
        return {**header, "task": header["job"]}

    monkeypatch.setitem(model_file.MIGRATIONS, 0, migrate)
    assert model_file.read(path).task == "language_model"


def test_a_changed_header_is_noticed(tmp_path: Path) -> None:
    path = rewrite(tmp_path / "m", lambda header, _: header["metrics"].clear(), sign=False)
    assert error_of(path).startswith("damaged: its header has CRC-32")


def drop(header: Header, tensors: dict[str, Any]) -> None:
    del tensors["rnn_1/bias"]


def add(header: Header, tensors: dict[str, Any]) -> None:
    tensors["extra"] = np.zeros(3, np.float32)


def misshape(header: Header, tensors: dict[str, Any]) -> None:
    tensors["rnn_1/bias"] = tensors["rnn_1/bias"].reshape(2, 14)


def retype(header: Header, tensors: dict[str, Any]) -> None:
    tensors["rnn_1/bias"] = tensors["rnn_1/bias"].astype(np.float64)


def poison(value: float) -> Callable[[Header, dict[str, Any]], None]:
    def change(header: Header, tensors: dict[str, Any]) -> None:
        tensors["rnn_1/bias"][3] = value
        header["tensors"]["rnn_1/bias"] = model_file._crc32(tensors["rnn_1/bias"])

    return change


FAULTS = [
    (drop, "tensor 'rnn_1/bias' is missing."),
    (add, "tensor 'extra' does not belong to this architecture."),
    (misshape, "tensor 'rnn_1/bias': expected shape (28,), got (2, 14)."),
    (retype, "tensor 'rnn_1/bias': expected dtype float32, got float64."),
    (poison(float("nan")), "tensor 'rnn_1/bias' holds NaN or infinity."),
    (poison(float("inf")), "tensor 'rnn_1/bias' holds NaN or infinity."),
]


@pytest.mark.parametrize(("change", "message"), FAULTS)
def test_a_wrong_tensor_is_named_when_reading(
    tmp_path: Path, change: Callable[[Header, dict[str, Any]], None], message: str
) -> None:
    assert error_of(rewrite(tmp_path / "m", change)) == message


@pytest.mark.parametrize(("change", "message"), FAULTS)
def test_a_wrong_tensor_is_refused_when_writing(
    tmp_path: Path, change: Callable[[Header, dict[str, Any]], None], message: str
) -> None:
    model = small_models.model_file()
    change({"tensors": {}}, model.tensors)
    path = tmp_path / "m"
    path.write_bytes(b"old")
    with pytest.raises(ModelFileError) as caught:
        model_file.write(path, model)
    assert str(caught.value) == f"{path}: {message}"
    assert path.read_bytes() == b"old"


def test_infinities_of_both_signs_do_not_cancel(tmp_path: Path) -> None:
    def change(header: Header, tensors: dict[str, Any]) -> None:
        poison(float("inf"))(header, tensors)
        tensors["rnn_1/bias"][4] = -np.inf
        header["tensors"]["rnn_1/bias"] = model_file._crc32(tensors["rnn_1/bias"])

    assert "holds NaN or infinity" in error_of(rewrite(tmp_path / "m", change))


@pytest.mark.parametrize(
    "name", ["task", "architecture", "tokenizer", "metrics", "tensors", "library_version"]
)
def test_a_header_without_one_of_its_parts_is_refused(tmp_path: Path, name: str) -> None:
    path = rewrite(tmp_path / "m", lambda header, _: header.update({name: 5}))
    assert error_of(path) == f"damaged: the header's '{name}' is missing or of the wrong kind."


def test_an_unknown_architecture_is_named(tmp_path: Path) -> None:
    path = rewrite(tmp_path / "m", lambda header, _: header["architecture"].update(cell="lstn"))
    assert error_of(path).startswith("architecture: expected cell out of simple_rnn, lstm, gru, got 'lstn'")


def test_another_programs_file_is_not_taken_for_one_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "m"
    tensor_file.write(path, {"a": np.zeros(2, np.float32)}, {})
    assert error_of(path) == "a safetensors file, but not one of Remy's: it has no 'remy' header."
    for text in ("{]", "[]", '{"format_version": "1"}', "[" * 100_000):
        tensor_file.write(path, {"a": np.zeros(2, np.float32)}, {"remy": text})
        assert error_of(path).startswith("damaged: its 'remy' header")


def test_values_json_cannot_hold_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    for metrics in ({"nats": float("nan")}, {"nats": object()}):
        with pytest.raises(ModelFileError, match="the header cannot be written as JSON"):
            write(tmp_path / "m", metrics=metrics)
    assert not (tmp_path / "m").exists()


def test_a_folder_that_is_not_there_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing was changed"):
        write(tmp_path / "nowhere" / "m")


def test_every_cell_and_size_can_be_written_and_read(tmp_path: Path) -> None:
    for changes in (
        {"cell": "gru"},
        {"cell": "gru", "reset_after": False},
        {"cell": "simple_rnn"},
        {"layers": 3},
    ):
        model = small_models.model_file(**changes)
        model_file.write(tmp_path / "m", model)
        assert model_file.read(tmp_path / "m").tensors.keys() == model.tensors.keys()

"""The table of tensors."""

from __future__ import annotations

from typing import Any

import pytest

from remy.errors import ModelFileError
from remy.io.architecture import core_cell, expected_tensors
from tests.runtime.small_models import architecture


def test_an_lstm_has_four_gates_in_every_layer() -> None:
    assert expected_tensors(architecture(vocabulary_size=11, embedding_size=5, units=7)) == {
        "embedding/embeddings": (11, 5),
        "rnn_0/kernel": (5, 28),
        "rnn_0/recurrent_kernel": (7, 28),
        "rnn_0/bias": (28,),
        "rnn_1/kernel": (7, 28),
        "rnn_1/recurrent_kernel": (7, 28),
        "rnn_1/bias": (28,),
        "dense/kernel": (7, 11),
        "dense/bias": (11,),
    }


@pytest.mark.parametrize(
    ("cell", "reset_after", "kernel", "bias"),
    [
        ("simple_rnn", True, (5, 7), (7,)),
        ("gru", True, (5, 21), (2, 21)),
        ("gru", False, (5, 21), (21,)),
        ("lstm", False, (5, 28), (28,)),
    ],
)
def test_columns_follow_the_gates_of_the_cell(
    cell: str, reset_after: bool, kernel: tuple[int, ...], bias: tuple[int, ...]
) -> None:
    shapes = expected_tensors(architecture(cell=cell, reset_after=reset_after))
    assert shapes["rnn_0/kernel"] == kernel
    assert shapes["rnn_0/bias"] == bias


def test_a_tied_network_has_no_output_kernel() -> None:
    shapes = expected_tensors(architecture(tied=True, embedding_size=7))
    assert "dense/kernel" not in shapes
    assert "dense/bias" in shapes


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cell": "lstm"}, "lstm"),
        ({"cell": "gru", "reset_after": True}, "gru_reset_after"),
        ({"cell": "gru", "reset_after": False}, "gru_reset_before"),
        ({"cell": "simple_rnn", "activation": "relu"}, "simple_rnn_relu"),
    ],
)
def test_the_core_has_a_name_for_every_cell(changes: dict[str, Any], expected: str) -> None:
    assert core_cell(architecture(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"kind": "languagemodel"},
            "got 'languagemodel'; did you mean 'language_model'?",
        ),
        ({"kind": None}, "got None"),
        ({"units": 0}, "expected units from 1 to 1048576, got 0"),
        ({"units": True}, "expected units from 1 to 1048576, got True"),
        ({"units": 7.0}, "expected units from 1 to 1048576, got 7.0"),
        ({"layers": 10**9}, "expected layers from 1 to 1024"),
        ({"cell": "lstn"}, "expected cell out of simple_rnn, lstm, gru, got 'lstn'"),
        ({"cell": ["lstm"]}, "expected cell out of"),
        ({"activation": "relu"}, "lstm has activation tanh only, got 'relu'"),
        ({"tied": True}, "tied needs embedding_size equal to units, got 5 and 7"),
        ({"tied": 1}, "expected tied to be true or false, got 1"),
        ({"layer": 2}, "unknown setting 'layer'; did you mean 'layers'"),
    ],
)
def test_a_setting_that_cannot_be_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelFileError) as caught:
        expected_tensors(architecture(**changes))
    assert message in str(caught.value)


@pytest.mark.parametrize("name", [name for name in architecture() if name != "kind"])
def test_a_missing_setting_is_named(name: str) -> None:
    settings = architecture()
    del settings[name]
    with pytest.raises(ModelFileError, match=f"the setting '{name}' is missing"):
        expected_tensors(settings)

"""The network of a forecaster: what it may read, and what its outputs mean."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from remy.errors import ModelFileError
from remy.io.architecture import expected_tensors
from remy.models import ForecasterNetwork


def network(**changes: Any) -> ForecasterNetwork:
    """A small network whose every weight shows in its output."""
    settings: dict[str, Any] = {
        "kind": "forecaster", "targets": 2, "known": 3, "past": 1, "window": 5, "horizon": 4,
        "decoding": "direct", "output": "quantiles", "outputs": 5, "from_last": True, "cell": "lstm",
        "units": 6, "layers": 2, "reset_after": True, "activation": "tanh",
    } | changes  # fmt: skip
    torch.manual_seed(0)
    made = ForecasterNetwork(settings)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(0.0, 0.6)
    return made


def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Random past, ahead, last and true of three rows."""
    torch.manual_seed(1)
    return torch.randn(3, 5, 8), torch.randn(3, 4, 4), torch.randn(3, 2), torch.randn(3, 4, 2)


@pytest.mark.parametrize("decoding", ["direct", "autoregressive"])
def test_quantiles_never_cross(decoding: str) -> None:
    found = network(decoding=decoding)(*inputs())
    assert found.shape == (3, 4, 2, 5)
    assert (found.diff(dim=3) > 0.0).all()


@pytest.mark.parametrize("decoding", ["direct", "autoregressive"])
def test_an_answer_reads_no_target_of_its_own_step_or_of_later_ones(decoding: str) -> None:
    past, ahead, last, true = inputs()
    for step in range(4):
        moved = true.clone().requires_grad_()
        found = network(decoding=decoding)(past, ahead, last, moved)
        found[:, step].sum().backward()
        read = torch.zeros_like(true) if moved.grad is None else moved.grad
        assert (read[:, step:] == 0.0).all()
        if decoding == "autoregressive" and step:
            assert (read[:, :step] != 0.0).any()


def test_an_answer_reads_what_is_known_of_its_own_step_and_not_of_later_ones() -> None:
    past, ahead, last, true = inputs()
    ahead.requires_grad_()
    network()(past, ahead, last, true)[:, 1].sum().backward()
    assert ahead.grad is not None
    assert (ahead.grad[:, :2] != 0.0).all()
    assert (ahead.grad[:, 2:] == 0.0).all()


def test_from_last_adds_the_last_value_and_without_it_nothing() -> None:
    past, ahead, last, true = inputs()
    with_last, without = network()(past, ahead, last, true), network(from_last=False)(past, ahead, last, true)
    torch.testing.assert_close(with_last - last[:, None, :, None], without)


def test_a_student_t_has_a_width_above_0_and_a_variance() -> None:
    found = network(output="student_t", outputs=3)(*inputs())
    assert (found[..., 1] > 0.0).all()
    assert (found[..., 2] > 2.0).all()


def test_weights_go_to_the_model_file_and_back() -> None:
    ours, theirs = network(), network()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.zero_()
    tensors = ours.to_tensors()
    assert {name: tensor.shape for name, tensor in tensors.items()} == expected_tensors(ours.architecture)
    theirs.from_tensors(tensors)
    torch.testing.assert_close(ours(*inputs()), theirs(*inputs()))
    assert np.isfinite(tensors["dense/kernel"]).all()


def test_a_student_t_of_another_number_of_outputs_is_no_architecture() -> None:
    with pytest.raises(ModelFileError, match="student_t has outputs = 3, got 5"):
        network(output="student_t")

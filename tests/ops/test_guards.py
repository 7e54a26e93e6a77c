"""What reaches the core from elsewhere than the checked call: hooks, changed memory, other devices."""

import numpy as np
import pytest
import torch

from remy.errors import ShapeError
from remy.ops import sequence, sequence_record
from tests.ops.arguments import B, H, flat, tensors


def restrided(tensor):
    """Return the same values with the axes laid out the other way round in memory."""
    axes = tuple(reversed(range(tensor.dim())))
    return tensor.permute(axes).contiguous().permute(axes)


def test_hooks_may_lay_saved_tensors_out_anew():
    given = tensors("lstm", grad=True)
    expected = torch.autograd.grad(sequence(**given, cell="lstm").outputs.square().sum(), flat(given))
    with torch.autograd.graph.saved_tensors_hooks(restrided, lambda t: t):
        loss = sequence(**given, cell="lstm").outputs.square().sum()
    for actual, value in zip(torch.autograd.grad(loss, flat(given)), expected, strict=True):
        torch.testing.assert_close(actual, value, rtol=1e-12, atol=1e-12)


def test_lengths_changed_behind_torchs_back_are_refused_on_the_way_back():
    buffer = np.full(B, 2)
    loss = sequence(**tensors("lstm", grad=True), cell="lstm", lengths=torch.from_numpy(buffer)).outputs.sum()
    buffer[1] = 99
    with pytest.raises(ShapeError, match="got 99 in row 1"):
        loss.backward()


def test_a_gradient_on_another_device_is_refused():
    d_h = torch.zeros(B, H, dtype=torch.float64, device="meta")
    with pytest.raises(ShapeError, match=r"got .* on meta"):
        sequence_record(**tensors("lstm"), cell="lstm", d_h=d_h)


def test_a_tensor_whose_sign_is_pending_is_read_with_it():
    given = tensors("lstm")
    negative = torch._neg_view(given["x"])
    expected = sequence(**{**given, "x": -given["x"]}, cell="lstm").outputs
    assert torch.equal(sequence(**{**given, "x": negative}, cell="lstm").outputs, expected)

"""The roads of a trace's gradient where it all but vanishes, or explodes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from remy.inspect import trace
from remy.layers import SimpleRNN


@pytest.mark.parametrize(("factor", "steps"), [(0.25, 40), (4.0, 45)])
def test_a_road_has_its_size_where_squares_would_leave_float32(factor: float, steps: int) -> None:
    """A linear layer that multiplies its state by a factor a step, back from a gradient of size 1."""
    layer = SimpleRNN(
        2, activation="linear", input_size=1, recurrent_initializer=lambda w: w.copy_(factor * torch.eye(2))
    )
    x = torch.zeros(1, steps, 1)
    found = trace(layer, x, target=torch.tensor([[-1.0, 0.0]]), check="none").layers[0].gradients
    assert found is not None
    expected = factor ** np.arange(steps, 0, -1.0)
    # Squared, the smallest or largest of these is beyond what float32 holds.
    assert not np.finfo(np.float32).tiny < expected[0] ** 2 < np.finfo(np.float32).max
    np.testing.assert_allclose(found.gate_road[0], expected, rtol=1e-5)
    np.testing.assert_array_equal(found.cell_road[0], 0)

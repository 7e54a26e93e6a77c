"""What holds of the trace of any trained model, whatever its task."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from remy.inspect import Trace, gradient_flow, trace

#: How far the runtime, torch's network and the reference may be from each other in float32.
EXACT = 1e-5


def checked_trace(model: Any, x: Any, target: Any) -> Trace:
    """Return the trace with a target, after checking it, the one without, and the flow of the gradients."""
    randomness = torch.get_rng_state()
    plain = trace(model, x)
    assert plain.loss is None
    assert plain.layers
    assert all(layer.gradients is None for layer in plain.layers)
    found = trace(model, x, target, check="full")
    assert torch.equal(torch.get_rng_state(), randomness)
    for each in (plain, found):
        assert each.residuals.forward < EXACT
        assert each.residuals.reference < EXACT
    assert found.residuals.reference_gradients is not None
    assert found.residuals.reference_gradients < 1e-4
    assert found.residuals.finite_differences is not None
    assert found.residuals.finite_differences < 1e-2
    assert found.loss is not None
    assert found.loss > 0
    assert all(layer.gradients is not None for layer in found.layers)
    assert all(np.abs(layer.gradients.h).max() > 0 for layer in found.layers if layer.gradients is not None)
    flows = gradient_flow(model, x, target)
    places = [(layer.name, layer.direction) for layer in found.layers]
    assert [(flow.name, flow.direction) for flow in flows] == places
    assert all(flow.h.max() > 0 for flow in flows)
    return found


def loss_of(model: Any, x: Any, target: Any) -> float:
    """Return the loss that the trace has the gradients of."""
    loss = trace(model, x, target).loss
    assert loss is not None
    return loss


def refuses(model: Any, x: Any, target: Any, error: type[Exception], message: str) -> None:
    """Check that a trace is refused with a message that says what was expected."""
    with pytest.raises(error, match=message):
        trace(model, x, target)

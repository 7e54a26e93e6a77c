"""The state a stateful layer carries, and layers under inference mode."""

import pytest
import torch

from remy.layers import LSTM
from tests.layers.kinds import KINDS, B, F, inputs, make


@pytest.mark.parametrize("kind", KINDS)
def test_writing_into_what_was_returned_does_not_change_the_carried_state(kind):
    layer = make(kind, stateful=True, return_state=True, return_sequences=True)
    undisturbed = make(kind, return_sequences=True)(inputs())
    with torch.no_grad():
        outputs, *state = layer(inputs()[:, :2])
        for tensor in (outputs, *state):
            tensor.fill_(7.0)
        second, *_ = layer(inputs()[:, 2:])
    torch.testing.assert_close(second, undisturbed[:, 2:].detach(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_carried_out_of_inference_mode_can_be_trained_on(kind):
    layer = make(kind, stateful=True)
    with torch.inference_mode():
        layer(inputs())
    layer(inputs()).sum().backward()
    assert layer.kernel.grad.abs().sum() > 0
    with torch.inference_mode():
        layer(inputs())
        layer(inputs())


def test_a_first_call_under_inference_mode_leaves_weights_that_can_be_trained():
    layer = LSTM(2)
    with torch.inference_mode():
        layer(torch.ones(B, 4, F))
    assert not any(parameter.is_inference() for parameter in layer.parameters())
    layer(torch.ones(B, 4, F)).sum().backward()
    assert layer.kernel.grad is not None


def test_a_compiled_stateful_layer_carries_its_state():
    torch._dynamo.reset()
    layer = make("lstm", stateful=True)
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    first, second = compiled(inputs()), compiled(inputs())
    layer.reset_state()
    assert torch.equal(layer(inputs()), first)
    assert torch.equal(layer(inputs()), second)

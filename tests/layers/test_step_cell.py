"""The cells for one step: a layer taken apart."""

import pytest
import torch

from remy.errors import ShapeError
from remy.layers import GRUCell, LSTMCell, SimpleRNNCell
from tests.layers.kinds import KINDS, B, F, H, T, close, inputs, make, state_of

CELLS = {"SimpleRNN": SimpleRNNCell, "LSTM": LSTMCell, "GRU": GRUCell}


def cell_of(layer, kind):
    cls, fixed = KINDS[kind]
    cell = CELLS[cls.__name__](H, dtype=torch.float64, **fixed)
    cell.load_state_dict(layer.state_dict())
    return cell


@pytest.mark.parametrize("kind", KINDS)
def test_steps_with_the_layers_weights_give_the_layers_outputs_and_gradients(kind):
    layer = make(kind, return_sequences=True, return_state=True)
    cell, state = cell_of(layer, kind), state_of(layer)
    expected, *final = layer(inputs(), initial_state=state)
    outputs = []
    for t in range(T):
        output, state = cell(inputs()[:, t], state)
        outputs.append(output)
    outputs = torch.stack(outputs, dim=1)
    close(outputs, expected)
    for actual, value in zip(state, final, strict=True):
        close(actual, value)
    outputs.square().sum().backward()
    expected.square().sum().backward()
    for actual, value in zip(cell.parameters(), layer.parameters(), strict=True):
        close(actual.grad, value.grad)


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_state_a_step_starts_from_zeros(kind):
    layer = make(kind)
    output, state = cell_of(layer, kind)(inputs()[:, 0])
    close(output, layer(inputs()[:, :1]))
    assert output is state[0]


def test_a_whole_sequence_is_refused():
    with pytest.raises(
        ShapeError, match=r"lstm: expected inputs of one step of shape \(B, I\), got \(4, 6, 3\)"
    ):
        LSTMCell(H)(inputs().float())


def test_the_input_size_is_found_at_the_first_step():
    cell = GRUCell(H)
    cell(torch.zeros(B, F))
    assert cell.input_size == F
    with pytest.raises(ShapeError, match="gru: expected inputs with I = 3 features, got 4"):
        cell(torch.zeros(B, 4))

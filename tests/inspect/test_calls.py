"""Layers called in other ways than one after the other: in parts, twice, beside, and under other names."""

import numpy as np
import pytest
import torch

from remy import Sequential, ops
from remy.inspect import gradient_flow, trace
from remy.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Stacked
from tests.inspect.chains import (
    MASKINGS,
    B,
    H,
    T,
    classes,
    close,
    inputs,
)
from tests.layers.kinds import KINDS, make


def test_a_model_that_answers_with_more_is_traced_by_its_first_answer():
    layer = make("lstm", return_state=True)
    found = trace(layer, inputs(), torch.zeros(B, H))
    np.testing.assert_array_equal(found.scores, layer(inputs())[0].detach())


def test_layers_have_the_names_of_their_places():
    body = Stacked([Bidirectional(LSTM(4)), GRU(4, return_sequences=True)])
    found = trace(
        Sequential([Embedding(9, 3), body, Dense(2)]), torch.ones(1, 5).long(), torch.zeros(1, 5).long()
    )
    assert [(layer.name, layer.direction) for layer in found.layers] == [
        ("1.layers.0", "forward"), ("1.layers.0", "backward"), ("1.layers.1", "forward"),
    ]  # fmt: skip
    turned = trace(Bidirectional(LSTM(4, go_backwards=True)), inputs().float())
    assert [layer.direction for layer in turned.layers] == ["backward", "forward"]
    assert {layer.name for layer in turned.layers} == {"lstm"}


class Halves(torch.nn.Module):
    """Reads a sequence by two calls of one layer; the second goes on from the first."""

    def __init__(self, layer, answers=slice(None)):
        super().__init__()
        self.layer, self.answers = layer, answers

    def forward(self, x):
        first, *state = self.layer(x[:, :3])
        second, *state = self.layer(x[:, 3:], initial_state=state)
        return torch.cat([first, second][self.answers], dim=1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_that_is_called_twice_is_one_layer_over_all_steps(kind):
    layer, x, target = make(kind, return_sequences=True, return_state=True), inputs(), classes()
    whole, halves = trace(layer, x, target), trace(Halves(layer), x, target, check="full")
    assert halves.residuals.reference_gradients < 1e-12
    assert halves.residuals.finite_differences < 1e-5
    one, two = whole.layers[0], halves.layers[0]
    for name in ("h", "h_before", "gates", "preactivations", "c", "c_before"):
        if getattr(one, name) is not None:
            close(getattr(two, name), getattr(one, name), name)
    for name, expected in vars(one.gradients).items():
        if expected is not None:
            close(getattr(two.gradients, name), expected, name)


def test_steps_that_the_loss_does_not_depend_on_have_gradients_of_zero():
    layer = make("lstm", return_sequences=True, return_state=True)
    found = trace(Halves(layer, slice(0, 1)), inputs(), classes(B, 3), check="full")
    alone = trace(layer, inputs()[:, :3], classes(B, 3)).layers[0].gradients
    for name, each in vars(found.layers[0].gradients).items():
        close(each[:, :3], getattr(alone, name), name)
        assert not each[:, 3:].any(), name
    assert found.residuals.reference_gradients < 1e-12
    assert found.residuals.finite_differences < 1e-5


def test_a_layer_that_the_loss_does_not_depend_on_has_gradients_of_zero():
    class Beside(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unused = make("lstm"), make("gru_reset_after")

        def forward(self, x):
            self.unused(x)
            return self.used(x)

    found = trace(Beside(), inputs(), torch.zeros(B, H), check="full")
    used, unused = (found.layer(name).gradients for name in ("used", "unused"))
    assert used.h.any()
    assert unused.h.shape == (B, T, H)
    assert not unused.h.any()
    assert not unused.x.any()
    assert found.residuals.finite_differences < 1e-5


def test_gradients_go_through_recurrences_that_are_no_layers():
    class Above(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = make("lstm", return_sequences=True)
            self.weight = torch.nn.Parameter(
                torch.randn(H, H, generator=torch.Generator().manual_seed(0)).double()
            )

        def forward(self, x):
            hidden, weight = self.layer(x), self.weight
            return ops.sequence(hidden, weight, weight, cell="simple_rnn_tanh", batch_first=True).outputs

    found = trace(Above(), inputs(), classes(), check="full")
    assert found.layers[0].gradients.h.any()
    assert found.residuals.finite_differences < 1e-5


def test_one_layer_at_two_depths_has_the_gradients_of_both():
    class Twice(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = make("lstm", input_size=H, return_sequences=True)

        def forward(self, x):
            return self.layer(self.layer(x))

    x = torch.randn(B, T, H, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    residuals = trace(Twice(), x, classes(), check="full").residuals
    assert residuals.reference_gradients < 1e-12
    assert residuals.finite_differences < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_goes_back_through_the_zeros_that_stand_for_masked_steps(kind):
    class Padded(torch.nn.Module):
        """Knows its mask itself, so that the loss reads the zeros too."""

        def __init__(self):
            super().__init__()
            self.layer = make(kind, return_sequences=True, zero_output_for_mask=True)

        def forward(self, x):
            return self.layer(x, mask=MASKINGS["gaps"]["mask"]) + 0.1

    found = trace(Padded(), inputs(), classes(), check="full")
    assert found.residuals.reference_gradients < 1e-12
    assert found.residuals.finite_differences < 1e-5
    assert not found.layers[0].gradients.h[3, 6].any()  # masked up to the end
    assert found.layers[0].gradients.h[2, 6].any()


class Pair(torch.nn.Module):
    """Reads both halves of its input with one layer, each from zero."""

    def __init__(self):
        super().__init__()
        self.layer = LSTM(4, input_size=3, dtype=torch.float64)

    def forward(self, x):
        return self.layer(x[:, :4]) + self.layer(x[:, 4:])


def test_sequences_of_one_layer_that_do_not_go_on_from_each_other_have_a_trace_each():
    torch.manual_seed(0)
    model, x = Pair(), torch.randn(2, 9, 3, dtype=torch.float64)
    found = trace(model, x, torch.zeros(2, 4), check="full")
    assert [(layer.name, layer.h.shape[1]) for layer in found.layers] == [("layer", 4), ("layer#2", 5)]
    for layer, part in zip(found.layers, (x[:, :4], x[:, 4:]), strict=True):
        np.testing.assert_array_equal(layer.h[:, -1], model.layer(part).detach())
        assert not layer.h_before[:, 0].any()
    assert max(found.residuals.reference_gradients, found.residuals.finite_differences) < 1e-6
    flows = gradient_flow(model, x)
    assert [len(flow.lags) for flow in flows] == [4, 5]


def test_a_layer_that_reads_its_own_outputs_has_a_trace_of_each_reading():
    class Twice(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = GRU(3, input_size=3, return_sequences=True)

        def forward(self, x):
            return self.layer(self.layer(x))

    found = trace(Twice(), torch.randn(1, 6, 3))
    assert [(layer.name, layer.h.shape[1]) for layer in found.layers] == [("layer", 6), ("layer#2", 6)]

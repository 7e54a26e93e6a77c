"""Weights from and to torch.nn.RNN, LSTM and GRU: all layers, both directions, gradients too."""

import re

import pytest
import torch

from remy.errors import ShapeError, UsageError
from remy.io.torch_weights import load_torch_state_dict, to_torch_state_dict
from remy.layers import GRU, LSTM, Bidirectional, SimpleRNN, Stacked

B, T, F, H = 4, 6, 3, 5

CELLS = {
    "rnn_tanh": (torch.nn.RNN, {}, SimpleRNN, {}),
    "rnn_relu": (torch.nn.RNN, {"nonlinearity": "relu"}, SimpleRNN, {"activation": "relu"}),
    "lstm": (torch.nn.LSTM, {}, LSTM, {}),
    "gru": (torch.nn.GRU, {}, GRU, {}),
}


def pair(cell, *, layers=1, both=False, bias=True):
    """Return torch's module and ours, of one shape, with weights of their own; float64."""
    module, theirs, layer, ours = CELLS[cell]
    torch.manual_seed(5)
    first = module(
        F, H, layers, bias=bias, batch_first=True, bidirectional=both, dtype=torch.float64, **theirs
    )
    options = {
        **ours,
        "use_bias": bias,
        "return_sequences": True,
        "return_state": True,
        "dtype": torch.float64,
    }
    stack = [layer(H, **options) for _ in range(layers)]
    second = Stacked([Bidirectional(one) if both else one for one in stack])
    for parameter in first.parameters():
        torch.nn.init.normal_(parameter, std=0.6)
    return first, second


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_outputs_states_and_gradients_are_torchs(cell, layers, both, bias):
    theirs, ours = pair(cell, layers=layers, both=both, bias=bias)
    load_torch_state_dict(ours, theirs.state_dict())
    x = torch.randn(B, T, F, dtype=torch.float64)
    h = torch.randn(layers, 2 if both else 1, B, H, dtype=torch.float64)
    c = torch.randn_like(h)
    states = 2 if cell == "lstm" else 1
    their_start = (h.flatten(0, 1), c.flatten(0, 1)) if states == 2 else h.flatten(0, 1)
    our_start = [
        [t for way in range(h.shape[1]) for t in (h[level, way], c[level, way])[:states]]
        for level in range(layers)
    ]
    found = []
    for module, start in ((theirs, their_start), (ours, our_start)):
        inputs = x.clone().requires_grad_()
        outputs, final = module(inputs, start) if module is theirs else module(inputs, initial_state=start)
        if module is ours:
            flat = [t for level in final for t in level]
            final = [torch.stack(flat[k::states]) for k in range(states)]
        elif states == 1:
            final = [final]
        weights = torch.arange(outputs.numel(), dtype=torch.float64).view(outputs.shape).sin()
        loss = (outputs * weights).sum() + sum(((k + 1) * t * t).sum() for k, t in enumerate(final))
        loss.backward()
        found.append([outputs, *final, inputs.grad])
    for expected, actual in zip(*found, strict=True):
        torch.testing.assert_close(actual, expected, rtol=1e-12, atol=1e-12)
    for name, gradient in torch_gradients(ours, cell).items():
        torch.testing.assert_close(
            gradient, theirs.get_parameter(name).grad, rtol=1e-11, atol=1e-11, msg=name
        )


def torch_gradients(ours, cell):
    """Return the gradients of our weights under torch's names; of torch's biases only those we have."""
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(parameter.grad)
    gradients = to_torch_state_dict(ours)
    return {name: g for name, g in gradients.items() if cell == "gru" or "bias_hh" not in name}


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_weights_come_back_to_the_bit(cell, both):
    theirs, ours = pair(cell, layers=2, both=both)
    load_torch_state_dict(ours, theirs.state_dict())
    back = to_torch_state_dict(ours)
    assert back.keys() == theirs.state_dict().keys()
    for name, value in theirs.state_dict().items():
        if cell == "gru" or "weight" in name:
            assert torch.equal(back[name], value), name
        elif "bias_ih" in name:
            assert torch.equal(back[name], value + theirs.state_dict()[name.replace("_ih", "_hh")])
        else:
            assert not back[name].any()
    again = pair(cell, layers=2, both=both)[1]
    load_torch_state_dict(again, back)
    for a, b in zip(ours.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("cell", CELLS)
def test_torch_loads_what_we_write_and_computes_the_same(cell):
    theirs, ours = pair(cell, layers=2)
    x = torch.randn(B, T, F, dtype=torch.float64)
    expected, _ = ours(x)
    theirs.load_state_dict(to_torch_state_dict(ours))
    torch.testing.assert_close(theirs(x)[0], expected, rtol=1e-12, atol=1e-12)


def test_a_bare_layer_and_a_bidirectional_one_convert_without_a_stack():
    theirs = torch.nn.GRU(F, H, bidirectional=True, batch_first=True)
    ours = Bidirectional(GRU(H, return_sequences=True))
    load_torch_state_dict(ours, theirs.state_dict())
    x = torch.randn(B, T, F)
    torch.testing.assert_close(ours(x), theirs(x)[0])
    assert to_torch_state_dict(LSTM(H, input_size=F)).keys() == torch.nn.LSTM(F, H).state_dict().keys()


def test_a_loaded_layer_shares_no_memory_with_the_state_dict():
    theirs, ours = torch.nn.LSTM(F, H), LSTM(H)
    load_torch_state_dict(ours, theirs.state_dict())
    back = to_torch_state_dict(ours)
    before = ours.kernel.detach().clone()
    for tensor in (*theirs.state_dict().values(), *back.values()):
        tensor.zero_()
    assert torch.equal(ours.kernel, before)


UNFIT = [
    (
        GRU(H, reset_after=False),
        "torch weights: expected a GRU with reset_after=True, the only form torch has.",
    ),
    (
        SimpleRNN(H, activation="linear"),
        "torch weights: expected activation 'tanh' or 'relu', the ones torch has",
    ),
    (
        Stacked([LSTM(H), GRU(H)]),
        "torch weights: expected the same cell in all layers, got lstm and, in l1, gru",
    ),
    (
        Stacked([LSTM(H), LSTM(2)]),
        "torch weights: expected the same units in all layers, got 5 and, in l1, 2.",
    ),
    (Stacked([LSTM(H)], residual=True), "torch weights: expected layers without residual connections"),
    (Stacked([LSTM(H), Bidirectional(LSTM(H))]), "expected all layers or none to be bidirectional."),
    (Bidirectional(LSTM(H), merge_mode="sum"), "torch weights: expected merge_mode 'concat', got 'sum'."),
    (LSTM(H, go_backwards=True), "torch weights: expected layers in forward time, got go_backwards=True."),
    (torch.nn.Linear(2, 2), "torch weights: expected a recurrent layer, got Linear."),
]


@pytest.mark.parametrize(("layer", "message"), UNFIT)
def test_what_torch_does_not_have_is_refused_in_both_directions(layer, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        load_torch_state_dict(layer, {})
    with pytest.raises(UsageError, match=re.escape(message)):
        to_torch_state_dict(layer)


def test_a_layer_without_weights_yet_cannot_be_written():
    with pytest.raises(UsageError, match="expected a layer that was called once, or built"):
        to_torch_state_dict(LSTM(H))


def test_a_state_dict_that_does_not_fit_is_refused_and_nothing_is_loaded():
    ours = Stacked([LSTM(H, input_size=F), LSTM(H)])
    before = ours.layers[0].kernel.detach().clone()
    good = torch.nn.LSTM(F, H, 2).state_dict()
    for change, message in (
        ({"weight_hh_l1": None}, "expected a tensor 'weight_hh_l1', got none of that name."),
        ({"weight_ih_l0": torch.zeros(20, 4)}, "expected 'weight_ih_l0' of shape (20, 3), got (20, 4)."),
        ({"weight_hh_l0": torch.zeros(20, 6)}, "expected 'weight_hh_l0' of shape (20, 5), got (20, 6)."),
        ({"bias_ih_l0": torch.zeros(20, 1)}, "expected 'bias_ih_l0' of shape (20,), got (20, 1)."),
        ({"weight_ih_l1": torch.zeros(16, 5)}, "expected 'weight_ih_l1' of shape (20, 5), got (16, 5)."),
        (
            {"weight_ih_l2": torch.zeros(1)},
            "expected no tensor 'weight_ih_l2'; the layer has 2 cells, with bias.",
        ),
        (
            {"weight_hr_l0": torch.zeros(1)},
            "expected no tensor 'weight_hr_l0'; the layer has 2 cells, with bias.",
        ),
    ):
        changed = {name: t for name, t in {**good, **change}.items() if t is not None}
        with pytest.raises(ShapeError, match=re.escape(message)):
            load_torch_state_dict(ours, changed)
        assert torch.equal(ours.layers[0].kernel, before)
    with pytest.raises(ShapeError, match="'bias_ih_l0'; the layer has 1 cell, without bias"):
        load_torch_state_dict(LSTM(H, use_bias=False), torch.nn.LSTM(F, H).state_dict())


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight_ih_l0": torch.zeros(20, 0)}, "expected 'weight_ih_l0' of shape (20, I), got (20, 0)."),
        ({"weight_ih_l1": torch.zeros(20, 7)}, "expected 'weight_ih_l1' of shape (20, {}), got (20, 7)."),
        (
            {"weight_ih_l0_reverse": torch.zeros(20, 4)},
            "'weight_ih_l0_reverse' of shape (20, 3), got (20, 4).",
        ),
    ],
)
def test_a_number_of_features_that_does_not_fit_is_refused_before_anything_is_written(both, change, message):
    stack = [LSTM(H), LSTM(H)]
    ours = Stacked([Bidirectional(layer) if both else layer for layer in stack])
    good = torch.nn.LSTM(F, H, 2, bidirectional=both).state_dict()
    if not both and "weight_ih_l0_reverse" in change:
        change, message = {"weight_ih_l1": torch.zeros(20, 0)}, "of shape (20, 5), got (20, 0)."
    with pytest.raises(ShapeError, match=re.escape(message.format(2 * H if both else H))):
        load_torch_state_dict(ours, {**good, **change})
    assert all(layer.input_size is None for layer in stack)
    load_torch_state_dict(ours, good)

"""What cannot be traced is refused by one sentence: what was expected, what came, and the way out."""

import math
import re

import numpy as np
import pytest
import torch

from remy import Sequential
from remy.errors import DataError, ShapeError, UsageError
from remy.inspect import Subject, gradient_flow, trace
from remy.layers import LSTM, Dense, Embedding, SimpleRNN
from tests.inspect.chains import MASKINGS, B, F, H, T, V, classes, inputs, network
from tests.inspect.refusing import ONE, refused


@pytest.mark.parametrize("shape", [(1, 0, F), (0, 6, F), (0, 0, F), (1, 0), (6,), ()])
def test_an_empty_sequence(shape):
    message = f"trace: expected x of shape (B, T) or (B, T, I) with a step, got {shape}"
    refused(DataError, message, LSTM(4), torch.ones(shape))


def test_an_empty_sequence_inside_a_model():
    class Nothing(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = LSTM(4)

        def forward(self, x):
            return self.layer(x[:, :0])

    refused(DataError, "trace: expected at least one step, got an empty sequence", Nothing(), ONE)


@pytest.mark.parametrize("x", ["a text", None, {"a": 1}, [[1.0], [2.0, 3.0]], object()])
def test_an_input_that_is_no_array(x):
    message = f"trace: expected x as an array of numbers, got {type(x).__name__}"
    refused(ShapeError, message, LSTM(4), x)


def test_an_input_of_another_rank_width_or_dtype():
    refused(
        ShapeError,
        "lstm: expected inputs of shape (B, T, I), got (1, 2, 3, 4); "
        "rows come first, then steps, then features.",
        LSTM(4), torch.ones(1, 2, 3, 4),
    )  # fmt: skip
    refused(
        ShapeError,
        "lstm: expected inputs with I = 3 features, got 7; the first call fixed the number.",
        LSTM(4, input_size=3), torch.ones(1, 2, 7),
    )  # fmt: skip
    refused(
        ShapeError,
        "lstm: expected inputs of a floating dtype, got int64; pass x.float().",
        LSTM(4, input_size=3), torch.ones(1, 2, 3).long(),
    )  # fmt: skip


@pytest.mark.parametrize("model", [Dense(4), torch.nn.LSTM(3, 4), Sequential([Embedding(4, 3), Dense(2)])])
def test_a_model_without_recurrence(model):
    message = f"trace: {type(model).__name__} has no recurrent layer; expected SimpleRNN, LSTM or GRU in it"
    refused(UsageError, message, model, ONE)


def test_a_model_that_does_not_call_its_recurrent_layer():
    class Idle(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = LSTM(4)

        def forward(self, x):
            return x

    refused(UsageError, "trace: no recurrent layer ran; expected a model that calls its layers", Idle(), ONE)


@pytest.mark.parametrize(
    "model", [None, 3, "a path", LSTM, np.ones(3), lambda x: x], ids=lambda m: type(m).__name__
)
def test_a_model_of_the_wrong_kind(model):
    message = f"trace: expected a torch module or a model that remy.load returned, got {type(model).__name__}"
    refused(UsageError, message, model, ONE)


@pytest.mark.parametrize("answer", [{"scores": 1}, [], "scores", None], ids=lambda a: type(a).__name__)
def test_a_model_that_answers_with_no_scores(answer):
    class Odd(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = LSTM(4)

        def forward(self, x):
            self.layer(x)
            return answer

    message = f"trace: expected scores (B, T, V) or (B, V) from the model, got {type(answer).__name__}"
    refused(UsageError, message, Odd(), ONE)


@pytest.mark.parametrize("option", ["lengths", "mask", "output"])
def test_options_of_modules_for_a_trained_model(option):
    class Trained:
        def subject(self, x, target=None):
            return Subject(LSTM(4), lambda network: network(x))

    message = (
        "trace: a trained model knows its lengths, masks and output; lengths, mask and output are for torch "
        "modules"
    )
    refused(UsageError, message, Trained(), ONE, **{option: "softmax" if option == "output" else [6]})
    assert trace(Trained(), ONE).layers[0].h.shape == (1, 6, 4)


def test_a_target_of_the_wrong_shape():
    each, last = LSTM(4, return_sequences=True), LSTM(4)
    refused(
        ShapeError,
        "trace: expected a target of shape (B, T) = (1, 6), got (1, 5); one class for every answer",
        each, ONE, torch.zeros(1, 5).long(),
    )  # fmt: skip
    refused(
        ShapeError,
        "trace: expected a target of shape (B,) = (1,), got (1, 6); one class for every answer",
        last, ONE, torch.zeros(1, 6).long(),
    )  # fmt: skip
    refused(
        ShapeError,
        "trace: expected a target of shape of the scores = (1, 6, 4), got (1, 6); one number for every score",
        each, ONE, torch.zeros(1, 6),
    )  # fmt: skip
    refused(ShapeError, "trace: expected target as an array of numbers, got str", each, ONE, "abc")


@pytest.mark.parametrize("wrong", [-100, -1, 4, 99])
def test_a_class_that_is_none(wrong):
    target = torch.zeros(1, 6).long()
    target[0, 3] = wrong
    message = f"trace: expected classes from 0 to 3 as target, got {wrong}"
    refused(DataError, message, LSTM(4, return_sequences=True), ONE, target)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none(wrong):
    target = torch.zeros(1, 6, 4)
    target[0, 3, 1] = wrong
    message = f"trace: expected finite numbers as target, got {wrong}"
    refused(DataError, message, LSTM(4, return_sequences=True), ONE, target)


def test_masks_and_lengths_that_do_not_fit():
    layer = LSTM(4, return_sequences=True)
    for mask, got in ((torch.ones(1, 5), "(1, 5)"), (torch.ones(6), "(6,)"), (torch.ones(2, 6), "(2, 6)")):
        message = f"trace: expected mask of shape (B, T) = (1, 6), got {got}"
        refused(ShapeError, message, layer, ONE, mask=mask.bool())
    for lengths, got in (([6, 6], "(2,)"), (6, "()"), ([[6]], "(1, 1)")):
        refused(
            ShapeError,
            f"trace: expected lengths of shape (B,) = (1,), got {got}",
            layer,
            ONE,
            lengths=lengths,
        )
    message = "lstm: expected lengths from 0 to T = 6, got 7 in row 0; lengths count the steps of each row."
    refused(ShapeError, message, layer, ONE, lengths=[7])
    refused(ShapeError, "trace: expected mask as an array of numbers, got str", layer, ONE, mask="all")


@pytest.mark.parametrize("at", [None, -1, 2])
def test_a_loss_of_no_answer(at):
    layer, mask = LSTM(4, return_sequences=True), torch.zeros(1, 6).bool()
    message = "trace: no answer counts, all are masked; a loss needs a step that is not"
    refused(DataError, message, layer, ONE, torch.zeros(1, 6).long(), mask=mask, at=at)
    assert not trace(layer, ONE, mask=mask).layers[0].h.any()  # without a loss it can be looked at


@pytest.mark.parametrize("at", [6, -7, 100, "a", 1.5])
def test_an_answer_out_of_range(at):
    message = f"step: expected at from -6 to 5, got {at}"
    refused(UsageError, message, LSTM(4, return_sequences=True), ONE, torch.zeros(1, 6).long(), at=at)


def test_an_answer_of_a_step_where_there_is_one_for_all():
    message = "trace: at=2 needs an answer at every step; this model gives one"
    refused(UsageError, message, LSTM(4), ONE, torch.zeros(1, 4), at=2)


@pytest.mark.parametrize("stride", [0, -1, 1.5, "2", None])
def test_a_stride_that_is_none(stride):
    refused(
        UsageError,
        f"stride: expected a whole number of at least 1, got {stride}",
        LSTM(4),
        ONE,
        stride=stride,
    )


@pytest.mark.parametrize("check", ["x", 3])
def test_an_unknown_check(check):
    refused(UsageError, f"check: expected one of quick, full, none, got '{check}'", LSTM(4), ONE, check=check)
    refused(
        UsageError,
        "check: expected one of quick, full, none, got 'ful'; did you mean 'full'?",
        LSTM(4),
        ONE,
        check="ful",
    )


def test_an_unknown_output():
    message = "output: expected one of softmax, sigmoid, numbers, got 'softmaxx'; did you mean 'softmax'?"
    refused(UsageError, message, LSTM(4), ONE, output="softmaxx")


@pytest.mark.parametrize("with_target", [False, True])
def test_too_many_steps_are_refused_with_their_size_and_the_stride_that_keeps_the_right_ones(with_target):
    layer = SimpleRNN(4, input_size=F, return_sequences=True)
    x, target = torch.randn(2, 5000, F, generator=torch.Generator().manual_seed(0)), None
    if with_target:
        target = torch.zeros(2, 5000).long()
    numbers = (1 + 2) * 4 + (4 + F if with_target else 0)  # pre-activation and h twice; gradients at h and x
    megabytes = f"{numbers * 2 * 5000 * 4 / 1e6:,.0f}"
    message = (
        f"trace: 5,000 steps would make a trace of {megabytes} MB; the most are 4,096 steps: pass stride=2 "
        "to keep one in so many"
    )
    refused(DataError, message, layer, x, target)
    found = trace(layer, x, target, stride=2)
    np.testing.assert_array_equal(found.layers[0].steps, range(0, 5000, 2))
    np.testing.assert_array_equal(found.layers[0].h, layer(x)[:, ::2].detach())
    assert found.scores.shape == (2, 5000, 4)
    assert (found.layers[0].gradients is not None) == with_target
    assert trace(layer, x[:, :4096]).layers[0].h.shape == (2, 4096, 4)
    with pytest.raises(DataError, match=re.escape("4,097 steps would make")):
        trace(layer, x[:, :4097])
    with pytest.raises(DataError, match="pass stride=4 "):
        trace(layer, torch.zeros(1, 3 * 4096 + 1, F))


def test_layers_units_steps_and_gates_that_a_trace_does_not_have():
    found = trace(network("gru_reset_after", both=True, depth=1), inputs(), stride=3)
    layer, plain = found.layers[0], trace(SimpleRNN(4), ONE).layers[0]
    known = "there are 0 (forward), 0 (backward)"
    for call, message in (
        (lambda: found.layer(2), f"layer: expected 0 to 1, got 2; {known}"),
        (lambda: found.layer(-1), f"layer: expected 0 to 1, got -1; {known}"),
        (lambda: found.layer("rnn"), f"layer: there is no 'rnn'; {known}"),
        (lambda: found.layer("0", "up"), "direction: expected one of forward, backward, got 'up'"),
        (lambda: found.layer(0, "up"), "direction: expected one of forward, backward, got 'up'"),
        (lambda: found.layer(0, "backward"), f"layer: 0 is 0 (forward), not backward; {known}"),
        (lambda: found.layer("1", "backward"), f"layer: there is no '1 (backward)'; {known}"),
        (lambda: layer.expect_unit(H), f"unit: expected 0 to {H - 1} in 0, got {H}"),
        (lambda: layer.expect_unit(-1), f"unit: expected 0 to {H - 1} in 0, got -1"),
        (lambda: found.place(7), "step: expected 0 to 6, or -1 to -7 from the end, got 7"),
        (lambda: found.place(-8), "step: expected 0 to 6, or -1 to -7 from the end, got -8"),
        (lambda: found.place(2), "step: 2 was left out by the stride, which keeps one in 3"),
        (lambda: layer.gate("forget"), "trace: 0 has no gate 'forget'; its gates: update, reset, candidate"),
        (
            lambda: plain.gate("update"),
            "trace: simple_rnn has no gate 'update'; its gates: none, it is a simple cell",
        ),
    ):
        with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
            call()
    assert layer.expect_unit(H - 1) == H - 1
    assert found.layer("0", "backward") is found.layers[1]
    assert found.layer(1) is found.layer(np.int64(1)) is found.layer(1, "backward") is found.layers[1]


def test_masked_targets_may_hold_anything():
    model, target = network("lstm", depth=1), classes()
    mask = MASKINGS["gaps"]["mask"]
    expected = trace(model, inputs(), target, mask=mask)
    target[~mask] = -100
    assert trace(model, inputs(), target, mask=mask).loss == expected.loss
    assert gradient_flow(model, inputs(), target, mask=mask)[0].h[0] > 0
    numbers = torch.zeros(B, T, V, dtype=torch.float64)
    expected = trace(model, inputs(), numbers, mask=mask)
    numbers[~mask] = math.nan
    found = trace(model, inputs(), numbers, mask=mask, check="full")
    assert found.loss == expected.loss
    np.testing.assert_array_equal(found.layers[0].gradients.h, expected.layers[0].gradients.h)
    assert found.residuals.finite_differences < 1e-5
    last = LSTM(T)  # one answer, as wide as the sequence is long
    one = trace(last, inputs().float(), torch.full((B, T), 0.5), mask=mask)
    assert one.loss == pytest.approx(np.square(one.scores - 0.5).mean())

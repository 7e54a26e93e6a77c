"""Overrides of what is not there, or by what is no number, are refused by one sentence."""

import math

import numpy as np
import pytest

from remy.errors import UsageError
from remy.inspect import Override
from remy.layers import GRU, LSTM, Bidirectional, SimpleRNN
from tests.inspect.chains import inputs, network
from tests.inspect.refusing import ONE, refused


@pytest.mark.parametrize(
    "layer", [LSTM(4), GRU(4), SimpleRNN(4), Bidirectional(LSTM(4))], ids=lambda m: type(m).__name__
)
def test_an_unknown_gate(layer):
    known = {
        "LSTM": "input, forget, candidate, output, hidden, cell", "GRU": "update, reset, candidate, hidden",
        "SimpleRNN": "hidden", "Bidirectional": "input, forget, candidate, output, hidden, cell",
    }[type(layer).__name__]  # fmt: skip
    message = f"override: expected one of {known}, got 'memory'"
    refused(UsageError, message, layer, ONE, override={"memory": 0})
    suggestion = "override: expected one of " + known + ", got 'hiden'; did you mean 'hidden'?"
    refused(UsageError, suggestion, layer, ONE, override=Override("hiden", 0, steps=[1]))


def test_an_override_of_a_layer_that_is_not_there():
    model = network("lstm", both=True, depth=2)
    known = "0 (forward), 0 (backward), 1 (forward), 1 (backward)"
    x = inputs()
    refused(
        UsageError,
        f"override: there is no layer '7'; there are {known}",
        model,
        x,
        override=Override("forget", 0, layer="7"),
    )
    refused(
        UsageError, "direction: expected one of forward, backward, got 'up'", model, x,
        override=Override("forget", 0, direction="up"),
    )  # fmt: skip
    refused(
        UsageError, "override: there is no layer 'backward'; there are lstm (forward)", LSTM(4), ONE,
        override=Override("forget", 0, direction="backward"),
    )  # fmt: skip
    refused(
        UsageError, "override: there is no layer 'lstm (backward)'; there are lstm (forward)", LSTM(4), ONE,
        override=Override("forget", 0, layer="lstm", direction="backward"),
    )  # fmt: skip


@pytest.mark.parametrize("numbers", [[], (), np.zeros(0, int), range(0)], ids=type)
@pytest.mark.parametrize("what", ["steps", "units"])
def test_an_override_at_no_steps_or_units(what, numbers):
    message = f"override: expected some {what} for 'forget', got none; None for all"
    refused(UsageError, message, LSTM(4), ONE, override=Override("forget", 0, **{what: numbers}))


@pytest.mark.parametrize("unit", [-1, 4, 99])
def test_an_override_of_a_unit_out_of_range(unit):
    message = f"unit: expected 0 to 3 in lstm, got {unit}"
    for steps in (None, [2]):
        refused(
            UsageError, message, LSTM(4), ONE, override=Override("forget", 0, steps=steps, units=[0, unit])
        )


@pytest.mark.parametrize("step", [-1, 6, 99])
def test_an_override_of_a_step_out_of_range(step):
    message = f"step: expected 0 to 5, got {step}"
    refused(UsageError, message, LSTM(4), ONE, override=Override("forget", 0, steps=[0, step]))


@pytest.mark.parametrize("value", ["a", None, math.nan, math.inf, [0.0]], ids=str)
def test_an_override_by_what_is_no_number(value):
    message = f"override: expected a finite number for 'forget', got {value!r}"
    for override in ({"forget": value}, Override("forget", value), [Override("forget", value)]):
        refused(UsageError, message, LSTM(4), ONE, override=override)


@pytest.mark.parametrize("numbers", [3, 1.5, [1.5], ["a"], [None]], ids=str)
@pytest.mark.parametrize("what", ["steps", "units"])
def test_an_override_at_what_are_no_whole_numbers(what, numbers):
    message = f"override: expected {what} as whole numbers, [0, 1], got {numbers!r}"
    refused(UsageError, message, LSTM(4), ONE, override=Override("forget", 0, **{what: numbers}))


@pytest.mark.parametrize(
    "override", ["forget", 5, [{"forget": 0}], [Override("forget", 0), "output"]], ids=str
)
def test_an_override_of_another_kind(override):
    message = "override: expected {'gate': value}, an Override or a list of Overrides"
    refused(UsageError, message, LSTM(4), ONE, override=override)


@pytest.mark.parametrize("value", [1e39, -1e300])
def test_an_override_by_what_the_dtype_cannot_hold(value):
    message = f"override: expected a number that float32 can hold for 'forget', got {value!r}"
    refused(UsageError, message, LSTM(4), ONE, override={"forget": value})

"""What units cannot be asked for is refused by one sentence with a way out."""

import re

import numpy as np
import pytest
import torch

from remy.errors import DataError, ShapeError, UsageError
from remy.inspect import trace
from remy.inspect.tracing import MOST_STEPS
from remy.inspect.units import unit_selectivity
from remy.layers import GRU, Bidirectional
from tests.inspect.test_units import a_text, counter


def test_what_cannot_be_measured_is_refused_with_a_way_out():
    text = a_text(20)
    layer, x = counter(text)
    with pytest.raises(DataError, match=r"^unit_selectivity: it is not known what was read; pass items="):
        unit_selectivity(layer, x)
    with pytest.raises(ShapeError, match=r"expected an item for each of \d+ steps, got 5"):
        unit_selectivity(layer, x, items=text[:5])
    with pytest.raises(DataError, match=r"expected at least 10 items, got 9; pass a longer text"):
        unit_selectivity(layer, x[:, :9], items=text[:9])
    with pytest.raises(ShapeError, match=r"expected 'one' to return a finite number for each of \d+ items"):
        unit_selectivity(layer, x, items=text, properties={"one": lambda items: np.ones(3)})
    with pytest.raises(ShapeError, match=r"expected 'bad' to return a finite number"):
        unit_selectivity(layer, x, items=text, properties={"bad": lambda items: np.full(len(items), np.nan)})
    with pytest.raises(UsageError, match=r"^layer: there is no 'rnn_3'; there are simple_rnn \(forward\)"):
        unit_selectivity(layer, x, items=text, layer="rnn_3")
    with pytest.raises(UsageError, match=r"^row: expected 0 to 0, got 1"):
        unit_selectivity(layer, x, items=text, row=1)
    with pytest.raises(UsageError, match=r"^top: expected at least 1, got 0$"):
        unit_selectivity(layer, x, items=text, top=0)
    both = Bidirectional(GRU(2, return_sequences=True))
    long = torch.zeros(1, MOST_STEPS + 1, 1)
    with pytest.raises(
        UsageError, match=r"a layer that reads backward takes at most 4,096 steps; pass a part"
    ):
        unit_selectivity(both, long, items="a" * (MOST_STEPS + 1))


def test_a_direction_that_a_layer_does_not_run_in_is_refused_with_those_there_are():
    x, text = torch.randn(1, 30, 3), "abc def " * 4
    network = Bidirectional(GRU(2, return_sequences=True))
    found = trace(network, x)
    name = found.layers[0].name
    known = re.escape(f"; there are {name} (forward), {name} (backward)")
    single = GRU(2)
    for model, given in ((network, x), (found, None)):
        with pytest.raises(UsageError, match=rf"^layer: 0 is {name} \(forward\), not backward{known}$"):
            unit_selectivity(model, given, items=text, layer=0, direction="backward")
        with pytest.raises(UsageError, match=rf"^layer: expected 0 to 1, got 2{known}$"):
            unit_selectivity(model, given, items=text, layer=2)
        for layer in (None, 0, name):
            with pytest.raises(
                UsageError, match=r"^direction: expected one of forward, backward, got 'sideways'$"
            ):
                unit_selectivity(model, given, items=text, layer=layer, direction="sideways")
    for model, given in ((single, x), (trace(single, x), None)):
        with pytest.raises(
            UsageError, match=r"^layer: there is none that runs backward; there are gru \(forward"
        ):
            unit_selectivity(model, given, items=text, direction="backward")
        with pytest.raises(
            UsageError, match=r"^layer: there is no 'gru \(backward\)'; there are gru \(forward"
        ):
            unit_selectivity(model, given, items=text, layer="gru", direction="backward")


@pytest.mark.parametrize("properties", [{}, [], ["space"], {"space": "space"}], ids=str)
def test_properties_that_are_no_functions_by_name_are_refused(properties):
    text = a_text(20)
    layer, x = counter(text)
    with pytest.raises(
        UsageError, match=r"^properties: expected functions by name, \{'name': function\}, got .*; None for"
    ):
        unit_selectivity(layer, x, items=text, properties=properties)


@pytest.mark.parametrize(
    "returned",
    [lambda n: ["a"] * n, lambda n: "a" * n, lambda n: [[1.0]] * (n - 1) + [1.0], lambda n: [1j] * n,
     lambda n: {"a": 1}, lambda n: torch.ones(n, requires_grad=True)],
    ids=["texts", "a text", "ragged", "complex", "a mapping", "with a gradient"],
)  # fmt: skip
def test_a_property_that_returns_no_numbers_is_refused(returned):
    text = a_text(20)
    layer, x = counter(text)
    with pytest.raises(
        ShapeError, match=r"expected 'odd' to return a finite number for each of \d+ items, got"
    ):
        unit_selectivity(layer, x, items=text, properties={"odd": lambda items: returned(len(items))})


@pytest.mark.parametrize("option", ["top", "passages", "shifts", "row", "seed"])
def test_counts_that_are_not_whole_are_refused(option):
    text = a_text(20)
    layer, x = counter(text)
    for model, given in ((layer, x), (trace(layer, x), None)):
        for value in (2.5, "2", None):
            with pytest.raises(UsageError, match=rf"^{option}: expected a whole number .*, got {value!r}$"):
                unit_selectivity(model, given, items=text, **{option: value})

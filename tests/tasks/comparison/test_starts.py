"""Untrained layers: what their first values do to gradients, and sentences that follow the numbers."""

from __future__ import annotations

import pytest
import torch

from remy.errors import UsageError
from remy.inspect import gradient_flow
from remy.layers import GRU, LSTM, SimpleRNN
from remy.tasks.comparison import Reach, Start, Starts, compare_starts
from remy.training.machine import own_randomness


def reach(horizon: int | None) -> Reach:
    return Reach("rnn", "forward", 100, horizon, 0.9, 0.5, hidden_horizon=7)


def start(cell: str, horizon: int | None, *, bias: float | None = None, usual: bool = True) -> Start:
    return Start(cell, bias, 1.0, usual, (reach(horizon), reach(horizon)))


@pytest.mark.parametrize(("layer", "place"), [(SimpleRNN, 0), (LSTM, 2), (GRU, 4)])
def test_the_usual_start_is_the_layers_own(layer: type[LSTM], place: int) -> None:
    found = compare_starts(steps=25, units=6, seeds=1, forget_bias=(0.0, 1.0), update_bias=(2.0, 0.0))
    with own_randomness(0, torch.device("cpu")):
        own, x = layer(6, input_size=8), torch.randn(4, 25, 8)
    (flow,) = gradient_flow(own, x, seed=0)
    row = found.rows[place]
    assert row.usual
    assert row.reaches[0].decay == pytest.approx(flow.decay)
    assert row.reaches[0].horizon == flow.horizon
    assert [one.usual for one in found.rows] == [True, False, True, False, True]


def test_a_bias_reaches_the_gate_that_keeps_the_state() -> None:
    found = compare_starts(
        cells=["lstm", "gru"],
        steps=60,
        units=16,
        seeds=2,
        forget_bias=(-20.0, 20.0),
        update_bias=(-20.0, 20.0),
    )
    closed_lstm, open_lstm, closed_gru, open_gru = found.rows
    # Forget everything: nothing but the recurrent kernel carries. Keep everything: nothing is lost.
    assert closed_lstm.horizon is not None
    assert open_lstm.horizon is None
    assert open_gru.decay == pytest.approx(1.0, abs=1e-3)
    assert closed_gru.decay < 0.9


def test_a_scale_multiplies_the_recurrent_kernel() -> None:
    half, whole = compare_starts(
        cells=["simple_rnn"], steps=30, units=8, seeds=1, recurrent_scale=(0.5, 1.0)
    ).rows
    # An orthogonal kernel times a half, and a slope of tanh of at most 1.
    assert half.decay <= 0.5 < whole.decay
    assert (half.usual, whole.usual) == (False, True)
    assert half.name == "simple_rnn, recurrent kernel times 0.5"


def test_seeds_are_starts_of_their_own() -> None:
    (row,) = compare_starts(cells=["simple_rnn"], steps=30, units=8, seeds=3).rows
    assert len({each.decay for each in row.reaches}) == 3


@pytest.mark.parametrize(("simple", "lstm", "said"), [
    (18, 12, "further than lstm, forget bias 1 (below 1 % of lag 0 at lag 18 against lag 12; at h alone at"),
    (18, 12, " at h alone at lag 7 against lag 7): against the textbook."),
    (12, 18, "less far than lstm, forget bias 1 (below 1 % of lag 0 at lag 12 against lag 18; "),
    (12, 18, "): as the textbook has it."),
    (12, None, "less far than lstm, forget bias 1 (below 1 % of lag 0 at lag 12 against no lag up to 99; "),
    (12, 12, "about as far as lstm, forget bias 1 (below 1 % of lag 0 at lag 12 against lag 12; "),
    (12, 12, "): against the textbook."),
])  # fmt: skip
def test_what_is_said_of_the_textbook_follows_the_numbers(simple: int, lstm: int | None, said: str) -> None:
    (sentence,) = Starts(100, 8, (start("simple_rnn", simple), start("lstm", lstm, bias=1.0))).sentences
    assert said in sentence


def test_nothing_is_said_of_the_usual_start_where_it_was_not_measured() -> None:
    assert Starts(100, 8, (start("lstm", 5, bias=2.0, usual=False),)).sentences == []


@pytest.mark.parametrize(("horizons", "said"), [
    ((4, 9, None), "carries it further every time: lag 4 at 0, lag 9 at 1, no lag up to 99 at 4."),
    ((4, 3, None), "does not carry it further every time: lag 4 at 0, lag 3 at 1, no lag up to 99 at 4."),
])  # fmt: skip
def test_what_is_said_of_biases_follows_the_numbers(horizons: tuple[int | None, ...], said: str) -> None:
    rows = [
        start("gru", horizon, bias=bias, usual=bias == 0.0)
        for bias, horizon in zip((0.0, 1.0, 4.0), horizons, strict=True)
    ]
    assert Starts(100, 8, tuple(rows)).sentences == [f"A larger update bias of the gru {said}"]


@pytest.mark.parametrize(("words", "message"), [
    ({"cells": ["rnn"]}, "cell: expected one of"),
    ({"steps": 1}, "steps: expected at least 2, got 1"),
    ({"seeds": 0}, "seeds: expected at least 1, got 0"),
    ({"units": 0}, "units: expected at least 1, got 0"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(words: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compare_starts(**words)  # type: ignore[arg-type]

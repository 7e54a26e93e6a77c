"""The sentences of a race say what its numbers say, whatever the textbook expects."""

from __future__ import annotations

import pytest

from remy.lab.jobs.sentences import sentences
from remy.lab.schemas.jobs import Scale
from remy.tasks.comparison import Reach

SCALE = Scale(name="mean squared error", baseline=0.2, baseline_name="always 1", solved=0.02)


def reach(horizon: int | None, *, lags: int = 60, last: float = 0.0) -> Reach:
    return Reach("rnn_0", "forward", lags=lags, horizon=horizon, decay=0.9, last=last)


def said(
    scores: dict[str, list[float]], horizons: dict[str, list[int | None]] | None = None, update: int = 200
) -> tuple[str, ...]:
    chosen = horizons if horizons is not None else {cell: [7] * len(each) for cell, each in scores.items()}
    reaches = {cell: [reach(each) for each in of_cell] for cell, of_cell in chosen.items()}
    return sentences(SCALE, update, scores, reaches)


def test_who_is_ahead_and_how_far_below_the_baseline() -> None:
    first, _ = said({"simple_rnn": [0.19], "lstm": [0.01], "gru": [0.05]})
    assert first == (
        "After 200 updates, with one seed each, LSTM is ahead: mean squared error LSTM 0.01, GRU 0.05, "
        "SimpleRNN 0.19; LSTM has 5 % of the baseline's 0.2 (always 1)."
    )


def test_a_simple_cell_that_is_ahead_is_said_to_be() -> None:
    first, second = said({"simple_rnn": [0.01], "lstm": [0.3]}, {"simple_rnn": [4], "lstm": [None]}, update=1)
    assert first.startswith("After 1 update, with one seed each, SimpleRNN is ahead")
    assert second == (
        "The gradient of the last state falls below 1 % of itself after 4 steps back in SimpleRNN, "
        "and stays above 1 % over all 59 steps back in LSTM; SimpleRNN has the best score, but LSTM reaches "
        "further."
    )


def test_nobody_better_than_the_baseline() -> None:
    first, _ = said({"gru": [0.2], "lstm": [0.25]})
    assert first.endswith("; none is better than the baseline's 0.2 (always 1).")


def test_seeds_that_overlap_are_not_ranked() -> None:
    first, _ = said({"gru": [0.01, 0.05], "lstm": [0.04, 0.06], "simple_rnn": [0.19, 0.21]})
    assert first.startswith("After 200 updates GRU and LSTM cannot be told apart, as their seeds overlap: ")


def test_seeds_of_all_three_that_overlap_in_a_chain_are_not_ranked() -> None:
    first, _ = said({"gru": [0.01, 0.05], "lstm": [0.04, 0.08], "simple_rnn": [0.07, 0.21]})
    assert "GRU, LSTM and SimpleRNN cannot be told apart" in first


def test_one_that_is_ahead_with_every_seed() -> None:
    first, _ = said({"gru": [0.01, 0.02], "lstm": [0.04, 0.06]})
    assert "GRU is ahead with every seed: mean squared error GRU 0.015 ± 0.0071, LSTM 0.05 ± 0.014;" in first


@pytest.mark.parametrize(
    ("score", "ending"),
    [
        (0.1, "GRU has 0.1 mean squared error, 50 % of the baseline's 0.2 (always 1)."),
        (0.1999, "GRU has 0.1999 mean squared error, 99.9 % of the baseline's 0.2 (always 1)."),
        (0.3, "GRU has 0.3 mean squared error, not better than the baseline's 0.2 (always 1)."),
    ],
)
def test_one_cell_alone(score: float, ending: str) -> None:
    first, second = said({"gru": [score]})
    assert first == f"After 200 updates {ending}"
    assert second == "The gradient of the last state falls below 1 % of itself after 7 steps back in GRU."


def test_all_that_stay_above() -> None:
    _, second = said({"gru": [0.1], "lstm": [0.12]}, {"gru": [None], "lstm": [None]})
    assert second.startswith(
        "The gradient of the last state stays above 1 % over all 59 steps back in GRU and LSTM;"
    )


def test_the_middle_seed_speaks_for_its_cell() -> None:
    _, second = said({"gru": [0.1, 0.1, 0.1]}, {"gru": [30, 5, None]})
    assert "after 30 steps back in GRU" in second


def test_the_one_ahead_may_also_reach_furthest() -> None:
    _, second = said({"gru": [0.1], "lstm": [0.2]}, {"gru": [9], "lstm": [1]})
    assert second.endswith(
        "9 steps back in GRU and after 1 in LSTM; GRU, with the best score, reaches furthest."
    )


def test_of_two_beyond_what_is_seen_the_larger_gradient_reaches_further() -> None:
    scores = {"gru": [0.1], "lstm": [0.15]}
    reaches = {"gru": [reach(None, last=0.2)], "lstm": [reach(None, last=0.7)]}
    assert sentences(SCALE, 5, scores, reaches)[1].endswith(
        "; GRU has the best score, but LSTM reaches further."
    )


def test_seeds_that_left_the_race_are_counted() -> None:
    scores = {"lstm": [0.05], "gru": [0.1, 0.11, 0.12]}
    reaches = {cell: [reach(7)] * len(each) for cell, each in scores.items()}
    first, _ = sentences(SCALE, 200, scores, reaches, lanes={"simple_rnn": 3, "lstm": 3, "gru": 3})
    assert first == (
        "After 200 updates LSTM is ahead with every seed that is left: mean squared error LSTM 0.05, GRU "
        "0.11 ± 0.01; LSTM has 25 % of the baseline's 0.2 (always 1); SimpleRNN lost 3 of 3 seeds and LSTM "
        "lost 2 of 3 seeds, where the loss was no number any more."
    )


def test_one_seed_left_of_each_is_not_one_seed_each() -> None:
    scores = {"lstm": [0.05], "gru": [0.1]}
    first, *_ = sentences(SCALE, 200, scores, {}, lanes={"lstm": 2, "gru": 1, "simple_rnn": 1})
    assert first.startswith("After 200 updates, with one seed left each, LSTM is ahead: ")
    assert "; LSTM lost 1 of 2 seeds and SimpleRNN lost its one seed, where" in first


def test_who_lost_nobody_is_not_said_to() -> None:
    scores = {"lstm": [0.05, 0.06], "gru": [0.1, 0.2]}
    first, *_ = sentences(SCALE, 200, scores, {}, lanes={"lstm": 2, "gru": 2})
    assert "is ahead with every seed: " in first
    assert first.endswith("(always 1).")


def test_with_one_step_nothing_is_said_of_how_far_gradients_reach() -> None:
    scores = {"gru": [0.1], "lstm": [0.15]}
    reaches = {cell: [reach(None, lags=1, last=1.0)] for cell in scores}
    assert len(sentences(SCALE, 5, scores, reaches)) == 1


def test_with_two_steps_there_is_one_to_reach_back_to() -> None:
    _, second = sentences(SCALE, 5, {"gru": [0.1]}, {"gru": [reach(None, lags=2, last=0.5)]})
    assert second == "The gradient of the last state stays above 1 % over the one step back in GRU."


def test_there_is_no_negative_zero() -> None:
    scale = Scale(name="nats/char", baseline=-0.0, baseline_name="n-gram", solved=None)
    first, *_ = sentences(scale, 5, {"gru": [-0.0]}, {})
    assert first == "After 5 updates GRU has 0 nats/char, not better than the baseline's 0 (n-gram)."


def test_nothing_is_said_of_nothing() -> None:
    assert sentences(SCALE, 5, {}, {}) == ()

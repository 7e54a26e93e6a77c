"""The sentences of a comparison follow its numbers, whatever they are."""

from __future__ import annotations

import dataclasses

import pytest

from remy.tasks.comparison.sentences import fairness, ranked, row_sentence, verdict
from tests.tasks.comparison.made import ACCURACY, MSE, comparison, row


def test_a_row_says_score_spread_baseline_horizon_and_gates() -> None:
    found = row("lstm", [0.001, 0.002, 0.003], gate="forget", mean=0.81)
    assert row_sentence(found, MSE) == (
        "lstm: 0.002 ± 0.001 mean squared error, better than the baseline's 0.167 (always 1) with every "
        "seed; solved (below 0.02) with every seed; the gradient stays above 1 % of lag 0 over all 149 lags "
        "seen; its forget gate is 0.81 on average and saturated 50%."
    )


def test_a_row_says_when_it_fails() -> None:
    found = row("simple_rnn", [0.168, 0.170, 0.180], horizon=12)
    assert row_sentence(found, MSE) == (
        "simple_rnn: 0.1727 ± 0.0064 mean squared error, not better than the baseline's 0.167 (always 1) "
        "with any seed; not solved (below 0.02); the gradient falls below 1 % of lag 0 at lag 12."
    )


def test_a_row_counts_the_seeds_that_were_better_and_that_solved_it() -> None:
    said = row_sentence(row("gru", [0.01, 0.1, 0.2]), MSE)
    assert "better than the baseline's 0.167 (always 1) with 2 of 3 seeds" in said
    assert "solved (below 0.02) with 1 of 3 seeds" in said


def test_more_is_better_where_it_is() -> None:
    assert "better than the baseline's 0.5 (majority class) with 1 of 2 seeds" in row_sentence(
        row("gru", [0.4, 0.6], ACCURACY), ACCURACY
    )
    assert [[one.name for one in group] for group in ranked(
        [row("lstm", [0.6, 0.7], ACCURACY), row("gru", [0.8, 0.9], ACCURACY)], ACCURACY
    )] == [["gru"], ["lstm"]]  # fmt: skip


def test_a_baseline_that_is_missing_is_not_spoken_of() -> None:
    scale = dataclasses.replace(ACCURACY, baseline=None, baseline_name=None)
    assert row_sentence(row("gru", [0.4, 0.6], scale), scale).startswith(
        "gru: 0.5 ± 0.14 accuracy; the gradient"
    )


def test_variants_are_ranked_where_no_seed_of_one_reaches_the_other() -> None:
    good, bad = [0.001, 0.002], [0.16, 0.17]
    assert verdict([row("simple_rnn", bad), row("lstm", good)], MSE) == (
        "By mean squared error, with every seed: lstm, ahead of simple_rnn."
    )
    assert verdict([row("simple_rnn", good), row("lstm", bad)], MSE) == (
        "By mean squared error, with every seed: simple_rnn, ahead of lstm."
    )


def test_variants_whose_seeds_overlap_are_not_ranked() -> None:
    rows = [row("simple_rnn", [0.16, 0.17]), row("lstm", [0.001, 0.003]), row("gru", [0.002, 0.004])]
    assert verdict(rows, MSE) == (
        "By mean squared error, with every seed: lstm and gru (which cannot be told apart), "
        "ahead of simple_rnn."
    )
    assert verdict(rows[1:], MSE) == (
        "By mean squared error, lstm and gru cannot be told apart: the spreads of their seeds overlap."
    )


def test_a_variant_that_overlaps_two_others_holds_them_together() -> None:
    rows = [row("simple_rnn", [0.05, 0.06]), row("gru", [0.0015, 0.1]), row("lstm", [0.001, 0.002])]
    groups = ranked(rows, MSE)
    assert [[one.name for one in group] for group in groups] == [["lstm", "gru", "simple_rnn"]]


def test_one_seed_or_one_variant_is_no_ranking() -> None:
    assert "With one seed there is no spread" in verdict([row("lstm", [0.1]), row("gru", [0.01])], MSE)
    assert verdict([row("gru", [0.01, 0.02])], MSE) == "There is only gru; nothing is ranked."


def test_it_is_said_when_nobody_is_better_than_the_baseline() -> None:
    said = verdict([row("lstm", [0.2, 0.3]), row("gru", [0.4, 0.5])], MSE)
    assert said.endswith("ahead of gru. No training is better than the baseline (always 1).")
    assert "No training" not in verdict([row("lstm", [0.1, 0.3]), row("gru", [0.4, 0.5])], MSE)


def test_unequal_updates_are_said() -> None:
    same = [row("lstm", [0.1, 0.2]), row("gru", [0.1, 0.2])]
    assert fairness(same) == "Every training made 100 updates."
    other = [same[0], row("gru", [0.1, 0.2], updates=70, ended_by="max_time")]
    assert fairness(other) == (
        "The trainings made from 70 to 100 updates (ended by epochs, max_time): the budgets were not equal."
    )


def test_a_comparison_speaks_of_its_own_rows() -> None:
    found = comparison([row("lstm", [0.1, 0.2]), row("gru", [0.01, 0.02])])
    lines = str(found).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("lstm: 0.15 ")
    assert lines[2] == "By mean squared error, with every seed: gru, ahead of lstm."


@pytest.mark.parametrize(("horizons", "said"), [
    ((5, 9, 7), "falls below 1 % of lag 0 at lag 7"),
    ((None, None, None), "stays above 1 % of lag 0 over all 149 lags seen"),
    ((5, None, 9), "stays above 1 % of lag 0 over all 149 lags seen with 1 of 3 seeds"),
])  # fmt: skip
def test_the_horizon_of_the_seeds_is_said(horizons: tuple[int | None, ...], said: str) -> None:
    from tests.tasks.comparison.made import training

    each = tuple(training(0.1, seed=seed, horizon=horizon) for seed, horizon in enumerate(horizons))
    found = dataclasses.replace(row("lstm", [0.1]), trainings=each)
    assert row_sentence(found, MSE).rstrip(".").endswith(f"the gradient {said}")

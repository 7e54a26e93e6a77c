"""A lane trains as its trainer would alone, whatever happens between its updates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from remy.lab.jobs.lane import Lane
from remy.lab.jobs.track import find_track
from remy.lab.schemas.choices import CellName
from remy.lab.schemas.jobs import Race
from remy.training import Trainer
from remy.training.machine import own_randomness, own_threads
from tests.lab.jobs.fakes import race, run_contest
from tests.training import tiny

CELLS: list[CellName] = ["simple_rnn", "lstm", "gru"]
#: One of each problem; with so many passes over its text, the last one drops out.
RACES = [
    race(cells=CELLS, seeds=2),
    race(problem="copy", steps=3, cells=CELLS, schedule="cosine"),
    race(problem="text", text=tiny.text(900), steps=16, cells=CELLS, seed=3, updates=30, units=6),
]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with own_threads(1):
        yield


def losses_alone(chosen: Race, cell: CellName, seed: int) -> list[float]:
    """Return the losses of :meth:`Trainer.run`, as each update computed it."""
    track = find_track(chosen)
    config = track.config(cell, seed)
    with own_randomness(seed, torch.device("cpu")):
        lesson = track.lesson(config)
        losses, plain = [], lesson.loss

        def noted(update: int) -> tuple[torch.Tensor, int]:
            loss, items = plain(update)
            losses.append(float(loss.detach()))
            return loss, items

        lesson.loss = noted  # type: ignore[method-assign]
        Trainer(lesson, config.train).run()
    return losses


@pytest.mark.parametrize("chosen", RACES, ids=lambda chosen: chosen.problem)
def test_the_losses_of_a_race_are_those_of_each_trainer_alone_to_the_last_bit(chosen: Race) -> None:
    said = run_contest(chosen)
    pairs = [(cell, seed) for cell in chosen.cells for seed in range(chosen.seed, chosen.seed + chosen.seeds)]
    for lane, (cell, seed) in enumerate(pairs):
        alone = losses_alone(chosen, cell, seed)
        assert len(alone) == chosen.updates
        assert said.losses(lane) == alone, (cell, seed)


def test_the_text_of_these_tests_is_learned_with_dropout_whose_random_numbers_could_mix() -> None:
    config = find_track(RACES[2]).config("lstm", 0)
    assert config.model.dropout is not None
    assert config.model.dropout > 0.1


def test_looks_change_no_later_loss() -> None:
    chosen = RACES[2]
    track = find_track(chosen)
    looked, plain = Lane(0, "gru", 1, track), Lane(0, "gru", 1, track)
    for _ in range(10):
        torch.rand(3)
        looked.score()
        looked.flow()
        assert looked.update() == plain.update()


def test_the_last_score_is_the_trainers_own_validation_which_is_not_made_twice() -> None:
    lane = Lane(0, "gru", 0, find_track(race(updates=2)))
    lane.update()
    before = lane.score()
    lane.update()
    assert not lane.runs
    expected = lane._lesson.validate()["loss"]
    lane._lesson.validate = dict  # type: ignore[method-assign]
    assert lane.score() == expected != before


def test_a_rate_counts_from_the_next_update_on() -> None:
    track = find_track(race())
    changed, kept = (Lane(0, "gru", 0, track) for _ in range(2))
    assert changed.update() == kept.update()
    changed.peak = 0.5
    # The loss of the next update is of the weights before it.
    assert changed.update() == kept.update()
    assert changed.rate == 0.5
    assert kept.rate == 0.01
    assert changed.update() != kept.update()


def test_the_rate_of_a_cosine_is_that_of_the_schedule() -> None:
    lane = Lane(0, "gru", 0, find_track(race(schedule="cosine", updates=100, lr=0.2)))
    rates = []
    for _ in range(100):
        lane.update()
        rates.append(lane.rate)
    assert rates[2] == pytest.approx(0.2)
    assert rates[0] == pytest.approx(0.2 / 3)
    assert rates[-1] == pytest.approx(0.2 * 0.02)


def test_its_seconds_are_those_of_its_own_updates() -> None:
    track = find_track(race())
    one, other = Lane(0, "gru", 0, track), Lane(1, "lstm", 0, track)
    one.update()
    spent = one.seconds
    assert spent > 0
    other.update()
    other.score()
    assert one.seconds == spent


def test_a_lane_whose_loss_is_no_number_leaves_with_a_sentence() -> None:
    lane = Lane(0, "simple_rnn", 0, find_track(race(lr=10, clip=1000, updates=50)))
    weight = next(iter(lane._lesson.network.parameters()))
    with torch.no_grad():
        weight.fill_(float("nan"))
    lane.update()
    assert not lane.runs
    assert lane.fault == (
        "the loss is no longer a number at update 1; lower the learning rate (now 10) "
        "or the longest gradient (clip, now 1000)"
    )


def test_parameters_are_those_of_the_formula() -> None:
    lane = Lane(0, "lstm", 0, find_track(race(units=4)))
    assert lane.parameters == 4 * (2 * 4 + 4 * 4 + 4) + 4 + 1

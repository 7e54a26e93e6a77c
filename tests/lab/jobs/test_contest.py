"""A race under way: everybody advances side by side, and the page decides when and how fast."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest
import torch

from remy.lab.jobs import contest
from remy.lab.jobs.lane import Lane
from remy.lab.jobs.messages import Command
from remy.lab.jobs.track import find_track
from remy.lab.schemas.base import Answered
from remy.lab.schemas.jobs import FiguresEvent, FlowEvent, JobEvent, NoteEvent, ScoresEvent
from remy.training import Trainer
from remy.training.machine import own_randomness, own_threads
from tests.lab.jobs.fakes import Said, race, run_contest


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with own_threads(1):
        yield


def at_pauses(*commands: Command) -> Any:
    """Return a page that gives the next of some commands whenever the race pauses."""
    left = list(commands)

    def hear(record: Answered, queue: SimpleQueue[Command]) -> None:
        if isinstance(record, JobEvent) and record.state == "paused" and left:
            queue.put(left.pop(0))

    return hear


def updates_at_pauses(said: Said) -> list[int]:
    """Return how many losses of lane 0 had been told at each pause."""
    found, made = [], 0
    for record in said:
        if isinstance(record, FiguresEvent):
            made += sum(len(each.losses) for each in record.lanes if each.lane == 0)
        elif isinstance(record, JobEvent) and record.state == "paused":
            found.append(made)
    return found


def test_it_tells_who_races_every_loss_once_the_scores_and_that_it_is_done() -> None:
    said = run_contest(race(cells=["lstm", "gru"], seeds=2, updates=5))
    assert said.states == ["running", "done"]
    lanes = said.of(JobEvent)[0].lanes
    assert [(lane.lane, lane.cell, lane.seed) for lane in lanes] == [
        (0, "lstm", 0), (1, "lstm", 1), (2, "gru", 0), (3, "gru", 1),
    ]  # fmt: skip
    for lane in range(4):
        assert len(said.losses(lane)) == 5
    last = said.of(ScoresEvent)[-1]
    assert [(score.lane, score.update) for score in last.scores] == [(lane, 5) for lane in range(4)]
    assert isinstance(said[-1], JobEvent)


def test_lanes_advance_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []
    plain = Lane.update
    monkeypatch.setattr(Lane, "update", lambda lane: (turns.append(lane.number), plain(lane))[1])
    run_contest(race(cells=["lstm", "gru"], updates=3))
    assert turns == [0, 1, 0, 1, 0, 1]


def test_a_step_makes_exactly_so_many_updates_and_then_pauses() -> None:
    pages = at_pauses(Command(do="step", updates=3), Command(do="step"), Command(do="resume"))
    said = run_contest(race(updates=9), Command(do="step", updates=2), hear=pages)
    assert updates_at_pauses(said) == [2, 5, 6]
    assert len(said.losses()) == 9
    assert said.states == [
        "running", "paused", "running", "paused", "running", "paused", "running", "done",
    ]  # fmt: skip


def test_a_step_beyond_the_plan_ends_the_race() -> None:
    said = run_contest(race(updates=4), Command(do="step", updates=100))
    assert said.states == ["running", "done"]
    assert len(said.losses()) == 4


def test_pause_before_the_first_update_and_resume() -> None:
    said = run_contest(race(updates=4), Command(do="pause"), hear=at_pauses(Command(do="resume")))
    assert updates_at_pauses(said) == [0]
    assert said.states == ["running", "paused", "running", "done"]
    assert len(said.losses()) == 4


def test_a_pause_shows_the_scores_of_its_very_update() -> None:
    said = run_contest(race(updates=4), Command(do="step", updates=3), hear=at_pauses(Command(do="resume")))
    pause = next(place for place, record in enumerate(said) if getattr(record, "state", "") == "paused")
    after = said[pause + 1 : pause + 3]
    assert [type(record) for record in after] == [FlowEvent, ScoresEvent]
    assert after[1].scores[0].update == 3  # type: ignore[attr-defined]


def test_a_new_rate_counts_at_the_next_update_of_every_lane_and_is_noted() -> None:
    def rates(said: Said) -> list[float]:
        return [figures.rate for event in said.of(FiguresEvent) for figures in event.lanes]

    pages = at_pauses(Command(do="rate", lr=0.5), Command(do="resume"))

    def hear(record: Answered, queue: SimpleQueue[Command]) -> None:
        pages(record, queue)
        if isinstance(record, NoteEvent):
            queue.put(Command(do="step", updates=1))

    said = run_contest(race(updates=6, seeds=2), Command(do="step", updates=2), hear=hear)
    assert [note.sentence for note in said.of(NoteEvent)] == [
        "from update 3 on the learning rate is 0.5, before it was 0.01"
    ]
    assert set(rates(said)) == {0.01, 0.5}
    plain = run_contest(race(updates=6, seeds=2))
    for lane in range(2):
        # Update 3 is the first with the new rate; the loss shows it at the fourth.
        assert said.losses(lane)[:3] == plain.losses(lane)[:3]
        assert said.losses(lane)[3] != plain.losses(lane)[3]
    by_update = {
        figures.first + len(figures.losses) - 1: figures.rate
        for event in said.of(FiguresEvent)
        for figures in event.lanes
    }
    assert by_update[2] == 0.01
    assert by_update[3] == 0.5


class Clock:
    """Time in which an update takes 1 s and a look 3."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        update, score = Lane.update, Lane.score
        monkeypatch.setattr(Lane, "update", lambda lane: self._spend(1.0, update(lane)))
        monkeypatch.setattr(Lane, "score", lambda lane: self._spend(3.0, score(lane)))
        monkeypatch.setattr(contest, "time", self)

    def time(self) -> float:
        return self.now

    perf_counter = monotonic = time

    def _spend(self, seconds: float, result: float) -> float:
        self.now += seconds
        return result


def looks_of(said: Said) -> list[int]:
    return [event.scores[0].update for event in said.of(ScoresEvent)]


def test_looks_take_a_tenth_of_the_time_and_the_end_is_always_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Clock(monkeypatch)
    # The first is taken to cost as much as two updates; from then on 3 s of looking need 27 of training.
    assert looks_of(run_contest(race(updates=200))) == [18, 54, 81, 108, 135, 162, 189, 200]


def test_looks_are_no_closer_than_an_eye_can_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    monkeypatch.setattr(contest, "LOOKING", 0.999)
    monkeypatch.setattr(contest, "BETWEEN_LOOKS", 5.0)
    assert looks_of(run_contest(race(updates=20))) == [1, 6, 11, 16, 20]


def test_looks_keep_the_distance_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    monkeypatch.setattr(contest, "BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(contest, "LOOKING", 0.999)
    assert looks_of(run_contest(race(updates=40, look_every=15))) == [15, 30, 40]


def test_the_last_scores_are_the_validations_of_the_trainers_alone() -> None:
    chosen = race(cells=["lstm", "gru"], updates=3)
    track = find_track(chosen)
    for lane, score in zip(chosen.cells, run_contest(chosen).of(ScoresEvent)[-1].scores, strict=True):
        config = track.config(lane, 0)
        with own_randomness(0, torch.device("cpu")):
            outcome = Trainer(track.lesson(config), config.train).run()
        assert score.score == pytest.approx(outcome.score, rel=1e-5)


def test_beside_the_scores_stands_the_baseline_on_the_same_sequences() -> None:
    chance = 10 * math.log(8) / 22
    assert run_contest(race(problem="copy", steps=2, updates=1)).of(ScoresEvent)[-1].scale.model_dump() == {
        "name": "nats/step",
        "baseline": pytest.approx(chance),
        "baseline_name": "no memory",
        "solved": pytest.approx(0.1 * chance),
    }


@pytest.mark.parametrize(("cell", "has_cell_state"), [("simple_rnn", False), ("lstm", True), ("gru", False)])
def test_the_flow_of_a_lane_goes_back_to_the_first_step(cell: str, has_cell_state: bool) -> None:
    (flow,) = run_contest(race(cells=[cell], updates=1)).of(FlowEvent)[-1].lanes
    assert len(flow.carried) == len(flow.h) == 10
    assert flow.carried[0] == pytest.approx(1)
    assert (flow.c is not None) == has_cell_state
    assert (flow.carried == flow.h) != has_cell_state


def test_figures_say_when_each_update_was_made() -> None:
    began = time.time()
    said = run_contest(race(updates=5))
    at = [each for event in said.of(FiguresEvent) for figures in event.lanes for each in figures.at]
    assert at == sorted(at)
    assert began <= at[0] <= at[-1] <= time.time()


def test_a_lane_that_leaves_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, {1})
    said = run_contest(race(cells=["lstm", "gru"], updates=4))
    assert said.states[-1] == "done"
    assert said.losses(1) == [pytest.approx(said.losses(1)[0]), None]
    assert len(said.losses(0)) == 4
    (note,) = said.of(NoteEvent)
    assert (note.lane, note.update) == (1, 2)
    assert [score.lane for score in said.of(ScoresEvent)[-1].scores] == [0]


def test_the_sentences_know_of_the_lanes_that_left(monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, {1})
    said = run_contest(race(cells=["lstm", "gru"], seeds=2, updates=4)).of(ScoresEvent)[-1].sentences
    assert "LSTM lost 1 of 2 seeds" in said[0]
    assert "GRU lost" not in said[0]


def test_a_text_that_an_n_gram_knows_by_heart_has_a_baseline_of_zero_and_no_negative_one() -> None:
    chosen = race(problem="text", text="a" * 400, steps=1, updates=1)
    scale = run_contest(chosen).of(ScoresEvent)[-1].scale
    assert scale.baseline == 0
    assert math.copysign(1, scale.baseline) == 1


def test_with_one_step_of_text_the_reach_is_left_out() -> None:
    chosen = race(problem="text", text="abcab" * 80, steps=1, updates=1)
    assert len(run_contest(chosen).of(ScoresEvent)[-1].sentences) == 1


def test_a_race_that_everybody_leaves_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, {0, 1})
    said = run_contest(race(cells=["lstm", "gru"], updates=4))
    last = said.of(JobEvent)[-1]
    assert last.state == "failed"
    assert last.sentence is not None
    assert last.sentence.startswith("The loss is no longer a number at update 2; lower the learning rate")


def spoil(monkeypatch: pytest.MonkeyPatch, lanes: set[int]) -> None:
    """Put something that is no number into the weights of some lanes after their first update."""
    plain = Lane.update

    def update(lane: Lane) -> float:
        loss = plain(lane)
        if lane.number in lanes and lane.made == 1:
            next(iter(lane._lesson.network.parameters())).data.fill_(math.nan)
        return loss

    monkeypatch.setattr(Lane, "update", update)

"""Scene 7: the curves are those of the training loop, and a person can step in."""

from __future__ import annotations

import math

import pytest
import torch

from remy.tasks.comparison.problem_config import ProblemConfig
from remy.tasks.comparison.problem_lesson import ProblemLesson, ProblemNetwork
from remy.tasks.comparison.problems import Adding
from remy.training import Trainer
from remy.training.machine import own_randomness, own_threads
from web.tests.lab import Scene, as_shown, number

LOSS, FIELD = "Loss while learning", "The field"


def losses_of(cell: str, *, steps: int, units: int, updates: int, rate: float) -> list[float]:
    """Return the losses that the library's own loop has on the adding problem."""
    config = ProblemConfig.model_validate(
        {
            "task": "adding",
            "data": {"steps": steps},
            "model": {"cell": cell, "units": units},
            "train": {"lr": rate, "warmup": 0.0, "final_lr": 1.0, "batch_size": 32, "epochs": updates / 100},
        }
    )
    problem, model = Adding(steps), config.model
    architecture = {
        "cell": cell, "units": units, "layers": 1, "bidirectional": False,
        "reset_after": model.reset_after, "activation": model.activation,
    }  # fmt: skip
    with own_threads(1), own_randomness(0, torch.device("cpu")):
        network = ProblemNetwork(problem, architecture)
        return [
            float(each) for each in Trainer(ProblemLesson(network, problem, config), config.train).advance()
        ]


def test_the_curves_are_those_of_the_training_loop_and_the_field_says_what_runs(scene: Scene) -> None:
    scene.race("steps=20&units=8&updates=60&rate=0.01")
    columns, rows = scene.table(LOSS)
    assert columns[1::3] == ["SimpleRNN", "LSTM", "GRU"]
    assert len(rows) == 60
    for place, cell in ((1, "simple_rnn"), (4, "lstm"), (7, "gru")):
        shown = [number(row[place]) for row in rows]
        expected = losses_of(cell, steps=20, units=8, updates=60, rate=0.01)
        assert shown == [as_shown(loss) for loss in expected]
    columns, rows = scene.table(FIELD)
    counted = {row[0]: int(row[columns.index("parameters")]) for row in rows}
    # Kernel (2 inputs), recurrent kernel and bias of each gate; the GRU has two biases; nine of the output.
    assert counted == {
        "SimpleRNN": 8 * (2 + 8 + 1) + 9,
        "LSTM": 4 * 8 * (2 + 8 + 1) + 9,
        "GRU": 3 * 8 * (2 + 8 + 2) + 9,
    }
    assert {row[columns.index("updates")] for row in rows} == {"60"}
    assert "always 1" in scene.sentences("Score on what is held out")


def test_pause_stops_step_makes_so_many_and_the_rate_takes_effect(scene: Scene) -> None:
    page = scene.page
    scene.race("steps=20&units=8&updates=12000", state="running")
    page.get_by_role("button", name="Pause").click()
    page.locator("main .standing", has_text="paused").wait_for()
    page.wait_for_timeout(400)

    def field(name: str) -> list[str]:
        columns, rows = scene.table(FIELD)
        return [row[columns.index(name)] for row in rows]

    before = [int(each) for each in field("updates")]
    page.wait_for_timeout(500)
    assert [int(each) for each in field("updates")] == before
    page.get_by_role("button", name="25 updates").click()
    after = [each + 25 for each in before]
    scene.until(lambda: [int(each) for each in field("updates")] == after)
    page.wait_for_timeout(500)
    assert [int(each) for each in field("updates")] == after
    page.get_by_label("Learning rate").press("ArrowRight")
    page.get_by_role("button", name="One update").click()
    scene.until(lambda: set(field("learning rate")) == {"0.02"})
    page.get_by_role("button", name="Stop").click()
    page.locator("main .standing", has_text="was stopped").wait_for()


def test_a_reloaded_page_finds_its_race_again(scene: Scene) -> None:
    scene.race("steps=20&units=8&updates=60&seeds=2")
    _, before = scene.table(FIELD)
    scene.page.reload()
    scene.page.wait_for_selector("main figure")
    _, after = scene.table(FIELD)
    assert after == before
    assert len(after) == 6


def test_a_text_that_is_too_short_is_refused_in_a_sentence(scene: Scene) -> None:
    scene.open("#/race?problem=text")
    scene.page.get_by_label("Text to learn").fill("too short")
    scene.page.get_by_role("button", name="Start").click()
    alert = scene.page.get_by_role("alert")
    alert.wait_for()
    assert "text" in alert.inner_text()


@pytest.mark.parametrize("problem", ["copy", "text"])
def test_other_tasks_race_too(scene: Scene, problem: str) -> None:
    scene.open(f"#/race?problem={problem}&units=8&updates=60")
    if problem == "text":
        scene.page.get_by_label("Text to learn").fill(
            "the notes it keeps are rewritten at every letter. " * 60
        )
    scene.page.get_by_role("button", name="Start").click()
    scene.page.locator("main .standing", has_text="is done").wait_for(timeout=60_000)
    _, rows = scene.table(LOSS)
    assert len(rows) == 60
    assert all(math.isfinite(number(row[1])) for row in rows)

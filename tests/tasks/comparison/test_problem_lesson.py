"""A lesson on a drawn problem knows what who remembers nothing would score."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from remy.tasks.comparison.problem_config import ProblemConfig
from remy.tasks.comparison.problem_lesson import ProblemLesson, ProblemNetwork
from remy.tasks.comparison.problems import Adding, Copy, Problem

ARCHITECTURE: dict[str, Any] = {
    "cell": "gru", "units": 3, "layers": 1, "bidirectional": False, "reset_after": True, "activation": "tanh",
}  # fmt: skip


def lesson_on(problem: Problem) -> ProblemLesson:
    return ProblemLesson(ProblemNetwork(problem, ARCHITECTURE), problem, ProblemConfig())


def test_the_baseline_of_adding_is_the_validation_of_a_network_that_always_answers_1() -> None:
    lesson = lesson_on(Adding(12))
    with torch.no_grad():
        lesson.network.dense.kernel.zero_()
        assert lesson.network.dense.bias is not None
        lesson.network.dense.bias.fill_(1.0)
    assert lesson.baseline() == pytest.approx(lesson.validate()["loss"], rel=1e-5)


def test_the_baseline_of_copy_is_that_of_blanks_and_then_an_even_guess() -> None:
    assert lesson_on(Copy(5)).baseline() == pytest.approx(10 * math.log(8) / 25)

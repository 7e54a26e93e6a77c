"""One training of a comparison, on somebody's data or on a drawn problem, and everything measured of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from remy import config as configuration
from remy.config import Config, ForecasterConfig
from remy.tasks.comparison.measuring import ROWS, reaches_and_gates, seconds_of_a_step
from remy.tasks.comparison.problem_config import ProblemConfig
from remy.tasks.comparison.problem_lesson import ProblemLesson, ProblemNetwork
from remy.tasks.comparison.problems import PROBLEMS
from remy.tasks.comparison.rows import Scale, Training
from remy.tasks.comparison.scores import score_of
from remy.tasks.comparison.variants import Variant, configured
from remy.tasks.forecasting.job import ForecasterJob
from remy.tasks.job import Job, run_job
from remy.tasks.language.job import LanguageJob
from remy.tasks.polyphony.opening import RECURRENT_DROPOUT
from remy.tasks.registry import open_job
from remy.training import Lesson, Trainer
from remy.training.machine import find_device, own_randomness, own_threads
from remy.training.validation import validate

#: Tasks whose lessons validate with torch, so that it can be seen what their layers read.
_SEEN_HELD_OUT = ("classifier", "regressor", "forecaster")
#: Streams of a held-out text that are looked at, and their characters.
_STREAMS, _CHARACTERS = 8, 512


class Ground(Protocol):
    """What variants are trained on."""

    config: Config
    item: str
    looked_at: str
    notes: tuple[str, ...]

    def configured(self, variant: Variant) -> Config:
        """Return the configuration of a variant, or raise a `UsageError` if there is none."""

    def train(self, config: Config) -> tuple[Training, Scale]:
        """Train by a configuration that `configured` returned, with any seed."""


class DataGround:
    """Somebody's data, read once; every training is as ``remy train`` makes it."""

    def __init__(self, config: Config) -> None:
        opened = open_job(config)
        self._job = opened.job
        self._chooses_dropout = config.task == "piano_roll" and config.model.recurrent_dropout is None
        self.config: Config = opened.job.config
        self.notes = tuple(opened.notes)
        self.item = "item"
        task = self.config.task
        held_out = task == "language_model" or task in _SEEN_HELD_OUT
        self.looked_at = "a batch of what is held out" if held_out else "a batch of what was learned from"

    def configured(self, variant: Variant) -> Config:
        """Return the configuration of a variant; what the task chooses by the cell is chosen anew."""
        config = configured(self.config, variant)
        if not self._chooses_dropout:
            return config
        dropout = {"model.recurrent_dropout": RECURRENT_DROPOUT[variant.cell]}
        return configuration.override(config, dropout)

    def train(self, config: Config) -> tuple[Training, Scale]:
        """Train, score with the runtime and measure."""
        job = _with(self._job, config)
        done = run_job(job)
        metrics, model = done.metrics["training"], done.model
        score, scale = score_of(done.metrics)
        with own_threads(config.train.threads):
            device = find_device("cpu")
            with own_randomness(config.train.seed, device):
                network = job.network()
                network.from_tensors(model.tensors)
                lesson = job.lesson(network)
            self.item = lesson.words.item
            reaches, gates = reaches_and_gates(network, _reading(job, network, lesson))
            language = model if config.task == "language_model" else None
            seconds = seconds_of_a_step(model.tensors, model.architecture, language)
        training = Training(
            seed=config.train.seed,
            parameters=metrics["parameters"],
            score=score,
            updates=metrics["updates"],
            ended_by=metrics["ended_by"],
            seconds=metrics["seconds"],
            items_per_second=metrics["items_per_second"],
            step_seconds=seconds,
            reaches=reaches,
            gates=gates,
        )
        return training, scale


class ProblemGround:
    """A drawn problem; the same batches for every cell."""

    def __init__(self, config: ProblemConfig) -> None:
        kind = PROBLEMS[config.task]
        steps = config.data.steps if config.data.steps is not None else kind.usual
        self.problem = kind(steps)
        data = config.data.model_copy(update={"steps": steps})
        self.config: Config = config.model_copy(update={"data": data})
        self.item = self.problem.item
        self.looked_at = "fresh sequences of the problem"
        self.notes: tuple[str, ...] = ()

    def configured(self, variant: Variant) -> Config:
        """Return the configuration of a variant."""
        return configured(self.config, variant)

    def train(self, config: Config) -> tuple[Training, Scale]:
        """Train with the house's loop, score the best weights on fresh sequences and measure."""
        assert isinstance(config, ProblemConfig)
        model, train = config.model, config.train
        device = find_device(train.device)
        architecture: dict[str, Any] = {
            "cell": model.cell, "units": model.units, "layers": model.layers,
            "bidirectional": model.bidirectional, "reset_after": model.reset_after,
            "activation": model.activation,
        }  # fmt: skip
        with own_threads(train.threads), own_randomness(train.seed, device):
            network = ProblemNetwork(
                self.problem, architecture,
                dropout=model.dropout or 0.0, recurrent_dropout=model.recurrent_dropout,
            ).to(device)  # fmt: skip
            lesson = ProblemLesson(network, self.problem, config)
            outcome = Trainer(lesson, train).run()
            network.from_tensors(outcome.tensors)
            score, baseline = lesson.score()
            network.to("cpu")
            network.eval()
            x = lesson.looked_at(ROWS).to("cpu")
            reaches, gates = reaches_and_gates(network, lambda: network(x))
            seconds = seconds_of_a_step(outcome.tensors, architecture, None)
        training = Training(
            seed=train.seed,
            parameters=sum(tensor.size for tensor in outcome.tensors.values()),
            score=score,
            updates=outcome.updates,
            ended_by=outcome.reason,
            seconds=outcome.seconds,
            items_per_second=outcome.items_per_second,
            step_seconds=seconds,
            reaches=reaches,
            gates=gates,
        )
        problem = self.problem
        return training, Scale(problem.score_name, False, problem.baseline_name, baseline, problem.solved)


def _with(job: Any, config: Config) -> Any:
    """Return the job with another configuration and the same data, cut as they were."""
    if isinstance(job, ForecasterJob) and isinstance(config, ForecasterConfig):
        return replace(job, parts=replace(job.parts, config=config))
    return replace(job, config=config)


def _reading(job: Job[Any], network: Any, lesson: Lesson) -> Callable[[], object]:
    """Return what lets a trained network read what it is looked at with."""
    if isinstance(job, LanguageJob):
        ids = job.corpus.valid_ids[: _STREAMS * _CHARACTERS + 1]
        return lambda: validate(network, ids, batch_size=_STREAMS, steps=_CHARACTERS)
    if job.config.task in _SEEN_HELD_OUT:
        return lesson.validate
    return lambda: lesson.loss(0)

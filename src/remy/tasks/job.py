"""One training run of any task over prepared data: network, loop, scores, files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import torch

import remy
from remy.config import Config
from remy.io import model_file as model_files
from remy.io.model_file import ModelFile
from remy.models.network import Network
from remy.training import Checkpoint, Interrupted, Lesson, Outcome, Reporter, RunDirectory, Trainer
from remy.training.charts import EventFile, expect_tensorboard
from remy.training.machine import find_device, own_randomness, own_threads
from remy.training.progress import Silent, format_seconds
from remy.training.snapshot import Arrays

AnyNetwork = TypeVar("AnyNetwork", bound=Network)


@dataclass(frozen=True)
class Figure:
    """A figure of a run: its file's name without ending, and what draws it as ``"png"`` or ``"svg"``."""

    name: str
    draw: Callable[[str], bytes]


class Job(Protocol[AnyNetwork]):
    """A task with its configuration, fully resolved, and its data, ready to be learned from."""

    @property
    def config(self) -> Config:
        """How."""

    def network(self) -> AnyNetwork:
        """Return the network with fresh weights."""

    def lesson(self, network: AnyNetwork) -> Lesson:
        """Return what `network`, already on its device, learns from."""

    def model(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        """Return the model file of a network with these weights, with a golden example."""

    def record(self) -> dict[str, Any]:
        """Describe the data for the model file and ``metrics.json``."""

    def fingerprint(self) -> dict[str, str]:
        """Return hashes of the data; a run goes on only with the same ones."""

    def score(self, model: ModelFile) -> dict[str, Any]:
        """Score the model with the runtime on what is held out, the baseline beside it."""

    def figures(self, outcome: Outcome, metrics: dict[str, Any]) -> Iterable[Figure]:
        """Return what to draw of a finished run."""


@dataclass(frozen=True)
class TrainedModel:
    """A finished training run.

    Attributes
    ----------
    model
        The best model, complete.
    metrics
        What ``metrics.json`` holds.
    run
        The run's directory, if it has one.
    """

    model: ModelFile
    metrics: dict[str, Any]
    run: RunDirectory | None


def run_job(
    job: Job[Any],
    *,
    run: RunDirectory | None = None,
    saved: Checkpoint | None = None,
    reporter: Reporter | None = None,
) -> TrainedModel:
    """Train, from `saved` on if given, and score and write the best model.

    Raises
    ------
    DataError
        If training diverges or the disk cannot be written.
    Interrupted
        After Ctrl-C, when everything is saved; its message says how to go on.
    """
    reporter = reporter if reporter is not None else Silent()
    with own_threads(job.config.train.threads):
        outcome = _train(job, run, saved, reporter)
        return _finish(job, outcome, run, reporter)


def expect_buildable(job: Job[Any]) -> None:
    """Raise what making the network would raise, so that a run is not replaced by one that cannot be."""
    train = job.config.train
    if train.tensorboard:
        expect_tensorboard()
    with own_randomness(train.seed, find_device(train.device)):
        job.network()


def _train(job: Job[Any], run: RunDirectory | None, saved: Checkpoint | None, reporter: Reporter) -> Outcome:
    config = job.config.train
    device = find_device(config.device)
    with own_randomness(config.seed, device):
        network = job.network().to(device)
        charts: EventFile | None = None
        if run is not None and config.tensorboard:
            charts = EventFile(run.tensorboard, update=saved.record["update"] if saved is not None else 0)
        trainer = Trainer(
            job.lesson(network),
            config,
            store=_RunStore(run, job) if run is not None else None,
            reporter=reporter,
            charts=charts,
        )
        if saved is not None:
            trainer.restore(saved)
            reporter.note(
                f"resuming after update {trainer.progress.update} of {trainer.updates} "
                f"({format_seconds(trainer.progress.seconds)} so far)"
            )
        try:
            return trainer.run()
        except Interrupted:
            raise Interrupted(_how_to_go_on(run, trainer.progress.update)) from None
        finally:
            reporter.close()
            if charts is not None:
                charts.close()


def _finish(job: Job[Any], outcome: Outcome, run: RunDirectory | None, reporter: Reporter) -> TrainedModel:
    """Score the best model with the runtime, beside the baseline, and write what a run leaves behind."""
    reporter.note("scoring the best model on what is held out")
    began = time.monotonic()
    metrics: dict[str, Any] = {
        "task": job.config.task,
        "data": job.record(),
        **job.score(job.model(outcome.tensors, {})),
        "training": {
            "ended_by": outcome.reason,
            "updates": outcome.updates,
            "best_update": outcome.update,
            "metric": job.config.train.metric,
            "validation_score": outcome.score,
            "parameters": sum(tensor.size for tensor in outcome.tensors.values()),
            "threads": torch.get_num_threads(),
        },
        "version": remy.__version__,
    }
    timings = {
        "seconds": round(outcome.seconds, 3),
        "scoring_seconds": round(time.monotonic() - began, 3),
        "items_per_second": round(outcome.items_per_second, 1),
    }
    # The clock stays out of the model file, so that a resumed run writes the same bytes as an unbroken one.
    model = job.model(outcome.tensors, metrics)
    metrics = {**metrics, "training": {**metrics["training"], **timings}}
    if run is not None:
        model_files.write(run.model, model)
        run.save_metrics(metrics)
        _draw(job, run, outcome, metrics, reporter)
    return TrainedModel(model, metrics, run)


def _draw(
    job: Job[Any], run: RunDirectory, outcome: Outcome, metrics: dict[str, Any], reporter: Reporter
) -> None:
    try:
        for figure in job.figures(outcome, metrics):
            for form in ("png", "svg"):
                run.write(run.plots / f"{figure.name}.{form}", figure.draw(form))
    except ModuleNotFoundError:
        reporter.note("matplotlib is not installed, so there are no plots")


@dataclass(frozen=True)
class _RunStore:
    """Keeps a run's weights, history and checkpoints in its directory."""

    run: RunDirectory
    job: Job[Any]

    def save_best(self, tensors: Arrays, score: float, update: int) -> None:
        validation = {self.job.config.train.metric: score, "update": update}
        metrics = {"data": self.job.record(), "validation": validation}
        model_files.write(self.run.model, self.job.model(tensors, metrics))

    def save_history(self, history: list[dict[str, Any]]) -> None:
        self.run.save_history(history)

    def save_checkpoint(self, saved: Checkpoint) -> None:
        record = {**saved.record, "data": self.job.fingerprint()}
        self.run.save_checkpoint(replace(saved, record=record))


def _how_to_go_on(run: RunDirectory | None, update: int) -> str:
    if run is None:
        return f"stopped after update {update}; nothing was kept, because the run has no directory"
    return f"stopped after update {update}; go on with: remy train -o {run.path} --resume"

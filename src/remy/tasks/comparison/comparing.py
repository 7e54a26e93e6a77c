"""Training the cells under equal budgets, each with the same seeds, on the same data."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from remy import config as configuration
from remy.config import Config
from remy.errors import DataError, RemyError, UsageError
from remy.tasks.comparison.problem_config import ProblemConfig
from remy.tasks.comparison.problems import PROBLEMS
from remy.tasks.comparison.result import Comparison, expect_free
from remy.tasks.comparison.rows import Row, Scale, Training
from remy.tasks.comparison.sentences import spread
from remy.tasks.comparison.starts import compare_starts
from remy.tasks.comparison.trained import DataGround, Ground, ProblemGround
from remy.tasks.comparison.variants import CELLS, LeftOut, Variant, all_variants, configured, seeded
from remy.tasks.guess import guess_task
from remy.training.progress import format_seconds

#: Steps of the untrained layers.
_START_STEPS = 200
#: What the variants differ in, and how it is said.
_COMPARED = {"model.cell": "cells", "model.layers": "layers", "model.bidirectional": "bidirectional"}


def compare(
    data: str | Path,
    *,
    cells: Sequence[str] = CELLS,
    units: int | None = None,
    layers: Sequence[int] = (1,),
    bidirectional: Sequence[bool] = (False,),
    seeds: int = 3,
    epochs: float | None = None,
    max_time: float | str | None = None,
    steps: int | None = None,
    task: str | None = None,
    options: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    force: bool = False,
    quiet: bool = True,
) -> Comparison:
    """Train every variant with every seed under the same budget, and measure what came of it.

    All trainings make the same updates on the same batches (early stopping is off); only the network and the
    seed differ. Units and learning rate are the same too, so the cells differ in parameters, and a cell that
    likes another rate may do better with it: the table says how many, and `options` set the rate.

    Parameters
    ----------
    data
        What ``remy train`` takes: a file or the name of a packaged data set. Or ``"adding"`` or ``"copy"``,
        drawn problems (see :class:`~remy.tasks.comparison.problems.Adding` and
        :class:`~remy.tasks.comparison.problems.Copy`); there an epoch is 100 updates.
    cells, layers, bidirectional
        Which variants: every combination. What the task cannot have is left out, and said.
    units, epochs
        Of every training; None takes the task's own.
    seeds
        Trainings of each variant. The first has the seed of `options`, 0 without one; the data are cut by it.
    max_time
        The longest time of one training, in seconds or as ``"8m"``. Where it ends one, budgets are no longer
        equal, which is said.
    steps
        Of a drawn problem: its length, or delay.
    task
        None guesses it from the data.
    options
        Any other options by their keys: ``{"train.lr": 0.01, "data.label": "stars"}``.
    out
        A folder for ``comparison.json`` and ``comparison.svg``.
    force
        Replace them.
    quiet
        Say nothing on standard error; else a line a training.

    Returns
    -------
    Comparison
        With the untrained cells beside the trained ones.

    Raises
    ------
    UsageError
        If an option has a value that cannot be used, or there is a comparison at `out`.
    DataError
        If the data cannot be used, or no training came to its end.

    Examples
    --------
    >>> from remy.tasks.comparison import compare
    >>> found = compare("adding", cells=["gru"], units=4, seeds=1, epochs=0.02, steps=5)
    >>> found.rows[0].parameters, found.fairness
    (101, 'Every training made 2 updates.')
    """
    if seeds < 1:
        raise UsageError(f"seeds: expected at least 1, got {seeds}")
    variants = all_variants(cells, layers, bidirectional)
    if out is not None:
        expect_free(out, force=force)
    base = _base(str(data), task, steps)
    given = {"model.units": units, "train.epochs": epochs, "train.max_time": max_time}
    values = {"train.patience": None, **{key: value for key, value in given.items() if value is not None}}
    base = _with_options(base, {**values, **_allowed(options or {})}, variants)
    ground, left_out = _ground(base, variants)
    missing = {each.name for each in left_out}
    chosen = [variant for variant in variants if variant.name not in missing]
    numbers = tuple(ground.config.train.seed + number for number in range(seeds))
    found = _Table(ground, quiet=quiet)
    for variant in chosen:
        found.add(variant, numbers)
    comparison = found.comparison(str(data), numbers, (*left_out, *found.left_out))
    starts = compare_starts(
        cells=tuple(dict.fromkeys(cells)), units=ground.config.model.units, steps=_START_STEPS, seeds=seeds
    )
    comparison = replace(comparison, starts=starts)
    if out is not None:
        comparison.save(out, force=force)
    return comparison


class _Table:
    """Rows as they come, and what went wrong."""

    def __init__(self, ground: Ground, *, quiet: bool) -> None:
        self.left_out: list[LeftOut] = []
        self._ground, self._quiet = ground, quiet
        self._rows: list[Row] = []
        self._scale: Scale | None = None
        self._notes = list(ground.notes)

    def add(self, variant: Variant, seeds: Sequence[int]) -> None:
        """Train a variant with every seed; what fails does not stop the others."""
        config, trainings, reason = self._ground.configured(variant), list[Training](), ""
        for seed in seeds:
            try:
                training, self._scale = self._ground.train(seeded(config, seed))
            except (RemyError, RuntimeError, MemoryError) as error:
                reason = str(error) or type(error).__name__
                self._notes.append(f"{variant.name}, seed {seed}: {reason}")
                self._say(f"{variant.name}, seed {seed}: FAILED: {reason}")
                continue
            trainings.append(training)
            self._say(_line(variant, training, self._scale))
        if trainings:
            name = self._scale.name if self._scale is not None else "score"
            self._rows.append(Row(variant, tuple(trainings), name, self._ground.item))
        else:
            self.left_out.append(LeftOut(variant.name, f"no training came to its end: {reason}"))

    def comparison(self, data: str, seeds: tuple[int, ...], left_out: tuple[LeftOut, ...]) -> Comparison:
        """Return everything."""
        if self._scale is None:
            raise DataError(
                f"compare: no training came to its end; {left_out[-1].name}: {left_out[-1].reason}"
            )
        config = self._ground.config
        train = config.train
        return Comparison(
            data=data,
            task=config.task,
            scale=self._scale,
            rows=tuple(self._rows),
            left_out=left_out,
            budget={
                "epochs": train.epochs,
                "batch_size": train.batch_size,
                "lr": train.lr,
                "units": config.model.units,
                "max_time": train.max_time,
                "threads": train.threads,
            },
            seeds=seeds,
            looked_at=self._ground.looked_at,
            notes=tuple(self._notes),
        )

    def _say(self, sentence: str) -> None:
        if not self._quiet:
            print(f"remy: {sentence}", file=sys.stderr, flush=True)


def _base(data: str, task: str | None, steps: int | None) -> Config:
    """Return the configuration to begin with, with the usual values of its task."""
    if data in PROBLEMS and not Path(data).exists():
        if task is not None and task != data:
            raise UsageError(f"--task: {data} is a problem of its own, got '{task}'; leave it out")
        problem = PROBLEMS[data]
        values = {"task": data, "data.steps": steps, "model.units": problem.units, "train.lr": problem.rate}
        return configuration.override(ProblemConfig(), values)
    if steps is not None:
        raise UsageError(f"steps: only the problems {' and '.join(PROBLEMS)} have it, got {steps}")
    kind = configuration.config_class(task or guess_task(data).task, name="--task")
    return configuration.override(kind(), {"data.train": data})


def _allowed(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse options that say what the variants say."""
    for key, name in _COMPARED.items():
        if key in options:
            raise UsageError(f"compare: {key} is what is compared; give {name} instead")
    return options


def _with_options(base: Config, values: Mapping[str, Any], variants: Sequence[Variant]) -> Config:
    """Return the configuration with its options, by the first cell that can have them."""
    names = {key: key.partition(".")[2] for key in ("model.units", "train.epochs", "train.max_time")}
    faults = []
    for cell in dict.fromkeys(variant.cell for variant in variants):
        try:
            return configuration.override(base, {**values, "model.cell": cell}, source="compare", names=names)
        except UsageError as error:
            faults.append(error)
    raise faults[0]


def _ground(base: Config, variants: Sequence[Variant]) -> tuple[Ground, tuple[LeftOut, ...]]:
    """Read the data, by the first variant the task can have; also return those it cannot."""
    possible, left_out = list[Config](), list[LeftOut]()
    for variant in variants:
        try:
            possible.append(configured(base, variant))
        except UsageError as error:
            left_out.append(LeftOut(variant.name, str(error)))
    if not possible:
        raise UsageError(f"compare: nothing is left to compare; {left_out[0].name}: {left_out[0].reason}")
    first = possible[0]
    ground: Ground = ProblemGround(first) if isinstance(first, ProblemConfig) else DataGround(first)
    return ground, tuple(left_out)


def _line(variant: Variant, training: Training, scale: Scale) -> str:
    beside = "" if scale.baseline is None else f" (baseline {scale.baseline:.4g})"
    return (
        f"{variant.name}, seed {training.seed}: {scale.name} {spread([training.score])}{beside} after "
        f"{training.updates:,} updates in {format_seconds(training.seconds)}"
    )

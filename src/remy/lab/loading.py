"""From a model's file to its estimator, without anything else being read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.config import ForecasterConfig
from remy.tasks import load
from remy.tasks.forecasting import Forecaster
from remy.tasks.forecasting.evaluation import Run
from remy.tasks.forecasting.reading import series_config


def load_model(file: Path) -> Any:
    """Return what :func:`remy.load` does, but for the series that a forecaster learned from.

    They would be read from wherever its run says, or be fetched.

    Raises
    ------
    ModelFileError
        If there is no usable model.
    """
    if runtime.loading.task_of(file) != "forecaster":
        return load(file)
    trained = runtime.load_as(file, runtime.Forecaster)
    estimator = Forecaster()
    columns = series_config(trained.scaler.columns, ForecasterConfig().data)
    estimator._trained = Run(file, trained, columns, None, "the lab reads no series but those of the page")
    return estimator

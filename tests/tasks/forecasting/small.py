"""Series so small that a test can learn them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from remy import config as configuration
from remy.config import ForecasterConfig
from remy.tasks.forecasting.job import ForecasterJob
from remy.tasks.forecasting.opening import open_forecaster
from remy.tasks.forecasting.parts import Parts
from remy.tasks.job import TrainedModel, run_job

DAYS = np.arange("2020-01-01", "2020-06-29", dtype="datetime64[D]")  # 180


def rows(*, seed: int = 0) -> list[tuple[str, str, float, int]]:
    """Two shops: a weekly pattern on levels 10 and 5000, and a promotion that adds a deviation."""
    random = np.random.default_rng(seed)
    found = []
    for shop, level, scale in (("a", 10.0, 1.0), ("b", 5000.0, 300.0)):
        promo = (random.random(len(DAYS)) < 0.3).astype(int)
        wave = np.sin(2 * np.pi * np.arange(len(DAYS)) / 7)
        sales = level + scale * (wave + 2.0 * promo + 0.1 * random.normal(size=len(DAYS)))
        found += [
            (str(day), shop, float(value), int(extra))
            for day, value, extra in zip(DAYS, sales, promo, strict=True)
        ]
    return found


def write(path: Path, table: list[tuple[str, str, float, int]] | None = None) -> Path:
    """Write rows as CSV."""
    lines = ["date,shop,sales,promo"]
    lines += [",".join(map(str, row)) for row in (rows() if table is None else table)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def config(path: Path | str, **changes: Any) -> ForecasterConfig:
    """A network of 8 units; `changes` have ``__`` for the dot."""
    values: dict[str, Any] = {
        "data.train": str(path),
        "data.target": ["sales"],
        "data.series": "shop",
        "data.known": ["promo"],
        "data.horizon": 3,
        "model.window": 8,
        "model.units": 8,
        "model.dropout": 0.0,
        "train.epochs": 2,
        "train.seed": 3,
        "train.threads": 1,
        "train.checkpoint_seconds": 1e9,
    }
    values |= {key.replace("__", "."): value for key, value in changes.items()}
    return configuration.override(ForecasterConfig(), values)


def job(path: Path, **changes: Any) -> ForecasterJob:
    """A job over the rows at `path`."""
    found = open_forecaster(config(path, **changes)).job
    assert isinstance(found, ForecasterJob)
    return found


def parts(path: Path, **changes: Any) -> Parts:
    """The parts of the rows at `path`."""
    return job(path, **changes).parts


def trained(path: Path, **changes: Any) -> TrainedModel:
    """A finished run without a directory."""
    return run_job(job(path, **changes))

"""A lab with a run of every task, trained once."""

from __future__ import annotations

from pathlib import Path

import pytest

from remy.lab.library import Library
from tests.lab.own.runs import train_all


@pytest.fixture(scope="session")
def own_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the runs."""
    return train_all(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="session")
def library(own_runs: Path) -> Library:
    """Its models, and none that ship with the lab."""
    return Library(own_runs, shipped=Path("nowhere"))

"""One small file, and one run over it, for all tests of forecasting."""

from pathlib import Path

import pytest

from remy.tasks.forecasting.opening import open_forecaster
from remy.tasks.starting import start
from tests.tasks.forecasting import small


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A long table of two series with a column known ahead."""
    return small.write(tmp_path_factory.mktemp("shops") / "shops.csv")


@pytest.fixture(scope="session")
def finished(shops: Path) -> Path:
    """The directory of a run over `shops`."""
    out = shops.parent / "run"
    start(open_forecaster(small.config(shops, train__epochs=40, train__lr=0.01)), out=out)
    return out

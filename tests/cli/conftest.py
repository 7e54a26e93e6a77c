"""One finished tiny run for all tests of the command line."""

from pathlib import Path

import pytest

from remy.tasks.language.opening import train_language_model
from remy.tasks.language.sources import open_source
from tests.training import tiny


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run over ``text.txt`` beside it."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "text.txt").write_text(tiny.text(), encoding="utf-8")
    train_language_model(tiny.config(), open_source(folder / "text.txt"), out=folder / "run")
    return folder / "run"


@pytest.fixture
def words() -> list[str]:
    """Flags that make a training run small."""
    return [
        *("--units", "8", "--layers", "1", "--batch-size", "2", "--epochs", "1", "--threads", "1"),
        *("--set", "train.steps=16", "--set", "train.evaluations=2", "--set", "model.embedding=4"),
    ]

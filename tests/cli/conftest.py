"""One finished tiny run for all tests of the command line."""

from pathlib import Path

import pytest

from remy.tasks.language.opening import train_language_model
from remy.tasks.language.sources import open_source
from tests import music
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


@pytest.fixture(scope="session")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run over ``songs.abc`` beside it that has learned its two tunes by heart."""
    folder = tmp_path_factory.mktemp("composer")
    (folder / "songs.abc").write_text(music.tunes(40), encoding="utf-8")
    config = tiny.config(model__units=32, train__epochs=60, train__lr=0.02, train__evaluations=10)
    train_language_model(config, open_source(folder / "songs.abc"), out=folder / "run")
    return folder / "run"


@pytest.fixture(scope="session")
def player(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run over the folder ``pieces`` of MIDI files beside it."""
    folder = tmp_path_factory.mktemp("player")
    (folder / "pieces").mkdir()
    for number in range(20):
        notes = [(240 * step, 60 + (number + step) % 12, 240) for step in range(16)]
        (folder / "pieces" / f"{number:02}.mid").write_bytes(music.midi(notes))
    config = tiny.config(model__units=32, train__epochs=40, train__lr=0.02, train__evaluations=10)
    train_language_model(config, open_source(folder / "pieces"), out=folder / "run")
    return folder / "run"

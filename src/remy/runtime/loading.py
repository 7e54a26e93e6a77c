"""From a path to a model that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, TypeVar

from remy.errors import ModelFileError
from remy.io import model_file
from remy.io.model_file import ModelFile
from remy.runtime.captioner import Captioner
from remy.runtime.classifier import Classifier, Regressor
from remy.runtime.forecaster import Forecaster
from remy.runtime.language import LanguageModel
from remy.runtime.piano_roll import PianoRoll
from remy.runtime.tagger import Tagger
from remy.runtime.translator import Translator

#: The model's file in a run directory.
MODEL_NAME = "model.safetensors"


class Model(Protocol):
    """What the models of all tasks have."""

    model_file: ModelFile

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None: ...

    def info(self) -> dict[str, Any]:
        """Return what the model is, as plain values that JSON can hold."""

    def verify(self) -> float:
        """Replay the golden example and return the largest difference."""


AnyModel = TypeVar("AnyModel")

_TASKS: dict[str, type[Model]] = {
    "language_model": LanguageModel,
    "classifier": Classifier,
    "regressor": Regressor,
    "forecaster": Forecaster,
    "tagger": Tagger,
    "translator": Translator,
    "piano_roll": PianoRoll,
    "captioner": Captioner,
}


def load(path: str | Path) -> Model:
    """Return the trained model at `path`, ready to run.

    Parameters
    ----------
    path
        A run directory, or a ``.safetensors`` file of Remy's.

    Raises
    ------
    ModelFileError
        If there is no model, or its file is cut short, damaged, of another version or of an unknown task.
    """
    place = _file_at(Path(path))
    model = model_file.read(place)
    return _TASKS[_known(model.task, place)](model, path=place)


def task_of(path: str | Path) -> str:
    """Return the task of the model at `path`, without its weights being read.

    Raises
    ------
    ModelFileError
        As `load`, but for what is wrong with the weights.
    """
    place = _file_at(Path(path))
    return _known(model_file.read_task(place), place)


def load_as(path: str | Path, kind: type[AnyModel]) -> AnyModel:
    """Return the model at `path`, which must be one of `kind`.

    Raises
    ------
    ModelFileError
        As `load`, and if the model is for another task.
    """
    model = load(path)
    if not isinstance(model, kind):
        wanted = " or ".join(task for task, known in _TASKS.items() if issubclass(known, kind))
        raise ModelFileError(f"{path}: expected a model of the task {wanted}, got a {model.model_file.task}.")
    return model


def _file_at(path: Path) -> Path:
    if not path.is_dir():
        return path
    if not (path / MODEL_NAME).exists():
        raise ModelFileError(f"{path}: has no {MODEL_NAME}; expected a directory that `remy train` wrote.")
    return path / MODEL_NAME


def _known(task: str, path: Path) -> str:
    if task not in _TASKS:
        raise ModelFileError(f"{path}: expected a task out of {', '.join(_TASKS)}, got '{task}'.")
    return task

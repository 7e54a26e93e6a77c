"""From a path to a model that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, TypeVar

from remy.errors import ModelFileError
from remy.io import model_file
from remy.io.model_file import ModelFile
from remy.runtime.classifier import Classifier, Regressor
from remy.runtime.forecaster import Forecaster
from remy.runtime.language import LanguageModel
from remy.runtime.tagger import Tagger

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
    place = Path(path)
    if place.is_dir():
        if not (place / MODEL_NAME).exists():
            raise ModelFileError(
                f"{place}: has no {MODEL_NAME}; expected a directory that `remy train` wrote."
            )
        place = place / MODEL_NAME
    model = model_file.read(place)
    if model.task not in _TASKS:
        raise ModelFileError(f"{place}: expected a task out of {', '.join(_TASKS)}, got '{model.task}'.")
    return _TASKS[model.task](model, path=place)


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

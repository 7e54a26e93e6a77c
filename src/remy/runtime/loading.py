"""From a path to a model that runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from remy.errors import ModelFileError
from remy.io import model_file
from remy.io.model_file import ModelFile
from remy.runtime.language import LanguageModel

#: The model's file in a run directory.
MODEL_NAME = "model.safetensors"


def load(path: str | Path) -> LanguageModel:
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
    return _TASKS[model.task](model, place)


def _language_model(model: ModelFile, path: Path) -> LanguageModel:
    return LanguageModel(model, path=path)


_TASKS: dict[str, Callable[[ModelFile, Path], LanguageModel]] = {"language_model": _language_model}

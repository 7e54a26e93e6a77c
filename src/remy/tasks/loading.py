"""Loading what was trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from remy import runtime
from remy.tasks.captioning import Captioner
from remy.tasks.classification import Classifier, Regressor
from remy.tasks.forecasting import Forecaster
from remy.tasks.language.estimator import LanguageModel
from remy.tasks.polyphony import PianoRoll
from remy.tasks.tagging import Tagger
from remy.tasks.translation import Translator

#: Task -> its estimator.
_ESTIMATORS: Final[dict[str, Any]] = {
    "language_model": LanguageModel,
    "classifier": Classifier,
    "regressor": Regressor,
    "forecaster": Forecaster,
    "tagger": Tagger,
    "translator": Translator,
    "piano_roll": PianoRoll,
    "captioner": Captioner,
}


def load(path: str | Path) -> Any:
    """Load a trained model from a run directory or a model file. torch is not needed.

    Parameters
    ----------
    path
        A run directory (its ``model.safetensors`` is read) or a ``.safetensors`` file.

    Returns
    -------
    Classifier, LanguageModel, ...
        The estimator of the task that the model was trained for.

    Raises
    ------
    ModelFileError
        If there is no usable model, with the first thing that is wrong.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = LanguageModel(units=4, layers=1, epochs=1, steps=20).fit("what is past is prologue. " * 20)
    >>> model.save(path)
    >>> load(path).predict("what ") == model.predict("what ")
    True
    """
    trained = runtime.load(path)
    return _ESTIMATORS[trained.model_file.task]._of(trained)
